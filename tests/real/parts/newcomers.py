"""More makes of server, each with the middleware that its users take: Koa, hapi, Hono, passport, Litestar, aiohttp."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.real.parts.apis import Api
from tests.real.parts.process import HERE, answers, free_port, node, running, servers_python
from tests.real.parts.provider import ORDERS, Provider

NODES = ("koa", "hapi", "hono", "passport")
PYTHONS = ("litestar", "aiohttp")


@dataclass(frozen=True, kw_only=True)
class Newcomers:
    """Running APIs: GET /orders of each wants a token with orders:read for the audience `ORDERS`.

    Attributes:
        apis: By name.
        token: What `/opaque/orders` of Hono and passport wants.
        user: Whom `/basic/orders` of Hono and aiohttp knows.
        password: Made anew for each run.
    """

    apis: dict[str, Api]
    token: str = field(repr=False)
    user: str = "reader"
    password: str = field(repr=False)

    def basic(self, name: str, password: str | None = None) -> tuple[str, ...]:
        """The curl command with a user and a password: the right ones unless told otherwise."""
        return (*self.bare(name, "/basic/orders"), "-u", f"{self.user}:{password or self.password}")

    def bare(self, name: str, path: str) -> tuple[str, ...]:
        """The curl command without a credential."""
        return ("curl", self.apis[name].address + path)


@contextlib.contextmanager
def start_newcomers(folder: Path, provider: Provider) -> Iterator[Newcomers]:
    """All six in three processes; raises MissingPartError or NotStartedError."""
    ports = {name: free_port() for name in (*NODES, *PYTHONS)}
    made = Newcomers(
        apis={
            name: Api(name=name, address=f"http://127.0.0.1:{port}", audience=ORDERS, provider=provider)
            for name, port in ports.items()
        },
        token=secrets.token_urlsafe(32),
        password=secrets.token_urlsafe(24),
    )
    public = provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    known = {"token": made.token, "user": made.user, "password": made.password}
    trusts: dict[str, Any] = {"issuer": provider.issuer, "audience": ORDERS}
    with contextlib.ExitStack() as stack:
        stacks = [node(), str(HERE / "stacks" / "api.mjs")]
        settings = {**trusts, "ports": ports, "keys": provider.keys, "known": known}
        stack.enter_context(_started(made.apis["passport"], stacks, folder / "stacks", settings))
        for name in PYTHONS:
            command = [servers_python(), str(HERE / f"{name}_app" / "api.py")]
            settings = {**trusts, **known, "port": ports[name], "key": public}
            stack.enter_context(_started(made.apis[name], command, folder / name, settings))
        yield made


def _started(
    api: Api, command: list[str], folder: Path, settings: dict[str, Any]
) -> contextlib.AbstractContextManager[object]:
    ready = answers(f"{api.address}/health")
    environment = {"NODE_ENV": "production"}
    return running(
        folder.name, command, folder=folder, ready=ready, environment=environment, stdin=json.dumps(settings)
    )
