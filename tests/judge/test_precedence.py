"""The rules of precedence in judging.md, one test each or more."""

from __future__ import annotations

import pytest

from tests.judge.builders import (
    ISSUER,
    KEY,
    NOW,
    OPAQUE,
    Bench,
    bearer,
    invalid_token,
    jwt,
    note,
    request,
)
from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.http import Failure, FailureKind, From
from tui401.model.saved import SavedCase, decode_case, encode
from tui401.model.shown import Verified
from tui401.model.verdict import Outcome, Status, Step, Strength
from tui401.wire import redact

HOUR = 3600


def statuses(bench: Bench) -> dict[Step, Status]:
    return {s.step: s.status for s in bench.diagnosis().steps}


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer undefined", "Bearer $TOKEN", "Bearer {{token}}"])
def test_nothing_or_a_placeholder_stands_before_malformed(value: str) -> None:
    bench = Bench([("Authorization", value)]).refused(headers=invalid_token("The token is malformed"))
    assert bench.root() == ("credential-placeholder", "confirmed")


@pytest.mark.parametrize("value", [f'Bearer "{jwt()}"', f"Bearer <{jwt()}>", f"Bearer {jwt()},", f"Bearer: {jwt()}"])
def test_quotes_brackets_and_signs_around_a_real_key_are_the_headers_fault(value: str) -> None:
    bench = Bench([("Authorization", value)]).refused(headers=invalid_token("The token is malformed"))
    assert bench.root()[0] == "header-malformed"


def test_damage_inside_the_key_is_the_tokens_fault() -> None:
    head, body, _ = jwt().split(".")
    bench = Bench(bearer(f"{head}.{body}")).refused(headers=invalid_token("The token is malformed"))
    assert bench.root() == ("token-malformed", "confirmed")


def test_one_mark_of_another_environment_keeps_its_own_cause() -> None:
    bench = Bench(bearer(jwt(aud="https://api.stage.example.com")))
    bench.refused(headers=invalid_token("Invalid audience")).resource()
    assert bench.root() == ("audience-mismatch", "confirmed")
    assert bench.strength("environment-mismatch") < Strength.LIKELY


def test_a_kid_that_is_not_published_is_an_unknown_key() -> None:
    bench = Bench(bearer(jwt(header={"kid": "old"}))).refused(headers=invalid_token()).keys(Verified.NO_KEY)
    assert bench.root() == ("signing-key-unknown", "confirmed")


def test_a_published_kid_that_the_server_does_not_know_is_the_servers_stale_key_set() -> None:
    bench = Bench(bearer(jwt())).refused(headers=invalid_token("No matching key found for kid k1")).keys(Verified.GOOD)
    assert bench.root() == ("keys-stale-at-server", "likely")


def test_keys_of_an_issuer_that_only_the_token_names_confirm_nothing() -> None:
    bench = Bench(bearer(jwt())).refused(headers=invalid_token()).keys(Verified.BAD, trusted=False)
    assert bench.root() == ("token-signature-invalid", "likely")


def test_a_bound_token_sent_as_bearer_where_dpop_is_asked_for_is_unmet_and_no_wrong_scheme() -> None:
    bound = bearer(jwt(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}))
    bench = Bench(bound).refused("", [("WWW-Authenticate", 'DPoP algs="ES256"')], 400)
    assert bench.root() == ("sender-constraint-unmet", "confirmed")
    free = Bench(bearer(jwt())).refused("", [("WWW-Authenticate", 'DPoP algs="ES256"')], 400)
    assert free.root()[0] == "scheme-wrong"


def test_a_proof_beside_its_token_is_no_second_credential() -> None:
    proved = [("Authorization", f"DPoP {jwt()}"), ("DPoP", "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.c2ln")]
    bench = Bench(proved).refused(headers=[("WWW-Authenticate", 'DPoP error="invalid_token"')])
    assert bench.strength("header-duplicated") is Strength.RULED_OUT


def test_a_bound_token_without_a_proof_is_unmet_and_a_refused_proof_is_invalid() -> None:
    bound = bearer(jwt(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}))
    bench = Bench(bound).refused(headers=invalid_token("A DPoP proof is required"))
    assert bench.root() == ("sender-constraint-unmet", "confirmed")
    proved = [*bound, ("DPoP", "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.c2ln")]
    bench = Bench(proved).refused(headers=[("WWW-Authenticate", 'DPoP error="invalid_dpop_proof"')])
    assert bench.root() == ("dpop-proof-invalid", "confirmed")


DOWN = '{"message": "The authorization server is unavailable"}'


