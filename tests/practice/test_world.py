"""Starting and stopping: cheap to import, bounded, in a loop or in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

import tui401.practice
from tui401.practice import Practice, PracticeError, PracticeThread, names


def test_importing_it_loads_nothing_heavy_and_nothing_of_the_program() -> None:
    code = (
        "import sys, tui401.practice as p\n"
        "p.Practice('token-expired'); p.names()\n"
        "heavy = {'cryptography', 'jwt', 'h11', 'httpx', 'textual'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "import tui401.practice.running\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('tui401.')}\n"
        "assert rooms == {'practice'}, rooms\n"
        "assert not {'httpx', 'textual'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_room_that_diagnoses_knows_of_it() -> None:
    root = Path(tui401.practice.__file__).parent.parent
    knowing = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*.py")
        if "tui401.practice" in path.read_text(encoding="utf-8")
    }
    rooms = "model wire intake probes judge causes dialects oauth vault recovery journal report"
    assert not knowing & set(rooms.split())


async def test_the_two_origins_differ_and_close_with_the_world(client: httpx.AsyncClient) -> None:
    async with Practice() as world:
        assert world.api != world.issuer
        assert (await client.get(world.url("/health"))).status_code == 200
    for origin in (world.api, world.issuer):
        with pytest.raises(httpx.ConnectError):
            await client.get(origin)
    await world.stop()


async def test_two_worlds_share_nothing(client: httpx.AsyncClient) -> None:
    async with Practice() as one, Practice() as other:
        headers = {"Authorization": one.argv[-1].partition(": ")[2]}
        assert (await client.get(one.url("/v1/orders"), headers=headers)).status_code == 200
        assert (await client.get(other.url("/v1/orders"), headers=headers)).status_code == 401


async def test_no_free_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_args: object, **_rest: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio, "start_server", refuse)
    with pytest.raises(PracticeError, match=r"127\.0\.0\.1 \(Too many open files\); "):
        async with Practice():
            pass
    with pytest.raises(PracticeError, match="could not open a port"):
        await asyncio.to_thread(PracticeThread().start)


def test_the_thread_serves_and_ends() -> None:
    practice = PracticeThread("token-expired")
    practice.stop()  # before the start: nothing happens
    world = practice.start()
    assert practice.start() is world
    assert world.fault
    assert world.fault.slug == "token-expired"
    assert httpx.get(world.url("/health"), trust_env=False).status_code == 200
    practice.stop()
    practice.stop()
    assert not any(thread.name == "practice" for thread in threading.enumerate())
    with pytest.raises(httpx.ConnectError):
        httpx.get(world.url("/health"), trust_env=False)
    with pytest.raises(PracticeError, match="stopped"):
        practice.start()


def test_the_thread_ends_connections_in_whatever_state_they_are() -> None:
    # Several rounds, since a connection may be waiting, being accepted or open at the moment of the end.
    for number in range(30):
        with PracticeThread(ntp=False) as world:
            address = ("127.0.0.1", int(world.api.rsplit(":", 1)[1]))
            held = [socket.create_connection(address) for _ in range(1 + number % 3)]
            held[0].sendall(b"GET /hea")
        for one in held:
            with one:
                one.settimeout(5)
                with contextlib.suppress(ConnectionResetError):  # a reset is an end, too
                    assert one.recv(10) == b""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("slug", [None, *names()])
def test_curl_itself_is_refused_as_the_fault_says(slug: str | None) -> None:
    with PracticeThread(slug) as world:
        head, *rest = world.argv
        around = [] if "-x" in rest else ["--noproxy", "*"]
        quiet = ["-q", "-sS", *around, "-o", "-", "-w", "\n%{http_code}"]
        done = subprocess.run([head, *quiet, *rest], check=True, capture_output=True, text=True)
        assert done.stdout.rsplit("\n", 1)[1] in ({"200"} if slug is None else {"400", "401", "403", "407", "429"})
        assert world.command.startswith("curl ")
