"""What may go where: another origin, a server that nobody verified, a password that was refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.probes.server import Arrived, Authority, answer, response, serve
from tests.recovery.asked import for_tokens
from tests.recovery.driving import Told, case_of, plain_case, reply, scripted, told
from tui401.cli.headless import Policy
from tui401.model.case import Case, Known
from tui401.model.events import Event, Refused
from tui401.model.fix import Answer, Asks, Question
from tui401.model.http import Origin
from tui401.model.secret import Secret
from tui401.model.verdict import Strength
from tui401.model.view import CaseView, apply
from tui401.practice import Practice
from tui401.recovery import recover
from tui401.recovery.permits import is_upgrade

TOKEN = "opaque-9c1f7e4ab2d85063"
BEARER = ("-H", f"Authorization: Bearer {TOKEN}")
NEW = "another-77aa10c4e2b95d38"
REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")


@pytest.mark.parametrize("trusted", [False, True])
async def test_a_redirect_to_a_listed_origin_is_judged_as_curl_went_it(trusted: bool) -> None:  # noqa: FBT001
    """curl leaves Authorization behind, so the person's command is refused, though the credential may go there."""
    async with serve(wants_a_token) as other, serve(answer(*moved_to(f"{other.origin}/"))) as server:
        more = ["--location-trusted"] if trusted else []
        case = plain_case(f"{server.origin}/", *BEARER, "-L", *more, credential_to=(other.origin,))
        ran = await told(case)
        assert bool(other.arrived[0].values("authorization")) is trusted
    assert ran.view.diagnosis is not None
    root = ran.view.diagnosis.root
    if trusted:
        assert root is None
    else:
        # It is listed, so nobody is asked before it is sent straight there, which proves what the redirect did.
        assert root is not None
        assert (root.cause, root.strength) == ("header-stripped-on-redirect", Strength.CONFIRMED)


def moved_to(where: str) -> tuple[str, str]:
    return "302 Found", f"Location: {where}"


async def wants_a_token(arrived: Arrived, writer: Any) -> None:
    status = "200 OK" if arrived.values("authorization") else "401 Unauthorized"
    writer.write(response(status, "WWW-Authenticate: Bearer"))


def chooses(key: str, *, asks: Asks, says: str, secret: str = "") -> Any:
    """Chooses one way once, answers one kind of question so and every other with yes."""
    done: list[str] = []

    def answers(question: Question) -> Answer:
        if question.asks is asks:
            return Answer(says)
        if question.asks is not Asks.NEXT:
            return Answer("yes", secret=Secret(secret) if question.secret else None)
        found = next((c.key for c in question.choices if c.key.startswith(key)), None)
        if found is None or done:
            return Answer("stop")
        done.append(found)
        return Answer(found)

    return answers


async def headless(case: Case, *, fix: bool, yes: bool) -> list[Event]:
    """What a headless run emits."""
    events: list[Event] = []
    view = CaseView()

    def emit(event: Event) -> None:
        nonlocal view
        view = apply(view, event)
        events.append(event)

    await recover(case, ask=Policy(fix=fix, yes=yes, view=lambda: view), emit=emit)
    return events


# -- another origin ----------------------------------------------------------------------------------------------------


async def redirected(says: str) -> tuple[Told, list[Arrived]]:
    async with serve(wants_a_token) as second:
        moved = reply("307 Temporary Redirect", f"Location: {second.origin}/v2/orders")
        async with scripted(moved) as first:
            case = plain_case(first.url, "-L", *BEARER)
            ran = await told(case, chooses("probe:final-address", asks=Asks.ORIGIN, says=says))
        return ran, second.arrived


async def test_another_origin_gets_the_credential_only_after_a_yes_that_names_both() -> None:
    ran, arrived = await redirected("no")
    assert arrived
    assert not [one for one in arrived if TOKEN.encode() in one.everything]
    question = next(q for q in ran.questions if q.asks is Asks.ORIGIN)
    text = " ".join((question.title, *question.lines))
    assert question.firm
    assert text.count("http://127.0.0.1:") >= 2
    assert "Authorization ‹secret-1›" in text
    assert TOKEN not in text


async def test_after_the_yes_the_other_origin_has_it() -> None:
    ran, arrived = await redirected("yes")
    assert [one for one in arrived if TOKEN.encode() in one.everything]
    assert [q.asks for q in ran.questions].count(Asks.ORIGIN) == 1


