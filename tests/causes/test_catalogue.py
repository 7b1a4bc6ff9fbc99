from __future__ import annotations

import graphlib
import re
from collections.abc import Mapping

import pytest

from tui401.causes import all_causes
from tui401.model.cause import Cause, Level
from tui401.model.verdict import STEPS

OF_THE_FIRST_PRODUCT = [
    "header-missing",
    "scheme-missing",
    "scheme-wrong",
    "header-malformed",
    "credential-placeholder",
    "token-malformed",
    "token-expired",
    "token-not-yet-valid",
    "token-signature-invalid",
    "signing-key-unknown",
    "issuer-mismatch",
    "audience-mismatch",
    "scope-insufficient",
    "token-type-wrong",
    "token-unrecognised",
    "clock-skew-client",
    "clock-skew-server",
    "api-key-missing",
    "api-key-invalid",
    "basic-credentials-invalid",
    "permission-denied",
    "issuer-unavailable",
    "server-misconfigured",
]


@pytest.fixture(scope="module")
def causes() -> Mapping[str, Cause]:
    return all_causes()


def test_the_catalogue_has_51_causes_ordered_by_step_and_slug(causes: Mapping[str, Cause]) -> None:
    assert len(causes) == 51
    assert list(causes) == sorted(causes, key=lambda slug: (STEPS.index(causes[slug].step), slug))


@pytest.mark.parametrize("slug", OF_THE_FIRST_PRODUCT)
def test_every_cause_of_the_first_product_judges_by_itself(slug: str, causes: Mapping[str, Cause]) -> None:
    assert causes[slug].judge is not None


def test_what_causes_explain_is_declared_and_acyclic(causes: Mapping[str, Cause]) -> None:
    for cause in causes.values():
        assert cause.explains <= causes.keys() - {cause.slug}
    graphlib.TopologicalSorter({slug: cause.explains for slug, cause in causes.items()}).prepare()


def test_a_cause_lives_in_the_folder_of_its_step(causes: Mapping[str, Cause]) -> None:
    for cause in causes.values():
        if cause.judge is not None:
            assert f".{cause.step.value}." in cause.judge.__module__


@pytest.mark.parametrize("slug", sorted(all_causes()))
def test_every_cause_has_a_whole_manual_in_plain_words(slug: str, causes: Mapping[str, Cause]) -> None:
    cause = causes[slug]
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", cause.slug)
    assert cause.remedies
    assert cause.likelihood in (Level.HIGH, Level.MEDIUM, Level.LOW)
    assert cause.effort in (Level.EASY, Level.MEDIUM, Level.HARD)
    for text in (cause.manual.what, cause.manual.why, cause.manual.settle, cause.manual.mend):
        assert len(text) > 30
        assert text.endswith(".")
        assert text[0].isupper()
    assert cause.manual.example
    assert cause.manual.references
    assert not cause.title.endswith(".")
