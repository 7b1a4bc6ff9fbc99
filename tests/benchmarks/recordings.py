"""A long recording made of real refusals: each answer comes often, and nothing in it comes twice.

What varies from entry to entry: the moment; every credential (JWTs have their own identifier, subject, times and
signature, and an age that varies by a few seconds; passwords and opaque tokens are made anew, the latter behind their
first four characters); numbers in the path; every UUID, time and long number of the answer; request identifiers in
headers. What stays: the words, the names, the claims that are judged. One entry in four is a success with a body.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from tests.offline.hars import entry

CASES: Final = Path(__file__).parents[1] / "judge" / "more_exchanges.jsonl"
FIRST: Final = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
_VARYING: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?|\b[0-9a-f]{16,36}\b|\b\d{9,}\b"
)
_STAMP: Final = re.compile(r"\b\d{8}T\d{6}Z\b")
_OPAQUE: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{20,}(?![A-Za-z0-9])")
_SUCCESS: Final = json.dumps({"orders": [{"id": n, "name": f"order {n}", "total": n * 3.5} for n in range(20)]})


def cases() -> list[dict[str, Any]]:
    """The refusals that were collected with their sources, those with earlier hops left out."""
    lines = CASES.read_text(encoding="utf-8").replace("{~}", "").splitlines()
    return [case for line in lines if line.strip() and not (case := json.loads(line)).get("history")]


class Recorder:
    """Makes entries one after another.

    Args:
        seed: Of everything that varies.
        kinds: So many of the collected refusals, spread over all of them; more than a fleet meets.
        spread: Seconds by which the age of tokens varies.
    """

    def __init__(self, seed: int = 401, kinds: int = 200, spread: int = 5) -> None:
        every = cases()
        self._cases = every[:: max(1, len(every) // kinds)]
        self._random = random.Random(seed)
        self._spread = spread

    def entries(self, count: int) -> Iterator[dict[str, Any]]:
        """So many entries, an average of ten a minute."""
        for place in range(count):
            at = FIRST + timedelta(seconds=6 * place + round(self._random.random(), 3))
            yield self._success(at) if place % 4 == 3 else self._refused(self._cases[place % len(self._cases)], at)

    def har(self, count: int) -> bytes:
        """A HAR of so many entries, as browsers write it."""
        text = ",\n".join(json.dumps(one) for one in self.entries(count))
        return f'{{"log": {{"creator": {{"name": "recorder"}}, "entries": [\n{text}\n]}}}}'.encode()

    def _success(self, at: datetime) -> dict[str, Any]:
        url = f"https://api.example.com/v1/orders/{self._random.randrange(10**6)}"
        return entry(200, _SUCCESS, url=url, at=at.isoformat(), came=[("Date", format_datetime(at, usegmt=True))])

    def _refused(self, case: dict[str, Any], at: datetime) -> dict[str, Any]:
        token = self._token(case["token"]["jwt"], at) if case.get("token") else ""
        move = self._stamps(case.get("at", ""), at)

        def filled(text: str) -> str:
            return _STAMP.sub(move, text).replace("{{JWT}}", token)

        asked, answered = case["request"], case["response"]
        body = answered.get("body") or ""
        came = [
            (name, _VARYING.sub(self._other, value)) for name, value in answered["headers"] if name.lower() != "date"
        ]
        return entry(
            answered["status"],
            _VARYING.sub(self._other, body if isinstance(body, str) else json.dumps(body)),
            method=asked.get("method", "GET"),
            url=re.sub(r"(?<=/)\d+(?=/|$|\?)", lambda _: str(self._random.randrange(10**6)), filled(asked["url"])),
            sent=[(name, self._fresh(filled(value))) for name, value in asked.get("headers", [])],
            came=[*came, ("Date", format_datetime(at, usegmt=True)), ("X-Request-Id", self._other("-"))],
            post=filled(str(asked.get("body") or "")),
            at=at.isoformat(timespec="milliseconds"),
        )

    def _stamps(self, recorded: str, at: datetime) -> Any:
        """Moves the times of signed requests as far from the entry's moment as they were from the case's."""
        then = datetime.fromisoformat(recorded) if recorded else None

        def moved(found: re.Match[str]) -> str:
            stamp = datetime.strptime(found.group(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return f"{at + (stamp - (then or stamp)):%Y%m%dT%H%M%SZ}"

        return moved

    def _token(self, parts: dict[str, Any], at: datetime) -> str:
        claims = dict(parts.get("claims", {}))
        later = self._random.randrange(-self._spread, self._spread + 1)
        for name in ("exp", "nbf", "iat", "auth_time"):
            if isinstance(claims.get(name), int | float) and abs(claims[name]) < 100_000_000:
                claims[name] = int(at.timestamp() + claims[name] + later)
        claims["jti"] = self._other("-")
        claims.setdefault("sub", self._text(24))
        header = {"alg": "RS256", "typ": "JWT", "kid": "k1", **parts.get("header", {})}
        both = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
        return ".".join((*both, self._text(342)))

    def _fresh(self, value: str) -> str:
        """A header's value with another credential in it; what is no whole Basic credential stays."""
        if value.startswith("Basic "):
            try:
                user, colon, password = base64.b64decode(value[6:], validate=True).decode().partition(":")
            except ValueError:
                return value
            fresh = self._text(13) + "7" if len(password) > 5 else password
            return f"Basic {base64.b64encode(f'{user}{colon}{fresh}'.encode()).decode()}"
        return value if "eyJ" in value else _OPAQUE.sub(self._opaque, value)

    def _other(self, found: re.Match[str] | str) -> str:
        """Another value of the same look."""
        old = "0f8fad5b-d9cb-469f-a165-70867728950e" if isinstance(found, str) else found.group()
        if re.match(r"\d{4}-\d\d-\d\d[T ]", old):
            return old[:17] + f"{self._random.randrange(60):02}" + old[19:]
        signs = "0123456789abcdef" if re.search("[a-f]", old) else "0123456789"
        return re.sub("[0-9a-f]", lambda _: self._random.choice(signs), old)

    def _opaque(self, found: re.Match[str]) -> str:
        return found.group()[:4] + self._text(len(found.group()) - 4)

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=length))
