"""Step 3 as a person reads it: expected beside provided, each with who said so, and marks of environments."""

from __future__ import annotations

from tests.judge.builders import AUDIENCE, ISSUER, KEY, OPAQUE, Bench, bearer, invalid_token, jwt
from tests.ui.pages import lines_of, text_of
from tui401.model.shown import GrantSeen, RequirementsSeen, SchemeRequired
from tui401.model.verdict import Step

STEP = Step.AUDIENCE
SCOPES = tuple(f"orders.lines:{name}-{number}" for number in range(10) for name in ("read", "write", "admin"))


def refused(**claims: object) -> Bench:
    return Bench(bearer(jwt(**claims))).refused(headers=invalid_token())


def test_another_audience_stands_above_the_expected_one_with_what_differs_marked() -> None:
    bench = refused(aud="https://api.stage.example.com").resource()
    lines = lines_of(bench, STEP)
    at = next(number for number, line in enumerate(lines) if "the token has" in line)
    assert lines[at].endswith("https://api.stage.example.com")
    assert lines[at + 1].endswith(AUDIENCE)
    assert lines[at + 2].strip() == "^^^^^^ differs"
    assert "expected by the API's metadata" in " ".join(" ".join(lines[at + 3 :]).split())


def test_each_expectation_says_who_has_it() -> None:
    bench = refused().resource().known(audience="https://other.example.com", scopes=("orders:read", "orders:write"))
    text = text_of(bench, STEP)
    assert f"audience {AUDIENCE} in the token" in text
    assert f"wanted ✓ {AUDIENCE} the API's metadata" in text
    assert "https://other.example.com" in text
    assert "scopes wanted orders:read orders:write your options" in text
    assert "missing orders:write" in text


def test_what_two_say_stands_once_with_both() -> None:
    bench = refused(aud=[AUDIENCE, KEY]).resource().known(audience=AUDIENCE)
    text = text_of(bench, STEP)
    assert text.count("wanted ✓") == 1
    assert f"wanted ✓ {AUDIENCE} the API's metadata, your options" in text


def test_what_two_say_and_the_token_lacks_stands_once_in_the_comparison_with_both() -> None:
    text = text_of(refused(aud="https://api.stage.example.com").resource().known(audience=AUDIENCE), STEP)
    assert "wanted" not in text.partition("scopes")[0]
    assert "expected by the API's metadata, your options" in text


def test_the_words_of_a_refusal_and_a_description_are_sources_too() -> None:
    scheme = SchemeRequired(name="oauth", kind="oauth2", scheme="Bearer", scopes=("orders:write",))
    challenge = [("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="orders:admin"')]
    bench = Bench(bearer(jwt())).refused(headers=challenge, status=403)
    bench.add(RequirementsSeen(source="Orders 1.2", operation="GET /v1/orders", alternatives=((scheme,),)), "attempt:1")
    text = text_of(bench, STEP)
    assert "scopes wanted orders:admin" in text
    assert "scopes wanted orders:write the API's description (Orders 1.2)" in text
    assert "description GET /v1/orders Orders 1.2" in text


def test_a_near_miss_is_said_in_words() -> None:
    assert "! Only the trailing slash differs" in text_of(refused(aud=f"{AUDIENCE}/").resource(), STEP)


def test_values_that_stand_above_the_page_are_not_repeated() -> None:
    bench = refused(aud="https://api.stage.example.com").resource().known(audience="https://third.example.com")
    text = text_of(bench, STEP, above="audience-mismatch")
    assert "the token has" not in text
    assert "wanted ✗ https://third.example.com your options" in text


def test_nobody_having_said_what_is_wanted_is_told() -> None:
    text = text_of(refused(), STEP)
    assert "nobody has said which audience this API has" in text
    assert "nobody has said which scopes this endpoint needs" in text


def test_thirty_scopes_are_shown_whole_and_counted() -> None:
    bench = refused(scope=" ".join(SCOPES)).known(scopes=(*SCOPES, "orders.lines:delete"))
    text = text_of(bench, STEP)
    assert " ".join(SCOPES[:3]) in text
    assert all(scope in text for scope in SCOPES)
    assert "30 in the token" in text
    assert "missing orders.lines:delete" in text


def test_scopes_that_the_issuer_granted_stand_in_for_those_of_a_token_that_cannot_be_read() -> None:
    granted = GrantSeen(
        grant="client_credentials", endpoint=f"{ISSUER}/token", ok=True, granted_scopes=("orders:read",), status=200
    )
    bench = Bench(bearer(OPAQUE)).refused().known(scopes=("orders:write",)).add(granted, f"issuer:{ISSUER}")
    text = text_of(bench, STEP)
    assert "scopes orders:read granted by the issuer" in text
    assert "missing orders:write" in text


def test_one_mark_of_another_environment_is_told_and_proves_nothing() -> None:
    text = text_of(refused(aud="https://api.staging.example.com").resource(), STEP)
    assert "? environment One mark only, and it takes two" in text
    assert "Its aud names staging, and the request goes to no stage" in text


def test_two_marks_fail() -> None:
    bench = refused(aud="https://api.staging.example.com", iss="https://login.staging.example.com")
    text = text_of(bench.resource().known(issuer=ISSUER), STEP)
    assert "✗ environment 2 marks of another one" in text
    assert text.count("names staging, and the request goes to no stage") >= 2


def test_no_mark_passes() -> None:
    assert "✓ environment No mark of another one" in text_of(refused().resource(), STEP)


def test_an_api_key_carries_no_claims() -> None:
    bench = Bench([("X-API-Key", KEY)]).refused()
    said = lines_of(bench, STEP)
    assert said[0].endswith("not applicable")
    assert said[1].strip() == "An API key carries no claims"
    above_the_checks = said[: next(n for n, line in enumerate(said) if line.strip() == "What was checked")]
    assert sum("carries no claims" in line for line in above_the_checks) == 1
