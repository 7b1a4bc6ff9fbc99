"""WWW-Authenticate and Proxy-Authenticate fields into challenges: RFC 9110 section 11, and what servers really send.

What the grammar allows is read by the grammar. What it forbids is common, so it is read the way a person would: commas
that are missing, quotes that never close or stand unescaped inside, values with spaces and no quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tui401.model.words import Challenge

MAX_CHARS: Final = 65_536  # of all fields together; no server's header limit is near it
MAX_CHALLENGES: Final = 256
MAX_PARAMS: Final = 1_024  # of all challenges together

KNOWN_SCHEMES: Final = frozenset(
    {
        # The IANA registry of HTTP authentication schemes.
        *("basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth"),
        *("privatetoken", "scram-sha-1", "scram-sha-256", "vapid"),
        # Widely seen and never registered.
        *("ntlm", "kerberos", "token", "jwt", "apikey", "api-key", "hawk", "hmac", "mac", "pop", "signature", "wsse"),
        *("aws4-hmac-sha256", "sharedkey", "xbasic", "ssws"),
    }
)
"""Scheme names in lower case that are taken for a scheme even where the comma before them is missing."""

# Every pattern is a chain of possessive runs over classes that exclude what follows, so none can backtrack.
_GAP: Final = re.compile(r"[ \t\r\n\v\f,;]++")
_WORD: Final = re.compile(r'[^ \t\r\n\v\f,;="]++')
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]++")
_EQUALS: Final = re.compile(r"[ \t\r\n\v\f]*+=[ \t\r\n\v\f]*+")
_TOKEN68: Final = re.compile(r"([A-Za-z0-9._~+/-]++=*+)[ \t\r\n\v\f]*+(?=,|\Z)")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"(?=[ \t\r\n\v\f]*+(?:,|\Z))', re.DOTALL)
_QUOTE_OR_PAIR: Final = re.compile(r'\\.|"', re.DOTALL)
_PAIR: Final = re.compile(r"\\(.)", re.DOTALL)
_UNQUOTED: Final = re.compile(r"[^ \t\r\n\v\f,]++")
_PARAM_NEXT: Final = re.compile(r'[ \t\r\n\v\f]++[^ \t\r\n\v\f,;="]++[ \t\r\n\v\f]*+=')
_BEHIND_QUOTE: Final = re.compile(
    r'(?P<gap>[ \t\r\n\v\f]*+)(?:(?P<stop>[,;]|\Z)|(?P<word>[^ \t\r\n\v\f,;="]++)(?P<param>[ \t\r\n\v\f]*+=)?)'
)
_PARAM_OPENS: Final = re.compile(r"[ \t\r\n\v\f]*+[!#$%&'*+.^_`|~0-9A-Za-z-]++[ \t]*+=[ \t]*+\Z")
_FIELD_NAME: Final = re.compile(r"[ \t\r\n\v\f]*+(?:www|proxy)-authenticate[ \t]*+:", re.IGNORECASE)


def parse(fields: Sequence[str]) -> list[Challenge]:
    """Reads the values of all WWW-Authenticate (or all Proxy-Authenticate) lines of one answer.

    Args:
        fields: The values, one a header line, in order. Lines of the same name are one list (RFC 9110, section 5.3),
            so a parameter that opens a line belongs to the challenge before it.

    Returns:
        The challenges in order. Parameters that stand before any scheme come under the scheme "". Characters beyond
        MAX_CHARS, challenges beyond MAX_CHALLENGES and parameters beyond MAX_PARAMS are left out. Nothing is raised.
    """
    reader = _Reader()
    left = MAX_CHARS
    for field in fields:
        if left <= 0:
            break
        reader.read(field[:left])
        left -= len(field) + 1
    return [draft.done() for draft in reader.drafts]


class _Draft:
    """A challenge while it is being read; values are kept in pieces, so that joining them stays linear."""

    __slots__ = ("fresh", "params", "scheme", "token68", "unquoted")

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.token68: str | None = None
        self.params: list[tuple[str, list[str]]] = []
        self.fresh = True  # a token68 may follow: nothing, not even a comma, came after the scheme
        self.unquoted = False  # the last value had no quotes, so words after it may belong to it

    def add(self, name: str, value: str, *, unquoted: bool) -> None:
        if self.token68 is not None and self.token68.endswith("=") and not self.token68.endswith("=="):
            # "realm=, error=x" reads as a token68 until a parameter follows; then it was a name without a value.
            self.params.append((self.token68[:-1], [""]))
            self.token68 = None
        self.params.append((name, [value]))
        self.fresh, self.unquoted = False, unquoted

    def done(self) -> Challenge:
        return Challenge(self.scheme, self.token68, tuple((name, " ".join(pieces)) for name, pieces in self.params))


class _Reader:
    """Reads fields one after another into drafts."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.params = 0
        self.full = False

    def read(self, text: str) -> None:
        named = _FIELD_NAME.match(text)
        at, end, comma = (named.end() if named else 0), len(text), True
        last_quote = text.rfind('"')
        while at < end and not self.full:
            gap = _GAP.match(text, at)
            if gap:
                at = gap.end()
                comma = comma or "," in gap.group()
                continue
            if comma and self.drafts:
                self.drafts[-1].fresh = self.drafts[-1].unquoted = False
            word = _WORD.match(text, at)
            if word is not None:
                at = self._word(text, word, comma=comma, last_quote=last_quote)
            elif text[at] == '"':  # a quoted string where none belongs
                at = _quoted(text, at, last_quote)[1]
            else:  # a stray "="
                at += 1
            comma = False

    def _word(self, text: str, word: re.Match[str], *, comma: bool, last_quote: int) -> int:
        """Takes one word for what it is; gives the offset behind it."""
        current = self.drafts[-1] if self.drafts else None
        if current is not None and current.fresh:
            token68 = _TOKEN68.match(text, word.start())
            if token68:
                current.token68, current.fresh = token68.group(1), False
                return token68.end()
        equals = _EQUALS.match(text, word.end())
        if equals:
            return self._param(text, word.group(), equals.end(), last_quote)
        scheme = word.group().removesuffix(":")
        if _TOKEN.fullmatch(scheme) and (current is None or comma or _opens(text, scheme, word.end(), current)):
            self.full = len(self.drafts) >= MAX_CHALLENGES
            if not self.full:
                self.drafts.append(_Draft(scheme))
        elif current is not None and current.unquoted:  # error_description=The token expired
            current.params[-1][1].append(word.group())
        return word.end()

    def _param(self, text: str, name: str, at: int, last_quote: int) -> int:
        """Takes the value of a parameter; gives the offset behind it."""
        self.full = self.params >= MAX_PARAMS
        if self.full:
            return at
        self.params += 1
        if not self.drafts:
            self.drafts.append(_Draft(""))
        if text.startswith('"', at):
            value, at = _quoted(text, at, last_quote)
            self.drafts[-1].add(name, value, unquoted=False)
            return at
        plain = _UNQUOTED.match(text, at)
        value = plain.group().rstrip(";") if plain else ""
        self.drafts[-1].add(name, value, unquoted=plain is not None and not plain.group().endswith(";"))
        return plain.end() if plain else at


