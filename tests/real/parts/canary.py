"""Where a fault's secrets may be seen, and a search for where they were: raw, percent-encoded, in base64."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from tests.real.parts.fault import Fault
from tests.real.parts.wiretap import Sent

RUN: Final = 8  # characters; a run of a secret as long as this is a leak
# Its issuer may be asked about a token, and nobody else (RFC 7662, RFC 7009).
ABOUT_TOKENS: Final = re.compile(r"/(?:introspect\w*|revo\w+)$|/token/(?:introspection|revocation)$")


@dataclass(frozen=True, kw_only=True)
class Canary:
    """A secret of a fault.

    Attributes:
        value: The secret.
        at: Origins, host and port, where it belongs.
        token: Its issuer may be asked about it.
    """

    value: str = field(repr=False)
    at: frozenset[str]
    token: bool = False


def canaries(fault: Fault) -> list[Canary]:
    """Signatures, opaque tokens, passwords and keys of a fault, each with the origins that it is for."""
    own, issuer = frozenset(_own(fault)), _option(fault.known.options, "--issuer")
    at_issuer = frozenset({_origin(issuer)} if issuer else ())
    found = [Canary(value=value, at=at_issuer) for value in fault.known.environment.values()]
    # A program that starts tui401 has no say over which of its arguments hold the proxy's password.
    by_proxy = _option(fault.command, "-U")
    if by_proxy:
        found.append(Canary(value=by_proxy.partition(":")[2], at=frozenset({_origin(_option(fault.command, "-x"))})))
    for part in _spoken(fault.command):
        jwts = re.findall(r"eyJ[\w%=-]+\.[\w%=-]+(?:\.([\w-]+))?", part)
        found += [Canary(value=signature, at=own, token=True) for signature in jwts if signature]
        if not jwts:
            value = part.split(": ", 1)[-1]
            opaque = re.findall(r"[A-Za-z0-9_-]{20,}", value)
            found += [Canary(value=one, at=own, token=True) for one in opaque]
    if "-u" in fault.command:
        user, _, password = _option(fault.command, "-u").partition(":")
        # The name may be seen; whatever of the encoded pair holds only the name, too.
        encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
        found += [Canary(value=value, at=own) for value in (password, encoded[(len(user) + 1) * 4 // 3 + 2 :])]
    # A signed request lists the names of its headers, which are as long as secrets.
    return [one for one in found if len(one.value) >= RUN and not one.value.startswith("x-amz-")]


def leaked(fault: Fault, text: str) -> list[str]:
    """Runs of any secret of the fault that a text holds, for a failing test's words; [] where none leaked."""
    return sorted({run for one in canaries(fault) for run in _runs(one.value) & _pieces(text)})


def strayed(fault: Fault, sent: Iterable[Sent]) -> list[str]:
    """Secrets that went where they do not belong: the origin and the run; [] where none did."""
    found = set()
    for connection in sent:
        held = _pieces(connection.data)
        for one in canaries(fault):
            if connection.to in one.at or (one.token and _asks_about_it(fault, connection)):
                continue
            found |= {f"{connection.to} got {run}" for run in _runs(one.value) & held}
    return sorted(found)


def arrived(fault: Fault, sent: Iterable[Sent]) -> bool:
    """Whether a secret of the request is found at its own origin, which shows that the search finds one."""
    own = _own(fault)
    there = set().union(*(_pieces(connection.data) for connection in sent if connection.to in own))
    return any(_runs(one.value) & there for one in canaries(fault) if one.at & own)


def _own(fault: Fault) -> set[str]:
    """The origins that the request's credential is for: its own, those that the person listed, a proxy's in clear."""
    url = next(part for part in fault.command[1:] if "://" in part)
    own = {_origin(url), *(_origin(to) for to in _options(fault.known.options, "--credential-to"))}
    if urlsplit(url).scheme == "https":
        return own | {f"tls {urlsplit(url).hostname}"}
    proxy = _option(fault.command, "-x")
    return own | ({_origin(proxy)} if proxy else set())


def _asks_about_it(fault: Fault, connection: Sent) -> bool:
    issuer = _option(fault.known.options, "--issuer")
    return connection.to == _origin(issuer) and bool(ABOUT_TOKENS.search(connection.target))


def _spoken(command: Sequence[str]) -> list[str]:
    """The arguments that a credential may stand in: neither addresses nor names of files."""
    files = {command[at + 1] for at, part in enumerate(command[:-1]) if part in ("--cacert", "--cert", "--key")}
    pairs = {_option(command, "-U"), _option(command, "-u")}
    return [part for part in command[1:] if "://" not in part.split(": ", 1)[-1] and part not in files | pairs]


def _origin(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _option(words: Sequence[str], name: str) -> str:
    return next(iter(_options(words, name)), "")


def _options(words: Sequence[str], name: str) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words[:-1]) if word == name]


def _runs(secret: str) -> set[str]:
    """Every run of a secret, and of it in base64 wherever it begins within what is encoded."""
    written = [secret]
    for before in range(3):
        whole = base64.b64encode(b" " * before + secret.encode()).decode()
        inside = whole[4 if before else 0 : -4]  # what its neighbours have a share in is left out
        written += [inside, inside.translate(str.maketrans("+/", "-_"))]
    return {text[at : at + RUN] for text in written for at in range(len(text) - RUN + 1)}


def _pieces(text: str) -> set[str]:
    both = (text, unquote(text)) if "%" in text else (text,)
    return {one[at : at + RUN] for one in both for at in range(len(one) - RUN + 1)}
