"""Strikes out of one recorded exchange what is its own, so that what it has in common with others is left.

How each thing is struck out hangs on who reads it. Of a credential the judge reads kind, place and defects; of a JWT
all but its signature and the claims that no cause reads; of times how far they are from the exchange; of identifiers
whether they are the same. A text that is shown may hold an identifier, so those are kept to be put in again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from tui401.causes.reading import spoken
from tui401.intake.harentry import MAX_BODY, Entry, Line, request_body, started
from tui401.wire import authorization
from tui401.wire.echo import basic_pair
from tui401.wire.placeholder import is_placeholder
from tui401.wire.secretnames import Weight, is_companion_header, is_key_header, weigh
from tui401.wire.shapes import is_plain, public_prefix

if TYPE_CHECKING:
    from tui401.offline.alike import Likener

UNREAD_CLAIMS: Final = (
    *("jti", "uti", "sid", "aio", "rh", "sub", "oid", "session_state", "updated_at", "email", "name"),
    *("preferred_username", "unique_name", "upn", "given_name", "family_name", "ipaddr", "at_jti"),
)
"""Claims of which no cause reads more than that they are there."""
DATED: Final = frozenset({"x-amz-date", "date", "x-date", "x-ms-date"})
"""Header lines by which a signed request says when it was signed."""

TIME_CLAIMS: Final = ("exp", "nbf", "iat", "auth_time")
_UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_MOMENT: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_TOKEN: Final = r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}(?![A-Za-z0-9_.=-])"
_RUN: Final = r"[A-Za-z0-9_+~-]{16,}={0,2}"
_ALONE: Final = rf"(?<![\w-]){_UUID}(?![\w-])"
_IN_ANSWER: Final = re.compile(
    rf"{_ALONE}|(?<!\d){_MOMENT}|(?<![\w.-])\d{{9,20}}(?![\w.-])|(?<=/)\d{{4,20}}(?=[/?\"'\s]|$)|{_TOKEN}|{_RUN}"
)
_IN_REQUEST: Final = re.compile(rf"{_ALONE}|{_TOKEN}|{_RUN}")
_IN_URL: Final = re.compile(rf"(?<=/)\d{{4,20}}(?=[/?#]|$)|(?<=[/=]){_UUID}(?=[/?&#]|$)|{_TOKEN}|{_RUN}")
_IS_UUID: Final = re.compile(_UUID).fullmatch
_IS_MOMENT: Final = re.compile(_MOMENT).fullmatch
_IS_HEX: Final = re.compile(r"[0-9a-fA-F]{16,}").fullmatch
_IS_STAMP: Final = re.compile(r"\d{8}T\d{6}Z").fullmatch
_SIGNS: Final = re.compile(r"(?i)[a-z0-9-]*(?:signature|hmac|sharedkey|hawk)|(?:oauth|mac|aws) ")
_EPOCH: Final = re.compile(r"(?<!\d)\d{10}(?!\d)")
_EXPIRES: Final = re.compile(r"(?i)[?&]x-amz-expires=(\d{1,8})(?=&|$)")
_IS_BASIC: Final = re.compile(r"(?i)(basic) ([A-Za-z0-9+/]{8,}={0,2})").fullmatch
_NONCE: Final = re.compile(r'\b((?:next)?nonce|opaque|cnonce|rspauth)="[^"]{8,}"')
_CLAIM: Final = re.compile(
    rf'"({"|".join(TIME_CLAIMS)})"\s*:\s*(\d{{9,11}})(?=[\s,}}])'
    rf'|"({"|".join(UNREAD_CLAIMS)})"\s*:\s*(?:"[^"\\]+"|\d+)'
)
_FIXDATE: Final = re.compile(r"[A-Z][a-z]{2}, (\d\d [A-Z][a-z]{2} \d{4}) (\d\d):(\d\d):(\d\d) GMT").fullmatch
_BEGINS_LIKE_JSON: Final = ("ey", "ew", "e3", "IH", "CX", "Cn", "DQ", "Cg")
_LONGEST_FILLER: Final = 120  # characters of a placeholder
_LONGEST_IDENTIFIER: Final = 36  # of a hexadecimal one; longer ones are covered
_RUN_COVERED: Final = 8  # characters of a secret in a row, which are covered wherever they stand
_FAR: Final = (3_600, 86_400, 2_592_000, 31_536_000)  # an hour, a day, a month, a year
_LONGEST_HEADERS: Final = 12_000
_SHORTEST: Final = 5  # characters of anything that is struck out
_LONGEST_STILL: Final = 4_096
_MOST_STILL: Final = 2_000
_NEAR: Final = 5.0  # seconds: so near, half a second can decide
_CLOSE: Final = 1_000.0  # seconds: longer than any leeway and than the life of a signature


class UnlikeError(Exception):
    """The exchange has something that only the judge itself understands."""


@dataclass(slots=True)
class Likeness:
    """What an exchange has in common with others, and what is its own.

    Attributes:
        digest: Equal for exchanges that must be judged alike.
        holes: Its own identifiers and moments, in the order of the holes.
        secrets: Its credentials that were struck out.
        whole: Nothing at all was struck out but how far times are, so it is the same exchange again.
    """

    digest: bytes
    holes: list[str] = field(repr=False)
    secrets: list[str] = field(repr=False)
    whole: bool = False


class Striking:
    """One entry on its way to a likeness.

    Args:
        likener: Remembers what it made of other entries.
        entry: The entry.

    Raises:
        UnlikeError: for an entry without a time.
    """

    def __init__(self, likener: Likener, entry: Entry) -> None:
        self._likener = likener
        self._entry = entry
        at = started(entry)
        if at <= 0:
            raise UnlikeError
        self._elapsed = max(entry.time, 0.0) / 1000
        self._started = at
        self._now = at + self._elapsed
        self._holes: dict[str, int] = {}
        self._secrets: list[str] = []
        self._hidden: list[str] = []  # passwords, which may stand in an answer without looking like one
        self._times: list[float] = []
        self._stamped = 0.0
        self._pool = ""  # what stays as it is and may be compared with what the answer says

    def likeness(self, *, sanitised: bool) -> Likeness:
        """What the entry has in common with others.

        Args:
            sanitised: Credentials that are not there may have been left out.

        Raises:
            UnlikeError: when it has something that only the judge itself understands.
        """
        asked, came = self._entry.request, self._entry.response
        parts = [f"{sanitised:d} {asked.method} {came.status}"]
        parts += self._headers(asked.headers)
        body, kind = request_body(asked.postData)
        if body:
            try:
                text = body.decode()
            except UnicodeDecodeError:
                raise UnlikeError from None
            parts += (kind, _IN_REQUEST.sub(self._of_request, text))
        if len(memoryview(asked.cookies)) > 2 and not any(line.name.lower() == "cookie" for line in asked.headers):
            raise UnlikeError
        self._pool = "\n".join(parts).lower()
        asked_for = len(parts)
        parts.append(self._address(asked.url))
        parts += self._answered(came.headers)
        content = came.content
        if content is not None:
            text = content.text
            if content.encoding:
                text = _decoded(text) if content.encoding.lower() == "base64" else text
            if len(text) > MAX_BODY:
                raise UnlikeError
            parts += (content.mimeType, self._answer(text))
        parts.append(came.redirectURL)
        if self._hidden:
            self._no_part_of_a_password("\n".join(parts[asked_for:]))
        left = "\x00".join(parts)
        digest = blake2b(left.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return Likeness(digest, list(self._holes), self._secrets, whole=not self._holes and "\x02" not in left)

    # -- the request -----------------------------------------------------------------------------------------------

    def _headers(self, lines: Sequence[Line]) -> list[str]:
        return [self._header(line) for line in lines if line.name[:1] != ":"]

    def _header(self, line: Line) -> str:
        lower = line.name.lower()
        if lower in ("authorization", "proxy-authorization"):
            if _SIGNS.match(line.value):
                return f"{line.name}:{self._signing(line.value)}"
            basic = _IS_BASIC(line.value)
            if basic is not None:
                return f"{line.name}:{basic[1]} {self._basic(line.value, basic[2])}"
            return f"{line.name}:{_IN_REQUEST.sub(self._of_request, line.value)}"
        if lower == "cookie" or is_key_header(line.name) or is_companion_header(line.name):
            return f"{line.name}:{_IN_REQUEST.sub(self._of_request, line.value)}"
        if weigh(line.name) > Weight.IDENTIFIER and (public_prefix(line.value) or line.value[:2] == "ey"):
            return f"{line.name}:{_IN_REQUEST.sub(self._of_request, line.value)}"
        if lower.startswith("signature"):
            return f"{line.name}:{self._signing(line.value)}"
        if lower in DATED:
            return f"{line.name}:{self._dated(line.value)}"
        if _IS_STAMP(line.value):
            return f"{line.name}:{self._stamp(line.value)}"
        return self._likener.of_request(line)

    def _signing(self, value: str) -> str:
        """A signature and its parameters: times are told from now, and what looks drawn by chance is struck out."""
        timed = _EPOCH.sub(lambda found: f"\x02t{self._apart(float(found.group()))}", value)
        return _IN_REQUEST.sub(self._of_request, timed)

    def _dated(self, value: str) -> str:
        """A header by which a request says when it was made."""
        if _IS_STAMP(value):
            return self._stamp(value)
        if _FIXDATE(value) is None:
            try:
                parsedate_to_datetime(value)
            except (ValueError, TypeError, IndexError, OverflowError):
                return ""  # nobody reads it as a time
            raise UnlikeError
        return f"{value[5:16]}{self._apart(self._moment(value))}"  # the day stands in the scope of some, too

    def _basic(self, value: str, pair: str) -> str:
        """User and password in base64: the user as it is, of the password only whether it is one."""
        user, password = basic_pair(pair)
        if len(password) < _RUN_COVERED or not password.isalnum() or is_placeholder(password):
            return pair
        self._secrets += (pair, password)
        self._hidden.append(password)
        defects = "".join(f" {item.name} {item.at}" for item in authorization.take_apart(value).defects)
        return f"\x02b{user} {len(pair)}{is_plain(password):d}{defects}"

    def _of_request(self, found: re.Match[str]) -> str:
        return self._credential(found.group())

    def _credential(self, run: str) -> str:
        """A run of token characters: what it is where it is random, else itself."""
        if run.count(".") == 2:
            return self._jwt(run) if len(run) > _LONGEST_FILLER else run
        if _IS_UUID(run):
            kind = "u"
        elif _IS_HEX(run):
            kind = f"h{is_plain(run):d}"
        elif _IS_STAMP(run):
            return self._stamp(run)
        elif run.startswith(_BEGINS_LIKE_JSON) or not self._likener.is_random(run):
            return run
        else:
            kind = f"r{public_prefix(run)}{bool(basic_pair(run)[1]):d}"
        self._secrets.append(run)
        return f"\x02{kind}{len(run)}"

    def _jwt(self, run: str) -> str:
        head, claims, signature = run.split(".")
        try:
            text = base64.b64decode(claims + "=" * (-len(claims) % 4), b"-_").decode()
        except (binascii.Error, ValueError):
            return run
        self._times = []
        text = _CLAIM.sub(self._claim, text)
        lives = "".join(self._length(at - self._times[0]) for at in self._times[1:])
        self._secrets.append(run)
        return f"\x02j{head}.{text}{lives}.{len(claims)} {len(signature)}"

    def _claim(self, found: re.Match[str]) -> str:
        if found[2] is None:
            return f'"{found[3]}"'
        at = float(found[2])
        if found[1] != "auth_time":
            self._times.append(at)
        return f'"{found[1]}"{self._apart(at)}'

    def _apart(self, at: float) -> str:
        """How far a moment is from the exchange."""
        return self._length(at - self._now)

    def _length(self, seconds: float) -> str:
        """A length of time by what can be concluded from it."""
        if abs(seconds) < _NEAR:
            return _distance(seconds)
        # The rest of it is only told, in words that are put in like an identifier.
        place = self._holes.setdefault(spoken(seconds), len(self._holes))
        return f"{_class(seconds)}\x01{place}"

    def _stamp(self, text: str) -> str:
        """The time of a signed request, of which the day stands in its scope, too."""
        try:
            at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            return text
        self._stamped = at
        return f"{text[:8]}{self._apart(at)}"

    def _address(self, url: str) -> str:
        if self._likener.whole_address:
            raise UnlikeError
        scheme, _, rest = url.partition("://")
        if "@" in rest.partition("/")[0]:
            raise UnlikeError
        struck = _IN_URL.sub(self._in_url, rest)
        ends = _EXPIRES.search(rest)
        if ends is not None and self._stamped:
            struck += self._apart(self._stamped + int(ends[1]))
        return f"{scheme}://{struck}"

    def _in_url(self, found: re.Match[str]) -> str:
        run = found.group()
        if run.isdigit() or _IS_UUID(run):
            return self._hole(run)
        return self._credential(run) if "/" not in run else run

    def _hole(self, value: str) -> str:
        if value.lower() in self._pool:
            return value
        place = self._holes.setdefault(value, len(self._holes))
        return f"\x01{place}.{len(value)}"

    def _no_part_of_a_password(self, answer: str) -> None:
        folded = answer.lower()
        for password in self._hidden:
            low = password.lower()
            if any(low[at : at + _RUN_COVERED] in folded for at in range(len(low) - _RUN_COVERED + 1)):
                raise UnlikeError

    # -- the answer ------------------------------------------------------------------------------------------------

    def _answered(self, lines: Sequence[Line]) -> list[str]:
        parts: list[str] = []
        size, dated = 0, False
        for line in lines:
            size += len(line.value)
            lower = line.name.lower()
            if lower == "date" and not dated:
                dated = True
                parts.append(self._clock(line.value))
                continue
            value = self._likener.of_answer(line)
            if value is None:
                continue
            if lower in ("www-authenticate", "proxy-authenticate"):
                value = _NONCE.sub('\\1="\x02"', value)
            parts.append(f"{lower}:{self._answer(value)}")
        if size > _LONGEST_HEADERS or len(lines) > 100:
            raise UnlikeError
        return parts

    def _clock(self, value: str) -> str:
        """How the server's clock stands to the recorder's, and to the times of the token."""
        said = self._moment(value)
        half = self._elapsed / 2
        offset = said + 0.5 - (self._started + half)
        wrong = abs(offset) > half + 2
        there = self._now + offset
        if wrong:
            return f"date {_distance(offset)}{''.join(f' {_distance(at - there)}' for at in self._times)} {half}"
        return f"date {''.join('<' if at < there else '>' for at in self._times)} {int(1.5 + half)}"

    def _moment(self, value: str) -> float:
        """The moment of an HTTP date (RFC 9110, section 5.6.7), seconds since the epoch."""
        found = _FIXDATE(value)
        if found is None:
            raise UnlikeError
        return self._likener.day(found[1]) + int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4])

    def _answer(self, text: str) -> str:
        """A text of an answer; one in which there was nothing to strike out once is taken as it is."""
        still = self._likener.still
        if text in still or len(text) < _SHORTEST:
            return text
        struck = _IN_ANSWER.sub(self._of_answer, text)
        if struck == text and len(text) <= _LONGEST_STILL:
            if len(still) >= _MOST_STILL:
                still.clear()
            still.add(text)
        return struck

    def _of_answer(self, found: re.Match[str]) -> str:
        run = found.group()
        if run in self._secrets:
            return f"\x02c{self._secrets.index(run)}"
        if shares(run, self._secrets):
            raise UnlikeError  # redaction will cover a part of it
        if run.isdigit() or _IS_UUID(run) or _IS_MOMENT(run):
            return self._hole(run)
        if len(run) <= _LONGEST_IDENTIFIER and _IS_HEX(run):
            return self._hole(run)
        if not self._likener.is_random(run):
            return run
        # A part of a credential is covered in what is shown, and only the judge's own redaction knows how.
        if any(run in secret or secret in run for secret in self._secrets):
            raise UnlikeError
        return f"\x02r{len(run)}{public_prefix(run)}"


def _class(seconds: float) -> str:
    """On which side of every leeway a distance lies: a whole number of five seconds, with or without our own two."""
    sign, length = "-" if seconds < 0 else "+", abs(seconds)
    if length < _CLOSE:
        return f"{sign}{length // 5:.0f}{length % 5 >= 2:d}{'!' if length.is_integer() else ''}"
    return f"{sign}far{sum(length >= limit for limit in _FAR)}"


def _distance(seconds: float) -> str:
    """A length of time as exactly as a verdict or its sentences can tell it."""
    if abs(seconds) < _CLOSE:
        return f"{seconds * 2 // 1:.0f}h"
    whole = int(abs(seconds) + 0.5)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // 60}m" if whole < 172_800 else f"{sign}{whole // 86_400}d"


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text[: 2 * MAX_BODY], validate=True).decode()
    except (binascii.Error, ValueError):
        raise UnlikeError from None


def shares(run: str, secrets: Sequence[str]) -> bool:
    """Whether a run has so many characters in a row in common with a secret that redaction would cover them."""
    return any(run[at : at + _RUN_COVERED] in one for one in secrets for at in range(len(run) - _RUN_COVERED + 1))
