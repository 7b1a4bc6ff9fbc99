"""Addresses that a token itself names for its keys are never asked (RFC 7515, sections 4.1.2 and 4.1.5)."""

from __future__ import annotations

import base64
import json

import pytest

from tests.probes.server import answer, serve
from tests.probes.world import bearer, case_of, facts_of
from tui401.model.case import Known
from tui401.practice.world import Practice
from tui401.probes.gather import gatherers
from tui401.probes.send import Client


def part(fields: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


@pytest.mark.parametrize("name", ["jku", "x5u"])
async def test_what_a_token_names_for_its_keys_is_not_asked(name: str) -> None:
    async with Practice() as world, serve(answer("200 OK", body=b'{"keys": []}')) as stranger, Client() as client:
        header: dict[str, object] = {"alg": "RS256", "typ": "JWT", "kid": "k1", name: f"{stranger.origin}/keys"}
        token = f"{part(header)}.{part({'iss': world.issuer, 'sub': 'ada'})}.{'c2lnbmF0dXJl' * 8}"
        case = case_of(world.api, "/v1/orders", bearer(token), known=Known(issuer=world.issuer, ntp=world.ntp))
        found = [piece for one in gatherers(client) for piece in await one.run(case, facts_of(case))]
        assert any(piece.kind.startswith("keys") for piece in found), [piece.kind for piece in found]
        assert world.requests.issuer
        assert stranger.connections == 0
