"""Roles side by side: those that an answer asks for, and those that the token names."""

from __future__ import annotations

import json

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer, jwt
from tui401.model.facts import Aspect
from tui401.model.verdict import Strength

READER = bearer(jwt(roles=["reader"], realm_access={"roles": ["offline_access"]}))


def says(words: str) -> str:
    return json.dumps({"message": words})


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("Requires role: admin", "admin"),
        ("missing role admin", "admin"),
        ("role 'admin' required", "admin"),
        ("The role orders-admin is required", "orders-admin"),
        ("Required roles missing: admin, owner", "admin or owner"),
        ("User does not have role ROLE_ADMIN", "ROLE_ADMIN"),
    ],
)
def test_a_role_that_the_answer_names_and_the_token_lacks_is_why(words: str, needed: str) -> None:
    bench = Bench(READER).refused(says(words), status=403)
    verdict = bench.verdict("permission-denied")
    assert bench.root() == ("permission-denied", "confirmed")
    assert (verdict.expected, verdict.provided) == (needed, "reader offline_access")


def test_a_field_that_lists_roles_is_read_without_a_word() -> None:
    bench = Bench(READER).refused(json.dumps({"message": "Forbidden", "requiredRoles": ["admin", "owner"]}), status=403)
    assert bench.root() == ("permission-denied", "likely")
    assert [e.values for e in bench.facts().expects(Aspect.ROLE)] == [("admin",), ("owner",)] or bench.facts().expects(
        Aspect.ROLE
    )[0].values == ("admin", "owner")


@pytest.mark.parametrize("held", ["admin", "ROLE_ADMIN", "Admin"])
def test_a_token_that_has_the_role_is_likely_denied_and_no_more(held: str) -> None:
    bench = Bench(bearer(jwt(roles=[held]))).refused(says("Requires role: admin"), status=403)
    assert bench.root() == ("permission-denied", "likely")
    assert any("look it up elsewhere" in because for because in bench.verdict("permission-denied").because)


def test_a_token_without_any_role_may_have_them_elsewhere() -> None:
    bench = Bench(bearer(jwt())).refused(says("Requires role: admin"), status=403)
    assert bench.root() == ("permission-denied", "likely")


def test_what_only_its_issuer_can_read_has_no_other_side() -> None:
    verdict = Bench(bearer(OPAQUE)).refused(says("Requires role: admin"), status=403).verdict("permission-denied")
    assert (verdict.expected, verdict.strength) == ("", Strength.LIKELY)


def test_a_word_behind_role_is_no_role() -> None:
    verdict = Bench(READER).refused(says("Requires a role to access this"), status=403).verdict("permission-denied")
    assert verdict.expected == ""
