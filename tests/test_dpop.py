from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import jwt
import pytest

from tests.oauth.issuing import decoded
from tests.probes.server import Arrived, header, response, serve
from tui401.dpop import Prover
from tui401.model.secret import Secret
from tui401.probes.send import Client

TOKEN = Secret("bound-token-0123456789")


def prover(*algorithms: str) -> Prover:
    made = Prover.make(algorithms)
    assert made is not None
    return made


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256", "PS256"])
def test_a_proof_verifies_by_the_key_that_it_carries(algorithm: str) -> None:
    made = prover(algorithm)
    text = made.proof("POST", "https://login.example/token?x=1#y", token=TOKEN, nonce="n").reveal()
    head, _ = decoded(text)
    assert (head["typ"], head["alg"]) == ("dpop+jwt", algorithm)
    assert "d" not in head["jwk"]
    claims = jwt.decode(text, jwt.PyJWK(head["jwk"], algorithm), [algorithm])
    assert (claims["htm"], claims["htu"], claims["nonce"]) == ("POST", "https://login.example/token", "n")
    digest = hashlib.sha256(TOKEN.reveal().encode()).digest()
    assert claims["ath"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_server_that_takes_no_known_algorithm_gets_none() -> None:
    assert Prover.make(("XX999",)) is None


def test_a_prover_shows_no_key() -> None:
    assert "PrivateKey" not in repr(prover())


class Api:
    """Wants a proof with its nonce; changes the nonce when it is told to."""

    def __init__(self, *nonces: str) -> None:
        self.nonces = list(nonces)
        self.claims: list[dict[str, Any]] = []

    async def __call__(self, arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        (proof,) = arrived.values("dpop")
        _, claims = decoded(proof)
        self.claims.append(claims)
        nonce = self.nonces.pop(0) if len(self.nonces) > 1 else self.nonces[0]
        if nonce and claims.get("nonce") != nonce:
            lines = ('WWW-Authenticate: DPoP error="use_dpop_nonce"', f"DPoP-Nonce: {nonce}")
            writer.write(response("401 Unauthorized", *lines))
        else:
            writer.write(response("200 OK"))


async def test_each_send_has_a_fresh_proof_and_takes_the_nonce_along() -> None:
    api = Api("n-1")
    async with Client() as client, serve(api) as server:
        client.proofs.bind(TOKEN, prover())
        request = server.request("/v1/orders?page=2", "GET", header("Authorization", f"DPoP {TOKEN.reveal()}"))
        first, second = await client.send(request), await client.send(request)
    assert [hop.response.status for hop in first.hops if hop.response] == [401, 200]
    assert [hop.response.status for hop in second.hops if hop.response] == [200]
    assert client.sent == 3
    assert [claims.get("nonce") for claims in api.claims] == [None, "n-1", "n-1"]
    assert len({claims["jti"] for claims in api.claims}) == 3
    assert {claims["htu"] for claims in api.claims} == {f"{server.origin}/v1/orders"}


async def test_a_server_that_never_takes_its_nonce_is_asked_no_more_than_it_gives_new_ones() -> None:
    async def refuses(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        lines = ('WWW-Authenticate: DPoP error="use_dpop_nonce"', "DPoP-Nonce: the-same")
        writer.write(response("401 Unauthorized", *lines))

    async with Client() as client, serve(refuses) as server:
        client.proofs.bind(TOKEN, prover())
        await client.send(server.request("/", "GET", header("Authorization", f"DPoP {TOKEN.reveal()}")))
        assert len(server.arrived) == 2


async def test_a_server_that_gives_nonce_after_nonce_is_left() -> None:
    async def refuses(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        lines = ('WWW-Authenticate: DPoP error="use_dpop_nonce"', f"DPoP-Nonce: n-{len(server.arrived)}")
        writer.write(response("401 Unauthorized", *lines))

    async with Client() as client, serve(refuses) as server:
        client.proofs.bind(TOKEN, prover())
        await client.send(server.request("/", "GET", header("Authorization", f"DPoP {TOKEN.reveal()}")))
        assert len(server.arrived) == 2


async def test_a_token_that_is_not_held_here_gets_no_proof_and_no_second_send() -> None:
    async def refuses(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        lines = ('WWW-Authenticate: DPoP error="use_dpop_nonce"', "DPoP-Nonce: n")
        writer.write(response("401 Unauthorized", *lines))

    async with Client() as client, serve(refuses) as server:
        client.proofs.bind(TOKEN, prover())
        await client.send(server.request("/", "GET", header("Authorization", "DPoP another-token")))
        await client.send(server.request("/", "GET", header("Authorization", f"Bearer {TOKEN.reveal()}")))
        assert len(server.arrived) == 2
        assert not any(one.values("dpop") for one in server.arrived)
