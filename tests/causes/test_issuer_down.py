"""issuer-unavailable: an outage told apart from a refusal, and from this machine's own network."""

from __future__ import annotations

import pytest

from tests.judge.builders import API, ISSUER, Bench, bearer, jwt
from tui401.model.http import Failure, FailureKind
from tui401.model.shown import GrantSeen, IssuerMetadataSeen, TokenEndpointSeen
from tui401.model.verdict import Strength

LOCAL = "http://127.0.0.1:8080/v1"
DOWN = TokenEndpointSeen(issuer=ISSUER, url=f"{ISSUER}/token", status=503, failure="status", problem="It answers 503.")


def bench(url: str = API) -> Bench:
    return Bench(bearer(jwt()), url=url)


def unreachable(issuer: str = ISSUER) -> IssuerMetadataSeen:
    return IssuerMetadataSeen(asked=issuer, confirmed=True, failure="unreachable", problem="There is no way to it.")


def test_with_the_api_out_there_answering_the_issuer_is_to_blame() -> None:
    assert bench().refused().add(unreachable()).strength("issuer-unavailable") is Strength.LIKELY


def test_where_nothing_out_there_answers_it_may_be_ones_own_network() -> None:
    made = bench(LOCAL).refused().add(unreachable())
    verdict = made.verdict("issuer-unavailable")
    assert verdict.strength is Strength.POSSIBLE
    assert "its own network" in " ".join(verdict.because)


def test_a_time_server_that_answers_clears_the_network() -> None:
    made = bench(LOCAL).refused().add(unreachable()).clock("ntp", 0.1)
    assert made.strength("issuer-unavailable") is Strength.LIKELY


def test_an_issuer_on_this_machine_needs_no_network() -> None:
    made = bench(LOCAL).refused().add(unreachable("http://127.0.0.1:9090"))
    assert made.strength("issuer-unavailable") is Strength.LIKELY


def test_with_the_api_silent_too_the_network_is_not_cleared() -> None:
    made = bench().failed(Failure(FailureKind.UNREACHABLE, "There is no way to it.")).add(unreachable())
    assert made.strength("issuer-unavailable") < Strength.LIKELY


def test_a_token_endpoint_that_answers_5xx_is_an_outage_though_the_metadata_is_there() -> None:
    made = bench(LOCAL).refused().issuer().add(DOWN)
    verdict = made.verdict("issuer-unavailable")
    assert verdict.strength >= Strength.POSSIBLE
    assert "503" in verdict.because[0]


@pytest.mark.parametrize(
    "grant",
    [
        GrantSeen(grant="client_credentials", endpoint=f"{ISSUER}/token", ok=False, error="invalid_client", status=401),
        GrantSeen(grant="authorization_code", endpoint=f"{ISSUER}/a", ok=False, problem="Nobody signed in."),
        GrantSeen(grant="command", endpoint="az", ok=False, problem="The token command ended with code 1."),
        GrantSeen(grant="client_credentials", endpoint=f"{ISSUER}/token", ok=False, problem="Nothing was sent: no."),
    ],
    ids=["refused", "nobody signed in", "a command", "nothing sent"],
)
def test_a_refusal_or_what_was_never_sent_is_no_outage(grant: GrantSeen) -> None:
    assert bench().refused().issuer().add(grant).strength("issuer-unavailable") is Strength.RULED_OUT


def test_a_token_endpoint_that_did_not_answer_is_one() -> None:
    silent = GrantSeen(
        grant="client_credentials", endpoint=f"{ISSUER}/token", ok=False, problem="It did not.", failure="timeout"
    )
    assert bench().refused().issuer().add(silent).strength("issuer-unavailable") >= Strength.POSSIBLE
