"""A field for a credential: what is pasted or typed into it is never shown, and there is no undo that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui401.model.secret import MASK, Secret
from tui401.ui.blocks import Tone
from tui401.ui.credential import Understood, understood
from tui401.ui.draw import STYLES

_DOTS = 40


class SecretField(Widget, can_focus=True):
    """Holds a ``Secret``; shows its length and, for a long one, its last four characters."""

    DEFAULT_CSS = """
    SecretField {
        height: 3; width: 1fr; border: round $border; padding: 0 1;
        &:focus { border: round $accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "use it"),
        Binding("backspace", "rub", "delete", show=False),
        Binding("ctrl+u", "clear", "clear"),
        Binding("ctrl+v", "take_clipboard", "paste", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Something was pasted or typed."""

        given: Understood

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self._raw: Secret[str] = Secret("")
        self._pasted = False

    @property
    def given(self) -> Understood:
        """What was given, as it is understood."""
        return understood(self._raw.reveal())

    @property
    def raw(self) -> Secret[str]:
        """What was given, letter by letter."""
        return self._raw

    def set(self, secret: Secret[str]) -> None:
        """Takes a value from elsewhere."""
        self._raw, self._pasted = secret, True
        self._changed()

    def render(self) -> Content:
        """Dots, and what tells two credentials apart."""
        if not self._raw:
            return Content.styled("paste it here, or type", STYLES[Tone.QUIET])
        secret = self.given.secret
        length = len(secret)
        says = f"  {length} characters" if length != 1 else "  1 character"
        shown = f"‹{MASK} {secret.hint}›" if self._pasted and secret.hint else "●" * min(length, _DOTS)
        return Content.assemble(shown, (says, STYLES[Tone.QUIET]))

    def check_consume_key(self, key: str, character: str | None = None) -> bool:  # noqa: ARG002 - Textual's signature
        """Printable keys are its own."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Takes a typed character."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self._raw = Secret(self._raw.reveal() + event.character)
            self._changed()

    def on_paste(self, event: events.Paste) -> None:
        """Takes a paste."""
        event.stop()
        event.prevent_default()
        self._raw = Secret(self._raw.reveal() + event.text)
        self._pasted = True
        self._changed()

    def action_take_clipboard(self) -> None:
        """Takes what was copied inside the app."""
        self.set(Secret(self.app.clipboard))

    def action_rub(self) -> None:
        """Takes the last character away; all of a paste, since it cannot be seen."""
        self._raw = Secret("" if self._pasted else self._raw.reveal()[:-1])
        self._pasted = False
        self._changed()

    def action_clear(self) -> None:
        """Empties it."""
        self._raw, self._pasted = Secret(""), False
        self._changed()

    def action_submit(self) -> None:
        """Says that Enter was pressed."""
        self.post_message(self.Submitted())

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self.given))
