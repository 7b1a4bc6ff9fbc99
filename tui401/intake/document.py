"""Reads a JSON or YAML document of a stranger into plain values: bounded, without tags, without copies of aliases."""

from __future__ import annotations

import re
from typing import Any, Final

from tui401.intake.core import IntakeError

MAX_DOCUMENT: Final = 20 << 20  # bytes
MAX_NODES: Final = 4_000_000  # values of a YAML document, merged ones counted again
MAX_DEPTH: Final = 100
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TOO_DEEP: Final = f"The document is nested more than {MAX_DEPTH} levels deep, which no description of an API is."
_TOO_MANY: Final = f"The document holds more than {MAX_NODES:,} values, which is more than is read."
_POSITION: Final = re.compile(r"\(byte (\d+)\)")


def read_document(text: str) -> Any:
    """The values of a JSON or YAML document (YAML 1.1 as PyYAML reads it; its first document where it has several).

    Args:
        text: The document.

    Returns:
        dict, list, str and None; of JSON also int, float and bool. YAML's scalars stay texts, null aside. An alias is
        the very value that its anchor names, so a document that multiplies itself takes no more room than its text;
        it can hold itself, so whoever walks it bounds the walk.

    Raises:
        IntakeError: for a document that is too large or too deep, or is neither JSON nor YAML; with its line.
    """
    if len(text) > MAX_DOCUMENT or len(text.encode("utf-8", "surrogatepass")) > MAX_DOCUMENT:
        raise IntakeError(f"The document is larger than {MAX_DOCUMENT >> 20} MiB, which is more than is read.")
    text = text.removeprefix("\ufeff")
    if not text.lstrip().startswith(("{", "[")):
        return _yaml(text)
    import msgspec  # noqa: PLC0415 - only where there is a document

    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise IntakeError(_TOO_DEEP) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        try:
            return _yaml(text)  # YAML's flow style begins alike
        except IntakeError as also:
            if str(also) == _TOO_DEEP:  # how deep the JSON reader goes before it says so hangs on the caller's stack
                raise
            raise _no_json(text, error) from error


def _no_json(text: str, error: Exception) -> IntakeError:
    found = _POSITION.search(str(error))
    line = text.encode("utf-8", "surrogatepass").count(b"\n", 0, int(found[1])) + 1 if found is not None else 0
    where = f" at line {line}" if line else ""
    return IntakeError(f"The document begins as JSON and is not whole{where}. Correct it, or give another.")


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only where there is a YAML document

    # libyaml's parser, where PyYAML was built with it, is thirty times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=loader):
            match event:
                case yaml.ScalarEvent():
                    null = event.implicit[0] and event.value in _NULLS
                    building.add(None if null else event.value, event.anchor)
                case yaml.MappingStartEvent():
                    building.open({}, event.anchor)
                case yaml.SequenceStartEvent():
                    building.open([], event.anchor)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    building.close()
                case yaml.AliasEvent():
                    building.alias(event.anchor or "")
                case yaml.DocumentEndEvent():
                    break
                case _:
                    pass
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in str(error.problem):  # libyaml 0.2.6 looks ahead, and has a bound of its own
            raise IntakeError(_TOO_DEEP) from error
        mark = error.problem_mark or error.context_mark
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise IntakeError(f"The document is neither JSON nor YAML{where}. Correct it, or give another.") from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, IntakeError):
            raise
        raise IntakeError("The document is neither JSON nor YAML: it holds signs that neither has.") from error
    return building.root


class _Building:
    """Values from events, without recursion."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[Any] = []  # of each open mapping the key that waits for its value, _NO_KEY for none
        self._anchors: dict[str, Any] = {}
        self._nodes = 0

    def add(self, value: Any, anchor: str | None) -> None:
        self._count(1)
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top, list):
            top.append(value)
        elif self._keys[-1] is _NO_KEY:
            # A key that is no text names nothing that is looked up; its value still has to go somewhere.
            self._keys[-1] = value if isinstance(value, str) else "null" if value is None else _NO_TEXT
        else:
            top[self._keys[-1]] = value
            self._keys[-1] = _NO_KEY

    def _merge(self, mapping: dict[str, Any]) -> None:
        """Takes the merge key apart (yaml.org/type/merge): keys of the mapping itself win, then those named first."""
        named = mapping.pop("<<")
        for source in named if isinstance(named, list) else [named]:
            if isinstance(source, dict):
                self._count(len(source))
                for name, merged in list(source.items()):
                    mapping.setdefault(name, merged)

    def open(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.add(value, anchor)
        self._open.append(value)
        self._keys.append(_NO_KEY)
        # The parser itself is slow on deep nesting, so the bound is met while it reads.
        if len(self._open) > MAX_DEPTH:
            raise IntakeError(_TOO_DEEP)

    def close(self) -> None:
        ended = self._open.pop()
        self._keys.pop()
        if isinstance(ended, dict) and "<<" in ended:
            self._merge(ended)

    def alias(self, anchor: str) -> None:
        if anchor not in self._anchors:
            raise IntakeError("The document uses an alias before its anchor. Correct it, or give another.")
        self.add(self._anchors[anchor], None)

    def _count(self, more: int) -> None:
        self._nodes += more
        if self._nodes > MAX_NODES:
            raise IntakeError(_TOO_MANY)


_NO_KEY: Final = object()
_NO_TEXT: Final = "\x00"
