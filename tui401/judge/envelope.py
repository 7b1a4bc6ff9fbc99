"""Refusals in the envelope of a success: many servers answer everything with 200 and put the failure inside. Pure."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 4096  # characters; an error is short, and a page of results that holds the word is none

_NAMED: Final = re.compile(
    r"(?mi)^(?:error\.|meta\.)?(?:code|status|status_?code|err_?code|errno): 40[13]$"
    r"|^(?:errors?(?:\[0\])?\.)?(?:extensions\.)?"
    r"(?:code|err|error|msg|message|status|type|error_?code|err_?msg|reason)(?:\[0\])?: (?:\w{1,20}:)?"
    r"(?:permission denied|unauthori[sz]ed|unauthenticated|not logged in|login required|access denied|forbidden)"
    r"(?: \w+)?[.!]?$"
)
_INSIDE: Final = (
    r"(?:\w{1,40}\.)?(?:(?:\w{0,40}(?:response|result|status|reply|output)|messages?|errors?|meta|header|head|fault"
    r"|body|data|info|@\w{1,20})(?:\[0\])?\.){0,3}"
)
"""What an envelope's own fields stand in at some servers; records in a list of results have other names."""
_FAILED: Final = re.compile(
    rf"(?mi)^{_INSIDE}(?:(?:is_?)?(?:success|successful|ok|succeeded): (?:false|0)"
    r"|(?:status|result|stat|state|message|result_?(?:code|status|type)|response_?status|ack): "
    r"(?:error|fail\w*|ko|nok|not ?ok|\w*(?:denied|invalid|unauthori[sz]ed|unauthenticated|forbidden)\w*)\b"
    r"|err(?:or)?[_-]?(?:text|msg|message|description|info|reason|detail): (?!ok$|success\w*$|none$|null$)\S"
    r"|(?:response\.)?errors?(?:\[0\])?(?:\.[\w.]+)?: \S"
    r"|(?:err_?code|errno|ret(?:_?code)?|error_?code|res(?:ult|p(?:onse)?)_?code|(?:sub_?)?code): "
    r"(?!0+$|1$|2\d\d$|ok$|success\w*$)\S)"
)
_SENTENCE: Final = re.compile(r"(?![\w.\[\]@-]{1,60}: )[^\n{}<>=]{1,200}\Z")
_REFUSING: Final = re.compile(
    r"(?i)\b(?:invalid|incorrect|wrong|denied|unauthori[sz]ed|forbidden|fail(?:ed|ure)|errors?"
    r"|not (?:valid|allowed|permitted|authori[sz]ed))\b"
)
"""What one sentence says that is all of a body and no field of anything."""
_FORBIDS: Final = re.compile(r"(?i)403|forbidden|(?:permission|access) denied")
_TRAILER: Final = re.compile(r"(?m)^grpc-status: (16|7)$")
"""UNAUTHENTICATED and PERMISSION_DENIED (gRPC over HTTP/2, "Responses"): the status of HTTP is 200 with them."""
_OF_SERVERS: Final = {419: 403, 440: 401, 498: 401}
"""Statuses of single servers: Laravel's page that is over, IIS's login that is over, ArcGIS's invalid token."""


def meant(status: int, headers: str, body: str) -> int:
    """The status that an answer means: 401 or 403 where it says so in another way, else its own.

    Args:
        status: The answer's status.
        headers: Its header lines as ``tui401.judge.texts`` writes them.
        body: Its text, likewise.
    """
    trailer = _TRAILER.search(headers) if 200 <= status < 300 else None
    if trailer is not None:
        return 401 if trailer.group(1) == "16" else 403
    return names_refusal(status, body) or _OF_SERVERS.get(status, status)


def names_refusal(status: int, body: str) -> int:
    """The refusal that a success by its status names at the top of its body: 401, 403, or 0 for none.

    Args:
        status: The answer's status.
        body: Its text as ``tui401.judge.texts`` writes it.
    """
    if not 200 <= status < 300 or len(body) > _LONGEST:
        return 0
    named = _NAMED.search(body)
    if named is None:
        return 0
    return 403 if _FORBIDS.search(named.group()) else 401


def tells_failure(status: int, body: str) -> bool:
    """Whether a success by its status tells of a failure at the top of its body: there clear words refuse."""
    if not 200 <= status < 300 or len(body) > _LONGEST:
        return False
    return _FAILED.search(body) is not None or (
        _SENTENCE.match(body) is not None and _REFUSING.search(body) is not None
    )
