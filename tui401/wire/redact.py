"""Makes of live requests and answers what may be seen: redaction by type and place (safety.md).

Nothing else makes the types of ``tui401.model.shown`` that hold text from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote

from tui401.model.http import Exchange, Header, Hop, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import (
    AnswerSeen,
    CredentialSeen,
    CredentialsSeen,
    FailureShown,
    HeaderShown,
    HopShown,
    Place,
    Redacted,
    RequestShown,
    ResponseShown,
    TokenShown,
)
from tui401.wire import claims_shown, fields, jwt, seen, signature
from tui401.wire.places import Located, locate
from tui401.wire.redact_header import in_header
from tui401.wire.redact_text import in_body, in_target, in_text, in_url
from tui401.wire.veil import MAX_TEXT, Veil

__all__ = ["answer", "claims", "credentials", "hop", "request", "response", "text", "token", "url"]

MAX_BODY: Final = 16_384  # characters of a body that are shown
MAX_VALUE: Final = 8_192  # of a header's value, an address, any other text
_MAX_NAME: Final = 200
_MAX_HEADERS: Final = 200
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_CHARSET: Final = re.compile(
    r"""charset\s*=\s*["']?(iso-8859-\d{1,2}|latin-?1|windows-125\d|us-ascii)""", re.IGNORECASE
)
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_MOST_STRANGE: Final = 0.1


def request(request: Request, names: Names) -> RequestShown:
    """A request as it may be seen. Its credentials get names, the one that counts first."""
    return _request(request, names, locate(request))


def _request(request: Request, names: Names, located: Iterable[Located]) -> RequestShown:
    _name_all(request, names, located)
    veil = Veil(names, _of_transport(request), naming=True)
    address = f"{request.origin}{request.target.reveal()}"[:MAX_TEXT]
    at = len(str(request.origin))
    in_address = veil.learn([*in_target(address, at, len(address), request.origin.host), *in_text(address)])
    headers = _learned(veil, request.headers, ours=True)
    kind = fields.media_type(request.values("Content-Type"))
    body = _body_text(request.body.reveal(), _content_type(request.headers)) if request.body is not None else ""
    in_it = veil.learn(in_body(body, kind, ours=True)) if body else []
    return RequestShown(
        method=veil.text(request.method, _MAX_NAME),
        url=veil.cover(address, in_address, MAX_VALUE),
        headers=_shown(veil, headers),
        body=veil.cover(body, in_it, MAX_BODY),
    )


def response(response: Response, names: Names, known: Iterable[Secret[str]] = ()) -> ResponseShown:
    """An answer as it may be seen, with its signature.

    Args:
        response: The answer.
        names: The names of the case's secrets; whatever the answer echoes of them is covered.
        known: More secrets of the case, such as a client secret; they get names.
    """
    veil = Veil(names, known)
    headers = _learned(veil, response.headers, ours=False)
    kind = fields.media_type(response.values("Content-Type"))
    body = _body_text(response.body.reveal(), _content_type(response.headers))
    in_it = veil.learn(in_body(body, kind, ours=False)) if body else []
    media = _MEDIA_TYPE.match(kind)
    result = ResponseShown(
        status=response.status,
        headers=_shown(veil, headers),
        body=veil.cover(body, in_it, MAX_BODY),
        media_type=veil.cover(media.group(), [], _MAX_NAME) if media else "",
        truncated=response.truncated,
    )
    return _signed(result, response)


def _signed(shown: ResponseShown, response: Response) -> ResponseShown:
    return ResponseShown(
        status=shown.status,
        headers=shown.headers,
        body=shown.body,
        media_type=shown.media_type,
        truncated=shown.truncated,
        signature=signature.of(response, shown),
    )


def hop(hop: Hop, names: Names) -> HopShown:
    """One hop as it may be seen."""
    located = locate(hop.request)
    return HopShown(
        request=_request(hop.request, names, located),
        response=response(hop.response, names) if hop.response is not None else None,
        started_at=hop.started_at,
        elapsed=hop.elapsed,
        credential_sent=any(item.place is not Place.PROXY and item.value for item in located),
        certificate_issuer=text(hop.peer.certificate_issuer, names),
        certificate_not_after=hop.peer.certificate_not_after,
        certificate_asked=hop.peer.asks_certificate,
        withheld=tuple(text(sentence, names) for sentence in hop.withheld),
    )


