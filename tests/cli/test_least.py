"""``diagnose --least``: the least scopes with which a request succeeds; kept, and asked for the next time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.recovery.scoped import CLIENT_SECRET, World, world

SECRET = {"TUI401_CLIENT_SECRET": CLIENT_SECRET}


@contextmanager
def served(**more: object) -> Iterator[World]:
    """The issuer and the API in a thread of their own."""
    started, done = threading.Event(), asyncio.Event()
    made: list[World] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        async with world(**more) as shop:
            made.append(shop)
            loops.append(asyncio.get_running_loop())
            started.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield made[0]
    finally:
        loops[0].call_soon_threadsafe(done.set)
        thread.join(10)


def failing(shop: World, *scopes: str) -> list[str]:
    asked = ["--scope", " ".join(scopes)] if scopes else []
    known = ["--issuer", shop.issuer, "--client-id", "svc-orders", "--ntp", "127.0.0.1:9", *asked]
    return [*known, "curl", shop.url, "-H", "Authorization: Bearer worn-out-77aa10c4e2b95d38"]


def test_the_least_scopes_are_found_told_kept_and_asked_for_the_next_time(tui401: Callable[..., Any]) -> None:
    with served(needs=frozenset({"read"}), named=False) as shop:
        ran = tui401("diagnose", "--fix", "--least", "--format", "json", *failing(shop, "a", "b", "read"), env=SECRET)
        assert ran.code == 0, ran.err
        assert ran.json["outcome"] == "recovered"
        found = ran.json["least_scopes"]
        assert found["smallest"] == ["read"]
        assert found["settled"] is True
        assert found["endpoint"] == f"GET {shop.url}"
        assert ran.json["requests_sent"]["api"] == len(shop.api) == len(ran.json["attempts"])
        assert [one["attempt"] for one in ran.json["attempts"]].count(0) == found["tokens"]
        shop.asked.clear()
        again = tui401("diagnose", "--fix", *failing(shop), env=SECRET)
        assert again.code == 0, again.err
        assert [form["scope"] for form in shop.asked] == [["read"]]
        told = tui401("report", ran.json["case"])
        assert "## Least scope" in told.out
        assert "none can be taken away" in told.out


def test_as_text_it_is_one_line(tui401: Callable[..., Any]) -> None:
    with served(needs=frozenset({"read"})) as shop:
        ran = tui401("diagnose", "--fix", "--least", *failing(shop, "a", "b", "read"), env=SECRET)
    assert "LEAST SCOPE  read  (" in ran.out


def test_without_the_option_no_token_is_asked_for_to_search(tui401: Callable[..., Any]) -> None:
    with served(needs=frozenset({"read"})) as shop:
        ran = tui401("diagnose", "--fix", "--format", "json", *failing(shop, "a", "b", "read"), env=SECRET)
        assert len(shop.asked) == 1
    assert "least_scopes" not in ran.json


def test_where_it_cannot_be_searched_it_says_why_and_the_outcome_stands(tui401: Callable[..., Any]) -> None:
    with served() as shop:
        good = shop.give("a")
        command = ["curl", shop.url, "-H", f"Authorization: Bearer {good}"]
        ran = tui401("diagnose", "--least", "--ntp", "127.0.0.1:9", *command)
    assert ran.code == 0
    assert "name a client and its secret" in ran.err


def test_passive_and_least_contradict_each_other(tui401: Callable[..., Any]) -> None:
    ran = tui401("diagnose", "--passive", "--least", "curl", "https://api.example.com/")
    assert ran.code == 2
    assert "--least" in ran.err
