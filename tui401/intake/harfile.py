"""The entries of a HAR file one after another, in memory that does not grow with the file.

A HAR (HTTP Archive 1.2) is one JSON object, so an ordinary reader holds all of it: several times its size, where files
of gigabytes are common. This one looks for the places where entries end and hands whole runs of entries to the typed
decoder. What an entry begins with is learned from the first ones; the same bytes cannot stand inside a JSON text,
whose quotation marks are escaped, so the last of them in a block is where a run may be cut. A cut that was wrong all
the same leaves brackets open, which the decoder refuses, and the block is then taken apart bracket by bracket.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import msgspec

from tui401.intake.core import IntakeError
from tui401.intake.harentry import BadEntryError, Entry, entry_from

BLOCK: Final = 1 << 20  # bytes that are read at once
LONGEST: Final = 64 << 20  # of one entry, and of what stands before and behind the entries

_SPACE: Final = b" \t\r\n"
_QUOTE, _COMMA, _END = b'",]'
_LONGEST_GAP: Final = 4_096
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],:"]|[^\s"{}\[\],:]++', re.DOTALL)
_GAP: Final = re.compile(rb"[ \t\r\n]*+")
_BETWEEN: Final = re.compile(rb'\}[ \t\r\n]*+,[ \t\r\n]*+\{[ \t\r\n]*+"[A-Za-z_]{2,40}"[ \t\r\n]*+:')
_WORD_END: Final = re.compile(rb"[\s,\]}]")
_BRACKET: Final = re.compile(rb'["{}\[\]]')
_IN_TEXT: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_ENTRIES: Final = msgspec.json.Decoder(list[Entry])
_RAW: Final = msgspec.json.Decoder(list[msgspec.Raw])
_ENTRY: Final = msgspec.json.Decoder(Entry)
_NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last one: it is nested too deeply


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who wrote the recording, as it says itself; "" where it does not."""

    creator: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """An entry that cannot be judged, and a sentence on it with its place in the file."""

    says: str


@dataclass(frozen=True, slots=True)
class Run:
    """Entries in a row: the index of the first one, and each entry or what is wrong with it."""

    first: int
    entries: list[Entry | Bad]


class HarError(IntakeError):
    """The file is no HAR, or breaks off; its text is a sentence with the place."""


