"""Small servers on loopback that do exactly what a test says, byte by byte, and keep what reached them."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tui401.model.http import Header, Origin, Request, Transport
from tui401.model.secret import Secret

Handler = Callable[["Arrived", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Arrived:
    """A request as it arrived."""

    head: bytes
    body: bytes = b""
    peer_certificate: bool = False

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.rsplit(" ", 1)[0].partition(" ")[2]

    def values(self, name: str) -> list[str]:
        found = []
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name.lower().encode():
                found.append(value.decode("latin-1").strip())
        return found

    @property
    def everything(self) -> bytes:
        return self.head + self.body


@dataclass
class Server:
    """A server and what reached it."""

    origin: Origin
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    failures: list[BaseException] = field(default_factory=list)

    def request(self, target: str = "/", method: str = "GET", *headers: Header, **more: object) -> Request:
        body = more.pop("body", None)
        transport = Transport(**{"connect_limit": 5.0, "total_limit": 10.0, **more})  # type: ignore[arg-type]
        raw = Secret(body) if isinstance(body, bytes) else None
        return Request(method, self.origin, Secret(target), headers, raw, transport)


def header(name: str, value: str) -> Header:
    return Header(name, Secret(value))


def answer(status: str, *lines: str, body: bytes = b"") -> Handler:
    """A handler that always answers so."""

    async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response(status, *lines, body=body))

    return handle


def response(status: str, *lines: str, body: bytes = b"") -> bytes:
    head = [f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}"]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body


async def read_request(reader: asyncio.StreamReader) -> Arrived | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return None
    arrived = Arrived(head)
    length = arrived.values("content-length")
    if length and length[0].isdigit():
        arrived.body = await reader.readexactly(int(length[0]))
    elif "chunked" in "".join(arrived.values("transfer-encoding")):
        while True:
            size = int(await reader.readline(), 16)
            arrived.body += (await reader.readexactly(size + 2))[:size]
            if size == 0:
                break
    return arrived


@contextlib.asynccontextmanager
async def serve(
    handle: Handler, *, tls: ssl.SSLContext | None = None, name: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    """A server that hands each request to the handler and closes the connection when it returns."""
    server = Server(Origin("https" if tls else "http", name, 0))
    running: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            arrived = await read_request(reader)
            if arrived is not None:
                secured = writer.get_extra_info("ssl_object")
                arrived.peer_certificate = bool(secured and secured.getpeercert(binary_form=True))
                server.arrived.append(arrived)
                await handle(arrived, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    server.origin = Origin(server.origin.scheme, name, listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# -- certificates ------------------------------------------------------------------------------------------------------


@dataclass
class Authority:
    """A CA of the test's own, and what it signs."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> str:
        return str(self.folder / "ca.pem")

    @classmethod
    def make(cls, folder: Path, name: str = "Test CA") -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, made)

    def sign(
        self, name: str, *hosts: str, days: tuple[int, int] = (-1, 10), password: bytes | None = None
    ) -> tuple[str, str]:
        """A certificate and its key, as two files."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        names = [x509.IPAddress(ip_address(h)) if h[0].isdigit() else x509.DNSName(h) for h in hosts]
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.SubjectAlternativeName(names or [x509.DNSName(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        cert, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
        return str(cert), str(private)

    def server_context(
        self, *hosts: str, days: tuple[int, int] = (-1, 10), wants_client: bool = False
    ) -> ssl.SSLContext:
        cert, key = self.sign(f"server-{len(list(self.folder.iterdir()))}", *hosts, days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        if wants_client:
            context.load_verify_locations(self.file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context
