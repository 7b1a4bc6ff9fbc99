"""Forward proxies: CONNECT (RFC 9110, section 9.3.6) and SOCKS 5 (RFC 1928, RFC 1929), spoken by hand.

By hand, because what a proxy answers to CONNECT is a finding: a 407 with its challenge must not be lost.
"""

from __future__ import annotations

from typing import Final

from tui401.model.http import FailureKind, Header, Origin, Proxy
from tui401.model.secret import Secret
from tui401.probes.address import Address, literal
from tui401.probes.failures import no_answer, quoted
from tui401.probes.head import USER_AGENT, basic, in_bytes
from tui401.probes.library import httpcore

_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_PORTS: Final = {"http": 1080, "https": 443, "socks5": 1080, "socks5h": 1080}  # curl's defaults
_MAX_ANSWER: Final = 65_536  # bytes of a proxy's head
_MAX_LINES: Final = 256

_SOCKS_SAYS: Final = {
    1: "a general failure",
    2: "its rules do not allow this connection",
    3: "it cannot reach that network",
    4: "it cannot reach that host",
    5: "the connection was refused there",
    6: "it took too long",
    7: "it does not know the command",
    8: "it does not know that kind of address",
}


def parse(via: Proxy) -> Origin:
    """Where a proxy listens.

    Raises:
        NoAnswerError: The address cannot be read, or its scheme is not one that is spoken here.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415 - only where there is a proxy

    text = via.url if "://" in via.url else f"http://{via.url}"
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in _SCHEMES or not host:
        raise no_answer(
            FailureKind.PROXY,
            f"The proxy {quoted(via.url)} cannot be used: give http://, https://, socks5:// or socks5h://host:port.",
        )
    return Origin(scheme, host, port or _PORTS[scheme])


async def tunnel(stream: httpcore.AsyncNetworkStream, origin: Origin, via: Proxy) -> None:
    """Has an HTTP proxy open a tunnel to an origin.

    Raises:
        NoAnswerError: Of kind PROXY, with the proxy's status and headers where it answered.
    """
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    lines = [f"CONNECT {host}:{origin.port} HTTP/1.1", f"Host: {host}:{origin.port}", f"User-Agent: {USER_AGENT}"]
    if via.credential is not None:
        lines.append(f"Proxy-Authorization: {basic(via.credential).reveal()}")
    await stream.write(in_bytes("\r\n".join(lines) + "\r\n\r\n"))
    name = quoted(via.url)
    head = b""
    while b"\r\n\r\n" not in head and b"\n\n" not in head:
        try:
            piece = await stream.read(1)  # no byte of the tunnel itself may be read here
        except httpcore.ReadError:
            piece = b""
        head += piece
        if not piece or len(head) > _MAX_ANSWER:
            raise no_answer(
                FailureKind.PROXY, f"The proxy {name} broke off instead of opening a tunnel. Check its address."
            )
    status, headers = _head_of(head)
    if status is not None and 200 <= status < 300:
        return
    if status is None:
        raise no_answer(
            FailureKind.PROXY, f"The proxy {name} answered with something that is not HTTP. Check its address."
        )
    if status == 407:
        had = "refused the credential that was sent" if via.credential is not None else "wants a credential"
        says = f"The proxy {name} {had} (407). Give it as --proxy-user USER:PASSWORD."
    else:
        says = f"The proxy {name} refused a tunnel to {quoted(origin.authority)} ({status}). Ask its owner to allow it."
    raise no_answer(FailureKind.PROXY, says, status=status, headers=headers)


def _head_of(raw: bytes) -> tuple[int | None, tuple[Header, ...]]:
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    words = lines[0].split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or len(words[1]) != 3 or not words[1].isdigit():
        return None, ()
    headers = []
    for line in lines[1:_MAX_LINES]:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append(Header(in_text(name.strip()), Secret(in_text(value.strip()))))
    return int(words[1]), tuple(headers)


def in_text(raw: bytes) -> str:
    """Header bytes as text: UTF-8 where they are that, else a character a byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


async def socks5(
    stream: httpcore.AsyncNetworkStream, origin: Origin, to: Origin, credential: Secret[str] | None, at: Address | None
) -> None:
    """Has a SOCKS 5 proxy connect to an origin.

    Args:
        stream: The connection to the proxy.
        origin: Where to go.
        to: The proxy, for sentences.
        credential: ``user:password`` or None.
        at: The origin's address, or None to have the proxy look the name up.

    Raises:
        NoAnswerError: Of kind PROXY.
    """
    name = quoted(str(to))
    methods = b"\x00\x02" if credential is not None else b"\x00"
    await stream.write(b"\x05" + bytes([len(methods)]) + methods)
    version, method = await _exactly(stream, 2, name)
    if version != 5:
        raise no_answer(FailureKind.PROXY, f"The proxy {name} does not speak SOCKS 5. Check its address and scheme.")
    if method == 2 and credential is not None:
        user, _, password = credential.reveal().partition(":")
        u, p = in_bytes(user)[:255], in_bytes(password)[:255]
        await stream.write(b"\x01" + bytes([len(u)]) + u + bytes([len(p)]) + p)
        if (await _exactly(stream, 2, name))[1] != 0:
            raise no_answer(FailureKind.PROXY, f"The proxy {name} refused the user name or password that was sent.")
    elif method != 0:
        raise no_answer(
            FailureKind.PROXY, f"The proxy {name} wants a user name and password. Give --proxy-user USER:PASSWORD."
        )
    known = at or literal(origin.host)
    if known is None:
        host = in_bytes(origin.host)[:255]
        where = b"\x03" + bytes([len(host)]) + host
    else:
        where = (b"\x01" if known.version == 4 else b"\x04") + known.packed
    await stream.write(b"\x05\x01\x00" + where + origin.port.to_bytes(2, "big"))
    answer = await _exactly(stream, 4, name)
    if answer[1] != 0:
        says = _SOCKS_SAYS.get(answer[1], f"code {answer[1]}")
        raise no_answer(
            FailureKind.PROXY, f"The proxy {name} made no connection to {quoted(origin.authority)}: {says}."
        )
    length = {1: 4, 4: 16}.get(answer[3])
    if length is None:
        length = (await _exactly(stream, 1, name))[0]
    await _exactly(stream, length + 2, name)


async def _exactly(stream: httpcore.AsyncNetworkStream, count: int, name: str) -> bytes:
    got = b""
    while len(got) < count:
        try:
            piece = await stream.read(count - len(got))
        except httpcore.ReadError:
            piece = b""
        if not piece:
            raise no_answer(FailureKind.PROXY, f"The proxy {name} broke off. Check its address and scheme.")
        got += piece
    return got
