"""The page of a solved case: what was wrong, what mended it, and what checks the next call. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tui401.judge.mended import mended
from tui401.model.view import CaseView
from tui401.ui import least
from tui401.ui.blocks import Block, Change, Gap, Head, Lead, Para, Row, Tone
from tui401.ui.findings import credential_of
from tui401.ui.knowledge import title_of
from tui401.ui.prevent import guard_line
from tui401.ui.text import sentence, span


def store_name(view: CaseView) -> str:
    """The name that the credential is kept under: the profile's, else the API's host."""
    if view.known.profile:
        return view.known.profile
    request = view.request
    return (urlsplit(request.url).hostname if request is not None else None) or view.case


def solved_blocks(view: CaseView) -> tuple[Block, ...]:
    """What was wrong and what mended it."""
    return tuple(_blocks(view))


def _causes(view: CaseView) -> Iterator[Block]:
    """Every cause that stood when the request was changed, with the change that mended it."""
    found = mended(view)
    for number, (verdict, by) in enumerate(found):
        yield Row("Then" if number else "Cause", title_of(verdict.cause), verdict.strength.word)
        for reason in verdict.because[:1]:
            yield Row("", sentence(reason))
        yield Row("Mended by", by)
    if found:
        return
    root = view.diagnosis.root if view.diagnosis is not None else None
    if root is not None:
        yield Row("Cause", title_of(root.cause), root.strength.word)
        for reason in root.because[:1]:
            yield Row("", sentence(reason))
    if view.changes:
        yield Row("Mended by", view.changes[-1].by)


def _blocks(view: CaseView) -> Iterator[Block]:
    last = next((s for s in reversed(view.sends) if s.attempt == view.attempt), None)
    status = str(last.status) if last is not None and last.status is not None else "It succeeds"
    took = f"after {span(view.ended_at - view.opened_at)}" if view.ended_at is not None else ""
    yield Lead(status, f"{took}, in {view.spent.api} requests to the API".strip(", "), Tone.GOOD)
    yield Gap()
    yield from _causes(view)
    if view.changes:
        fix = view.changes[-1].fix
        if fix is not None and (fix.before or fix.after):
            yield Gap()
            for line in fix.before:
                yield Change("-", line)
            for line in fix.after:
                yield Change("+", line)
    for says in view.lasting:
        yield Gap()
        yield Para(says, Tone.WARN, mark="!")
    credential = credential_of(view)
    scopes = credential.token.claims.get("scope") if credential is not None and credential.token is not None else None
    yield Gap()
    if isinstance(scopes, str):
        yield Row("Scope now", scopes)
        yield Gap()
    found = view.least_scopes
    if found is not None:
        yield from least.blocks(found)
        yield Gap()
    check = guard_line(view)
    if check and view.known.profile:
        yield Row("Check for CI", check)
        yield Gap()
    yield Head("Before rolling out")
    yield Para("Proved for this request only: the other endpoints were not tried.")
    yield Gap()
