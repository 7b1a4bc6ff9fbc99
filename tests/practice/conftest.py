"""A client that takes nothing from the environment, and the typed command as a request."""

from __future__ import annotations

import re
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
    request: dict[str, Any] = {"method": "GET", "headers": Lines()}
    fields: list[str] = []
    while words:
        word = words.pop(0)
        match word:
            case "-H":
                name, _, value = words.pop(0).partition(":")
                request["headers"].append((name, value.strip()))
            case "-u":
                user, _, password = words.pop(0).partition(":")
                request["auth"] = httpx.BasicAuth(user, password)
            case "-d":
                fields.append(words.pop(0))
                request["method"] = "POST"
            case "-X":
                request["method"] = words.pop(0)
            case "-x":
                request["proxy"] = words.pop(0)
            case "-L":
                request["follow_redirects"] = True
            case "--netrc-file":
                request["auth"] = httpx.NetRCAuth(words.pop(0))
            case "-n":
                pass
            case _:
                assert "@127.0.0.1:" in word or word.startswith("http://127.0.0.1:"), word
                # With -n the file wins over the password in the address.
                request["url"] = re.sub(r"//[^/]*@", "//", word)
    if fields:
        request["content"] = "&".join(fields)
        if not any(name.lower() == "content-type" for name, _ in request["headers"]):
            request["headers"].append(("Content-Type", "application/x-www-form-urlencoded"))
    return request


class Lines(list[tuple[str, str]]):
    """Header lines in order; one of a name can be changed as in a dictionary."""

    def __getitem__(self, name: Any) -> Any:
        return next(value for key, value in self if key == name)

    def __setitem__(self, name: Any, value: Any) -> None:
        kept = [line for line in self if line[0] != name]
        self.clear()
        self.extend([*kept, (name, value)])


async def ask(client: httpx.AsyncClient, request: dict[str, Any]) -> httpx.Response:
    """Sends what was typed; through a proxy by a client of its own."""
    given = dict(request)
    through = given.pop("proxy", None)
    given["headers"] = list(given["headers"])
    if through is None:
        return await client.request(**given)
    async with httpx.AsyncClient(trust_env=False, timeout=10, proxy=through) as one:
        return await one.request(**given)


@pytest.fixture
def typed() -> Any:
    return as_request


@pytest.fixture
def sends() -> Any:
    return ask
