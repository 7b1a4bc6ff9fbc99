"""The text of a token with what crept into it taken out, and where everything stood before."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from tui401.model.words import Defect

MALFORMED: Final = "token-malformed"
_MAX_DEFECTS: Final = 16  # of one sort; the rest repeat them

# White space and control characters of every sort, invisible characters, and escapes of what a token may hold.
_DAMAGE: Final = re.compile(
    r"(?P<line>[ \t]*+[\r\n\v\f\x85\u2028\u2029][\s]*+)|(?P<space>\s++)"
    r"|(?P<unseen>[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]++)"
    r"|(?P<escape>%(?:0[9ADad]|2[0BDEFbdef]|3[Dd]|5[Ff]|7[Ee]))"
)
_NAMES: Final = {"line": "line-break-inside", "space": "space-inside", "unseen": "control-character"}
_SAYS: Final = {
    "line": "A line break stands inside the token.",
    "space": "A space stands inside the token.",
    "unseen": "A control character or one that cannot be seen stands inside the token.",
}


@dataclass(frozen=True, slots=True)
class TokenText:
    """A token without white space, invisible characters and percent escapes.

    Attributes:
        clean: What is left.
        defects: What was taken out.
        size: Characters of the token as given.
    """

    clean: str
    defects: tuple[Defect, ...]
    size: int
    _clean_at: tuple[int, ...]
    _raw_at: tuple[int, ...]

    @classmethod
    def of(cls, token: str) -> TokenText:
        """Cleans a token, in time linear in its length."""
        out: list[str] = []
        clean_at, raw_at, size, last = [0], [0], 0, 0
        defects: list[Defect] = []
        escapes = 0
        for found in _DAMAGE.finditer(token):
            kept = token[last : found.start()]
            out.append(kept)
            size += len(kept)
            last = found.end()
            kind = found.lastgroup or ""
            if kind == "escape":
                escapes += 1
                sign = chr(int(found.group()[1:], 16))
                if escapes == 1:
                    says = "The token is percent-encoded, as it would be in an address; a header carries it plain."
                    defects.append(Defect("percent-encoded", MALFORMED, found.start(), 3, says))
                if not sign.isspace():
                    clean_at.append(size)
                    raw_at.append(found.start())
                    out.append(sign)
                    size += 1
            elif found.start() == 0 or last == len(token):
                says = "White space or a character that cannot be seen stands around the token."
                defects.append(Defect("space-around", "header-malformed", found.start(), last - found.start(), says))
            elif len(defects) < _MAX_DEFECTS:
                defects.append(Defect(_NAMES[kind], MALFORMED, found.start(), last - found.start(), _SAYS[kind]))
            clean_at.append(size)
            raw_at.append(last)
        out.append(token[last:])
        return cls("".join(out), tuple(defects), len(token), tuple(clean_at), tuple(raw_at))

    def raw(self, offset: int) -> int:
        """The offset in the token as given of a character of the clean text (or of its end)."""
        index = bisect_right(self._clean_at, offset) - 1
        return min(self._raw_at[index] + offset - self._clean_at[index], self.size)

    def pieces(self, most: int) -> list[Piece]:
        """The runs between dots; behind `most - 1` dots the rest is one run."""
        found: list[Piece] = []
        start = 0
        for run in self.clean.split(".", most - 1):
            found.append(Piece(run, start, self))
            start += len(run) + 1
        return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a token between two dots.

    Attributes:
        text: The run, cleaned.
        start: Its offset in the clean text.
        source: The token that it is a part of.
    """

    text: str
    start: int
    source: TokenText

    @property
    def at(self) -> int:
        """Its offset in the token as it was given."""
        return self.source.raw(self.start)

    @property
    def length(self) -> int:
        """The characters that it covers in the token as it was given."""
        return self.source.raw(self.start + len(self.text)) - self.at

    def offset(self, index: int) -> int:
        """The offset in the token as it was given of one of its characters."""
        return self.source.raw(self.start + index)
