"""An issuer on loopback that answers as a test says and keeps what reached it; and somebody who signs in there."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.probes.server import Arrived, Server, response, serve
from tui401.model.case import Known
from tui401.model.demands import Elsewhere
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen

Reply = tuple[str, dict[str, Any]] | tuple[str, dict[str, Any], list[str]]


@dataclass
class Issuer:
    """What it answers by path, one after another, the last one for ever; and what it was asked."""

    replies: dict[str, list[Reply]]
    server: Server = field(init=False)

    @property
    def address(self) -> str:
        return str(self.server.origin)

    def asked(self, path: str = "/token") -> list[dict[str, str]]:
        """The forms that a path was sent."""
        return [form_of(one) for one in self.server.arrived if one.target == path]

    def metadata(self, **more: Any) -> IssuerMetadataSeen:
        given = {
            "asked": self.address,
            "issuer": self.address,
            "token_endpoint": f"{self.address}/token",
            "authorization_endpoint": f"{self.address}/authorize",
            "device_authorization_endpoint": f"{self.address}/device",
            "introspection_endpoint": f"{self.address}/introspect",
            "revocation_endpoint": f"{self.address}/revoke",
            "confirmed": True,
            **more,
        }
        return IssuerMetadataSeen(**given)

    def known(self, **more: Any) -> Known:
        return Known(**{"issuer": self.address, "client_id": "cli", **more})

    async def handle(self, arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        listed = self.replies.get(arrived.target, [("404 Not Found", {})])
        reply = listed.pop(0) if len(listed) > 1 else listed[0]
        lines = reply[2] if len(reply) == 3 else []
        body = json.dumps(reply[1]).encode()
        writer.write(response(reply[0], "Content-Type: application/json", *lines, body=body))


@asynccontextmanager
async def issuing(replies: dict[str, list[Reply]]) -> AsyncIterator[Issuer]:
    """Runs an issuer until the block ends."""
    made = Issuer(replies)
    async with serve(made.handle) as server:
        made.server = server
        yield made


def form_of(arrived: Arrived) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(arrived.body.decode(), keep_blank_values=True).items()}


def gives(**more: Any) -> Reply:
    """A token."""
    return "200 OK", {"access_token": "acc-0123456789abcdef", "token_type": "Bearer", **more}


def refuses(error: str, *lines: str, status: str = "400 Bad Request", **more: Any) -> Reply:
    return status, {"error": error, **more}, list(lines)


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT, unverified."""
    header, claims, _ = token.split(".")
    first, second = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (header, claims))
    return first, second


@dataclass
class Person:
    """Somebody who is shown where to sign in.

    Attributes:
        does: What they do, apart from the question; None for nothing.
        gives_up: They do not wait.
        shown: What they were shown.
        withdrawn: The question was taken back.
    """

    does: Callable[[Elsewhere], Any] | None = None
    gives_up: bool = False
    shown: list[Elsewhere] = field(default_factory=list)
    withdrawn: bool = False
    _doing: list[asyncio.Task[Any]] = field(default_factory=list)

    async def __call__(self, elsewhere: Elsewhere) -> None:
        self.shown.append(elsewhere)
        if self.gives_up:
            return
        if self.does is not None:
            self._doing.append(asyncio.create_task(self.does(elsewhere)))
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.withdrawn = True
            raise

    async def done(self) -> None:
        """Waits until they have done what they do."""
        await asyncio.gather(*self._doing)

    @property
    def query(self) -> dict[str, str]:
        """The query of the address that they were shown."""
        parts = urlsplit(self.shown[0].address.reveal())
        return {name: values[0] for name, values in parse_qs(parts.query).items()}


def comes_back(pages: list[httpx.Response] | None = None, **changed: str | None) -> Callable[[Elsewhere], Any]:
    """A browser that comes straight back with a code, its query changed as a test says; None leaves a name out."""

    async def go(elsewhere: Elsewhere) -> None:
        asked = {n: v[0] for n, v in parse_qs(urlsplit(elsewhere.address.reveal()).query).items()}
        back = {"code": "code-77aa10c4e2b95d38", "state": asked["state"], **changed}
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(asked["redirect_uri"], params={n: v for n, v in back.items() if v is not None})
        if pages is not None:
            pages.append(page)

    return go


SECRET = Secret("s3cret-4f9d2a7c81be55-which-is-long-enough")


async def written(path: Path) -> str:
    """What another process writes into a file, once it is there."""
    loop = asyncio.get_running_loop()
    ends, text = loop.time() + 20, ""
    while not text and loop.time() < ends:
        await asyncio.sleep(0.01)
        text = _text_of(path)
    return text


def _text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""
