"""Whether an answer refuses a credential: by its status, by words, or by a shape that servers refuse in without a 401.

Many servers refuse otherwise than RFC 9110 has it: 200 with an error inside, a redirect to a login page, 400 or 422,
a gRPC status behind a 200. And many a 400 or 404 that speaks of tokens refuses nobody: it is about a page token or a
reset link. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from tui401.judge.unrefused import MOVED
from tui401.model.facts import Said
from tui401.model.shown import RequestShown, ResponseShown
from tui401.model.verdict import Strength

REFUSALS: Final = frozenset({401, 403, 407})
_OF_SERVERS: Final = frozenset({419, 440, 498})
_IN_ERROR: Final = frozenset({400, 422, 499})
"""Where servers refuse without a 401: there even vague words of credentials make a refusal."""

_OF_CREDENTIALS: Final = ("token-", "header-", "api-key-", "basic-", "scheme-", "credential-", "session-")
_GRPC: Final = re.compile(r"(?m)^grpc-status: (?:16|7)$")
"""UNAUTHENTICATED and PERMISSION_DENIED (gRPC over HTTP/2, "Responses")."""

_LOGIN_PATH: Final = re.compile(
    r"(?i)/(?:[a-z]{2}/)?(?:users?/|accounts?/|auth/|admin/|session/|web/|ui/|app/|oauth2?/|sso/|saml2?/|identity/)*"
    r"(?:log[-_]?in|log[-_]?on|sign[-_]?in|sso|saml2?|authorize|authenticate|servicelogin|sessions?/new)"
    r"(?:\.[a-z]{2,5}|[/;]|$)|/protocol/(?:openid-connect/auth|saml)\b|/oauth2/(?:v[12]\.0/)?(?:authorize|start|auth)\b"
)
_LOGIN_HOST: Final = re.compile(r"(?i)(?:login|signin|sso|idp|accounts|auth)\.")
_COMES_OR_GOES: Final = re.compile(
    r"(?i)/(?:log|sign)[-_]?(?:in|on|out|off)\b|/logout\b|/sessions?/new\b|/oauth2?/(?:[^/]*/)?auth|/sso\b|/saml2?\b"
)
_DENIED: Final = re.compile(
    r"(?mi)^(?:ok|errors?|errormessage|message|msg|code|status|detail|reason|type|title|description|meta|extensions|text)"
    r"[^:\n]{0,80}: [^\n]{0,120}?(?:\bunauthori[sz]ed\b|\bunauthenticated\b|\bnot[ _]?authenticated\b|\bforbidden\b"
    r"|\bnot[ _]?authori[sz]ed\b|\b(?:access|permission)[ _]?denied\b|\bauthentication[ _](?:failed|required|error)\b"
    r"|\bauthori[sz]ation[ _](?:failed|required|error)\b|\b(?:login|auth)[ _]required\b)"
)
"""What a body says in which no dialect reads a cause, and which all the same is a refusal of who asks."""

_ERROR: Final = re.compile(r"(?m)^error: \S")
"""The member by which a token endpoint says that it refuses (RFC 6749, section 5.2)."""

_BAD_REQUEST: Final = re.compile(
    r"(?i)(?:error )?(?:400)?[ :-]{0,3}(?:bad request)?\.?|(?:nginx|openresty|lighttpd)[/\d.]*"
)
_FEW: Final = 8
_KEY: Final = re.compile(r"\A[\w.\[\]]{1,40}: ")

_OTHER_TOKENS: Final = re.compile(
    r"(?i)\b(?:next|unexpected|illegal|page|paging|pagination|continuation|cursor|sync|resume|upload|download|share"
    r"|registration|device|push|fcm|reset|verification|confirmation|activation|invit\w{1,8}|unsubscribe|captcha"
    r"|cancellation|idempotency|payment|card|tracking)[ _-]?tokens?\b|\btokens? (?:limit|count|in json)\b"
)
"""Tokens that let nobody in; a parser's "unexpected token" is none at all."""


def _says_bad_request_alone(body: str) -> bool:
    """Whether a body says "Bad Request" in any dress, and nothing of what was bad."""
    lines = body.splitlines()
    return len(lines) <= _FEW and all(_BAD_REQUEST.fullmatch(_KEY.sub("", line).strip()) for line in lines)


def leads_to_login(request: RequestShown, response: ResponseShown) -> bool:
    """Whether a redirect leads to a login page."""
    if response.status not in MOVED:
        return False
    where = next(iter(response.values("location")), "")
    try:
        here, there = urlsplit(request.url), urlsplit(where)
    except ValueError:
        return False
    foreign = bool(there.netloc) and there.netloc.rpartition("@")[2].lower() != here.netloc.rpartition("@")[2].lower()
    return bool(_LOGIN_PATH.search(there.path)) or (foreign and bool(_LOGIN_HOST.match(there.netloc)))


def _comes_or_goes(request: RequestShown) -> bool:
    """Whether a request signs somebody in or out: that it leads to a login page refuses nothing."""
    try:
        return bool(_COMES_OR_GOES.search(urlsplit(request.url).path))
    except ValueError:
        return False


def refuses(
    request: RequestShown,
    response: ResponseShown,
    said: Sequence[Said],
    *,
    challenged: bool,
    issuer: bool,
    wrapped: bool,
    failed: bool,
    named: bool,
    defective: bool,
    headers: str,
    body: str,
) -> bool:
    """Whether an answer refuses a credential.

    Args:
        request: What was sent.
        response: What came.
        said: What its words mean.
        challenged: It holds a challenge.
        issuer: It is a token endpoint's, which refuses clients and grants with 400 (RFC 6749, section 5.2).
        wrapped: A success by its status names a refusal inside, see ``tui401.judge.envelope``.
        failed: A success by its status tells of a failure inside.
        named: A dialect names this status, below 400, for words that it holds.
        defective: The credential that was sent is visibly no well-formed one of any scheme.
        headers: Its header lines, see ``tui401.judge.texts``.
        body: Its body as lines.
    """
    status = response.status
    if status in MOVED and _comes_or_goes(request):
        return False
    if status in REFUSALS or status in _OF_SERVERS or named or wrapped or (challenged and 400 <= status < 500):
        return True
    if issuer and status == 400 and (said or _ERROR.search(body)):
        return True
    if 200 <= status < 300 and not failed:
        return bool(_GRPC.search(headers))  # whatever else it says, it says to somebody whom it let in
    told = [s for s in said if not _OTHER_TOKENS.search(s.quote)] if 400 <= status < 500 else said
    if any(s.strength >= Strength.LIKELY for s in told):
        return True
    if (status in _IN_ERROR or failed) and any(s.cause.startswith(_OF_CREDENTIALS) for s in told):
        return True
    if (status in _IN_ERROR or failed or status == 500) and _DENIED.search(body):
        return True
    if status == 400 and defective and _says_bad_request_alone(body):
        return True  # some parse the header before they ask who it is (RFC 6750, section 3.1, "invalid_request")
    return leads_to_login(request, response) or bool(_GRPC.search(headers))
