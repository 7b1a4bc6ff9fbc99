"""A new token that takes a person: the experiment says so, asks first, proves by a flip, and is signed in for once."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.oauth.issuing import comes_back, gives, issuing
from tests.probes.server import Arrived, Handler, response, serve
from tests.recovery.driving import plain_case
from tui401.cli.headless import Policy
from tui401.judge.facts import derive
from tui401.model.demands import Elsewhere
from tui401.model.fix import Answer, Asks, Choice, Question, TokenWish
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.recovery import recover

NEW = "acc-0123456789abcdef"
METADATA = {
    "token_endpoint": "/token",
    "authorization_endpoint": "/authorize",
    "device_authorization_endpoint": "/device",
}
Ask = Callable[[Question], Awaitable[Answer]]


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


def takes(token: str) -> Handler:
    """An API that takes one token and has one refusal for all others."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.values("authorization") == [f"Bearer {token}"]:
            writer.write(response("200 OK"))
        else:
            writer.write(response("401 Unauthorized", "WWW-Authenticate: Bearer"))

    return handle


class Ran:
    """What a recovery came to."""

    def __init__(self) -> None:
        self.view = CaseView()
        self.outcome: Outcome | None = None
        self.questions: list[Question] = []
        self.tokens = 0  # tokens that the issuer was asked for
        self.received: list[bytes] = []


async def runs(ask: Callable[[Question], Answer], *, signs_in: bool = True, **known: Any) -> Ran:
    """A recovery at an issuer of a client without a secret; who is asked to sign in does so, or gives up."""
    ran, doing = Ran(), []

    async def answered(question: Question) -> Answer:
        ran.questions.append(question)
        if question.asks is not Asks.SIGN_IN:
            return ask(question)
        if not signs_in:
            return Answer("no")
        elsewhere = Elsewhere(issuer="https://login.example", address=Secret(str(question.address)))
        doing.append(asyncio.create_task(comes_back()(elsewhere)))
        return await asyncio.get_running_loop().create_future()

    def take(event: Any) -> None:
        ran.view = apply(ran.view, event)

    async with issuing({"/token": [gives(), gives()]}) as issuer, serve(takes(NEW)) as api:
        made = {"issuer": issuer.address, **{name: issuer.address + path for name, path in METADATA.items()}}
        issuer.replies["/.well-known/oauth-authorization-server"] = [("200 OK", made)]
        case = plain_case(f"{api.origin}/v1", "-H", "Authorization: Bearer old-0011223344556677", only_api=False)
        case.known = dataclasses.replace(issuer.known(ntp="127.0.0.1:9"), client_secret=None, **known)
        ran.outcome = await recover(case, ask=answered, emit=take)
        ran.received = [one.everything for one in api.arrived]
        ran.tokens = sum("code" in form for form in issuer.asked())
    await asyncio.gather(*doing)
    return ran


def in_turn(*keys: str, wish: TokenWish | None = None, says: str = "yes") -> Callable[[Question], Answer]:
    """Chooses what begins with these keys, one after another, then stops; answers all else alike."""
    left = list(keys)

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer(says)
        if not left:
            return Answer("stop")
        wanted = left.pop(0)
        if wanted == "token":
            return Answer("token", wish=wish)
        return Answer(next((c.key for c in question.choices if c.key.startswith(wanted)), "stop"))

    return answer


def fresh_in(ran: Ran) -> Choice | None:
    choices = [c for q in ran.questions if q.asks is Asks.NEXT for c in q.choices]
    return next((choice for choice in choices if choice.key == "probe:fresh"), None)


async def test_a_token_that_is_signed_in_for_proves_the_old_ones_fault_and_serves_the_fix_too() -> None:
    ran = await runs(in_turn("probe:fresh", "fix:new-token:authorization_code"))
    flips = [flip for flip in derive(ran.view.evidence, 1).flips if flip.proved]
    assert [flip.label for flip in flips] == ["other-token"]
    assert ran.outcome is Outcome.RECOVERED
    assert len([one for one in ran.received if NEW.encode() in one]) == 3, "twice to prove it, once to mend it"
    assert ran.tokens == 1, "nobody signs in twice for the same token"
    assert len([q for q in ran.questions if q.asks is Asks.SIGN_IN]) == 1


async def test_it_says_what_it_takes_and_asks_before_anybody_is_sent_to_sign_in() -> None:
    ran = await runs(in_turn("probe:fresh", says="no"))
    choice = fresh_in(ran)
    assert choice is not None
    assert choice.grant == "authorization_code"
    assert choice.detail.endswith("You sign in by your browser for it.")
    asked = [q for q in ran.questions if q.asks is Asks.EXPERIMENT]
    assert [q.title for q in asked] == ["Sign in by browser for another token?"]
    assert "by your browser to" in asked[0].lines[0]
    assert not [q for q in ran.questions if q.asks is Asks.SIGN_IN]
    assert not ran.tokens


async def test_who_prefers_a_code_gets_a_code() -> None:
    ran = await runs(in_turn("probe:fresh", says="no"), sign_in="device")
    choice = fresh_in(ran)
    assert choice is not None
    assert choice.grant == "device_code"


async def test_who_gives_up_the_sign_in_has_sent_nothing_new() -> None:
    ran = await runs(in_turn("probe:fresh"), signs_in=False)
    assert not derive(ran.view.evidence, 1).flips
    assert not [one for one in ran.received if NEW.encode() in one]


async def test_a_token_command_gives_it_after_it_was_shown() -> None:
    command = (sys.executable, "-c", f"print({NEW!r})")
    ran = await runs(in_turn("probe:fresh"), token_command=command, issuer="", client_id="")
    choice = fresh_in(ran)
    assert choice is not None
    assert choice.grant == "command"
    assert [q.asks for q in ran.questions if q.asks in (Asks.COMMAND, Asks.SIGN_IN)] == [Asks.COMMAND]
    assert [flip for flip in derive(ran.view.evidence, 1).flips if flip.proved]


async def test_a_grant_that_needs_nobody_goes_before_a_person() -> None:
    ran = await runs(in_turn(), refresh_token=Secret("refresh-77aa10c4e2b95d38"))
    choice = fresh_in(ran)
    assert choice is not None
    assert choice.grant == ""


@pytest.mark.parametrize("says", ["yes", "no"])
async def test_a_token_that_is_wished_for_by_hand_may_be_signed_in_for(says: str) -> None:
    ran = await runs(in_turn("token", wish=TokenWish(scopes=("orders:read",)), says=says))
    assert (ran.outcome is Outcome.RECOVERED) is (says == "yes")
    assert len([q for q in ran.questions if q.asks is Asks.SIGN_IN]) == (says == "yes")
    assert ran.tokens == (says == "yes")


@pytest.mark.parametrize(
    ("attended", "yes", "taken"), [(True, True, "probe:fresh"), (False, True, "stop"), (True, False, "stop")]
)
async def test_without_a_screen_it_takes_both_a_yes_and_somebody_who_is_there(
    taken: str, *, attended: bool, yes: bool
) -> None:
    fresh = Choice(key="probe:fresh", label="a new token", grant="authorization_code")
    question = Question(asks=Asks.NEXT, title="What now?", choices=(fresh, Choice(key="stop", label="Stop")))
    policy = Policy(fix=False, yes=yes, view=CaseView, attended=attended)
    assert (await policy(question)).key == taken
