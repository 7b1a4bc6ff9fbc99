"""A button of one line: ``[ Show the fix ]``. Its focus is visible without colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui401.ui.text import clean, fold


class Action(Widget, can_focus=True):
    """A way on, pressed by Enter, Space or the mouse."""

    DEFAULT_CSS = """
    Action {
        width: auto; height: 1; margin: 0 1 0 0; color: $text;
        &:focus { color: $accent; text-style: bold; }
        &:hover { color: $accent; }
        &:disabled { color: $text-disabled; }
        &.-wide { width: 1fr; margin: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "go on", key_display="enter")]

    @dataclass
    class Pressed(Message):
        """It was pressed; ``key`` says which one it is."""

        action: Action
        key: str

        @property
        def control(self) -> Action:
            """The button."""
            return self.action

    def __init__(self, label: str, key: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.label = clean(label)
        self.key = key

    def render(self) -> Content:
        """The label in brackets, an arrow in front when it has the focus."""
        room = max(6, (self.size.width or 200) - 4)
        if self.has_class("-wide"):
            left, right = ("▸ ", "") if self.has_focus else ("  ", "")
        else:
            left, right = ("▸ ", " ◂") if self.has_focus else ("[ ", " ]")
        return Content(left + fold(self.label, room) + right)

    def get_content_width(self, container: object, viewport: object) -> int:  # noqa: ARG002 - Textual's signature
        """The label and its brackets."""
        return Content(self.label).cell_length + 4

    def on_focus(self, _event: events.Focus) -> None:
        """Draws the arrow."""
        self.refresh()

    def on_blur(self, _event: events.Blur) -> None:
        """Draws the brackets."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Presses it."""
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        """Says that it was pressed."""
        self.post_message(self.Pressed(self, self.key))


class Toggle(Action):
    """A mark that is set or not: ``[x] orders:read``; one of several that exclude each other is round.

    Args:
        label: What it stands for.
        key: What it is, for whoever listens.
        on: Whether it is set.
        one: It is one of several of which one is set.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "set or clear", key_display="enter")]

    def __init__(self, label: str, key: str, *, on: bool, one: bool = False) -> None:
        super().__init__(label, key)
        self._on, self._one = on, one

    def turn(self, *, on: bool) -> None:
        """Sets or clears it."""
        if on != self._on:
            self._on = on
            self.refresh()

    def render(self) -> Content:
        """The mark and the label, an arrow in front when it has the focus."""
        opens, closes = "()" if self._one else "[]"
        mark = ("•" if self._one else "x") if self._on else " "
        lead = "▸" if self.has_focus else " "
        return Content(lead + opens + mark + closes + " " + fold(self.label, max(6, (self.size.width or 200) - 5)))

    def get_content_width(self, container: object, viewport: object) -> int:  # noqa: ARG002 - Textual's signature
        """The mark and the label."""
        return Content(self.label).cell_length + 5
