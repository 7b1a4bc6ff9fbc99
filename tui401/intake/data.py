"""Request content from curl's data options: ``-d`` and its kin, and the query that ``-G`` and ``--url-query`` make."""

from __future__ import annotations

from typing import Final

from tui401.intake.core import to_bytes
from tui401.intake.files import Files

_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LINE_ENDS: Final = bytes.maketrans(b"", b""), b"\r\n\0"


def percent_encoded(data: bytes, *, space: str = "%20") -> str:
    """Data with all but the unreserved characters of RFC 3986, section 2.3, written as ``%XX``."""
    return "".join(chr(b) if b in _UNRESERVED else space if b == 0x20 else f"%{b:02X}" for b in data)


def data(option: str, value: str, files: Files) -> bytes:
    """One piece of content, as curl's option of that long name makes it.

    Args:
        option: ``data``, ``data-ascii``, ``data-raw``, ``data-binary``, ``json`` or ``data-urlencode``.
        value: What was given to it; ``@name`` stands for a file where the option has it so.
        files: Who reads that file.

    Raises:
        IntakeError: The file cannot be read.
    """
    if option == "data-urlencode":
        return urlencoded(value, files, "--data-urlencode")
    if option == "data-raw" or not value.startswith("@"):
        return to_bytes(value)
    content = files.read(value[1:], "-d" if option == "data" else f"--{option}") or b""
    return content if option in ("data-binary", "json") else content.translate(*_LINE_ENDS)


def urlencoded(value: str, files: Files, option: str) -> bytes:
    """The five forms of ``--data-urlencode``: ``content``, ``=content``, ``name=content``, ``@file``, ``name@file``."""
    name, sign, content = _split(value)
    if sign != "@":
        encoded = percent_encoded(to_bytes(content), space="+")
    else:
        loaded = files.read(content, option)
        if not loaded:  # curl drops the name along with the empty content
            return b""
        encoded = percent_encoded(loaded, space="+")
    return to_bytes(f"{name}={encoded}" if name else encoded)


def query_part(value: str, files: Files) -> str:
    """What ``--url-query`` adds to the query: as ``--data-urlencode``, or as it stands behind a ``+``."""
    if value.startswith("+"):
        return value[1:]
    return urlencoded(value, files, "--url-query").decode("utf-8", "surrogateescape")


def joined(parts: list[tuple[str, bytes]]) -> bytes:
    """The whole content: ``&`` stands before each piece but the first, though never before one of ``--json``."""
    whole = bytearray()
    for index, (option, content) in enumerate(parts):
        if index and option != "json":
            whole += b"&"
        whole += content
    return bytes(whole)


def _split(value: str) -> tuple[str, str, str]:
    for sign in "=@":
        name, found, content = value.partition(sign)
        if found:
            return name, sign, content
    return "", "", value
