from __future__ import annotations

import json

import pytest

from tests.judge.builders import Bench, bearer, jwt
from tui401.judge.expectations import expected
from tui401.model.facts import Aspect
from tui401.model.shown import KnownSeen, Place, RequirementsSeen, SchemeRequired
from tui401.model.verdict import Strength

OAUTH = SchemeRequired(name="oauth", kind="oauth2", scheme="Bearer", scopes=("orders:read",))
KEY = SchemeRequired(name="key", kind="apiKey", place=Place.HEADER, place_name="X-API-Key")
DOCUMENT = RequirementsSeen(source="Orders 1.0", operation="GET /v1/orders", alternatives=((OAUTH,), (KEY,)))


def test_what_a_description_requires_is_expected_by_its_name_and_never_confirmed() -> None:
    found = {e.aspect: e for e in expected(None, None, None, DOCUMENT)}
    assert found[Aspect.SCOPE].values == ("orders:read",)
    assert found[Aspect.SCHEME].values == ("Bearer",)
    assert found[Aspect.PLACE].values == ("header X-API-Key",)
    assert {e.source for e in found.values()} == {"openapi"}
    assert all(e.strength is Strength.LIKELY and "Orders 1.0" in e.by for e in found.values())


def test_a_description_of_other_servers_expects_nothing() -> None:
    assert expected(None, None, None, RequirementsSeen(alternatives=((OAUTH,),), other_server=True)) == ()


def test_what_the_person_knows_is_expected_by_their_word() -> None:
    (audience,) = expected(None, None, KnownSeen(audience="https://api.example.com", source="your options"), None)
    assert (audience.aspect, audience.by) == (Aspect.AUDIENCE, "your options")


@pytest.mark.parametrize(
    ("body", "aspect", "values"),
    [
        (
            {"error": "forbidden", "required_scopes": ["orders:read", "orders:list"]},
            "scope",
            ("orders:read", "orders:list"),
        ),
        ({"missingScopes": "orders:read orders:list"}, "scope", ("orders:read", "orders:list")),
        ({"error": {"expected_audience": "https://api.example.com"}}, "audience", ("https://api.example.com",)),
        ({"details": {"allowedAudiences": ["a", "b"]}}, "audience", ("a", "b")),
        ({"trusted_issuers": ["https://login.example.com"]}, "issuer", ("https://login.example.com",)),
    ],
)
def test_fields_of_an_answer_that_list_what_is_expected_are_read(
    body: dict[str, object], aspect: str, values: tuple[str, ...]
) -> None:
    facts = Bench(bearer(jwt())).refused(json.dumps(body), status=403).facts()
    assert [e.values for e in facts.expects(Aspect(aspect)) if e.source == "body"] == [values]


@pytest.mark.parametrize(
    ("name", "value", "values"),
    [
        ("X-Required-Scopes", "orders:read, orders:list", ("orders:read", "orders:list")),
        ("X-Accepted-OAuth-Scopes", "repo", ()),  # GitHub's, which means one of several; read at GitHub alone
    ],
)
def test_headers_that_name_scopes_are_read(name: str, value: str, values: tuple[str, ...]) -> None:
    facts = Bench(bearer(jwt())).refused("{}", [(name, value)], status=403).facts()
    assert [e.values for e in facts.expects(Aspect.SCOPE) if e.source == "header"] == ([values] if values else [])


def test_a_success_names_nothing_that_is_expected() -> None:
    facts = Bench(bearer(jwt())).answer(200, (), '{"required_scopes": ["orders:read"]}').facts()
    assert not facts.expects(Aspect.SCOPE)
