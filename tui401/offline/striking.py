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
from tui401.offline.headers import Sort, written_right
from tui401.offline.lengths import NEAR, distance, side
from tui401.offline.runs import (
    COVERED,
    IN_ANSWER,
    IN_REQUEST,
    IN_URL,
    IS_HEX,
    IS_MOMENT,
    IS_STAMP,
    IS_UUID,
    any_in,
    parts,
    shares,
)
from tui401.wire import authorization
from tui401.wire.echo import basic_pair
from tui401.wire.placeholder import is_placeholder
from tui401.wire.shapes import is_plain, public_prefix

if TYPE_CHECKING:
    from tui401.offline.alike import Likener

UNREAD_CLAIMS: Final = (
    *("jti", "uti", "sid", "aio", "rh", "sub", "oid", "session_state", "updated_at", "email", "name"),
    *("preferred_username", "unique_name", "upn", "given_name", "family_name", "ipaddr", "at_jti"),
)
"""Claims of which no cause reads more than that they are there."""
TIME_CLAIMS: Final = ("exp", "nbf", "iat", "auth_time")
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
_LONGEST_HEADERS: Final = 12_000
_SHORTEST: Final = 5  # characters of anything that is struck out
_LONGEST_STILL: Final = 4_096
_MOST_STILL: Final = 2_000


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
            parts += (kind, IN_REQUEST.sub(self._of_request, text))
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
        name, value = line.name, line.value
        sort, perhaps = self._likener.sort_of(name)
        if perhaps and (public_prefix(value) or value[:2] == "ey"):
            return f"{name}:{IN_REQUEST.sub(self._of_request, value)}"
        match sort:
            case Sort.AUTHORIZATION:
                if _SIGNS.match(value):
                    return f"{name}:{self._signing(value)}"
                basic = _IS_BASIC(value)
                if basic is not None:
                    return f"{name}:{basic[1]} {self._basic(value, basic[2])}"
                return f"{name}:{IN_REQUEST.sub(self._of_request, value)}"
            case Sort.CREDENTIAL:
                return f"{name}:{IN_REQUEST.sub(self._of_request, value)}"
            case Sort.SIGNATURE:
                return f"{name}:{self._signing(value)}"
            case Sort.DATED:
                return f"{name}:{self._dated(value)}"
            case _:
                return f"{name}:{self._stamp(value)}" if IS_STAMP(value) else self._likener.of_request(line)

    def _signing(self, value: str) -> str:
        """A signature and its parameters: times are told from now, and what looks drawn by chance is struck out."""
        timed = _EPOCH.sub(lambda found: f"\x02t{self._apart(float(found.group()))}", value)
        return IN_REQUEST.sub(self._of_request, timed)

    def _dated(self, value: str) -> str:
        """A header by which a request says when it was made."""
        if IS_STAMP(value):
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
        if len(password) < COVERED or not password.isalnum() or is_placeholder(password):
            return pair
        self._secrets += (pair, password)
        self._hidden.append(password)
        defects = ""
        if not written_right(value, pair, user):
            defects = "".join(f" {item.name} {item.at}" for item in authorization.take_apart(value).defects)
        return f"\x02b{user} {len(pair)}{is_plain(password):d}{defects}"

    def _of_request(self, found: re.Match[str]) -> str:
        return self._credential(found.group())

    def _credential(self, run: str) -> str:
        """A run of token characters: what it is where it is random, else itself."""
        if run.count(".") == 2:
            return self._jwt(run) if len(run) > _LONGEST_FILLER else run
        if IS_UUID(run):
            kind = "u"
        elif IS_HEX(run):
            kind = f"h{is_plain(run):d}"
        elif IS_STAMP(run):
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
        if abs(seconds) < NEAR:
            return distance(seconds)
        # The rest of it is only told, in words that are put in like an identifier.
        place = self._holes.setdefault(spoken(seconds), len(self._holes))
        return f"{side(seconds)}\x01{place}"

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
        struck = IN_URL.sub(self._in_url, rest)
        ends = _EXPIRES.search(rest)
        if ends is not None and self._stamped:
            struck += self._apart(self._stamped + int(ends[1]))
        return f"{scheme}://{struck}"

    def _in_url(self, found: re.Match[str]) -> str:
        run = found.group()
        if run.isdigit() or IS_UUID(run):
            return self._hole(run)
        return self._credential(run) if "/" not in run else run

    def _hole(self, value: str) -> str:
        if value.lower() in self._pool:
            return value
        place = self._holes.setdefault(value, len(self._holes))
        return f"\x01{place}.{len(value)}"

    def _no_part_of_a_password(self, answer: str) -> None:
        folded = answer.lower()
        if any(any_in(parts(password.lower()), folded) for password in self._hidden):
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
            return f"date {distance(offset)}{''.join(f' {distance(at - there)}' for at in self._times)} {half}"
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
        struck = IN_ANSWER.sub(self._of_answer, text)
        if struck == text and len(text) <= _LONGEST_STILL:
            if len(still) >= _MOST_STILL:
                still.clear()
            still.add(text)
        return struck

    def _around(self, run: str) -> str:
        """A run with a whole secret in it, as host names are repeated in longer ones: what stands around it stays.

        Raises:
            UnlikeError: where a part of a secret stands there, of which redaction covers that part alone.
        """
        for place, secret in enumerate(self._secrets):
            if len(secret) >= COVERED and secret in run:
                left = run.replace(secret, f"\x02c{place}\x02")
                if not shares(left, self._secrets) and not shares(
                    run, self._secrets[:place] + self._secrets[place + 1 :]
                ):
                    return left
        raise UnlikeError

    def _of_answer(self, found: re.Match[str]) -> str:
        run = found.group()
        if run in self._secrets:
            return f"\x02c{self._secrets.index(run)}"
        secrets = self._secrets
        if secrets and shares(run, secrets):
            return self._around(run)
        if run.isdigit() or IS_UUID(run) or IS_MOMENT(run):
            return self._hole(run)
        if len(run) <= _LONGEST_IDENTIFIER and IS_HEX(run):
            return self._hole(run)
        if not self._likener.is_random(run):
            return run
        # A part of a credential is covered in what is shown, and only the judge's own redaction knows how.
        if any(run in secret or secret in run for secret in self._secrets):
            raise UnlikeError
        return f"\x02r{len(run)}{public_prefix(run)}"


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text[: 2 * MAX_BODY], validate=True).decode()
    except (binascii.Error, ValueError):
        raise UnlikeError from None
