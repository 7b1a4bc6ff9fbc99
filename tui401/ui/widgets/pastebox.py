"""The box on the start screen: a paste is taken away before it reaches the text or its undo history."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui401.model.secret import MASK, Secret
from tui401.ui.text import clean_lines

if TYPE_CHECKING:
    from tui401.model.shown import Redacted

_CONTINUES = ("\\", "^", "`", "|")
_SIGN = re.compile(r"‹U\+([0-9A-F]{4,6})›")  # how a character that does not show is made visible
_HOLE = "\uf8ff"  # stands for the paste while the text around it is put together; nobody types it


class PasteBox(TextArea):
    """A text area that never holds a pasted credential: in its place stands a chip, ``‹●●●● 5f3a›``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "nothing", "read it", show=True)]

    @dataclass
    class Given(Message):
        """A whole text was given: pasted, or typed and ended with Enter."""

        text: Secret[str]
        pasted: bool

    def __init__(self, *, burst_seconds: float, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
            placeholder="curl https://api.example.com/v1/orders -H 'Authorization: Bearer …'",
        )
        self._burst_seconds = burst_seconds
        self._last_key = 0.0
        self._chips: dict[str, Secret[str]] = {}
        self._shown = ""
        self._given: Secret[str] = Secret("")

    @property
    def raw(self) -> Secret[str]:
        """The text with the credentials back in the place of their chips."""
        return Secret(self._filled(self.text)) if self.changed else self._given

    @property
    def changed(self) -> bool:
        """The text is no longer what was shown by ``show_read``."""
        return self.text != self._shown

    def show_read(self, given: Secret[str], shown: Redacted, secrets: Mapping[str, Secret[str]]) -> None:
        """Shows a text that was read, with chips in place of the named secrets; forgets every earlier state."""
        self._given = given
        text = shown.replace("\r\n", "\n").replace("\r", "\n")
        self._chips = {}
        for name, secret in secrets.items():
            hint = f" {secret.hint}" if secret.hint else ""
            chip = f"‹{MASK}{hint}›"
            number = 2
            while chip in self._chips:
                chip = f"‹{MASK}{hint} {number}›"
                number += 1
            self._chips[chip] = secret
            text = text.replace(f"‹{name}›", chip)
        self._shown = clean_lines(text)
        self.load_text(self._shown)
        self.history.clear()
        self.move_cursor(self.document.end)

    def action_nothing(self) -> None:
        """Only names what Enter does; the key itself is taken in ``_on_key``."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._take(event.text)

    def action_paste(self) -> None:
        """Takes what was copied inside the app, the same way."""
        self._take(self.app.clipboard)

    def _take(self, pasted: str) -> None:
        start, end = sorted((self.selection.start, self.selection.end))
        before, after = self.get_text_range((0, 0), start), self.get_text_range(end, self.document.end)
        whole = self._filled(f"{before}{_HOLE}{after}").replace(_HOLE, pasted)
        self.post_message(self.Given(Secret(whole), pasted=True))

    def _filled(self, text: str) -> str:
        for chip, secret in self._chips.items():
            text = text.replace(chip, secret.reveal())
        return _SIGN.sub(_unsigned, text)

    async def _on_key(self, event: events.Key) -> None:
        """Enter ends a typed text, but not inside a burst: that is a paste that the terminal did not bracket."""
        in_burst = event.time - self._last_key < self._burst_seconds
        self._last_key = event.time
        if event.key != "enter" or in_burst:
            return
        text = self.text.rstrip()
        if not text or text.endswith(_CONTINUES) or self.cursor_location != self.document.end:
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Given(self.raw, pasted=False))


def _unsigned(match: re.Match[str]) -> str:
    """The character that a sign stands for: an edit elsewhere in the text must not change what was pasted."""
    code = int(match[1], 16)
    return chr(code) if code <= sys.maxunicode else match[0]
