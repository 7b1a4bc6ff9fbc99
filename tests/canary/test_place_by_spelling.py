"""safety.md's list of places, line by line, against every spelling in which a server may give a secret back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from canary_case import header
from canary_search import Canary, Search
from placed import CAME, SENT
from spellings import EVERY

from tui401.model import saved
from tui401.model.http import Exchange, Hop, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire import redact

SECRET = "kQ7xV2mPq9LwZ3bT5hRdJ4sN"
AWKWARD = "kQ7x+2mP/9Lw=3bT-hRd_4s~"
"""Signs that encodings write otherwise."""
WORDY = "correcthorsebattery"
"""Nothing in it looks drawn by chance, so that only its place tells."""
_SEARCHES = {secret: Search([Canary("it", secret)]) for secret in (SECRET, AWKWARD, WORDY)}

ENDS_AT = ("path, ", "Referer: ", "Origin: ", "Cookie", "X-Original-URL", "Location: userinfo")
"""Places whose grammar ends at one of the awkward signs, or gives it a meaning."""
BY_LOOKS = (
    *("X-Unknown", "path, a node", "form, code", "JSON, a list"),
    *("token endpoint, code", "token endpoint, session_state", "a line of a log"),
)
"""Places whose name alone says too little: only what looks drawn by chance is a secret there."""


def fitting(place: str) -> Iterator[str]:
    """The secrets that the place can hold."""
    yield SECRET
    if not place.startswith((*ENDS_AT, "X-Unknown")):
        yield AWKWARD
    if not place.startswith(BY_LOOKS):
        yield WORDY


def answers(echo: str) -> list[Response]:
    """The echo in each kind of body, in a header's value and name, in a challenge."""
    one_line = " ".join(echo.split())
    bodies = {
        "application/json": json.dumps({"error": "invalid_token", "you": [echo]}, ensure_ascii=False),
        "application/problem+json": f'{{"title": "Unauthorized", "detail": "got {echo}',
        "text/html": f"<html><h1>401</h1><p title='{echo}'>Sorry, <b>{echo}</b></p>",
        "application/xml": f"<Error><Message>{echo}</Message></Error>",
        "text/plain": f"bad: {echo}, it says",
    }
    made = [
        Response(401, (header("Content-Type", kind),), Secret(body.encode("utf-8", "surrogatepass")))
        for kind, body in bodies.items()
    ]
    headers = (
        header("WWW-Authenticate", f'Bearer error="invalid_token", error_description="no {one_line} here"'),
        header("X-Echo", f"got {one_line}, sorry"),
        header(f"X-{one_line}", "a name"),
        header("Location", f"/login?reason={one_line}#top"),
        header("X-Request-Id", one_line),
    )
    return [*made, Response(401, headers, Secret(b""))]


KINDS_OF_ANSWERS = {spell: answers(spell(SECRET)) for spell in EVERY.values()}


def leaks_of(secret: str, *shown: object) -> list[object]:
    found: list[object] = []
    for one in shown:
        data = saved.encode(one)  # type: ignore[arg-type]
        found += [(leak, data) for leak in _SEARCHES[secret].leaks(data)]
    return found


def exchange(request: Request, answer: Response) -> Exchange:
    return Exchange((Hop(request, answer, 1.0, 0.1),))


@pytest.mark.parametrize("place", SENT)
def test_what_was_sent_there_is_covered_where_it_stands(place: str) -> None:
    for secret in fitting(place):
        request, names = SENT[place](secret), Names()
        shown = (redact.request(request, names), redact.credentials(request, names))
        assert leaks_of(secret, *shown) == []


@pytest.mark.parametrize("place", SENT)
def test_what_was_sent_there_is_covered_in_every_spelling_of_an_echo(place: str) -> None:
    request, nth = SENT[place](SECRET), list(SENT).index(place)
    for number, spell in enumerate(EVERY.values()):
        # Each spelling meets every kind of answer, a place one of them: what is searched for is the same in all.
        answer = KINDS_OF_ANSWERS[spell][(nth + number) % 6]
        shown = redact.answer(exchange(request, answer), Names(), label="original")
        assert leaks_of(SECRET, shown) == [], list(EVERY)[number]


@pytest.mark.parametrize("place", CAME)
def test_what_an_answer_holds_there_is_covered(place: str) -> None:
    request = SENT["X-Unknown"]("nothing")
    for secret in fitting(place):
        shown = redact.answer(exchange(request, CAME[place](secret)), Names(), label="original")
        assert leaks_of(secret, shown) == []


@pytest.mark.parametrize("place", CAME)
def test_what_an_answer_holds_there_is_covered_in_every_spelling_beside_it(place: str) -> None:
    request, came = SENT["X-Unknown"]("nothing"), CAME[place](SECRET)
    for spelling, spell in EVERY.items():
        echo = " ".join(spell(SECRET).split())
        more = Response(came.status, (*came.headers, header("X-Echo", f"got {echo}, sorry")), came.body)
        shown = redact.answer(exchange(request, more), Names(), label="original")
        assert leaks_of(SECRET, shown) == [], spelling


@pytest.mark.parametrize("spelling", EVERY)
def test_a_text_of_ours_covers_every_spelling_of_what_is_known(spelling: str) -> None:
    for secret in (SECRET, AWKWARD):
        names = Names()
        names.name(Secret(secret))
        text = redact.text(f"it failed with {EVERY[spelling](secret)} and went away", names)
        assert _SEARCHES[secret].leaks(text) == []


def test_the_table_is_as_wide_as_the_contract() -> None:
    assert len(SENT) >= 80
    assert len(CAME) >= 30
    assert len(EVERY) >= 50
