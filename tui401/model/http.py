"""A request and what came of it, alive: every text that could carry a secret is a ``Secret``.

Nothing here may be shown, written or logged. ``tui401.wire.redact`` turns these into the types of
``tui401.model.shown``, which may.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tui401.model.secret import Secret

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL (RFC 6454, section 4).

    Attributes:
        scheme: ``http`` or ``https``.
        host: Lower case; an IPv6 address stands without its brackets.
        port: Always given, also when it is the scheme's own.
    """

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port: what a Host header carries (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS.get(self.scheme) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


class From(StrEnum):
    """Where a value came from."""

    COMMAND = "command"  # the person's command line
    CURLRC = "curlrc"
    CONFIG = "config"  # a file named by curl's -K
    NETRC = "netrc"
    URL = "url"  # userinfo in the address
    FILE = "file"  # a file that the command reads
    VARIABLE = "variable"  # the environment
    PASTE = "paste"
    PROMPT = "prompt"
    KEYRING = "keyring"
    ISSUER = "issuer"  # a token endpoint's answer
    EDIT = "edit"  # changed by hand in the wizard
    DEFAULT = "default"  # what the client adds by itself


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who put a value there.

    Attributes:
        origin: The kind of place.
        detail: Where exactly, for a person and free of secrets: ``-H``, ``$TOKEN``, ``~/.netrc line 3``.
    """

    origin: From
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.origin.value} ({self.detail})" if self.detail else self.origin.value


@dataclass(frozen=True, slots=True)
class Header:
    """One header line: its name as spelled and its value as sent."""

    name: str
    value: Secret[str]
    provenance: Provenance = Provenance(From.COMMAND)

    def named(self, name: str) -> bool:
        """Whether this is the header of that name (RFC 9110, section 5.1: letter case is ignored)."""
        return self.name.lower() == name.lower()


@dataclass(frozen=True, slots=True)
class Proxy:
    """A forward proxy: ``http://host:port``, ``https://…`` or ``socks5h://…``, and its credential."""

    url: str  # without userinfo
    credential: Secret[str] | None = None  # ``user:password``
    provenance: Provenance = Provenance(From.COMMAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How the bytes travel. Holds for the request's own origin only.

    Attributes:
        verify: Whether the server's certificate is verified; False is curl's ``-k``.
        ca_file: A file of CA certificates in place of the system's.
        cert_file: A client certificate, PEM; may hold the key too.
        key_file: Its key, PEM.
        key_password: The key's passphrase.
        proxy: The forward proxy, or None to go straight.
        resolve: Host, port and address triples, as curl's ``--resolve``.
        follow: How many redirects are followed; 0 for none.
        trusted: curl's ``--location-trusted`` was given. What it would have sent across origins is told, not sent.
        connect_limit: Seconds for the connection.
        total_limit: Seconds for the whole exchange.
        http10: The person asked for HTTP/1.0.
        keep_method: The method was named (curl's ``-X``), so a redirect does not change it.
    """

    verify: bool = True
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    key_password: Secret[str] | None = None
    proxy: Proxy | None = None
    resolve: tuple[tuple[str, int, str], ...] = ()
    follow: int = 0
    trusted: bool = False
    connect_limit: float = 10.0
    total_limit: float = 30.0
    http10: bool = False
    keep_method: bool = False


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A user and password that wait until the server has said how it wants them (curl's ``--digest``, ``--anyauth``).

    Attributes:
        user: The user name, for the first origin alone.
        password: The password.
        schemes: What may be made of them, the better one first: ``digest``, ``basic``.
        provenance: Who named them.
    """

    user: Secret[str]
    password: Secret[str]
    schemes: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Attributes:
        method: As spelled.
        origin: Where it goes.
        target: Path and query exactly as they stand in the request line; may carry a credential.
        headers: In order. Host, Content-Length and Connection are the client's own unless given here.
        body: Its bytes, or None for no body at all.
        transport: How the bytes travel.
        held: A user and password that answer a challenge; in no header until then.
    """

    method: str
    origin: Origin
    target: Secret[str]
    headers: tuple[Header, ...] = ()
    body: Secret[bytes] | None = None
    transport: Transport = field(default_factory=Transport)
    held: HeldBack | None = None

    @property
    def url(self) -> Secret[str]:
        """Origin and target."""
        return Secret(f"{self.origin}{self.target.reveal()}")

    def values(self, name: str) -> tuple[Secret[str], ...]:
        """The values of all headers of that name, in order."""
        return tuple(header.value for header in self.headers if header.named(name))

    def without(self, *names: str) -> Request:
        """The same request without the headers of these names."""
        dropped = {name.lower() for name in names}
        return replace(self, headers=tuple(h for h in self.headers if h.name.lower() not in dropped))

    def with_header(self, name: str, value: Secret[str], provenance: Provenance) -> Request:
        """The same request with exactly one header of that name, in the place of the first."""
        new = Header(name, value, provenance)
        kept: list[Header] = []
        done = False
        for header in self.headers:
            if not header.named(name):
                kept.append(header)
            elif not done:
                kept.append(replace(new, name=header.name))
                done = True
        if not done:
            kept.append(new)
        return replace(self, headers=tuple(kept))


@dataclass(frozen=True, slots=True)
class Response:
    """What came back.

    Attributes:
        status: The status code.
        headers: In order, as received.
        body: As received after content decoding, at most the sender's bound.
        truncated: The body was longer than the bound.
        http_version: ``HTTP/1.1`` and so on.
    """

    status: int
    headers: tuple[Header, ...]
    body: Secret[bytes]
    truncated: bool = False
    http_version: str = "HTTP/1.1"

    def values(self, name: str) -> tuple[Secret[str], ...]:
        """The values of all headers of that name, in order."""
        return tuple(header.value for header in self.headers if header.named(name))


class FailureKind(StrEnum):
    """Why no answer came."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # what came is not HTTP, or broke off
    PROXY = "proxy"
    REDIRECTS = "redirects"  # a loop, or more than the limit
    UNSENDABLE = "unsendable"  # the request cannot be put on the wire at all


@dataclass(frozen=True, slots=True)
class Failure:
    """An exchange that brought no answer.

    Attributes:
        kind: Which way it failed.
        says: A sentence: what happened, where, what to do now. Free of secrets.
        proxy_status: The status of a proxy's refusal of CONNECT, else None.
        proxy_headers: That refusal's headers.
    """

    kind: FailureKind
    says: str
    proxy_status: int | None = None
    proxy_headers: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Peer:
    """Who was at the other end of the connection, as far as it is known."""

    address: str = ""
    tls_version: str = ""
    certificate_subject: str = ""
    certificate_issuer: str = ""
    certificate_not_after: float | None = None  # seconds since the epoch
    asks_certificate: bool = False  # it asked for a client certificate in the handshake


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and its response on the way, redirects being several hops.

    Attributes:
        request: What was sent on this hop.
        response: What came, or None.
        started_at: Seconds since the epoch by this machine's clock.
        elapsed: Seconds until the headers had come.
        peer: Who answered.
        withheld: Sentences: which credentials were not sent on this hop though curl would have, and why.
    """

    request: Request
    response: Response | None
    started_at: float
    elapsed: float
    peer: Peer = field(default_factory=Peer)
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """All hops of one send; the last one is the answer that counts."""

    hops: tuple[Hop, ...]
    failure: Failure | None = None

    @property
    def response(self) -> Response | None:
        """The final response, or None when none came."""
        return self.hops[-1].response if self.hops and self.failure is None else None
