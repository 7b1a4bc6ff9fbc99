"""Apache httpd, lighttpd and a registry of container images, as Debian has them."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.real.parts.certificates import Certificates, Pair, make_certificates
from tests.real.parts.process import HERE, HOW_TO_INSTALL, MissingPartError, answers, free_port, program, running

HOUR = 3600  # seconds
MODULES = Path("/usr/lib/apache2/modules")


@dataclass(frozen=True, kw_only=True)
class Web:
    """A running web server with users.

    Paths: `/basic/` and `/digest/` want a password, `/clerks/` that of another user, `/office/` another network.

    Attributes:
        name: "httpd" or "lighttpd".
        address: Without a path.
        certain: An origin of httpd's that wants a client certificate; "" where there is none.
        certificates: What that trusts and what clients may bring.
        user: Whom it knows.
        password: Made anew for each run.
    """

    name: str
    address: str
    certificates: Certificates
    certain: str = ""
    user: str = "reader"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def get(self, path: str, *arguments: str) -> tuple[str, ...]:
        """The curl command of a GET with these arguments."""
        return ("curl", self.address + path, *arguments)

    def by(self, path: str, password: str | None = None, *arguments: str, user: str = "") -> tuple[str, ...]:
        """The curl command with a user and a password: the right ones unless told otherwise."""
        return self.get(path, "-u", f"{user or self.user}:{password or self.password}", *arguments)


@dataclass(frozen=True, kw_only=True)
class Registry:
    """A registry of container images that trusts tokens of a service beside it.

    Attributes:
        address: Without a path.
        service: What it wants in `aud`.
        issuer: What it wants in `iss`.
        certificates: The authority that vouches for the keys that tokens are signed with; `stranger` is of another.
    """

    address: str
    certificates: Certificates
    service: str = "registry.orders.example"
    issuer: str = "https://tokens.orders.example"

    def catalogue(self, *headers: str) -> tuple[str, ...]:
        """The curl command that lists its images, with these header lines."""
        return ("curl", f"{self.address}/v2/_catalog", *(p for line in headers for p in ("-H", line)))

    def token(self, pair: Pair | None = None, **changed: Any) -> str:
        """A token as the registry's documentation has it; a claim of None is left out."""
        signer, now = pair or self.certificates.client, int(time.time())
        held = x509.load_pem_x509_certificate(signer.certificate.read_bytes()).public_bytes(Encoding.DER)
        whole = {
            "iss": self.issuer,
            "sub": "reader",
            "aud": self.service,
            "exp": now + HOUR,
            "nbf": now - 10,
            "iat": now,
            "jti": secrets.token_hex(8),
            "access": [{"type": "registry", "name": "catalog", "actions": ["*"]}],
            **changed,
        }
        claims = {name: value for name, value in whole.items() if value is not None}
        header = {"x5c": [base64.b64encode(held).decode()]}
        return jwt.encode(claims, signer.key.read_text(), "ES256", headers=header)


@contextlib.contextmanager
def start_httpd() -> Iterator[Web]:
    """An Apache httpd; raises MissingPartError or NotStartedError."""
    path = program("apache2")
    if not MODULES.exists():
        raise MissingPartError(f"the modules of Apache httpd are not installed; {HOW_TO_INSTALL}")
    port, certain = free_port(), free_port()
    # Of its own, since httpd changes to a user that may not enter the tests' folder.
    with tempfile.TemporaryDirectory(prefix="httpd-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        held = make_certificates(folder / "certificates")
        web = Web(
            name="httpd", address=f"http://127.0.0.1:{port}", certain=f"https://127.0.0.1:{certain}", certificates=held
        )
        _pages(folder / "www")
        hashed = base64.b64encode(hashlib.sha1(web.password.encode()).digest()).decode()  # a format httpd reads
        (folder / "passwords").write_text(f"{web.user}:{{SHA}}{hashed}\nclerk:{{SHA}}{hashed}\n")
        digest = hashlib.md5(f"{web.user}:orders:{web.password}".encode()).hexdigest()  # RFC 7616, section 3.4.2
        (folder / "digests").write_text(f"{web.user}:orders:{digest}\n")
        config = folder / "httpd.conf"
        text = (HERE / "httpd.conf").read_text(encoding="ascii")
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        filled = text.format(
            folder=folder,
            modules=MODULES,
            user=user,
            port=port,
            certain=certain,
            server=held.server,
            authority=held.authority,
        )
        config.write_text(filled, encoding="ascii")
        command = [path, "-X", "-f", str(config)]
        with running("httpd", command, folder=folder, ready=answers(f"{web.address}/health.txt")):
            yield web


@contextlib.contextmanager
def start_lighttpd(folder: Path) -> Iterator[Web]:
    """A lighttpd; raises MissingPartError or NotStartedError."""
    path, port = program("lighttpd"), free_port()
    held = make_certificates(folder / "certificates")
    web = Web(name="lighttpd", address=f"http://127.0.0.1:{port}", certificates=held)
    _pages(folder / "www")
    (folder / "users").write_text(f"{web.user}:{web.password}\nclerk:{secrets.token_hex(8)}\n")
    config = folder / "lighttpd.conf"
    text = (HERE / "lighttpd.conf").read_text(encoding="ascii")
    config.write_text(text.format(folder=folder, port=port), encoding="ascii")
    with running(
        "lighttpd", [path, "-D", "-f", str(config)], folder=folder, ready=answers(f"{web.address}/health.txt")
    ):
        yield web


@contextlib.contextmanager
def start_registry(folder: Path) -> Iterator[Registry]:
    """A registry without images; raises MissingPartError or NotStartedError."""
    path, port = program("docker-registry"), free_port()
    registry = Registry(address=f"http://127.0.0.1:{port}", certificates=make_certificates(folder / "certificates"))
    config = folder / "registry.yml"
    config.write_text(
        (HERE / "registry.yml")
        .read_text(encoding="ascii")
        .format(
            folder=folder,
            port=port,
            realm=f"{registry.issuer}/token",
            service=registry.service,
            issuer=registry.issuer,
            authority=registry.certificates.authority,
        ),
        encoding="ascii",
    )
    ready = answers(f"{registry.address}/v2/")
    with running("registry", [path, "serve", str(config)], folder=folder, ready=ready):
        yield registry


def _pages(folder: Path) -> None:
    """One page for each path."""
    for name in ("basic", "clerks", "digest", "office"):
        (folder / name).mkdir(parents=True)
        (folder / name / "orders.txt").write_text("yes")
    (folder / "health.txt").write_text("up")
