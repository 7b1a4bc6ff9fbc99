"""The head of a request as bytes: exactly what the person's request says, nothing tidied (RFC 9112, section 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import tui401
from tui401.model.http import FailureKind, From, Header, Provenance, Request
from tui401.model.secret import Secret
from tui401.probes.failures import no_answer

USER_AGENT: Final = f"tui401/{tui401.__version__}"
MAX_HEAD: Final = 1_048_576  # bytes; beyond any server's own bound
_OURS: Final = Provenance(From.DEFAULT, "tui401")
_ENDS_A_LINE: Final = ("\r", "\n", "\0")
_REMOVED_WHEN_EMPTY: Final = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "expect"})
"""Headers that a client adds by itself: given empty, they are to be left out."""


@dataclass(frozen=True, slots=True)
class Wired:
    """A request ready for the wire.

    Attributes:
        request: As sent, our own headers among it with their provenance.
        head: The bytes up to and including the empty line.
        chunked: The body goes in chunks (RFC 9112, section 7.1).
    """

    request: Request
    head: Secret[bytes]
    chunked: bool


def wired(request: Request, *, through_proxy: bool = False) -> Wired:
    """The request as it goes out.

    Added are Host, User-Agent and the body's framing where the request does not give them itself; one of the first
    two that is given empty is left out. A value is sent as it is, trailing blanks and control characters included, but
    for those that end a line: they would make two requests of one.

    Args:
        request: What to send.
        through_proxy: To a plain HTTP proxy, which wants the whole address and its own credential in the head.

    Raises:
        NoAnswerError: Of kind UNSENDABLE, naming the part that cannot be sent.
    """
    if not request.method:
        raise no_answer(FailureKind.UNSENDABLE, "The request has no method. Give one, for example GET.")
    _refuse_line_ends(request.method, "method")
    target = request.target.reveal()
    _refuse_line_ends(target, "address")
    given = {header.name.lower() for header in request.headers}
    kept = [h for h in request.headers if h.value or h.name.lower() not in _REMOVED_WHEN_EMPTY]
    for header in kept:
        _refuse_line_ends(header.name, "name of a header")
        if not header.name or ":" in header.name:
            raise no_answer(
                FailureKind.UNSENDABLE, "A header has no name, or a colon in its name. Write it as Name: value."
            )
        _refuse_line_ends(header.value.reveal(), f"header {header.name}")
    if "user-agent" not in given:
        kept.append(Header("User-Agent", Secret(USER_AGENT), _OURS))
    if through_proxy:
        target = f"{request.origin}{target}"
        proxy = request.transport.proxy
        if proxy is not None and proxy.credential is not None and "proxy-authorization" not in given:
            kept.append(Header("Proxy-Authorization", basic(proxy.credential), proxy.provenance))
    sent = replace(request, headers=tuple(kept))

    chunked = any("chunked" in v.reveal().lower() for v in sent.values("transfer-encoding"))
    version = "HTTP/1.0" if request.transport.http10 else "HTTP/1.1"
    lines = [f"{request.method} {target} {version}"]
    if "host" not in given:
        lines.append(f"Host: {request.origin.authority}")
    for header in kept:
        value = header.value.reveal()
        lines.append(f"{header.name}: {value}" if value else f"{header.name}:")
    if request.body is not None and not chunked and "content-length" not in given:
        lines.append(f"Content-Length: {len(request.body)}")
    head = in_bytes("\r\n".join(lines) + "\r\n\r\n")
    if len(head) > MAX_HEAD:
        raise no_answer(
            FailureKind.UNSENDABLE, f"The request's head is longer than {MAX_HEAD:,} bytes; no server reads that."
        )
    return Wired(sent, Secret(head), chunked)


def basic(credential: Secret[str]) -> Secret[str]:
    """``user:password`` as the value of a Basic header (RFC 7617, section 2)."""
    import base64  # noqa: PLC0415 - only where a proxy wants it

    return Secret("Basic " + base64.b64encode(in_bytes(credential.reveal())).decode("ascii"))


def in_bytes(text: str) -> bytes:
    """A text as the shell's bytes: UTF-8, and the very bytes where the command line held something else."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _refuse_line_ends(text: str, where: str) -> None:
    if any(sign in text for sign in _ENDS_A_LINE):
        raise no_answer(
            FailureKind.UNSENDABLE,
            f"The {where} holds a line break or a NUL, which would split the request in two. Remove it and send again.",
        )
