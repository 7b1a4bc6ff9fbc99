"""The real stream: what is typed out of sight is not echoed, and nothing that is waited for is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pty
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui401.ui.plain.terminal import Stream

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
LONG = "k" * 9_000


@dataclass
class Typing:
    """Both ends of a terminal."""

    keys: int
    descriptor: int
    stream: Stream
    out: io.StringIO

    def type(self, text: str) -> None:
        os.write(self.keys, text.encode())

    def echoed(self) -> bytes:
        os.set_blocking(self.keys, False)
        with contextlib.suppress(BlockingIOError):
            return os.read(self.keys, 65_536)
        return b""


@pytest.fixture
def typing() -> Iterator[Typing]:
    keys, descriptor = pty.openpty()
    out = io.StringIO()
    yield Typing(keys, descriptor, Stream(descriptor, out), out)
    os.close(keys)
    os.close(descriptor)


async def hidden(typing: Typing) -> None:
    """Waits until the terminal shows nothing that is typed."""
    while termios.tcgetattr(typing.descriptor)[3] & termios.ECHO:  # noqa: ASYNC110 - a terminal tells nobody
        await asyncio.sleep(0)


async def test_a_line_is_echoed_and_a_secret_is_not(typing: Typing) -> None:
    typing.type("3\n")
    assert await typing.stream.line("number: ") == "3"
    assert b"3" in typing.echoed()
    asked = asyncio.create_task(typing.stream.secret("credential: "))
    await hidden(typing)
    typing.type("canary-Zq7Xv\n")
    given = await asked
    assert given is not None
    assert given.reveal() == "canary-Zq7Xv"
    assert b"canary" not in typing.echoed()
    assert "canary" not in typing.out.getvalue()
    assert termios.tcgetattr(typing.descriptor)[3] & termios.ECHO  # and afterwards it shows again


async def test_a_secret_longer_than_a_terminals_own_line_arrives_whole(typing: Typing) -> None:
    asked = asyncio.create_task(typing.stream.secret(""))
    await hidden(typing)
    for at in range(0, len(LONG), 1_000):
        typing.type(LONG[at : at + 1_000])
        await asyncio.sleep(0)
    typing.type("\n")
    given = await asked
    assert given is not None
    assert given.reveal() == LONG


async def test_the_erasing_keys_erase_out_of_sight(typing: Typing) -> None:
    asked = asyncio.create_task(typing.stream.secret(""))
    await hidden(typing)
    typing.type("wrong\x15righd\x7ft\n")
    given = await asked
    assert given is not None
    assert given.reveal() == "right"


async def test_a_paste_is_taken_whole_with_an_empty_line_inside_it(typing: Typing) -> None:
    asked = asyncio.create_task(typing.stream.paste(""))
    await hidden(typing)
    typing.type("POST /v1 HTTP/1.1\nHost: a.example\n\n{}\n")
    await asyncio.sleep(0)
    typing.type("\n")
    given = await asked
    assert given is not None
    assert given.reveal() == "POST /v1 HTTP/1.1\nHost: a.example\n\n{}"
    assert typing.echoed().strip() == b""


async def test_a_question_that_goes_away_leaves_the_next_answer_alone(typing: Typing) -> None:
    asked = asyncio.create_task(typing.stream.line("sign in: "))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    typing.type("2\n")
    assert await typing.stream.line("number: ") == "2"


async def test_the_end_of_the_input_is_told() -> None:
    read, write = os.pipe()
    os.write(write, "1\nüber".encode())
    os.close(write)
    stream = Stream(read, io.StringIO())
    assert [await stream.line(""), await stream.line(""), await stream.line("")] == ["1", "über", None]
    assert await stream.secret("") is None
    assert await stream.paste("") is None
    os.close(read)


async def test_answers_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    path.write_bytes(b"1\r\nsecret\n")
    descriptor = os.open(path, os.O_RDONLY)
    stream = Stream(descriptor, io.StringIO())
    assert await stream.line("") == "1"
    given = await stream.secret("")
    assert given is not None
    assert given.reveal() == "secret"
    os.close(descriptor)


async def test_a_letter_that_comes_in_two_parts_stays_one() -> None:
    read, write = os.pipe()
    first, second = "ü\n".encode()[:1], "ü\n".encode()[1:]
    stream = Stream(read, io.StringIO())
    os.write(write, first)
    asked = asyncio.create_task(stream.line(""))
    await asyncio.sleep(0.01)
    os.write(write, second)
    assert await asked == "ü"
    os.close(read)
    os.close(write)
