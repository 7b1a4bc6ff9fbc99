"""Copying by the terminal (OSC 52): the source text, not the box around it; a real secret is kept nowhere."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from textual.app import App

    from tui401.model.secret import Secret

MOST: Final = 74_994  # bytes; what is longer many terminals throw away without a word
_IF_NOT: Final = "If nothing arrives, the terminal refuses it: press y for other ways."


def copy(app: App[None], text: str) -> str:
    """Copies a redacted text; a sentence on what became of it."""
    if len(text.encode("utf-8", "replace")) > MOST:
        return "It is too long for a terminal's clipboard: press y for other ways."
    app.copy_to_clipboard(text)
    return f"Copied. {_IF_NOT}"


def copy_real(app: App[None], text: Secret[str]) -> str:
    """Copies a text with real values, after a yes; the app itself keeps nothing of it."""
    raw = text.reveal().encode("utf-8", "surrogateescape")
    driver = app._driver  # noqa: SLF001 - its own way keeps the text in the app
    if driver is None or len(raw) > MOST:
        return "Nothing was copied: it is too long for a terminal's clipboard."
    driver.write(f"\x1b]52;c;{base64.b64encode(raw).decode('ascii')}\a")
    return "Copied with its real values, where the terminal allows it. Other programs can read the clipboard: clear it."
