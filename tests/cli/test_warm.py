from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tui401.cli import warm
from tui401.dialects import matcher


async def test_the_dialects_are_read_once_the_loop_has_nothing_else_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(warm, "package_matcher", lambda: done.append("dialects"))

    async def busy() -> None:
        for _ in range(4):
            time.sleep(0.05)  # noqa: ASYNC251 - a loop that loads modules does just that
            await asyncio.sleep(0)
        done.append("sent")

    warming = asyncio.ensure_future(warm.warm_up())
    await busy()
    (await warming).join(10)
    assert done == ["sent", "dialects"]


def test_two_that_ask_at_once_have_one_matcher_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    begun = threading.Event()

    class Slow:
        def __init__(self, *_given: object) -> None:
            begun.set()
            time.sleep(0.1)
            made.append(self)

    monkeypatch.setattr(matcher, "Matcher", Slow)
    matcher.package_matcher.cache_clear()
    try:
        other = threading.Thread(target=matcher.package_matcher)
        other.start()
        begun.wait(10)
        mine = matcher.package_matcher()
        other.join(10)
        assert made == [mine]
    finally:
        monkeypatch.undo()
        matcher.package_matcher.cache_clear()
