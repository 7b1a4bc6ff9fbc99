"""How a refresh token is used up here: its lock and its intents in the state folder, its successor in the vault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui401.cli.kept_secrets import slot
from tui401.model.case import Case
from tui401.model.secret import Secret

if TYPE_CHECKING:
    from tui401.recovery.rotation import Rotation
    from tui401.vault import Vault

REFRESH: Final = "refresh-token"


async def rotation_for(keyring: Callable[[], Vault], case: Case, folder: Path) -> Rotation | None:
    """How the refresh token of a case is used up.

    Args:
        keyring: Gives the vault.
        case: For whom.
        folder: The state folder.

    Returns:
        None where the case has no refresh token that another program could hold as well, and no profile for which one
        that comes along would be kept.
    """
    known = case.known
    may_come = bool(known.profile and known.issuer and known.client_id)
    elsewhere = known.refresh_token is not None and (known.token_from_environment or bool(known.profile))
    if not may_come and not elsewhere:
        return None
    from tui401.journal import JournalError  # noqa: PLC0415 - only where a refresh token is known
    from tui401.journal.intents import Intents  # noqa: PLC0415 - the same
    from tui401.recovery.rotation import InMemory, Rotation  # noqa: PLC0415 - the same
    from tui401.vault import VaultError  # noqa: PLC0415 - the same
    from tui401.vault.fingerprints import name_key  # noqa: PLC0415 - the same

    vault = keyring()
    keep = await place_for(vault, case)
    key = await name_key(vault, folder) if keep is not None else None
    intents: Intents | InMemory = InMemory()
    try:
        # Without a key that lasts, what is noted on disk could not be found again.
        intents = Intents(folder / "journal.sqlite3") if key is not None else intents
    except JournalError:
        key = None

    async def stored() -> Secret[str] | None:
        try:
            return await vault.take(slot(case.known, REFRESH)) if keep is not None else None
        except VaultError:
            return None

    return Rotation(lock=folder, intents=intents, key=key or b"this session", keep=keep, stored=stored)


async def place_for(keyring: Vault, case: Case) -> Callable[[Secret[str]], Awaitable[str]] | None:
    """What stores the successor under the client's name, and says in a sentence when it could not.

    Args:
        keyring: The vault.
        case: For whom.

    Returns:
        None where the keyring cannot be read now: it is missing, locked or silent.
    """
    if await keyring.why_not():
        return None
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a refresh token is known

    try:
        await keyring.names()
    except VaultError:
        return None

    async def keep(secret: Secret[str]) -> str:
        try:
            await keyring.store(slot(case.known, REFRESH), secret, kind=REFRESH, profile=case.known.profile)
        except VaultError as error:
            return f"The refresh token was replaced, and its successor could not be stored. {error}"
        return ""

    return keep
