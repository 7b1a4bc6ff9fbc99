"""Looks for canary secrets in anything that left the program. Shares no code with the redaction that it checks."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

RUN = 8


@dataclass(frozen=True)
class Canary:
    """A secret that is unique in the world. ``whole``: too short or too structured for runs, so searched as a whole."""

    place: str
    secret: str = field(repr=False)
    whole: bool = False


@dataclass(frozen=True)
class Leak:
    """Where a canary was found: its place, how it was spelled, and what stood before it."""

    place: str
    spelling: str
    at: int
    before: str


def _percent(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b"%2B"))


def _escaped(data: bytes) -> bytes:
    def spelled(found: re.Match[bytes]) -> bytes:
        code = int(found[1] or found[2] or found[3], 16)
        return chr(code).encode("utf-8", "surrogatepass")

    data = re.sub(rb"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\U([0-9a-fA-F]{8})", spelled, data)
    return re.sub(rb'\\(["\\/\'])', rb"\1", data)


def _markup(data: bytes) -> bytes:
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


def _unsplit(data: bytes) -> bytes:
    data = re.sub(rb"\\[rnt]", b"", data)
    data = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", data)
    return re.sub(rb"[\s\x00-\x1f\x7f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xef\xbb\xbf|\xc2\xad", b"", data)


VIEWS: dict[str, Callable[[bytes], bytes]] = {
    "raw": lambda data: data,
    "percent-encoded": _percent,
    "percent-encoded twice": lambda data: _percent(_percent(data)),
    "escaped": _escaped,
    "markup": _markup,
    "split": _unsplit,
    "split and escaped": lambda data: _unsplit(_escaped(data)),
    "utf-16": lambda data: data.replace(b"\x00", b""),
}


class Runs:
    """Runs of one size, each with the place of its canary and the spelling."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[bytes, tuple[str, str]] = {}
        self._stretch: re.Pattern[bytes] | None = None
        self._innocent: set[bytes] = set()

    def enter(self, run: bytes, place: str, how: str, *, over: bool = True) -> None:
        """Enters a run; ``over`` one that is there already."""
        if over or run not in self._known:
            self._known[run] = (place, how)
            self._stretch = None

    def hits(self, data: bytes) -> Iterator[tuple[int, str, str]]:
        """Where a run stands in the data, its place and spelling.

        Only stretches of signs that some run is made of are walked, and each once: a screen repeats most of the last.
        """
        if self._stretch is None:
            signs = b"".join(re.escape(bytes([sign])) for sign in sorted({sign for run in self._known for sign in run}))
            self._stretch = re.compile(b"[%b]{%d,}" % (signs, self._size)) if signs else re.compile(b"(?!)")
            self._innocent.clear()
        for found in self._stretch.finditer(data):
            stretch = found[0]
            if stretch in self._innocent:
                continue
            hit = False
            for at in range(len(stretch) - self._size + 1):
                known = self._known.get(stretch[at : at + self._size])
                if known is not None:
                    hit = True
                    yield found.start() + at, *known
            if not hit:
                self._innocent.add(stretch)


