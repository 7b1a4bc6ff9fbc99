"""The address, what stands before it, the place of a key, sessions and certificates: near and far."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.judge.builders import KEY, OPAQUE, UNAUTHORIZED, Bench, bearer, jwt, note, request
from tui401.model.http import Failure, FailureKind
from tui401.model.verdict import Outcome, Strength

COOKIE = [("Cookie", f"session={OPAQUE}")]
ASKS_BASIC = [("WWW-Authenticate", 'Basic realm="documentation"')]
ASKS_BEARER = [("WWW-Authenticate", 'Bearer realm="api"')]
NOT_FOUND = '{"message": "not found"}'


def elsewhere(bench: Bench, with_it: int = 404, without: int = 401) -> Bench:
    """An invented path was asked for with the credential and without."""
    bench.answer(with_it, (), NOT_FOUND if with_it == 404 else UNAUTHORIZED, label="invented-path")
    return bench.answer(without, (), UNAUTHORIZED, label="invented-path-anonymous")


# -- endpoint-wrong ----------------------------------------------------------------------------------------------------


def test_an_invented_path_that_is_refused_alike_shows_nothing() -> None:
    bench = Bench(bearer(OPAQUE)).refused().answer(401, (), UNAUTHORIZED, label="invented-path")
    assert bench.strength("endpoint-wrong") < Strength.POSSIBLE


def test_a_prefix_under_another_protection_is_the_wrong_address_where_the_api_takes_the_credential() -> None:
    bench = elsewhere(Bench(bearer(jwt())).refused("no", ASKS_BASIC))
    assert bench.strength("endpoint-wrong") is Strength.LIKELY
    assert bench.root()[1] != "confirmed"


def test_a_server_that_routes_before_it_looks_at_credentials_shows_nothing() -> None:
    bench = elsewhere(Bench(bearer(jwt())).refused("no", ASKS_BASIC), without=404)
    assert bench.strength("endpoint-wrong") < Strength.POSSIBLE


@pytest.mark.parametrize(("again", "strength"), [(401, "confirmed"), (None, "likely")])
def test_the_address_that_was_meant_proves_it(again: int | None, strength: str) -> None:
    bench = Bench(bearer(OPAQUE)).refused().answer(200, (), "{}", label="near-path")
    if again:
        bench.answer(again, (), UNAUTHORIZED, label="original-again")
    assert bench.root() == ("endpoint-wrong", strength)


def test_a_path_that_does_not_exist_is_no_flip_though_it_is_answered() -> None:
    bench = Bench(bearer(OPAQUE)).refused().answer(200, (), "<html>app</html>", label="invented-path")
    assert bench.facts().flips == ()


def test_a_credential_that_is_taken_elsewhere_and_forbidden_here_lacks_a_right() -> None:
    assert elsewhere(Bench(bearer(OPAQUE)).refused("", status=403)).root() == ("permission-denied", "likely")
    assert elsewhere(Bench(bearer(OPAQUE)).refused("", status=403), without=404).root()[1] == "possible"


# -- what stands between -----------------------------------------------------------------------------------------------

PROXIED = note("proxy", "It goes through a proxy.", "")


@pytest.mark.parametrize(("anonymous", "cause"), [(UNAUTHORIZED, "header-dropped"), ("other", "gateway-rejected")])
def test_a_proxy_that_changes_the_answer_dropped_the_credential_or_answers_itself(anonymous: str, cause: str) -> None:
    bench = Bench(bearer(OPAQUE)).intake(PROXIED).refused().anonymous(401, anonymous)
    assert bench.flip("direct").root() == (cause, "confirmed")


def test_an_edge_that_forbids_every_request_in_the_same_words_is_likely_the_one_who_refuses() -> None:
    edge = [("Server", "cloudflare"), ("CF-RAY", "8f0a1b2c3d4e5f60-FRA")]
    bench = Bench(bearer(OPAQUE)).refused("no", edge, 403).anonymous(403, "no", edge).garbage(403, "no", edge)
    assert bench.root() == ("gateway-rejected", "likely")
    assert Bench(bearer(OPAQUE)).refused("no", edge, 403).strength("gateway-rejected") is Strength.POSSIBLE
    assert Bench(bearer(OPAQUE)).refused("no", edge, 401).strength("gateway-rejected") < Strength.POSSIBLE


ECHO = '{"error": "unauthorized", "headers": {"Host": "api.example.com", "X-Tenant": "a"}}'


def test_an_answer_that_lists_what_it_received_shows_that_the_credential_was_dropped() -> None:
    sent = [("Host", "api.example.com"), ("X-Tenant", "a"), *bearer(OPAQUE)]
    assert Bench(sent).refused(ECHO).root() == ("header-dropped", "confirmed")
    with_it = ECHO.replace('"X-Tenant": "a"', '"X-Tenant": "a", "Authorization": "Bearer x"')
    assert Bench(sent).refused(with_it).strength("header-dropped") < Strength.LIKELY
    few = '{"headers": {"host": "api.example.com"}}'
    assert Bench(sent).refused(few).strength("header-dropped") < Strength.LIKELY


# -- one of several ----------------------------------------------------------------------------------------------------

TWO = [*bearer(OPAQUE), ("X-Api-Key", KEY)]


def test_one_of_two_credentials_alone_proves_the_second_and_the_barest_request_does_not() -> None:
    assert Bench(TWO).refused().flip("once").root() == ("header-duplicated", "confirmed")
    assert Bench(TWO).refused().flip("bare").root() == ("header-duplicated", "likely")
    assert Bench(TWO).refused().strength("header-duplicated") is Strength.POSSIBLE


def test_a_cookie_beside_a_token_is_blamed_only_after_an_experiment() -> None:
    both = [*bearer(OPAQUE), *COOKIE]
    assert Bench(both).refused().strength("header-duplicated") is Strength.RULED_OUT
    assert Bench(both).refused().flip("once").root() == ("header-duplicated", "confirmed")


# -- the place of a key ------------------------------------------------------------------------------------------------

NAMES = '{"message": "The API key is missing; send it as X-API-Key"}'


def test_a_key_in_another_header_than_the_one_that_is_named_is_likely_misplaced_and_a_flip_proves_it() -> None:
    assert Bench(bearer(KEY)).refused(NAMES).root() == ("credential-misplaced", "likely")
    bench = Bench(bearer(KEY)).refused(NAMES).answer(200, (), "{}", label="placement")
    assert bench.answer(401, (), NAMES, label="original-again").root() == ("credential-misplaced", "confirmed")


def test_a_token_where_a_key_is_wanted_is_no_misplaced_key() -> None:
    assert Bench(bearer(jwt())).refused(NAMES).root() == ("api-key-missing", "likely")


def test_a_key_in_the_header_that_is_named_is_not_misplaced() -> None:
    assert Bench([("X-API-Key", KEY)]).refused(NAMES).strength("credential-misplaced") < Strength.CONFIRMED
    assert Bench([("X-API-Key", KEY)]).refused("{}").strength("credential-misplaced") < Strength.POSSIBLE


@pytest.mark.parametrize("slug", ["header-missing", "api-key-missing"])
def test_a_header_that_may_be_meant_as_a_key_leaves_a_missing_one_short_of_confirmed(slug: str) -> None:
    says = NAMES if slug == "api-key-missing" else UNAUTHORIZED
    assert Bench().refused(says).root() == (slug, "confirmed")
    assert Bench([("X-Partner", KEY)]).refused(says).root() == (slug, "likely")
    assert Bench([("Accept", "application/json"), ("X-Request-Id", KEY)]).refused(says).root() == (slug, "confirmed")


def test_a_credential_that_curl_holds_back_is_not_called_missing() -> None:
    held = note("credential-held-back", "curl holds it back", "")
    asks = [("WWW-Authenticate", 'Digest realm="x", nonce="y"')]
    assert Bench().intake(held).refused("", asks).strength("header-missing") is Strength.POSSIBLE
    assert Bench().refused("", asks).root() == ("header-missing", "confirmed")


# -- sessions ----------------------------------------------------------------------------------------------------------

CSRF = '{"detail": "CSRF token missing."}'


def test_a_session_that_reads_and_may_not_write_lacks_the_token_of_its_page() -> None:
    bench = Bench(COOKIE, method="POST").refused(CSRF, status=403)
    assert bench.root() == ("csrf-token-missing", "likely")
    assert bench.answer(200, (), "{}", label="read", substitute=True).root() == ("csrf-token-missing", "confirmed")


def test_a_bare_refusal_of_a_sessions_write_is_likely_only_where_the_session_reads() -> None:
    bench = Bench(COOKIE, method="POST").refused("", status=403)
    assert bench.strength("csrf-token-missing") is Strength.POSSIBLE
    bench.answer(200, (), "{}", label="read", substitute=True)
    assert bench.strength("csrf-token-missing") is Strength.LIKELY
    other = Bench(COOKIE, method="POST").refused("", status=403).answer(403, (), "", label="read", substitute=True)
    assert other.strength("csrf-token-missing") < Strength.POSSIBLE


@pytest.mark.parametrize(
    "bench",
    [
        Bench(COOKIE).refused("", status=403),
        Bench([*COOKIE, ("X-CSRF-Token", "abc")], method="POST").refused("", status=403),
        Bench(bearer(OPAQUE), method="POST").refused("", status=403),
    ],
)
def test_a_read_a_token_that_was_sent_and_a_bearer_are_no_case_for_it(bench: Bench) -> None:
    assert bench.strength("csrf-token-missing") < Strength.POSSIBLE


# -- step-up and scopes ------------------------------------------------------------------------------------------------


def test_what_a_challenge_asks_of_the_sign_in_stands_beside_what_the_token_shows() -> None:
    asks = 'Bearer error="insufficient_user_authentication", acr_values="urn:mfa", max_age="300"'
    bench = Bench(bearer(jwt(acr="urn:pwd", auth_time=1_794_990_000))).refused("", [("WWW-Authenticate", asks)])
    assert bench.root() == ("step-up-required", "confirmed")
    says = " ".join(bench.verdict("step-up-required").because)
    assert "urn:mfa; the token shows urn:pwd" in says
    assert "the last 5 min; it was 2 h 46 min ago" in says


def test_a_token_with_fewer_scopes_that_is_accepted_proves_that_one_was_too_many() -> None:
    assert Bench(bearer(jwt())).refused("", status=403).flip("narrow").strength("scope-rejected") is Strength.CONFIRMED
    assert Bench(bearer(jwt())).refused("", status=403).strength("scope-rejected") < Strength.POSSIBLE


# -- certificates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "strength"),
    [
        ("api.example.com wants a client certificate, and ended the TLS connection.", Strength.CONFIRMED),
        ("api.example.com refuses the client certificate as expired, and ended the connection.", Strength.CONFIRMED),
        ("It may want a client certificate: give one with --cert and --key.", Strength.LIKELY),
        ("The certificate of api.example.com has expired.", Strength.UNKNOWN),
    ],
)
def test_an_alert_that_asks_for_a_certificate_is_diagnosed_though_no_answer_came(says: str, strength: Strength) -> None:
    bench = Bench(bearer(OPAQUE)).failed(Failure(FailureKind.TLS, says))
    assert bench.strength("client-certificate-required") is strength
    diagnosed = bench.diagnosis().outcome is Outcome.DIAGNOSED
    assert diagnosed is (strength >= Strength.LIKELY)


def test_a_certificate_that_was_shown_is_seen_and_no_credential_that_the_api_reads() -> None:
    from tui401.wire import redact

    bench = Bench()
    bench.evidence.clear()
    bench.request = request()
    shown = replace(bench.request, transport=replace(bench.request.transport, cert_file="client.pem"))
    bench.add(redact.credentials(shown, bench.names), "attempt:1").refused()
    assert [c.family for c in bench.facts().credentials] == ["certificate"]
    assert bench.root() == ("header-missing", "confirmed")


def test_a_token_bound_to_a_certificate_that_was_shown_is_not_called_unbound() -> None:
    from tui401.wire import redact

    bench = Bench(bearer(jwt(cnf={"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})))
    assert bench.refused().strength("sender-constraint-unmet") is Strength.CONFIRMED
    shown = replace(bench.request, transport=replace(bench.request.transport, cert_file="client.pem"))
    bench.add(redact.credentials(shown, bench.names), "attempt:1")
    assert bench.strength("sender-constraint-unmet") is Strength.RULED_OUT
