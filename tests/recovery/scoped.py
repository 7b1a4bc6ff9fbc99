"""An authorization server and an API on loopback that give and read opaque tokens with scopes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.probes.server import Arrived, Server, response, serve
from tests.timeless import timeless
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.secret import Secret

CLIENT_SECRET = "client-secret-5d1e77aa09c4b382"


@dataclass
class World:
    """What the two know.

    Attributes:
        needs: Scopes of which the API wants all.
        stumbles: Scopes that make the API refuse a token.
        allowed: What the client may have; more is refused with ``invalid_scope``. () for anything.
        withheld: Scopes that are left out without a word.
        tokens: The scopes of each access token that was given; taking one out revokes it.
        refresh: The refresh tokens that count; each use replaces its token where ``rotates``.
        limited_from: From so many tokens on the API limits attempts.
        named: Whether the API names the scopes that it wants.
    """

    needs: frozenset[str] = frozenset()
    stumbles: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    rotates: bool = True
    limited_from: int = 1_000
    named: bool = True
    tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    refresh: dict[str, frozenset[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    server: Server | None = None

    @property
    def issuer(self) -> str:
        assert self.server is not None
        return str(self.server.origin)

    @property
    def url(self) -> str:
        return f"{self.issuer}/v1/orders"

    @property
    def api(self) -> list[Arrived]:
        """What reached the API."""
        assert self.server is not None
        return [one for one in self.server.arrived if one.target.startswith("/v1/")]

    def give(self, *scopes: str) -> str:
        """A token with these scopes."""
        token = f"access-{secrets.token_hex(12)}"
        self.tokens[token] = frozenset(scopes)
        return token

    def give_refresh(self, *scopes: str) -> str:
        token = f"refresh-{secrets.token_hex(12)}"
        self.refresh[token] = frozenset(scopes)
        return token

    def case(self, token: str, *, refresh: str = "", secret: bool = True, **more: object) -> Case:
        """The person's command with this token, and what they know."""
        argv = ["-q", self.url, "-H", f"Authorization: Bearer {token}"]
        intake = from_argv(argv, env={}, home="/", cwd="/")
        known = Known(
            issuer=self.issuer,
            client_id="svc-orders",
            client_secret=Secret(CLIENT_SECRET) if secret else None,
            refresh_token=Secret(refresh) if refresh else None,
            profile="shop",
            ntp=timeless(),
            **more,  # type: ignore[arg-type] # what a test says
        )
        return Case(
            id="7f3a0002",
            request=intake.request,
            known=known,
            intake=intake.shown(),
            options=Options(send_consented=True),
        )

    async def handle(self, arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.target.startswith("/.well-known/oauth-authorization-server"):
            self._json(writer, "200 OK", {"issuer": self.issuer, "token_endpoint": f"{self.issuer}/token"})
        elif arrived.target == "/token" and arrived.method == "POST":
            form = parse_qs(arrived.body.decode())
            self.asked.append(form)
            self._grant(form, writer)
        elif arrived.target.startswith("/v1/"):
            self._orders(arrived, writer)
        else:
            writer.write(response("404 Not Found"))

    def _grant(self, form: dict[str, list[str]], writer: asyncio.StreamWriter) -> None:
        wanted = frozenset(form.get("scope", [""])[0].split())
        held: frozenset[str] | None = None
        given: dict[str, object] = {}
        if form["grant_type"] == ["refresh_token"]:
            (old,) = form["refresh_token"]
            if old in self.used or old not in self.refresh:
                self._json(writer, "400 Bad Request", {"error": "invalid_grant", "error_description": "used before"})
                return
            held = self.refresh[old]
            if self.rotates:
                self.used.add(old)
                given["refresh_token"] = self.give_refresh(*self.refresh.pop(old))
        if (self.allowed and not wanted <= self.allowed) or (held is not None and not wanted <= held):
            self._json(writer, "400 Bad Request", {"error": "invalid_scope"})
            return
        may = (wanted or held or frozenset()) - self.withheld
        token = self.give(*may)
        given |= {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": " ".join(sorted(may))}
        self._json(writer, "200 OK", given)

    def _orders(self, arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        value = (arrived.values("authorization") or [""])[0]
        scopes = self.tokens.get(value.partition(" ")[2])
        if len(self.tokens) >= self.limited_from:
            writer.write(response("429 Too Many Requests", "Retry-After: 30"))
        elif scopes is None:
            writer.write(response("401 Unauthorized", 'WWW-Authenticate: Bearer error="invalid_token"'))
        elif scopes & self.stumbles:
            writer.write(response("401 Unauthorized", "WWW-Authenticate: Bearer"))
        elif not self.needs <= scopes:
            named = f', scope="{" ".join(sorted(self.needs))}"' if self.named else ""
            says = f'WWW-Authenticate: Bearer error="insufficient_scope"{named}'
            writer.write(response("403 Forbidden", says))
        else:
            writer.write(response("200 OK", body=b"[]"))

    @staticmethod
    def _json(writer: asyncio.StreamWriter, status: str, fields: dict[str, object]) -> None:
        writer.write(response(status, "Content-Type: application/json", body=json.dumps(fields).encode()))


@contextlib.asynccontextmanager
async def world(**more: object) -> AsyncIterator[World]:
    made = World(**more)  # type: ignore[arg-type] # what a test says
    async with serve(made.handle) as server:
        made.server = server
        yield made
