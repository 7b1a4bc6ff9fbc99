"""What the vault holds for a profile: its credential, its client's secret, its refresh token."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tui401.model.case import Known
from tui401.model.secret import Secret
from tui401.wire.jwt import take_apart

if TYPE_CHECKING:
    from tui401.vault import Vault


def slot(known: Known, kind: str) -> str:
    """The name that a secret of a profile is kept under.

    Refresh tokens and client secrets belong to a client at an issuer, so that profiles of one client share them.

    Args:
        known: What the profile says.
        kind: ``refresh-token``, ``client-secret``; all others are the credential that requests carry.
    """
    whose = f"{known.client_id} at {known.issuer}"
    match kind:
        case "refresh-token":
            return f"refresh token of {whose}"
        case "client-secret":
            return f"client secret of {whose}"
        case _:
            return known.kept_as


async def with_kept(known: Known, vault: Vault) -> Known:
    """What is known with the secrets that the vault holds for its profile; the environment's come first.

    Without a profile, or where the vault cannot be used, it is what it was: a case does not wait for a keyring twice.
    """
    if not known.profile:
        return known
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a profile is

    with contextlib.suppress(VaultError):
        made = replace(known, kept=await _token(vault, known.kept_as))
        if not known.issuer or not known.client_id:
            return made
        secret = known.client_secret or await vault.take(slot(known, "client-secret"))
        refresh = known.refresh_token or await vault.take(slot(known, "refresh-token"))
        return replace(made, client_secret=secret, refresh_token=refresh)
    return known


async def _token(vault: Vault, name: str) -> Secret[str] | None:
    """What is kept under that name, if it is a token: a key or password has a place of its own in a request."""
    secret = await vault.take(name)
    if secret is None or take_apart(secret.reveal()).claims:
        return secret
    return secret if any(one.name == name and one.kind == "access-token" for one in await vault.entries()) else None
