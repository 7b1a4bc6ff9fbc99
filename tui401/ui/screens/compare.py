"""Compare: any two sends of a case, what was sent and what came, line by line."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from tui401.model.view import CaseView
from tui401.ui.blocks import Para
from tui401.ui.compare_page import answer_of, line_of, pair_blocks
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Toggle
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page


class CompareScreen(WizardScreen[None]):
    """Shows what differs between two sends; the latest two at first."""

    CSS_PATH = "compare.tcss"
    NAME = "Compare"
    ABOUT = (
        Para("Two requests of this case and their answers, line by line: - stands in the first, + in the second."),
        Para("Enter on a line of the list takes it in; of three the one that was taken first is left out."),
        Para("Dates and ids that differ each time are left out. Two secrets that look alike are told apart."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "older", "older pair", key_display="←"),
        Binding("right,l", "newer", "newer pair", key_display="→"),
        Binding("v", "whole", "whole values", show=False),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
        Binding("pagedown,space", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
    ]

    def __init__(self, view: CaseView) -> None:
        super().__init__()
        self._view = view
        self._sends = tuple(sent for sent in view.sends if answer_of(view, sent) is not None)
        self._pair = [sent.number for sent in self._sends[-2:]]
        self._whole = False

    def compose(self) -> ComposeResult:
        """The list, and what differs."""
        yield TopLine("Compare two attempts", f"{len(self._sends)} to choose from")
        yield Line()
        with Page(id="sends"):
            for sent in self._sends:
                yield Toggle(line_of(sent), f"send:{sent.number}", on=sent.number in self._pair)
        yield Line()
        with VerticalScroll(id="page"):
            yield Blocks(id="differs")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it."""
        self._show()
        toggles = list(self.query(Toggle).results(Toggle))
        if toggles:
            toggles[-1].focus()

    @on(Toggle.Pressed)
    def _pressed(self, event: Toggle.Pressed) -> None:
        number = int(event.key.partition(":")[2])
        if number in self._pair:
            self._pair.remove(number)
        self._pair = [*self._pair, number][-2:]
        self._show()

    def _show(self) -> None:
        for toggle in self.query(Toggle).results(Toggle):
            toggle.turn(on=int(toggle.key.partition(":")[2]) in self._pair)
        chosen = [sent for sent in self._sends if sent.number in self._pair]
        blocks = pair_blocks(self._view, *chosen) if len(chosen) == 2 else (Para("Take in a second one.", indent=1),)
        self.query_one("#differs", Blocks).show(blocks, self._view.hints, whole=self._whole)
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def _move(self, by: int) -> None:
        numbers = [sent.number for sent in self._sends]
        places = sorted(numbers.index(number) for number in self._pair)
        moved = [place + by for place in places]
        if len(moved) == 2 and moved[0] >= 0 and moved[1] < len(numbers):
            self._pair = [numbers[place] for place in moved]
            self._show()

    def action_older(self) -> None:
        """Both one back."""
        self._move(-1)

    def action_newer(self) -> None:
        """Both one on."""
        self._move(1)

    def action_page(self, by: int) -> None:
        """Scrolls what differs by a page."""
        page = self.query_one("#page", VerticalScroll)
        page.scroll_relative(y=by * max(1, page.size.height - 1), animate=False)

    def action_whole(self) -> None:
        """Shows long values whole, or folded again."""
        self._whole = not self._whole
        self._show()