def test_an_issuer_that_is_dead_for_us_too_is_unavailable() -> None:
    bench = Bench(bearer(jwt())).refused(DOWN).issuer(failure="unreachable", status=None)
    assert bench.root() == ("issuer-unavailable", "confirmed")


def test_an_issuer_that_is_dead_for_the_api_only_is_the_servers_fault() -> None:
    bench = Bench(bearer(jwt())).refused(DOWN).issuer()
    assert bench.root() == ("server-misconfigured", "confirmed")


def test_an_unreachable_issuer_that_nobody_blames_is_no_more_than_likely() -> None:
    bench = Bench(bearer(jwt())).refused().issuer(failure="timeout", status=None)
    assert bench.strength("issuer-unavailable") is Strength.LIKELY


def test_an_unreachable_issuer_is_not_blamed_where_the_api_itself_names_another_reason() -> None:
    bench = Bench(bearer(jwt())).refused(headers=invalid_token("Invalid audience"))
    bench.issuer(failure="timeout", status=None)
    assert bench.root()[0] == "audience-mismatch"
    assert bench.strength("issuer-unavailable") is Strength.POSSIBLE


def test_an_algorithm_is_not_blamed_where_what_was_sent_names_none() -> None:
    words = "Unsupported JWT signing algorithm"
    assert Bench(bearer(jwt())).refused(words).strength("algorithm-rejected") is Strength.LIKELY
    assert Bench(bearer(OPAQUE)).refused(words).strength("algorithm-rejected") is Strength.RULED_OUT


def test_words_of_passwords_are_said_of_what_is_missing_only_where_a_password_is_asked_for() -> None:
    words = "You need a valid user and password to access this content."
    asked = Bench().refused(words, [("WWW-Authenticate", 'Basic realm="orders"')])
    assert asked.root() == ("header-missing", "confirmed")
    assert Bench().refused(words).strength("header-missing") <= Strength.LIKELY


def test_a_credential_that_is_held_back_for_a_scheme_not_spoken_here_is_not_missing() -> None:
    held = note("credential-held-back", "curl signs this request; tui401 does not.", "")
    bench = Bench().refused(headers=[("WWW-Authenticate", "Negotiate")]).intake(held)
    assert bench.strength("header-missing") < Strength.LIKELY


def test_an_api_that_refuses_the_audience_it_advertises_is_misconfigured() -> None:
    bench = Bench(bearer(jwt())).refused(headers=invalid_token("Invalid audience")).resource()
    assert bench.root() == ("server-misconfigured", "confirmed")
    assert bench.strength("audience-mismatch") is Strength.RULED_OUT


EXPIRED = invalid_token("The token expired")


def test_a_servers_clock_that_flips_validity_is_the_cause_and_expired_its_symptom() -> None:
    bench = Bench(bearer(jwt(exp=NOW + 3000)))
    bench.refused(headers=EXPIRED, server_clock=2 * HOUR).clock("ntp", 0.0).clock("issuer", 0.0)
    assert bench.root() == ("clock-skew-server", "confirmed")
    expired = next(r for r in bench.diagnosis().causes if r.verdict.cause == "token-expired")
    assert expired.explained_by == "clock-skew-server"


def test_a_server_that_is_behind_takes_a_fresh_token_for_one_of_the_future() -> None:
    bench = Bench(bearer(jwt(iat=NOW - 5)))
    bench.refused(headers=invalid_token("The token is not yet valid"), server_clock=-2 * HOUR).clock("ntp", 0.0)
    assert bench.root() == ("clock-skew-server", "confirmed")


def test_a_machines_clock_that_flips_validity_is_the_cause() -> None:
    bench = Bench(bearer(jwt(exp=NOW + 600)))
    bench.refused(headers=EXPIRED, server_clock=2 * HOUR).clock("ntp", 2 * HOUR).clock("issuer", 2 * HOUR)
    assert bench.root() == ("clock-skew-client", "confirmed")


def test_a_wrong_clock_that_touched_nothing_is_told_and_not_blamed() -> None:
    bench = Bench(bearer(jwt(aud="https://other.example.com", exp=NOW + 9 * HOUR)))
    bench.refused(headers=invalid_token("Invalid audience"), server_clock=0.0).clock("ntp", -300).resource()
    verdict = bench.verdict("clock-skew-client")
    assert verdict.strength is Strength.RULED_OUT
    assert "touched nothing" in verdict.because[0]
    assert bench.root()[0] == "audience-mismatch"


