"""Step 1 as a person reads it: lifetime with numbers, issuer, signature, kind, shape, introspection."""

from __future__ import annotations

import pytest

from tests.judge.builders import ISSUER, KEY, NOW, OPAQUE, Bench, bearer, invalid_token, jwt
from tests.ui.pages import section, text_of, view_of
from tui401.model.events import ProbeStarted
from tui401.model.shown import IntrospectionSeen, IssuerMetadataSeen, Verified
from tui401.model.verdict import Step
from tui401.model.view import apply
from tui401.ui.findings import of_step

STEP = Step.TOKEN


def refused(token: str, *more: tuple[str, str]) -> Bench:
    return Bench([*bearer(token), *more]).refused(headers=invalid_token())


def test_expiry_is_told_by_the_trusted_clock_with_how_far_it_can_be_off() -> None:
    bench = refused(jwt(iat=NOW - 6060, exp=NOW - 2460)).clock("ntp", 60.0, 0.3)
    text = text_of(bench, STEP)
    assert "ends 2026-11-18 10:25:40Z ✗ 42 min ago" in text  # a minute later than by this machine's clock
    assert "lives 1 h from issue to end" in text
    assert "judged by a time server's clock, ± 0.3 s" in text


def test_a_token_without_an_end_says_so() -> None:
    assert "ends it names no end" in text_of(refused(jwt(exp=None)), STEP)


def test_a_life_that_makes_no_sense_is_marked() -> None:
    text = text_of(refused(jwt(iat=NOW, exp=NOW - 300)), STEP)
    assert "✗ lifetime Its exp lies 5 min before its iat" in text


def test_a_date_in_milliseconds_is_no_date() -> None:
    assert "which is no date in seconds" in text_of(refused(jwt(exp=int((NOW + 60) * 1000))), STEP)


def test_an_issuer_that_is_expected_says_by_whom_and_another_one_stands_beside_it() -> None:
    good = text_of(refused(jwt()).known(issuer=ISSUER), STEP)
    assert f"issuer {ISSUER} ✓ as your options says" in good
    other = refused(jwt(iss="https://login.other.example")).known(issuer=ISSUER)
    text = text_of(other, STEP)
    assert "the token's issuer https://login.other.example" in text
    assert f"expected {ISSUER}" in text
    assert "expected by your options" in text
    assert "the token's issuer" not in text_of(other, STEP, above="issuer-mismatch")


@pytest.mark.parametrize(
    ("header", "claims", "kind"),
    [
        ({"typ": "at+jwt"}, {}, "kind access token, by its header typ at+jwt"),
        ({"typ": "application/at+jwt"}, {}, "kind access token, by its header"),
        ({}, {"token_use": "id"}, "kind ID token, by its claim token_use"),
        ({}, {"typ": "Refresh"}, "kind refresh token, by its claim typ"),
        ({}, {"at_hash": "x"}, "kind ID token, by its claim at_hash"),
        ({}, {}, "kind nothing in it says which kind it is"),
    ],
)
def test_the_kind_is_named_with_what_shows_it(header: dict[str, str], claims: dict[str, str], kind: str) -> None:
    assert kind in text_of(refused(jwt(header, **claims)), STEP)


def test_an_opaque_token_is_told_as_such_and_how_it_could_be_read() -> None:
    text = text_of(refused(OPAQUE), STEP)
    assert "shape opaque: only its issuer can read it" in text
    assert "which is no fault" in text
    assert "--issuer URL --client-id ID" in text
    known = text_of(refused(OPAQUE).known(issuer=ISSUER, client_id="svc"), STEP)
    assert "Its issuer can be asked, with the client's secret." in known


@pytest.mark.parametrize(
    ("verified", "says"),
    [
        (Verified.GOOD, "✓ signature Verifies with the issuer's published key (1 key at"),
        (Verified.BAD, "✗ signature Does not verify with the published key of its kid"),
        (Verified.NO_KEY, "✗ signature Its kid is not among the published keys"),
        (Verified.UNSUPPORTED, "? signature Its algorithm cannot be checked from outside"),
    ],
)
def test_the_signature_is_a_check_of_its_own(verified: Verified, says: str) -> None:
    assert says in text_of(refused(jwt()).keys(verified), STEP)


def test_a_signature_that_nobody_checked_is_open() -> None:
    assert "? signature Not checked: no issuer's keys were fetched" in text_of(refused(jwt()), STEP)


@pytest.mark.parametrize(
    ("active", "sibling", "says"),
    [
        (True, None, "✓ introspection Active, says https://login.example.com/introspect"),
        (False, None, "✗ introspection Not active, says"),
        (False, True, "and a fresh token of this client is"),
        (False, False, "? introspection Not active, it says, and says so of a token it has just issued, too"),
    ],
)
def test_what_its_issuer_says_of_it(*, active: bool, sibling: bool | None, says: str) -> None:
    seen = IntrospectionSeen(
        endpoint=f"{ISSUER}/introspect", credential="secret-1", active=active, sibling=sibling, status=200
    )
    assert says in text_of(refused(jwt()).add(seen, "credential:secret-1"), STEP)


@pytest.mark.parametrize(
    ("known", "endpoint", "says"),
    [
        ({}, "", "Not asked: no issuer is confirmed (--issuer URL)"),
        ({"issuer": ISSUER}, "", "Not asked: its issuer names no introspection endpoint"),
        ({"issuer": ISSUER}, f"{ISSUER}/introspect", "Not asked: no client is known (--client-id ID)"),
    ],
)
def test_an_issuer_that_was_not_asked_says_what_it_would_take(known: dict[str, str], endpoint: str, says: str) -> None:
    bench = refused(jwt()).known(**known)
    bench.add(IssuerMetadataSeen(asked=ISSUER, issuer=ISSUER, introspection_endpoint=endpoint), f"issuer:{ISSUER}")
    assert says in text_of(bench, STEP)


def test_an_api_key_has_no_claims_and_nothing_to_do() -> None:
    bench = Bench([("X-API-Key", KEY)]).refused()
    text = text_of(bench, STEP)
    assert "1 Token not applicable" in text
    assert "kind an API key: it carries no claims to read" in text
    assert section(bench, STEP, "What to do").startswith("Nothing here: this step does not concern the request.")


def test_what_was_looked_at_why_and_what_to_do_stand_on_the_page() -> None:
    bench = refused(jwt(iat=NOW - 6000, exp=NOW - 2460)).clock("ntp", 0.0)
    assert section(bench, STEP, "What to do", "fix:1").startswith("Request a new token with the refresh token")
    assert section(bench, STEP, "What to do", "fix:1").endswith("f shows the fix and sends nothing before you say so.")
    assert "Access tokens live for minutes or hours" in section(bench, STEP, "Why it matters")
    assert "Its shape, its kind, its lifetime" in section(bench, STEP, "What is looked at")


def test_nothing_is_called_missing_while_it_still_runs() -> None:
    bench = refused(jwt())
    view = apply(view_of(bench), ProbeStarted(probe="keys", title="the issuer's keys", at=NOW, limit=5.0))
    names = [getattr(block, "name", "") for block in of_step(STEP, view, bench.facts(), NOW)]
    assert "signature" not in names
    assert "introspection" not in names