class Search:
    """All canaries of a case, ready to be looked for in any number of outputs."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._raw, self._base64, self._hex = Runs(RUN), Runs(10), Runs(2 * RUN)
        self._wholes: list[tuple[bytes, str]] = []
        for canary in canaries:
            self.add(canary)

    def add(self, canary: Canary) -> None:
        """Looks for this one, too."""
        secret = canary.secret.encode("utf-8", "surrogatepass")
        if canary.whole or len(secret) < RUN:
            self._wholes.append((secret, canary.place))
            return
        for at in range(len(secret) - RUN + 1):
            run = secret[at : at + RUN]
            self._raw.enter(run.lower(), canary.place, "")
            self._raw.enter(run[::-1].lower(), canary.place, "reversed ", over=False)
            self._hex.enter(run.hex().encode(), canary.place, "hexadecimal")
            for before in range(3):
                # Only characters that the run alone decides: what stands around it may be anything.
                coded = base64.b64encode(b"\0" * before + run + b"\0" * 3)
                first, last = -(-before * 8 // 6), (before + RUN) * 8 // 6
                self._base64.enter(coded[first:last][:10], canary.place, f"base64 at {before}")

    def leaks(self, data: bytes | str, *, limit: int = 20) -> list[Leak]:
        """Every spelling in which a run of a canary stands in the data, at most ``limit`` of them."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        found: list[Leak] = []
        seen: set[bytes] = set()
        for name, view in VIEWS.items():
            spelled = view(raw)
            if spelled in seen:
                continue
            seen.add(spelled)
            lower = spelled.lower()
            self._scan(lower, self._raw, name, found)
            self._scan(lower, self._hex, f"{name}, ", found)
            plain = spelled.replace(b"-", b"+").replace(b"_", b"/")
            self._scan(plain, self._base64, f"{name}, ", found)
            for secret, place in self._wholes:
                at = spelled.find(secret)
                if at >= 0:
                    found.append(Leak(place, name, at, _before(spelled, at)))
            if len(found) >= limit:
                break
        return found[:limit]

    @staticmethod
    def _scan(data: bytes, runs: Runs, spelling: str, found: list[Leak]) -> None:
        told: set[str] = set()
        for at, place, how in runs.hits(data):
            if place not in told:
                told.add(place)
                found.append(
                    Leak(place, how + spelling if how == "reversed " else spelling + how, at, _before(data, at))
                )


def _before(data: bytes, at: int) -> str:
    return data[max(0, at - 60) : at].decode("utf-8", "replace")


def leaks(data: bytes | str, secret: str) -> list[Leak]:
    """Every spelling in which a run of eight characters of one secret stands in the data."""
    return Search([Canary("secret", secret)]).leaks(data)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": lambda secret: secret,
    "upper case": lambda secret: secret.upper(),
    "lower case": lambda secret: secret.lower(),
    "percent-encoded": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "percent-encoded twice": lambda secret: "".join(f"%25{byte:02X}" for byte in secret.encode()),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64, one further": lambda secret: base64.b64encode(b"k" + secret.encode() + b".").decode(),
    "base64, two further": lambda secret: base64.b64encode(b"k=" + secret.encode() + b"}").decode(),
    "base64url": lambda secret: base64.urlsafe_b64encode(b"??>" + secret.encode()).decode().rstrip("="),
    "base64, cut at its start": lambda secret: base64.b64encode(b"12" + secret.encode()).decode()[2:],
    "base64 in lines": lambda secret: base64.encodebytes(b"x" * 50 + secret.encode()).decode(),
    "base64 of base64": lambda secret: base64.b64encode(base64.b64encode(b"a " + secret.encode())).decode(),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "upper hexadecimal": lambda secret: secret.encode().hex().upper(),
    "JSON escapes": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret),
    "HTML entities": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret),
    "HTML hexadecimal entities": lambda secret: "".join(f"&#x{ord(sign):X};" for sign in secret),
    "split over lines": lambda secret: "\n  ".join(secret[at : at + 5] for at in range(0, len(secret), 5)),
    "split by CRLF": lambda secret: "\r\n ".join(secret[at : at + 6] for at in range(0, len(secret), 6)),
    "split by escaped lines": lambda secret: "\\n".join(secret[at : at + 7] for at in range(0, len(secret), 7)),
    "split by zero-width spaces": "\u200b".join,
    "in part": lambda secret: f"…{secret[2:10]}…",
    "its beginning": lambda secret: secret[:9] + "***",
    "its end": lambda secret: "***" + secret[-8:],
    "JSON in JSON": lambda secret: json.dumps(json.dumps({"echo": secret})),
}
"""Ways in which a server may give a secret back."""