async def test_no_option_of_a_headless_run_sends_a_credential_to_another_origin() -> None:
    async with serve(wants_a_token) as second:
        moved = reply("307 Temporary Redirect", f"Location: {second.origin}/v2/orders")
        async with scripted(moved) as first:
            policy = Policy(fix=True, yes=True, view=CaseView)
            chosen = chooses("probe:final-address", asks=Asks.VALUE, says="no")
            consented: list[Asks] = []

            async def ask(question: Question) -> Answer:
                if question.asks is Asks.NEXT:
                    return chosen(question)  # type: ignore[no-any-return] # an Answer
                consented.append(question.asks)
                return await policy(question)

            await recover(plain_case(first.url, "-L", *BEARER), ask=ask, emit=lambda _event: None)
    assert Asks.ORIGIN in consented
    assert second.arrived
    assert not [one for one in second.arrived if TOKEN.encode() in one.everything]


@pytest.mark.parametrize("listed", [True, False])
async def test_a_profile_that_lists_both_origins_lets_the_credential_cross(*, listed: bool) -> None:
    async with serve(wants_a_token) as second:
        moved = reply("307 Temporary Redirect", f"Location: {second.origin}/v2/orders")
        async with scripted(moved) as first:
            case = plain_case(first.url, "-L", *BEARER)
            origins = (case.request.origin, second.origin) if listed else (second.origin,)
            case.known = Known(origins=origins)
            await told(case)
    carried = [one for one in second.arrived if TOKEN.encode() in one.everything]
    assert bool(carried) is listed


@pytest.mark.parametrize(
    ("own", "to", "enough"),
    [
        (Origin("http", "api.example", 80), Origin("https", "api.example", 443), True),
        (Origin("http", "api.example", 8080), Origin("https", "api.example", 443), False),
        (Origin("http", "api.example", 80), Origin("https", "api.example", 8443), False),
        (Origin("http", "api.example", 80), Origin("https", "www.api.example", 443), False),
        (Origin("https", "api.example", 443), Origin("http", "api.example", 80), False),
    ],
)
def test_yes_is_enough_for_the_step_to_https_alone(own: Origin, to: Origin, *, enough: bool) -> None:
    assert is_upgrade(own, to) is enough


# -- a server that nobody verified -------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", ["no", "yes"])
async def test_under_k_a_pasted_credential_waits_for_a_yes_of_its_own(tmp_path: Path, says: str) -> None:
    tls = Authority.make(tmp_path / "ca").server_context("127.0.0.1")
    async with serve(answer("401 Unauthorized", "WWW-Authenticate: Bearer"), tls=tls) as server:
        case = plain_case(f"{server.origin}/v1/orders", "-k", *BEARER)
        ran = await told(case, chooses("fix:paste", asks=Asks.UNVERIFIED, says=says, secret=NEW))
    assert server.arrived
    assert next(q for q in ran.questions if q.asks is Asks.UNVERIFIED).firm
    assert bool([one for one in server.arrived if NEW.encode() in one.everything]) is (says == "yes")


async def test_under_k_no_token_is_asked_for_that_could_not_be_sent(tmp_path: Path) -> None:
    tls = Authority.make(tmp_path / "ca").server_context("127.0.0.1")
    async with Practice() as world, serve(answer("401 Unauthorized", "WWW-Authenticate: Bearer"), tls=tls) as server:
        case = plain_case(f"{server.origin}/v1/orders", "-k", *BEARER, only_api=False)
        case.known = case_of(world).known
        events = await headless(case, fix=True, yes=True)
        granted = for_tokens(world)
    assert not granted
    assert any("nobody has verified who answers" in str(getattr(event, "text", "")) for event in events)


async def test_under_cacert_a_new_credential_is_sent_without_a_further_question(tmp_path: Path) -> None:
    ca = Authority.make(tmp_path / "ca")
    handle = answer("401 Unauthorized", "WWW-Authenticate: Bearer")
    async with serve(handle, tls=ca.server_context("127.0.0.1")) as server:
        case = plain_case(f"{server.origin}/v1/orders", "--cacert", ca.file, *BEARER)
        await told(case, chooses("fix:paste", asks=Asks.UNVERIFIED, says="no", secret=NEW))
    assert [one for one in server.arrived if NEW.encode() in one.everything]


# -- passwords and client secrets --------------------------------------------------------------------------------------


