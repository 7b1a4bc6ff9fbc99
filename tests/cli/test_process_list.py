"""Arguments that hold a credential leave the process list before anything waits or is sent."""

from __future__ import annotations

import asyncio
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tui401.cli import diagnose, wizard
from tui401.cli.arguments import parser_for

CANARY = "canary-4f9d2a7c81be5f3a"


@pytest.mark.parametrize("header", [f"Authorization: Bearer {CANARY}", f"Authorization: Bearer {CANARY} {{{{more}}}}"])
def test_the_wizard_hides_them_before_it_shows_anything(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(wizard, "hide_arguments", lambda: done.append("hidden"))
    monkeypatch.setattr(wizard, "show", lambda *_args, **_more: done.append("shown") or 0)
    wizard.run(parser_for("").parse_args([]), ["curl", "-q", "http://127.0.0.1/", "-H", header, "-u", "ada"])
    assert done == ["hidden", "shown"]


def test_a_headless_run_hides_them_before_it_asks_for_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(diagnose, "hide_arguments", lambda: done.append("hidden"))
    monkeypatch.setattr(
        diagnose, "_value", lambda _name: done.append("asked") or (_ for _ in ()).throw(KeyboardInterrupt)
    )
    options = parser_for("diagnose").parse_args(["curl", "-q", "http://127.0.0.1/", "-u", "ada"])
    with pytest.raises(KeyboardInterrupt):
        diagnose.run(options)
    assert done == ["hidden", "asked"]


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at the process list of Linux")
async def test_they_are_gone_when_the_first_request_arrives(tmp_path: Path) -> None:
    seen: list[bytes] = []
    running: list[asyncio.subprocess.Process] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(Path(f"/proc/{running[0].pid}/cmdline").read_bytes())
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    command = [sys.executable, "-m", "tui401", "diagnose", "--passive", "curl", "-q"]
    command += [f"http://127.0.0.1:{server.server_port}/", "-H", f"Authorization: Bearer {CANARY}"]
    env = {"TUI401_STATE": str(tmp_path), "TUI401_CONFIG": str(tmp_path), "HOME": str(tmp_path), "PATH": ""}
    quiet = asyncio.subprocess.DEVNULL
    running.append(await asyncio.create_subprocess_exec(*command, env=env, stdin=quiet, stdout=quiet, stderr=quiet))
    thread.start()
    try:
        await asyncio.wait_for(running[0].wait(), 60)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
    assert seen
    assert not [line for line in seen if CANARY.encode() in line]
