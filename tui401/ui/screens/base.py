"""What every screen has: help, a way back, and a sentence where the terminal is too small."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from tui401.ui.actions import doings
from tui401.ui.blocks import Block, Para
from tui401.ui.text import clean
from tui401.ui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from tui401.ui.app import Wizard

LEAST_WIDTH = 60
LEAST_HEIGHT = 15
REPORT = "report"  # what a screen returns in place of a choice when the person wants the report
EDIT = "edit"  # the same for the editor

T = TypeVar("T")


class TooSmall(Widget):
    """Stands in for a screen that does not fit."""

    DEFAULT_CSS = "TooSmall { display: none; width: 1fr; height: 1fr; padding: 1; }"

    def render(self) -> Content:
        """How large the terminal is, and how large it has to be."""
        size = self.app.size
        return Content(
            f"This terminal has {size.width}×{size.height} characters; at least {LEAST_WIDTH}×{LEAST_HEIGHT} are "
            "needed, 80×24 is comfortable. Make it larger and everything is where it was. q quits."
        )


class WizardScreen(Screen[T]):
    """The base of all screens.

    Attributes:
        NAME: What the help calls it.
        ABOUT: What there is to know about it.
        REPORTS_LEAVING: Escape closes it without an answer.
    """

    NAME: ClassVar[str] = ""
    ABOUT: ClassVar[tuple[Block, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("question_mark", "help", "help", key_display="?"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._opened_at = monotonic()
        self._focus_before: Widget | None = None  # while the terminal is too small

    @property
    def armed(self) -> bool:
        """Whether it is open long enough for a key to be meant for it.

        A question comes by itself, and a paste that the terminal did not bracket opens a screen with one letter and
        would press its button with the next line end.
        """
        return monotonic() - self._opened_at >= self.wizard.guard_seconds

    @property
    def wizard(self) -> Wizard:
        """The app, by its own type."""
        return cast("Wizard", self.app)

    def on_resize(self, event: events.Resize) -> None:
        """Hides everything behind a sentence when the terminal is too small."""
        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        if small and not self.has_class("-small"):
            self._focus_before = self.focused
        self.set_class(small, "-small")
        if small and not self.query(TooSmall):
            self.mount(TooSmall(), before=0)
        before = self._focus_before
        if not small and before is not None:
            self._focus_before = None
            self.call_after_refresh(lambda: before.focus() if before.is_attached else None)

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """Takes the tour along from screen to screen."""
        self.guide()

    def guide(self) -> None:
        """Shows the line of the tour where one is made, and takes it away where it has ended."""
        tour = self.wizard.tour
        if tour is None:
            if self.has_class("-toured"):
                self.query("Guide").remove()
        elif self.query(KeyBar) and not self.query("Guide"):
            from tui401.ui.widgets.guide import Guide  # noqa: PLC0415 - in a tour only

            self.mount(Guide(tour), before=self.query_one(KeyBar))
        self.set_class(tour is not None, "-toured")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Hands on what became of a worker of this screen: such news do not bubble."""
        self.wizard.on_worker_state_changed(event)

    def action_back(self) -> None:
        """Leaves without an answer."""
        self.dismiss(None)

    def help_blocks(self) -> tuple[Block, ...]:
        """What the help screen says of this screen now."""
        return self.ABOUT

    def action_help(self) -> None:
        """Opens the help."""
        from tui401.ui.screens.help import HelpScreen  # noqa: PLC0415 - the help screen is one of these itself

        self.app.push_screen(HelpScreen(self.NAME, self.help_blocks() or (Para("Nothing more to say."),), self.keys()))

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Keys and what they do here, for the help."""
        steps = [doing for doing in doings(self) if doing.active.binding.action.startswith("go(")]
        others = [(doing.key, doing.says) for doing in doings(self) if doing not in steps]
        return (*others, (f"{steps[0].key} to {steps[-1].key}", "open a step")) if steps else tuple(others)

    def describe(self, action: str, description: str) -> str:  # noqa: ARG002 - screens that know better override it
        """The description of a binding as it stands in the line of keys."""
        return description

    def say(self, sentence: str, *, severity: str = "information") -> None:
        """Shows a sentence for a while."""
        level = {"error": "error", "warning": "warning"}.get(severity, "information")
        self.notify(clean(sentence), markup=False, severity=level, timeout=8)  # type: ignore[arg-type]
