"""A terminal as a stream of lines: what is said is written once, what is asked is answered with a line."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Final, Protocol, TextIO

from tui401.model.secret import Secret
from tui401.threads import in_daemon

if sys.platform != "win32":
    import termios

_READ: Final = 65_536
_LONGEST: Final = 4_000_000  # characters of one paste
_PASTE: Final = 0.15  # seconds in which the rest of a paste comes
_FOREVER: Final = 10.0**9
_ERASE, _KILL, _END = ("\x7f", "\x08"), "\x15", "\x04"


class Terminal(Protocol):
    """Where the plain walk speaks and listens."""

    def say(self, *said: str) -> None:
        """Writes lines."""
        ...

    async def line(self, prompt: str) -> str | None:
        """One line that the person types, in sight; None when there is no more input."""
        ...

    async def secret(self, prompt: str) -> Secret[str] | None:
        """The same out of sight; a paste of several lines is taken whole."""
        ...

    async def paste(self, prompt: str) -> Secret[str] | None:
        """Several lines out of sight, up to an empty one at the end of what was pasted."""
        ...


class Stream:
    """The real one.

    What is typed is waited for by the event loop, so that a question that answers itself, such as a sign-in, leaves no
    reader behind that would swallow the next answer.

    Args:
        source: The descriptor that answers come from.
        out: Where lines go.
    """

    def __init__(self, source: int = 0, out: TextIO | None = None) -> None:
        self._source = source
        self._out = out if out is not None else sys.stdout
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._ended = False
        self._quiet = False

    def say(self, *said: str) -> None:
        """Writes lines, at once: whoever listens hears them as they come."""
        for text in said:
            self._out.write(text + "\n")
        self._out.flush()

    async def line(self, prompt: str) -> str | None:
        """One line in sight."""
        self._prompt(prompt)
        return await self._line()

    async def secret(self, prompt: str) -> Secret[str] | None:
        """One line out of sight, of any length: a terminal that edits lines itself cuts them at 4,096 bytes."""
        self._prompt(prompt)
        with self._unseen() as unseen:
            text = await self._line()
            if unseen and text is not None:
                text += await self._rest()
        if unseen:
            self.say("")
        return None if text is None else Secret(_typed(text))

    async def paste(self, prompt: str) -> Secret[str] | None:
        """Several lines out of sight. An empty line inside a paste, as in raw HTTP, is not its end."""
        self._prompt(prompt)
        taken: list[str] = []
        size = 0
        with self._unseen() as unseen:
            while (text := await self._line()) is not None and size < _LONGEST:
                more = unseen and bool(self._held or await self._soon())
                if not text and not more and taken:
                    break
                taken.append(text)
                size += len(text)
        if unseen:
            self.say("")
        given = "\n".join(map(_typed, taken)).strip("\n")
        return Secret(given) if given or not self._ended else None

    # -- reading -------------------------------------------------------------------------------------------------

    def _prompt(self, prompt: str) -> None:
        self._out.write(prompt)
        self._out.flush()

    async def _line(self) -> str | None:
        signs = ("\n", _END) if self._quiet else ("\n",)
        while not any(sign in self._held for sign in signs) and not self._ended:
            await self._more()
        ends = [at for at in map(self._held.find, signs) if at >= 0]
        if not ends:
            rest, self._held = self._held, ""
            return rest or None
        at = min(ends)
        text, sign, self._held = self._held[:at], self._held[at], self._held[at + 1 :]
        if sign == _END and not text:
            self._ended = True
            return None
        return text.removesuffix("\r")

    async def _rest(self) -> str:
        """What else came with a pasted line."""
        while await self._soon():
            pass
        rest, self._held = self._held, ""
        return f"\n{rest}" if rest.strip() else ""

    async def _soon(self) -> bool:
        """Whether more comes at once, as the rest of a paste does."""
        if self._ended:
            return False
        try:
            async with asyncio.timeout(_PASTE):
                await self._more()
        except TimeoutError:
            return False
        return not self._ended

    async def _more(self) -> None:
        data = await self._read()
        if data:
            self._held += self._decoder.decode(data).replace("\r\n", "\n").replace("\r", "\n")
        else:
            self._ended = True

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._source, ready.set)
        except NotImplementedError:  # Windows has no such readers
            return await in_daemon(lambda: os.read(self._source, _READ), limit=_FOREVER, name="tui401-answers")
        except PermissionError:  # a file, which never makes anybody wait
            return os.read(self._source, _READ)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._source)
        try:
            return os.read(self._source, _READ)
        except OSError:  # the terminal is gone
            return b""

    @contextlib.contextmanager
    def _unseen(self) -> Iterator[bool]:
        """Nothing that is typed is shown, and nothing cuts a long line; gives whether it is a terminal at all."""
        if sys.platform == "win32" or not os.isatty(self._source):
            yield False
            return
        before = termios.tcgetattr(self._source)
        quiet = [*before]
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(self._source, termios.TCSADRAIN, quiet)
        self._quiet = True
        try:
            yield True
        finally:
            self._quiet = False
            termios.tcsetattr(self._source, termios.TCSADRAIN, before)


def _typed(text: str) -> str:
    """The text after its erasing keys have done what they do."""
    if not any(sign in text for sign in (*_ERASE, _KILL)):
        return text
    kept: list[str] = []
    for sign in text:
        if sign in _ERASE:
            del kept[-1:]
        elif sign == _KILL:
            kept.clear()
        else:
            kept.append(sign)
    return "".join(kept)
