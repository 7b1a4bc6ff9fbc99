"""Whether the token endpoint is up: asked for nothing, and with nothing that is a secret."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.probes.server import Arrived, response, serve
from tests.probes.world import bearer, case_of, facts_of
from tui401.model.case import Known
from tui401.model.secret import Secret
from tui401.model.shown import TokenEndpointSeen
from tui401.probes.discovery import Issuers
from tui401.probes.health import TokenEndpointGatherer
from tui401.probes.send import Client

SECRET = "client-s3cret-5f3a91c07be2d846"


async def looked(status: str, *, confirmed: bool = True, **more: Any) -> tuple[list[TokenEndpointSeen], list[Arrived]]:
    """What is brought of an issuer whose token endpoint answers so, and all that reached it."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        own = str(server.origin)
        if arrived.target.startswith("/.well-known"):
            made = {"issuer": own, "token_endpoint": f"{own}/token", **more}
            writer.write(response("200 OK", "Content-Type: application/json", body=json.dumps(made).encode()))
        else:
            writer.write(response(status))

    async with serve(handle) as server, Client() as client:
        issuer = str(server.origin)
        known = Known(issuer=issuer if confirmed else "", client_id="cli", client_secret=Secret(SECRET))
        case = case_of(issuer, "/v1", bearer("the-access-token-0011"), known=known)
        found = await TokenEndpointGatherer(client, Issuers(client)).run(case, facts_of(case))
    return [piece.content for piece in found if isinstance(piece.content, TokenEndpointSeen)], server.arrived


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("405 Method Not Allowed", ""),
        ("400 Bad Request", ""),
        ("401 Unauthorized", ""),
        ("302 Found", ""),
        ("500 E", "status"),
        ("503 E", "status"),
    ],
)
async def test_any_answer_below_500_shows_that_it_is_up(status: str, failure: str) -> None:
    (seen,), arrived = await looked(status)
    assert (seen.status, seen.failure) == (int(status[:3]), failure)
    assert bool(seen.problem) is bool(failure)
    assert seen.latency > 0
    (asked,) = [one for one in arrived if one.target == "/token"]
    assert (asked.method, asked.body) == ("GET", b"")
    assert SECRET.encode() not in asked.everything
    assert b"the-access-token" not in asked.everything


async def test_one_that_does_not_answer_is_told() -> None:
    (seen,), _ = await looked("200 OK", token_endpoint="http://127.0.0.1:9/token")
    assert (seen.status, seen.failure) == (None, "unreachable")
    assert seen.problem


@pytest.mark.parametrize("more", [{"confirmed": False}, {"token_endpoint": ""}, {"issuer": "https://other.example"}])
async def test_nobody_is_asked_who_is_not_the_confirmed_issuer(more: dict[str, Any]) -> None:
    found, arrived = await looked("200 OK", **more)
    assert found == []
    assert not [one for one in arrived if one.target == "/token"]
