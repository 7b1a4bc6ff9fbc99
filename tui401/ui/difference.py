"""What differs between two requests and between two answers, line by line. Pure; it reads redacted types only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from tui401.model.names import chips
from tui401.model.shown import AnswerSeen, RequestShown, ResponseShown
from tui401.ui.blocks import Block, Change, Gap, Head, Para, Tone

_MOST_LINES: Final = 400  # of one body
_MOST_ALIKE: Final = 2  # lines around a difference that are told as well
_VARIES: Final = frozenset({"date", "age", "x-request-id", "x-correlation-id", "x-trace-id", "traceparent", "cf-ray"})


def request_lines(request: RequestShown) -> tuple[str, ...]:
    """A request as the lines that go on the wire, redacted."""
    body = tuple(request.body.split("\n")[:_MOST_LINES]) if request.body else ()
    return (f"{request.method} {request.url}", *(f"{h.name}: {h.value}" for h in request.headers), *body)


def response_lines(response: ResponseShown) -> tuple[str, ...]:
    """An answer as lines: its status, its headers without those that differ each time, its body."""
    headers = (f"{h.name}: {h.value}" for h in response.headers if h.name.lower() not in _VARIES)
    body = tuple(response.body.split("\n")[:_MOST_LINES]) if response.body else ()
    return (f"status {response.status}", *headers, *body)


def changes(
    before: Sequence[str], after: Sequence[str], hints: Mapping[str, str], *, around: int = 0
) -> tuple[Block, ...]:
    """The lines that went away and that came, in order; () where nothing differs.

    Args:
        before: The lines of the first.
        after: The lines of the second.
        hints: Last characters of named secrets: two that look alike on the screen are told apart in words.
        around: Lines that are alike to show beside a difference, at most.
    """
    made: list[Block] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            made += _alike(before[a:b], around, first=a == 0, last=b == len(before))
            continue
        gone, come = before[a:b], after[c:d]
        made += [Change("-", line) for line in gone]
        made += [Change("+", line + _apart(line, gone, hints)) for line in come]
    return tuple(made) if any(isinstance(b, Change) and b.sign != " " for b in made) else ()


def _alike(lines: Sequence[str], around: int, *, first: bool, last: bool) -> Iterator[Block]:
    if not around:
        return
    kept = min(around, _MOST_ALIKE)
    if len(lines) <= 2 * kept and not first and not last:
        yield from (Change(" ", line) for line in lines)
        return
    if not first:
        yield from (Change(" ", line) for line in lines[:kept])
    if not first and not last:
        yield Change(" ", "…")
    if not last:
        yield from (Change(" ", line) for line in lines[-kept:])


def _apart(line: str, others: Sequence[str], hints: Mapping[str, str]) -> str:
    """What to add where another secret stands in a line that looks the same on the screen."""
    drawn = chips(line, dict(hints))
    alike = any(other != line and chips(other, dict(hints)) == drawn for other in others)
    return "    another value" if alike else ""


def answer_changes(first: AnswerSeen, second: AnswerSeen, hints: Mapping[str, str]) -> tuple[Block, ...]:
    """What differs between two sends: in what was sent, and in what came."""
    made: list[Block] = [Head("What was sent")]
    sent = changes(_sent(first), _sent(second), hints, around=1)
    made += sent or (Para("The same request, byte for byte as far as it may be seen.", Tone.QUIET),)
    made += [Gap(), Head("What came")]
    came = changes(_came(first), _came(second), hints, around=1)
    made += came or (Para("The same answer, but for what differs each time.", Tone.QUIET),)
    return tuple(made)


def _sent(answer: AnswerSeen) -> tuple[str, ...]:
    return request_lines(answer.hops[0].request) if answer.hops else ()


def _came(answer: AnswerSeen) -> tuple[str, ...]:
    if answer.failure is not None:
        return (f"no answer: {answer.failure.says}",)
    lines: list[str] = [
        f"redirect {hop.response.status} from {hop.request.url}" for hop in answer.hops[:-1] if hop.response is not None
    ]
    return (*lines, *response_lines(answer.response)) if answer.response is not None else tuple(lines)
