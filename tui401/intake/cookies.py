"""Cookies that curl would send: ``-b name=value``, and files of cookies in Netscape's or HTTP's form."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from tui401.intake.address import Address
from tui401.intake.core import is_number

_MAX_COOKIES: Final = 150  # what curl puts into one request
_ATTRIBUTES: Final = re.compile(r";\s*([A-Za-z-]{1,20})\s*(?:=\s*([^;]*))?")


@dataclass(frozen=True, slots=True, repr=False)
class Cookie:
    """One cookie of a file. Its value is a secret, so it has no repr; it does not outlive the reading."""

    name: str
    value: str
    domain: str
    tail: bool  # sub-domains get it too
    path: str
    secure: bool
    expires: int  # seconds since the epoch; 0 for a cookie of the session
    order: int = 0


def header(cookies: list[Cookie], address: Address, *, host: str = "", now: float, keep_session: bool = True) -> str:
    """The cookies of files that fit a request, as they stand in the Cookie header; "" for none.

    Args:
        cookies: From `read`, later ones replacing earlier ones of the same name, domain and path.
        address: Where the request goes.
        host: The host that a Host header names in its place.
        now: Seconds since the epoch, for expiry.
        keep_session: False for curl's ``-j``: cookies without expiry are left out.
    """
    wanted = (host or address.origin.host).lower()
    safe = address.origin.scheme == "https" or wanted in ("localhost", "127.0.0.1", "::1")
    path = address.path.reveal()
    jar: dict[tuple[str, str, str], Cookie] = {}
    for order, cookie in enumerate(cookies):
        if (cookie.expires or keep_session) and not 0 < cookie.expires < now:
            jar[cookie.name, cookie.domain.lower(), cookie.path] = _numbered(cookie, order)
    fitting = [
        cookie
        for cookie in jar.values()
        if (safe or not cookie.secure) and _domain_fits(cookie, wanted) and _path_fits(cookie.path, path)
    ]
    # The longest path comes first, then the longest domain, then the longest name (RFC 6265, section 5.4, and curl).
    fitting.sort(key=lambda c: (-len(c.path), -len(c.domain), -len(c.name), c.order))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting[:_MAX_COOKIES])


def read(text: str) -> list[Cookie]:
    """The cookies of a file: Netscape's seven columns with tabs, or lines of ``Set-Cookie:``. Never raises."""
    found: list[Cookie] = []
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        if bare[:11].lower() == "set-cookie:":
            cookie = _from_header(bare[11:])
        else:
            cookie = _from_columns(bare.removeprefix("#HttpOnly_"))
        if cookie is not None:
            found.append(cookie)
    return found


def _numbered(cookie: Cookie, order: int) -> Cookie:
    return Cookie(
        cookie.name, cookie.value, cookie.domain, cookie.tail, cookie.path, cookie.secure, cookie.expires, order
    )


def _from_columns(line: str) -> Cookie | None:
    columns = line.split("\t")
    if line.startswith("#") or len(columns) not in (6, 7):
        return None
    if columns[2] in ("TRUE", "FALSE"):  # files of the oldest browsers have no path
        columns.insert(2, "/")
    if len(columns) == 6:
        columns.append("")
    if len(columns) != 7 or not is_number(columns[4].strip(), 20) or not columns[5]:
        return None
    domain, tail, path, secure, expires, name, value = columns
    ends = int(expires.strip())  # which takes more signs for blanks than int does
    return Cookie(name, value, domain.removeprefix("."), tail.upper() == "TRUE", path, secure.upper() == "TRUE", ends)


def _from_header(text: str) -> Cookie | None:
    pair, semicolon, rest = text.strip().partition(";")
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        return None
    attributes = {m[1].lower(): (m[2] or "").strip() for m in _ATTRIBUTES.finditer(semicolon + rest)}
    path = attributes.get("path", "/")
    return Cookie(
        name.strip(),
        value.strip(),
        attributes.get("domain", "").removeprefix("."),
        "domain" in attributes,
        path if path.startswith("/") else "/",
        "secure" in attributes,
        0,
    )


def _domain_fits(cookie: Cookie, host: str) -> bool:
    domain = cookie.domain.lower()
    if not domain or domain == host:
        return True
    return cookie.tail and host.endswith(f".{domain}") and not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _path_fits(cookie_path: str, path: str) -> bool:
    """Whether a cookie's path covers a request's (RFC 6265, section 5.1.4)."""
    prefix = cookie_path.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/") or not prefix
