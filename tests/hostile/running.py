"""A recovery against a hostile server, and everything that a person would get of it, looked at for harm."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from tests.hostile.kit import Hostile, Play, hostile, refuses
from tests.timeless import timeless
from tui401.causes import all_causes
from tui401.cli import judged, output
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event, ProbeEnded
from tui401.model.fix import Answer, Asks, Question
from tui401.model.saved import decode_event, encode
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.oauth.gather import INTROSPECTION, IntrospectionGatherer
from tui401.probes import specs
from tui401.probes.clock import ClockGatherer
from tui401.probes.discovery import DiscoveryGatherer, Issuers
from tui401.probes.experiments import EXPERIMENTS
from tui401.probes.health import TokenEndpointGatherer
from tui401.probes.keys import KeysGatherer
from tui401.probes.resource import ResourceGatherer
from tui401.probes.send import Client
from tui401.probes.tokens import TOKEN_EXPERIMENTS
from tui401.recovery import recover
from tui401.recovery.tools import Tools, grants
from tui401.report import as_json, as_markdown, build
from tui401.wire.visible import is_visible

P = TypeVar("P")
TOKEN: Final = "canary-access-8f3e1c7a5b9d2046e8a1"
CLIENT_SECRET: Final = "canary-client-5d1e77aa09c4b382f6"
REFRESH: Final = "canary-refresh-77aa10c4e2b95d3841"
SIGNATURE: Final = ("Y2FuYXJ5LXNpZ25hdHVyZS04ZjNlMWM3YTViOWQyMDQ2ZThhMQ" * 7)[:342]
WORST: Final = 100.0  # seconds, on a machine that has much else to do; nothing here lasts a tenth of it
BUDGET: Final = 8
_ACTS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass
class Ran:
    """What a recovery came to.

    Attributes:
        outcome: Its own.
        text: What ``diagnose`` would print.
        complaints: What should not be; empty when all is well.
    """

    outcome: Outcome | None = None
    text: str = ""
    view: CaseView = field(default_factory=CaseView)
    complaints: list[str] = field(default_factory=list)


def short(limit: float) -> dict[str, Any]:
    """The declarations of what is gathered, with less time for each fetch."""
    wanted = {
        "discovery": specs.DISCOVERY,
        "keys": specs.KEYS,
        "resource": specs.RESOURCE,
        "health": specs.TOKEN_ENDPOINT,
        "clock": specs.CLOCK,
    }
    room = {
        "discovery": limit + 3.0,
        "keys": 2 * limit + 3.0,
        "resource": 2 * limit + 0.5,
        "health": 2 * limit,
        "clock": limit + 0.5,
    }
    return {name: replace(spec, limit=room[name]) for name, spec in wanted.items()}


@contextlib.asynccontextmanager
async def tools(limit: float) -> AsyncIterator[Tools]:
    """The real tools, their gatherers with so many seconds for each fetch."""
    limits = short(limit)
    async with Client() as client:
        issuers = Issuers(client)
        gatherers = (
            ClockGatherer(limits["clock"]),
            DiscoveryGatherer(issuers, limits["discovery"]),
            KeysGatherer(client, issuers, limits["keys"]),
            ResourceGatherer(client, issuers, limits["resource"]),
            TokenEndpointGatherer(client, issuers, limits["health"]),
            IntrospectionGatherer(client, INTROSPECTION),
        )
        yield Tools(
            client=client,
            experiments=(*EXPERIMENTS, *TOKEN_EXPERIMENTS),
            gatherers=gatherers,
            grants=grants(),
            causes=all_causes(),
        )


def case_of(url: str, *more: str, limit: float = 15.0, token: str = TOKEN, **known: Any) -> Case:
    """The command of a person who has a client, its secret and a refresh token."""
    given = ["-q", "-m", f"{limit:g}", url, "-H", f"Authorization: Bearer {token}", *more]
    intake = from_argv(given, env={}, home="/", cwd="/")
    knows = {"client_id": "svc", "client_secret": Secret(CLIENT_SECRET), "refresh_token": Secret(REFRESH)}
    return Case(
        id="7f3a0008",
        request=intake.request,
        known=Known(**{**knows, "ntp": timeless(), **known}),
        intake=intake.shown(),
        options=Options(send_consented=True, api_budget=BUDGET),
    )


def takes_a_token() -> Callable[[Question], Answer]:
    """Takes the first fix that asks the issuer for a token, once; says no to all that is firm."""
    taken: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("no" if question.firm else "yes")
        key = next((c.key for c in question.choices if c.key.startswith("fix:new-token")), None)
        if key is None or taken:
            return Answer("stop")
        taken.append(key)
        return Answer(key)

    return answer


def stops(question: Question) -> Answer:
    return Answer("stop" if question.asks is Asks.NEXT else "no" if question.firm else "yes")


async def recovered(
    case: Case,
    answer: Callable[[Question], Answer] = stops,
    *,
    fetch_limit: float = 6.0,
    strangers: Sequence[Hostile] = (),
) -> Ran:
    """Runs it to its end and looks at all that came of it."""
    ran = Ran()
    events: list[Event] = []

    async def ask(question: Question) -> Answer:
        return answer(question)

    def emit(event: Event) -> None:
        events.append(event)
        ran.view = apply(ran.view, event)

    try:
        async with asyncio.timeout(WORST), tools(fetch_limit) as real:
            ran.outcome = await recover(case, ask=ask, emit=emit, tools=real)
    except TimeoutError:
        ran.complaints.append(f"it took longer than {WORST:g} s")
        return ran
    except Exception as error:  # noqa: BLE001 - what is raised is what the test is after
        ran.complaints.append(f"it raised {error!r}")
        return ran
    _look(ran, events, case, strangers)
    return ran


def _look(ran: Ran, events: list[Event], case: Case, strangers: Sequence[Hostile]) -> None:
    complain = ran.complaints.append
    for event in events:
        if isinstance(event, ProbeEnded) and "fault of its own" in event.problem:
            complain(f"{event.probe}: {event.problem}")
        if decode_event(encode(event)) != event:
            complain(f"an event does not replay: {type(event).__name__}")
    view = CaseView()
    for event in events:
        view = apply(view, event)
    if view != ran.view:
        complain("the events do not replay to the same view")
    facts, diagnosis = judged.judged_first(view)
    causes = all_causes()
    ran.text = output.as_text(view, facts, diagnosis, causes, everything=True)
    made = output.as_json(output.as_object(view, facts, diagnosis, causes, everything=True))
    report = build(view, facts, diagnosis, causes, made_at=time.time())
    markdown, document = as_markdown(report), as_json(report)
    if ran.outcome is None or ran.outcome not in output.EXIT:
        complain(f"no exit code for {ran.outcome}")
    for name, text in (("text", ran.text), ("Markdown", markdown)):
        if not is_visible(text, lines=True) or _ACTS.search(text):
            complain(f"the {name} holds what acts on a terminal")
    json.loads(made)
    json.loads(document)
    if not _tells(ran.text):
        complain(f"neither a finding nor a sentence: {ran.text[:300]!r}")
    spent = view.spent.api
    if spent > max(BUDGET, 1 + case.request.transport.follow) + BUDGET * (case.request.transport.follow > 0):
        complain(f"{spent} requests to the API")
    secrets = (TOKEN, SIGNATURE[:60], CLIENT_SECRET, REFRESH)
    for name, text in (("text", ran.text), ("Markdown", markdown), ("JSON", made.decode() + document.decode())):
        complain(f"a secret in the {name}") if holds(text, *secrets) else None
    for one in strangers:
        complain(f"a secret reached {one.origin}") if holds(one.received.decode("latin-1"), *secrets) else None


def holds(text: str, *secrets: str) -> bool:
    """Whether any run of eight characters of a secret's own part stands there."""
    own = [secret.rpartition("-")[2] for secret in secrets]
    return any(part[at : at + 8] in text for part in own for at in range(len(part) - 7))


