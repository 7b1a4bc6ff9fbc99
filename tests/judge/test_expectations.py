from __future__ import annotations

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
