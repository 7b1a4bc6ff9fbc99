"""Reads a refusal that no dialect reads: what each sentence speaks of, and what it says of that. Pure.

Wordings are without number, and what they are made of is not: a thing (a token, a key, an address) and its state
(missing, expired, not allowed). Both are looked for by ``tui401.dialects.vocabulary``; each state goes with the nearest
thing, and the pair is read beside what the request carried. It reads only where everything else reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui401.dialects import vocabulary
from tui401.judge import meanings, texts
from tui401.model.verdict import Strength

MAX_LINES: Final = 60
_MOST: Final = 12
"""Things and states of a sentence that are looked at; one of more is a list."""
MAX_READ: Final = 6_000
"""Characters of a text; a refusal says why at its beginning."""
MAX_LINE: Final = 400  # characters; longer ones are pages and stack traces
_BEFORE: Final = 24
"""Characters between a state and the thing behind it ("invalid or unknown API key")."""
_AFTER: Final = 48
"""Characters between a thing and the state behind it ("the key that was sent is not valid")."""

_FIELD: Final = re.compile(r"^((?:[\w.@$-]|\[\d+\]|\[[\w-]+\]){1,80}): ")
_BESIDE: Final = re.compile(
    r"(?i)(?:^|[._])(?:request_?id|trace_?id|correlation_?id|id|path|uri|url|instance|timestamp|time|date|host|method|link"
    r"|href|documentation_?url|doc_?url|doc|docs|help|help_?url|more_?info|info_?url|version|stack|trace|example|sample"
    r"|user_?agent|request|params?|headers?|style|script|realm|scheme|scopes?|charset|resource(?:_metadata)?"
    r"|authorization_uri|algorithm|qop|opaque|nonce|origin|caller|arn|service)(?:\[\d+\])?$"
)
"""Fields that tell of the request or of where to read on, and not of the refusal."""
_SENTENCE: Final = re.compile(
    r"[.;!?](?:\s|$)|[。！？；，]|\s[-–|]\s|, (?=so |make sure|check|ensure|contact)|,? (?=please )|\n"
)
_NOISE: Final = re.compile(r"[^a-z0-9' ,/]+")
_SPACES: Final = re.compile(r" {2,}")
_URL: Final = re.compile(r"https?://\S+|\S+@\S+|‹[^›]*›")
_FAULT: Final = re.compile(r"(?:[\w-]{1,20}:)?(?:client|server|sender|receiver)\.(?=\w)")
"""How codes of SOAP faults begin: who is at fault, of the two."""
_NOT: Final = re.compile(r"n['’]t\b")
_CANNOT: Final = re.compile(r"\bcannot\b")
_TAKES: Final = re.compile(
    r"(?:do(?:es)?|did) not (?:have|contain|include|possess|recogni|know|find|accept|verif|validat|identif)"
    r"|lack(?:s|ing)?$|requires?$|needs?$|must |should |without$|no$|expects?$|provide$|supply$"
    r"|can ?not be (?:auth|verif|valid)"
    r"|(?:unable|failed|could not|can ?not) "
)
"""States that are verbs with an object: what they are said of stands behind them."""
_OR: Final = re.compile(r"\bor\b|/|, ")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a sentence means: a cause, how surely, whether it goes with many causes, and where its line stands."""

    cause: str
    strength: Strength
    vague: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    start: int
    end: int


def read(text: str, marks: frozenset[str], *, status: int) -> tuple[Meant, ...]:
    """What the sentences of a text mean, the best of each cause; () where none is read.

    Args:
        text: As ``tui401.judge.texts`` writes it.
        marks: What is known of the request, see ``tui401.dialects.schema.MARKS``.
        status: The answer's status.
    """
    best: dict[str, Meant] = {}
    for line, start, end in _lines(text):
        for sentence in _SENTENCE.split(line):
            for cause, strength, vague in _sentence(_simple(sentence), marks, status):
                held = best.get(cause)
                if held is None or strength > held.strength:
                    best[cause] = Meant(cause, strength, vague, start, end)
    return tuple(best.values())


def _lines(text: str) -> Iterator[tuple[str, int, int]]:
    """The lines that may say why, without their field's name, each with its place in the text."""
    at = read = 0
    for number, line in enumerate(text.split("\n")):
        start, at = at, at + len(line) + 1
        if number >= MAX_LINES or read >= MAX_READ:
            return
        if len(line) > MAX_LINE:
            continue
        field = _FIELD.match(line)
        if field is not None and _BESIDE.search(field[1]):
            continue
        read += len(line)
        said = line[field.end() :] if field is not None else line
        opens = said.find(texts.OPENS)
        yield (said[:opens] if opens >= 0 else said), start + len(line) - len(said), start + len(line)


def _simple(sentence: str) -> str:
    """A sentence in the form that the vocabulary reads."""
    lower = _FAULT.sub("", _URL.sub(" ", sentence.lower()))
    words = vocabulary.load()
    if not lower.isascii() or words.states.pattern.search(lower) is None:
        lower = words.translated(lower)[: 2 * MAX_LINE]
    plain = _CANNOT.sub("can not", _NOT.sub(" not", lower))
    return _SPACES.sub(" ", _NOISE.sub(" ", plain.replace("ca not", "can not").replace("wo not", "will not"))).strip()


def _sentence(sentence: str, marks: frozenset[str], status: int) -> Iterator[tuple[str, Strength, bool]]:
    words = vocabulary.load()
    states = [_Found(*found) for found in words.states.find(sentence)[:_MOST]]
    if not states:
        return
    things = [_Found(*found) for found in words.things.find(sentence)[:_MOST]]
    read = []
    for state in states:
        thing = _nearest(state, things, takes=_TAKES.match(sentence, state.start, state.end) is not None)
        adrift = thing is not None and sentence.startswith("error", state.start) and state.start - thing.end != 1
        if thing is not None and not adrift:  # "error" is said of what it stands right behind, or of nothing
            found = meanings.meaning(thing.name, state.name, sentence[thing.start : thing.end], marks, status)
            read += [found] if found is not None else []
    if not read:
        return
    several = len({cause for cause, _, _ in read}) > 1 or len({s.name for s in states} - {"missing"}) > 1
    doubtful = bool(words.unsure.search(sentence) or words.advice.search(sentence)) or (
        several and _OR.search(sentence)
    )
    for cause, strength, vague in read:
        yield cause, min(strength, Strength.POSSIBLE) if doubtful else strength, vague


def _nearest(state: _Found, things: list[_Found], *, takes: bool) -> _Found | None:
    """The thing that a state is said of: the nearer one, or the one behind a verb that takes an object."""
    behind = [t for t in things if 0 <= t.start - state.end <= _BEFORE]
    before = [t for t in things if 0 <= state.start - t.end <= _AFTER]
    after = min(behind, key=lambda t: t.start, default=None)
    first = max(before, key=lambda t: t.end, default=None)
    if after is None or first is None:
        return after or first
    if takes or (first.name == "account" and state.name in ("missing", "denied")):
        return after  # "your account lacks a role": who lacks is named first, and what behind
    return after if after.start - state.end <= state.start - first.end else first
