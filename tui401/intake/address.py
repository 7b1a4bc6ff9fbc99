"""Addresses as curl takes them: a scheme may be missing, dots are squashed, braces and brackets make several."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote_to_bytes

from tui401.intake.core import IntakeError, is_number, plain, to_bytes, to_text
from tui401.intake.data import percent_encoded
from tui401.model.http import DEFAULT_PORTS, Origin
from tui401.model.secret import Secret

MAX_URL: Final = 8_000_000  # curl's own bound on a text it takes in

_SCHEME: Final = re.compile(r"([A-Za-z0-9+.-]{1,40}):(?=/)")
_OTHER_BY_NAME: Final = ("ftp.", "dict.", "ldap.", "imap.", "smtp.", "pop3.")
_OTHER: Final = (
    *("file", "ftp", "ftps", "sftp", "scp", "tftp", "dict", "gopher", "gophers", "imap", "imaps", "ldap", "ldaps"),
    *("mqtt", "mqtts", "pop3", "pop3s", "rtmp", "rtsp", "smb", "smbs", "smtp", "smtps", "telnet", "ws", "wss"),
    *("data", "mailto", "ssh", "git", "ipfs", "ipns"),
)
_BAD_IN_HOST: Final = frozenset(" \r\n\t/:#?!@{}[]\\$'\"^`*<>=;,+&()")
_NUMBER: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,16}|[0-9]{1,22}")
_UPPER_HEX: Final = re.compile(r"%(?=[0-9A-Fa-f]{0,1}[A-F])[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart as curl does (RFC 3986, with what people write).

    Attributes:
        origin: Scheme, host and port.
        path: Begins with a slash.
        query: Without its question mark; None when there is none.
        user: User name in the address, decoded; None when there is none.
        password: Password in the address, decoded; None when there is none.
        guessed: The scheme was missing, and http was taken as curl does.
    """

    origin: Origin
    path: Secret[str]
    query: Secret[str] | None = None
    user: Secret[str] | None = None
    password: Secret[str] | None = None
    guessed: bool = False

    @property
    def target(self) -> Secret[str]:
        """What stands in the request line; a question mark with nothing behind it stays."""
        if self.query is None:
            return self.path
        return Secret(f"{self.path.reveal()}?{self.query.reveal()}")

    def with_query(self, added: str) -> Address:
        """The address with more text at the end of its query. curl writes percent-encodings there in lower case."""
        added = _UPPER_HEX.sub(lambda m: m.group().lower(), added)
        old = self.query.reveal() if self.query is not None else ""
        between = "&" if old and not old.endswith("&") else ""
        whole = f"{old}{between}{added}"
        return replace(self, query=Secret(whole) if whole else None)

    def with_file_name(self, name: str) -> Address:
        """The address with the name of an uploaded file, where its path ends in a slash (curl's ``-T``)."""
        path = self.path.reveal()
        if not path.endswith("/"):
            return self
        last = re.split(r"[/\\]", name)[-1]
        return replace(self, path=Secret(path + percent_encoded(to_bytes(last))))


def parse(url: str, *, path_as_is: bool = False, default_scheme: str = "") -> Address:
    """Takes an address apart.

    Args:
        url: The address as given, after globbing.
        path_as_is: Keep ``/./`` and ``/../``.
        default_scheme: curl's ``--proto-default``.

    Raises:
        IntakeError: It has no host, a scheme other than http and https, a bad port, a space, or a control character.
    """
    if not url.strip():
        raise IntakeError("No address was given. Add the URL of the request that was refused.")
    if len(url) > MAX_URL:
        raise IntakeError("The address is longer than 8 million characters. Check where it comes from.")
    _no_junk(url)
    scheme, rest, guessed = _scheme(url, default_scheme)
    cut = next((at for at, char in enumerate(rest) if char in "/?#"), len(rest))
    authority, behind = rest[:cut], rest[cut:].partition("#")[0]
    path, question, query = behind.partition("?")
    login, _, host_port = authority.partition("@")
    if not _:
        login, host_port = "", authority
    user, colon, password = login.partition(":")
    host, port = _host_and_port(host_port, has_scheme=not guessed)
    if guessed and not default_scheme and host.startswith(_OTHER_BY_NAME):
        raise _not_http(host.partition(".")[0])
    path = path if path.startswith("/") else f"/{path}"
    return Address(
        Origin(scheme, host, port or DEFAULT_PORTS[scheme]),
        Secret(path if path_as_is else _without_dots(path)),
        Secret(query) if question else None,
        Secret(_decoded(user)) if _ else None,
        Secret(_decoded(password)) if colon else None,
        guessed,
    )


