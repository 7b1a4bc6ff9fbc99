"""What the vault holds for a profile: its credential, its client's secret, its refresh token."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tui401.model.case import Known

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
    if not known.profile or not known.issuer or not known.client_id:
        return known
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a profile is

    with contextlib.suppress(VaultError):
        secret = known.client_secret or await vault.take(slot(known, "client-secret"))
        refresh = known.refresh_token or await vault.take(slot(known, "refresh-token"))
        return replace(known, client_secret=secret, refresh_token=refresh)
    return known
