"""The refused exchanges of a recording: choose the one to look at. Nothing is sent here."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from tui401.model.case import Case
from tui401.ui.blocks import Block, Para, Tone
from tui401.ui.ports import PortError, Recorded, Recording
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import clean, fold
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page

_SURE = ("confirmed", "likely")
_LEAST_URL = 16  # cells of an address, whatever the verdict takes


class RecordedAnswer(NamedTuple):
    """The exchange that was chosen: its entry, and the case that it makes."""

    entry: int
    case: Case


class Exchange(Action):
    """One exchange in a line: entry, method, address, status, verdict."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__("", str(recorded.entry), classes="-wide")
        self.recorded = recorded

    def render(self) -> Content:
        """The line; what is left beside the rest is the address's."""
        one = self.recorded
        room = max(40, self.size.width or 76) - 2
        before = f"#{one.entry:<5} {one.status:<4}{fold(clean(one.method), 7):<8}"
        left = room - cell_len(before)
        verdict = fold(_verdict(one), max(12, left - _LEAST_URL - 2))
        url = fold(clean(one.url).partition("://")[2] or clean(one.url), left - cell_len(verdict) - 2)
        gap = " " * (left - cell_len(url) - cell_len(verdict))
        return Content(("▸ " if self.has_focus else "  ") + before + url + gap + verdict)


def _verdict(one: Recorded) -> str:
    """How sure and what, in three words at most."""
    if not one.cause:
        return "undetermined"
    return f"{one.strength} {one.cause}" if one.strength in _SURE else f"perhaps {one.cause}"


class RecordedScreen(WizardScreen[RecordedAnswer | None]):
    """Returns the exchange that was chosen, None when the person went back.

    Args:
        recording: The recording.
        entry: The one that has the focus first; None for the first of all.
    """

    CSS_PATH = "recorded.tcss"
    NAME = "Recording"
    AUTO_FOCUS: ClassVar[str | None] = ""  # the one that was open before, which a selector cannot tell
    ABOUT = (
        Para("Each line is an exchange that was refused: its number in the recording, the answer, and the verdict."),
        Para("The verdict comes from the recording alone. To open an exchange sends nothing; sending it asks first."),
        Para("Only what you open is kept in the journal, redacted. The others stay in the file."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, recording: Recording, entry: int | None = None) -> None:
        super().__init__()
        self._recording = recording
        self._entry = entry
        self._at = ""

    def compose(self) -> ComposeResult:
        """All that is listed, and the whole address and the first reason of the one in focus."""
        recording = self._recording
        count = len(recording.refused) + recording.more
        yield TopLine("Recording", f"{count:,} refused · nothing is sent")
        yield Line()
        yield Blocks(id="says")
        with Page(id="page"):
            for one in recording.refused:
                yield Exchange(one)
        yield Line()
        yield Blocks(id="about")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it; the exchange that was open before has the focus."""
        self.query_one("#says", Blocks).show(self._says())
        rows = list(self.query(Exchange).results(Exchange))
        first = next((row for row in rows if row.recorded.entry == self._entry), rows[0])
        first.focus()
        self._look_at(first)

    def _says(self) -> tuple[Block, ...]:
        recording = self._recording
        says: list[Block] = [Para(f"Which of the refused exchanges of {recording.name}?", indent=1)]
        if recording.more:
            rest = f"{recording.more:,} more are not listed. Any entry opens by its number: FILE.har#17"
            says.append(Para(rest, Tone.QUIET, indent=1))
        if recording.unread:
            some = f"{recording.unread:,} entr{'y' if recording.unread == 1 else 'ies'} could not be judged;"
            says.append(Para(f"{some} tui401 explain says why.", Tone.WARN, indent=3, mark="!"))
        return tuple(says)

    @on(events.DescendantFocus)
    def _looked_at(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Exchange):
            self._look_at(event.widget)

    def _look_at(self, row: Exchange) -> None:
        if row.key != self._at:  # news of the focus may come late, after something else was told
            self._at = row.key
            one = row.recorded
            room = 2 * max(40, self.app.size.width - 4)
            address = Para(fold(clean(f"{one.method} {one.url}"), room), indent=1)
            says = f"{_verdict(one)}: {one.because}" if one.because else _verdict(one)
            self._tell(address, Para(says, Tone.QUIET, indent=1))

    def _tell(self, *blocks: Block) -> None:
        self.query_one("#about", Blocks).show(blocks)

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        self._open(int(event.key))

    @work(exclusive=True, group="start", exit_on_error=False)
    async def _open(self, entry: int) -> None:
        self._tell(Para("reading the recording …", Tone.ACCENT, indent=1))
        try:
            case = await self._recording.case(entry)
        except PortError as error:
            self._tell(Para(str(error), Tone.WARN, indent=3, mark="!"))
            return
        self.dismiss(RecordedAnswer(entry, case))
