from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.offline.hars import entry, har
from tui401.intake.harentry import BadEntryError, Entry, hop_of
from tui401.intake.harfile import Bad, HarError, HarFile

ONE = entry(401, '{"error": "\\u00e9 \\" } , { [ \\\\"}', url="https://api.example.com/{[}]")


def read(data: bytes, block: int = 1 << 20, longest: int = 64 << 20) -> list[Entry | Bad]:
    file = HarFile(io.BytesIO(data), "x.har", block=block, longest=longest)
    return [one for run in file.runs() for one in run.entries]


def urls(found: list[Entry | Bad]) -> list[str]:
    return [one.request.url if isinstance(one, Entry) else "bad" for one in found]


def many(count: int) -> list[dict[str, Any]]:
    return [entry(401, "x" * (place % 700), url=f"https://api.example.com/{place}") for place in range(count)]


@pytest.mark.parametrize("block", [64, 1_000, 20_000, 1 << 20])
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_every_entry_comes_once_and_in_order_wherever_blocks_end(block: int, indent: int | None) -> None:
    entries = [*many(40), ONE, *many(3)]
    found = read(json.dumps(har(entries), indent=indent).encode(), block)
    assert urls(found) == [one["request"]["url"] for one in entries]


def test_entries_that_begin_otherwise_and_hold_the_same_names_inside_are_told_apart() -> None:
    inner = {"startedDateTime": "x", "list": [{"startedDateTime": "y"}, {"startedDateTime": "z"}]}
    entries: list[Any] = []
    for place, one in enumerate(many(60)):
        one["_custom"] = [inner, inner]
        entries.append(dict(reversed(one.items())) if place % 3 else one)
    assert urls(read(json.dumps(har(entries)).encode(), 4_000)) == [one["request"]["url"] for one in entries]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_encoding_that_shells_write_is_read(coding: str) -> None:
    data = json.dumps(har([ONE]), ensure_ascii=False).encode(coding)
    assert urls(read(data)) == [ONE["request"]["url"]]


def test_who_recorded_is_known_even_behind_the_entries() -> None:
    before = HarFile(io.BytesIO(json.dumps(har([ONE], "A")).encode()), "x")
    next(before.runs())
    assert before.recorder.creator == "A"
    log = {"log": {"entries": [ONE], "browser": {"name": "B"}, "creator": {"name": "C"}}}
    behind = HarFile(io.BytesIO(json.dumps(log).encode()), "x")
    list(behind.runs())
    assert (behind.recorder.creator, behind.recorder.browser) == ("C", "B")


# -- what is no HAR ----------------------------------------------------------------------------------------------------

WHOLE = json.dumps(har(many(3)), indent=1).encode()
NO_HAR = {
    b"": "is empty",
    b" \n ": "is empty",
    b"[]": "a list",
    b'"x"': "a text",
    b"12": "a number",
    b"null": "null",
    b"<html>": "no JSON: it cannot be read on at line 1, byte 0",
    b'{"log": ': "breaks off before its list of entries has begun, at line 1, byte 8",
    b"{}": "has no “log”",
    b'{"log": []}': "has no “log”",
    b'{"log": {"entries": {}}}': "without a list “entries”",
    b'{"entries": []}': "has no “log”",
    b'{"x": {"log": {"entries": []}}}': "has no “log”",
    b'{"log": {"entries": [': "breaks off within its entries, at line 1, byte 21",
    b'{"log": {"entries": [{}': "breaks off within its entries",
    b'{"log": {"entries": [{},]}}': "cannot be read on at line 1, byte 24",
    b'{"log": {"entries": [,{}]}}': "cannot be read on at line 1, byte 21",
    b'{"log": {"entries": [{} {}]}}': "cannot be read on at line 1, byte 24",
    b'{"log": {"entries": [{"a" 1}]}}': "entry 0 cannot be read on at line 1, byte 26",
    b'{"log": {"entries": []': "breaks off behind its entries",
    WHOLE[:900]: "breaks off within its entries, at line 45, byte 900",
    WHOLE[:-3]: "breaks off behind its entries",
}


@pytest.mark.parametrize("data", NO_HAR, ids=lambda data: data[:30].decode())
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_what_is_no_har_is_told_with_its_place(data: bytes, block: int) -> None:
    with pytest.raises(HarError) as told:
        read(data, block)
    assert NO_HAR[data] in str(told.value)
    assert str(told.value).startswith("x.har ")
    assert str(told.value).endswith(".")


