"""Solved: what was wrong, what mended it, and how to keep it from coming back."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui401.model.fix import Answer, Question
from tui401.model.secret import Secret
from tui401.ui.blocks import Para, Tone
from tui401.ui.curl import command
from tui401.ui.ports import Exercise, PortError
from tui401.ui.prevent import guard_line, profile_name, profile_values
from tui401.ui.screens.base import EDIT, WizardScreen
from tui401.ui.screens.credential import CredentialScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.session import Session
from tui401.ui.solved_page import solved_blocks, store_name
from tui401.ui.text import ordinal
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
        Para("A stored credential goes to the keyring of your system, or to an encrypted file if you choose one."),
        Para("A profile holds addresses and names, no secret. The check for CI looks at a call and sends nothing."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "done", "done"),
        Binding("r", "report", "report"),
        Binding("e", "edit", "edit"),
        Binding("c", "copy", "copy as curl"),
        Binding("k", "store", "store the credential"),
        Binding("s", "least", "find the least scopes"),
        Binding("p", "keep", "keep as profile"),
        Binding("g", "guard", "copy the check for CI"),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._next: Exercise | None = None
        self._kept = ""  # the profile that was kept on this screen

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
                if self._can_keep:
                    yield Action(f"Keep as profile {profile_name(view)}", "keep", id="keep")
                if self._can_guard:
                    yield Action("Copy the check for CI", "guard", id="guard")
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

    @property
    def _can_keep(self) -> bool:
        """There is no profile of the request yet, and it is no exercise, whose server is gone tomorrow."""
        free = self.wizard.ports.profiles is not None and self._session.lesson is None and not self._kept
        return free and bool(profile_name(self._session.view))

    @property
    def _can_guard(self) -> bool:
        return self._session.lesson is None and bool(guard_line(self._session.view))

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
            case "sealed":
                self._ask_to_seal()
            case "keep":
                self.action_keep()
            case "guard":
                self.action_guard()
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
        self.app.push_screen(ReportScreen(self._session))

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
        self._tell("asking the keyring …", Tone.QUIET)
        name = self._kept or store_name(self._session.view)
        try:
            said = await vault.store(name, secret)
        except PortError as error:
            self._tell(str(error), Tone.WARN, "!")
            if self.wizard.ports.sealed is not None and not self.query("#sealed"):
                instead = Action("Keep it in an encrypted file instead", "sealed", id="sealed")
                await self.query_one("#ways").mount(instead, after="#store")
                instead.focus()  # the next thing to do, in sight
            return
        self._tell(said or f"Stored in the keyring as {name}.", Tone.GOOD, "✓")

    def _ask_to_seal(self) -> None:
        """Asks for the encrypted file's passphrase: twice where it is chosen now."""
        sealed = self.wizard.ports.sealed
        if sealed is None:
            return
        new = sealed.new

        def once_more(first: Secret[str]) -> None:
            self._passphrase("The same passphrase once more", lambda again: self._chosen(first, again))

        title = "A passphrase for the encrypted file" if new else "The passphrase of the encrypted file"
        self._passphrase(title, once_more if new else self._store_sealed)

    def _passphrase(self, title: str, then: Callable[[Secret[str]], object]) -> None:
        says = ("It opens your credentials, and nobody can bring it back.",)

        def given(passphrase: Secret[str] | None) -> None:
            if passphrase is not None:
                then(passphrase)

        self.app.push_screen(CredentialScreen(title, says, button="Go on", whole=True), given)

    def _chosen(self, first: Secret[str], again: Secret[str]) -> None:
        if first == again:
            self._store_sealed(first)
        else:
            self._tell("The two passphrases differ. Nothing was stored.", Tone.WARN, "!")

    @work(exclusive=True, group="store", exit_on_error=False)
    async def _store_sealed(self, passphrase: Secret[str]) -> None:
        """Keeps the credential in the encrypted file."""
        sealed, secret = self.wizard.ports.sealed, self._session.secret()
        if sealed is None or secret is None:
            return
        self._tell("sealing …", Tone.QUIET)
        try:
            said = await sealed.store(self._kept or store_name(self._session.view), secret, passphrase)
        except PortError as error:
            self._tell(str(error), Tone.WARN, "!")
            return
        self._tell(said, Tone.GOOD, "✓")

    @work(exclusive=True, group="store", exit_on_error=False)
    async def action_keep(self) -> None:
        """Enters a profile of the request, so that the next one is judged by it."""
        profiles, name = self.wizard.ports.profiles, profile_name(self._session.view)
        if profiles is None or not self._can_keep:
            return
        try:
            said = await profiles.keep(name, profile_values(self._session.view))
        except PortError as error:
            self._tell(str(error), Tone.WARN, "!")
            return
        self._kept = name
        self._tell(said, Tone.GOOD, "✓")

    def action_guard(self) -> None:
        """Copies the line that would have caught it before it was sent."""
        if self._can_guard:
            self.wizard.copy(guard_line(self._session.view, self._kept))

    def _tell(self, says: str, tone: Tone, mark: str = "") -> None:
        first, *more = says.split("\n")
        begins = Para(first, tone, mark=mark) if mark else Para(first, tone, indent=1)
        lines = (begins, *(Para(line.strip(), tone) for line in more))
        self.query_one("#told", Blocks).show(lines)

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
        can = {
            "store": self._can_store,
            "least": self._can_search,
            "keep": self._can_keep,
            "guard": self._can_guard,
        }
        return can.get(action, True)
