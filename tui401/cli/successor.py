"""Where a refresh token's successor goes: the keyring, looked at before the old one is used up (safety.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui401.model.case import Case
from tui401.model.secret import Secret

if TYPE_CHECKING:
    from tui401.vault import Vault


async def place_for(keyring: Vault, case: Case) -> Callable[[Secret[str]], Awaitable[str]] | None:
    """What stores the successor under the client's name, and says in a sentence when it could not.

    Args:
        keyring: The vault.
        case: For whom.

    Returns:
        None where no refresh token of the environment is known (another's successor, such as the practice server's,
        is worth no place in a keyring), or the keyring cannot be read now: it is missing, locked or silent.
    """
    known = case.known
    if known.refresh_token is None or not known.token_from_environment or await keyring.why_not():
        return None
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a refresh token is known

    try:
        await keyring.names()
    except VaultError:
        return None

    async def keep(secret: Secret[str]) -> str:
        name = f"refresh token of {case.known.client_id} at {case.known.issuer}"
        try:
            await keyring.store(name, secret)
        except VaultError as error:
            return f"The refresh token was replaced, and its successor could not be stored. {error}"
        return ""

    return keep
