from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui401.cli import run as cli


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        made = json.loads(self.out)
        assert isinstance(made, dict)
        return made


@pytest.fixture
def tui401(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Ran]:
    """Runs a command line inside this process, with folders of its own."""
    monkeypatch.setattr(cli, "protect", lambda: None)  # its hooks would hide faults from pytest
    monkeypatch.setenv("TUI401_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TUI401_CLIENT_SECRET", "TUI401_REFRESH_TOKEN", "http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def ran(*argv: str, env: dict[str, str] | None = None) -> Ran:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        capfdbinary.readouterr()
        code = cli.run(list(argv))
        out, err = capfdbinary.readouterr()
        for name in env or {}:
            monkeypatch.delenv(name)
        return Ran(code, out.decode(), err.decode())

    return ran