class HarFile:
    """A HAR that is read once, from its beginning to its end.

    Args:
        source: Where its bytes come from; a pipe will do.
        name: What sentences call it.
        block: Bytes to read at once.
        longest: Bytes of one entry at most; a longer one is passed over with a sentence.
    """

    def __init__(self, source: BinaryIO, name: str, *, block: int = BLOCK, longest: int = LONGEST) -> None:
        self._source = source
        self.name = name
        self._block = block
        self._longest = longest
        self._data = b""
        self._offset = 0  # of the first byte of data in the file
        self._lines = 0  # line ends before it
        self._ended = False
        self._recode: Callable[[bytes, bool], str] | None = None  # where a shell's redirection wrote UTF-16
        self._head = b""
        self._between = b""  # what stands from one entry's last bracket to the next one's first name
        self.recorder = Recorder()

    def runs(self) -> Iterator[Run]:
        """The entries in order.

        Raises:
            HarError: for what is no HAR, and at the place where it breaks off.
            OSError: when the source cannot be read.
        """
        at = self._open()
        index = 0
        while True:
            at = self._next(at, first=not index)
            if at < 0:
                break
            self._drop(at)
            made, at = self._run(0, index)
            yield Run(index, made)
            index += len(made)
        self._close()

    # -- before and behind the entries -----------------------------------------------------------------------------

    def _open(self) -> int:
        """Reads up to the list of entries; where its first one begins, or its end."""
        self._fill()
        if not self._data.strip(_SPACE + b"\xef\xbb\xbf"):
            raise HarError(f"{self.name} is empty. Give a recording (.har) that holds at least one exchange.")
        if self._data.startswith(b"\xef\xbb\xbf"):
            self._drop(3)
        while True:
            at = _entries_at(self._data)
            if at >= 0:
                break
            if self._ended or len(self._data) > self._longest:
                raise self._no_har()
            self._fill(double=True)
        self._head = self._data[:at]
        self.recorder = _recorder(self._head + b"]}}")
        return at

    def _close(self) -> None:
        """Reads what stands behind the entries, and looks whether the whole is JSON.

        Raises:
            HarError: when it is not.
        """
        while not self._ended and len(self._data) <= self._longest:
            self._fill(double=True)
        if not self._ended:
            return  # whatever comes after so much is no entry
        try:
            msgspec.json.decode(self._head + self._data)
        except _NOT_JSON as error:
            within = _wrong_at(self._head + self._data, error) - len(self._head)
            raise self._broken(min(max(0, within), len(self._data)), behind=True) from None
        if not self.recorder.creator:
            self.recorder = _recorder(self._head + self._data)

    def _no_har(self) -> HarError:
        """What the file is instead."""
        if len(self._data) > self._longest:
            return HarError(
                f"{self.name} is no HAR: there is no list “entries” in a “log” within its first "
                f"{self._longest >> 20} MiB. Give a recording as a browser or proxy saves it."
            )
        try:
            value = msgspec.json.decode(self._data)
        except _NOT_JSON as error:
            return self._broken(_wrong_at(self._data, error))
        kind = {list: "a list", dict: "an object", str: "a text", type(None): "null"}.get(type(value), "a number")
        if not isinstance(value, dict):
            return HarError(
                f"{self.name} is no HAR: at line 1 stands {kind}, and a HAR is an object with a “log”. "
                "Save the recording again, as HAR."
            )
        log = value.get("log")
        missing = "has no “log”" if not isinstance(log, dict) else "has a “log” without a list “entries”"
        return HarError(f"{self.name} is no HAR: the object at line 1 {missing}. Save the recording again, as HAR.")

    def _broken(self, at: int, *, behind: bool = False) -> HarError:
        """That the file is no JSON at this place of the data, or ends there."""
        place = self._place(at)
        ends = self._ended and at >= len(self._data.rstrip(_SPACE))
        if ends:
            what = "behind its entries" if behind else "before its list of entries has begun"
            return HarError(f"{self.name} breaks off {what}, at {place}. Save the recording again; this one is cut.")
        return HarError(f"{self.name} is no JSON: it cannot be read on at {place}. Save the recording again, as HAR.")

    # -- the entries -----------------------------------------------------------------------------------------------

    def _next(self, at: int, *, first: bool) -> int:
        """Where the next entry begins, behind a comma unless it is the first; -1 at the end of the list.

        Raises:
            HarError: where the file ends, or something else stands between two entries.
        """
        comma = first
        while True:
            found = _GAP.match(self._data, at)
            at = found.end() if found else at
            if at >= len(self._data):
                if not self._fill():
                    raise self._cut()
                continue
            sign = self._data[at]
            if sign == _END and (first or not comma):
                self._drop(at)
                return -1
            if sign == _COMMA and not comma:
                comma = True
                at += 1
            elif comma and sign not in (_COMMA, _END):
                return at
            else:
                raise self._broken(at)

    def _run(self, at: int, index: int) -> tuple[list[Entry | Bad], int]:
        """The next entries and where they end."""
        while len(self._data) - at < self._block and self._fill():
            pass
        cut = self._data.rfind(self._between, at) if self._between else -1
        if cut > at:
            raw = b"[" + self._data[at : cut + 1] + b"]"
            # What the decoder refuses in either way is broken, or was cut wrongly.
            with contextlib.suppress(*_NOT_JSON):
                try:
                    return [*_ENTRIES.decode(raw)], cut + 1
                except msgspec.ValidationError:
                    return self._each(_RAW.decode(raw), at, index), cut + 1
        end = self._end_of(at)
        if end < 0:
            return [self._too_long(index)], 0
        made = self._one(at, end, index)
        self._between = self._gap(end)
        return [made], end

    def _each(self, run: list[msgspec.Raw], at: int, index: int) -> list[Entry | Bad]:
        """The entries of a run of which at least one is not as usual."""
        made: list[Entry | Bad] = []
        for raw in run:
            at = self._data.find(raw, at)
            made.append(self._one(at, at + len(memoryview(raw)), index + len(made)))
            at += len(memoryview(raw))
        return made

    def _gap(self, end: int) -> bytes:
        """The bytes from an entry's closing bracket to the first name of the next entry, b"" where that is unusual."""
        while len(self._data) - end < _LONGEST_GAP and self._fill():
            pass
        found = _BETWEEN.match(self._data, end - 1)
        return found.group() if found else b""

    def _one(self, start: int, end: int, index: int) -> Entry | Bad:
        raw = self._data[start:end]
        try:
            return _ENTRY.decode(raw)
        except _NOT_JSON:
            pass
        try:
            return entry_from(_any(raw))
        except BadEntryError as error:
            return Bad(f"{self.name}: entry {index} ({self._place(start)}) {error}")
        except _NOT_JSON as error:
            raise HarError(
                f"{self.name} is no JSON: entry {index} cannot be read on at "
                f"{self._place(start + _wrong_at(raw, error))}. Save the recording again, as HAR."
            ) from None

    def _too_long(self, index: int) -> Bad:
        return Bad(
            f"{self.name}: entry {index} is longer than {self._longest >> 20} MiB and was passed over. "
            "Save the recording without contents to have it judged."
        )

    def _end_of(self, start: int) -> int:
        """Behind the value that begins there; -1 where it is too long: then the data begins behind it.

        Raises:
            HarError: where the file ends before it.
        """
        at, depth, in_text, skipped = start, 0, False, False
        plain = self._data[start] not in b'{["'
        while True:
            size = len(self._data)
            while at < size:
                if in_text:
                    text = _IN_TEXT.match(self._data, at)
                    at = text.end() if text else at
                    if at >= size or self._data[at] != _QUOTE:
                        break  # a backslash waits for what it hides
                    in_text, at = False, at + 1
                else:
                    found = (_WORD_END if plain else _BRACKET).search(self._data, at)
                    if found is None:
                        at = size
                        break
                    at = found.start() if plain else found.end()
                    in_text = found.group() == b'"'
                    depth += 0 if in_text or plain else 1 if found.group() in b"{[" else -1
                if not depth and not in_text:
                    if skipped or at - start > self._longest:
                        self._drop(at)
                        return -1
                    return at
            if skipped or at - start > self._longest:
                skipped = True
                self._drop(at)
                start = at = 0
            if not self._fill(double=True):
                raise self._cut()

    def _cut(self) -> HarError:
        at = self._place(len(self._data))
        return HarError(
            f"{self.name} breaks off within its entries, at {at}. Save the recording again; this one is cut."
        )

    # -- bytes -----------------------------------------------------------------------------------------------------

    def _fill(self, *, double: bool = False) -> bool:
        """Reads on; False at the file's end. ``double``: as much again, so that a search begun anew stays linear."""
        if self._ended:
            return False
        more = self._source.read(max(self._block, len(self._data)) if double else self._block)
        self._ended = not more
        if not self._offset and not self._data and more.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._recode = codecs.getincrementaldecoder("utf-16")("replace").decode
        if self._recode is not None:
            more = self._recode(more, self._ended).encode("utf-8", "replace")
        self._data += more
        return not self._ended or bool(more)

    def _drop(self, count: int) -> None:
        if count:
            self._lines += self._data.count(b"\n", 0, count)
            self._offset += count
            self._data = self._data[count:]

    def _place(self, at: int) -> str:
        line = self._lines + self._data.count(b"\n", 0, at) + 1
        return f"line {line:,}, byte {self._offset + at:,}"


