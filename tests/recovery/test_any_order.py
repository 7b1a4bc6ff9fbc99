"""The recovery as a state machine: answers, edits, sends, cancels and whatever servers say, in any order.

No server and no clock: the test itself answers each request that the loop waits for, whenever it likes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.recovery.watching import STRANGER, Watch
from tui401.causes import all_causes
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question, TokenWish
from tui401.model.http import Exchange, Failure, FailureKind, From, Header, Hop, Origin, Provenance, Request, Response
from tui401.model.names import Names
from tui401.model.saved import decode_event, encode
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.probes.experiments import EXPERIMENTS
from tui401.probes.tokens import TOKEN_EXPERIMENTS
from tui401.recovery import recover
from tui401.recovery.rotation import Rotation
from tui401.recovery.tools import Tools

ISSUER = "https://login.example.com"
TOKEN = "token-7c1f9e4ab2d85063aa17"
CLIENT_SECRET = "client-secret-5d1e77aa09c4b382"
REFRESH = "refresh-77aa10c4e2b95d3841"
ISSUERS_OWN = Request("GET", Origin("https", "login.example.com", 443), Secret("/"))
HEADERS = {
    "plain": ("WWW-Authenticate", "Bearer"),
    "invalid": ("WWW-Authenticate", 'Bearer error="invalid_token"'),
    "scope": ("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="orders:read"'),
    "basic": ("WWW-Authenticate", 'Basic realm="x"'),
    "wait": ("Retry-After", "30"),
    "echo": ("X-Echo", f"Bearer {TOKEN}"),
}


@dataclass
class Waits:
    """Something that the loop waits for."""

    about: Any
    future: asyncio.Future[Any]


@dataclass
class Gave:
    seen: GrantSeen
    access_token: Secret[str] | None = None
    refresh_token: Secret[str] | None = None
    earlier: tuple[GrantSeen, ...] = ()


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sends: list[Waits] = []
        self.grants: list[Waits] = []
        self.asked: list[Waits] = []
        self.events: list[Event] = []
        self.view = CaseView()
        self.secrets = [TOKEN, CLIENT_SECRET, REFRESH]
        self.kept: list[str] = []
        self.now = 1_795_435_651.0
        self.fetched = 0
        self.runs = 0
        self.cancelled = False
        self.task: asyncio.Task[Outcome] | None = None
        intake = from_argv(
            ["-q", "https://api.example.com/v1/orders", "-H", f"Authorization: Bearer {TOKEN}"],
            env={},
            home="/",
            cwd="/",
        )
        self.case = Case(
            id="7f3a0005",
            request=intake.request,
            known=Known(
                issuer=ISSUER,
                client_id="svc",
                client_secret=Secret(CLIENT_SECRET),
                refresh_token=Secret(REFRESH),
                scopes=("orders:read", "orders:write"),
            ),
            intake=intake.shown(),
            options=Options(send_consented=True),
            names=Names(),
        )

    @initialize(consented=st.booleans())
    def a_command_is_given(self, consented: bool) -> None:  # noqa: FBT001 - drawn
        """Typed before curl, which is consent to one send, or brought by a file, which is none."""
        self.case.options = replace(self.case.options, send_consented=consented)
        self._begin()

    # -- what the loop works with ------------------------------------------------------------------------------------

    async def send(self, request: Request, *, may_cross: Callable[..., bool]) -> Exchange:
        self.watch.sends(request, may_cross)
        came: Exchange = await self._wait(self.sends, request)
        return came

    async def grant(self, client: Any, metadata: Any, known: Known, **asked: Any) -> Gave:  # noqa: ARG002 - a grant's
        self.fetched += 1
        gave: Gave = await self._wait(self.grants, (known, asked))
        return gave

    async def ask(self, question: Question) -> Answer:
        answer: Answer = await self._wait(self.asked, question)
        self.watch.answered(question, answer)
        return answer

    async def keep(self, secret: Secret[str]) -> str:
        self.kept.append(secret.reveal())
        return ""

    async def _wait(self, where: list[Waits], about: Any) -> Any:
        waits = Waits(about, self.loop.create_future())
        where.append(waits)
        try:
            return await waits.future
        finally:
            where.remove(waits)

    def emit(self, event: Event) -> None:
        assert decode_event(encode(event)) == event
        self.watch.event(event)
        self.events.append(event)
        before = encode(self.view)
        view = apply(self.view, event)
        assert encode(self.view) == before, "a view was changed in place"
        self.view = view

    def _begin(self) -> None:
        self.runs += 1
        options = self.case.options
        self.watch = Watch(self.case.request, self.secrets, consented=options.send_consented, budget=options.api_budget)
        self.events, self.view = [], CaseView()
        tools = Tools(
            client=self,  # type: ignore[arg-type] # it sends
            experiments=(*EXPERIMENTS, *TOKEN_EXPERIMENTS),
            gatherers=(),
            grants={"client_credentials": self.grant, "refresh_token": self.grant},  # type: ignore[dict-item]
            causes=all_causes(),
            rotation=Rotation(keep=self.keep),
            now=lambda: self.now,
        )
        metadata = IssuerMetadataSeen(
            asked=ISSUER,
            issuer=ISSUER,
            token_endpoint=f"{ISSUER}/token",
            confirmed=True,
            scopes=("orders:read", "admin"),
        )
        self.cancelled = False
        self.task = self.loop.create_task(
            recover(self.case, ask=self.ask, emit=self.emit, tools=with_metadata(tools, metadata))
        )
        self._settle()

    def _settle(self) -> None:
        """Lets the loop run until it waits for one of us."""

        async def some() -> None:
            for _turn in range(60):
                await asyncio.sleep(0)

        self.loop.run_until_complete(some())
        task = self.task
        if task is not None and task.done() and not task.cancelled():
            error = task.exception()
            if error is not None:
                raise error

    def _give(self, where: list[Waits], value: Any) -> None:
        self.now += 0.25
        where[0].future.set_result(value)
        self._settle()

    # -- what can happen ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.sends)
    @rule(
        status=st.sampled_from([200, 200, 204, 302, 400, 401, 401, 401, 403, 404, 407, 429, 500, 503, None]),
        names=st.sets(st.sampled_from(sorted(HEADERS)), max_size=2),
        body=st.sampled_from(["", "{}", '{"error":"invalid_token"}', f'{{"seen":"{TOKEN}"}}', "\x1b[31m<b>no</b>"]),
    )
    def a_server_answers(self, status: int | None, names: set[str], body: str) -> None:
        request = self.sends[0].about
        if status is None:
            self._give(self.sends, Exchange((), Failure(FailureKind.TIMEOUT, "No answer within 30 s.")))
            return
        headers = tuple(Header(HEADERS[n][0], Secret(HEADERS[n][1])) for n in sorted(names))
        answer = Response(status, headers, Secret(body.encode()))
        self._give(self.sends, Exchange((Hop(request, answer, self.now, 0.1),)))

    @precondition(lambda self: self.grants)
    @rule(
        error=st.sampled_from(["", "", "", "invalid_scope", "invalid_grant", "invalid_client", "none"]),
        rotates=st.booleans(),
        narrows=st.booleans(),
    )
    def an_issuer_answers(self, error: str, rotates: bool, narrows: bool) -> None:  # noqa: FBT001 - drawn
        _, asked = self.grants[0].about
        base = GrantSeen(
            grant="client_credentials", endpoint=f"{ISSUER}/token", ok=not error, asked_scopes=asked["scopes"]
        )
        if error:
            status = None if error == "none" else 401 if error == "invalid_client" else 400
            seen = base.__class__(**{**fields_of(base), "error": error.replace("none", ""), "status": status})
            self._give(self.grants, Gave(seen))
            return
        number = len(self.secrets)
        token, successor = f"access-{number:04}-9c1f7e4ab2d8", f"refresh-{number:04}-5063aa17c4e2"
        self.secrets += [token, successor]
        self.watch.made(token, self.case.request)
        self.watch.made(successor, ISSUERS_OWN)
        asked["names"].name(Secret(token))
        asked["names"].name(Secret(successor))
        scopes = asked["scopes"][:1] if narrows else asked["scopes"]
        seen = base.__class__(
            **{
                **fields_of(base),
                "status": 200,
                "granted_scopes": scopes,
                "credential": asked["names"].name(Secret(token)),
            }
        )
        self._give(self.grants, Gave(seen, Secret(token), Secret(successor) if rotates else None))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def the_person_chooses(self, data: st.DataObject) -> None:
        question: Question = self.asked[0].about
        key = data.draw(st.sampled_from([choice.key for choice in question.choices] or ["yes"]))
        secret = Secret(self._pasted()) if question.secret or key == "paste" else None
        self._give(self.asked, Answer(key, secret=secret))

    def _pasted(self) -> str:
        self.secrets.append(f"pasted-{len(self.secrets):04}-b2d85063aa17c4e2")
        self.watch.made(self.secrets[-1], self.case.request)
        return self.secrets[-1]

    @precondition(lambda self: self.asked and self.asked[0].about.asks is Asks.NEXT)
    @rule(
        method=st.sampled_from(["GET", "GET", "POST", "DELETE"]),
        name=st.sampled_from(["X-Trace", "Authorization", "Accept", "-Authorization"]),
        elsewhere=st.sampled_from([False, False, False, True]),
        wish=st.one_of(
            st.none(),
            st.builds(
                TokenWish,
                grant=st.sampled_from(["", "client_credentials", "refresh_token", "device_code"]),
                audience=st.sampled_from(["", "https://api.example.com"]),
                scopes=st.sampled_from([(), ("orders:read",), ("a", "b", "c")]),
            ),
        ),
    )
    def the_person_edits(self, method: str, name: str, elsewhere: bool, wish: TokenWish | None) -> None:  # noqa: FBT001 - drawn
        value = f"Bearer {self._pasted()}" if name == "Authorization" else "by hand"
        old = self.case.request
        origin = STRANGER if elsewhere else old.origin
        edited = Request(method, origin, old.target, old.headers, None, old.transport)
        if name.startswith("-"):
            edited = edited.without(name[1:])
        else:
            edited = edited.with_header(name, Secret(value), Provenance(From.EDIT, "by hand"))
        self._give(self.asked, Answer("edit" if wish is None else "token", request=edited, wish=wish))

    @precondition(lambda self: self.asked and self.asked[0].about.asks is Asks.NEXT)
    @rule(key=st.sampled_from(["least", "again", "more", "fix:none-of-these", "probe:none", "nonsense", "fix:paste"]))
    def the_person_wants_what_may_not_be_offered(self, key: str) -> None:
        self._give(self.asked, Answer(key))

    @precondition(lambda self: self.task is not None and not self.task.done())
    @rule(really=st.integers(0, 4))
    def the_person_leaves(self, really: int) -> None:
        assert self.task is not None
        if really:
            return
        self.task.cancel()
        self.loop.run_until_complete(asyncio.wait({self.task}, timeout=5))
        assert self.task.cancelled()
        self.cancelled = True

    @precondition(lambda self: self.task is not None and self.task.done())
    @rule()
    def the_same_case_begins_anew(self) -> None:
        self._begin()

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def the_events_replay_to_the_same_view(self) -> None:
        view = CaseView()
        for event in self.events:
            view = apply(view, event)
        assert view == self.view

    @invariant()
    def no_secret_stands_in_what_was_emitted(self) -> None:
        text = encode(self.view).decode()
        assert not [secret for secret in self.secrets if secret in text]

    @invariant()
    def sends_and_attempts_are_numbered_without_gaps(self) -> None:
        assert [sent.number for sent in self.view.sends] == list(range(1, len(self.view.sends) + 1))
        assert len(self.view.requests) == self.view.attempt
        assert {sent.attempt for sent in self.view.sends} <= set(range(self.view.attempt + 1))

    @invariant()
    def nothing_runs_and_nothing_waits_once_it_has_ended(self) -> None:
        assert self.task is not None
        if not self.task.done():
            assert self.sends or self.grants or self.asked, "it waits for nobody"
            return
        assert not self.sends
        assert not self.grants
        assert not self.asked
        assert not self.view.running
        assert (self.view.outcome is None) == self.cancelled
        assert self.cancelled or self.task.result() in set(Outcome)
        if not self.cancelled:
            assert self.view.question is None

    @invariant()
    def the_refresh_token_at_hand_is_the_last_that_was_kept(self) -> None:
        held = self.case.known.refresh_token
        assert held is not None
        assert held.reveal() == (self.kept[-1] if self.kept else REFRESH)

    @invariant()
    def a_client_secret_never_goes_to_the_api(self) -> None:
        for waits in self.sends:
            request: Request = waits.about
            assert CLIENT_SECRET not in "".join(header.value.reveal() for header in request.headers)

    def teardown(self) -> None:
        if self.task is not None and not self.task.done():
            self.task.cancel()
            self.loop.run_until_complete(asyncio.wait({self.task}, timeout=5))
        self.loop.close()


def fields_of(seen: GrantSeen) -> dict[str, Any]:
    return {name: getattr(seen, name) for name in seen.__struct_fields__}


def with_metadata(tools: Tools, metadata: IssuerMetadataSeen) -> Tools:
    """The tools with a gatherer that knows the issuer at once."""
    from tui401.model.probe import ProbeSpec, Touches
    from tui401.model.shown import Evidence

    class Knows:
        spec = ProbeSpec(name="discovery", title="the metadata", why="tells", touches=Touches.ISSUER)

        async def run(self, case: Case, facts: Any) -> tuple[Evidence, ...]:  # noqa: ARG002 - a gatherer's
            await asyncio.sleep(0)
            subject = f"issuer:{ISSUER}"
            return (Evidence(kind="metadata/issuer", subject=subject, content=metadata, at=0.0, by="discovery"),)

    return replace(tools, gatherers=(Knows(),))


AnyOrder.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = AnyOrder.TestCase