def _tells(text: str) -> bool:
    """Whether the first lines hold a verdict with a cause, or a sentence."""
    second = text.split("\n")[1] if "\n" in text else ""
    return bool(
        re.match(r"(CONFIRMED|LIKELY|UNDETERMINED|UNREACHABLE|INTERMITTENT|NOT REPRODUCED|RECOVERED)  \S.*", second)
    )


async def all_of(plays: dict[str, P], run: Callable[[P], Awaitable[Ran]], *, beside: int = 6) -> dict[str, Ran]:
    """Runs a family, some side by side; by name what each came to."""
    room = asyncio.Semaphore(beside)

    async def one(play: P) -> Ran:
        async with room:
            return await run(play)

    brought = await asyncio.gather(*(one(play) for play in plays.values()))
    return dict(zip(plays, brought, strict=True))


def complaints(ran: dict[str, Ran]) -> dict[str, list[str]]:
    return {name: one.complaints for name, one in ran.items() if one.complaints}


async def against_api(
    play: Play,
    *more: str,
    limit: float = 15.0,
    tls: ssl.SSLContext | None = None,
    scheme: str = "",
    ntp: str = "",
    budget: int = BUDGET,
) -> Ran:
    """A recovery of a request to an API that plays so; nothing else is known.

    Args:
        play: What it does.
        more: Options of the command.
        limit: Its ``-m``, and the time for each fetch beside it.
        tls: The API speaks TLS by this.
        scheme: It is asked for by this scheme in any case.
        ntp: A time server; one that tells no time when "".
        budget: Requests to the API at most.
    """
    async with hostile(play, tls=tls) as api, hostile(refuses()) as other:
        api.notes |= {"other": str(other.origin), "authority": other.origin.authority, "port": str(other.origin.port)}
        api.notes |= {"token": TOKEN, "tail": TOKEN.removeprefix("canary")}
        url = api.url() if not scheme else f"{scheme}://{api.origin.authority}/v1/orders"
        case = case_of(url, *more, limit=limit, ntp=ntp or timeless())
        case.options = replace(case.options, api_budget=budget)
        return await recovered(case, fetch_limit=min(6.0, limit), strangers=[other])


def jwt_of(issuer: str) -> str:
    """A token of an issuer that has not expired; its signature is a canary, and worth nothing."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": issuer, "sub": "svc", "exp": 4_000_000_000}
    return f"{part({'alg': 'RS256', 'kid': 'k1'})}.{part(claims)}.{SIGNATURE}"


async def against_issuer(play: Play, *, limit: float = 6.0) -> Ran:
    """A recovery of a request that an API refuses, whose confirmed issuer plays so; it asks it for a new token."""
    async with hostile(play) as issuer, hostile(refuses()) as api, hostile(refuses()) as other:
        case = case_of(api.url(), token=jwt_of(str(issuer.origin)), issuer=str(issuer.origin), scopes=("orders:read",))
        ran = await recovered(case, takes_a_token(), fetch_limit=limit, strangers=[other])
        if holds(api.received.decode("latin-1"), CLIENT_SECRET, REFRESH):
            ran.complaints.append("a secret of the client reached the API")
        return ran
