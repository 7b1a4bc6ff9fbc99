"""What the API knows of its authorization server: metadata, keys and introspection, fetched over real sockets."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any, Final
from urllib.parse import urlencode

from tui401.practice.answers import Answer, json_object
from tui401.practice.fetch import fetch

_FRESH: Final = 300.0  # seconds that a key set is used
_AGAIN: Final = 2.0  # least seconds between two fetches because of an unknown kid


class IssuerDownError(Exception):
    """The authorization server could not be asked; the text says how it failed."""


class Trust:
    """One authorization server as its API sees it.

    Attributes:
        issuer: The trusted issuer identifier.
        pinned: It uses the keys that it was given and never fetches any.
    """

    def __init__(self, issuer: str, client_id: str, secret: str, mark: tuple[str, str]) -> None:
        self.issuer = issuer
        self.pinned = False
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._credential = ("Authorization", f"Basic {pair}")
        self._mark = mark
        self._metadata: dict[str, Any] = {}
        self._keys: dict[str, dict[str, Any]] = {}
        self._fetched = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, kid: object) -> dict[str, Any] | None:
        """The published key of that identifier, fetched anew when it is unknown, or None.

        Raises:
            IssuerDownError: When no key set can be had.
        """
        async with self._lock:
            if self.pinned:
                return self._keys.get(kid) if isinstance(kid, str) else None
            age = time.monotonic() - self._fetched
            known = isinstance(kid, str) and kid in self._keys
            if age > _FRESH or (not known and age > _AGAIN):
                await self._fetch_keys()
            return self._keys.get(kid) if isinstance(kid, str) else None

    def pin(self, keys: list[dict[str, Any]]) -> None:
        """Use these keys from now on, whatever the authorization server publishes."""
        self.pinned = True
        self._keys = {str(key.get("kid")): key for key in keys}

    async def introspect(self, token: str) -> dict[str, Any]:
        """What the authorization server says of a token (RFC 7662).

        Raises:
            IssuerDownError: When it cannot be asked.
        """
        async with self._lock:
            await self._discover()
        body = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
        kind = ("Content-Type", "application/x-www-form-urlencoded")
        url = str(self._metadata.get("introspection_endpoint", ""))
        return json_object((await self._ask("POST", url, (kind, self._credential), body)).body)

    async def _discover(self) -> None:
        if not self._metadata:
            found = await self._ask("GET", f"{self.issuer}/.well-known/oauth-authorization-server")
            metadata = json_object(found.body)
            if metadata.get("issuer") != self.issuer:  # RFC 8414, section 3.3
                raise IssuerDownError("its metadata name another issuer")
            self._metadata = metadata

    async def _fetch_keys(self) -> None:
        await self._discover()
        answer = await self._ask("GET", str(self._metadata.get("jwks_uri", "")))
        keys = json_object(answer.body).get("keys", [])
        self._keys = {str(key.get("kid")): key for key in keys if isinstance(key, dict)}
        self._fetched = time.monotonic()

    async def _ask(self, method: str, url: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Answer:
        try:
            answer = await fetch(method, url, (*headers, self._mark), body)
        except TimeoutError as error:
            raise IssuerDownError("it did not answer in time") from error
        except OSError as error:
            raise IssuerDownError("the connection failed") from error
        if answer.status != 200:
            raise IssuerDownError(f"it answered {answer.status}")
        return answer
