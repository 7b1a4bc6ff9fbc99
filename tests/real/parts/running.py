"""tui401 on a fault: in this process where that is the same, else in one of its own; and a search for what leaked."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.parts.fault import Fault
from tests.real.parts.process import plain_environment, shifted

RUN = 8  # characters; a run of a secret as long as this is a leak

InProcess = Callable[[Sequence[str], Mapping[str, str]], tuple[int, bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run of `tui401 diagnose --format json`.

    Attributes:
        code: The exit code.
        made: What it printed, decoded.
        surfaces: Everything that it wrote, as text: standard output, standard error, the report.
        seconds: How long it took.
    """

    code: int
    made: dict[str, Any]
    surfaces: str
    seconds: float

    @property
    def cause(self) -> str:
        """The verdict's cause, "" for none."""
        return str((self.made["verdict"] or {}).get("cause", ""))

    @property
    def strength(self) -> str:
        """The verdict's strength, "" for none."""
        return str((self.made["verdict"] or {}).get("strength", ""))

    @property
    def requests(self) -> int:
        """How many requests the API received."""
        return int(self.made["requests_sent"]["api"])


def diagnose(
    fault: Fault, folder: Path, in_process: InProcess, *, fix: bool = False, keyring: Mapping[str, str] | None = None
) -> Ran:
    """Diagnose a fault with what a person would know.

    Args:
        fault: Which.
        folder: An empty folder for the report, and for state and home of a process of its own.
        in_process: Runs arguments in this process, with an environment beside its own.
        fix: Also mend it.
        keyring: The environment that leads to a keyring, for a fix that needs one.
    """
    report = folder / "report.md"
    consent = ["--fix", *(["--yes"] if keyring is not None else [])] if fix else []
    argv = ["diagnose", "--format", "json", "--report", str(report), *consent, *fault.known.options, *fault.command]
    begun = time.monotonic()
    if fault.shift or keyring is not None:
        environment = {
            **plain_environment(folder),
            "TUI401_STATE": str(folder / "state"),
            "TUI401_CONFIG": str(folder / "config"),
            **(keyring or {}),
            **fault.known.environment,
            **(shifted(fault.shift) if fault.shift else {}),
        }
        done = subprocess.run(  # the tests' own command, without a shell
            [sys.executable, "-m", "tui401", *argv],
            capture_output=True,
            check=False,
            timeout=60,
            env=environment,
            cwd=os.fspath(Path(__file__).parents[3]),
        )
        code, out, err = done.returncode, done.stdout, done.stderr
    else:
        code, out, err = in_process(argv, fault.known.environment)
    seconds = time.monotonic() - begun
    assert out, err.decode(errors="replace")
    written = report.read_text(encoding="utf-8") if report.exists() else ""
    assert written, "no report was written"
    surfaces = f"{out.decode()}\n{err.decode()}\n{written}"
    return Ran(code=code, made=json.loads(out), surfaces=surfaces, seconds=seconds)


def secrets_of(fault: Fault) -> list[str]:
    """What must not be seen: signatures, opaque tokens, passwords and keys, as sent and in base64."""
    found = list(fault.known.environment.values())
    for part in fault.command[1:]:
        jwts = re.findall(r"eyJ[\w%=-]+\.[\w%=-]+(?:\.([\w-]+))?", part)
        found += [signature for signature in jwts if signature]
        if not jwts:
            value = part.split(": ", 1)[-1]
            found += re.findall(r"[A-Za-z0-9_-]{20,}", value if "://" not in value else "")
    if "-u" in fault.command:
        user, _, password = fault.command[fault.command.index("-u") + 1].partition(":")
        # The name may be seen; whatever of the encoded pair holds only the name, too.
        encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
        found += [password, encoded[(len(user) + 1) * 4 // 3 + 2 :]]
    # A signed request lists the names of its headers, which are as long as secrets.
    return [secret for secret in found if len(secret) >= RUN and not secret.startswith("x-amz-")]


def leaked(fault: Fault, text: str) -> list[str]:
    """Runs of a secret that a text holds, for a failing test's words; [] where none leaked."""
    pieces = {text[at : at + RUN] for at in range(len(text) - RUN + 1)}
    return sorted(
        {
            secret[at : at + RUN]
            for secret in secrets_of(fault)
            for at in range(len(secret) - RUN + 1)
            if secret[at : at + RUN] in pieces
        }
    )
