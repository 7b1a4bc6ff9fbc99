"""Network addresses: finding them without holding up the exit, and telling which ones may be asked (safety.md)."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui401.model.http import FailureKind, Origin, Transport
from tui401.probes.failures import NoAnswerError, no_answer, quoted, timed_out
from tui401.threads import in_daemon

MAX_ADDRESSES: Final = 16
_MAX_HOST: Final = 253  # characters of a name in the DNS (RFC 1035, section 2.3.4)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOUD_METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # container credentials
        "169.254.170.23",  # the same, for pods
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_SHARED: Final = ipaddress.IPv4Network("100.64.0.0/10")  # RFC 6598


class AddressClass(StrEnum):
    """Who can be behind an address."""

    PUBLIC = "public"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    LINK_LOCAL = "link-local"
    CLOUD_METADATA = "cloud-metadata"
    SPECIAL = "special"  # multicast, unspecified, reserved: nobody's address


def class_of(address: Address) -> AddressClass:
    """The class of an address. An IPv4 address inside an IPv6 one counts as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return class_of(inner)
        address = ipaddress.IPv6Address(int(address))  # without the zone, so that sets find it
    if address in _CLOUD_METADATA:
        return AddressClass.CLOUD_METADATA
    if address.is_unspecified:
        return AddressClass.LOOPBACK  # connecting to 0.0.0.0 or :: reaches this machine
    if address.is_loopback:
        return AddressClass.LOOPBACK
    if address.is_link_local:
        return AddressClass.LINK_LOCAL
    if address.is_multicast:
        return AddressClass.SPECIAL
    if isinstance(address, ipaddress.IPv4Address) and address in _SHARED:
        return AddressClass.PRIVATE
    if address.is_global:
        return AddressClass.PUBLIC
    return AddressClass.PRIVATE if address.is_private else AddressClass.SPECIAL


def literal(host: str) -> Address | None:
    """The address that a host text is, or None where it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be asked for metadata that nobody has confirmed (safety.md, "Unconfirmed metadata").

    Attributes:
        api: The API's own origin.
        classes: The classes of address that may be asked: public ones, and those of the API's own address.
    """

    api: Origin
    classes: frozenset[AddressClass] = frozenset({AddressClass.PUBLIC})

    def refuses(self, address: Address) -> str:
        """Why this address may not be asked, as the end of a sentence; "" when it may."""
        found = class_of(address)
        return "" if found in self.classes else f"leads to the {found.value} address {address}"


async def guard_for(api: Origin, transport: Transport, *, limit: float = 2.0) -> Guard:
    """The guard beside an API at this origin: looks up where the API's own name leads.

    Behind a proxy that cannot be known, so public addresses alone are allowed then.
    """
    allowed = {AddressClass.PUBLIC}
    if transport.proxy is None:
        try:
            found = await addresses(api.host, api.port, resolve=transport.resolve, limit=limit)
        except NoAnswerError:
            found = ()
        allowed |= {class_of(address) for address in found} - {AddressClass.SPECIAL}
    return Guard(api, frozenset(allowed))


async def addresses(
    host: str, port: int, *, resolve: Sequence[tuple[str, int, str]] = (), limit: float
) -> tuple[Address, ...]:
    """The addresses of a host, in the order to try them.

    Args:
        host: A name or an address.
        port: Where it is going to be connected to; curl's ``--resolve`` is keyed by it.
        resolve: Host, port and address triples that stand above the DNS; a host ``*`` fits all.
        limit: Seconds.

    Raises:
        NoAnswerError: No such name, or no answer in time.
    """
    named = [
        address
        for name, at, text in resolve
        if at == port and (name == "*" or name.lower().rstrip(".") == host.lower().rstrip("."))
        for address in (literal(text.strip("[]")),)
        if address is not None
    ]
    if named:
        return tuple(named[:MAX_ADDRESSES])
    own = literal(host)
    if own is not None:
        return (own,)
    name = _in_ascii(host)
    try:
        found = await in_daemon(
            lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM), limit=limit, name="tui401-dns"
        )
    except TimeoutError:
        raise NoAnswerError(timed_out(f"The DNS did not answer for {quoted(host)}", limit)) from None
    except (socket.gaierror, UnicodeError, OSError) as error:
        reason = quoted(getattr(error, "strerror", None) or error)
        raise no_answer(
            FailureKind.DNS,
            f"The name {quoted(host)} has no address ({reason}). Check its spelling, the VPN and the DNS.",
        ) from None
    ordered = dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found)
    return tuple(ordered)[:MAX_ADDRESSES]


def _in_ascii(host: str) -> str:
    if host.isascii() and len(host) <= _MAX_HOST and "\0" not in host:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise no_answer(
            FailureKind.DNS, f"{quoted(host)} is no host name that the DNS can hold. Check its spelling."
        ) from None
