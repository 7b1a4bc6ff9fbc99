"""The key by which tokens are named on disk: in the keyring, so that nobody who has the disk alone can compare."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Final

from tui401.locking import LockError, held_async
from tui401.model.secret import Secret
from tui401.vault.store import Vault, VaultError

NAME: Final = "tui401 key of names"
"""What the key is kept under."""

_BYTES: Final = 32


async def name_key(vault: Vault, folder: Path) -> bytes | None:
    """The key, made when it is first asked for.

    Args:
        vault: Where it rests.
        folder: The state folder, for the lock under which it is made.

    Returns:
        None where the vault cannot be used; whoever asks then takes a key that lives as long as the process.
    """
    with contextlib.suppress(VaultError, LockError):
        async with held_async(folder / "name-key.lock"):
            kept = await vault.take(NAME)
            if kept is None:
                kept = Secret(secrets.token_hex(_BYTES))
                await vault.store(NAME, kept)
            return kept.reveal().encode()
    return None
