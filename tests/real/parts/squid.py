"""squid as a forward proxy that wants a password."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.parts.process import MissingPartError, free_port, program, running

HELPER = Path("/usr/lib/squid/basic_ncsa_auth")
CONFIG = """\
http_port 127.0.0.1:{port}
visible_hostname proxy.orders.example
udp_incoming_address 127.0.0.1
dns_nameservers 127.0.0.1
pid_filename {folder}/squid.pid
cache_log {folder}/cache.log
access_log none
cache deny all
coredump_dir {folder}
auth_param basic program {helper} {folder}/passwords
auth_param basic realm proxy
acl known proxy_auth REQUIRED
acl CONNECT method CONNECT
http_access allow known
http_access deny all
shutdown_lifetime 0 seconds
"""


@dataclass(frozen=True, kw_only=True)
class Squid:
    """A running squid.

    Attributes:
        address: What `-x` takes.
        user: Whom it knows.
        password: Made anew for each run.
    """

    address: str
    user: str = "traveller"
    password: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)

    def by(self, command: tuple[str, ...], password: str | None = None) -> tuple[str, ...]:
        """A curl command sent by way of the proxy, with its user and this password, or without any."""
        proxied = (*command, "-x", self.address)
        return proxied if password is None else (*proxied, "-U", f"{self.user}:{password}")


@contextlib.contextmanager
def start_squid() -> Iterator[Squid]:
    """A squid of its own; raises MissingPartError or NotStartedError."""
    path = program("squid")
    if not HELPER.exists():
        raise MissingPartError("squid's helper for passwords is not installed; tests/real/install.sh installs it")
    port = free_port()
    squid = Squid(address=f"http://127.0.0.1:{port}")
    # Of its own, since squid changes to a user that may not enter the tests' folder.
    with tempfile.TemporaryDirectory(prefix="squid-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        # The helper reads what crypt(3) makes; openssl comes with every system that has TLS.
        hashed = subprocess.run(  # the tests' own command, without a shell; the password goes by standard input
            [program("openssl"), "passwd", "-apr1", "-stdin"],
            input=squid.password.encode(),
            capture_output=True,
            check=True,
            timeout=10,
        ).stdout.decode()
        (folder / "passwords").write_text(f"{squid.user}:{hashed.strip()}\n")
        config = folder / "squid.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, helper=HELPER), encoding="ascii")
        if os.geteuid() == 0:
            for file in (folder, *folder.iterdir()):
                shutil.chown(file, "proxy", "proxy")
        with running("squid", [path, "-N", "-f", str(config)], folder=folder, ready=_listens(port)):
            yield squid


def _listens(port: int) -> Callable[[], bool]:
    """Whether somebody takes connections at a port; a proxy answers no plain request that could be asked instead."""

    def ask() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return ask
