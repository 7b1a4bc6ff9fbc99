"""Fix: what would change, before and after, who would receive what, and the other ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui401.model.fix import Choice
from tui401.ui.blocks import Gap, Head, Para
from tui401.ui.screens.base import EDIT, REPORT, WizardScreen
from tui401.ui.ways_page import PROBE, button_of, choice_blocks, is_advice, label_of
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page

_LEFT_OUT = ("stop",)  # leaving is Escape


class FixScreen(WizardScreen[str | None]):
    """Returns the key of the choice to make, None when the person went back."""

    CSS_PATH = "fix.tcss"
    NAME = "Fix"
    ABOUT = (
        Para("The lines with - stand in the request now, those with + would stand there. Below is who receives what."),
        Para("Choosing another way shows it here first; only the button at the top sends."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "apply", "go ahead"),
        Binding("o", "ways", "other ways"),
        Binding("c", "copy", "copy the command"),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    def __init__(
        self, choices: Sequence[Choice], *, first: str = "", cause: str = "", hints: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self._choices = tuple(c for c in choices if c.key not in _LEFT_OUT)
        self._chosen = next((c for c in self._choices if c.key == first), None) or next(
            (c for c in self._choices if c.key != EDIT), None
        )
        self._cause, self._hints = cause, hints or {}

    def compose(self) -> ComposeResult:
        """The chosen way above, the others below."""
        yield TopLine(f"Fix · {self._cause}" if self._cause else "Fix", "nothing is sent until you choose")
        yield Line()
        with Page(id="page"):
            yield Blocks(id="shown")
            with Horizontal(id="ways"):
                yield Action("", "apply", id="apply")
                yield Action("Write the report", REPORT, id="report")
                yield Action("Copy", "copy", id="copy")
                yield Action("Not now", "back", id="back")
            yield Blocks(id="more")
            yield Vertical(id="others")
            yield Blocks(id="telling")
            yield Vertical(id="probes")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Shows the first way."""
        await self._show()
        self.query_one("#apply", Action).focus()

    async def _show(self) -> None:
        chosen = self._chosen
        self.query_one("#shown", Blocks).show(choice_blocks(chosen), self._hints)
        apply = self.query_one("#apply", Action)
        apply.label = button_of(chosen)
        apply.display = chosen is not None and self._answer() is not None
        apply.refresh(layout=True)
        self.query_one("#copy", Action).display = bool(chosen is not None and chosen.fix and chosen.fix.commands)
        self.query_one("#report", Action).display = is_advice(chosen)
        others = [c for c in self._choices if c is not chosen]
        ways = [c for c in others if not c.key.startswith(PROBE)]
        probes = [c for c in others if c.key.startswith(PROBE)]
        self.query_one("#more", Blocks).show((Gap(), Head("Other ways")) if ways else ())
        box = self.query_one("#others", Vertical)
        await box.remove_children()
        await box.mount_all(self._listed(ways))
        self.query_one("#telling", Blocks).show((Gap(), Head("Experiments, which tell more")) if probes else ())
        box = self.query_one("#probes", Vertical)
        await box.remove_children()
        await box.mount_all(self._listed(probes))
        self.refresh_bindings()

    def _listed(self, choices: Sequence[Choice]) -> list[Action]:
        return [Action(label_of(c, self._choices), f"show:{c.key}", classes="-wide") for c in choices]

    def _answer(self) -> str | None:
        """What the recovery is told when the button is pressed; None when there is nothing that it can do."""
        chosen = self._chosen
        if chosen is None:
            return None
        if is_advice(chosen):
            return "again" if any(c.key == "again" for c in self._choices) else None
        return chosen.key

    @on(Action.Pressed)
    async def _pressed(self, event: Action.Pressed) -> None:
        if event.key == "apply":
            self.action_apply()
        elif event.key == "back":
            self.dismiss(None)
        elif event.key == REPORT:
            self.dismiss(REPORT)
        elif event.key == "copy":
            self.action_copy()
        elif event.key.startswith("show:"):
            key = event.key.removeprefix("show:")
            if key == EDIT:
                self.dismiss(EDIT)  # the editor shows by itself what would be sent
                return
            self._chosen = next((c for c in self._choices if c.key == key), self._chosen)
            await self._show()
            self.query_one("#apply" if self._answer() is not None else "#back", Action).focus()
            self.query_one("#page", Page).scroll_home(animate=False)

    def action_apply(self) -> None:
        """Chooses what is shown."""
        answer = self._answer()
        if answer is not None and self.armed:
            self.dismiss(answer)

    def action_ways(self) -> None:
        """To the other ways."""
        others = self.query("#others Action, #probes Action")
        if others:
            others.first(Action).focus()

    def action_copy(self) -> None:
        """Copies the commands of the way that is shown."""
        if self._chosen is not None and self._chosen.fix is not None and self._chosen.fix.commands:
            self.wizard.copy("\n".join(self._chosen.fix.commands))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Leaves out what does not apply to the way that is shown."""
        if action == "copy":
            return bool(self._chosen is not None and self._chosen.fix is not None and self._chosen.fix.commands)
        if action == "apply":
            return self._answer() is not None
        if action == "ways":
            return len(self._choices) > 1
        return True

    def describe(self, action: str, description: str) -> str:
        """The button's own words."""
        return button_of(self._chosen).lower() if action == "apply" else description
