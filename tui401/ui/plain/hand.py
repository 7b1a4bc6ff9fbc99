"""The request changed by hand, one numbered line at a time; what may hold a secret is typed out of sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui401.model.fix import Answer, TokenWish
from tui401.model.secret import Secret
from tui401.ui.draft import (
    Draft,
    DraftError,
    body_text,
    header_line,
    with_body,
    with_header_at,
    with_request_line,
    without_header_at,
)
from tui401.ui.editing import editing_of
from tui401.ui.lint import lint
from tui401.ui.plain.asking import Asker, GoneError, Way
from tui401.ui.plain.lines import lines, spoken
from tui401.wire import redact

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui401.model.http import Request
    from tui401.ui.editing import Editing
    from tui401.ui.session import Session


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the request: the request line (-1), a header by its place, or one past the last for the body."""

    at: int


class Hand:
    """Edits a request.

    Args:
        asker: The terminal.
        editing: What it starts from.
    """

    def __init__(self, asker: Asker, editing: Editing) -> None:
        self._asker, self._editing = asker, editing
        self.draft: Draft = editing.draft
        self._names = editing.names.copy()

    async def answer(self) -> Answer | None:
        """The answer to give to the recovery; None where the person goes back without sending.

        Raises:
            GoneError: at the end of the input.
        """
        while True:
            match await self._asker.choose("The request by hand. What now?", self._ways(), hints=self._hints):
                case "change":
                    await self._change()
                case "add":
                    await self._add()
                case "remove":
                    await self._remove()
                case "body":
                    await self._body()
                case "undo":
                    self.draft = self.draft.undo()
                case "wish":
                    wish = await self._wish()
                    if wish is not None:
                        return Answer("token", request=self.draft.request, wish=wish)
                case "send":
                    return Answer("edit", request=self.draft.request)
                case _:
                    return None

    @property
    def _hints(self) -> dict[str, str]:
        return self._names.hints()

    def _ways(self) -> list[Way[str]]:
        request = self.draft.request
        told = (block for header in request.headers for block in lint(header_line(header), request))
        self._asker.say(["", "The request as it would be sent:", *self._shown(), *lines(told, self._hints)])
        ways = [Way("Write a line anew", "change"), Way("Add a header", "add")]
        if self.draft.request.headers:
            ways.append(Way("Take a header out", "remove"))
        ways.append(Way("Write the body anew", "body"))
        if self.draft.past:
            ways.append(Way("Undo the last change", "undo"))
        if self._editing.asks:
            ways.append(Way(f"Request a token with another audience or scopes from {self._editing.asks}", "wish"))
        ways.append(Way(f"Send it, as attempt {self._editing.attempt}", "send"))
        ways.append(Way("Back, without sending", "back"))
        return ways

    def _shown(self) -> list[str]:
        shown = redact.request(self.draft.request, self._names)
        made = [f"{shown.method} {shown.url}", *(f"{header.name}: {header.value}" for header in shown.headers)]
        if shown.body:
            made.append(f"body: {shown.body}")
        return [spoken(line, self._hints) for line in made]

    async def _which(self, *, headers_only: bool = False) -> _Line | None:
        shown = self._shown()[: 1 + len(self.draft.request.headers)]
        ways: list[Way[_Line | None]] = [Way(line, _Line(at)) for at, line in enumerate(shown, -1)]
        ways = ways[1:] if headers_only else ways
        return await self._asker.choose("Which line?", [*ways, Way("None of them", None)])

    async def _change(self) -> None:
        line = await self._which()
        if line is None:
            return
        if line.at < 0:
            text = await self._asker.secret("Method and address (not shown while you type; empty leaves it): ")
            if text:
                self._to(lambda request: with_request_line(request, text, self._editing.way_to))
            return
        name = self.draft.request.headers[line.at].name
        value = await self._asker.secret(f"The new value of {spoken(name)} (not shown; empty leaves it): ")
        if value:
            self._to(lambda request: with_header_at(request, line.at, Secret(f"{name}: {value.reveal()}")))

    async def _add(self) -> None:
        name = await self._asker.words("The name of the header (empty for none): ")
        if name:
            value = await self._asker.secret("Its value (not shown while you type): ")
            at = len(self.draft.request.headers)
            self._to(lambda request: with_header_at(request, at, Secret(f"{name}: {value.reveal()}")))

    async def _remove(self) -> None:
        line = await self._which(headers_only=True)
        if line is not None:
            self._to(lambda request: without_header_at(request, line.at))

    async def _body(self) -> None:
        if body_text(self.draft.request) is None:
            self._asker.say(["The body is no text or too long to be written here; it can be replaced whole."])
        text = await self._asker.terminal.paste("The new body, not shown; end it with an empty line: \n")
        if text is None:
            raise GoneError
        self._to(lambda request: with_body(request, text))

    def _to(self, change: Callable[[Request], Request]) -> None:
        try:
            self.draft = self.draft.to(change(self.draft.request))
        except DraftError as error:
            self._asker.say([spoken(str(error))])

    async def _wish(self) -> TokenWish | None:
        editing = self._editing
        audiences: list[Way[str]] = [Way(f"{wish.value}, {wish.by}", wish.value) for wish in editing.audiences]
        audience = await self._asker.choose(
            "For which audience?", [*audiences, Way("The issuer's default", ""), Way("Another one", "?")]
        )
        if audience == "?":
            audience = await self._asker.words("The audience: ")
        if editing.scopes:
            said = (f"{wish.value} ({wish.by}{', in the token' if wish.held else ''})" for wish in editing.scopes)
            self._asker.say([spoken(f"Scopes that are spoken of: {', '.join(said)}.")])
        scopes = await self._asker.words("The scopes, with spaces between (empty for the issuer's default): ")
        ask = Way(f"Request it from {editing.asks}, and send the request with it", "yes")
        if await self._asker.choose("Request this token?", [ask, Way("Not now", "no")]) == "yes":
            return TokenWish(audience=audience, scopes=tuple(scopes.split()))
        return None


async def by_hand(asker: Asker, session: Session) -> Answer | None:
    """Edits the request of a session; the answer for its recovery, None where the person went back from it.

    Raises:
        GoneError: at the end of the input.
    """
    editing = editing_of(session)
    if editing is None:
        asker.say(["The request's secrets are not in memory any more: give the command again."])
        return None
    hand = Hand(asker, editing)
    answer = await hand.answer()
    session.draft = None if answer is not None else hand.draft
    return answer
