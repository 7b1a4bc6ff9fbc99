"""A client that takes nothing from the environment, and the typed command as a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as one:
        yield one


def as_request(argv: Sequence[str]) -> dict[str, Any]:
    """The few options of curl that faults use, as arguments of httpx."""
    words = list(argv)
    assert words.pop(0) == "curl"
    request: dict[str, Any] = {"method": "GET", "headers": {}}
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(":")
            request["headers"][name] = value.strip()
        elif word == "-u":
            user, _, password = words.pop(0).partition(":")
            request["auth"] = httpx.BasicAuth(user, password)
        else:
            assert word.startswith("http://127.0.0.1:"), word
            request["url"] = word
    return request


@pytest.fixture
def typed() -> Any:
    return as_request
