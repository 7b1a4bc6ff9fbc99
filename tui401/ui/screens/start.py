"""Start: what answers 401, what was recognised in it, and what would be sent where."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Head, Para, Row, Tone
from tui401.ui.ports import PortError
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import clean, fold
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page
from tui401.ui.widgets.pastebox import PasteBox

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.saved import SavedCase
    from tui401.ui.ports import Reading, Recent

_RECENT = 5
_NOTES = 3
_URL = 21  # cells of the address in a line of the list, at 80 columns
_MOST_URL = 72
_WORDS = {
    "recovered": "solved",
    "succeeded": "answered",
    "diagnosed": "open",
    "undetermined": "open",
    "intermittent": "intermittent",
    "unreachable": "unreachable",
}


class StartAnswer(NamedTuple):
    """What to go on with.

    Attributes:
        case: A new case; ``send`` says whether the person agreed to one send.
        saved: A case from the journal or a file; ``kept`` says that it is of the journal.
        practise: Practice.
        tour: The tour.
    """

    case: Case | None = None
    saved: SavedCase | None = None
    kept: bool = False
    send: bool = False
    practise: bool = False
    tour: bool = False


class StartScreen(WizardScreen[StartAnswer]):
    """The first screen. It sends nothing; it says what would be sent."""

    CSS_PATH = "start.tcss"
    NAME = "Start"
    ABOUT = (
        Para("Give what answers 401: a curl command as you ran it, what curl -v printed, raw HTTP, a URL or a file."),
        Para("A pasted credential is masked before it reaches the box. Nothing is sent before you press a button."),
        Para("“Judge without sending” looks at the request alone: its header, its token, what you saw already."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "go", "find out why"),
        Binding("j", "judge", "judge without sending", show=False),
        Binding("t", "practise", "practise", show=False),
        Binding("o", "tour", "tour of two minutes", show=False),
        Binding("i", "box", "to the box", show=False),
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, given: Secret[str] | None = None) -> None:
        super().__init__()
        self._given = given
        self._reading: Reading | None = None

    def compose(self) -> ComposeResult:
        """The box, what was recognised, the ways on, and the latest cases."""
        yield TopLine("tui401", "why does it answer 401?")
        yield Line()
        with Page(id="page"):
            yield Blocks(id="prompt")
            yield PasteBox(burst_seconds=self.wizard.burst_seconds, id="box")
            yield Blocks(id="reading")
            with Horizontal(id="ways"):
                yield Action("Find out why", "go", id="go")
                yield Action("Judge without sending", "judge", id="judge")
                if self.wizard.ports.practise is not None:
                    yield Action("Practise", "practise")
                    yield Action("Tour", "tour")
            yield Vertical(id="recent")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it, and reads the journal once the first frame stands."""
        prompt = "Paste what answers 401: a curl command, its -v output, a URL, a file's path"
        self.query_one("#prompt", Blocks).show((Para(prompt, Tone.STRONG, indent=1),))
        self._show_reading()
        self.query_one(PasteBox).focus()
        if self._given is not None:
            self._read(self._given, pasted=True)
        if self.wizard.rest_seconds:
            self.set_timer(self.wizard.rest_seconds, self._list_recent, name="the list of cases")
        else:
            self.call_after_refresh(self._list_recent)

    # -- reading -------------------------------------------------------------------------------------------------

    @on(PasteBox.Given)
    def _given_text(self, event: PasteBox.Given) -> None:
        self._read(event.text, pasted=event.pasted)

    @on(events.DescendantBlur)
    def _left_the_box(self, event: events.DescendantBlur) -> None:
        box = self.query_one(PasteBox)
        if event.widget is box and box.changed and box.text.strip():
            self._read(box.raw, pasted=False)  # a typed credential does not stay readable on the screen

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _read(self, text: Secret[str], *, pasted: bool) -> None:
        try:
            reading = await self.wizard.ports.reader.read(text)
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        box = self.query_one(PasteBox)
        box.show_read(text, reading.shown, reading.secrets)
        self._reading = reading
        self._show_reading()
        if not reading.problem and (pasted or self.focused is box):
            self.query_one("#go", Action).focus()
            box.scroll_home(animate=False)  # what it begins with tells most

    @on(PasteBox.Changed)
    def _edited(self, _event: PasteBox.Changed) -> None:
        if self._reading is not None and self.query_one(PasteBox).changed:
            self._reading = None
            self._show_reading()

    def _show_reading(self) -> None:
        self.query_one("#reading", Blocks).show(reading_blocks(self._reading))

    # -- ways on -------------------------------------------------------------------------------------------------

    @on(Action.Pressed, "#go, #judge")
    def _pressed(self, event: Action.Pressed) -> None:
        self._go(send=event.key == "go")

    def action_go(self) -> None:
        """Goes on with one send."""
        self._go(send=True)

    def action_judge(self) -> None:
        """Goes on without sending."""
        self._go(send=False)

    def action_box(self) -> None:
        """Back into the box."""
        self.query_one(PasteBox).focus()

    def action_back(self) -> None:
        """Out of the box, so that letter keys act; there is nothing before this screen."""
        self.query_one("#go", Action).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Escape leads out of the box, and from elsewhere nowhere; practice is left out where there is none."""
        if action in ("practise", "tour"):
            return self.wizard.ports.practise is not None
        return isinstance(self.focused, PasteBox) if action == "back" else True

    def describe(self, action: str, description: str) -> str:
        """What Escape does in the box."""
        return "to the buttons" if action == "back" else description

    def _go(self, *, send: bool) -> None:
        box = self.query_one(PasteBox)
        if not box.text.strip():
            self.say("Nothing to look at yet: paste or type the call that fails.", severity="warning")
            box.focus()
        elif self._reading is None:
            self._read(box.raw, pasted=True)  # it is read first, so that what would be sent stands here before it is
        elif self._reading.problem:
            self.say(self._reading.problem, severity="warning")
            box.focus()
        else:
            self._start(self._reading, box.raw, send=send)

    @work(exclusive=True, group="start", exit_on_error=False)
    async def _start(self, reading: Reading, text: Secret[str], *, send: bool) -> None:
        from tui401.ui.screens.credential import CredentialScreen  # noqa: PLC0415 - when it is wanted

        filled: dict[str, Secret[str]] = {}
        for name in reading.unfilled:
            value = await self.app.push_screen_wait(
                CredentialScreen(
                    f"A value for {name}",
                    (f"“{name}” is a placeholder without a value here.", "It is kept in memory only."),
                    button="Use it",
                )
            )
            if value is None:
                return
            filled[name] = value
        try:
            case = await self.wizard.ports.reader.start(text, filled=filled, send=send)
        except PortError as error:
            self.say(str(error), severity="error")
            return
        self.dismiss(StartAnswer(case=case, send=send))

    @on(Action.Pressed, "Action")
    def _other(self, event: Action.Pressed) -> None:
        if event.key == "practise":
            self.action_practise()
        elif event.key == "tour":
            self.action_tour()
        elif event.key.startswith("case:"):
            self._open(event.key.removeprefix("case:"))

    def action_practise(self) -> None:
        """To the exercises on the practice server."""
        if self.wizard.ports.practise is not None:
            self.dismiss(StartAnswer(practise=True))

    def action_tour(self) -> None:
        """To the tour on the practice server."""
        if self.wizard.ports.practise is not None:
            self.dismiss(StartAnswer(tour=True))

    # -- the journal ---------------------------------------------------------------------------------------------

    @work(exclusive=True, group="recent", exit_on_error=False)
    async def _list_recent(self) -> None:
        journal = self.wizard.ports.journal
        if journal is None:
            return
        try:
            cases = await journal.recent(_RECENT)
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        if journal.damaged():
            self.say(journal.damaged(), severity="warning")
        if not cases:
            return
        now = self.wizard.clock()
        head = Blocks()
        longest = max(cell_len(clean(recent.url)) for recent in cases)
        room = _URL + min(max(0, self.app.size.width - 80), max(0, min(longest, _MOST_URL) - _URL))
        rows = [Action(recent_line(recent, now, room), f"case:{recent.case}", classes="-wide") for recent in cases]
        await self.query_one("#recent", Vertical).mount_all([head, *rows])
        head.show((Head("Recent"),))

    @work(exclusive=True, group="start", exit_on_error=False)
    async def _open(self, case: str) -> None:
        journal = self.wizard.ports.journal
        if journal is None:
            return
        try:
            saved = await journal.load(case)
        except PortError as error:
            self.say(str(error), severity="error")
            return
        self.dismiss(StartAnswer(saved=saved, kept=True))


def reading_blocks(reading: Reading | None) -> tuple[Block, ...]:
    """What was recognised, what was noticed, who would be asked what."""
    if reading is None:
        return (Para("Nothing is sent before you press a button that says so.", Tone.QUIET, indent=1),)
    if reading.problem:
        return (Para(reading.problem, Tone.WARN, indent=3, mark="!"),)
    blocks: list[Block] = [Para(reading.recognised, Tone.GOOD, indent=3, mark="✓")]
    blocks += [Para(note, Tone.WARN, indent=3, mark="!") for note in reading.notes[:_NOTES]]
    if len(reading.notes) > _NOTES:
        blocks.append(Para(f"and {len(reading.notes) - _NOTES} more, told in step 2", Tone.QUIET, indent=3))
    asks = [("will ask" if number == 0 else "", line) for number, line in enumerate(reading.will_ask)]
    blocks += [Row(name, line) for name, line in asks]
    if reading.reads:
        blocks.append(Row("reads", ", ".join(reading.reads)))
    if reading.unfilled:
        blocks.append(Row("asks you", f"for the value of {', '.join(reading.unfilled)}, masked"))
    return tuple(blocks)


def recent_line(recent: Recent, now: float, room: int = _URL) -> str:
    """A case of the journal in one line; its address has so many cells."""
    then, today = datetime.fromtimestamp(recent.at), datetime.fromtimestamp(now)  # noqa: DTZ006 - the person's own time
    when = then.strftime("%H:%M") if then.date() == today.date() else then.strftime("%d %b")
    word = _WORDS.get(recent.outcome.value, "open") if recent.outcome is not None else "unfinished"
    url = clean(recent.url).split("://", 1)[-1].split("?", 1)[0]
    url = fold(url, room)
    # 72 cells at most where the address has its least, which is what a line has at 80×24.
    gap = " " * (room + 1 - cell_len(url))
    return f"{when:<6} {clean(recent.method):<6} {url}{gap}{word:<13}{fold(clean(recent.cause), 23)}".rstrip()
