"""Which fixes are offered, and what they send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.judge.builders import AUDIENCE, ISSUER, Bench, bearer, jwt
from tui401.causes import all_causes
from tui401.model.case import Case, Known
from tui401.model.fix import Fix, FixKind
from tui401.model.secret import Secret
from tui401.model.shown import Verified
from tui401.recovery import apply, fixes
from tui401.recovery.ways import Ways, outside

PASSWORD = ("Authorization", "Basic cmVhZGVyOm5vdGhpbmc=")
ASKS_BEARER = [("WWW-Authenticate", "Bearer")]
SERVICE = Known(
    issuer=ISSUER,
    client_id="svc",
    client_secret=Secret("a-long-client-secret"),
    audience=AUDIENCE,
    scopes=("orders:read",),
    source="your options",
)


def offered(bench: Bench, known: Known = SERVICE) -> tuple[Fix, ...]:
    bench.add(known.shown())
    case = Case(id="7f3a0000", request=bench.request, known=known, names=bench.names)
    return fixes.offers(case, bench.facts(), bench.diagnosis(), all_causes())


def first(bench: Bench, known: Known = SERVICE) -> Fix:
    return offered(bench, known)[0]


def test_a_password_where_a_token_is_wanted_is_replaced_and_never_announced_as_a_token() -> None:
    made = offered(Bench([PASSWORD]).refused(headers=ASKS_BEARER))
    assert made[0].kind is FixKind.NEW_TOKEN
    assert FixKind.REWRITE not in {fix.kind for fix in made}


def test_a_password_where_nothing_says_what_is_wanted_is_answered_with_a_token_of_the_named_issuer() -> None:
    bench = Bench([PASSWORD]).refused("Unauthorized")
    assert bench.diagnosis().root is not None
    assert first(bench).kind is FixKind.NEW_TOKEN


def test_a_header_written_wrong_is_written_right_though_an_issuer_is_down_too() -> None:
    bench = Bench([("Authorization", jwt())]).refused('{"msg": "Missing Bearer type"}', ASKS_BEARER)
    bench.issuer(failure="unreachable", status=None)
    made = offered(bench, Known(issuer=ISSUER, source="your options"))
    assert made[0].kind is FixKind.REWRITE


def test_a_password_where_a_password_is_wanted_is_not_answered_with_a_token() -> None:
    made = offered(Bench([PASSWORD]).refused(headers=[("WWW-Authenticate", 'Basic realm="files"')]))
    assert FixKind.NEW_TOKEN not in {fix.kind for fix in made}


@pytest.mark.parametrize("challenge", [ASKS_BEARER, []])
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_headers_the_one_that_the_api_wants_is_kept(challenge: list[tuple[str, str]], order: int) -> None:
    headers = [PASSWORD, *bearer(jwt())]
    bench = Bench(headers[::order]).refused(headers=challenge)
    fix = first(bench)
    assert (fix.kind, fix.scheme) == (FixKind.REWRITE, "Bearer")
    kept = [value.reveal() for value in apply.rewritten(bench.request, fix).values("Authorization")]
    assert kept == [f"Bearer {jwt()}"]


def test_of_two_headers_the_password_is_kept_where_the_api_asks_for_one() -> None:
    bench = Bench([*bearer(jwt()), PASSWORD]).refused(headers=[("WWW-Authenticate", 'Basic realm="files"')])
    fix = first(bench)
    kept = [value.reveal() for value in apply.rewritten(bench.request, fix).values("Authorization")]
    assert kept == [PASSWORD[1]]


@pytest.mark.parametrize(
    ("claims", "asked"),
    [
        ({"scope": "billing:read"}, {"billing:read", "orders:read"}),
        ({"scope": "orders:read profile"}, {"orders:read", "profile"}),
        ({"scope": None}, {"orders:read"}),
    ],
)
def test_one_request_for_a_token_mends_audience_and_scope_together(claims: dict[str, Any], asked: set[str]) -> None:
    said = '{"message": "Invalid audience"}'
    bench = Bench(bearer(jwt(aud="https://billing.example.com", **claims))).refused(said).keys(Verified.GOOD)
    fix = first(bench)
    assert fix.kind is FixKind.NEW_TOKEN
    assert fix.audience == AUDIENCE
    assert set(fix.scopes) == asked


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("https://login.example/token", False),
        ("https://login.example:443/token", False),
        ("https://oauth.example/token", True),
        ("https://login.example:8443/token", True),
        ("", False),
    ],
)
def test_an_endpoint_outside_the_issuers_origin_is_told_with_both_names(endpoint: str, *, told: bool) -> None:
    says = outside(Ways(("client_credentials",), "https://login.example", endpoint))
    assert bool(says) is told
    assert ("https://login.example" in says) is told


def test_what_mends_the_root_stands_before_what_mends_a_fault_beside_it() -> None:
    """Sending one of its credentials alone leaves a broken token broken."""
    broken = ("Authorization", f"Bearer {jwt()}.x")
    bench = Bench([broken, PASSWORD, ("X-Api-Key", "key-77aa10c4e2b95d38")])
    made = offered(bench.refused(headers=[("WWW-Authenticate", 'Bearer error="invalid_token"')]))
    assert [fix.kind for fix in made[:2]] == [FixKind.NEW_TOKEN, FixKind.REWRITE]
    assert made[1].causes == ("header-duplicated",)
