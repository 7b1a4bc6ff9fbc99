"""A field for a person's own words: a pasted secret is masked before it reaches it, a typed one when one leaves it."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.widgets import Input

from tui401.ui.text import clean

LONGEST = 500  # characters; what is longer belongs into the report's own text


class WordsField(Input):
    """One line of words.

    Args:
        redact: Gives a text without the case's secrets and without what looks like one.
        placeholder: What stands in it while it is empty.
    """

    DEFAULT_CSS = """
    WordsField {
        height: 3; width: 1fr; border: round $border; padding: 0 1; background: transparent;
        &:focus { border: round $accent; background: transparent; }
    }
    """

    def __init__(self, redact: Callable[[str], str], *, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, max_length=LONGEST, select_on_focus=False)
        self._redact = redact

    @property
    def words(self) -> str:
        """What was said, without secrets."""
        return self._redact(" ".join(self.value.split()))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._take(event.text)

    def action_paste(self) -> None:
        """Takes what was copied inside the app, the same way."""
        self._take(self.app.clipboard)

    def _on_blur(self, event: events.Blur) -> None:
        self.value = clean(self.words)
        super()._on_blur(event)

    def _take(self, pasted: str) -> None:
        said = clean(self._redact(" ".join(pasted.split())))
        first, last = sorted(self.selection)
        # More than fits would not be taken at all.
        self.replace(said[: LONGEST - len(self.value) + last - first], first, last)
