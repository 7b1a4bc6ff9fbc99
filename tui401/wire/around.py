"""What stands around a credential and is no part of it: white space, quotes, brackets, names, signs behind it."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.words import Defect
from tui401.wire.placeholder import is_placeholder

MALFORMED: Final = "header-malformed"

_CONTROL: Final = "".join(map(chr, (*range(9), *range(10, 32), *range(127, 160))))
_INVISIBLE: Final = (
    "\u00a0\u00ad\u061c\u1680\u180e\u3000\ufeff"
    + "".join(map(chr, range(0x2000, 0x2010)))
    + "".join(map(chr, range(0x2028, 0x2030)))
    + "".join(map(chr, range(0x205F, 0x2070)))
)
BLANK: Final = " \t" + _CONTROL + _INVISIBLE
"""Every sign that cannot be seen, so that it is never a part of a credential's edge."""

_CONTROL_SET: Final = frozenset(_CONTROL)
_PAIRS: Final = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "‘": "’",
    "„": "“",
    "«": "»",
    "‹": "›",
    "”": "”",
    "’": "’",
    "<": ">",
    "[": "]",
    "{": "}",
    "(": ")",
}
_BRACKETS: Final = frozenset("<[{(")
_CLOSERS: Final = {closing: opening for opening, closing in _PAIRS.items() if opening in _BRACKETS}
_QUOTES: Final = frozenset("\"'`“”‘’„«»‹›")
_SIGNS: Final = ",;:\\"
_ESCAPES: Final = ("\\r\\n", "\\n", "\\r", "\\t", "\\0")
_OBJECT: Final = re.compile(
    r"""["'](?:access_?[tT]oken|token|id_token|api_?[kK]ey)["']\s{0,8}:\s{0,8}["']([^"']+)["']"""
)
_NAME_BEFORE: Final = re.compile(
    r"(?:access[_-]?token|auth[_-]?token|id[_-]?token|api[_-]?key|bearer|token|jwt)[ \t]*+[=:][ \t]*+(?=[^ \t=])",
    re.IGNORECASE,
)
_MAX_INSIDE: Final = 16  # defects inside a credential; the rest repeat them
_INSIDE: Final = re.compile(
    r"(?P<control>[\x00-\x08\x0a-\x1f\x7f-\x9f][\x00-\x20\x7f-\x9f]*+)|(?P<space>[ \t]++)|(?P<foreign>[^\x00-\x9f]++)"
    r"|(?P<escape>%(?:0[9ADad]|2[0-9A-Fa-f]|3[A-Fa-f]|5[Ff]|7[CEce]))"
)
_MOST_LAYERS: Final = 8


def quality(run: str) -> str:
    """The name of the defect that a run of blanks is, the worst sign deciding."""
    if not _CONTROL_SET.isdisjoint(run):
        return "control-character"
    return "space" if run.isascii() else "non-ascii"