def _quoted(text: str, at: int, last_quote: int) -> tuple[str, int]:
    """The value of the quoted string that opens at `at`, and the offset behind it (RFC 9110, section 5.6.4)."""
    whole = _QUOTED.match(text, at)
    if whole:
        return _unescaped(whole.group(1)), whole.end()
    seen = at + 1  # behind the last quote looked at
    for found in _QUOTE_OR_PAIR.finditer(text, at + 1):
        if found.group() != '"':
            continue
        here = found.start()
        if here == last_quote or _closes(text, here):
            return _unescaped(text[at + 1 : here]), here + 1
        comma = text.rfind(",", seen, here)
        if comma >= 0 and _PARAM_OPENS.match(text, comma + 1, here):
            # This quote opens the next parameter's value, so the one before it was never closed.
            return _unescaped(text[at + 1 : comma]), comma
        seen = here + 1
    return _unescaped(text[at + 1 :]), len(text)


def _opens(text: str, scheme: str, end: int, current: _Draft) -> bool:
    """Whether a word opens a challenge although no comma stands before it."""
    known, param_next = scheme.lower() in KNOWN_SCHEMES, _PARAM_NEXT.match(text, end) is not None
    return (known and param_next) if current.unquoted else (known or param_next)


def _closes(text: str, quote: int) -> bool:
    """Whether what stands behind a quote shows that it closes; a quote inside a sentence does not."""
    behind = _BEHIND_QUOTE.match(text, quote + 1)
    if behind is None:
        return False
    if behind["stop"] is not None or behind["param"]:
        return True
    word = behind["word"]
    # "token" and "signature" are words of sentences too; as schemes they are written with a capital.
    scheme = (word[0].isupper() and word.lower() in KNOWN_SCHEMES) or _PARAM_NEXT.match(text, behind.end()) is not None
    return bool(behind["gap"]) and scheme and _TOKEN.fullmatch(word) is not None


def _unescaped(value: str) -> str:
    return _PAIR.sub(r"\1", value) if "\\" in value else value
