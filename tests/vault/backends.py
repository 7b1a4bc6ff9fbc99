"""Keyring backends that do what real ones do on a bad day."""

from __future__ import annotations

import threading

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

RAW = "canary-4f9d2a7c81be5f3a"


class Held(KeyringBackend):
    """A backend that keeps entries in memory and, like Windows' store, refuses long ones."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1_280:
            raise ValueError(f"too long: {password}")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class Locked(Held):
    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the backend's signature
        raise KeyringLocked(f"locked while {RAW} was asked for")


class Hanging(Held):
    released = threading.Event()

    def __init__(self) -> None:
        super().__init__()
        Hanging.released.clear()  # a test before this one may have let its own go

    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the same
        self.released.wait(60)
        return None


class Failing(Held):
    """Refuses to write after so many entries, as a full store does."""

    def __init__(self, writes: int = 0) -> None:
        super().__init__()
        self.left = writes

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.left <= 0:
            raise PasswordSetError(f"no room for {password}")
        self.left -= 1
        super().set_password(service, username, password)
