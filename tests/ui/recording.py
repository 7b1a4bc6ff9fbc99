"""Three recorded recoveries, and a driver that replays them: the wizard's tests need no network and no other room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tui401.model.case import Case, Known
from tui401.model.events import (
    Answered,
    Asked,
    CaseOpened,
    Changed,
    Ended,
    Event,
    Found,
    Judged,
    ProbeEnded,
    ProbeStarted,
    Sent,
    Spent,
)
from tui401.model.fix import Answer, Asks, Choice, Fix, FixKind, Question
from tui401.model.http import Header, Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import (
    AnswerSeen,
    ClockSeen,
    Content,
    CredentialSeen,
    CredentialsSeen,
    Evidence,
    HeaderShown,
    HopShown,
    IssuerMetadataSeen,
    KeysSeen,
    KnownSeen,
    Place,
    Redacted,
    RequestShown,
    ResponseShown,
    TokenShown,
    Verified,
    kind_of,
)
from tui401.model.verdict import Diagnosis, Next, Outcome, Ranked, Status, Step, StepStatus, Strength, Verdict
from tui401.model.words import Shape

T0 = 1_795_435_651.0
"""2026-11-23 12:07:31 UTC."""

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiJxN1p4OVd2MiJ9.CanarySignature0Zq7Xv9Kp2LmWt5f3a"
FRESH = "freshCanary4Tg8Nb1Yc6Hj3Rk5Dz9c1e"
CASE = "7f3a09c2"
STAGE, PROD = "https://api.stage.example.com", "https://api.example.com"
ISSUER = "https://login.example.com"
URL = Redacted(f"{PROD}/v1/orders")


def request(credential: str = "secret-1") -> RequestShown:
    return RequestShown(
        method="GET",
        url=URL,
        headers=(
            HeaderShown(name="Authorization", value=Redacted(f"Bearer ‹{credential}›")),
            HeaderShown(name="Accept", value=Redacted("application/json")),
        ),
    )


def found(content: Content, subject: str, *, at: float = T0, by: str = "send 1") -> Found:
    return Found(evidence=Evidence(kind=kind_of(content), subject=subject, content=content, at=at, by=by))


def credential(
    name: str = "secret-1", audience: str = STAGE, *, token: bool = True, attempt: int = 1, **changes: object
) -> Found:
    shown = TokenShown(
        shape=Shape.JWT,
        header={"alg": "RS256", "kid": "k7"},
        claims={
            "iss": ISSUER,
            "aud": audience,
            "sub": "svc-orders",
            "scope": "orders:read",
            "iat": T0 - 1133,
            "exp": T0 + 2467,
        },
        length=812,
        signature_bytes=256,
    )
    if not token:
        shown = TokenShown(shape=Shape.OPAQUE, length=40)
    fields: dict[str, object] = {
        "name": name,
        "hint": "5f3a" if name == "secret-1" else "9c1e",
        "place": Place.AUTHORIZATION,
        "place_name": "Authorization",
        "scheme": "Bearer",
        "family": "bearer",
        "masked": "Bearer ●●●●●●●●●●●●",
        "token": shown,
        "came_from": "variable ($TOKEN)",
        "origin": "variable",
    }
    seen = CredentialSeen(**{**fields, **changes})  # type: ignore[arg-type]
    return found(CredentialsSeen(credentials=(seen,)), f"attempt:{attempt}", by="reading the request")


def answer(
    label: str, status: int, *, varied: str = "", body: str = "", challenge: str = "", attempt: int = 1
) -> Found:
    headers = (HeaderShown(name="WWW-Authenticate", value=Redacted(challenge)),) if challenge else ()
    response = ResponseShown(status=status, headers=headers, body=Redacted(body), signature=f"{status}{body}")
    hop = HopShown(request=request(), response=response, started_at=T0, elapsed=0.2, credential_sent=True)
    return found(AnswerSeen(label=label, varied=varied, hops=(hop,)), f"attempt:{attempt}")


def sent(number: int, status: int | None, varied: str, *, label: str = "original", attempt: int = 1) -> Sent:
    return Sent(
        number=number,
        attempt=attempt,
        label=label,
        varied=varied,
        method="GET",
        status=status,
        at=T0 + number,
        elapsed=0.2,
    )


def steps(**states: tuple[Status, str] | tuple[Status, str, int, int]) -> tuple[StepStatus, ...]:
    made = []
    for step in Step:
        status, why, *counts = states.get(step.value, (Status.UNKNOWN, ""))
        checked, checks = counts or (0, 0)
        made.append(StepStatus(step=step, status=status, why=why, checked=checked, checks=checks))
    return tuple(made)


OPENED = CaseOpened(
    case=CASE,
    request=request(),
    known=KnownSeen(
        profile="prod", issuer=ISSUER, client_id="svc-orders", has_client_secret=True, source="profile prod"
    ),
    at=T0,
    hints={"secret-1": "5f3a"},
)
CLOCKS = (
    found(ClockSeen(who="ntp", source="time.example.net", offset=0.2, uncertainty=0.05, at=T0), "machine"),
    found(ClockSeen(who="api", source="api.example.com", offset=0.0, uncertainty=1.0, at=T0), "api:" + PROD),
    found(ClockSeen(who="issuer", source="login.example.com", offset=0.0, uncertainty=1.0, at=T0), "issuer:" + ISSUER),
)
METADATA = found(
    IssuerMetadataSeen(
        asked=ISSUER,
        named_by="profile prod",
        url=f"{ISSUER}/.well-known/openid-configuration",
        issuer=ISSUER,
        token_endpoint=f"{ISSUER}/oauth/token",
        jwks_uri=f"{ISSUER}/keys",
        confirmed=True,
        latency=0.084,
        status=200,
    ),
    f"issuer:{ISSUER}",
)
KEYS = found(
    KeysSeen(
        issuer=ISSUER,
        url=f"{ISSUER}/keys",
        kids=("k7", "k8"),
        signature=Verified.GOOD,
        credential="secret-1",
        trusted=True,
        latency=0.061,
    ),
    f"issuer:{ISSUER}",
)
MISMATCH = Verdict(
    cause="audience-mismatch",
    strength=Strength.CONFIRMED,
    because=(
        "The API's challenge names the audience, and the token has another.",
        "The same request with another audience answered 200, and this one 401 again.",
    ),
    expected=PROD,
    provided=STAGE,
    expected_by="the API's challenge and its metadata",
)
RULED_OUT = (
    Ranked(
        verdict=Verdict(cause="token-expired", strength=Strength.RULED_OUT, because=("It ends in 41 min.",)),
        step=Step.TOKEN,
    ),
    Ranked(
        verdict=Verdict(
            cause="token-signature-invalid", strength=Strength.RULED_OUT, because=("It verifies with the key k7.",)
        ),
        step=Step.TOKEN,
    ),
    Ranked(
        verdict=Verdict(
            cause="scope-insufficient",
            strength=Strength.RULED_OUT,
            because=("It has orders:read, and the API asks for orders:read.",),
        ),
        step=Step.AUDIENCE,
    ),
)
FOUND_STEPS = steps(
    token=(Status.PASSED, "Alive, signed by its issuer, and an access token.", 6, 6),
    header=(Status.PASSED, "The server reads it.", 5, 5),
    audience=(Status.FAILED, "The token is for another API.", 2, 2),
    clock=(Status.PASSED, "All clocks agree within 1 s.", 2, 2),
    permissions=(Status.SKIPPED, "401 speaks of who is calling; rights were not looked at."),
    server=(Status.UNKNOWN, "The issuer answers; nothing was asked about revocation.", 3, 5),
)
NEW_TOKEN = Fix(
    id="new-token",
    kind=FixKind.NEW_TOKEN,
    causes=("audience-mismatch",),
    title=f"Request another token for {PROD}",
    before=(Redacted(f"Authorization: Bearer ‹secret-1›    aud {STAGE}"),),
    after=(Redacted(f"Authorization: Bearer ●●●● (new)    aud {PROD}"),),
    sends=(
        f"client id svc-orders and its secret, to {ISSUER}/oauth/token only",
        f"GET {URL} once more",
    ),
    grant="client_credentials",
    audience=PROD,
)
PASTE = Fix(
    id="paste",
    kind=FixKind.PASTE,
    causes=("audience-mismatch",),
    title="Paste another credential; it is masked",
    sends=(f"GET {URL} once more",),
)
ADVICE = Fix(
    id="advice:clock-skew-client",
    kind=FixKind.ADVICE,
    causes=("clock-skew-client",),
    title="Set this machine's clock",
    commands=("sudo timedatectl set-ntp true",),
)
PROBE = Choice(
    key="probe:canonical",
    label="the same credential, written exactly right",
    detail="It tells whether the writing was at fault.",
)
AGAIN = Choice(key="again", label="Send it again as it is")
EDIT = Choice(key="edit", label="Change the request by hand")
STOP = Choice(key="stop", label="Stop here")
MORE = Choice(key="more", label="Send 5 more")
CHANGED = Choice(key="changed", label="Say what changed lately", detail="What fails since then often hangs on it.")


def fix_choice(fix: Fix) -> Choice:
    return Choice(key=f"fix:{fix.id}", label=fix.title, detail="; ".join(fix.sends), fix=fix)


NEXT = Question(
    asks=Asks.NEXT,
    title="What now?",
    choices=(fix_choice(NEW_TOKEN), fix_choice(PASTE), fix_choice(ADVICE), PROBE, AGAIN, EDIT, STOP),
)
CREDENTIAL = Question(
    asks=Asks.CREDENTIAL,
    title="Another credential",
    lines=(Redacted("It is masked, kept in memory, and sent to this request's address only."),),
    choices=(Choice(key="yes", label="Use it and send"), Choice(key="no", label="Back")),
    secret=True,
)
SEND = Question(
    asks=Asks.SEND,
    title="Send this request?",
    lines=(Redacted(f"GET {URL}"), Redacted("Authorization: Bearer ‹secret-1›")),
    choices=(
        Choice(key="yes", label="Send it", detail="once, to this address, with this credential"),
        Choice(key="no", label="Judge without sending"),
    ),
)

RUNNING: tuple[Event, ...] = (
    OPENED,
    credential(),
    Spent(api=0, issuer=0, budget=8),
    ProbeStarted(probe="clock", title="the clocks of a time server, the API and the issuer", at=T0 - 0.8, limit=3.0),
    ProbeStarted(probe="keys", title="the issuer's keys", at=T0 - 0.8, limit=5.0),
    answer(
        "original",
        401,
        body='{"error":"invalid_token"}',
        challenge='Bearer realm="api", error="invalid_token", error_description="audience"',
    ),
    sent(1, 401, "as sent"),
    Spent(api=1, issuer=1, budget=8),
    Judged(
        diagnosis=Diagnosis(
            attempt=1,
            outcome=Outcome.DIAGNOSED,
            root=Verdict(
                cause="audience-mismatch",
                strength=Strength.LIKELY,
                because=("The API's challenge speaks of the audience.",),
            ),
            steps=steps(header=(Status.PASSED, "The server reads it.", 5, 5)),
        )
    ),
)
SETTLED: tuple[Event, ...] = (
    *CLOCKS,
    ProbeEnded(probe="clock", at=T0),
    METADATA,
    KEYS,
    ProbeEnded(probe="keys", at=T0),
    answer("anonymous", 401, varied="without its credential", body='{"error":"missing"}'),
    sent(2, 401, "without its credential", label="anonymous"),
    Spent(api=2, issuer=2, budget=8),
    Judged(
        diagnosis=Diagnosis(
            attempt=1,
            outcome=Outcome.DIAGNOSED,
            root=MISMATCH,
            causes=(Ranked(verdict=MISMATCH, step=Step.AUDIENCE), *RULED_OUT),
            steps=FOUND_STEPS,
        )
    ),
)
MENDED: tuple[Event, ...] = (
    Changed(attempt=2, request=request("secret-2"), by=NEW_TOKEN.title, fix=NEW_TOKEN, hints={"secret-2": "9c1e"}),
    credential("secret-2", PROD, attempt=2),
    answer("original", 200, body='{"orders":[]}', attempt=2),
    sent(3, 200, "another audience", attempt=2),
    sent(4, 401, "as it was, once more", label="original-again"),
    Spent(api=4, issuer=3, budget=8),
)
UNDETERMINED: tuple[Event, ...] = (
    OPENED,
    credential(token=False),
    answer("original", 401, body="Unauthorized"),
    sent(1, 401, "as sent"),
    answer("anonymous", 401, varied="without its credential", body="Unauthorized"),
    sent(2, 401, "without its credential", label="anonymous"),
    Spent(api=2, issuer=0, budget=8),
    Judged(
        diagnosis=Diagnosis(
            attempt=1,
            outcome=Outcome.UNDETERMINED,
            root=Verdict(cause="token-unrecognised", strength=Strength.POSSIBLE),
            causes=tuple(
                Ranked(verdict=Verdict(cause=slug, strength=Strength.POSSIBLE, needs="fresh"), step=Step.TOKEN)
                for slug in ("token-unrecognised", "token-expired")
            ),
            steps=steps(
                token=(Status.UNKNOWN, "An opaque token tells nothing by itself.", 2, 4),
                header=(Status.PASSED, "Written as it should be.", 5, 5),
                clock=(Status.PASSED, "All clocks agree within 1 s.", 2, 2),
            ),
            next=Next(probe="fresh", why="a new token of the same kind shows whether this one is at fault"),
        )
    ),
)
NOT_REPRODUCED: tuple[Event, ...] = (
    OPENED,
    credential(),
    answer("original", 200, body='{"orders":[]}'),
    sent(1, 200, "as sent"),
    Spent(api=1, issuer=0, budget=8),
    Judged(diagnosis=Diagnosis(attempt=1, outcome=Outcome.SUCCEEDED, steps=steps())),
)

Tell = Sequence[Event]
Emit = Callable[[Event], None]
Ask = Callable[[Question], Awaitable[Answer]]


@dataclass
class Gate:
    """Holds a replay at a place until the test lets it go on."""

    open: asyncio.Event = field(default_factory=asyncio.Event)


Beat = Event | Gate | Question


@dataclass
class Replay:
    """Stands in for the recovery: emits what was recorded, asks what was asked, goes on by what was answered.

    Attributes:
        beats: What happens before "what now?", or before the end where nothing is asked.
        branches: What happens after each key; a missing one asks again.
        ends: How each branch ends; None goes back to the question.
        final: The outcome where nothing is asked at all.
    """

    beats: Sequence[Beat]
    question: Question | None = NEXT
    branches: Mapping[str, Sequence[Beat]] = field(default_factory=dict)
    ends: Mapping[str, Outcome] = field(default_factory=dict)
    final: Outcome = Outcome.DIAGNOSED
    answers: list[Answer] = field(default_factory=list)
    cancelled: bool = False

    async def __call__(self, case: Case, *, ask: Ask, emit: Emit) -> Outcome:  # noqa: ARG002 - the protocol's
        try:
            outcome = await self._run(ask, emit)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        emit(Ended(outcome=outcome, at=T0 + 38))
        return outcome

    async def _run(self, ask: Ask, emit: Emit) -> Outcome:
        await self._play(self.beats, ask, emit)
        while self.question is not None:
            key = (await self._ask(self.question, ask, emit)).key
            if key == "stop":
                return self.final
            await self._play(self.branches.get(key, ()), ask, emit)
            if key in self.ends:
                return self.ends[key]
        return self.final

    async def _play(self, beats: Sequence[Beat], ask: Ask, emit: Emit) -> None:
        for beat in beats:
            if isinstance(beat, Gate):
                await beat.open.wait()
            elif isinstance(beat, Question):
                await self._ask(beat, ask, emit)
            else:
                emit(beat)
                await asyncio.sleep(0)

    async def _ask(self, question: Question, ask: Ask, emit: Emit) -> Answer:
        emit(Asked(question=question))
        given = await ask(question)
        self.answers.append(given)
        emit(Answered(key=given.key))
        return given


def mismatch(*before: Beat) -> Replay:
    """The whole story: running, found, a fix, 200."""
    return Replay(
        beats=(*before, *RUNNING, *SETTLED),
        branches={f"fix:{NEW_TOKEN.id}": MENDED, f"fix:{PASTE.id}": (CREDENTIAL,), "edit": MENDED},
        ends={f"fix:{NEW_TOKEN.id}": Outcome.RECOVERED, "edit": Outcome.RECOVERED},
    )


def undetermined() -> Replay:
    """The server says one thing to all."""
    return Replay(
        beats=UNDETERMINED,
        question=Question(
            asks=Asks.NEXT,
            title="What now?",
            choices=(fix_choice(NEW_TOKEN), fix_choice(PASTE), PROBE, AGAIN, EDIT, CHANGED, STOP),
        ),
        final=Outcome.UNDETERMINED,
    )


def not_reproduced() -> Replay:
    """It answers 200 now."""
    question = Question(asks=Asks.NEXT, title="What next?", choices=(MORE, EDIT, CHANGED, STOP))
    return Replay(beats=NOT_REPRODUCED, question=question, final=Outcome.SUCCEEDED)


def case() -> Case:
    """A live case with a canary in it."""
    made = Case(
        id=CASE,
        request=Request(
            "GET",
            Origin("https", "api.example.com", 443),
            Secret("/v1/orders"),
            (Header("Authorization", Secret(f"Bearer {TOKEN}")),),
        ),
        known=Known(profile="prod"),
        opened_at=T0,
    )
    made.names.name(Secret(TOKEN))
    made.names.name(Secret(FRESH))
    return made
