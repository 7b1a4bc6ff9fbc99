"""A request from what was kept of it: redacted lines, with the secrets put back that a person gives again. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from tui401.model.http import DEFAULT_PORTS, From, Header, Origin, Provenance, Proxy, Request, Transport
from tui401.model.secret import Secret
from tui401.model.shown import RequestShown, WayShown
from tui401.model.strikes import MARK as STRUCK
from tui401.wire.redact import MAX_BODY, MAX_VALUE
from tui401.wire.veil import HIDDEN

ADDRESS: Final = "address"
BODY: Final = "body"
PROXY: Final = "proxy"
KEY: Final = "key"
_MARK: Final = re.compile(r"‹(secret-\d{1,6})›")
_NO_TEXT: Final = re.compile(r"\([\d,]+ bytes that are no text\)")
_BASIC: Final = re.compile(r"\s*basic\s+‹(secret-\d{1,6})›\s*", re.IGNORECASE)
_AGAIN: Final = Provenance(From.PROMPT, "given again")
_KEPT: Final = Provenance(From.COMMAND, "as it was kept")


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that was not kept.

    Attributes:
        key: ``secret-1``; ``header:3`` for a whole header; ``address``, ``body``, ``proxy`` or ``key``.
        name: What it is, for a person: "the Authorization header's credential".
        whole: It is taken letter by letter, line breaks too.
        basic: It may be given as ``user:password`` as well.
    """

    key: str
    name: str
    whole: bool = False
    basic: bool = False


def missing(request: RequestShown, way: WayShown) -> tuple[Missing, ...]:
    """What has to be given again before this request can be sent, in the order of its lines, each once."""
    return tuple({item.key: item for item in _missing(request, way)}.values())


def _missing(request: RequestShown, way: WayShown) -> Iterator[Missing]:
    if _is_cut(request.url):
        yield Missing(ADDRESS, "the whole address", whole=True)
    else:
        yield from (Missing(name, "the credential in the address") for name in _MARK.findall(request.url))
    for number, header in enumerate(request.headers):
        if _is_cut(header.value):
            yield Missing(f"header:{number}", f"the whole value of the header {header.name}", whole=True)
            continue
        basic = _BASIC.fullmatch(header.value) is not None
        for name in _MARK.findall(header.value):
            yield Missing(name, f"the secret in the header {header.name}", basic=basic)
    if request.body and (_MARK.search(request.body) or _is_cut(request.body, MAX_BODY)):
        yield Missing(BODY, "the body", whole=True)
    if way.proxy_credential:
        yield Missing(PROXY, f"user:password for the proxy {way.proxy}")
    if way.locked:
        yield Missing(KEY, f"the passphrase of the key {way.key_file or way.cert_file}")


def _is_cut(text: str, limit: int = MAX_VALUE) -> bool:
    """Whether a part of a text is hidden under no name, was struck out, or was left out."""
    gone = HIDDEN in text or STRUCK.search(text) is not None
    return gone or len(text) >= limit or _NO_TEXT.fullmatch(text) is not None


def filled(request: RequestShown, way: WayShown, given: Mapping[str, Secret[str]]) -> Request:
    """The request, alive again.

    Args:
        request: What was kept.
        way: How it travelled.
        given: A value for each key of `missing`.

    Raises:
        ValueError: when a value is missing, or the address is none.
    """
    for item in missing(request, way):
        if item.key not in given:
            raise ValueError(f"No value was given for {item.name}.")
    url = given[ADDRESS].reveal() if ADDRESS in given else _put_back(request.url, given, encode=True)
    headers = tuple(
        Header(h.name, given[f"header:{number}"], _AGAIN)
        if f"header:{number}" in given
        else Header(h.name, Secret(_header(h.value, given)), _AGAIN if _MARK.search(h.value) else _KEPT)
        for number, h in enumerate(request.headers)
    )
    body: Secret[bytes] | None = None
    if BODY in given:
        body = Secret(given[BODY].reveal().encode("utf-8", "surrogateescape")) if given[BODY] else None
    elif request.body:
        body = Secret(request.body.encode("utf-8", "surrogateescape"))
    origin, target = _address(url)
    return Request(request.method, origin, Secret(target), headers, body, _transport(way, given))


def _header(value: str, given: Mapping[str, Secret[str]]) -> str:
    found = _BASIC.fullmatch(value)
    text = given[found[1]].reveal() if found is not None else ""
    if found is not None and ":" in text:  # no base64 holds a colon
        encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")
        return value.replace(f"‹{found[1]}›", encoded)
    return _put_back(value, given)


def _put_back(text: str, given: Mapping[str, Secret[str]], *, encode: bool = False) -> str:
    def value(match: re.Match[str]) -> str:
        raw = given[match[1]].reveal()
        return quote(raw, safe="%+:/=-._~", errors="surrogatepass") if encode else raw

    return _MARK.sub(value, text)


def _address(url: str) -> tuple[Origin, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise ValueError("The address begins with https:// or http://, and the host follows.")
    front = url.index("://") + 3
    behind = next((at for at in range(front, len(url)) if url[at] in "/?#"), len(url))
    target = url[behind:]
    target = target if target.startswith("/") else f"/{target}"
    return Origin(parts.scheme, host.lower(), port or DEFAULT_PORTS[parts.scheme]), target


def origin_of(url: str) -> Origin:
    """The origin of a kept address, which stands in it as it is.

    Raises:
        ValueError: when it is no address.
    """
    return _address(url)[0]


def way_of(transport: Transport) -> WayShown:
    """How a request travels, as it may be seen."""
    proxy = transport.proxy
    return WayShown(
        verify=transport.verify,
        ca_file=transport.ca_file or "",
        cert_file=transport.cert_file or "",
        key_file=transport.key_file or "",
        locked=bool(transport.key_password),
        proxy=proxy.url if proxy is not None else "",
        proxy_credential=proxy is not None and bool(proxy.credential),
        resolve=transport.resolve,
        follow=transport.follow,
        trusted=transport.trusted,
        connect_limit=transport.connect_limit,
        total_limit=transport.total_limit,
        http10=transport.http10,
        keep_method=transport.keep_method,
    )


def _transport(way: WayShown, given: Mapping[str, Secret[str]]) -> Transport:
    return Transport(
        verify=way.verify,
        ca_file=way.ca_file or None,
        cert_file=way.cert_file or None,
        key_file=way.key_file or None,
        key_password=given.get(KEY),
        proxy=Proxy(way.proxy, given.get(PROXY), _KEPT) if way.proxy else None,
        resolve=way.resolve,
        follow=way.follow,
        trusted=way.trusted,
        connect_limit=way.connect_limit,
        total_limit=way.total_limit,
        http10=way.http10,
        keep_method=way.keep_method,
    )
