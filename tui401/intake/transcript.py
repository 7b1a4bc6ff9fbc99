"""What ``curl -v`` prints: the requests that went out, marked ``>``, and the answers that came, marked ``<``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tui401.intake import messages
from tui401.intake.core import IntakeError, note
from tui401.intake.variables import Filler
from tui401.model.http import Exchange, From, Hop, Request
from tui401.model.shown import Note

_MAX_HOPS: Final = 50
_TIME: Final = re.compile(r"(?:[0-9:.]{8,20} )?(?:\[[0-9-]{1,10}\] )?")  # of --trace-time and --trace-ids
_OPENS: Final = re.compile(r"(?m)^(?:[0-9:.]{8,20} )?(?:\[[0-9-]{1,10}\] )?> [A-Z-]{2,20} \S+ HTTP/[0-9]")
_SECURE: Final = re.compile(r"(?i)\bTLS|\bSSL connection|\bALPN|\bschannel\b|port 443\b")
_BODY_MARK: Final = re.compile(r"[{}] \[[0-9]+ bytes data\]")
_METER: Final = re.compile(r"\s{0,9}% Total\s|\s{0,99}Dload\s|\s{0,9}[0-9]{1,3}\s{1,9}[0-9.]{1,9}[kMG]?\s.{0,200}--:--")
_LAST_WORDS: Final = re.compile(r"\* (?:Connection #[0-9]{1,9} to host .{1,300} left intact|Closing connection.{0,40})")


@dataclass(slots=True, repr=False)
class _Draft:
    """One request and its answer while they are read. May hold secrets, so it has no repr."""

    sent: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    secure: bool = False
    answered: bool = False  # the answer's header lines are over


@dataclass(frozen=True, slots=True)
class Shown:
    """What a transcript shows: the first request, the exchange where an answer is there, and what was noticed."""

    request: Request
    seen: Exchange | None
    notes: tuple[Note, ...]


def is_transcript(text: str) -> bool:
    """Whether a text has a request line as ``curl -v`` prints it."""
    return _OPENS.search(text) is not None


def read(text: str, filler: Filler) -> Shown:
    """Reads what ``curl -v`` printed.

    Raises:
        IntakeError: There is no request in it that names a host.
    """
    hops: list[Hop] = []
    notes: dict[str, Note] = {}
    for draft in _drafts(text):
        opening = messages.REQUEST_LINE.fullmatch(draft.sent[0]) if draft.sent else None
        if not opening or opening[1] == "CONNECT":
            continue
        lines = messages.head(draft.sent[1:], From.PASTE, filler)
        request, _ = messages.request(opening[1], opening[2], lines, "", version=opening[3] or "", secure=draft.secure)
        length = (lines.value("Content-Length") or "0").strip()
        if length != "0" or lines.value("Transfer-Encoding"):
            says = "curl -v does not show the content that was sent, so the request here goes without it."
            notes["body-not-shown"] = note("body-not-shown", says)
        hops.append(Hop(request, messages.response(draft.came, _content(draft.body)), 0.0, 0.0))
    if not hops:
        raise IntakeError(
            "This looks like the output of curl -v, and no whole request stands in it. Copy all its lines."
        )
    if len(hops) > 1:
        notes["several-requests"] = note("several-requests", "The output shows several requests, one after another.")
    seen = Exchange(tuple(hops)) if hops[-1].response is not None else None
    return Shown(hops[0].request, seen, tuple(notes.values()))


def _content(lines: list[str]) -> str:
    """The answer's content; curl writes its own last words right behind it where it ends in no line break."""
    content = "\n".join(lines)
    last = max(content.rfind("* Connection #"), content.rfind("* Closing connection"))
    return content[:last] if last >= 0 and _LAST_WORDS.fullmatch(content[last:].strip()) else content


def _drafts(text: str) -> list[_Draft]:
    drafts: list[_Draft] = []
    secure = False
    for line in text.split("\n"):
        bare = line[_marked(line) :]
        mark, rest = bare[:2], bare[2:]
        if bare in (">", "<"):
            mark, rest = f"{bare} ", ""
        current = drafts[-1] if drafts else None
        if mark == "* ":
            if "onnect" in rest or "TLS" in rest or "SSL" in rest or "ALPN" in rest:
                secure = bool(_SECURE.search(rest)) or (secure and "onnected" not in rest)
                if current is not None and not current.sent[1:]:
                    current.secure = secure
        elif mark == "> ":
            if messages.REQUEST_LINE.fullmatch(rest) and (current is None or current.came or _ended(current)):
                if len(drafts) >= _MAX_HOPS:
                    break
                drafts.append(_Draft([rest], secure=secure))
            elif current is not None:
                current.sent.append(rest)
        elif mark == "< ":
            _answer_line(current, rest)
        elif current is not None and current.answered and not _BODY_MARK.match(bare) and not _METER.match(line):
            current.body.append(line)
    return drafts


def _marked(line: str) -> int:
    """Where a line begins behind the time that --trace-time puts before its mark."""
    found = _TIME.match(line)
    end = found.end() if found else 0
    return end if line[end : end + 1] in ("*", ">", "<", "{", "}") else 0


def _ended(draft: _Draft) -> bool:
    return len(draft.sent) > 1 and draft.sent[-1] == ""


def _answer_line(draft: _Draft | None, line: str) -> None:
    if draft is None:
        return
    status = messages.STATUS_LINE.fullmatch(line)
    if status:
        # An interim answer (RFC 9110, section 15.2) makes room for the final one; a proxy's to CONNECT stays apart.
        draft.came, draft.answered, draft.body = [line], False, []
    elif draft.came and line == "":
        draft.answered = not draft.came[0].split(" ")[1].startswith("1")
    elif draft.came:
        draft.came.append(line)