def looks_like_host(text: str) -> bool:
    """Whether a text without a scheme is rather an address than a file or a key: it is local, or has a path or port."""
    host, _, rest = text.partition("/")
    return host.startswith("localhost") or bool(rest) or ":" in host or host.count(".") < 4


def _no_junk(url: str) -> None:
    for at, char in enumerate(url):
        if char == " ":
            raise IntakeError(
                f"The address holds a space, as its character {at + 1}. Write %20 for it, or put the address in quotes."
            )
        if char < " " or char == "\x7f":
            what = "a line break" if char in "\r\n" else "a control character"
            raise IntakeError(f"The address holds {what}, as its character {at + 1}. Take it out; curl refuses it too.")


def _scheme(url: str, default: str) -> tuple[str, str, bool]:
    found = _SCHEME.match(url)
    if not found:
        scheme = default.lower() or "http"
        if scheme not in DEFAULT_PORTS:
            raise _not_http(scheme)
        name = url.partition(":")[0].lower()
        if name in _OTHER and url[len(name) :].startswith(":") and not url[len(name) + 1 :][:1].isdigit():
            raise _not_http(name)
        return scheme, url, True
    scheme = found[1].lower()
    if scheme not in DEFAULT_PORTS:
        raise _not_http(scheme)
    rest = url[found.end() :]
    slashes = len(rest) - len(rest.lstrip("/"))
    if slashes > 3:
        raise IntakeError("The address has too many slashes behind its scheme. Write https:// and the host.")
    return scheme, rest[slashes:], False


def _not_http(scheme: str) -> IntakeError:
    return IntakeError(
        f"The address is no http or https one but {plain(scheme) or 'of another scheme'}. "
        "A 401 is an answer of HTTP; give the address of the API."
    )


def _host_and_port(text: str, *, has_scheme: bool) -> tuple[str, int | None]:
    if text.startswith("["):
        inside, bracket, port = text[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise IntakeError("The IPv6 address in the URL is not whole: it wants a bracket on each side.")
        host = _ipv6(inside)
        colon, port = bool(port), port[1:]
    else:
        name, sign, port = text.partition(":")
        colon = bool(sign)
        host = _name(name)
    if not colon or (not port and has_scheme):
        return host, None
    if not is_number(port, 32) or int(port) > 0xFFFF:
        raise IntakeError(f"The port behind {plain(host) or 'the host'} is not a number from 0 to 65535. Correct it.")
    return host, int(port)


def _ipv6(inside: str) -> str:
    address, percent, zone = inside.partition("%")
    zone = zone[2:] if zone.startswith("25") and len(zone) > 2 else zone
    try:
        short = ipaddress.IPv6Address(address).compressed
    except ValueError:
        raise IntakeError("What stands in brackets in the URL is no IPv6 address. Correct it.") from None
    return f"{short}%{zone}" if percent else short


def _name(name: str) -> str:
    number = _ipv4(name)
    if number:
        return number
    if "%" in name:
        name = to_text(unquote_to_bytes(to_bytes(name)))
    if not name:
        raise IntakeError("The address has no host. Write it as https://host/path.")
    if any(char in _BAD_IN_HOST or char < "!" for char in name):
        raise IntakeError(
            "The host in the address holds a character that no host has. Check quotes and brackets around it."
        )
    if name.isascii():
        return name.lower()
    return _internationalised(name)


def _internationalised(name: str) -> str:
    """The ASCII form of a name (RFC 5891)."""
    import idna  # noqa: PLC0415 - its tables cost 10 ms, and almost no address needs them

    try:
        return idna.encode(name.rstrip("."), uts46=True).decode("ascii") + ("." if name.endswith(".") else "")
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        raise IntakeError(
            "The host in the address has letters that no international host name may have. Check it for copied signs."
        ) from None


def _ipv4(text: str) -> str:
    """An IPv4 address in the spellings that curl takes (``127.1``, ``0x7f000001``), in four parts; else ""."""
    parts = text.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return ""
    try:
        numbers = [
            int(p, 16) if p[:2] in ("0x", "0X") else int(p, 8 if len(p) > 1 and p[0] == "0" else 10) for p in parts
        ]
    except ValueError:  # an 8 or 9 behind a leading zero
        return ""
    last_bits = 8 * (5 - len(parts))
    if any(n > 0xFF for n in numbers[:-1]) or numbers[-1] >= 1 << last_bits:
        return ""
    value = numbers[-1]
    for index, number in enumerate(numbers[:-1]):
        value |= number << (24 - 8 * index)
    return str(ipaddress.IPv4Address(value))


def _decoded(text: str) -> str:
    return to_text(unquote_to_bytes(to_bytes(text)))


def _without_dots(path: str) -> str:
    """The path without ``.`` and ``..`` segments (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
        if last and segment in (".", ".."):
            kept.append("")
    return "/" + "/".join(kept)
