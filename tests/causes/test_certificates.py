"""Client certificates: what the handshake shows, beside what the answer says."""

from __future__ import annotations

import dataclasses

import pytest

from tests.judge.builders import Bench, bearer, invalid_token
from tui401.model.http import Exchange, Failure, FailureKind, Hop, Peer, Response, Transport
from tui401.model.secret import Secret
from tui401.wire import redact

ASKS = Peer(address="192.0.2.7", tls_version="TLSv1.3", asks_certificate=True)
SLUG = "client-certificate-required"
WORDS = "A client certificate is required"


def bench(
    status: int, body: str = "", *, peer: Peer = ASKS, shown: bool = False, failure: Failure | None = None
) -> Bench:
    made = Bench()
    if shown:
        request = dataclasses.replace(made.request, transport=Transport(cert_file="client.pem"))
        made.request = request
        made.add(redact.credentials(request, made.names), "attempt:1")
    response = Response(status, (), Secret(body.encode())) if failure is None else None
    hop = Hop(made.request, response, 1_700_000_000.0, 0.1, peer=peer)
    return made.add(redact.answer(Exchange((hop,), failure), made.names, label="original"), "attempt:1")


@pytest.mark.parametrize(
    ("status", "body", "peer", "root"),
    [
        (403, WORDS, ASKS, (SLUG, "confirmed")),
        (403, WORDS, Peer(), (SLUG, "likely")),
        (403, "", ASKS, (SLUG, "likely")),
        (403, "", Peer(), ("header-missing", "possible")),
        (403, "Your IP address is not on the allowlist", ASKS, ("address-not-allowed", "likely")),
    ],
)
def test_none_was_shown_where_the_handshake_asked(status: int, body: str, peer: Peer, root: tuple[str, str]) -> None:
    assert bench(status, body, peer=peer).root() == root


def test_a_server_that_hangs_up_after_a_handshake_that_asked_is_likely_to_want_one() -> None:
    broke = Failure(FailureKind.PROTOCOL, "orders.example:443 closed the connection without an answer.")
    assert bench(0, failure=broke).root() == (SLUG, "likely")
    assert bench(0, failure=broke, peer=Peer()).strength(SLUG).word == "unknown"


def test_a_token_that_was_refused_is_not_the_certificates_fault() -> None:
    made = Bench(bearer("opaque-9c1f7e4ab2d85063"))
    hop = Hop(made.request, Response(401, (), Secret(b"")), 1_700_000_000.0, 0.1, peer=ASKS)
    made.add(redact.answer(Exchange((hop,)), made.names, label="original"), "attempt:1")
    assert made.strength(SLUG).word == "possible"
    assert Bench(bearer("x")).refused(headers=invalid_token()).strength(SLUG).word == "unknown"


def test_whoever_showed_a_certificate_is_no_stranger_to_a_bare_403() -> None:
    assert bench(403, shown=True).root()[0] == "permission-denied"
    assert bench(403, shown=True).strength("header-missing").word == "unknown"
    assert bench(401, shown=True).root()[0] == "header-missing"