def test_a_wrong_servers_clock_that_touched_nothing_is_not_blamed_either() -> None:
    bench = Bench(bearer(jwt(exp=NOW + 9 * HOUR))).refused(server_clock=420).clock("ntp", 0.0)
    assert bench.strength("clock-skew-server") is Strength.RULED_OUT
    assert "7 min ahead" in bench.verdict("clock-skew-server").because[0]


def test_a_cached_date_says_nothing_of_the_servers_clock() -> None:
    bench = Bench(bearer(jwt())).refused(headers=[*EXPIRED, ("Age", "7200")], server_clock=-2 * HOUR).clock("ntp", 0.0)
    assert bench.strength("clock-skew-server") is Strength.UNKNOWN


@pytest.mark.parametrize("headers", [[], bearer(OPAQUE), [("Authorization", "Basic dTpw")]])
def test_407_is_the_proxys_whatever_was_sent(headers: list[tuple[str, str]]) -> None:
    bench = Bench(headers).refused("", [("Proxy-Authenticate", 'Basic realm="proxy"')], 407)
    assert bench.root() == ("proxy-authentication-required", "confirmed")
    assert any("Basic" in because for because in bench.verdict("proxy-authentication-required").because)


def test_a_proxy_that_refuses_connect_is_diagnosed_though_no_answer_came() -> None:
    failure = Failure(FailureKind.PROXY, "The proxy wants credentials.", proxy_status=407)
    assert Bench(bearer(OPAQUE)).failed(failure).root() == ("proxy-authentication-required", "confirmed")


def test_no_credential_and_a_server_that_names_nothing_is_a_missing_header() -> None:
    assert Bench().refused().root() == ("header-missing", "confirmed")


def test_no_credential_and_a_server_that_names_a_key_is_a_missing_key() -> None:
    assert Bench().refused('{"message": "No API key found in request"}').root() == ("api-key-missing", "confirmed")


def test_a_token_endpoint_that_refuses_the_client_is_client_rejected() -> None:
    bench = Bench(url=f"{ISSUER}/oauth2/token", method="POST", body="grant_type=client_credentials&client_id=svc")
    bench.refused('{"error": "invalid_client"}')
    assert bench.root() == ("client-rejected", "confirmed")


@pytest.mark.parametrize(
    ("grant", "cause"), [("password", "basic-credentials-invalid"), ("refresh_token", "grant-rejected")]
)
def test_invalid_grant_is_the_passwords_or_the_grants_fault(grant: str, cause: str) -> None:
    body = f"grant_type={grant}&username=jane&password=secret-word-9&client_id=svc"
    bench = Bench(url=f"{ISSUER}/oauth2/token", method="POST", body=body)
    bench.refused('{"error": "invalid_grant"}', status=400)
    assert bench.root()[0] == cause


def test_a_refused_refresh_of_ours_is_told_beside_the_apis_own_refusal() -> None:
    bench = Bench(bearer(jwt(exp=NOW - HOUR))).refused(headers=EXPIRED)
    bench.granted(grant="refresh_token", ok=False, error="invalid_grant", status=400)
    assert bench.strength("grant-rejected") is Strength.CONFIRMED
    assert bench.diagnosis().root is not None


def test_netrc_in_place_of_the_named_credential_is_the_root_of_what_the_server_then_says() -> None:
    bench = Bench()
    bench.request = request([("Authorization", "Basic b2xkOnBhc3N3b3Jk")], origin=From.NETRC)
    bench.evidence.clear()
    bench.add(redact.credentials(bench.request, bench.names), "attempt:1")
    bench.intake(note("netrc-overrides", "netrc replaced the Bearer token", "credential-overridden"))
    bench.refused(headers=[("WWW-Authenticate", 'Bearer realm="api"')])
    assert bench.root() == ("credential-overridden", "confirmed")
    wrong = next(r for r in bench.diagnosis().causes if r.verdict.cause == "scheme-wrong")
    assert wrong.explained_by == "credential-overridden"


@pytest.mark.parametrize(
    ("headers", "what"),
    [([("X-Api-Key", KEY)], "an API key"), ([("Authorization", "Basic dXNlcjpwYXNzd29yZA==")], "a password")],
)
def test_a_request_that_is_no_oauth_has_its_steps_say_what_does_not_apply(
    headers: list[tuple[str, str]], what: str
) -> None:
    bench = Bench(headers).refused()
    for step in bench.diagnosis().steps:
        if step.step in (Step.TOKEN, Step.AUDIENCE, Step.PERMISSIONS):
            assert step.status is Status.SKIPPED
            assert step.why.startswith(f"not applicable: {what}")
        else:
            assert step.status is not Status.SKIPPED


# -- several faults at once --------------------------------------------------------------------------------------------

BOTH = bearer(jwt(exp=NOW - HOUR, aud="https://other.example.com"))


