"""Two requests side by side: what differs, and which of it can matter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from tui401.causes.compare import near_miss
from tui401.model.http import Request
from tui401.model.names import Names
from tui401.model.shown import CredentialSeen, RequestShown
from tui401.wire import redact
from tui401.wire.asked import perhaps_keys
from tui401.wire.secretnames import Weight, is_key_header, is_session_cookie, weigh

Pairs = list[tuple[str, str]]

_MARK: Final = "‹"
_NAMED: Final = "‹secret-"
_MOST: Final = 200  # parts of a request that are compared
_LONGEST: Final = 300
_SELDOM: Final = frozenset(
    {
        *("user-agent", "accept-encoding", "accept-language", "connection", "content-length", "date", "priority"),
        *("traceparent", "tracestate", "x-request-id", "x-correlation-id", "postman-token", "cache-control", "pragma"),
        *("dnt", "upgrade-insecure-requests", "te", "if-none-match", "if-modified-since", "keep-alive"),
    }
)
"""Headers that differ from client to client, and that few servers look at when they refuse."""
_CLAIMS: Final = ("iss", "aud", "scope", "scp", "roles", "azp", "client_id", "sub", "tid", "token_use", "typ", "exp")
_TRANSPORT: Final = {
    "proxy": "the forward proxy",
    "verify": "whether the certificate is verified",
    "cert_file": "the client certificate",
    "resolve": "where the name leads (--resolve)",
    "follow": "how many redirects are followed",
    "http10": "HTTP/1.0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two requests.

    Attributes:
        source: Where it comes from, for a person: "the command", "work.har#3".
        shown: It, redacted.
        credentials: What it carries.
        request: It, alive; None where only its redacted form was kept.
        status: What was answered to it before, None where that is not known.
        sanitised: It was recorded by what leaves credentials out.
    """

    source: str
    shown: RequestShown
    credentials: tuple[CredentialSeen, ...] = ()
    request: Request | None = None
    status: int | None = None
    sanitised: bool = False


