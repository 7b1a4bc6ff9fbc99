"""tui401 on a fault: in this process where that is the same, else in one of its own; all that it writes and sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.parts.fault import Fault
from tests.real.parts.process import plain_environment, shifted
from tests.real.parts.wiretap import Sent, read, recording

InProcess = Callable[[Sequence[str], Mapping[str, str]], tuple[int, bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run of `tui401 diagnose --format json`.

    Attributes:
        code: The exit code.
        made: What it printed, decoded.
        surfaces: Everything that it wrote, as text: standard output, standard error, the report.
        sent: Everything that it sent, a connection each.
        seconds: How long it took.
    """

    code: int
    made: dict[str, Any]
    surfaces: str
    sent: list[Sent]
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
        record = folder / "sent.json"
        done = subprocess.run(  # the tests' own command, without a shell
            [sys.executable, "-m", "tests.real.parts.wiretap", str(record), *argv],
            capture_output=True,
            check=False,
            timeout=60,
            env=environment,
            cwd=os.fspath(Path(__file__).parents[3]),
        )
        code, out, err, sent = done.returncode, done.stdout, done.stderr, read(record)
    else:
        with recording() as kept:
            code, out, err = in_process(argv, fault.known.environment)
        sent = kept.sent
    seconds = time.monotonic() - begun
    assert out, err.decode(errors="replace")
    written = report.read_text(encoding="utf-8") if report.exists() else ""
    assert written, "no report was written"
    surfaces = f"{out.decode()}\n{err.decode()}\n{written}"
    return Ran(code=code, made=json.loads(out), surfaces=surfaces, sent=sent, seconds=seconds)
