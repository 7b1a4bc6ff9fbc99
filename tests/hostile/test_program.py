"""The real command against the biggest of the hostile answers: memory within its bound, an exit code, no traceback."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile import answers_content as content
from tests.hostile import answers_framing as framing
from tests.hostile.answers_issuer import ENDPOINTS, KEYS, METADATA, TOKENS, gives, issuer
from tests.hostile.kit import Play, hostile, refuses
from tests.hostile.running import CLIENT_SECRET, REFRESH, SIGNATURE, TOKEN, holds, jwt_of
from tests.timeless import timeless
from tui401.wire.visible import is_visible

MOST = 512 * 1024  # KiB
CODES = {0, 1, 3}
PROGRAM = """
import pathlib, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))  # more than it may take, less than would hurt this machine
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
from tui401.cli import main
code = main()
used = pathlib.Path("/proc/self/status")
peak = [line.split()[1] for line in used.read_text().splitlines() if line.startswith("VmHWM")] if used.exists() else []
# Elsewhere it is in bytes or KiB as the system has it; a parent's memory does not count in either.
pathlib.Path("peak").write_text(peak[0] if peak else str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
sys.exit(code)
"""
OF_APIS: dict[str, Play] = {
    "a header of 10 MB": framing.FLOODS["a header of 10,485,760 bytes"],
    "a bomb, twice packed": content.BOMBS["gzip of gzip"],
    "a JSON list without end": framing.ENDLESS_BODIES["a JSON list without end"],
    "60,000 members": content.DOCUMENTS["100,000 members"],
}
OF_ISSUERS: dict[str, Play] = {
    "metadata of megabytes": issuer({ENDPOINTS["discovery"]: gives(METADATA["scopes of megabytes"])}),
    "60,000 keys": issuer({ENDPOINTS["keys"]: gives(KEYS["100,000 keys"])}),
    "a token with half a megabyte of claims": issuer(
        {ENDPOINTS["token"]: gives(TOKENS["a JWT with half a megabyte of claims"])}
    ),
}


@dataclass
class Ended:
    code: int | None
    out: str
    err: str
    peak: int


async def command(folder: Path, *argv: str) -> Ended:
    """Runs the program in a folder of its own, with a secret in each place that has one."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TUI401_STATE": str(folder / "state"),
        "TUI401_CONFIG": str(folder / "config"),
        "TUI401_CLIENT_SECRET": CLIENT_SECRET,
        "TUI401_REFRESH_TOKEN": REFRESH,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, "diagnose", "--all", *argv),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=folder,
    )
    out, err = await child.communicate()
    return Ended(child.returncode, out.decode(), err.decode(), peak_in(folder))


def peak_in(folder: Path) -> int:
    """KiB; -1 where the program ended without telling."""
    told = folder / "peak"
    return int(told.read_text()) if told.exists() else -1


async def against(name: str, folder: Path) -> Ended:
    if name in OF_APIS:
        async with hostile(OF_APIS[name]) as api:
            given = ("curl", "-m", "20", api.url(), "-H", f"Authorization: Bearer {TOKEN}")
            return await command(folder, "--only-api", *given)
    async with hostile(OF_ISSUERS[name]) as server, hostile(refuses()) as api:
        own = str(server.origin)
        knows = ("--issuer", own, "--client-id", "svc", "--ntp", timeless(), "--fix", "--yes")
        return await command(
            folder, *knows, "curl", "-m", "20", api.url(), "-H", f"Authorization: Bearer {jwt_of(own)}"
        )


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of a process by this name")
async def test_the_command_ends_with_a_code_and_within_its_memory(tmp_path: Path) -> None:
    room = asyncio.Semaphore(2)

    async def one(at: int, name: str) -> tuple[str, Ended]:
        async with room:
            return name, await against(name, tmp_path / str(at))

    names = (*OF_APIS, *OF_ISSUERS)
    for at in range(len(names)):
        (tmp_path / str(at)).mkdir()
    ended = dict(await asyncio.gather(*(one(at, name) for at, name in enumerate(names))))
    assert {name: (one.code, one.err) for name, one in ended.items() if one.code not in CODES} == {}
    assert {name: one.peak for name, one in ended.items() if not 0 < one.peak <= MOST} == {}
    for name, found in ended.items():
        assert "Traceback" not in found.err, name
        assert is_visible(found.out + found.err, lines=True), name
        assert not holds(found.out + found.err, TOKEN, SIGNATURE[:60], CLIENT_SECRET, REFRESH), name
