"""The vault on ``keyring``: every call has a time limit, and says in a sentence why it could not."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from tui401.locking import LockError, held
from tui401.model.secret import Secret
from tui401.threads import in_daemon
from tui401.vault.backends import unusable, words_for
from tui401.vault.pieces import get, put, take_out

SERVICE: Final = "tui401"
LIMIT: Final = 5.0  # seconds; a locked keyring may ask its owner for a password meanwhile
KINDS: Final = ("access-token", "refresh-token", "client-secret", "api-key", "password", "other")
_INDEX: Final = "tui401:names"  # keyrings cannot list, so the names stand in an entry of their own
_LONGEST_NAME: Final = 200

T = TypeVar("T")


class VaultError(Exception):
    """A credential could not be stored or taken; its text is a sentence for a person, free of secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a kept credential without looking at it.

    Attributes:
        name: What it is kept under.
        kind: One of ``KINDS``.
        at: When it was stored, seconds since the epoch by this machine's clock; 0 where nobody noted it.
        expires: When it ends, the same way; None where that is not known.
        profile: The profile whose it is; "" for none.
    """

    name: str
    kind: str = "other"
    at: float = 0.0
    expires: float | None = None
    profile: str = ""


class Vault:
    """Stores credentials under names in the operating system's keyring, or where the person chose.

    Args:
        backend: A keyring backend; the system's own when None.
        limit: Seconds that one call may take.
        lock: A file that keeps two processes from changing the list of names at once; None where there is one alone.
        where: What a person calls it.
    """

    def __init__(
        self,
        backend: Any = None,
        limit: float = LIMIT,
        *,
        lock: Path | None = None,
        where: str = "this machine's keyring",
    ) -> None:
        self.where = where
        self._given = backend
        self._limit = limit
        self._lock = lock

    async def why_not(self) -> str:
        """Why no keyring can be used here, as a sentence; "" when one can."""
        try:
            return await self._run(lambda: unusable(self._backend()))
        except VaultError as error:
            return str(error)

    async def store(
        self,
        name: str,
        secret: Secret[str],
        *,
        kind: str = "other",
        expires: float | None = None,
        profile: str = "",
        at: float | None = None,
    ) -> None:
        """Stores a credential under a name, in the place of an older one.

        Args:
            name: Up to 200 characters.
            secret: The credential.
            kind: One of ``KINDS``.
            expires: When it ends, seconds since the epoch; None where that is not known.
            profile: Whose it is.
            at: When it came, where that was not now.

        Raises:
            VaultError: when it could not be stored; an older one is then whole, and the caller still holds this one.
        """
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable() or name == _INDEX:
            raise VaultError("A credential's name is up to 200 signs that show. Choose another name.")
        kept = Kept(name=name, kind=kind, at=time.time() if at is None else at, expires=expires, profile=profile)
        await self._run(lambda: self._store(kept, secret))

    async def take(self, name: str) -> Secret[str] | None:
        """The credential of that name, or None when there is none.

        Raises:
            VaultError: when the keyring could not be read. That is not the same as there being none.
        """
        return await self._run(lambda: self._take(self._usable(), name))

    async def names(self) -> tuple[str, ...]:
        """The names of what is stored, never a value."""
        return tuple(kept.name for kept in await self.entries())

    async def entries(self) -> tuple[Kept, ...]:
        """What is stored, without values, in the order in which it first came."""
        return await self._run(lambda: tuple(self._index(self._usable()).values()))

    async def delete(self, name: str) -> bool:
        """Deletes a credential; False when there was none of that name."""
        return await self._run(lambda: self._delete(name))

    async def same_as(self, secret: Secret[str]) -> tuple[Kept, ...]:
        """All that holds this very value. They are compared in memory: nothing of a value is ever derived and kept."""
        return await self._run(lambda: self._same_as(secret))

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
        except LockError as error:
            raise VaultError(str(error)) from error
        except Exception as error:
            raise VaultError(f"{words_for(error)} The credential stays in this session's memory.") from error

    # What follows runs in a daemon thread.

    def _backend(self) -> Any:
        if self._given is not None:
            return self._given
        import keyring  # noqa: PLC0415 - slow to import, and needed in this thread only

        return keyring.get_keyring()

    def _usable(self) -> Any:
        backend = self._backend()
        reason = unusable(backend)
        if reason:
            raise VaultError(f"{reason} The credential stays in this session's memory.")
        return backend

    def _alone(self) -> AbstractContextManager[None]:
        return held(self._lock, self._limit) if self._lock is not None else nullcontext()

    def _store(self, kept: Kept, secret: Secret[str]) -> None:
        backend = self._usable()
        with self._alone():
            before = self._index(backend)
            # The name first: a value that no list names could be neither found nor deleted.
            if kept.name not in before:
                self._write(backend, {**before, kept.name: kept})
            try:
                put(backend, SERVICE, kept.name, secret.reveal())
            except Exception:
                if kept.name not in before:
                    with contextlib.suppress(Exception):
                        self._write(backend, before)
                raise
            self._write(backend, {**before, kept.name: kept})

    def _take(self, backend: Any, name: str) -> Secret[str] | None:
        value = get(backend, SERVICE, name)
        return value if value is None else Secret(value)

    def _delete(self, name: str) -> bool:
        backend = self._usable()
        with self._alone():
            there = take_out(backend, SERVICE, name)
            index = self._index(backend)
            if name in index:
                self._write(backend, {other: kept for other, kept in index.items() if other != name})
            return there

    def _same_as(self, secret: Secret[str]) -> tuple[Kept, ...]:
        backend = self._usable()
        found = []
        for kept in self._index(backend).values():
            with contextlib.suppress(ValueError):  # one of which only a part is left is the same as none
                if self._take(backend, kept.name) == secret:
                    found.append(kept)
        return tuple(found)

    def _index(self, backend: Any) -> dict[str, Kept]:
        try:
            held_names = json.loads(get(backend, SERVICE, _INDEX) or "[]")
        except ValueError:
            return {}
        return {kept.name: kept for kept in _read(held_names)}

    def _write(self, backend: Any, index: dict[str, Kept]) -> None:
        written = [{key: value for key, value in asdict(kept).items() if value} for kept in index.values()]
        put(backend, SERVICE, _INDEX, json.dumps(written, ensure_ascii=False, separators=(",", ":")))


def _read(listed: Any) -> Iterator[Kept]:
    """The entries of the list of names; those of version 0.1, plain names, too."""
    for item in listed if isinstance(listed, list) else ():
        made = {"name": item} if isinstance(item, str) else item
        if not isinstance(made, dict) or not isinstance(made.get("name"), str):
            continue
        at, expires = made.get("at"), made.get("expires")
        yield Kept(
            name=made["name"],
            kind=made["kind"] if made.get("kind") in KINDS else "other",
            at=float(at) if isinstance(at, int | float) else 0.0,
            expires=float(expires) if isinstance(expires, int | float) else None,
            profile=made["profile"] if isinstance(made.get("profile"), str) else "",
        )
