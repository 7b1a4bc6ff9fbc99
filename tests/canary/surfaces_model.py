"""What the types themselves let out: redacted ones encoded, live ones printed, logged, refused, in a traceback."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import msgspec
from canary_case import Laden
from surfaces import surface

from tui401.model import events, saved, view
from tui401.model.names import Names, chips
from tui401.model.secret import Secret
from tui401.model.shown import AnswerSeen, Content, Evidence, kind_of
from tui401.ui.plain.lines import spoken
from tui401.ui.plain.telling import standing
from tui401.ui.session import Session
from tui401.ui.ticked import checklist_of
from tui401.wire import authorization, places, redact


def known(loaded: Laden) -> list[Secret[str]]:
    secrets = (loaded.case.known.client_secret, loaded.case.known.refresh_token)
    return [secret for secret in secrets if secret is not None]


def named(loaded: Laden) -> Names:
    names = Names()
    redact.request(loaded.request, names)
    for secret in known(loaded):
        names.name(secret)
    return names


def answers(loaded: Laden) -> list[AnswerSeen]:
    names = named(loaded)
    return [redact.answer(sent, names, label=label) for label, sent in loaded.exchanges.items()]


def saved_case(loaded: Laden) -> saved.SavedCase:
    names = named(loaded)
    contents: list[Content] = [*answers(loaded), redact.credentials(loaded.request, names), loaded.case.known.shown()]
    evidence = tuple(
        Evidence(kind=kind_of(one), subject="attempt:1", content=one, at=1.0, by="send") for one in contents
    )
    opened = events.CaseOpened(
        case=loaded.case.id,
        request=redact.request(loaded.request, names),
        known=loaded.case.known.shown(),
        at=1.0,
        hints=names.hints(),
    )
    happened: tuple[events.Event, ...] = (opened, *(events.Found(evidence=piece) for piece in evidence))
    return saved.SavedCase(case=loaded.case.id, attempt=1, evidence=evidence, events=happened)


@surface("redacted request")
def request_shown(loaded: Laden) -> bytes:
    return saved.encode(redact.request(loaded.request, Names()))


@surface("redacted request, as msgpack")
def request_msgpack(loaded: Laden) -> bytes:
    return msgspec.msgpack.encode(redact.request(loaded.request, Names()))


@surface("redacted answers")
def answers_shown(loaded: Laden) -> bytes:
    return b"\n".join(saved.encode(one) for one in answers(loaded))


@surface("answers before anything else was redacted")
def lonely_answers(loaded: Laden) -> bytes:
    out: list[bytes] = []
    for label, sent in loaded.exchanges.items():
        names = Names()
        for secret in known(loaded):
            names.name(secret)
        out.append(saved.encode(redact.answer(sent, names, label=label)))
    return b"\n".join(out)


@surface("redacted credentials")
def credentials_shown(loaded: Laden) -> bytes:
    return saved.encode(redact.credentials(loaded.request, Names()))


@surface("tokens taken apart")
def tokens_shown(loaded: Laden) -> bytes:
    tokens = [item.value.reveal() for item in places.locate(loaded.request)]
    return b"\n".join(saved.encode(redact.token(token)) for token in tokens if token.startswith("ey"))


@surface("claims with secrets among them")
def claims_shown(loaded: Laden) -> str:
    names = named(loaded)
    claims = {f"x{number} of it": item.secret for number, item in enumerate(loaded.canaries)}
    sent = {item.reveal(): 1 for item in names.known()}
    held = {f"x{number}": secret.reveal() for number, secret in enumerate(names.known())}
    shown = redact.claims(
        {"password": claims, "a": [{"refresh_token": sorted(claims.values())}], "b": held, "c": sent}, names
    )
    return json.dumps(shown, ensure_ascii=False)


@surface("any text with secrets in it")
def text_shown(loaded: Laden) -> str:
    names = named(loaded)
    lines = [f"it said {secret.reveal()} and went away" for secret in names.known()]
    return "\n".join(redact.text(line, names) for line in lines)


@surface("saved case")
def case_saved(loaded: Laden) -> bytes:
    return saved.encode(saved_case(loaded))


@surface("saved case, read back, as a view and on a screen")
def case_viewed(loaded: Laden) -> str:
    case = saved.decode_case(saved.encode(saved_case(loaded)))
    seen = view.CaseView()
    for event in case.events:
        seen = view.apply(seen, event)
    hints = dict.fromkeys(seen.hints, "")  # four characters are shown on purpose and are no run of eight
    return repr(seen) + chips(saved.encode(seen).decode(), hints)


@surface("the checklist of a case, and its plain lines")
def case_ticked(loaded: Laden) -> str:
    session = Session.replayed(saved_case(loaded).events)
    hints = dict.fromkeys(session.view.hints, "")
    text = checklist_of(session.view)
    assert "[ ] 6" in text
    said = [spoken(line, hints) for line in text.splitlines()]
    return "\n".join([text, *said, *standing(session, session.view.opened_at)])


def live(loaded: Laden) -> list[object]:
    request = loaded.request
    return [
        *(loaded.case, request, request.headers, request.transport, request.url, request.body, loaded.case.known),
        *(loaded.exchanges, places.locate(request), named(loaded), places.without_credentials(request)),
        *(authorization.take_apart(value.reveal()) for value in request.values("Authorization")),
        *(places.garbage(item) for item in places.locate(request)),
    ]


@surface("live types printed in every way")
def live_printed(loaded: Laden) -> str:
    things = live(loaded)
    as_dicts = [
        dataclasses.asdict(thing) for thing in things if dataclasses.is_dataclass(thing) and not isinstance(thing, type)
    ]
    printed = [*map(str, things), *map(repr, things), *(f"{thing!a} {thing!s:.9999}" for thing in things)]
    old_way = "%s %r" % (loaded.request, loaded.case)  # noqa: UP031 - a way of its own
    return "\n".join([*printed, repr(as_dicts), repr(copy.deepcopy(loaded.request)), old_way])


@surface("live types in the log")
def live_logged(loaded: Laden) -> str:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(message)s %(args)s"))
    log = logging.getLogger("tui401.canary")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    try:
        for thing in live(loaded):
            log.debug("%s and %r", thing, thing)
            log.error("failed with %s", (thing,), exc_info=ValueError(thing))
    finally:
        log.removeHandler(handler)
    return written.getvalue()


@surface("live types refused by encoders")
def live_refused(loaded: Laden) -> str:
    told: list[str] = []
    ways: list[Callable[[object], object]] = [saved.encode, msgspec.json.encode, json.dumps, pickle.dumps]  # type: ignore[list-item]
    for thing in (loaded.request, loaded.case, loaded.request.headers[0].value, loaded.request.body):
        for way in ways:
            try:
                told.append(repr(way(thing)))
            except (TypeError, pickle.PicklingError, msgspec.MsgspecError) as refusal:
                told.append("".join(traceback.format_exception(refusal)))
    return "\n".join(told)


@surface("traceback of a crash with live types in its frames")
def crash_traceback(loaded: Laden) -> str:
    def failing(request: object, headers: object, value: Secret[str]) -> None:
        url = loaded.request.url
        raise RuntimeError(f"broke at {url} with {headers} and {value}", request)

    try:
        failing(loaded.request, loaded.request.headers, loaded.request.target)
    except RuntimeError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return ""
