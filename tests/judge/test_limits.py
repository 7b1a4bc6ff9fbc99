"""What a diagnosis may not do: confirm at random, explain without a common fact, read of another credential."""

from __future__ import annotations

from tests.judge.builders import ISSUER, NOW, Bench, bearer, invalid_token, jwt
from tui401.causes import all_causes
from tui401.judge import rank
from tui401.model.shown import KeysSeen, Verified
from tui401.model.verdict import Strength, Verdict

EXPIRED = invalid_token("The access token expired")


def test_a_fault_that_would_be_confirmed_is_likely_only_where_the_same_request_was_accepted_too() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 3600))).refused(headers=EXPIRED).clock("ntp", 0.0)
    assert bench.strength("token-expired") is Strength.CONFIRMED
    bench.answer(200, (), "{}", label="original-again")
    assert bench.strength("token-expired") is Strength.LIKELY
    assert bench.diagnosis().outcome.value == "intermittent"


def explained(verdicts: dict[str, Verdict]) -> dict[str, str]:
    """For each symptom its root."""
    return rank._roots(verdicts, all_causes())


def verdict(slug: str, strength: Strength, *cites: str) -> Verdict:
    return Verdict(cause=slug, strength=strength, cites=cites)


def test_a_cause_explains_another_only_when_declared_at_least_as_strong_and_by_a_common_fact() -> None:
    likely, confirmed = Strength.LIKELY, Strength.CONFIRMED
    symptom = verdict("token-unrecognised", likely, "credential")

    def root_of(root: Verdict) -> str | None:
        return explained({root.cause: root, symptom.cause: symptom}).get(symptom.cause)

    assert root_of(verdict("token-expired", likely, "credential", "token.exp")) == "token-expired"
    assert root_of(verdict("token-expired", confirmed, "token.exp")) is None, "no common fact"
    assert root_of(verdict("token-expired", Strength.POSSIBLE, "credential")) is None, "weaker than its symptom"
    assert root_of(verdict("rate-limited", confirmed, "status")) is None, "no common fact"
    assert root_of(verdict("header-malformed", confirmed, "credential")) == "header-malformed"
    assert root_of(verdict("header-missing", confirmed, "credential")) == "header-missing"
    assert root_of(verdict("permission-denied", confirmed, "credential")) is None, "not declared"


def test_a_symptom_of_a_symptom_is_given_to_the_root() -> None:
    found = explained(
        {
            v.cause: v
            for v in (
                verdict("issuer-mismatch", Strength.CONFIRMED, "credential", "token.iss"),
                verdict("signing-key-unknown", Strength.CONFIRMED, "credential"),
                verdict("token-signature-invalid", Strength.LIKELY, "credential"),
            )
        }
    )
    assert set(found.values()) == {"issuer-mismatch"}


def test_what_was_found_about_another_credential_is_left_out() -> None:
    bench = Bench(bearer(jwt())).refused(headers=invalid_token())
    foreign = KeysSeen(issuer=ISSUER, url="", signature=Verified.BAD, credential="secret-9", trusted=True)
    bench.add(foreign, f"issuer:{ISSUER}")
    assert not bench.facts().keys
    assert bench.strength("token-signature-invalid") is Strength.UNKNOWN
    assert Bench(bearer(jwt())).refused(headers=invalid_token()).keys(Verified.BAD).facts().keys


def test_a_request_that_met_an_outage_first_is_intermittent_once_it_was_accepted_and_refused() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 3600))).answer(503, (), "{}").clock("ntp", 0.0)
    bench.answer(200, (), "{}", label="again-1")
    assert bench.diagnosis().outcome.value != "intermittent"
    bench.answer(401, EXPIRED, "{}", label="again-2")
    assert bench.diagnosis().outcome.value == "intermittent"
    assert bench.strength("token-expired") is not Strength.CONFIRMED
