"""How a person gives a call in plain lines: pasted out of sight, read back, and nothing sent before a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Para, Row
from tui401.ui.plain.asking import Asker, GoneError, Way
from tui401.ui.plain.lines import lines, spoken
from tui401.ui.ports import PortError

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.ui.ports import Reader, Reading

_PROMPT = (
    "Paste what answers 401: a curl command, what curl -v printed, raw HTTP, a URL or a file's path.\n"
    "It is not shown. End it with an empty line:\n"
)


class Given(NamedTuple):
    """A case that was given, and whether the person agreed to one send."""

    case: Case
    send: bool


async def given(asker: Asker, reader: Reader, text: Secret[str] | None = None) -> Given | None:
    """A case of what the person pastes, or of a text that they gave before; None where they went back.

    Raises:
        GoneError: at the end of the input.
    """
    text = text if text is not None else await _pasted(asker, _PROMPT)
    if not text:
        return None
    reading = await _read(asker, reader, text)
    if reading is None:
        return None
    ways = [
        Way("Find out why: this sends it once", "send"),
        Way("Judge without sending", "judge"),
        Way("Back, without either", ""),
    ]
    how = await asker.choose("What now?", ways)
    if not how:
        return None
    filled: dict[str, Secret[str]] = {}
    for name in reading.unfilled:
        value = await asker.secret(f"The value of {spoken(name)}; it is not shown, and kept in memory only: ")
        if not value:
            return None
        filled[name] = value
    case = await _started(asker, reader, text, filled, send=how == "send")
    return Given(case, how == "send") if case is not None else None


async def failing(asker: Asker, reader: Reader, here: Case) -> Case | None:
    """The call that fails where this one succeeds, to be sent as the next attempt; None where the person went back.

    Raises:
        GoneError: at the end of the input.
    """
    from tui401.ui.calls import beside  # noqa: PLC0415 - when two calls are compared

    text = await _pasted(asker, "Paste the call that fails. It is not shown. End it with an empty line:\n")
    if not text:
        return None
    reading = await _read(asker, reader, text)
    if reading is None:
        return None
    if reading.unfilled:
        names = ", ".join(map(spoken, reading.unfilled))
        asker.say([f"{names} has no value here: give the call as it was sent, with what stood there."])
        return None
    there = await _started(asker, reader, text, {}, send=False)
    if there is None:
        return None
    asker.say(["", *lines(beside(here, there), here.names.hints())])
    ways = [Way("Send the failing one", "send"), Way("Back, without sending", "")]
    return there if await asker.choose("What now?", ways) else None


async def _pasted(asker: Asker, prompt: str) -> Secret[str]:
    text = await asker.terminal.paste(prompt)
    if text is None:
        raise GoneError
    return text


async def _read(asker: Asker, reader: Reader, text: Secret[str]) -> Reading | None:
    try:
        reading = await reader.read(text)
    except PortError as error:
        asker.say([spoken(str(error))])
        return None
    asker.say(["", *lines(_blocks(reading))])
    return None if reading.problem else reading


async def _started(
    asker: Asker, reader: Reader, text: Secret[str], filled: dict[str, Secret[str]], *, send: bool
) -> Case | None:
    """The case; where a file wants more of this machine than was said, it is told and asked once more."""
    try:
        return await reader.start(text, filled=filled, send=send)
    except PortError as error:
        asker.say([spoken(str(error))])
    if await asker.choose("What now?", [Way("Go on once more", "again"), Way("Back", "")]):
        try:
            return await reader.start(text, filled=filled, send=send)
        except PortError as error:
            asker.say([spoken(str(error))])
    return None


def _blocks(reading: Reading) -> tuple[Block, ...]:
    """What was recognised, all that was noticed, who would be asked what."""
    if reading.problem:
        return (Para(reading.problem, mark="!"),)
    blocks: list[Block] = [Para(reading.recognised), *(Para(note, mark="!") for note in reading.notes)]
    blocks += [Row("will ask", line) for line in reading.will_ask]
    if reading.reads:
        blocks.append(Row("reads", ", ".join(reading.reads)))
    if reading.unfilled:
        blocks.append(Row("asks you", f"for the value of {', '.join(reading.unfilled)}, out of sight"))
    return tuple(blocks)
