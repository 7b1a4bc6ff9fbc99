"""Signs that a copy left in a text: found, named, and only where the text could not be read otherwise undone.

Undone with a note, since no shell could read the command otherwise: a byte order mark, a prompt, a code fence, smart
quotes that stand for quotes, a dash that stands for hyphens, odd spaces between words. Left in the value and sent, with
a note: all of these inside quotes, and a line break inside a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tui401.intake.core import note
from tui401.intake.curl_options import LETTERS, OPTIONS
from tui401.intake.words import Word
from tui401.model.shown import Note

ODD_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Spaces that look like one and are none to a shell or a server."""

INVISIBLE: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Characters that take no place on a screen."""

DOUBLE_QUOTES: Final = "“”„‟«»＂″"
"""What word processors make of a double quotation mark."""

SINGLE_QUOTES: Final = "‘’‚‛′"
"""What word processors make of a single quotation mark."""

DASHES: Final = "–—−‐‑‒―"
"""What word processors make of hyphens."""

_PROMPT: Final = re.compile(
    r"[ \t]{0,8}(?:"
    r"PS(?: [^>\n]{0,200})?> ?"
    r"|[A-Za-z]:\\[^>\n]{0,200}>[ ]?"
    r"|\[[^\]\n]{1,120}\][$#%] "
    r"|(?:\([^)\n]{1,60}\) )?[\w.+-]{1,64}@[\w.-]{1,64}[: ][^$#%\n]{0,200}[$#%] "
    r"|[$%❯➜»#][ \t]+(?=\S)"
    r")"
)
_CONTINUATION_PROMPT: Final = re.compile(r"(?m)^(?:>{1,2}|dquote>|quote>|pipe>)[ \t]{0,40}(?=\S)")
_FENCE: Final = re.compile(r"\s{0,20}(`{3,}|~{3,})[ \t]*[A-Za-z-]{0,20}[ \t]*\n")
_CURL: Final = re.compile(r"(?i)(?:^|[\s/\\&;|(\"'])curl(?:\.exe)?(?=[\"'\s]|$)")
_ENTITIES: Final = re.compile(r"&(?:quot|apos|amp|lt|gt|#0{0,3}3[49]|#x0{0,3}2[27]);", re.IGNORECASE)
_HEADERS: Final = frozenset({"-H", "--header"})
_FIELD_NAME: Final = re.compile(r"(?:-H)?[\"'“‘]?([A-Za-z0-9-]{1,40})[ \t]?:")
_SECRET_NAME: Final = re.compile(r"(?i)authorization|key|token|auth|secret|cookie")


def cleaned(text: str) -> tuple[str, list[Note]]:
    r"""The text without what stands around it, with a note for each thing taken away. Line ends become LF.

    A terminal's paste has ``\r`` for every line end whatever was copied, so line ends are no finding.
    """
    notes: list[Note] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bare = text.lstrip("\ufeff")
    if len(bare) != len(text):
        notes.append(note("byte-order-mark", "A byte order mark stood before the text; it was left out."))
    bare = bare.strip("\n\t " + ODD_SPACES)
    fence = _FENCE.match(bare)
    if fence:
        inside = bare[fence.end() :]
        end = inside.find(fence[1][:3])
        bare = (inside[:end] if end >= 0 else inside).strip("\n")
        notes.append(note("code-fence", "The text stood in a code block; what stands inside it was taken."))
    elif len(bare) > 2 and bare[0] == bare[-1] == "`" and "\n" not in bare and "`" not in bare[1:-1]:
        bare = bare[1:-1]
        notes.append(note("code-fence", "The text stood in backticks; what stands inside them was taken."))
    return bare, notes


def without_prompts(text: str) -> tuple[str, list[Note]]:
    """The text without a shell's prompt before its first line, and without those of continued lines."""
    found = _PROMPT.match(text)
    if not found:
        return text, []
    rest = text[found.end() :]
    if found[0].strip() == "#" and not _CURL.match(rest):
        return text, []
    rest = _CONTINUATION_PROMPT.sub("", rest)
    return rest, [note("prompt", "A shell's prompt stood before the command; it was left out.")]


def calls_curl(text: str) -> bool:
    """Whether a text looks like a curl command somewhere in its first thousands of characters."""
    return _CURL.search(text[:20_000]) is not None


def inspect(words: Sequence[Word]) -> list[Note]:
    """Names what stands inside a command's words and is sent as it stands."""
    notes: dict[tuple[str, str], Note] = {}
    before = ""
    for word in words:
        text = word.text
        where, secret = _where(text, before)
        before = text
        if text.isascii() and "\n" not in text and "\r" not in text and "&" not in text:
            continue
        for name, says, cause in _signs(text):
            found = note(name, f"{says} in {where}; it is sent as it stands.", cause if secret else "")
            notes.setdefault((name, where), found)
    return list(notes.values())


def _signs(text: str) -> list[tuple[str, str, str]]:
    signs: list[tuple[str, str, str]] = []
    if any(char in ODD_SPACES for char in text):
        signs.append(("non-breaking-space", "A non-breaking space stands", "header-malformed"))
    if any(char in INVISIBLE for char in text):
        signs.append(("invisible-character", "A character that takes no place on a screen stands", "token-malformed"))
    if any(char in DOUBLE_QUOTES or char in SINGLE_QUOTES for char in text):
        signs.append(("smart-quotes", "A typographic quotation mark stands", "header-malformed"))
    if any(char in DASHES for char in text):
        signs.append(("dash", "A typographic dash stands", "token-malformed"))
    if "\n" in text.strip("\n\r") or "\r" in text.strip("\n\r"):
        signs.append(("line-break-inside", "A line break stands", "token-malformed"))
    elif "\n" in text or "\r" in text:
        signs.append(("line-break-at-end", "A line break stands at the end", "token-malformed"))
    if _ENTITIES.search(text):
        signs.append(("html-escaped", "A sign written for a web page, such as &amp;, stands", "header-malformed"))
    return signs


def _where(text: str, before: str) -> tuple[str, bool]:
    """A phrase for a word's place, and whether it may hold the credential. Only names of options and headers in it."""
    if before in _HEADERS or text.startswith(("-H", "“", "‘")):
        named = _FIELD_NAME.match(text)
        name = named[1] if named else ""
        secret = _SECRET_NAME.search(name) is not None
        return f"the header {name}" if name else "a header", secret
    if before[2:] in OPTIONS or (len(before) == 2 and before[1:] in LETTERS):
        return f"the value of {before}", before in ("-u", "--user", "--oauth2-bearer")
    return ("the address" if "://" in text else "a word of the command"), False
