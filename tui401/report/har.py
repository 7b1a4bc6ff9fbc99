"""The exchanges of a report as a HAR (HTTP Archive 1.2) without secrets, for browsers, proxies and ``tui401 explain``.

A browser shows a mark like any value, and a judge would take one for a placeholder that was sent. So each secret has a
stand-in that says what it is and still has the shape of what it stands for: a JWT keeps the header and the claims that
the report shows, and gets a signature that spells "redacted"; a user keeps the name, the password is replaced.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tui401.model.shown import (
    AnswerSeen,
    CredentialSeen,
    CredentialsSeen,
    Evidence,
    GrantSeen,
    HeaderShown,
    HopShown,
    RequestShown,
    ResponseShown,
)
from tui401.model.words import Shape
from tui401.report.document import readable
from tui401.report.parts import Report

_MARK: Final = re.compile(r"‹(secret-\d{1,6}|hidden|struck-\d{1,6})›")
_SIGNED: Final = b"redacted."
_LONGEST_SIGNATURE: Final = 1_024
_MOST_PAIRS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"


def as_har(report: Report) -> bytes:
    """All exchanges of the report in the order in which they were made, indented JSON; ends with a line break."""
    standing = _StandIns(report.evidence)
    entries = sorted(_entries(report, standing), key=lambda entry: str(entry["startedDateTime"]))
    log = {
        "version": "1.2",
        "creator": {"name": "tui401", "version": report.version},
        "pages": [],
        "entries": entries,
        "comment": f"Case {report.case}, {report.outcome}. Secrets are left out: what stands for one begins with "
        "“tui401-redacted”, is a password of that name in Basic, or is a JWT whose signature is not real.",
    }
    return readable(msgspec.json.format(msgspec.json.encode({"log": log}), indent=2).decode())


def _entries(report: Report, standing: _StandIns) -> Iterator[dict[str, Any]]:
    for piece in report.evidence:
        content = piece.content
        if isinstance(content, AnswerSeen):
            for hop in content.hops:
                failure = content.failure.says if content.failure is not None and hop is content.hops[-1] else ""
                what = content.varied or content.label
                yield _entry(hop, standing, f"{piece.subject}: {what}", failure)
        elif isinstance(content, GrantSeen) and content.exchange is not None:
            yield _entry(content.exchange, standing, f"{piece.subject}: {content.grant}", content.problem)


def _entry(hop: HopShown, standing: _StandIns, what: str, failure: str) -> dict[str, Any]:
    milliseconds = round(max(hop.elapsed, 0.0) * 1000, 3)
    made: dict[str, Any] = {
        "startedDateTime": _moment(hop.started_at),
        "time": milliseconds,
        "request": _request(hop.request, standing),
        "response": _response(hop.response if not failure else None, standing, failure),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": what,
    }
    redacted = sorted({name for text in _texts(hop) for name in _MARK.findall(text)})
    if redacted:
        made["_redacted"] = [{"name": name, "value": standing.text(f"‹{name}›")} for name in redacted]
    return made


def _texts(hop: HopShown) -> Iterator[str]:
    yield from (hop.request.url, hop.request.body, *(h.value for h in hop.request.headers))
    if hop.response is not None:
        yield from (hop.response.body, *(h.value for h in hop.response.headers))


def _request(request: RequestShown, standing: _StandIns) -> dict[str, Any]:
    url = standing.text(request.url)
    made: dict[str, Any] = {
        "method": request.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(request.values("cookie"), standing),
        "headers": _headers(request.headers, standing),
        "queryString": _query(url),
        "headersSize": -1,
        "bodySize": len(request.body.encode("utf-8", "replace")),
    }
    if request.body:
        kind = next(iter(request.values("content-type")), _FORM)
        made["postData"] = {"mimeType": kind, "text": standing.text(request.body), "params": []}
    return made


def _response(response: ResponseShown | None, standing: _StandIns, failure: str) -> dict[str, Any]:
    """The answer; status 0 where none came, as browsers write it."""
    if response is None:
        empty: dict[str, Any] = {"status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": []}
        content = {"size": 0, "mimeType": "x-unknown"}
        return {**empty, "content": content, "redirectURL": "", "headersSize": -1, "bodySize": -1, "comment": failure}
    body = standing.text(response.body)
    location = next(iter(response.values("location")), "")
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(response.headers, standing),
        "content": {
            "size": len(body.encode("utf-8", "replace")),
            "mimeType": response.media_type or "x-unknown",
            "text": body,
            **({"comment": "cut: the answer was longer"} if response.truncated else {}),
        },
        "redirectURL": standing.text(location),
        "headersSize": -1,
        "bodySize": -1,
    }


def _headers(headers: tuple[HeaderShown, ...], standing: _StandIns) -> list[dict[str, str]]:
    made = []
    for header in headers:
        line = {"name": header.name, "value": standing.text(header.value)}
        if _MARK.search(header.value):
            line["comment"] = "redacted"
        made.append(line)
    return made


def _cookies(values: tuple[str, ...], standing: _StandIns) -> list[dict[str, str]]:
    pairs = (pair.strip().partition("=") for value in values for pair in standing.text(value).split(";"))
    return [{"name": name, "value": value} for name, _, value in pairs if name][:_MOST_PAIRS]


def _query(url: str) -> list[dict[str, str]]:
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MOST_PAIRS)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _moment(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _StandIns:
    """What stands in the place of each named secret.

    Args:
        evidence: All of the report, where credentials are described.
    """

    def __init__(self, evidence: tuple[Evidence, ...]) -> None:
        self._by_name: dict[str, str] = {}
        for piece in evidence:
            if isinstance(piece.content, CredentialsSeen):
                for credential in piece.content.credentials:
                    self._enter(credential)
            elif isinstance(piece.content, GrantSeen) and piece.content.token is not None and piece.content.credential:
                token = piece.content.token
                if token.shape is Shape.JWT:
                    self._by_name.setdefault(
                        piece.content.credential, _jwt(token.header, token.claims, token.signature_bytes)
                    )

    def _enter(self, credential: CredentialSeen) -> None:
        token = credential.token
        if not credential.name:
            return
        if token is not None and token.shape is Shape.JWT:
            made = _jwt(token.header, token.claims, token.signature_bytes)
        elif credential.family == "basic" and credential.user:
            made = _base64(f"{credential.user}:{_plain(credential.name)}".encode("utf-8", "replace"), b"+/")
        else:
            made = _plain(credential.name)
        self._by_name.setdefault(credential.name, made)

    def text(self, text: str) -> str:
        """The text with a stand-in for each mark."""
        return _MARK.sub(lambda found: self._by_name.get(found[1]) or _plain(found[1]), text)


def _plain(name: str) -> str:
    return "tui401-redacted" if name == "hidden" else f"tui401-redacted-{name}"


def _jwt(header: Mapping[str, Any], claims: Mapping[str, Any], size: int | None) -> str:
    """A JWT (RFC 7519) of what may be seen of one, with a signature that spells what became of the real one."""
    length = min(size if size is not None else len(_SIGNED), _LONGEST_SIGNATURE)
    signature = (_SIGNED * (length // len(_SIGNED) + 1))[:length]
    parts = [msgspec.json.encode(header), msgspec.json.encode(claims), signature]
    return ".".join(_base64(part, b"-_").rstrip("=") for part in parts)


def _base64(data: bytes, signs: bytes) -> str:
    return base64.b64encode(data, signs).decode("ascii")
