"""It works here: the call that fails elsewhere, given beside it, and what differs between the two."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui401.model.case import Case
from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Gap, Para, Tone
from tui401.ui.calls import beside
from tui401.ui.ports import PortError, Reading
from tui401.ui.screens.base import WizardScreen
from tui401.ui.screens.start import reading_blocks
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page
from tui401.ui.widgets.pastebox import PasteBox

_SAYS: tuple[Block, ...] = (
    Para("Paste the call that fails: as curl, as what curl -v printed, or as raw HTTP.", Tone.STRONG, indent=1),
)


class FailingScreen(WizardScreen[Case | None]):
    """Returns the failing call to send from here, None when the person went back.

    Args:
        here: The case whose call succeeds.
    """

    CSS_PATH = "failing.tcss"
    NAME = "Compare with the failing call"
    ABOUT = (
        Para("Your call succeeds now. Where another one like it fails, what differs between the two decides."),
        Para("Nothing is sent by pasting or comparing. Sent from here, the failing call becomes the next attempt."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, here: Case) -> None:
        super().__init__()
        self._here = here
        self._reading: Reading | None = None
        self._there: Case | None = None

    def compose(self) -> ComposeResult:
        """The box, what differs, and the ways on."""
        yield TopLine("Compare with the failing call", "nothing is sent until you choose")
        yield Line()
        with Page(id="page"):
            yield Blocks(blocks=_SAYS)
            yield PasteBox(burst_seconds=self.wizard.burst_seconds, id="box")
            yield Blocks(id="differs")
            with Horizontal(id="ways"):
                yield Action("Show what differs", "compare", id="compare")
                yield Action("Send the failing one", "send", id="send")
                yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begins in the box."""
        self.query_one("#send", Action).display = False
        self.query_one(PasteBox).focus()

    @on(PasteBox.Given)
    def _given(self, event: PasteBox.Given) -> None:
        self._read(event.text)

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _read(self, text: Secret[str]) -> None:
        try:
            reading = await self.wizard.ports.reader.read(text)
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        box = self.query_one(PasteBox)
        box.show_read(text, reading.shown, reading.secrets)
        self._show(reading, None, reading_blocks(reading))
        if not reading.problem:
            self.query_one("#compare", Action).focus()

    def _show(self, reading: Reading | None, there: Case | None, blocks: tuple[Block, ...]) -> None:
        self._reading, self._there = reading, there
        hints = self._here.names.hints()
        self.query_one("#differs", Blocks).show((*blocks, Gap()), hints)
        self.query_one("#send", Action).display = there is not None

    @on(PasteBox.Changed)
    def _edited(self, _event: PasteBox.Changed) -> None:
        if self._reading is not None and self.query_one(PasteBox).changed:
            self._show(None, None, ())

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key:
            case "compare":
                self._compare_or_read()
            case "send" if self._there is not None and self.armed:
                self.dismiss(self._there)
            case "back":
                self.dismiss(None)

    def _compare_or_read(self) -> None:
        box, reading = self.query_one(PasteBox), self._reading
        if not box.text.strip():
            self.say("Nothing to compare with yet: paste the call that fails.", severity="warning")
            box.focus()
        elif reading is None:
            self._read(box.raw)  # it is read first, so that what it would open stands here before it is opened
        elif reading.problem:
            self.say(reading.problem, severity="warning")
        elif reading.unfilled:
            names = ", ".join(reading.unfilled)
            self.say(f"{names} has no value here: give the call as it was sent, with what stood there.")
            box.focus()
        else:
            self._compare(reading, box.raw)

    @work(exclusive=True, group="start", exit_on_error=False)
    async def _compare(self, reading: Reading, text: Secret[str]) -> None:
        try:
            there = await self.wizard.ports.reader.start(text, filled={}, send=False)
        except PortError as error:
            self.say(str(error), severity="error")
            return
        self._show(reading, there, beside(self._here, there))
        self.query_one("#send", Action).focus()
