"""The app: it owns what outlives a screen, which is the recovery, the theme, the terminal, and how it all ends."""

from __future__ import annotations

import asyncio
import gc
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import Monochrome, NoColor
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from tui401.ui.picture import without_network
from tui401.ui.screens.start import StartAnswer, StartScreen
from tui401.ui.signals import Signals
from tui401.ui.text import clean
from tui401.ui.theme import DARK, DARK_OF_SIXTEEN, LIGHT, LIGHT_OF_SIXTEEN

if TYPE_CHECKING:
    from textual.command import Provider

    from tui401.model.case import Case
    from tui401.model.http import Request
    from tui401.model.saved import SavedCase
    from tui401.model.secret import Secret
    from tui401.model.verdict import Outcome
    from tui401.ui.ports import Lesson, Ports, Recording
    from tui401.ui.screens.recorded import RecordedAnswer
    from tui401.ui.session import Session
    from tui401.ui.tour import Tour


def _actions() -> type[Provider]:
    """The palette's source, loaded when the palette opens."""
    from tui401.ui.commands import Actions  # noqa: PLC0415 - not before the first frame

    return Actions


class Wizard(App[None]):
    """The wizard.

    Args:
        ports: The rest of the program.
        case: Begins with this case; else with the start screen.
        given: A text for the start screen, as if it had been pasted.
        saved: Begins with a saved case.
        kept: It is of this machine's journal, so it can go on.
        exercise: Begins with practice: with the fault of that name, "" to choose one.
        recording: Begins with the refused exchanges of a recording.
        tour: Begins with the tour.
        clock: This machine's clock, seconds since the epoch.
        burst_seconds: Keys that come faster than this one after another are a paste that was not bracketed.
        guard_seconds: How long a question that came by itself takes no key.
        tick_seconds: How often what counts down is drawn.
        rest_seconds: How long the first frame stands before the journal is read.
        save_folder: Where reports go; the working directory when None.

    Attributes:
        session: The recovery that is shown, or was shown last.
        learnt: The exercises that were done.
        tour: How far the person has come in the tour; None outside of it.
        leaving: The program ends; nothing is worth drawing any more.
    """

    TITLE = "tui401"
    # The first screen's styles are read with the app's: a screen that brings its own has all of them parsed again.
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/start.tcss"]  # type: ignore[assignment]
    COMMANDS: ClassVar[set[Callable[[], type[Provider]]]] = {_actions}  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        # The first that works where the focus is stands in the line of keys: letters are text inside a box.
        Binding("colon", "command_palette", "commands"),
        Binding("ctrl+p", "command_palette", "commands"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+q", "quit", "quit", priority=True),
        Binding("L", "light_or_dark", "light or dark", show=False),
        Binding("T", "end_tour", "leave the tour", show=False),
        Binding("y", "copied", "other ways to what was copied", show=False),
    ]

    def __init__(
        self,
        ports: Ports,
        *,
        case: Case | None = None,
        given: Secret[str] | None = None,
        saved: SavedCase | None = None,
        kept: bool = False,
        exercise: str | None = None,
        recording: Recording | None = None,
        tour: bool = False,
        clock: Callable[[], float] = time.time,
        burst_seconds: float = 0.03,
        guard_seconds: float = 0.4,
        tick_seconds: float = 1.0,
        rest_seconds: float = 0.05,
        save_folder: Path | None = None,
    ) -> None:
        super().__init__()
        few = self.console.color_system == "standard"
        self._dark, self._light = (DARK_OF_SIXTEEN, LIGHT_OF_SIXTEEN) if few else (DARK, LIGHT)
        for theme in (self._dark, self._light):
            self.register_theme(theme)
        self.theme = self._dark.name  # before the styles are read, so that they are read once
        if self.no_color:
            # Textual only turns colours to grey; who sets NO_COLOR wants the terminal's own two.
            self._filters = [NoColor() if isinstance(one, Monochrome) else one for one in self._filters]
        self._variables = self.get_css_variables()
        self.stylesheet.set_variables(self._variables)
        self.ports = ports
        self.clock = clock
        self.burst_seconds, self.guard_seconds, self.tick_seconds = burst_seconds, guard_seconds, tick_seconds
        self.rest_seconds = rest_seconds
        self.save_folder = save_folder or Path.cwd()
        self.session: Session | None = None
        self._first = StartAnswer(case=case, saved=saved, kept=kept, send=True)
        self._given = given
        self._exercise = exercise
        self._recording = recording
        self._entry: int | None = None  # the one of the recording that was opened last
        self.learnt: set[str] = set()
        self.tour: Tour | None = None
        self._begins_with_tour = tour
        self._recovery: Worker[Outcome | None] | None = None
        self.leaving = False
        self._signals = Signals(self._leave_by)
        self._holds = False  # the signals, without `run`
        self._copied = ""  # what was copied last; it is redacted

    # -- from screen to screen -----------------------------------------------------------------------------------

    def run(self, *given: Any, **named: Any) -> None:
        """Runs to its end. A signal that comes meanwhile ends it in order, so that the terminal is as it was."""
        self._signals.hold()
        try:
            super().run(*given, **named)
        finally:
            self._signals.let_go()

    def on_mount(self) -> None:
        """Opens the first screen."""
        self._holds = not self._signals.held
        if self._holds:
            self._signals.hold()
        self._signals.stands(asyncio.get_running_loop())
        self.call_after_refresh(_collect_again)
        if self._first.case is not None or self._first.saved is not None:
            self._started(self._first)
        elif self._begins_with_tour:
            self._start_tour()
        elif self._exercise is not None:
            self._practise(self._exercise)
        elif self._recording is not None:
            self._choose(self._recording)
        else:
            self._show_start()

    def on_unmount(self) -> None:
        """Gives the signals back where `run` does not."""
        if self._holds:
            self._signals.let_go()

    def _show_start(self) -> None:
        given, self._given = self._given, None
        self.push_screen(StartScreen(given), self._started)

    def _started(self, answer: StartAnswer | None) -> None:
        if answer is None:
            self._show_start()
        elif answer.practise:
            self._practise()
        elif answer.tour:
            self._start_tour()
        elif answer.saved is not None:
            from tui401.ui.session import Session  # noqa: PLC0415 - not before the first frame

            self._show(Session.replayed(answer.saved.events, derive=self.ports.derive, kept=answer.kept))
        elif answer.case is not None:
            self.begin(answer.case, send=answer.send)

    def _practise(self, slug: str = "") -> None:
        """Lets the person choose an exercise, or begins the one of that name."""
        from tui401.ui.screens.practice import PracticeScreen  # noqa: PLC0415 - when it is wanted

        self.push_screen(PracticeScreen(self.learnt, slug), self._chose_exercise)

    def _chose_exercise(self, lesson: Lesson | None) -> None:
        if lesson is None:
            self.tour = None
            self._show_start()
        else:
            self.begin(lesson.case, lesson=lesson)

    def _start_tour(self) -> None:
        from tui401.ui.tour import FAULT, Tour  # noqa: PLC0415 - when it is wanted

        self.tour = Tour()
        self._practise(FAULT)

    def end_tour(self) -> None:
        """Ends the tour; the person stays where they are."""
        from tui401.ui.screens.base import WizardScreen  # noqa: PLC0415 - its module has been loaded with a screen

        self.tour = None
        for screen in self.screen_stack:
            if isinstance(screen, WizardScreen):
                screen.guide()

    def action_end_tour(self) -> None:
        """The same by its key."""
        self.end_tour()

    def _choose(self, recording: Recording) -> None:
        """Lets the person choose an exchange of a recording."""
        from tui401.ui.screens.recorded import RecordedScreen  # noqa: PLC0415 - when it is wanted

        self.push_screen(RecordedScreen(recording, self._entry), self._chose_recorded)

    def _chose_recorded(self, chosen: RecordedAnswer | None) -> None:
        if chosen is None:
            self._recording = None
            self._show_start()
        else:
            self._entry = chosen.entry
            self.begin(chosen.case)

    def begin(self, case: Case, *, send: bool = True, lesson: Lesson | None = None) -> None:
        """Opens a case and starts its recovery.

        Args:
            case: The case.
            send: Without it, a question to send is answered no, once.
            lesson: The exercise that it is.
        """
        from tui401.ui.session import Session  # noqa: PLC0415 - not before the first frame

        session = Session(
            case=case, recover=self.ports.recover, derive=self.ports.derive, declines_send=not send, lesson=lesson
        )
        self._show(session)
        self._recovery = self.run_worker(session.run(), group="recovery", exclusive=True, exit_on_error=False)

    def begin_again(self, case: Case) -> None:
        """Starts the same case anew; sending asks first, since the consent of before was for one send."""
        self.stop_recovery()
        again = replace(case, options=replace(case.options, send_consented=False))
        self.pop_screen()  # the recovery screen, which is where this is chosen
        self.begin(again, lesson=self.session.lesson if self.session is not None else None)

    def go_on(self, before: Session, request: Request) -> None:
        """Sends a changed request of a case whose recovery has ended: its next attempt, on the same screen's place."""
        if before.case is None:
            return
        at_home = request.origin == before.case.request.origin
        options = replace(before.case.options, send_consented=at_home)  # to another origin it asks, and names it
        self.pop_screen()  # the recovery screen, which is where this is chosen
        self.resume(replace(before.case, request=request, options=options), before, "edited by hand")

    def resume(self, case: Case, before: Session, by: str) -> None:
        """Goes on with a case whose recovery ended, here or in another run of the program.

        Args:
            case: The case, its secrets filled in again.
            before: What was found until then.
            by: What the next attempt is for a person.
        """
        from tui401.ui.session import Session  # noqa: PLC0415 - not before the first frame

        self.stop_recovery()
        session = Session(
            case=before.going_on(case, by),
            recover=self.ports.recover,
            derive=self.ports.derive,
            lesson=before.lesson,
            view=before.view,
        )
        self._show(session)
        self._recovery = self.run_worker(session.run(), group="recovery", exclusive=True, exit_on_error=False)

    def _show(self, session: Session) -> None:
        self.session = session
        # Textual tells the result to whoever opened the screen, and that may be one that goes away just now.
        self.call_next(self._push, session)

    def _push(self, session: Session) -> None:
        from tui401.ui.screens.recovery import RecoveryScreen  # noqa: PLC0415 - not before the first frame

        self.push_screen(RecoveryScreen(session), self._came_back)

    def _came_back(self, following: str | None) -> None:
        """Back from a case. ``following``: the exercise that the person wants next."""
        self.stop_recovery()
        lesson = self.session.lesson if self.session is not None else None
        if self.tour is not None:
            self.tour = None  # it ends with its case
            self._show_start()
            return
        if lesson is None:
            if self._recording is not None:
                self._choose(self._recording)
            else:
                self._show_start()
            return
        if self.session is not None and self.session.learnt:
            self.learnt.add(lesson.exercise.slug)
        self._practise(following or "")

    # -- the recovery --------------------------------------------------------------------------------------------

    def stop_recovery(self) -> None:
        """Ends what runs; what was found stands."""
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that ended by a fault of ours becomes a sentence; the case and the screens stay."""
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        sentence = fault_sentence(event.worker.error)
        if event.worker.group == "recovery" and self.session is not None:
            self.session.fault = f"{sentence} What was found so far is kept."
            self.session.changed()
        else:
            self.notify(clean(sentence), severity="error", markup=False)

    # -- the terminal --------------------------------------------------------------------------------------------

    def copy(self, text: str) -> None:
        """Copies a redacted text, and says what to do where terminals refuse."""
        from tui401.ui.copying import copy  # noqa: PLC0415 - when something is copied

        self._copied = text
        self.notify(copy(self, text), markup=False, timeout=6)

    def copy_real(self, text: Secret[str]) -> None:
        """Copies a text with real values; whoever calls has asked for a yes."""
        from tui401.ui.copying import copy_real  # noqa: PLC0415 - when something is copied

        self.notify(copy_real(self, text), markup=False, timeout=8)

    def action_copied(self) -> None:
        """Other ways to what was copied last."""
        if self._copied:
            from tui401.ui.screens.copied import CopiedScreen  # noqa: PLC0415 - when it is wanted

            self.push_screen(CopiedScreen(self._copied))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves out what was not done yet."""
        if action == "end_tour":
            return self.tour is not None
        if action == "copied":
            return bool(self._copied) and getattr(self.screen, "NAME", "") != "What was copied"
        return super().check_action(action, parameters)

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """The screen as SVG; it holds what the screen shows, and refers to nothing on the network."""
        return without_network(super().export_screenshot(title=title, simplify=simplify))

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's signature
        """Reads the styles anew when a colour has changed; at the start, before any screen, none has."""
        before, self._variables = self._variables, self.get_css_variables()
        if self.screen_stack or before != self._variables:
            super().refresh_css(animate=animate)

    def action_light_or_dark(self) -> None:
        """The other of the two themes."""
        self.theme = self._light.name if self.theme == self._dark.name else self._dark.name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's
        """None but ours: every action stands in the palette by its own binding."""
        return ()

    def action_help_quit(self) -> None:
        """Ctrl+c ends the program, as it does everywhere else in a terminal."""
        self._leave()

    async def action_quit(self) -> None:
        """Leaves. The case is in the journal already, so nothing is asked."""
        self._leave()

    def _leave_by(self, number: int) -> None:
        self._leave(128 + number)

    def _leave(self, code: int = 0) -> None:
        if not self.leaving:
            self.leaving = True
            self.stop_recovery()
            self.exit(return_code=code)

    # -- a fault of ours -----------------------------------------------------------------------------------------

    def _handle_exception(self, error: Exception) -> None:
        """Takes a fault. One of a screen that is taken down before it was all there says nothing: the program ends."""
        if not self.leaving:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Ends with a sentence in place of a traceback, which would print the values of every frame."""
        sentence = fault_sentence(self._exception) if self._exception is not None else "tui401 met a fault of its own."
        case = self.session.view.case if self.session is not None else ""
        kept = f" What was found is kept; to go on: tui401 open {case}" if case else ""
        self._exit_renderables.append(Text(sentence + kept))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """Prints the sentence, whatever a debug switch says."""
        for renderable in self._exit_renderables[:1]:
            self.error_console.print(renderable)
        self._exit_renderables.clear()


def _collect_again() -> None:
    """Switches the garbage collector on, and spares it what was loaded for good."""
    gc.freeze()
    gc.enable()


def fault_sentence(error: BaseException) -> str:
    """What an unexpected error was and where, without its message or values, which may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "tui401" in frame.filename] or list(frames)
    where = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"tui401 met a fault of its own: {type(error).__name__}{where}."
