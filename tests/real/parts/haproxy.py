"""HAProxy as a gateway: tokens checked by `jwt_verify`, addresses, passwords, rates, client certificates."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.real.parts.certificates import Certificates, Pair, make_certificates
from tests.real.parts.process import HERE, answers, free_port, program, running
from tests.real.parts.provider import ORDERS, Provider

CONFIG = HERE / "haproxy.cfg"


@dataclass(frozen=True, kw_only=True)
class Haproxy:
    """A running HAProxy.

    Paths of `address`: `/jwt/` wants a token of the provider, `/basic/` a password, `/office/` and `/listed/` another
    network, `/busy/` says 429.

    Attributes:
        address: Without a path, as the other origins.
        certain: Ends the handshake without a client certificate.
        asked: Answers 403 without one.
        lenient: Takes any certificate in the handshake and answers 403 to a wrong one, and to none.
        cut: Ends the connection after the handshake without one.
        distant: Ends the connection before the handshake, since it serves another network.
        user: Whom `/basic/` knows.
        password: Made anew for each run.
        certificates: What it trusts and what clients may bring.
    """

    address: str
    certain: str
    asked: str
    lenient: str
    cut: str
    distant: str
    provider: Provider
    certificates: Certificates
    user: str = "reader"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def get(self, path: str, *arguments: str) -> tuple[str, ...]:
        """The curl command of a GET with these arguments."""
        return ("curl", self.address + path, *arguments)

    def bearing(self, token: str) -> tuple[str, ...]:
        """The curl command of a GET with this token."""
        return self.get("/jwt/orders", "-H", f"Authorization: Bearer {token}")

    def secure(self, origin: str, pair: Pair | None = None) -> tuple[str, ...]:
        """The curl command of a GET at one of the other origins, with a client certificate or none."""
        return self.certificates.get(f"{origin}/orders", pair)


@contextlib.contextmanager
def start_haproxy(folder: Path, provider: Provider) -> Iterator[Haproxy]:
    """An HAProxy that trusts the provider's key; raises MissingPartError or NotStartedError."""
    path = program("haproxy")
    port = free_port()
    secure = {name: free_port() for name in ("certain", "asked", "lenient", "cut", "distant")}
    folder.mkdir(parents=True, exist_ok=True)
    haproxy = Haproxy(
        address=f"http://127.0.0.1:{port}",
        **{name: f"https://127.0.0.1:{its_port}" for name, its_port in secure.items()},
        provider=provider,
        certificates=make_certificates(folder / "certificates"),
    )
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "issuer.pem").write_bytes(public)
    config = folder / "haproxy.cfg"
    config.write_text(
        CONFIG.read_text(encoding="ascii").format(
            user="user root" if os.geteuid() == 0 else "",
            name=haproxy.user,
            password=haproxy.password,
            port=port,
            **secure,
            issuer=provider.issuer,
            audience=ORDERS,
            folder=folder,
            server=haproxy.certificates.server.both,
            authority=haproxy.certificates.authority,
        ),
        encoding="ascii",
    )
    config.chmod(0o600)
    ready = answers(f"{haproxy.address}/health")
    with running("haproxy", [path, "-db", "-f", str(config)], folder=folder, ready=ready):
        yield haproxy
