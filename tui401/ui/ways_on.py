"""The ways on from a recovery: each opens the screen that is made for it, and hands its answer to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from tui401.model.fix import Answer
from tui401.model.secret import Secret
from tui401.ui.headline import ranked_fixes
from tui401.ui.ports import PortError
from tui401.ui.screens.base import EDIT, REPORT, WizardScreen
from tui401.ui.session import Session
from tui401.ui.widgets.action import Action

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.ui.editing import Edited


class WaysOn(WizardScreen[str | None]):
    """What can be done with a session; the recovery screen draws it.

    Args:
        session: The session.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def note(self) -> None:
        """Notes that something is new."""
        raise NotImplementedError

    def anew(self) -> None:
        """Another attempt begins."""
        raise NotImplementedError

    def _choose(self, key: str | None) -> None:
        """Answers "what now?" with the key of a choice, or opens the report that a fix is made of."""
        if key == REPORT:
            self.action_report()
        elif key == "changed":
            self.action_lately()
        elif key == EDIT:
            self.action_edit()
        elif key is not None and any(choice.key == key for choice in self.session.choices):
            self.anew()
            self.session.answer(Answer(key=key))
            self.note()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        event.stop()
        what = event.key.removeprefix("show:")
        match what:
            case "fix":
                self.action_fix()
            case "ways":
                self.action_fix()
            case "report":
                self.action_report()
            case "again":
                self.action_again()
            case "resume":
                self.action_resume()
            case "solved":
                self._show_solved()
            case "leave":
                self.dismiss(None)
            case "changed":
                self.action_lately()
            case "failing":
                self.action_failing()
            case "more":
                self._choose("more")
            case _:
                self._show_ways(what)

    def action_fix(self) -> None:
        """Shows the first fix."""
        mending = ranked_fixes(self.session.view, self.session.choices)
        self._show_ways(mending[0].key if mending else "")

    def _show_ways(self, first: str) -> None:
        from tui401.ui.screens.fix import FixScreen  # noqa: PLC0415 - when it is wanted

        view = self.session.view
        root = view.diagnosis.root if view.diagnosis is not None else None
        screen = FixScreen(self.session.choices, first=first, cause=root.cause if root else "", hints=view.hints)
        self.app.push_screen(screen, self._choose)

    def action_experiments(self) -> None:
        """Lists what else can be tried."""
        from tui401.ui.screens.experiments import ExperimentsScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(ExperimentsScreen(self.session.choices, self.session.view.spent), self._choose)

    def action_edit(self) -> None:
        """Opens the editor on the request as it was sent last, or as it was left there."""
        from tui401.ui.editing import editing_of  # noqa: PLC0415 - when it is wanted
        from tui401.ui.screens.edit import EditScreen  # noqa: PLC0415 - the same

        editing = editing_of(self.session)
        if editing is None:
            self.action_resume()  # its secrets are asked for first
        else:
            self.app.push_screen(EditScreen(editing), self._edited)

    def _edited(self, edited: Edited | None) -> None:
        if edited is None:
            return
        session, request = self.session, edited.draft.request
        session.draft = edited.draft
        if not edited.send:
            return
        if any(choice.key == "edit" for choice in session.choices):
            self.anew()
            session.draft = None
            session.answer(Answer(key="token" if edited.wish else "edit", request=request, wish=edited.wish))
            self.note()
        elif session.case is not None and not session.running:
            self.wizard.go_on(session, request)

    def action_compare(self) -> None:
        """Opens the comparison of two attempts, the latest two first."""
        from tui401.ui.screens.compare import CompareScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(CompareScreen(self.session.view))

    def action_checklist(self) -> None:
        """Opens the six steps as a list to print."""
        from tui401.ui.screens.checklist import ChecklistScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(ChecklistScreen(self.session.view))

    def action_failing(self) -> None:
        """Compares this call, which succeeds, with the one that fails; sent from here that one is the next attempt."""
        from tui401.ui.screens.failing import FailingScreen  # noqa: PLC0415 - when it is wanted

        case = self.session.case
        if case is not None:
            self.app.push_screen(FailingScreen(case), self._gave_failing)

    def _gave_failing(self, there: Case | None) -> None:
        if there is not None and any(choice.key == "edit" for choice in self.session.choices):
            self.anew()
            self.session.answer(Answer(key="edit", request=there.request))
            self.note()

    def action_lately(self) -> None:
        """Asks what changed lately; once it was answered it is no choice any more."""
        from tui401.ui.screens.lately import LatelyScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(LatelyScreen(self.session.redacted), self._told_lately)

    def _told_lately(self, words: Secret[str] | None) -> None:
        if words is not None and self._may_tell():
            self.session.answer(Answer(key="changed", secret=words))
            self.note()

    def _may_tell(self) -> bool:
        return any(choice.key == "changed" for choice in self.session.choices)

    def action_report(self) -> None:
        """Shows the report."""
        from tui401.ui.screens.report import ReportScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(ReportScreen(self.session))

    def action_again(self) -> None:
        """Sends it once more: by the recovery while it waits, else as a new one, which asks first."""
        if any(choice.key == "again" for choice in self.session.choices):
            self._show_ways("again")
        elif self.session.case is not None and not self.session.running:
            self.wizard.begin_again(self.session.case)
        else:
            self.action_resume()

    @property
    def _can_resume(self) -> bool:
        """It was opened from disk, and can be made alive again."""
        return self.session.case is None and self.session.kept and self.wizard.ports.resume is not None

    @work(exclusive=True, group="start", exit_on_error=False)
    async def action_resume(self) -> None:
        """Goes on with a kept case: what was not kept is asked for, masked; then it asks before it sends."""
        from tui401.ui.screens.resuming import alive  # noqa: PLC0415 - when it is wanted

        port, view = self.wizard.ports.resume, self.session.view
        if port is None or not self._can_resume:
            self.say("The credential of a saved case is not kept: give the command again on the start screen.")
            return
        try:
            case = await alive(self.wizard, port, view)
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        if case is None:
            return
        self.app.pop_screen()
        self.wizard.resume(case, self.session, "opened again")

    def _show_solved(self) -> None:
        from tui401.ui.screens.solved import SolvedScreen  # noqa: PLC0415 - when it is wanted

        self.app.push_screen(SolvedScreen(self.session), self._after_solved)

    def _after_solved(self, answer: str | None) -> None:
        if answer == EDIT:
            self.action_edit()
        elif answer is not None:
            self.dismiss(None if answer == "done" else answer)

    def action_copy(self) -> None:
        """Copies the request as a curl command, its secrets as variables."""
        request = self.session.view.request
        if request is not None:
            from tui401.ui.curl import command  # noqa: PLC0415 - not before it is wanted

            self.wizard.copy(command(request))

    def action_copy_real(self) -> None:
        """The same with its real values, after a yes: any program can read a clipboard."""
        case = self.session.case
        if case is None:
            return
        from tui401.ui.curl import live  # noqa: PLC0415 - when it is wanted
        from tui401.ui.screens.question import QuestionScreen, to_copy  # noqa: PLC0415 - the same

        text = live(case.request)
        if text is None:
            self.say("Its body is no text, so it does not fit into a command line.", severity="warning")
            return

        def answered(key: str | None) -> None:
            if key == "yes":
                self.wizard.copy_real(text)

        self.app.push_screen(QuestionScreen(to_copy(), self.session.view.hints), answered)