def answer(exchange: Exchange, names: Names, *, label: str, varied: str = "", substitute: bool = False) -> AnswerSeen:
    """A send and what came of it as it may be seen.

    Args:
        exchange: All hops.
        names: The names of the case's secrets.
        label: As in ``AnswerSeen.label``.
        varied: What differs from the original, for a person; "" for the original.
        substitute: A safe method stood in for the original's.
    """
    failure = exchange.failure
    return AnswerSeen(
        label=label,
        hops=tuple(hop(item, names) for item in exchange.hops),
        varied=varied,
        failure=FailureShown(kind=failure.kind.value, says=text(failure.says, names), proxy_status=failure.proxy_status)
        if failure is not None
        else None,
        substitute=substitute,
    )


def text(text: str, names: Names) -> Redacted:
    """Any text as it may be seen: without the case's secrets and without what looks like one; bounded."""
    return Veil(names).text(text, MAX_VALUE)


def url(address: str, names: Names) -> Redacted:
    """An address, absolute or not, as it may be seen."""
    address = address[:MAX_TEXT]
    veil = Veil(names)
    place = in_url(address, 0, len(address)) if "://" in address else in_target(address, 0, len(address))
    return veil.cover(address, veil.learn([*place, *in_text(address)]), MAX_VALUE)


def credentials(request: Request, names: Names) -> CredentialsSeen:
    """What a request carries, the credential that counts first; trivial cookies and CSRF tokens are left out."""
    located = locate(request)
    _name_all(request, names, located)
    veil = Veil(names, _of_transport(request))
    found = [seen.held_back(request.held, names)] if request.held is not None else []
    found += [seen.credential(item, request, names, veil) for item in located if seen.matters(item)]
    if request.transport.cert_file is not None and request.origin.scheme == "https":
        found.append(CredentialSeen(name="", place=Place.CERTIFICATE, family="certificate", came_from="--cert"))
    return CredentialsSeen(credentials=tuple(found))


def token(text: str, names: Names | None = None) -> TokenShown:
    """A token taken apart as it may be seen: no signature, no nested tokens, everything bounded."""
    return seen.token_shown(jwt.take_apart(text), Veil(names) if names is not None else None)


def claims(claims: dict[str, Any], names: Names | None = None) -> dict[str, Any]:
    """Claims as they may be seen, for an introspection answer too."""
    return claims_shown.shown(claims, seen.cover(Veil(names)) if names is not None else None)


def _name_all(request: Request, names: Names, located: Iterable[Located]) -> None:
    for item in located:
        seen.name(item, names)
    if request.held is not None:
        names.name(seen.Quiet(request.held.password.reveal()))


def _of_transport(request: Request) -> list[Secret[str]]:
    """Secrets of the transport: they are shown nowhere, but a proxy may echo them."""
    found: list[Secret[str]] = []
    if request.transport.proxy is not None and request.transport.proxy.credential:
        user, colon, password = request.transport.proxy.credential.reveal().partition(":")
        found += [seen.Quiet(part) for part in {unquote(password), password} if part] if colon else [Secret(user)]
    if request.transport.key_password:
        found.append(seen.Quiet(request.transport.key_password.reveal()))
    return found


Lines = list[tuple[str, str, list[tuple[int, int, str]]]]


def _learned(veil: Veil, headers: tuple[Header, ...], *, ours: bool) -> Lines:
    lines: Lines = []
    for header in headers[:_MAX_HEADERS]:
        value = header.value.reveal()[:MAX_TEXT]
        lines.append((header.name, value, veil.learn(in_header(header.name, value, ours=ours))))
    return lines


def _shown(veil: Veil, lines: Lines) -> tuple[HeaderShown, ...]:
    return tuple(
        HeaderShown(name=veil.text(name, _MAX_NAME), value=veil.cover(value, spans, MAX_VALUE))
        for name, value, spans in lines
    )


def _content_type(headers: tuple[Header, ...]) -> str:
    return next((header.value.reveal()[:_MAX_NAME] for header in headers if header.named("Content-Type")), "")


def _body_text(body: bytes, content_type: str) -> str:
    """The body's text, or a phrase on its size where it is none."""
    part = body[: 4 * MAX_TEXT]
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        decoded = part.decode("utf-16", "replace")
    else:
        charset = _CHARSET.search(content_type)
        try:
            decoded = part.decode("utf-8-sig")
        except UnicodeDecodeError:
            decoded = part.decode("latin-1" if charset else "utf-8", "replace")
    decoded = decoded[:MAX_TEXT]
    strange = sum(1 for _ in _NO_TEXT.finditer(decoded))
    if decoded and strange > max(4, len(decoded) * _MOST_STRANGE):
        return f"({len(body):,} bytes that are no text)"
    return decoded
