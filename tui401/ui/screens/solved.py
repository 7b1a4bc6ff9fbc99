"""Solved: what was wrong, what mended it, and how to keep it from coming back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui401.model.fix import Answer, Question
from tui401.model.view import CaseView
from tui401.ui import least
from tui401.ui.blocks import Block, Change, Gap, Head, Lead, Para, Row, Tone
from tui401.ui.curl import command
from tui401.ui.findings import credential_of
from tui401.ui.knowledge import title_of
from tui401.ui.ports import Exercise, PortError
from tui401.ui.screens.base import EDIT, WizardScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.session import Session
from tui401.ui.text import ordinal, sentence, span
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page


class SolvedScreen(WizardScreen[str | None]):
    """Returns ``done`` when the case is finished, the next exercise in practice, None to look at the steps again."""

    CSS_PATH = "solved.tcss"
    NAME = "Solved"
    ABOUT = (
        Para("The request succeeds now. “Proved” means: what differs was shown to be at fault for this request."),
        Para("The other endpoints of the API were not tried."),
        Para("The least scopes are found with tokens of fewer and fewer scopes; what that costs is shown first."),
        Para("A stored credential goes to the keyring of your system and nowhere else."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "done", "done"),
        Binding("r", "report", "report"),
        Binding("e", "edit", "edit and send again"),
        Binding("c", "copy", "copy as curl"),
        Binding("k", "store", "store the credential"),
        Binding("s", "least", "find the least scopes"),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._next: Exercise | None = None

    def compose(self) -> ComposeResult:
        """What happened, and what can be kept of it."""
        view, lesson, school = self._session.view, self._session.lesson, self.wizard.ports.practise
        if lesson is not None and school is not None:
            from tui401.ui.screens.practice import following  # noqa: PLC0415 - only in practice

            self._next = following(school.exercises(), lesson.exercise.slug, self.wizard.learnt)
        request = view.request
        url = request.url.split("://", 1)[-1] if request is not None else ""
        yield TopLine(
            f"{request.method} {url}" if request is not None else "Solved", f"{ordinal(view.attempt)} · solved"
        )
        yield Line()
        with Page(id="page"):
            yield Blocks(id="says")
            with Vertical(id="ways"):
                if self._next is not None:
                    yield Action(f"Next exercise: {self._next.title}", "next")
                yield Action("Done" if self._session.lesson is None else "All exercises", "done")
                yield Action("Write the report", "report")
                if self._can_store:
                    yield Action("Store the credential in the keyring", "store", id="store")
                if self._can_search:
                    yield Action("Find the least scopes that work", "least", id="least")
                yield Action("Copy the request as curl, its secrets as variables", "copy")
        yield Blocks(id="told")
        yield KeyBar()

    @property
    def _can_store(self) -> bool:
        """There is a keyring to try, and a credential in memory: a case opened from disk has none."""
        return self.wizard.ports.vault is not None and self._session.secret() is not None

    @property
    def _can_search(self) -> bool:
        """There is a live case whose tokens can be had with fewer scopes without a person."""
        port, case = self.wizard.ports.least, self._session.case
        return port is not None and case is not None and not port.why_not(case, self._session.view)

    def on_mount(self) -> None:
        """Fills it."""
        self.query_one("#says", Blocks).show(solved_blocks(self._session.view), self._session.view.hints)
        self.query(Action).first().focus()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key:
            case "next" if self._next is not None:
                self.dismiss(self._next.slug)
            case "done":
                self.action_done()
            case "report":
                self.action_report()
            case "store":
                self.action_store()
            case "least":
                self.action_least()
            case _:
                self.action_copy()

    def action_done(self) -> None:
        """Ends the case."""
        self.dismiss("done")

    def action_edit(self) -> None:
        """Back to the steps, with the editor open."""
        self.dismiss(EDIT)

    def action_report(self) -> None:
        """Shows the report."""
        self.app.push_screen(ReportScreen(self._session.view))

    def action_copy(self) -> None:
        """Copies the request that succeeds, its secrets as variables."""
        request = self._session.view.request
        if request is not None:
            self.wizard.copy(command(request))

    @work(exclusive=True, group="store", exit_on_error=False)
    async def action_store(self) -> None:
        """Keeps the credential that works."""
        vault, secret = self.wizard.ports.vault, self._session.secret()
        if vault is None or secret is None:
            return
        told = self.query_one("#told", Blocks)
        told.show((Para("asking the keyring …", Tone.QUIET, indent=1),))
        name = store_name(self._session.view)
        try:
            said = await vault.store(name, secret)
        except PortError as error:
            told.show((Para(str(error), Tone.WARN, mark="!"),))
            return
        told.show((Para(said or f"Stored in the keyring as {name}.", Tone.GOOD, mark="✓"),))

    @work(exclusive=True, group="least", exit_on_error=False)
    async def action_least(self) -> None:
        """Searches the least scopes; what was found stands among what is known of the case from then on."""
        from tui401.ui.screens.question import QuestionScreen  # noqa: PLC0415 - when it is wanted

        port, case, told = self.wizard.ports.least, self._session.case, self.query_one("#told", Blocks)
        if port is None or case is None:
            return

        async def ask(question: Question) -> Answer:
            key = await self.app.push_screen_wait(QuestionScreen(question, self._session.view.hints))
            told.show((Para("asking for one token after another …", Tone.QUIET, indent=1),))
            return Answer(key or "no")

        before = len(self._session.view.told)
        await port(case, self._session.view, ask=ask, emit=self._session.emit)
        view = self._session.view
        told.show(tuple(Para(text, Tone.WARN, mark="!") for text in view.told[before:]))
        self.query_one("#says", Blocks).show(solved_blocks(view), view.hints)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Leaves out what cannot be done."""
        if action == "edit":
            return self._session.case is not None
        if action == "least":
            return self._can_search
        return self._can_store if action == "store" else True


def store_name(view: CaseView) -> str:
    """The name that the credential is kept under: the profile's, else the API's host."""
    if view.known.profile:
        return view.known.profile
    request = view.request
    return (urlsplit(request.url).hostname if request is not None else None) or view.case


def solved_blocks(view: CaseView) -> tuple[Block, ...]:
    """What was wrong and what mended it."""
    return tuple(_blocks(view))


def _blocks(view: CaseView) -> Iterator[Block]:
    last = next((s for s in reversed(view.sends) if s.attempt == view.attempt), None)
    status = str(last.status) if last is not None and last.status is not None else "It succeeds"
    took = f"after {span(view.ended_at - view.opened_at)}" if view.ended_at is not None else ""
    yield Lead(status, f"{took}, in {view.spent.api} requests to the API".strip(", "), Tone.GOOD)
    yield Gap()
    root = view.diagnosis.root if view.diagnosis is not None else None
    if root is not None:
        yield Row("Cause", title_of(root.cause), root.strength.word)
        for reason in root.because[:1]:
            yield Row("", sentence(reason))
    if view.changes:
        yield Row("Mended by", view.changes[-1].by)
        fix = view.changes[-1].fix
        if fix is not None and (fix.before or fix.after):
            yield Gap()
            for line in fix.before:
                yield Change("-", line)
            for line in fix.after:
                yield Change("+", line)
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
    yield Head("Before rolling out")
    yield Para("Proved for this request only: the other endpoints were not tried.")
    yield Gap()
