"""Which answers need no judge: most of a recording are successes, and a success refuses only in ways that show at once.

A rule of its own and not a faster way to the same end: whatever it lets pass is not judged at all. Pure.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from tui401.intake.harentry import Entry
from tui401.judge.unrefused import MOVED

_LONGEST: Final = 65_536  # characters of a success's body; an error inside a success is short
_NAMES: Final = frozenset(
    {
        *("success", "successful", "issuccess", "is_success", "issuccessful", "ok", "isok", "is_ok", "succeeded"),
        *("status", "state", "result", "error", "errors", "response", "meta", "extensions", "code", "subcode"),
        *("sub_code", "statuscode", "status_code", "errcode", "err_code", "errno", "errorcode", "error_code", "ret"),
        *("retcode", "ret_code", "rescode", "res_code", "resultcode", "result_code", "respcode", "resp_code"),
        *("responsecode", "response_code", "msg", "message", "errmsg", "err_msg", "type", "reason"),
    }
)
"""Names at the top of a body under which servers that answer everything with 200 tell of a failure."""

_FINE: Final = frozenset({b"true", b"null", b"0", b"200", b"[]", b"{}", b'""', b'"ok"', b'"success"', b'"OK"'})
_MARKUP: Final = re.compile(r"(?i)<(?:[a-z0-9]+:)?(?:error|code|fault|status|message|reason|errors)\b")
_AS_TEXT: Final = re.compile(r"(?i)\s*(?:[\"'{(]*)(?:err|code|status|result|success|ok|msg|message|ret|type|reason)")
_GOES_TO: Final = re.compile(r"(?i)log|sign|sso|saml|auth|\bcas\b|session|return|redirect|idp|account|identity")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def may_refuse(entry: Entry) -> bool:
    """Whether an answer can be a refusal at all."""
    came = entry.response
    status = came.status
    if status >= 400:
        return True
    headers = came.headers
    if status in MOVED:
        where = next((line.value for line in headers if line.name.lower() == "location"), came.redirectURL)
        return _GOES_TO.search(where) is not None
    if not 200 <= status < 300:
        return False
    for line in headers:
        if line.name.lower() == "grpc-status":
            return True
    content = came.content
    if content is None or not content.text or len(content.text) > _LONGEST:
        return False
    return _is_words(content.mimeType) if content.encoding else _tells(content.text)


def _is_words(kind: str) -> bool:
    kind = kind.lower()
    return "json" in kind or "xml" in kind or kind.startswith("text/plain") or not kind


def _tells(text: str) -> bool:
    """Whether a body can tell of a failure at its top."""
    first = text[:64].lstrip("\ufeff \t\r\n")[:1]
    if first == "{":
        try:
            found = _OBJECT.decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return True
        return any(name.lower() in _NAMES and bytes(value) not in _FINE for name, value in found.items())
    if first == "<":
        return _MARKUP.search(text) is not None
    return first != "[" and _AS_TEXT.match(text) is not None