def side(source: str, request: Request, names: Names, *, status: int | None = None, sanitised: bool = False) -> Side:
    """A live request as a side. Both sides share their names, so that equal secrets are told from different ones."""
    return Side(
        source=source,
        shown=redact.request(request, names),
        credentials=redact.credentials(request, names).credentials,
        request=request,
        status=status,
        sanitised=sanitised,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which the two differ.

    Attributes:
        place: ``method``, ``origin``, ``path``, ``query``, ``header``, ``cookie``, ``body`` or ``transport``.
        name: The header's, parameter's or cookie's name; "" where there is but one such thing.
        works: What the request that works has, redacted, "" for nothing; ``fails`` what the other one has.
        matters: It is of a kind that decides refusals; else it seldom does.
        secret: A credential, or what may be one.
        says: Sentences on what differs inside: claims of two tokens, only a slash.
        unsure: The two may be equal: one side was kept without its secrets.
    """

    place: str
    name: str = ""
    works: str = ""
    fails: str = ""
    matters: bool = True
    secret: bool = False
    says: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def title(self) -> str:
        """What it is called in a sentence: ``header X-Tenant``."""
        return f"{self.place} {self.name}".strip()


def between(works: Side, fails: Side) -> tuple[Difference, ...]:
    """All differences: credentials first, then where it goes, then the rest, then what seldom matters."""
    ours, theirs = works.shown, fails.shown
    found: list[Difference] = []
    if ours.method != theirs.method:
        found.append(_plain("method", ours.method, theirs.method))
    (origin_w, path_w, query_w), (origin_f, path_f, query_f) = _address(ours.url), _address(theirs.url)
    if origin_w != origin_f:
        found.append(_plain("origin", origin_w, origin_f, near_miss(origin_f, origin_w)))
    if path_w != path_f:
        found.append(_plain("path", path_w, path_f, near_miss(path_f, path_w)))
    live = works.request, fails.request
    found += _of_pairs("query", _pairs(query_w, "&"), _pairs(query_f, "&"), [_raw_query(one) for one in live])
    found += _of_headers(works, fails)
    cookies = [_pairs("; ".join(shown.values("cookie")), ";") for shown in (ours, theirs)]
    found += _of_pairs("cookie", cookies[0], cookies[1], [_raw_cookies(one) for one in live])
    if _body(live[0], ours) != _body(live[1], theirs):
        found.append(_plain("body", ours.body, theirs.body))
    if live[0] is not None and live[1] is not None:
        found += _of_transport(live[0], live[1])
    kept = works.request is None or fails.request is None
    found = [replace(d, unsure=True) if kept and d.secret and d.works and d.fails else d for d in found]
    return tuple(sorted(found[:_MOST], key=_order))


def _order(difference: Difference) -> tuple[bool, int]:
    places = ("origin", "path", "method", "query", "header", "cookie", "transport", "body")
    return not difference.matters, -1 if difference.secret else places.index(difference.place)


def _plain(place: str, works: str, fails: str, near: str = "") -> Difference:
    return Difference(
        place=place,
        works=_short(works),
        fails=_short(fails),
        says=(near,) if near else (),
        secret=_MARK in works + fails,
    )


def _of_headers(works: Side, fails: Side) -> list[Difference]:
    names: dict[str, str] = {}
    for shown in (works.shown, fails.shown):
        for header in shown.headers:
            names.setdefault(header.name.lower(), header.name)
    maybe = {name.lower() for shown in (works.shown, fails.shown) for name in perhaps_keys(shown)}
    found = []
    for lower, name in names.items():
        one, other = works.shown.values(name), fails.shown.values(name)
        if lower == "cookie" or _equal(works, fails, name):
            continue
        text = ", ".join(one), ", ".join(other)
        secret = lower in maybe or is_key_header(name) or lower.endswith("authorization") or _MARK in "".join(text)
        says = _of_credentials(_at(works, name), _at(fails, name)) if secret else ()
        found.append(
            Difference(
                place="header",
                name=name,
                works=_short(text[0]),
                fails=_short(text[1]),
                matters=lower not in _SELDOM and not lower.startswith("sec-"),
                secret=secret,
                says=says,
            )
        )
    return found


def _equal(works: Side, fails: Side, name: str) -> bool:
    """Whether both have the same header lines; where both are alive what is masked is compared, too."""
    if works.request is None or fails.request is None:
        return works.shown.values(name) == fails.shown.values(name)
    return works.request.values(name) == fails.request.values(name)


def _raw_query(live: Request | None) -> Pairs | None:
    return _pairs(live.target.reveal().partition("?")[2], "&") if live is not None else None


def _raw_cookies(live: Request | None) -> Pairs | None:
    lines = (value.reveal() for value in live.values("Cookie")) if live is not None else ()
    return _pairs("; ".join(lines), ";") if live is not None else None


def _of_pairs(place: str, works: Pairs, fails: Pairs, raw: Sequence[Pairs | None]) -> list[Difference]:
    """What differs between named values; where both requests are alive what is masked is compared, too."""
    found = []
    alive = [pairs for pairs in raw if pairs is not None]
    compared = alive if len(alive) == 2 else [works, fails]
    for name in dict.fromkeys(name for name, _ in (*works, *fails)):
        one = [value for key, value in works if key == name]
        other = [value for key, value in fails if key == name]
        if [v for key, v in compared[0] if key == name] == [v for key, v in compared[1] if key == name]:
            continue
        secret = _NAMED in "".join((*one, *other)) or weigh(name) >= Weight.TOKEN
        matters = place == "query" or secret or is_session_cookie(name)
        found.append(
            Difference(
                place=place,
                name=name,
                works=_short(", ".join(one)),
                fails=_short(", ".join(other)),
                secret=secret,
                matters=matters,
            )
        )
    return found


def _of_transport(works: Request, fails: Request) -> list[Difference]:
    found = []
    for name, title in _TRANSPORT.items():
        one, other = getattr(works.transport, name), getattr(fails.transport, name)
        if name == "proxy":
            one, other = (value.url if value is not None else "none" for value in (one, other))
        if one != other:
            says = (title,)
            found.append(
                Difference(place="transport", name=name, works=_short(str(one)), fails=_short(str(other)), says=says)
            )
    return found


def _of_credentials(works: CredentialSeen | None, fails: CredentialSeen | None) -> tuple[str, ...]:
    """What differs between two credentials inside, as far as it may be seen."""
    if works is None or fails is None:
        return ()
    says = []
    if works.scheme != fails.scheme:
        says.append(f"scheme {fails.scheme or 'none'}; the one that works has {works.scheme or 'none'}")
    says += [defect.says for defect in fails.defects[:2]]
    one, other = works.token, fails.token
    if one is None or other is None:
        return tuple(says)
    says += [defect.says for defect in other.defects[:2] if defect not in one.defects]
    for name in _CLAIMS:
        a, b = one.claims.get(name), other.claims.get(name)
        if a != b:
            near = near_miss(str(b), str(a)) if isinstance(a, str) and isinstance(b, str) else ""
            says.append(f"{name} {_claim(b)}; the one that works has {_claim(a)}" + (f" ({near})" if near else ""))
    for name in ("alg", "kid"):
        if one.header.get(name) != other.header.get(name):
            a, b = _claim(one.header.get(name)), _claim(other.header.get(name))
            says.append(f"{name} {b}; the one that works has {a}")
    return tuple(says)


def _claim(value: object) -> str:
    return "none" if value is None else str(value)[:_LONGEST]


def _at(one: Side, name: str) -> CredentialSeen | None:
    lower = name.lower()
    return next((c for c in one.credentials if c.place_name.lower() == lower), None)


def _address(url: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ""
    return f"{parts.scheme}://{parts.netloc}", parts.path or "/", parts.query


def _pairs(text: str, sign: str) -> Pairs:
    pairs = (part.strip().partition("=") for part in text.split(sign) if part.strip())
    return [(unquote_plus(name) if sign == "&" else name, value) for name, _, value in pairs]


def _body(live: Request | None, shown: RequestShown) -> object:
    return live.body if live is not None and live.body is not None else shown.body or None


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
