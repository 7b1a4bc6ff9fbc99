from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.judge.builders import Bench, bearer, jwt
from tui401.judge.after_change import after_change
from tui401.model.facts import Facts
from tui401.model.shown import CredentialChange, Redacted

FACTS = Bench(bearer(jwt())).answer(401).facts()


def changed(ago: float, what: str = "client-secret", way: str = "stored", note: str = "") -> CredentialChange:
    return CredentialChange(at=FACTS.now.at - ago, what=what, profile="prod", way=way, note=Redacted(note))


def facts(*changes: CredentialChange, refused: bool = True) -> Facts:
    return replace(FACTS, changes=changes, refused=refused)


def test_a_refusal_right_after_a_rotation_says_so_with_the_persons_note() -> None:
    assert after_change(facts(changed(7_200), changed(720, note="by ops"))) == (
        "This refusal comes 12 min after the client secret of your profile prod changed (stored, noted “by ops”)."
    )


@pytest.mark.parametrize(
    ("one", "tells"),
    [
        (changed(86_000), True),
        (changed(90_000), False),
        (changed(-60), False),
        (changed(60, "access-token", "refresh"), False),
        (changed(60, "refresh-token", "refresh"), False),
        (changed(60, "access-token", "client_credentials"), False),
        (changed(60, "access-token", "stored"), True),
        (changed(60, "access-token", "sign-in"), True),
        (changed(60, "other", "by hand"), True),
        (changed(60, "api-key", "deleted"), True),
    ],
)
def test_what_is_near_and_no_routine_is_told(one: CredentialChange, tells: bool) -> None:  # noqa: FBT001
    assert bool(after_change(facts(one))) is tells


def test_a_request_that_succeeds_follows_nothing() -> None:
    assert after_change(facts(changed(60), refused=False)) == ""
    assert after_change(facts()) == ""