def _wrong_at(data: bytes, error: Exception) -> int:
    """Where the decoder stopped; the end where it does not say."""
    found = _BYTE.search(str(error))
    if found:
        return int(found[1])
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return wrong.start
    return len(data)


def _any(raw: bytes) -> Any:
    """The value of whatever JSON this is. Bytes that are no UTF-8 are replaced, and halves of a surrogate pair kept.

    Raises:
        msgspec.DecodeError: when it is none.
    """
    try:
        return msgspec.json.decode(raw)
    except _NOT_JSON as error:
        try:
            # Browsers write what JavaScript calls a text, and half a pair is one there.
            return json.loads(raw.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            place = f" (byte {_wrong_at(raw, error)})" if isinstance(error, UnicodeDecodeError) else ""
            raise msgspec.DecodeError(f"{error}{place}") from None


def _entries_at(data: bytes) -> int:
    """Behind the bracket that opens the list ``log.entries``; -1 where it does not stand there, or not yet."""
    depth = lists = 0
    path, before = [b"", b""], b""
    for found in _TOKEN.finditer(data):
        token = found.group()
        match token:
            case b"{":
                depth += 1
            case b"}":
                depth -= 1
            case b"[":
                if depth == len(path) and not lists and path == [b'"log"', b'"entries"']:
                    return found.end()
                lists += 1
            case b"]":
                lists -= 1
            case b":" if not lists and 0 < depth <= len(path):
                path[depth - 1] = before
            case b'"':
                return -1  # a text that goes on behind the data
        before = token
    return -1


def _recorder(data: bytes) -> Recorder:
    try:
        log = msgspec.json.decode(data)["log"]
    except (*_NOT_JSON, KeyError, TypeError):
        return Recorder()

    def named(field: str) -> str:
        value = log.get(field)
        return str(value.get("name", ""))[:100] if isinstance(value, dict) else ""

    return Recorder(named("creator"), named("browser"))