def test_what_stands_before_a_broken_place_was_read() -> None:
    runs = HarFile(io.BytesIO(WHOLE[:2_000]), "x.har", block=64).runs()
    first = next(runs)
    assert urls(first.entries) == ["https://api.example.com/0"]
    with pytest.raises(HarError):
        list(runs)


# -- entries that cannot be judged -------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Any, str]] = {
    "null": (None, "is null"),
    "a number": (7, "is a number"),
    "a text": ("}{", "is a text"),
    "a list": ([{}], "is a list"),
    "nothing": ({}, "has no request"),
    "no response": ({"request": {"url": "https://x"}}, "has no response"),
    "a response that is none": ({"request": {"url": "https://x"}, "response": 1}, "has no response"),
    "no address": ({"request": {}, "response": {"status": 401}}, "has a request without a “url”"),
    "no status": ({"request": {"url": "https://x"}, "response": {}}, "has a response without a “status”"),
    "a status of letters": ({"request": {"url": "x"}, "response": {"status": "x"}}, "without a “status”"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_a_wrong_entry_is_told_with_its_place_and_the_others_are_read(name: str, block: int) -> None:
    wrong, words = WRONG[name]
    data = json.dumps(har([*many(2), wrong, *many(4)]), indent=1).encode()
    found = read(data, block)
    assert urls(found) == [*(f"https://api.example.com/{n}" for n in (0, 1)), "bad", *urls(found)[3:]]
    assert len(found) == 7
    (bad,) = [one for one in found if isinstance(one, Bad)]
    line = int(bad.says.partition("line ")[2].partition(",")[0])
    assert f"entry 2 (line {line}, byte " in bad.says
    assert words in bad.says
    beginning = json.dumps(wrong)[0]
    assert data.split(b"\n")[line - 1].strip().startswith(beginning.encode())


TYPES = st.sampled_from([None, True, 0, -1, 1e300, "", "x", [], {}, [1], {"a": 1}, [[]], "401", "é\ud800"])


@settings(max_examples=300)
@given(st.data())
def test_whatever_stands_in_the_place_of_a_value_nothing_breaks(data: st.DataObject) -> None:
    one = json.loads(json.dumps(ONE))
    here: Any = one
    while isinstance(here, dict | list) and here and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[key], dict | list) or data.draw(st.booleans()):
            here[key] = data.draw(TYPES)
            break
        here = here[key]
    for found in read(json.dumps(har([one, ONE])).encode()):
        if isinstance(found, Entry):
            with contextlib.suppress(BadEntryError):
                hop_of(found)


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=6), st.integers(0, 40))
@example(0, b"", 0)
def test_whatever_is_cut_out_or_put_in_ends_with_entries_or_a_sentence(at: int, junk: bytes, gone: int) -> None:
    with contextlib.suppress(HarError):
        read(WHOLE[:at] + junk + WHOLE[at + gone :], 256)


# -- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", ['"', "\\", "{", "]", '\\"}'])
def test_an_entry_that_is_too_long_is_passed_over_with_a_sentence(junk: str) -> None:
    long = entry(200, junk * 60_000, url="https://api.example.com/long")
    data = json.dumps(har([*many(2), long, *many(3)])).encode()
    found = read(data, 512, longest=40_000)
    assert urls(found)[:3] == ["https://api.example.com/0", "https://api.example.com/1", "bad"]
    assert urls(found)[3:] == [f"https://api.example.com/{n}" for n in range(3)]
    assert "entry 2 is longer than" in next(one.says for one in found if isinstance(one, Bad))


class Endless(io.RawIOBase):
    """A recording of many entries that is never in memory as a whole."""

    def __init__(self, count: int) -> None:
        self._parts = self._made(count)
        self._held = b""

    def _made(self, count: int) -> Iterator[bytes]:
        yield b'{"log": {"creator": {"name": "x"}, "entries": ['
        text = json.dumps(entry(200, "x" * 20_000)).encode()
        for place in range(count):
            yield (b"," if place else b"") + text
        yield b"]}}"

    def read(self, size: int = -1) -> bytes:
        while len(self._held) < size:
            more = next(self._parts, b"")
            if not more:
                break
            self._held += more
        taken, self._held = self._held[:size], self._held[size:]
        return taken


def peak(count: int) -> int:
    file = HarFile(Endless(count), "x", block=1 << 16)  # type: ignore[arg-type] # it reads
    tracemalloc.start()
    try:
        assert sum(len(run.entries) for run in file.runs()) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_entries() -> None:
    assert peak(1_500) < 1.3 * peak(150) + 100_000
