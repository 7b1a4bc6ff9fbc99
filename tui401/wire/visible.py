"""The one function that text from outside passes before it is shown; nothing in its result acts on a terminal."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Categories that do not show as themselves: Cc controls, Cf formats (bidirectional, zero width, tags), Cs lone
# surrogates, Co private use and Cn unassigned (their width is anyone's guess), Zl and Zp separators.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What has another category and still shows nothing, or something else than it is: fillers, variation selectors,
# spaces that are no plain space, the combining joiner, blank Braille.
_ALSO: Final = frozenset(
    (0x00A0, 0x034F, 0x115F, 0x1160, 0x1680, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC)
) | frozenset((*range(0x2000, 0x200B), 0x202F, 0x205F, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))
_VARIATION_SUPPLEMENT: Final = range(0xE0100, 0xE01F0)
_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 4  # combining marks on one character; more of them paint over the lines above and below

_PLAIN: Final = re.compile(r"[ -~]*+")
_PLAIN_LINES: Final = re.compile(r"[ -~\n]*+")


def visible(text: str, limit: int = 4000, *, lines: bool = False) -> str:
    """Makes every character of a stranger's text visible and bounds its length.

    Controls become their pictures (␛ for ESC), DEL becomes ␡, everything else that would act, hide or reorder becomes
    its code point, as in ‹U+202E›. The result passes through unchanged a second time, with the same limit.

    Args:
        text: Any text, lone surrogates included.
        limit: Characters of the result at most, the note on what was cut included; at least 40 are taken.
        lines: Whether a line feed stays one; CR and LF together count as one.
    """
    limit = max(limit, 40)
    plain = _PLAIN_LINES if lines else _PLAIN
    if len(text) <= limit and plain.fullmatch(text):
        return text
    room = limit - len(_note(len(text)))  # what is cut is said within the limit
    out: list[str] = []
    size = kept = kept_signs = marks = 0
    for taken, sign in enumerate(text):
        marks = marks + 1 if unicodedata.category(sign) in _MARKS else 0
        if lines and sign == "\n":
            shown = sign
        elif lines and sign == "\r" and text.startswith("\n", taken + 1):
            shown = ""
        else:
            shown = _shown(sign, hidden=marks > _MOST_MARKS)
        size += len(shown)
        if size > limit:
            return "".join(out[:kept]) + _note(len(text) - kept_signs)
        out.append(shown)
        if size <= room:
            kept, kept_signs = len(out), taken + 1
    return "".join(out)


def _note(cut: int) -> str:
    return f"… ({cut:,} more characters)"


def _shown(sign: str, *, hidden: bool) -> str:
    code = ord(sign)
    if 0x20 <= code < 0x7F:
        return sign
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if hidden or code in _ALSO or code in _VARIATION_SUPPLEMENT or unicodedata.category(sign) in _UNSEEN:
        return f"‹U+{code:04X}›"
    return sign


def is_visible(text: str, *, lines: bool = False) -> bool:
    """Whether a text has no character that `visible` would replace."""
    return all((lines and sign == "\n") or _shown(sign, hidden=False) == sign for sign in text)
