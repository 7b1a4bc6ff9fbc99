"""The vault on ``keyring``: every call has a time limit, and says in a sentence why it could not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from tui401.model.secret import Secret
from tui401.threads import in_daemon

SERVICE: Final = "tui401"
LIMIT: Final = 5.0  # seconds; a locked keyring may ask its owner for a password meanwhile
PIECE: Final = 1_200  # characters; Windows' store holds 2,560 bytes of UTF-16 for one entry
_INDEX: Final = "tui401:names"  # keyrings cannot list, so the names stand in an entry of their own
_PARTS: Final = "tui401:parts:"

T = TypeVar("T")


class VaultError(Exception):
    """A credential could not be stored or taken; its text is a sentence for a person, free of secrets."""


class Vault:
    """Stores credentials under names in the operating system's keyring.

    Args:
        backend: A keyring backend; the system's own when None.
        limit: Seconds that one call may take.
    """

    def __init__(self, backend: Any = None, limit: float = LIMIT) -> None:
        self._given = backend
        self._limit = limit

    async def why_not(self) -> str:
        """Why no keyring can be used here, as a sentence; "" when one can."""
        try:
            return await self._run(lambda: _unusable(self._backend()))
        except VaultError as error:
            return str(error)

    async def store(self, name: str, secret: Secret[str]) -> None:
        """Stores a credential under a name, in the place of an older one.

        Raises:
            VaultError: when it could not be stored; the caller still holds the credential.
        """
        await self._run(lambda: self._store(name, secret))

    async def take(self, name: str) -> Secret[str] | None:
        """The credential of that name, or None when there is none.

        Raises:
            VaultError: when the keyring could not be read. That is not the same as there being none.
        """
        return await self._run(lambda: self._take(name))

    async def names(self) -> tuple[str, ...]:
        """The names of what is stored, never a value."""
        return await self._run(lambda: tuple(self._index(self._usable())))

    async def delete(self, name: str) -> bool:
        """Deletes a credential; False when there was none of that name."""
        return await self._run(lambda: self._delete(name))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await in_daemon(work, limit=self._limit)
        except TimeoutError as error:
            raise VaultError(
                f"The keyring did not answer within {self._limit:g} seconds; it may be waiting to be unlocked. "
                "The credential stays in this session's memory."
            ) from error
        except VaultError:
            raise
        except Exception as error:
            # Backends raise what they like; the type says enough and cannot hold the credential.
            raise VaultError(
                f"The keyring refused ({type(error).__name__}); unlock it or choose another. "
                "The credential stays in this session's memory."
            ) from error

    # What follows runs in a daemon thread.

    def _backend(self) -> Any:
        if self._given is not None:
            return self._given
        import keyring  # noqa: PLC0415 - slow to import, and needed in this thread only

        return keyring.get_keyring()

    def _usable(self) -> Any:
        backend = self._backend()
        reason = _unusable(backend)
        if reason:
            raise VaultError(f"{reason} The credential stays in this session's memory.")
        return backend

    def _store(self, name: str, secret: Secret[str]) -> None:
        backend = self._usable()
        value = secret.reveal()
        pieces = [value[at : at + PIECE] for at in range(0, len(value), PIECE)] or [""]
        older = self._count(backend, name)
        if len(pieces) > 1:
            for number, piece in enumerate(pieces, 1):
                backend.set_password(SERVICE, f"{name}#{number}", piece)
        backend.set_password(SERVICE, name, f"{_PARTS}{len(pieces)}" if len(pieces) > 1 else value)
        for number in range(len(pieces) + 1 if len(pieces) > 1 else 1, older + 1):
            backend.delete_password(SERVICE, f"{name}#{number}")
        names = self._index(backend)
        if name not in names:
            backend.set_password(SERVICE, _INDEX, json.dumps([*names, name]))

    def _take(self, name: str) -> Secret[str] | None:
        backend = self._usable()
        value = backend.get_password(SERVICE, name)
        if value is None:
            return None
        if not value.startswith(_PARTS):
            return Secret(value)
        pieces = [backend.get_password(SERVICE, f"{name}#{n}") for n in range(1, _number(value) + 1)]
        if not pieces or any(piece is None for piece in pieces):
            raise VaultError(f"The keyring holds only a part of {name}; store it again.")
        return Secret("".join(pieces))

    def _delete(self, name: str) -> bool:
        backend = self._usable()
        names = self._index(backend)
        there = backend.get_password(SERVICE, name) is not None
        for number in range(1, self._count(backend, name) + 1):
            backend.delete_password(SERVICE, f"{name}#{number}")
        if there:
            backend.delete_password(SERVICE, name)
        if name in names:
            backend.set_password(SERVICE, _INDEX, json.dumps([other for other in names if other != name]))
        return there

    def _count(self, backend: Any, name: str) -> int:
        value = backend.get_password(SERVICE, name)
        return _number(value) if value is not None and value.startswith(_PARTS) else 0

    def _index(self, backend: Any) -> list[str]:
        try:
            names = json.loads(backend.get_password(SERVICE, _INDEX) or "[]")
        except ValueError:
            return []
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _number(value: str) -> int:
    digits = value.removeprefix(_PARTS)
    return min(int(digits), 1_000) if digits.isascii() and digits.isdigit() else 0


def _unusable(backend: Any) -> str:
    module = type(backend).__module__
    if module == "keyring.backends.fail":
        return "No keyring was found on this machine (no Secret Service, KWallet, macOS Keychain or Windows store)."
    if module == "keyring.backends.null":
        return "The keyring is switched off by its configuration (the null backend)."
    if module.startswith("keyrings.alt") and "Plaintext" in type(backend).__name__:
        return "The configured keyring would write credentials to a file in plain text, which tui401 does not do."
    return ""
