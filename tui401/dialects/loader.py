"""Reads dialect files: those of the package, and a person's own beside them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

import msgspec
import re2

from tui401.dialects.schema import Dialect

MAX_FILE: Final = 262_144  # bytes; the longest of ours has a tenth of it
MAX_PATTERN: Final = 2_000  # characters


class DialectError(ValueError):
    """A dialect file that cannot be used; the text is a sentence that says why and where."""


def parse(text: str, name: str) -> Dialect:
    """A dialect from the text of its TOML file.

    Args:
        text: The file's text.
        name: The file's name without ``.toml``; the dialect's own name must equal it.

    Raises:
        DialectError: for anything that is not a dialect by ``tui401.dialects.schema``, or a pattern that RE2 refuses.
    """
    if len(text.encode()) > MAX_FILE:
        raise DialectError(f"The dialect file {name}.toml is larger than {MAX_FILE} bytes; split it.")
    try:
        dialect = msgspec.convert(tomllib.loads(text), Dialect)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DialectError(f"The dialect file {name}.toml cannot be read: {error}.") from error
    if dialect.name != name:
        raise DialectError(f'The dialect file {name}.toml names itself "{dialect.name}"; the two must be equal.')
    if not dialect.sources or not all(source.startswith("https://") for source in dialect.sources):
        raise DialectError(f"The dialect file {name}.toml needs at least one https source.")
    for where, pattern, named in _patterns(dialect):
        _check_pattern(f"{name}.toml, {where}", pattern, value=named)
    return dialect


@functools.cache
def load() -> tuple[Dialect, ...]:
    """All dialects of the package: the described ones by name, the generic ones behind them."""
    found = []
    for file in resources.files("tui401.dialects").joinpath("data").iterdir():
        if file.name.endswith(".toml"):
            found.append(parse(file.read_text(encoding="utf-8"), file.name.removesuffix(".toml")))
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
        for name in ("host", "path", "header", "challenge", "body"):
            if getattr(way, name):
                yield f"recognise[{place}].{name}", getattr(way, name), False
    for place, says in enumerate(dialect.says):
        yield f"says[{place}].match", says.match, False
    for place, expects in enumerate(dialect.expects):
        yield f"expects[{place}].match", expects.match, True
    for place, hedge in enumerate(dialect.hedges):
        yield f"hedges[{place}]", hedge, False
    for place, key in enumerate(dialect.keys):
        if key.hosts:
            yield f"keys[{place}].hosts", key.hosts, False


def _check_pattern(where: str, pattern: str, *, value: bool) -> None:
    if not pattern or len(pattern) > MAX_PATTERN:
        raise DialectError(f"The pattern at {where} is empty or longer than {MAX_PATTERN} characters.")
    try:
        groups = compiled(pattern).groupindex
    except re2.error as error:
        raise DialectError(f"The pattern at {where} is refused by RE2: {error}.") from error
    if value and "value" not in groups:
        raise DialectError(f"The pattern at {where} needs a group (?P<value>…) for what is expected.")
