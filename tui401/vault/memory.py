"""A backend that rests nowhere: credentials end with the process."""

from __future__ import annotations


class InMemory:
    """The three methods of a keyring backend on a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The entry's value, or None."""
        return self._entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Enters a value."""
        self._entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Takes an entry out, if it is there."""
        self._entries.pop((service, username), None)
