"""Which grants are offered, by what is known and what the issuer announces; and what the API demands of a token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.judge.builders import AUDIENCE, ISSUER, Bench, bearer, jwt
from tui401.causes import all_causes
from tui401.model.case import Case, Known
from tui401.model.demands import Demands
from tui401.model.fix import Fix, FixKind
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen, ResourceMetadataSeen
from tui401.recovery import fixes, ways

SECRET = Secret("a-long-client-secret")
STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="60"'


def metadata(issuer: str = ISSUER, **more: Any) -> IssuerMetadataSeen:
    given = {
        "asked": issuer,
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token",
        "authorization_endpoint": f"{issuer}/authorize",
        "device_authorization_endpoint": f"{issuer}/device",
        "confirmed": True,
        **more,
    }
    return IssuerMetadataSeen(**given)


def known(**more: Any) -> Known:
    return Known(**{"issuer": ISSUER, "client_id": "svc", "audience": AUDIENCE, **more})


def bench(*found: IssuerMetadataSeen, challenge: str = 'Bearer error="invalid_token"') -> Bench:
    made = Bench(bearer(jwt(exp=1_794_000_000.0))).refused(headers=[("WWW-Authenticate", challenge)])
    for one in found:
        made.add(one, f"issuer:{one.asked}")
    return made


def offered(knows: Known, made: Bench) -> list[Fix]:
    made.add(knows.shown())
    case = Case(id="7f3a0000", request=made.request, known=knows, names=made.names)
    found = fixes.offers(case, made.facts(), made.diagnosis(), all_causes())
    return [fix for fix in found if fix.kind is FixKind.NEW_TOKEN]


def grants(knows: Known, *found: IssuerMetadataSeen, **more: Any) -> list[str]:
    return [fix.grant for fix in offered(knows, bench(*found, **more))]


@pytest.mark.parametrize(
    ("knows", "announced", "expected"),
    [
        ({"client_secret": SECRET}, (), ["client_credentials", "authorization_code", "device_code"]),
        ({"client_secret": SECRET}, ("client_credentials",), ["client_credentials", "device_code"]),
        ({"client_secret": SECRET}, ("authorization_code",), ["authorization_code", "device_code"]),
        ({"private_key": "key.pem"}, ("client_credentials",), ["client_credentials", "device_code"]),
        ({"refresh_token": SECRET}, ("authorization_code",), ["authorization_code", "device_code"]),
        ({"refresh_token": SECRET}, (), ["refresh_token", "authorization_code", "device_code"]),
        ({}, (), ["authorization_code", "device_code"]),
        ({"client_id": ""}, (), []),
        ({"sign_in": "device"}, (), ["device_code", "authorization_code"]),
        (
            {"sign_in": "browser", "client_secret": SECRET},
            (),
            ["authorization_code", "client_credentials", "device_code"],
        ),
        ({"token_command": ("az", "token"), "client_id": ""}, (), ["command"]),
        (
            {"token_command": ("az", "token"), "sign_in": "command", "client_secret": SECRET},
            ("client_credentials",),
            ["command", "client_credentials", "device_code"],
        ),
    ],
)
def test_what_is_known_and_announced_decides_what_is_offered(
    knows: dict[str, Any], announced: tuple[str, ...], expected: list[str]
) -> None:
    assert grants(known(**knows), metadata(grants=announced)) == expected


def test_without_endpoints_to_sign_in_at_nobody_is_sent_to_sign_in() -> None:
    plain = metadata(authorization_endpoint="", device_authorization_endpoint="")
    assert grants(known(client_secret=SECRET), plain) == ["client_credentials"]


def test_an_issuer_that_was_merely_named_is_offered_with_the_question_that_comes_first() -> None:
    other = metadata("https://other.example", confirmed=False)
    named = metadata("https://named.example", confirmed=False)
    made = bench(other, named)
    made.add(
        ResourceMetadataSeen(
            url=f"{AUDIENCE}/x", resource=AUDIENCE, authorization_servers=("https://named.example",), covers=True
        ),
        f"api:{AUDIENCE}",
    )
    found = offered(known(issuer="", client_secret=SECRET), made)
    assert found[0].grant == "client_credentials"
    assert "https://named.example/token only" in found[0].sends[0]
    assert "you are asked first whether that is your issuer" in found[0].sends[0]


def test_a_confirmed_issuer_is_never_replaced_by_one_that_was_named() -> None:
    facts = bench(metadata("https://other.example", confirmed=False)).facts()
    assert ways.issuer_of(known(), facts) is None


def test_what_a_step_up_demands_is_asked_of_a_person_alone() -> None:
    made = bench(metadata(), challenge=STEP_UP)
    found = offered(known(client_secret=SECRET), made)
    assert [fix.grant for fix in found] == ["authorization_code", "device_code"]
    assert found[0].scopes[0] == "openid"
    assert "gold or silver" in found[0].title
    assert "at most 60 s ago" in found[0].title
    assert ways.demands(made.facts()) == Demands(acr_values=("gold", "silver"), max_age=60)


@pytest.mark.parametrize(("age", "read"), [("0", 0), ("-1", None), ("x", None), ("9" * 30, None), ("", None)])
def test_an_age_is_a_number_of_seconds(age: str, read: int | None) -> None:
    challenge = f'Bearer error="insufficient_user_authentication", max_age="{age}"'
    assert ways.demands(bench(challenge=challenge).facts()).max_age == read


@pytest.mark.parametrize(
    ("challenge", "bound"),
    [("DPoP", True), ('DPoP error="invalid_token"', True), ("Bearer, DPoP", False), ("Bearer", False)],
)
def test_a_token_is_bound_where_the_api_takes_nothing_else(challenge: str, *, bound: bool) -> None:
    made = bench(metadata(), challenge=challenge)
    assert ways.demands(made.facts()).bound is bound
    found = offered(known(client_secret=SECRET), made)
    assert all(("DPoP" in fix.after[0]) is bound for fix in found)


def test_who_receives_what_is_said_for_each_grant() -> None:
    made = bench(metadata())
    knows = known(private_key="key.pem", refresh_token=SECRET, token_command=("az", "token"))
    told = {fix.grant: fix.sends[0] for fix in offered(knows, made)}
    assert "an assertion signed with its key, to https://login.example.com/token only" in told["client_credentials"]
    assert "the refresh token" in told["refresh_token"]
    assert "by your browser to https://login.example.com/authorize" in told["authorization_code"]
    assert "you open its address and type a code there" in told["device_code"]
    assert told["command"].startswith("whatever az itself sends")


def test_a_persons_scopes_are_asked_for_when_a_person_signs_in() -> None:
    made = bench(metadata())
    found = {fix.grant: fix.scopes for fix in offered(known(client_secret=SECRET, scopes=("openid", "a")), made)}
    assert "openid" in found["authorization_code"]
    assert "openid" not in found["client_credentials"]


def test_an_outage_is_told_with_the_vendors_status_page() -> None:
    issuer = "https://dev-1.okta.com"
    made = bench()
    made.add(
        IssuerMetadataSeen(asked=issuer, confirmed=True, status=503, failure="status", problem="It answers 503."),
        f"issuer:{issuer}",
    )
    knows = known(issuer=issuer)
    made.add(knows.shown())
    case = Case(id="7f3a0000", request=made.request, known=knows, names=made.names)
    cause = all_causes()["issuer-unavailable"]
    assert fixes._advice(cause, made.facts()).title == f"{cause.fix}: https://status.okta.com"
    assert fixes.offers(case, made.facts(), made.diagnosis(), all_causes())
