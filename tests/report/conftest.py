"""A case made by hand: a token for the stage API, refused by a server whose every word is hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tui401.model.cause import Cause, Level, Manual
from tui401.model.events import CaseOpened, Changed, Ended, Event, Found, Judged, Sent
from tui401.model.facts import Aspect, Contrast, Expected, Facts, Flip, Now, Said, WhoAnswered
from tui401.model.names import Names
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.model.shown import (
    AnswerSeen,
    ClockSeen,
    Content,
    CredentialSeen,
    CredentialsSeen,
    Evidence,
    GrantSeen,
    HeaderShown,
    HopShown,
    IntakeSeen,
    KeysSeen,
    KnownSeen,
    MachineSeen,
    Note,
    PersonSaid,
    Place,
    Redacted,
    RequestShown,
    ResponseShown,
    TokenShown,
    Verified,
    kind_of,
)
from tui401.model.verdict import Diagnosis, Next, Outcome, Ranked, Status, Step, StepStatus, Strength, Verdict
from tui401.model.view import CaseView, apply
from tui401.model.words import Challenge, Shape

AT = 1_795_435_651.0  # 2026-11-23 12:07:31 UTC
CANARY = "eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.c4n4ry-s1gn4tur3-9f3e7a21c5"
COOKIE = "c4n4ry-c00k1e-77f0e1d2"

HOSTILE = (
    "Token refused. [Click](https://evil.example/login) ![x](https://evil.example/p.png) <img src=x onerror=alert(1)>"
    " <https://evil.example> www.evil.example mail@evil.example @octocat #1 GH-7 :skull: `code` ``two`` **bold** _it_"
    " | cell | \n# heading\n- item\n1. one\n```\nfence\n```\r\n===\n---\n"
    "&lt;b&gt; \\[x\\] $x$ ~~gone~~ \x1b[31mred\x1b[0m"
    " \u202egnirts\u202c zero\u200bwidth \x9b2J \x07 deadbeef01 javascript:alert(1) [a]: https://evil.example"
)
AUTHORIZATION = Redacted("Bearer ‹secret-1›")


def request() -> RequestShown:
    return RequestShown(
        method="GET",
        url=Redacted("https://api.example.com/v1/orders?limit=5&note=a|b"),
        headers=(
            HeaderShown(name="Host", value=Redacted("api.example.com")),
            HeaderShown(name="Authorization", value=AUTHORIZATION),
            HeaderShown(name="Accept", value=Redacted("application/json")),
            HeaderShown(name="Cookie", value=Redacted("sid=‹secret-2›; theme=it's`dark`$HOME!")),
        ),
    )


def refusal() -> ResponseShown:
    return ResponseShown(
        status=401,
        headers=(
            HeaderShown(name="Date", value=Redacted("Mon, 23 Nov 2026 12:07:30 GMT")),
            HeaderShown(name="Content-Type", value=Redacted("application/json")),
            HeaderShown(
                name="WWW-Authenticate",
                value=Redacted(f'Bearer realm="<b>`x`</b>", error="invalid_token", error_description="{HOSTILE[:80]}"'),
            ),
            HeaderShown(name="X-Request-Id", value=Redacted("6f1c9a2e-77b1-4f5e-9f0a-2b1d3c4e5f60")),
            HeaderShown(name="traceparent", value=Redacted("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
        ),
        body=Redacted(HOSTILE),
        media_type="application/json",
        signature="5f3a",
    )


def hop(response: ResponseShown | None, at: float) -> HopShown:
    return HopShown(request=request(), response=response, started_at=at, elapsed=0.2, credential_sent=True)


def token() -> TokenShown:
    return TokenShown(
        shape=Shape.JWT,
        header={"alg": "RS256", "kid": "k7", "typ": "at+jwt"},
        claims={
            "iss": "https://login.example.com",
            "aud": "https://api.stage.example.com",
            "sub": "svc-orders",
            "client_id": "svc-orders",
            "scope": "orders:read <script>alert(1)</script>",
            "jti": "0f3b-aa",
            "iat": AT - 1_140,
            "exp": AT + 2_460,
        },
        length=800,
        signature_bytes=256,
    )


def credential() -> CredentialSeen:
    return CredentialSeen(
        name="secret-1",
        place=Place.AUTHORIZATION,
        place_name="Authorization",
        hint="21c5",
        scheme="Bearer",
        family="bearer",
        masked="Bearer " + "●" * 20,
        token=token(),
        came_from="variable ($TOKEN)",
        origin="variable",
    )


def cookie() -> CredentialSeen:
    return CredentialSeen(
        name="secret-2",
        place=Place.COOKIE,
        place_name="sid",
        family="cookie",
        came_from="command (-b)",
        origin="command",
    )


def contents() -> tuple[tuple[str, Content, float], ...]:
    accepted = ResponseShown(status=200, headers=(HeaderShown(name="X-Request-Id", value=Redacted("aa-200")),))
    return (
        (
            "case",
            IntakeSeen(notes=(Note(name="smart-quotes", says=Redacted("“Quotes” were typed as ‘smart’ ones")),)),
            AT - 2,
        ),
        (
            "case",
            KnownSeen(
                profile="prod", issuer="https://login.example.com", client_id="svc-orders", source="profile prod"
            ),
            AT - 2,
        ),
        ("attempt:1", CredentialsSeen(credentials=(credential(), cookie())), AT - 1),
        ("attempt:1", AnswerSeen(label="original", hops=(hop(refusal(), AT),)), AT),
        (
            "attempt:1",
            AnswerSeen(label="anonymous", varied="without any credential", hops=(hop(refusal(), AT + 2),)),
            AT + 2,
        ),
        (
            "attempt:1",
            AnswerSeen(label="audience", varied="a token for https://api.example.com", hops=(hop(accepted, AT + 8),)),
            AT + 8,
        ),
        (
            "attempt:1",
            AnswerSeen(label="original-again", varied="as sent first", hops=(hop(refusal(), AT + 9),)),
            AT + 9,
        ),
        ("machine", ClockSeen(who="ntp", source="time.example.net", offset=0.2, uncertainty=0.05, at=AT), AT),
        (
            "api:https://api.example.com",
            ClockSeen(who="api", source="Date", offset=-0.6, uncertainty=1.1, at=AT),
            AT,
        ),
        (
            "issuer:https://login.example.com",
            ClockSeen(who="issuer", source="Date", problem=f"no answer: {HOSTILE[:60]}|x"),
            AT,
        ),
        ("machine", MachineSeen(synchronised=True, service="chrony", timezone="Europe/London"), AT),
        (
            "issuer:https://login.example.com",
            KeysSeen(
                issuer="https://login.example.com",
                url="https://login.example.com/jwks",
                kids=("k7",),
                signature=Verified.GOOD,
                credential="secret-1",
                trusted=True,
            ),
            AT + 1,
        ),
        (
            "issuer:https://login.example.com",
            GrantSeen(
                grant="client_credentials",
                endpoint="https://login.example.com/token",
                ok=True,
                audience="https://api.example.com",
                granted_scopes=("orders:read",),
                credential="secret-3",
            ),
            AT + 7,
        ),
        (
            "case",
            PersonSaid(question="what changed lately?", answer=Redacted("ops rotated the client secret <b>today</b>")),
            AT + 5,
        ),
    )


def evidence() -> tuple[Evidence, ...]:
    return tuple(
        Evidence(kind=kind_of(content), subject=subject, content=content, at=at, by="by hand")
        for subject, content, at in contents()
    )


def verdicts() -> tuple[Ranked, ...]:
    mismatch = Verdict(
        cause="audience-mismatch",
        strength=Strength.CONFIRMED,
        because=("a token for https://api.example.com is accepted, and this one is refused again straight after",),
        cites=("token.aud",),
        expected="https://api.example.com",
        provided="https://api.stage.example.com",
        expected_by="the API's metadata",
        near_miss="only the host differs",
    )
    symptom = Verdict(
        cause="token-unrecognised", strength=Strength.LIKELY, because=(f"the API says “{HOSTILE[:140]}”",)
    )
    expired = Verdict(
        cause="token-expired", strength=Strength.RULED_OUT, because=("it is valid for another 41 min by network time",)
    )
    basic = Verdict(
        cause="basic-credentials-invalid",
        strength=Strength.RULED_OUT,
        because=("the request is not Basic",),
        applies=False,
    )
    revoked = Verdict(
        cause="token-revoked", strength=Strength.UNKNOWN, because=("nobody was asked",), needs="introspection"
    )
    return (
        Ranked(verdict=mismatch, step=Step.AUDIENCE),
        Ranked(verdict=symptom, step=Step.TOKEN, explained_by="audience-mismatch"),
        Ranked(verdict=revoked, step=Step.TOKEN),
        Ranked(verdict=expired, step=Step.TOKEN),
        Ranked(verdict=basic, step=Step.HEADER),
    )


def steps() -> tuple[StepStatus, ...]:
    status = {Step.AUDIENCE: Status.FAILED, Step.SERVER: Status.UNKNOWN, Step.PERMISSIONS: Status.SKIPPED}
    return tuple(
        StepStatus(
            step=step, status=status.get(step, Status.PASSED), why=f"3 of 5 checked | {step.value}", checked=3, checks=5
        )
        for step in Step
    )


def diagnosis() -> Diagnosis:
    ranked = verdicts()
    following = Next(probe="introspection", why="tells whether the token was revoked")
    return Diagnosis(
        attempt=1, outcome=Outcome.DIAGNOSED, root=ranked[0].verdict, causes=ranked, steps=steps(), next=following
    )


def facts() -> Facts:
    pieces = [content for _, content, _ in contents()]
    answers = tuple(c for c in pieces if isinstance(c, AnswerSeen))
    return Facts(
        attempt=1,
        now=Now(at=AT, uncertainty=0.05, source="ntp"),
        local_now=AT,
        clocks=tuple(c for c in pieces if isinstance(c, ClockSeen)),
        machine=next(c for c in pieces if isinstance(c, MachineSeen)),
        request=request(),
        answer=answers[0],
        response=refusal(),
        refused=True,
        challenges=(Challenge("Bearer", None, (("error", "invalid_token"),)),),
        credentials=(credential(), cookie()),
        credential=credential(),
        token=token(),
        said=(
            Said(
                cause="audience-mismatch",
                strength=Strength.LIKELY,
                quote=HOSTILE,
                where="body",
                dialect="generic",
            ),
        ),
        expected=(
            Expected(
                aspect=Aspect.AUDIENCE,
                values=("https://api.example.com",),
                by="the API's metadata",
                source="metadata",
                strength=Strength.LIKELY,
            ),
            Expected(
                aspect=Aspect.SCOPE,
                values=("orders:read",),
                by="the API's challenge",
                source="challenge",
                strength=Strength.CONFIRMED,
            ),
        ),
        who=WhoAnswered(kind="gateway", name="Kong", reasons=("the header via names it",)),
        contrast=Contrast.READ_AND_REFUSED,
        answers=answers,
        flips=(Flip(label="audience", varied="a token for https://api.example.com", proved=True),),
        keys=tuple(c for c in pieces if isinstance(c, KeysSeen)),
        known=next(c for c in pieces if isinstance(c, KnownSeen)),
        grants=tuple(c for c in pieces if isinstance(c, GrantSeen)),
        notes=next(c for c in pieces if isinstance(c, IntakeSeen)).notes,
    )


def sent(number: int, label: str, varied: str, status: int, *, at: float, attempt: int = 1) -> Sent:
    return Sent(
        number=number, attempt=attempt, label=label, varied=varied, method="GET", status=status, at=at, elapsed=0.21
    )


def events(names: Names) -> tuple[Event, ...]:
    return (
        CaseOpened(
            case="7f3a0000",
            request=request(),
            known=KnownSeen(profile="prod", issuer="https://login.example.com", client_id="svc-orders"),
            at=AT - 2,
            hints=names.hints(),
        ),
        *(Found(evidence=piece) for piece in evidence()),
        sent(1, "original", "as sent", 401, at=AT),
        sent(2, "anonymous", "without any credential", 401, at=AT + 2),
        sent(3, "audience", "a token for https://api.example.com", 200, at=AT + 8),
        sent(4, "original-again", "as sent first", 401, at=AT + 9),
        Judged(diagnosis=diagnosis()),
    )


@dataclass(frozen=True)
class Made:
    """The case in every form that a test may want."""

    saved: SavedCase
    view: CaseView
    facts: Facts
    diagnosis: Diagnosis
    causes: Mapping[str, Cause]


def cause(slug: str, step: Step, title: str, fix: str) -> Cause:
    return Cause(
        slug=slug,
        step=step,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title=title,
        fix=fix,
        manual=Manual(what="", why="", settle="", mend=""),
    )


CAUSES = (
    cause(
        "audience-mismatch", Step.AUDIENCE, "The token is meant for another API", "Request a token for this audience"
    ),
    cause("token-unrecognised", Step.TOKEN, "The server does not recognise the token", "Use a token of this issuer"),
    cause("token-expired", Step.TOKEN, "The access token has expired", "Refresh, or sign in again"),
    cause("token-revoked", Step.TOKEN, "The token was revoked", "Sign in again"),
)


def viewed(said: tuple[Event, ...]) -> CaseView:
    view = CaseView()
    for event in said:
        view = apply(view, event)
    return view


@pytest.fixture
def made() -> Made:
    """The case, refused and diagnosed."""
    names = Names()
    for secret in (CANARY, COOKIE):
        names.name(Secret(secret))
    said = events(names)
    saved = SavedCase(case="7f3a0000", attempt=1, evidence=evidence(), events=said)
    return Made(saved, viewed(said), facts(), diagnosis(), {c.slug: c for c in CAUSES})


@pytest.fixture
def recovered(made: Made) -> Made:
    """The same, mended by a new token."""
    said = (
        *made.saved.events,
        Changed(attempt=2, request=request(), by="Request a token for https://api.example.com"),
        sent(5, "original", "Request a token for https://api.example.com", 200, at=AT + 20, attempt=2),
        Ended(outcome=Outcome.RECOVERED, at=AT + 38),
    )
    return Made(made.saved, viewed(said), made.facts, made.diagnosis, made.causes)
