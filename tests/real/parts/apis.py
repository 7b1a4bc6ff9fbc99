"""Three API stacks with their usual token middleware, which trust one provider: FastAPI, fastify, Express."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.real.parts.process import HERE, answers, free_port, node, running, servers_python, shifted
from tests.real.parts.provider import ORDERS, Provider

Stack = Literal["fastapi", "fastify", "express"]
# "own" is the library's default handling; "tutorial" is how FastAPI's manual words it; "json" is Express with the
# error handler of express-jwt's manual.
Words = Literal["own", "tutorial", "json"]


@dataclass(frozen=True, kw_only=True)
class Api:
    """A running API: GET /orders wants scope orders:read, POST /orders wants orders:write, for the audience `ORDERS`.

    Attributes:
        name: The stack and its wording, for example "express-json".
        address: Without a path.
        audience: What it wants in `aud`.
        provider: Whom it trusts.
        scheme: How it wants the credential announced.
    """

    name: str
    address: str
    audience: str
    provider: Provider
    scheme: str = "Bearer"

    def get(self, token: str | None = None, *, path: str = "/orders", scheme: str | None = None) -> tuple[str, ...]:
        """The curl command of a GET; without a token, without a credential."""
        url = self.address + path
        if token is None:
            return ("curl", url)
        return ("curl", url, "-H", f"Authorization: {self.scheme if scheme is None else scheme} {token}")

    def with_header(self, value: str, *, path: str = "/orders") -> tuple[str, ...]:
        """The curl command of a GET with this very Authorization value."""
        return ("curl", self.address + path, "-H", f"Authorization: {value}")

    def good(self) -> tuple[str, ...]:
        """A command that it accepts."""
        return self.get(self.provider.token())


@contextlib.contextmanager
def start_api(
    stack: Stack,
    folder: Path,
    provider: Provider,
    *,
    words: Words = "own",
    label: str = "",
    shift: str = "",
    audience: str = ORDERS,
    issuer: str | None = None,
    keys: str | None = None,
) -> Iterator[Api]:
    """One API stack.

    Args:
        stack: Which.
        folder: A folder of its own.
        provider: The issuer that it trusts unless told otherwise.
        words: How refusals are worded, where the stack leaves a choice.
        label: Added to its name.
        shift: Its clock's offset, for example "+2h".
        audience: What it wants in `aud`.
        issuer: What it wants in `iss`: change it to misconfigure it.
        keys: Where it looks for keys (the issuer's address for fastify): change it to misconfigure it.

    Raises:
        MissingPartError: it is not installed.
        NotStartedError: it did not come up.
    """
    command = (
        [servers_python(), str(HERE / "fastapi_app" / "api.py")]
        if stack == "fastapi"
        else [node(), str(HERE / stack / "api.mjs")]
    )
    name = "-".join(filter(None, (stack, "" if words == "own" else words, label)))
    port = free_port()
    service = provider.clients["service"]
    settings: dict[str, Any] = {
        "port": port,
        "issuer": issuer or provider.issuer,
        "audience": audience,
        "keys": keys or provider.keys,
        "keys_issuer": keys or provider.issuer,
        "introspection": provider.introspection,
        "introspection_client": [service.id, service.secret],
        "words": words,
    }
    address = f"http://127.0.0.1:{port}"
    with running(
        name,
        command,
        folder=folder,
        ready=answers(f"{address}/health"),
        environment={"NODE_ENV": "production", **(shifted(shift) if shift else {})},
        stdin=json.dumps(settings),
    ):
        yield Api(name=name, address=address, audience=audience, provider=provider)
