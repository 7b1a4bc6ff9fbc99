"""Reads dialect files: those of the package, and a person's own beside them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Collection, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec
import re2

from tui401.dialects.schema import MARK_BEGINS, MARKS, PLACES, Dialect

MAX_FILE: Final = 262_144  # bytes; the longest of ours has a tenth of it
MAX_PATTERN: Final = 2_000  # characters
MAX_OWN: Final = 500  # files of a person's own


class DialectError(ValueError):
    """A dialect file that cannot be used; the text is a sentence that says why and where."""


def parse(text: str, name: str, *, causes: Collection[str] | None = None, checked: bool = False) -> Dialect:
    """A dialect from the text of its TOML file.

    Args:
        text: The file's text.
        name: The file's name without ``.toml``; the dialect's own name must equal it.
        causes: The slugs that there are, None to take any.
        checked: It is one of the package's, which tests have checked; compiling each pattern alone takes half a second.

    Raises:
        DialectError: for anything that is not a dialect by ``tui401.dialects.schema``, or a pattern that RE2 refuses;
            the sentence names the file and, where it can be told, the line.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise DialectError(f"The dialect file {name}.toml is not UTF-8. Save it as UTF-8.") from error
    if size > MAX_FILE:
        raise DialectError(f"The dialect file {name}.toml is larger than {MAX_FILE} bytes; split it.")
    try:
        dialect = msgspec.convert(tomllib.loads(text), Dialect)
    except RecursionError as error:
        raise DialectError(f"The dialect file {name}.toml cannot be read: it is nested too deeply.") from error
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        where = where.strip("`")
        at = f"{name}.toml{_line(text, where)}"
        raise DialectError(f"The dialect file {at} cannot be read: {what}{' at ' + where if where else ''}.") from error
    except ValueError as error:  # of TOML itself, and of a number of thousands of digits
        raise DialectError(f"The dialect file {name}.toml cannot be read: {error}.") from error
    if dialect.name != name:
        raise DialectError(f'The dialect file {name}.toml names itself "{dialect.name}"; the two must be equal.')
    if not dialect.sources or not all(source.startswith("https://") for source in dialect.sources):
        raise DialectError(f"The dialect file {name}.toml needs at least one https source.")
    if checked:
        return dialect
    for where, pattern, named in _patterns(dialect):
        _check_pattern(f"{name}.toml{_line(text, where)}, {where}", pattern, value=named)
    for place, says in enumerate(dialect.says):
        at = f"{name}.toml{_line(text, f'says[{place}].cause')}"
        if causes is not None and says.cause and says.cause not in causes:
            raise DialectError(f'The dialect file {at} names a cause that there is not: "{says.cause}".')
        for mark in (*says.when, *says.unless):
            if mark not in MARKS and not mark.startswith(MARK_BEGINS):
                raise DialectError(f'The dialect file {at} names a mark that no request has: "{mark}".')
        if not (says.alone or dialect.recognise or dialect.generic):
            raise DialectError(f"The dialect file {at}: nothing recognises this server; add [[recognise]] or alone.")
    return dialect


def own(folder: Path, *, causes: Collection[str]) -> tuple[Dialect, ...]:
    """A person's own dialects: the TOML files of a folder, by name; () where there is no such folder.

    Args:
        folder: The folder, usually ``dialects`` in the configuration's.
        causes: The slugs that there are.

    Raises:
        DialectError: for a file that cannot be read or is none; the sentence names it.
    """
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise DialectError(f"The folder of dialects {folder} cannot be read: {error.strerror}.") from error
    found = []
    for file in files[:MAX_OWN]:
        try:
            with file.open("rb") as opened:
                text = opened.read(MAX_FILE + 1).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise DialectError(f"The dialect file {file.name} cannot be read: {why}.") from error
        found.append(parse(text, file.stem, causes=causes))
    return tuple(found)


@functools.cache
def load() -> tuple[Dialect, ...]:
    """All dialects of the package: the described ones by name, the generic ones behind them."""
    found = []
    for file in resources.files("tui401.dialects").joinpath("data").iterdir():
        if file.name.endswith(".toml"):
            found.append(parse(file.read_text(encoding="utf-8"), file.name.removesuffix(".toml"), checked=True))
    return tuple(sorted(found, key=lambda dialect: (dialect.generic, dialect.name)))


def compiled(pattern: str) -> Any:
    """The pattern compiled by RE2, letter case ignored."""
    return re2.compile(pattern, options())


def options() -> Any:
    """How all patterns of dialects are read: letter case ignored, a dot stops at a line's end, nothing logged."""
    chosen = re2.Options()
    chosen.case_sensitive = False
    chosen.log_errors = False
    chosen.max_mem = 64 << 20  # a set of all patterns outgrows RE2's own 8 MiB, and would then match nothing
    return chosen


def _patterns(dialect: Dialect) -> Iterator[tuple[str, str, bool]]:
    for place, way in enumerate(dialect.recognise):
        for name in PLACES:
            if getattr(way, name):
                yield f"recognise[{place}].{name}", getattr(way, name), False
    for place, says in enumerate(dialect.says):
        yield f"says[{place}].match", says.match, False
    for place, expects in enumerate(dialect.expects):
        yield f"expects[{place}].match", expects.match, True
    if dialect.passed:
        yield "passed", dialect.passed, False
    for place, hedge in enumerate(dialect.hedges):
        yield f"hedges[{place}]", hedge, False
    for place, key in enumerate(dialect.keys):
        if key.hosts:
            yield f"keys[{place}].hosts", key.hosts, False


_PATH: Final = re.compile(r"\$?\.?(recognise|says|expects|keys|hedges)\[(\d{1,6}|\.\.\.)\](?:\.(\w{1,40}))?")


def _line(text: str, where: str) -> str:
    """`` line 12`` for a path such as ``$.says[3].cause`` in a file's text, "" where it cannot be told."""
    found = _PATH.match(where)
    if found is None or not found[2].isdigit():
        key = where.removeprefix("$.").partition(".")[0].partition("[")[0]
        lines = [at for at, line in enumerate(text.splitlines(), 1) if key and re.match(rf"{re.escape(key)}\s*=", line)]
        return f" line {lines[0]}" if lines else ""
    table, wanted, key = found[1], int(found[2]), found[3]
    seen, begin = -1, 0
    for at, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line):
            seen += 1
            if seen == wanted:
                begin = at
        elif begin and line.lstrip().startswith("["):
            break
        elif begin and key and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return f" line {at}"
    return f" line {begin}" if begin else ""


def _check_pattern(where: str, pattern: str, *, value: bool) -> None:
    if not pattern or len(pattern) > MAX_PATTERN:
        raise DialectError(f"The pattern at {where} is empty or longer than {MAX_PATTERN} characters.")
    try:
        groups = compiled(pattern).groupindex
    except re2.error as error:
        raise DialectError(f"The pattern at {where} is refused by RE2: {error}.") from error
    if value and "value" not in groups:
        raise DialectError(f"The pattern at {where} needs a group (?P<value>…) for what is expected.")
