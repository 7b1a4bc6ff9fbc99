"""gnome-keyring as a Secret Service, on a message bus and in a home of its own."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.parts.process import program, running


@dataclass(frozen=True, kw_only=True)
class SecretService:
    """A running, unlocked Secret Service.

    Attributes:
        environment: What a program needs to reach it and nothing of the person's own: bus, home and runtime folder.
    """

    environment: Mapping[str, str] = field(repr=False)


@contextlib.contextmanager
def start_secret_service(folder: Path) -> Iterator[SecretService]:
    """A message bus and a keyring on it; raises MissingPartError or NotStartedError."""
    bus_path, keyring_path = program("dbus-daemon"), program("gnome-keyring-daemon")
    home, runtime = folder / "home", folder / "run"
    for made in (home, runtime):
        made.mkdir(parents=True, mode=0o700)
    socket = runtime / "bus"
    environment = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
    }
    bus = [bus_path, "--session", "--nofork", "--nopidfile", f"--address=unix:path={socket}"]
    control = runtime / "keyring" / "control"
    keyring = [
        keyring_path,
        "--foreground",
        "--unlock",
        "--components=secrets",
        f"--control-directory={control.parent}",
    ]
    with (
        running("dbus", bus, folder=folder, ready=socket.exists, environment=environment),
        running(
            "keyring",
            keyring,
            folder=folder,
            ready=(home / ".local/share/keyrings/login.keyring").exists,
            environment=environment,
            stdin=secrets.token_urlsafe(16),
        ),
    ):
        yield SecretService(environment=environment)
