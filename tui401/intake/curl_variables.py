"""curl's own variables (since 8.3): ``--variable`` sets one, ``--expand-…`` puts ``{{name:function}}`` into a value."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import IntakeError, plain, to_bytes, to_text
from tui401.intake.data import percent_encoded
from tui401.intake.files import Files

_SET: Final = re.compile(
    r"(%?)([A-Za-z0-9_]{1,128})(?:\[([0-9]{1,18})(?:-([0-9]{0,18}))?\])?(?:([=@])(.*))?", re.DOTALL
)
_USE: Final = re.compile(r"\\\{\{|\{\{([A-Za-z0-9_]{1,128})((?::[a-z0-9]{1,10})*(?:,[a-z0-9]{1,10})*)\}\}")
_SPACE: Final = b" \t\n\v\f\r"


@dataclass(slots=True, repr=False)
class Variables:
    """The variables of one command line. Their values may be secrets, so it has no repr."""

    files: Files
    values: dict[str, bytes] = field(default_factory=dict)
    from_environment: set[str] = field(default_factory=set)

    def set(self, text: str) -> None:
        """Takes one value of ``--variable``: ``name=content``, ``name@file``, ``%NAME``, ``%NAME=otherwise``.

        Raises:
            IntakeError: It is none of these, the environment lacks it, or the file cannot be read.
        """
        found = _SET.fullmatch(text)
        if not found or not (found[1] or found[5]):
            raise IntakeError("--variable wants name=content, name@file or %NAME. Correct it.")
        imported, name, start, end, sign, content = found.groups()
        env = self.files.world.env
        if imported and name in env:
            value = to_bytes(env[name])
            self.from_environment.add(name)
        elif sign == "@":
            value = self.files.read(content, "--variable") or b""
        elif sign == "=":
            value = to_bytes(content)
        else:
            raise IntakeError(
                f"--variable wants {plain(name) or 'a variable'} from the environment; it is not set there."
            )
        if start is not None:
            value = value[int(start) : int(end) + 1 if end else None]
        self.values[name] = value

    def expand(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text with its variables put in, and the names of those that came from the environment.

        Raises:
            IntakeError: A function is none of curl's, or a value holds a null byte.
        """
        used: list[str] = []

        def put(match: re.Match[str]) -> str:
            if match[1] is None:
                return "{{"
            value = self.values.get(match[1], b"")
            if match[1] in self.from_environment:
                used.append(match[1])
            for function in re.split(r"[:,]", match[2])[1:]:
                value = _applied(function, value)
            if b"\0" in value:
                raise IntakeError("A variable of --variable holds a null byte. Use its b64 or url function.")
            return to_text(value)

        return _USE.sub(put, text), tuple(used)


def _applied(function: str, value: bytes) -> bytes:
    match function:
        case "trim":
            return value.strip(_SPACE)
        case "json":
            return to_bytes(json.dumps(to_text(value), ensure_ascii=False)[1:-1])
        case "url":
            return percent_encoded(value).encode("ascii")
        case "b64":
            return base64.b64encode(value)
        case "64dec":
            try:
                return base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                return b"[64dec-fail]"
        case _:
            raise IntakeError(
                "An --expand- option uses a function that curl does not have. It has trim, json, url, b64."
            )
