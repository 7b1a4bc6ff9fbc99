"""Recovery: the six steps as they are looked at, the verdict on top, one step's page, and what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.css.query import NoMatches

from tui401.causes.steps import STEP_PAGES
from tui401.model.fix import Answer, Asks, Question
from tui401.model.secret import Secret
from tui401.model.verdict import STEPS, Step
from tui401.ui.blocks import Block, Lead
from tui401.ui.findings import expires_at
from tui401.ui.headline import Offer, fixes, headline, offers, ranked_fixes
from tui401.ui.pages import step_page
from tui401.ui.ports import PortError
from tui401.ui.rows import in_rows
from tui401.ui.screens.base import EDIT, REPORT, WizardScreen
from tui401.ui.session import Session
from tui401.ui.standing import first_failing, is_solved, standings
from tui401.ui.states import Headline, latest
from tui401.ui.text import ordinal
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, Strip, TopLine
from tui401.ui.widgets.rail import Rail

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.ui.editing import Edited


class RecoveryScreen(WizardScreen[str | None]):
    """Shows a session, and answers its questions. Closing it ends the session.

    Returns the exercise to go on with, None when the person went back.
    """

    CSS_PATH = "recovery.tcss"
    NAME = "Recovery"
    AUTO_FOCUS: ClassVar[str | None] = "#body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fix", "fix"),
        Binding("e", "edit", "edit"),
        Binding("r", "report", "report"),
        Binding("n,right", "step(1)", "next", key_display="n"),
        Binding("x", "experiments", "experiments"),
        Binding("p,left", "step(-1)", "previous", key_display="p"),
        Binding("v", "whole", "whole values"),
        Binding("g", "resume", "go on"),
        Binding("k", "checklist", "checklist", show=False),
        Binding("d", "compare", "compare attempts", show=False),
        Binding("enter", "onward", "next step", show=False),
        Binding("a", "again", "send again", show=False),
        Binding("w", "lately", "say what changed lately", show=False),
        Binding("c", "copy", "copy the request", show=False),
        Binding("C", "copy_real", "copy with real values", show=False),
        *(Binding(str(n), f"go({n})", f"step {n}: {STEP_PAGES[s].title}", show=False) for n, s in enumerate(STEPS, 1)),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.step = Step.TOKEN
        self._moved = False  # the person chose a step, so the screen stays where they are
        self._led = False  # the screen went to the first failing step
        self._whole = False
        self._dirty = False
        self._solved_shown = False
        self._asking: tuple[Question, WizardScreen[Any]] | None = None
        self._offers: tuple[Offer, ...] = ()
        self._headline: Headline | None = None

    def compose(self) -> ComposeResult:
        """The whole of it; what is not known yet is empty, so that nothing moves later."""
        yield TopLine("reading the request", "")
        yield Line()
        with Horizontal(id="middle"):
            yield Rail()
            with Vertical(id="right"):
                with VerticalScroll(id="verdict", can_focus=False):
                    yield Blocks(id="said")
                yield Container(id="offers")
                yield Line()
                with VerticalScroll(id="body"):
                    yield Blocks(id="page")
        yield Line()
        yield Strip(id="strip")
        yield KeyBar()

    def on_mount(self) -> None:
        """Follows the session; what counts down is drawn anew once a second."""
        self.session.changed = self.note
        self.set_interval(self.wizard.tick_seconds, self.note, name="the clock")
        self.note()

    def note(self) -> None:
        """Notes that something is new; many events make one drawing, and keys come first."""
        if not self._dirty and self._stands:
            self._dirty = True
            self.call_later(self._update)

    @property
    def moved(self) -> bool:
        """Whether the person opened the page that is shown, not the screen by itself."""
        return self._moved

    @property
    def _stands(self) -> bool:
        """Whether it is among the open screens: one that was left still hears of what its recovery ended with."""
        return self.is_attached and self in self.app.screen_stack and not self.wizard.leaving

    # -- drawing -------------------------------------------------------------------------------------------------

    async def _update(self) -> None:
        self._dirty = False
        try:
            if self.is_mounted and self._stands:
                await self._draw()
        except NoMatches:
            if self._stands:  # else it was left while this drew
                raise

    async def _draw(self) -> None:
        session, view, now = self.session, self.session.view, self.wizard.clock()
        facts = session.facts
        steps = standings(view, running=session.running)
        self._lead_to_failure()
        ends = expires_at(view)
        # A token ends by the clock that can be trusted, which need not be this machine's.
        ahead = facts.now.at - facts.local_now if facts is not None else 0.0
        self.query_one(TopLine).show(*self._top(), view.hints)
        self.query_one(Rail).show(steps, self.step, None if ends is None else ends - now - ahead, view.spent)
        self.query_one(Strip).show(view.sends)
        found = headline(view, facts, running=session.running, waiting=bool(session.choices), fault=session.fault)
        verdict = self.query_one("#verdict", VerticalScroll)
        verdict.can_focus = verdict.max_scroll_y > 0  # only then is there anything to do in it
        said = self.query_one("#said", Blocks)
        said.show((Lead(found.word, found.title, found.tone), *found.blocks), view.hints, whole=self._whole)
        page = step_page(view, steps[STEPS.index(self.step)], facts, now, above=found.compares)
        self.query_one("#page", Blocks).show(page, view.hints, whole=self._whole)
        made = offers(session.choices, found)
        if session.lesson is not None and found.settled and not is_solved(view):
            made = (*made, Offer("Other exercises", "show:leave"))
        if self._can_resume:
            made = (Offer("Go on from here", "show:resume"), *(o for o in made if o.key != "show:again"))
        await self._show_offers(made)
        if found.settled != (self._headline.settled if self._headline else False):
            verdict.set_class(found.settled, "-settled")
        self._headline = found
        self.refresh_bindings()
        self._follow_question()
        if is_solved(view) and not session.running and not self._solved_shown and self.is_active:
            self._solved_shown = True
            self._show_solved()

    def _top(self) -> tuple[str, str]:
        view = self.session.view
        request = view.request
        left = f"{request.method} {request.url.split('://', 1)[-1]}" if request is not None else "reading the request"
        last = latest(view)
        status = "" if last is None else str(last.status or "no answer")
        practice = "practice" if self.session.lesson is not None else ""
        parts = (practice, view.known.profile, ordinal(view.attempt) if view.attempt else "", status)
        return left, " · ".join(part for part in parts if part)

    def _lead_to_failure(self) -> None:
        failing = first_failing(self.session.view)
        if failing is None or self._led or self._moved:
            return
        waiting = bool(self.session.choices) or not self.session.running
        if waiting:  # a failure that further evidence may still explain leads nobody anywhere
            self._led = True
            self.step = failing

    async def _show_offers(self, made: tuple[Offer, ...]) -> None:
        if made == self._offers:
            return
        self._offers = made
        box = self.query_one("#offers", Container)
        had_focus = self.focused is not None and box in self.focused.ancestors
        await box.remove_children()
        await box.mount_all(
            Horizontal(*(Action(offer.label, offer.key) for offer in row), classes="row")
            for row in in_rows(made, self.query_one("#right").size.width - 3)
        )
        if made and (had_focus or self.focused is None or self.focused.id == "body"):
            box.query(Action).first().focus()

    # -- questions -----------------------------------------------------------------------------------------------

    def _follow_question(self) -> None:
        question = self.session.question
        if self._asking is not None:
            asked, screen = self._asking
            if asked is not question and screen.is_active:
                self._asking = None
                screen.dismiss(None)  # the recovery ended or went on by itself
            return
        if question is None or question.asks is Asks.NEXT or not self.is_active:
            return
        from tui401.ui.screens.asked import put  # noqa: PLC0415 - when it is wanted

        self._asking = (question, put(self.wizard, self.session, question, self._answered))

    def _answered(self, question: Question, key: str | None, secret: Secret[str] | None = None) -> None:
        self._asking = None
        if key is not None and self.session.question is question:
            self.session.answer(Answer(key=key, secret=secret))
        self.note()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Asks what waited while another screen was open."""
        self.note()

    def _choose(self, key: str | None) -> None:
        """Answers "what now?" with the key of a choice, or opens the report that a fix is made of."""
        if key == REPORT:
            self.action_report()
        elif key == "changed":
            self.action_lately()
        elif key == EDIT:
            self.action_edit()
        elif key is not None and any(choice.key == key for choice in self.session.choices):
            self._moved = self._led = False  # a new attempt may lead to another step, once
            self.session.answer(Answer(key=key))
            self.note()

    # -- what can be done ----------------------------------------------------------------------------------------

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
            self._moved = self._led = False
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
            self._moved = self._led = False
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

        self.app.push_screen(ReportScreen(self.session.view))

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

    @on(Rail.Chosen)
    def _chosen(self, event: Rail.Chosen) -> None:
        self._open_step(event.step)

    def action_go(self, number: int) -> None:
        """Opens the page of a step."""
        self._open_step(STEPS[number - 1])

    def action_step(self, by: int) -> None:
        """Opens the next or the previous page."""
        at = STEPS.index(self.step) + by
        if 0 <= at < len(STEPS):
            self._open_step(STEPS[at])

    def _open_step(self, step: Step) -> None:
        self._moved = True
        if step is not self.step:
            self.step = step
            self.query_one("#body", VerticalScroll).scroll_home(animate=False)
        self.note()

    def action_whole(self) -> None:
        """Shows long values whole, or folded again."""
        self._whole = not self._whole
        self.note()

    def action_onward(self) -> None:
        """Shows long values whole where some are folded, else opens the next page."""
        if not self._whole and self._folded:
            self.action_whole()
        else:
            self.action_step(1)

    @property
    def _folded(self) -> bool:
        return any(blocks.folded for blocks in self.query(Blocks).results(Blocks))

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

    def action_back(self) -> None:
        """Stops what runs; leaves when nothing does."""
        if self.session.running and not self.session.choices:
            self.wizard.stop_recovery()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Leaves out what cannot be done now."""
        match action:
            case "fix":
                return bool(fixes(self.session.choices))
            case "experiments":
                return any(c.key.startswith("probe:") for c in self.session.choices)
            case "lately":
                return self._may_tell()
            case "whole":
                return self._whole or self._folded
            case "again":
                return not self.session.running or bool(self.session.choices)
            case "resume":
                return self._can_resume
            case "copy_real":
                return self.session.case is not None
            case "edit":
                return self.session.case is not None and (not self.session.running or bool(self.session.choices))
            case "compare":
                return len(self.session.view.sends) > 1
            case _:
                return True

    def describe(self, action: str, description: str) -> str:
        """What Escape and the folding key do now."""
        if action == "back":
            return "stop" if self.session.running and not self.session.choices else "leave"
        if action == "onward":
            return "whole values" if not self._whole and self._folded else "next step"
        if action == "whole":
            return "fold values" if self._whole else "whole values"
        return description

    def help_blocks(self) -> tuple[Block, ...]:
        """The step's page and, when one is named, the cause's."""
        from tui401.ui.stephelp import help_of  # noqa: PLC0415 - when it is wanted

        return help_of(self.session.view, self.step)
