"""A browser without a window: cookies, redirects and forms, filled as somebody would who has an account."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

PERSON = {"login": "someone", "password": "anything"}
_MOST = 20  # pages


class _Forms(HTMLParser):
    """The first form of a page: where it goes, what its hidden fields hold, which others it has."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.asked: list[str] = []
        self.buttons: list[tuple[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self._inside = given.get("action", ""), True
        name = given.get("name", "")
        if not self._inside or not name or tag not in {"input", "button"}:
            return
        kind = given.get("type", "text")
        if kind == "hidden":
            self.hidden[name] = given.get("value", "")
        elif kind == "submit" or tag == "button":
            self.buttons.append((name, given.get("value", "")))
        else:
            self.asked.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def form_of(page: str, address: str, answers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The first form of a page as it would be sent: its address and fields.

    Args:
        page: The page.
        address: Its own.
        answers: What somebody would fill in, by the fields' names; a button among them is the one that is pressed.
    """
    read = _Forms()
    read.feed(page)
    assert read.action is not None, f"no form on {address}: {page[:400]}"
    pressed = next(((n, v) for n, v in read.buttons if answers.get(n) == v), next(iter(read.buttons), None))
    fields = {**read.hidden, **{name: answers.get(name, "") for name in read.asked}}
    if pressed is not None:
        fields[pressed[0]] = pressed[1]
    return urljoin(address, read.action), fields


async def walk(address: str, *, answers: dict[str, str] | None = None, until: str) -> str:
    """Goes from page to page until one holds some words, and gives that page.

    Args:
        address: Where to begin.
        answers: What is filled in beside a name and a password.
        until: Words of the last page.
    """
    given = {**PERSON, **(answers or {})}
    async with httpx.AsyncClient(trust_env=False, timeout=10) as browser:
        answer = await browser.get(address)
        for _ in range(_MOST):
            if answer.is_redirect:
                answer = await browser.get(urljoin(str(answer.url), answer.headers["location"]))
            elif until in answer.text:
                return answer.text
            else:
                to, form = form_of(answer.text, str(answer.url), given)
                answer = await browser.post(to, data=form)
    raise AssertionError(f"no page says {until!r}; the last is {answer.url}: {answer.text[:400]}")