def again(most: int) -> Any:
    """Chooses to send again so often."""
    left = [most]

    def answers(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("no" if question.firm else "yes")
        left[0] -= 1
        return Answer("again" if left[0] >= 0 else "stop")

    return answers


async def test_a_refused_proxy_password_is_sent_twice_and_no_more() -> None:
    async with scripted(reply("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"')) as proxy:
        at = proxy.url.removesuffix("/v1/orders")
        case = plain_case("http://api.example/v1/orders", "-x", at, "-U", "ada:a-wrong-password-4711", *BEARER)
        ran = await told(case, again(5))
    carried = [head for head in proxy.received if b"proxy-authorization: basic" in head.lower()]
    assert len(carried) == 2
    assert [(e.where, e.user) for e in ran.events if isinstance(e, Refused)] == [(at, "ada")] * 2


async def test_an_api_that_refuses_the_token_does_not_count_against_the_proxys_password() -> None:
    async with scripted(REFUSED) as proxy:
        at = proxy.url.removesuffix("/v1/orders")
        case = plain_case("http://api.example/v1/orders", "-x", at, "-U", "ada:a-right-password-4711", *BEARER)
        ran = await told(case, again(2))
    assert len(proxy.received) > 2
    assert not [event for event in ran.events if isinstance(event, Refused)]


def wrong_client(world: Any) -> Case:
    case = case_of(world)
    case.known = dataclasses.replace(case.known, client_secret=Secret("a-wrong-client-secret-4711"))
    return case


def grants(most: int) -> Any:
    """Asks for a token so often."""
    left = [most]

    def answers(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("no" if question.firm else "yes")
        key = next((c.key for c in question.choices if c.key.startswith("fix:new-token")), None)
        left[0] -= 1
        return Answer(key if key is not None and left[0] >= 0 else "stop")

    return answers


async def test_a_refused_client_secret_is_sent_twice_and_no_more() -> None:
    async with Practice("token-expired") as world:
        case = wrong_client(world)
        ran = await told(case, grants(4))
        asked = for_tokens(world)
        counted = [event for event in ran.events if isinstance(event, Refused)]
        assert len(asked) == 2
        assert {(e.where, e.user) for e in counted} == {(world.issuer, case.known.client_id)}
        assert any("refused this client's secret twice" in text for text in ran.view.told)


@pytest.mark.parametrize("before", [1, 2])
async def test_refusals_of_a_client_secret_in_other_runs_count(before: int) -> None:
    async with Practice("token-expired") as world:
        case = wrong_client(world)
        account = (case.known.issuer, case.known.client_id)
        case.options = dataclasses.replace(case.options, refused_lately={account: before})
        await told(case, grants(4))
        asked = for_tokens(world)
    assert len(asked) == 2 - before


@pytest.mark.parametrize(("says", "sent"), [("yes", True), ("no", False)])
async def test_only_the_person_knows_that_a_password_was_corrected(says: str, *, sent: bool) -> None:
    async with scripted(reply("200 OK")) as server:
        case = plain_case(server.url, "-u", "ada:the-right-password-4711")
        account = (str(case.request.origin), "ada")
        case.options = dataclasses.replace(case.options, refused_lately={account: 2})
        ran = await told(case, lambda q: Answer("stop" if q.asks is Asks.NEXT else says))
    assert bool(server.received) is sent
    assert ran.questions[0].firm
    assert "ada" in " ".join(ran.questions[0].lines)


async def test_a_client_secret_leaves_no_hint_of_itself() -> None:
    async with scripted(reply("200 OK")) as server:
        case = plain_case(server.url, *BEARER)
        case.known = Known(client_secret=Secret("correct-horse-battery-4711"), refresh_token=Secret(NEW))
        ran = await told(case)
    assert sorted(ran.view.hints.values()) == sorted(["", NEW[-4:], TOKEN[-4:]])


# -- a server that asks to be left alone -------------------------------------------------------------------------------


async def test_no_option_of_a_headless_run_sends_on_to_a_server_that_limits_attempts() -> None:
    limits = reply("401 Unauthorized", "WWW-Authenticate: Bearer", "Retry-After: 30")
    async with Practice("token-expired") as world, scripted(limits) as server:
        expired = next(word for word in world.argv if word.startswith("Authorization:"))
        case = plain_case(server.url, "-H", expired, only_api=False)
        case.known = case_of(world).known
        await headless(case, fix=True, yes=True)
        asked = for_tokens(world)
    assert len(server.received) == 1
    assert not asked


@pytest.mark.parametrize(("says", "sent"), [("no", 1), ("yes", 2)])
async def test_the_person_may_send_all_the_same(says: str, sent: int) -> None:
    async with scripted(reply("429 Too Many Requests", "Retry-After: 30")) as server:
        ran = await told(plain_case(server.url, *BEARER), chooses("again", asks=Asks.SEND, says=says))
    assert len(server.received) == sent
    assert any("Retry" in line or "wait: 30" in line for q in ran.questions if q.firm for line in q.lines)