class Cut:
    """A stretch of a value that gets narrower as what stands around it is taken away.

    Attributes:
        value: The whole value.
        start: Offset of the first character that is left.
        end: Offset behind the last one.
        defects: What was taken away.
    """

    __slots__ = ("defects", "end", "start", "value")

    def __init__(self, value: str) -> None:
        self.value = value
        self.start = 0
        self.end = len(value)
        self.defects: list[Defect] = []

    @property
    def text(self) -> str:
        """What is left."""
        return self.value[self.start : self.end]

    def say(self, name: str, at: int, length: int, says: str, cause: str = MALFORMED) -> None:
        """Notes a defect."""
        self.defects.append(Defect(name, cause, at, length, says))

    def trim(self) -> None:
        """Takes blanks off both ends."""
        text = self.text
        left = len(text) - len(text.lstrip(BLANK))
        if left == len(text):
            self.start = self.end
            return
        right = len(text) - len(text.rstrip(BLANK))
        if left:
            self._blank(self.start, left, "leading-space", "before")
        if right:
            self._blank(self.end - right, right, "trailing-space", "behind")
        self.start += left
        self.end -= right

    def _blank(self, at: int, length: int, space: str, where: str) -> None:
        name = quality(self.value[at : at + length])
        if name == "control-character":
            self.say(name, at, length, f"A line break or another control character stands {where} the credential.")
        elif name == "non-ascii":
            self.say(
                name, at, length, f"A character that cannot be seen, outside ASCII, stands {where} the credential."
            )
        else:
            self.say(space, at, length, f"White space stands {where} the credential; most servers ignore it.")

    def unwrap(self, *, names: bool) -> None:
        """Takes off quotes, brackets, bytes literals, objects and signs behind, layer by layer; a placeholder stays.

        Args:
            names: Whether a name and a sign before the token, as in "access_token=", are taken off, too.
        """
        self.trim()
        for _ in range(_MOST_LAYERS):
            if self.start >= self.end or is_placeholder(self.text):
                return
            if not (self._object() or self._pair() or self._lone() or self._behind() or (names and self._name())):
                return
            self.trim()

    def _pair(self) -> bool:
        text, at = self.text, self.start
        if len(text) > 3 and text[0] in "bB" and text[1] in "\"'" and text.endswith(text[1]):
            self.say("quoted", at, len(text), "The credential stands in a bytes literal, as b'…' of Python prints it.")
            self.start, self.end = at + 2, self.end - 1
            return True
        if len(text) < 2 or _PAIRS.get(text[0]) != text[-1]:
            return False
        if text[0] in _BRACKETS:
            self.say(
                "brackets", at, len(text), "Brackets stand around the credential; they belong to an example's text."
            )
        else:
            self.say(
                "quoted", at, len(text), "Quotes stand around the credential; the server reads them as part of it."
            )
        self.start, self.end = at + 1, self.end - 1
        return True

    def _lone(self) -> bool:
        text = self.text
        first, last = text[0], text[-1]
        if first in _QUOTES or (first in _BRACKETS and _PAIRS[first] not in text):
            name = "quoted" if first in _QUOTES else "brackets"
            self.say(name, self.start, 1, "A quote or bracket stands before the credential and is never closed.")
            self.start += 1
            return True
        if last in _QUOTES or (last in _CLOSERS and _CLOSERS[last] not in text):
            name = "quoted" if last in _QUOTES else "brackets"
            self.say(name, self.end - 1, 1, "A quote or bracket stands behind the credential and was never opened.")
            self.end -= 1
            return True
        return False

    def _behind(self) -> bool:
        text = self.text
        escape = next((sign for sign in _ESCAPES if text.endswith(sign)), "")
        length = len(escape) or len(text) - len(text.rstrip(_SIGNS))
        if not length and text.endswith(".") and not self._dot_belongs(text):
            length = len(text) - len(text.rstrip("."))
        if not length or length == len(text):
            return False
        self.say("sign-behind", self.end - length, length, "A sign that is no part of it stands behind the credential.")
        self.end -= length
        return True

    @staticmethod
    def _dot_belongs(text: str) -> bool:
        """Whether a dot at the end is the token's own: an unsigned token ends in its second dot."""
        return text.startswith("ey") and text.count(".") <= 2

    def _object(self) -> bool:
        text = self.text
        found = _OBJECT.search(text) if text[0] == "{" else None
        if found is None:
            return False
        says = "A whole object was put into the header in place of the token that it holds."
        self.say("object", self.start, len(text), says)
        self.end = self.start + found.end(1)
        self.start += found.start(1)
        return True

    def _name(self) -> bool:
        found = _NAME_BEFORE.match(self.value, self.start, self.end)
        if found is None:
            return False
        self.say("name-before", self.start, found.end() - self.start, "A name stands before the token, as in a form.")
        self.start = found.end()
        return True

    def inside(self, cause: str, *, spaces: bool) -> None:
        """Names what is damaged inside what is left.

        Args:
            cause: The cause that such damage speaks for.
            spaces: Whether spaces and percent escapes are damage; in a list of parameters they are not.
        """
        escapes = 0
        for count, found in enumerate(_INSIDE.finditer(self.value, self.start, self.end)):
            if count >= _MAX_INSIDE:
                return
            at, length, kind = found.start(), found.end() - found.start(), found.lastgroup
            if kind == "control":
                self.say(
                    "control-character",
                    at,
                    length,
                    "A line break or another control character stands inside it.",
                    cause,
                )
            elif kind == "foreign":
                says = "A character outside ASCII stands inside the credential: a typographic quote, dash or space."
                self.say("non-ascii", at, length, says, cause)
            elif kind == "space" and spaces:
                self.say("space-inside", at, length, "White space stands inside the credential.", cause)
            elif kind == "escape" and spaces:
                escapes += 1
                if escapes == 1:
                    says = "The credential is percent-encoded, as it would be in an address; a header carries it plain."
                    self.say("percent-encoded", at, length, says, cause)
