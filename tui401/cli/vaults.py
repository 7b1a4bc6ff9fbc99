"""The vault as the person chose it, and the change log beside it."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from pathlib import Path

from tui401.cli import journals
from tui401.cli.arguments import UsageError
from tui401.cli.places import config_folder, state_folder
from tui401.journal import JournalError
from tui401.model.secret import Secret
from tui401.model.shown import CredentialChange
from tui401.vault import Vault
from tui401.vault.encrypted import EncryptedFile
from tui401.vault.memory import InMemory
from tui401.vault.profiles import ProfileError, Settings, settings

PASSPHRASE = "TUI401_VAULT_PASSPHRASE"
_FILE_LIMIT = 30.0  # seconds; opening the file is made to take a while


def said() -> Settings:
    """What ``config.toml`` says.

    Raises:
        UsageError: for all that is wrong with it.
    """
    try:
        return settings(config_folder() / "config.toml")
    except ProfileError as error:
        raise UsageError(str(error)) from error


def chosen(backend: str, passphrase: Secret[str] | None = None) -> Vault:
    """The vault on one of ``profiles.BACKENDS``.

    Args:
        backend: Which.
        passphrase: Of the encrypted file; None leaves it locked.
    """
    lock = state_folder() / "vault.lock"
    match backend:
        case "file":
            path = encrypted_path()
            return Vault(EncryptedFile(path, passphrase), _FILE_LIMIT, lock=lock, where=f"the encrypted file {path}")
        case "memory":
            return Vault(InMemory(), where="this session's memory")
        case _:
            return Vault(lock=lock)


def encrypted_path() -> Path:
    """Where the encrypted file lies."""
    return state_folder() / "credentials.sealed"


def opened(backend: str = "") -> Vault:
    """The vault that ``config.toml`` names, or another, its passphrase asked for where it takes one.

    Raises:
        UsageError: for a faulty ``config.toml``, or two passphrases that differ.
    """
    name = backend or said().backend
    return chosen(name, _passphrase() if name == "file" else None)


def at_hand() -> Vault:
    """The vault that ``config.toml`` names, without asking anything: an encrypted file is opened by the environment.

    Raises:
        UsageError: for a faulty ``config.toml``.
    """
    return chosen(said().backend, from_environment())


def from_environment() -> Secret[str] | None:
    """The encrypted file's passphrase as the environment gives it."""
    given = os.environ.get(PASSPHRASE)
    return Secret(given) if given else None


def _passphrase() -> Secret[str] | None:
    """From the environment or the terminal; None where there is neither."""
    given = from_environment()
    if given is not None:
        return given
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    new = not encrypted_path().exists()
    first = getpass.getpass(f"{'New passphrase' if new else 'Passphrase'} of the encrypted file: ", stream=sys.stderr)
    if new and first != getpass.getpass("The same once more: ", stream=sys.stderr):
        raise UsageError("The two passphrases differ. Nothing was stored.")
    return Secret(first) if first else None


def log(*changes: CredentialChange) -> str:
    """Adds lines to the change log; a sentence when it could not be written, else ""."""
    try:
        with journals.opened() as journal:
            for change in changes:
                journal.note(change)
    except JournalError as error:
        return str(error)
    return ""


def latest(most: int, profile: str | None = None) -> tuple[CredentialChange, ...]:
    """The latest lines of the change log, newest first; none where none can be read."""
    with contextlib.suppress(JournalError), journals.opened() as journal:
        return journal.changes(most, profile)
    return ()
