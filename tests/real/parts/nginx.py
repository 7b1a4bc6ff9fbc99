"""nginx as server and gateway: passwords, keys by a map, subrequests that judge, redirects, client certificates."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.parts.certificates import Certificates, make_certificates
from tests.real.parts.process import HERE, answers, free_port, program, running

CONFIG = HERE / "nginx.conf"


@dataclass(frozen=True, kw_only=True)
class Nginx:
    """A running nginx.

    Paths: `/basic/` wants a password, `/key/` wants X-API-Key, `/behind/` passes on to the upstream, `/loses/` does so
    without Authorization; `/moved/` redirects to `other`/basic/, `/moved-api/` to `other`/behind/. By `auth_request`
    `/asked/` lets the upstream judge, `/unasked/` lets it judge without the credential, `/forbidden/` asks another API,
    which answers 403, and `/stranded/` asks where nobody listens.

    Attributes:
        address: Without a path.
        other: The second origin.
        certain: An origin with `ssl_verify_client on`; its `/other-team/` is for another certificate's name.
        optional: One with `ssl_verify_client optional` and a rule: a bare 403, at `/worded/` a 401 that says why.
        certificates: What both trust and what clients may bring.
        user: Whom `/basic/` knows.
        password: Made anew for each run.
        key: What `/key/` knows; letter case is ignored, as by every `map`.
    """

    address: str
    other: str
    certain: str
    optional: str
    certificates: Certificates
    user: str = "reader"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    def basic(self, password: str | None = None, *, user: str | None = None, path: str = "/basic/") -> tuple[str, ...]:
        """The curl command with a user and a password: the right ones unless told otherwise."""
        return (
            "curl",
            self.address + path,
            "-u",
            f"{user or self.user}:{self.password if password is None else password}",
        )

    def keyed(self, key: str | None = None, *, name: str = "X-API-Key") -> tuple[str, ...]:
        """The curl command with an API key: the right one unless told otherwise."""
        return ("curl", f"{self.address}/key/", "-H", f"{name}: {self.key if key is None else key}")

    def bare(self, path: str) -> tuple[str, ...]:
        """The curl command without a credential."""
        return ("curl", self.address + path)


@contextlib.contextmanager
def start_nginx(folder: Path, *, upstream: str, another: str) -> Iterator[Nginx]:
    """An nginx in front of an API; raises MissingPartError or NotStartedError.

    Args:
        folder: A folder of its own.
        upstream: The API's address without a path.
        another: The address of one that answers 403 where a token lacks a scope.
    """
    path = program("nginx")
    port, other, certain, optional = (free_port() for _ in range(4))
    folder.mkdir(parents=True, exist_ok=True)
    nginx = Nginx(
        address=f"http://127.0.0.1:{port}",
        other=f"http://127.0.0.1:{other}",
        certain=f"https://127.0.0.1:{certain}",
        optional=f"https://127.0.0.1:{optional}",
        certificates=make_certificates(folder / "certificates"),
    )
    hashed = base64.b64encode(hashlib.sha1(nginx.password.encode()).digest()).decode()  # a format nginx reads
    (folder / "passwords").write_text(f"{nginx.user}:{{SHA}}{hashed}\n")
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.read_text(encoding="ascii").format(
            folder=folder,
            user="user root;" if os.geteuid() == 0 else "",
            port=port,
            other=other,
            certain=certain,
            optional=optional,
            nobody=free_port(),
            key=nginx.key,
            upstream=upstream,
            another=another,
            server=nginx.certificates.server,
            authority=nginx.certificates.authority,
        ),
        encoding="ascii",
    )
    command = [path, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    with running("nginx", command, folder=folder, ready=answers(f"{nginx.address}/health")):
        yield nginx
