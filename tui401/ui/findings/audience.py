"""Step 3: audience, scopes and roles, expected beside provided, each with who said so; marks of environments. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tui401.causes.audience.audience import SLUG
from tui401.causes.audience.environment import marks_of
from tui401.causes.compare import closest
from tui401.causes.reading import CARRIES_NOTHING, wanted
from tui401.model.facts import Aspect, Expected, Facts
from tui401.model.shown import GrantSeen, RequirementsSeen, ResourceMetadataSeen
from tui401.model.verdict import Status
from tui401.model.view import CaseView
from tui401.model.words import Shape
from tui401.ui.blocks import Block, Check, Compare, Para, Row, Tone
from tui401.ui.findings.common import contents, credential_of
from tui401.ui.text import sentence
from tui401.wire.claims import audiences, roles, scopes

_FEW: Final = 6  # values that are compared one by one; longer lists are shown by what is missing


def found(view: CaseView, facts: Facts | None, above: str) -> Iterator[Block]:
    """The blocks. ``above``: the cause whose values stand on the same screen already."""
    credential = credential_of(view)
    token = credential.token if credential is not None else None
    if credential is not None and token is None and view.diagnosis is None:  # the diagnosis says the same by itself
        what = CARRIES_NOTHING.get(credential.family, credential.family)
        yield Para(f"Not applicable: {what} carries no claims.", Tone.QUIET)
    claims = token.claims if token is not None else {}
    if token is not None and token.shape in (Shape.OPAQUE, Shape.JWE):
        yield Para("What it is for cannot be read from outside; its issuer can be asked (see step 1).", Tone.QUIET)
    yield from _audience(facts, audiences(claims), readable=bool(claims), above=above)
    yield from _scopes(view, facts, scopes(claims), readable=bool(claims))
    held = roles(claims)
    if held:
        yield Row("roles", " ".join(held), "in the token")
    yield from _environment(facts)
    yield from _documents(view)


def _audience(facts: Facts | None, held: tuple[str, ...], *, readable: bool, above: str) -> Iterator[Block]:
    expected = wanted(facts, Aspect.AUDIENCE) if facts is not None else ()
    # The strongest word counts; weaker ones that differ from it are told beside it.
    differs = [e for e in expected[:1] if len(held) == 1 and not set(held) & set(e.values)]
    if differs and above != SLUG:
        value, miss = closest(held[0], differs[0].values)
        said_by = ", ".join(_by_values(expected)[differs[0].values])
        yield Compare(("the token has", held[0]), ("the API expects", value), by=said_by)
        if miss:
            yield Para(sentence(miss), Tone.WARN, mark="!")
    elif readable and not differs and above != SLUG:
        for number, value in enumerate(held or ("none",)):
            yield Row("audience" if number == 0 else "", value, "in the token")
    # What stands in the comparison is not told again; where that stands above, who else says the same is.
    compared = [e.values for e in differs] if above != SLUG else []
    left = (e for e in expected if e not in differs and e.values not in compared)
    for values, by in _by_values(left).items():
        fits = bool(set(values) & set(held)) or not readable
        for number, value in enumerate(values):
            mark = ("✓ " if value in held else "✗ " if not fits else "") if readable else ""
            said = ", ".join(by) if number == 0 else ""
            yield Row("wanted" if number == 0 else "", f"{mark}{value}", said, _tone(fits))
    if facts is not None and not expected:
        yield Row("wanted", "nobody has said which audience this API has")


def _by_values(expected: Iterable[Expected]) -> dict[tuple[str, ...], list[str]]:
    """What is expected, each once, with all who say it, the strongest word first."""
    made: dict[tuple[str, ...], list[str]] = {}
    for each in expected:
        made.setdefault(each.values, []).append(each.by)
    return {values: list(dict.fromkeys(by)) for values, by in made.items()}


def _scopes(view: CaseView, facts: Facts | None, held: tuple[str, ...], *, readable: bool) -> Iterator[Block]:
    granted = next((g for g in reversed(tuple(contents(view, GrantSeen))) if g.ok and g.granted_scopes), None)
    if readable:
        yield Row("scopes", " ".join(held) or "none", f"{len(held)} in the token" if held else "in the token")
    elif granted is not None:
        yield Row("scopes", " ".join(granted.granted_scopes), "granted by the issuer")
        held, readable = granted.granted_scopes, True
    expected = wanted(facts, Aspect.SCOPE) if facts is not None else ()
    for values, by in _by_values(expected).items():
        yield from _needed(values, ", ".join(by), held, readable=readable)
    if facts is not None and not expected:
        yield Row("scopes wanted", "nobody has said which scopes this endpoint needs")


def _needed(values: tuple[str, ...], by: str, held: tuple[str, ...], *, readable: bool) -> Iterator[Block]:
    missing = [value for value in values if value not in held] if readable else []
    yield Row("scopes wanted", " ".join(values), by)
    if missing:
        says = " ".join(missing) if len(missing) <= _FEW else f"{len(missing)} of them: {' '.join(missing)}"
        yield Row("missing", says, tone=Tone.BAD)
    elif readable:
        yield Row("missing", "none of them")


def _environment(facts: Facts | None) -> Iterator[Block]:
    """The marks of another environment; one alone proves nothing (judging.md, "Precedence")."""
    if facts is None or facts.credential is None:
        return
    found_marks = marks_of(facts)
    state = Status.FAILED if len(found_marks) > 1 else Status.UNKNOWN if found_marks else Status.PASSED
    enough = {0: "No mark of another one", 1: "One mark only, and it takes two"}
    yield Check(state, "environment", enough.get(len(found_marks), f"{len(found_marks)} marks of another one"))
    for mark in found_marks:
        yield Para(sentence(mark), indent=5)


def _documents(view: CaseView) -> Iterator[Block]:
    for resource in contents(view, ResourceMetadataSeen):
        covers = "" if resource.covers or resource.problem else ", which does not cover this address"
        yield Row(
            "API's metadata", resource.problem or f"{resource.resource or 'names no resource'}{covers}", resource.url
        )
    for document in contents(view, RequirementsSeen):
        says = document.problem or f"{document.operation or 'no operation that matches'}"
        yield Row("description", says, document.source)


def _tone(fits: bool) -> Tone:  # noqa: FBT001 - a private switch
    return Tone.PLAIN if fits else Tone.BAD