def test_of_two_faults_the_one_that_the_server_named_stands_first() -> None:
    assert Bench(BOTH).refused(headers=EXPIRED).resource().root()[0] == "token-expired"
    assert Bench(BOTH).refused(headers=invalid_token("Invalid audience")).resource().root()[0] == "audience-mismatch"


def test_of_two_visible_faults_that_nobody_named_the_one_that_a_refresh_would_not_mend_stands_first() -> None:
    bench = Bench(
        bearer(
            jwt(exp=NOW - HOUR, header={"typ": "at+jwt"}),
        )
    ).refused(headers=invalid_token())
    assert bench.root() == ("token-expired", "confirmed")
    both = Bench(bearer(jwt(exp=NOW - HOUR, cnf={"jkt": "0ZcOCORZNYy"}))).refused(headers=invalid_token())
    assert both.strength("token-expired") is Strength.CONFIRMED
    assert both.root() == ("sender-constraint-unmet", "confirmed")


def test_every_known_fault_is_kept_beside_the_first() -> None:
    standing = {
        r.verdict.cause
        for r in Bench(BOTH).refused(headers=EXPIRED).resource().diagnosis().causes
        if r.verdict.strength >= Strength.LIKELY
    }
    assert {"token-expired", "audience-mismatch"} <= standing


# -- recordings --------------------------------------------------------------------------------------------------------


def test_a_sanitised_recording_does_not_say_that_nothing_was_sent() -> None:
    bench = Bench().intake(recorded=True, sanitised=True).refused()
    assert bench.strength("header-missing") is Strength.UNKNOWN
    assert bench.root()[0] != "header-missing"


def test_a_recorded_exchange_is_judged_at_its_own_moment() -> None:
    bench = Bench(bearer(jwt(exp=NOW - HOUR))).intake(recorded=True).refused(headers=EXPIRED)
    assert bench.facts().now.source == "recording"
    assert bench.root() == ("token-expired", "confirmed")
    later = Bench(bearer(jwt(exp=NOW + HOUR))).intake(recorded=True).refused(headers=invalid_token())
    assert later.strength("token-expired") is Strength.RULED_OUT


def test_a_redirects_earlier_hop_belongs_to_the_exchange_that_ends_it() -> None:
    first = request(bearer(OPAQUE), "https://example.com/orders")
    last = request((), "https://www.example.com/orders")
    bench = Bench(bearer(OPAQUE), url="https://example.com/orders")
    bench.hops((first, 301, [("Location", "https://www.example.com/orders")]), (last, 401, []), body="{}")
    assert bench.root() == ("header-stripped-on-redirect", "likely")


# -- a saved case ------------------------------------------------------------------------------------------------------


def test_a_saved_case_judged_again_gives_the_same_diagnosis() -> None:
    bench = Bench(BOTH).refused(headers=EXPIRED).resource().keys(Verified.GOOD).clock("ntp", 0.1)
    saved = SavedCase(case="1a2b3c4d", attempt=1, evidence=tuple(bench.evidence))
    again = decode_case(encode(saved))
    assert diagnose(derive(again.evidence, again.attempt)) == bench.diagnosis()


def test_evidence_of_another_attempt_is_left_out() -> None:
    bench = Bench(bearer(jwt(exp=NOW - HOUR))).refused(headers=EXPIRED)
    bench.attempt = 2
    bench.request = request(bearer(jwt()))
    bench.add(redact.credentials(bench.request, bench.names), "attempt:2")
    bench.answer(200, (), '{"ok": true}')
    assert bench.diagnosis().outcome is Outcome.SUCCEEDED
    assert bench.diagnosis().root is None or bench.diagnosis().root.strength < Strength.LIKELY


def test_the_later_of_two_observations_with_one_key_counts() -> None:
    bench = Bench(bearer(jwt())).refused().keys(Verified.BAD).keys(Verified.GOOD)
    assert [k.signature for k in bench.facts().keys] == [Verified.GOOD]


def test_no_answer_at_all_is_unreachable() -> None:
    failure = Failure(FailureKind.DNS, "The name api.example.com cannot be resolved.")
    assert Bench(bearer(jwt())).failed(failure).diagnosis().outcome is Outcome.UNREACHABLE


def test_no_text_of_a_diagnosis_holds_the_token() -> None:
    token = jwt(aud="https://other.example.com")
    bench = Bench(bearer(token)).refused(headers=invalid_token("Invalid audience")).resource()
    said = encode(bench.diagnosis()).decode()
    assert not any(token[i : i + 12] in said for i in range(0, len(token) - 12, 4))
