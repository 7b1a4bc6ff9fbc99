from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.oauth.issuing import written
from tui401.model import saved
from tui401.model.names import Names
from tui401.oauth import token_command
from tui401.oauth.token_command import parse

TOKEN = "tok-0123456789abcdef-ABCDEF"


def python(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


async def test_what_a_command_prints_is_the_token_and_is_never_shown() -> None:
    names = Names()
    granted = await token_command.request(python(f"print({TOKEN!r})"), names=names)
    assert granted.access_token is not None
    assert granted.access_token.reveal() == TOKEN
    text = saved.encode(granted.seen).decode()
    assert granted.seen.ok
    assert not [TOKEN[at : at + 8] for at in range(len(TOKEN) - 7) if TOKEN[at : at + 8] in text]


async def test_it_is_given_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI401_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("tui401_odd", "s3cret")
    monkeypatch.setenv("THEIRS", "kept")
    told = (
        "import os, sys\n"
        "ours = sorted(name for name in os.environ if 'TUI401' in name.upper())\n"
        "print('+'.join(ours) + '-' + os.environ['THEIRS'] + '-' + sys.stdin.read())"
    )
    granted = await token_command.request(python(told), names=Names())
    assert granted.access_token is not None
    assert granted.access_token.reveal() == "-kept-"


async def test_no_shell_reads_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    granted = await token_command.request(("echo", f"$(touch {mark})"), names=Names())
    assert not granted.seen.ok
    assert not mark.exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/no/such/program-4711",), "could not be started"),
        (python("import sys; print('bad: nope', file=sys.stderr); sys.exit(3)"), "code 3. It said: bad: nope"),
        (python("print('two words')"), "neither a token alone nor JSON"),
        (python(""), "neither a token alone nor JSON"),
        (("",), "could not be started"),
        (("a\0b",), "could not be started"),
    ],
)
async def test_a_failure_is_a_sentence(command: tuple[str, ...], says: str) -> None:
    granted = await token_command.request(command, names=Names())
    assert says in granted.seen.problem
    assert granted.access_token is None


async def test_what_it_says_of_its_failure_holds_no_token() -> None:
    jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJlMTIz"
    granted = await token_command.request(
        python(f"import sys; print('Bearer {jwt} expired', file=sys.stderr); sys.exit(1)"), names=Names()
    )
    assert "code 1" in granted.seen.problem
    assert "c2lnbmF0" not in granted.seen.problem


async def test_it_is_stopped_with_its_children_when_it_takes_too_long(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    granted = await token_command.request(python(text), names=Names(), limit=2)
    assert "did not end within 2 s" in granted.seen.problem
    assert await gone(int(mark.read_text()))


async def test_cancelling_stops_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(token_command.request(python(text), names=Names()))
    pid = int(await written(mark))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(pid)


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


async def gone(pid: int) -> bool:
    """Whether a process ends, within a few seconds; one that nobody waited for has ended, too."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in state_of(pid):
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_flood_is_read_and_dropped() -> None:
    granted = await token_command.request(python("print('a' * 5_000_000)"), names=Names())
    assert "neither a token alone" in granted.seen.problem


@pytest.mark.parametrize(
    ("output", "expires"),
    [
        (f"  {TOKEN}\r\n", None),
        (f"Bearer {TOKEN}", None),
        (f'"{TOKEN}"', None),
        (json.dumps({"access_token": TOKEN, "expires_in": 300}), 300.0),
        (json.dumps({"accessToken": TOKEN, "expires_on": 1}), 0.0),
        (json.dumps({"token": TOKEN, "expiresOn": "1999-01-01 00:00:00.000000"}), 0.0),
        (json.dumps({"kind": "ExecCredential", "status": {"token": TOKEN, "expirationTimestamp": "x"}}), None),
        (json.dumps({"credential": {"access_token": TOKEN, "token_expiry": "1999-01-01T00:00:00Z"}}), 0.0),
    ],
)
def test_tokens_are_found_where_commands_print_them(output: str, expires: float | None) -> None:
    token, life = parse(output)
    assert token is not None
    assert (token.reveal(), life) == (TOKEN, expires)


@pytest.mark.parametrize(
    "output",
    ["", "{", "{}", "[1]", '{"access_token": 7}', '{"access_token": ""}', '{"token": "a b"}', "é" * 20, "{" * 50_000],
)
def test_what_is_no_token_is_none(output: str) -> None:
    assert parse(output) == (None, None)
