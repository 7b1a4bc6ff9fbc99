"""HAProxy as a gateway: tokens checked by `jwt_verify`, addresses, passwords, rates, client certificates."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.real.parts.certificates import Certificates, make_certificates
from tests.real.parts.process import HERE, answers, free_port, program, running
from tests.real.parts.provider import ORDERS, Provider

CONFIG = HERE / "haproxy.cfg"


@dataclass(frozen=True, kw_only=True)
class Haproxy:
    """A running HAProxy.

    Paths of `address`: `/jwt/` wants a token of the provider, `/basic/` a password, `/office/` and `/listed/` another
    network, `/busy/` says 429. `certain` ends the handshake without a client certificate, `asked` answers 403.

    Attributes:
        address: Without a path; `certain` and `asked` too.
        user: Whom `/basic/` knows.
        password: Made anew for each run.
        certificates: What it trusts and what clients may bring.
    """

    address: str
    certain: str
    asked: str
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

    def secure(self, address: str, *arguments: str) -> tuple[str, ...]:
        """The curl command of a GET at `certain` or `asked`."""
        return ("curl", f"{address}/orders", "--cacert", str(self.certificates.authority), *arguments)


@contextlib.contextmanager
def start_haproxy(folder: Path, provider: Provider) -> Iterator[Haproxy]:
    """An HAProxy that trusts the provider's key; raises MissingPartError or NotStartedError."""
    path = program("haproxy")
    port, certain, asked = free_port(), free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    haproxy = Haproxy(
        address=f"http://127.0.0.1:{port}",
        certain=f"https://127.0.0.1:{certain}",
        asked=f"https://127.0.0.1:{asked}",
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
            certain=certain,
            asked=asked,
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
