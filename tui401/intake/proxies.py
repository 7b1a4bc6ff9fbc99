"""The forward proxy that curl would use, from its options and from the environment, and who is spared it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from tui401.intake.core import IntakeError, note, plain, to_bytes, to_text
from tui401.intake.settings import Given, Settings
from tui401.model.http import From, Origin, Provenance, Proxy
from tui401.model.secret import Secret
from tui401.model.shown import Note

PROMPT_PROXY: Final = "password for -U"
"""The name of the prompt for a password that ``-U`` leaves out."""

_KINDS: Final = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_DEFAULT_PORT: Final = 1080  # curl's, for every kind but https
_BY_OPTION: Final = {"socks4": "socks4", "socks4a": "socks4a", "socks5": "socks5", "socks5-hostname": "socks5h"}
_KIND: Final = re.compile(r"([A-Za-z0-9]{1,10})://")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.%]{2,60}\]|[\w.~%-]{1,255})(?::([0-9]{0,6}))?")


@dataclass(frozen=True, slots=True)
class Route:
    """How a request leaves: through a proxy or straight, with what was noticed."""

    proxy: Proxy | None
    notes: tuple[Note, ...] = ()
    prompts: tuple[str, ...] = ()


def route(settings: Settings, origin: Origin, env: Mapping[str, str], *, password: Secret[str] | None = None) -> Route:
    """Finds the proxy as curl would.

    Args:
        settings: What the options say: ``-x``, ``--proxy1.0``, the SOCKS options, ``-U``, ``--noproxy``.
        origin: Where the request goes.
        env: ``http_proxy`` (lower case only), ``https_proxy``, ``HTTPS_PROXY``, ``all_proxy``, ``no_proxy`` …
        password: The answer to curl's own prompt for ``-U``.

    Raises:
        IntakeError: The proxy's address makes no sense.
    """
    given = _given(settings)
    if given is not None and not given.text:
        return Route(None)
    no_proxy, no_proxy_name = _no_proxy(settings, env)
    spared = spares(no_proxy, origin.host)
    if given is None:
        given = _from_environment(origin, env)
        if given is None:
            return Route(None)
        if spared:
            says = (
                f"{given.by.detail} names a proxy, and {no_proxy_name} spares {plain(origin.host)} it: sent straight."
            )
            return Route(None, (note("proxy-spared", says),))
    elif spared:
        says = f"{given.by.detail} names a proxy, and {no_proxy_name} spares {plain(origin.host)} it: sent straight."
        return Route(None, (note("proxy-spared", says),))
    return _parsed(given, settings, password)


def forbidden(settings: Settings, origin: Origin, env: Mapping[str, str]) -> bool:
    """Whether no proxy at all is to be used: an empty ``-x``, or a list that spares the host (see `route`)."""
    given = _given(settings)
    return (given is not None and not given.text) or spares(_no_proxy(settings, env)[0], origin.host)


def spares(no_proxy: str, host: str) -> bool:
    """Whether a list such as NO_PROXY's holds a host: a name, its domain, an address, a network, or ``*``."""
    if no_proxy == "*":
        return True
    name = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        address = None
    for token in re.split(r"[ \t,]+", no_proxy):
        if not token:
            continue
        if address is None:
            domain = token.lower().removesuffix(".").removeprefix(".")
            if domain and (name == domain or name.endswith(f".{domain}")):
                return True
        elif _in_network(address, token):
            return True
    return False


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, token: str) -> bool:
    try:
        return address in ipaddress.ip_network(token.strip("[]"), strict=False)
    except ValueError:
        return False


def _given(settings: Settings) -> Given | None:
    named = [settings.values[name] for name in ("proxy", "proxy1.0", *_BY_OPTION) if name in settings.values]
    return named[-1] if named else None


def _no_proxy(settings: Settings, env: Mapping[str, str]) -> tuple[str, str]:
    given = settings.value("noproxy")
    if given is not None:
        return given, "--noproxy"
    return next(((env[name], name) for name in ("no_proxy", "NO_PROXY") if env.get(name)), ("", ""))


def _from_environment(origin: Origin, env: Mapping[str, str]) -> Given | None:
    # HTTP_PROXY in capitals does not count: a web server sets it from a request's own header.
    names = ("http_proxy",) if origin.scheme == "http" else ("https_proxy", "HTTPS_PROXY")
    for name in (*names, "all_proxy", "ALL_PROXY"):
        if env.get(name):
            return Given(env[name], Provenance(From.VARIABLE, name))
    return None


def _parsed(given: Given, settings: Settings, password: Secret[str] | None) -> Route:
    named = _KIND.match(given.text)
    kind = (named[1] if named else _BY_OPTION.get(given.option, "http")).lower()
    authority = given.text[named.end() if named else 0 :].partition("/")[0]
    login, at, host_port = authority.partition("@")
    found = _HOST.fullmatch(host_port if at else authority)
    if found is None or kind not in _KINDS:
        raise IntakeError(
            f"The proxy of {given.by.detail} is no address such as http://host:port. Correct it, or take it out."
        )
    port = int(found[2]) if found[2] else 443 if kind == "https" else _DEFAULT_PORT
    if port > 0xFFFF:
        raise IntakeError(f"The port of the proxy that {given.by.detail} names is too large. Correct it.")
    says = f"Sent through the proxy {plain(found[1])}:{port}, by {given.by}."
    credential, prompts = _credential(login if at else None, settings, password)
    return Route(Proxy(f"{kind}://{found[1]}:{port}", credential, given.by), (note("proxy", says),), prompts)


def _credential(
    in_url: str | None, settings: Settings, password: Secret[str] | None
) -> tuple[Secret[str] | None, tuple[str, ...]]:
    text = settings.value("proxy-user")
    if text is not None:
        if ":" in text:
            return Secret(text), ()
        word = password.reveal() if password is not None else ""
        return Secret(f"{text}:{word}"), () if password is not None else (PROMPT_PROXY,)
    if in_url is None:
        return None, ()
    user, _, word = in_url.partition(":")
    return Secret(f"{_decoded(user)}:{_decoded(word)}"), ()


def _decoded(text: str) -> str:
    return to_text(unquote_to_bytes(to_bytes(text)))
