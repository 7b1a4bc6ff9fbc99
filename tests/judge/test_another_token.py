"""What an accepted request with another token shows of the refused one: the one thing in which the two differ."""

from __future__ import annotations

from typing import Any

import pytest

from tests.judge.builders import AUDIENCE, ISSUER, KEY, NOW, OPAQUE, UNAUTHORIZED, Bench, bearer, jwt
from tui401.model.shown import TokenShown, Verified
from tui401.model.verdict import Strength
from tui401.model.words import Shape

SIGNED = Verified.GOOD
BASIC = [("Authorization", "Basic dXNlcjpwYXNzd29yZA==")]
KEYED = [("X-Api-Key", KEY)]


def refused(keys: Verified = SIGNED, **claims: Any) -> Bench:
    """A token with these claims, refused without a reason; the person knows what the API wants."""
    bench = Bench(bearer(jwt(**claims))).refused().keys(keys).clock("ntp", 0.0)
    return bench.known(issuer=ISSUER, audience=AUDIENCE, scopes=("orders:read",), client_id="svc")


DIFFERS = [
    # slug, the claim that is wrong, the label of the other token
    ("audience-mismatch", {"aud": "https://billing.example.com"}, "other-audience"),
    ("scope-insufficient", {"scope": "orders:write"}, "other-scopes"),
    ("issuer-mismatch", {"iss": "https://staging.example.com"}, "other-issuer"),
]


@pytest.mark.parametrize(("slug", "claims", "label"), DIFFERS)
def test_another_token_that_differs_in_one_claim_proves_that_claim(
    slug: str, claims: dict[str, Any], label: str
) -> None:
    assert refused(**claims).strength(slug) < Strength.CONFIRMED
    assert refused(**claims).flip(label).root() == (slug, "confirmed")


@pytest.mark.parametrize(("slug", "claims", "label"), DIFFERS)
def test_without_a_second_refusal_it_proves_nothing(slug: str, claims: dict[str, Any], label: str) -> None:
    bench = refused(**claims).answer(200, (), '{"ok": true}', label=label)
    assert bench.strength(slug) < Strength.CONFIRMED


@pytest.mark.parametrize(("slug", "claims", "label"), DIFFERS[:2])
def test_a_token_that_may_be_bad_otherwise_is_not_convicted_by_its_claims(
    slug: str, claims: dict[str, Any], label: str
) -> None:
    assert refused(Verified.BAD, **claims).flip(label).strength(slug) < Strength.CONFIRMED
    assert refused(**{**claims, "exp": NOW - 3600}).flip(label).strength(slug) < Strength.CONFIRMED


@pytest.mark.parametrize(("slug", "claims"), [case[:2] for case in DIFFERS])
def test_a_token_with_the_same_claims_that_is_accepted_acquits_them(slug: str, claims: dict[str, Any]) -> None:
    assert refused(**claims).flip("fresh").strength(slug) is Strength.RULED_OUT


def test_an_accepted_token_shows_that_the_server_takes_valid_ones() -> None:
    assert refused().anonymous(401).garbage(401).strength("server-misconfigured") is Strength.POSSIBLE
    assert refused().anonymous(401).garbage(401).flip("fresh").strength("server-misconfigured") is Strength.RULED_OUT


def test_an_access_token_in_place_of_an_id_token_proves_the_kind() -> None:
    sent = refused(aud="svc", scope=None, at_hash="x")
    assert sent.root() == ("token-type-wrong", "likely")
    assert refused(aud="svc", scope=None, at_hash="x").flip("other-token").root() == ("token-type-wrong", "confirmed")


def test_a_fresh_token_proves_a_fault_of_the_old_one_but_not_which() -> None:
    bench = Bench(bearer(OPAQUE)).refused().anonymous(401).garbage(401).known(issuer=ISSUER).flip("other-token")
    assert bench.root() == ("token-unrecognised", "possible")


def test_the_same_token_accepted_in_another_writing_acquits_the_servers_keys() -> None:
    def sent() -> Bench:
        said = '{"message": "The token signature is invalid."}'
        return Bench([("Authorization", f"Bearer {jwt()},")]).refused(said).keys(SIGNED)

    assert sent().strength("keys-stale-at-server") is Strength.POSSIBLE
    bench = sent().flip("canonical", body='{"message": "The token signature is invalid."}')
    assert bench.root() == ("header-malformed", "confirmed")
    assert bench.strength("keys-stale-at-server") is Strength.RULED_OUT


@pytest.mark.parametrize(
    ("kid", "again", "strength"),
    [("k2", 401, "confirmed"), ("k1", 401, "likely"), ("k2", 200, "likely")],
)
def test_a_token_of_another_key_that_is_accepted_proves_that_the_server_holds_old_keys(
    kid: str, again: int, strength: str
) -> None:
    said = '{"message": "The token signature is invalid."}'
    made = TokenShown(shape=Shape.JWT, header={"alg": "RS256", "kid": kid}, claims={"iss": ISSUER})
    bench = Bench(bearer(jwt({"kid": "k1"}))).refused(said).keys(SIGNED).known(issuer=ISSUER)
    bench.granted(grant="client_credentials", ok=True, token=made)
    assert bench.flip("fresh", again=again, body=said).strength("keys-stale-at-server").word == strength


def test_a_signature_that_is_called_invalid_is_not_confirmed_while_something_stands_behind_the_token() -> None:
    said = '{"code": "FAST_JWT_INVALID_SIGNATURE", "message": "The token signature is invalid."}'
    bench = Bench([("Authorization", f"Bearer {jwt()},")]).refused(said)
    assert bench.root()[0] == "header-malformed"
    assert bench.strength("token-signature-invalid") is Strength.LIKELY
    assert Bench(bearer(jwt())).refused(said).strength("token-signature-invalid") is Strength.CONFIRMED


def test_one_refusal_for_every_request_leaves_the_key_a_candidate() -> None:
    bench = Bench(KEYED).refused().anonymous(401).garbage(401)
    assert bench.root() == ("api-key-invalid", "possible")


def test_the_words_expects_the_audience_name_a_mismatch() -> None:
    body = '{"error": "The token is not for this API; it expects the audience https://orders.example.com"}'
    assert Bench(bearer(jwt())).refused(body).root() == ("audience-mismatch", "confirmed")
    advertised = Bench(bearer(jwt())).refused(body).resource(AUDIENCE).keys(SIGNED)
    assert advertised.root() == ("server-misconfigured", "confirmed")


def test_a_token_accepted_as_bearer_proves_the_scheme_where_the_server_names_none() -> None:
    sent = Bench([("Authorization", f"Token {jwt()}")]).refused(UNAUTHORIZED)
    assert sent.root() == ("scheme-wrong", "possible")
    assert sent.flip("use-scheme").root() == ("scheme-wrong", "confirmed")


def test_a_code_of_the_token_endpoint_stands_beside_a_sentence_with_or() -> None:
    form = "grant_type=client_credentials&resource=https%3A%2F%2Fnowhere.example"
    said = '{"error": "invalid_target", "error_description": "resource indicator is missing, or unknown"}'
    bench = Bench(BASIC, url=f"{ISSUER}/token", method="POST", body=form).refused(said, status=400)
    assert bench.root() == ("audience-mismatch", "confirmed")
