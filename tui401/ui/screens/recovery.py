"""Recovery: the six steps as they are looked at, the verdict on top, one step's page, and what was sent."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
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
from tui401.ui.headline import Offer, fixes, headline, offers
from tui401.ui.pages import step_page
from tui401.ui.rows import in_rows
from tui401.ui.screens.base import WizardScreen
from tui401.ui.session import Session
from tui401.ui.standing import first_failing, is_solved, standings
from tui401.ui.states import Headline, latest
from tui401.ui.text import ordinal
from tui401.ui.ways_on import WaysOn
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, Strip, TopLine
from tui401.ui.widgets.rail import Rail


class RecoveryScreen(WaysOn):
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
        super().__init__(session)
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

    def anew(self) -> None:
        """A new attempt may lead to another step, once."""
        self._moved = self._led = False

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

    # -- steps ---------------------------------------------------------------------------------------------------

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
