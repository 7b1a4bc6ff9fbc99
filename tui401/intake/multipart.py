"""Multipart content from curl's ``-F`` (RFC 7578), byte for byte as curl writes it but for the boundary."""

from __future__ import annotations

import base64
import quopri
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import IntakeError, to_bytes, to_text
from tui401.intake.files import Files
from tui401.intake.settings import Given

_TYPES: Final = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".htm": "text/html",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
}
_OCTETS: Final = "application/octet-stream"
_MEDIA_TYPE: Final = re.compile(r"[^/ ]{1,127}/[^;, \n]{1,127}")
_SPACE: Final = " \t\r\n\v\f"
_MAX_DEPTH: Final = 20


@dataclass(slots=True, repr=False)
class _Part:
    """One part. It may hold secrets, so it has no repr; it does not outlive the reading."""

    name: str | None = None
    content: bytes = b""
    is_file: bool = False
    file_name: str | None = None
    media_type: str | None = None
    encoder: str | None = None
    headers: list[str] = field(default_factory=list)
    parts: list[_Part] | None = None
    path: str = ""


@dataclass(slots=True, repr=False)
class _Word:
    """What `_parameters` reads behind the first ``=`` of one ``-F``."""

    text: str = ""
    media_type: str | None = None
    file_name: str | None = None
    encoder: str | None = None
    headers: list[str] = field(default_factory=list)
    comma: bool = False
    end: int = 0


def build(forms: list[Given], files: Files, *, form: bool = True, escape: bool = False) -> tuple[str, bytes]:
    """The boundary and the content that these options make.

    Args:
        forms: Values of ``-F`` and ``--form-string`` in order.
        files: Who reads the files that they name.
        form: The whole is multipart/form-data; in another kind, parts are attachments.
        escape: curl's ``--form-escape``: backslashes in place of percent signs in names.

    Raises:
        IntakeError: A value without ``=``, a content type that is none, a group that is not closed, an unreadable file.
    """
    root: list[_Part] = []
    stack = [root]
    for given in forms:
        _add(given, stack, files)
    boundary = "-" * 24 + secrets.token_hex(8)
    return boundary, _written(root, boundary, form=form, escape=escape)


def _add(given: Given, stack: list[list[_Part]], files: Files) -> None:
    name, equals, value = given.text.partition("=")
    if not equals:
        raise IntakeError("-F wants name=content, and one has no “=”. Correct it.")
    literal = given.option == "form-string"
    current = stack[-1]
    if literal:
        current.append(_Part(name or None, to_bytes(value)))
    elif value.startswith("("):
        if len(stack) > _MAX_DEPTH:
            raise IntakeError("-F opens more than twenty groups inside each other. Use fewer.")
        word = _parameters(value, 0, "", files)
        part = _Part(name or None, media_type=word.media_type, headers=word.headers, parts=[])
        current.append(part)
        stack.append(part.parts if part.parts is not None else [])
    elif not name and value == ")":
        if len(stack) == 1:
            raise IntakeError("-F '=)' closes a group that was never opened. Take it out.")
        stack.pop()
    elif value.startswith("@"):
        _add_files(name, value, current, files)
    else:
        word = _parameters(value, 1 if value.startswith("<") else 0, "", files)
        content = files.read(word.text, "-F") or b"" if value.startswith("<") else to_bytes(word.text)
        part = _Part(name or None, content, media_type=word.media_type, encoder=word.encoder, headers=word.headers)
        part.file_name = word.file_name if not value.startswith("<") else None
        current.append(part)


def _add_files(name: str, value: str, current: list[_Part], files: Files) -> None:
    found: list[_Part] = []
    at, more = 0, True
    while more:
        word = _parameters(value, at + 1, ",", files)
        content = files.read(word.text, "-F") or b""
        shown = word.file_name
        if shown is None:
            shown = "-" if word.text == "-" else re.split(r"[/\\]" if "\\" in word.text else "/", word.text)[-1]
        found.append(
            _Part(None, content, word.text != "-", shown, word.media_type, word.encoder, word.headers, path=word.text)
        )
        at, more = word.end, word.comma
    if len(found) == 1:
        found[0].name = name or None
        current.append(found[0])
    else:
        current.append(_Part(name or None, parts=found))


def _parameters(text: str, at: int, stop: str, files: Files) -> _Word:
    """Reads ``content;type=…;filename=…;headers=…;encoder=…`` from an offset on, up to the end or to a comma."""
    word = _Word()
    word.text, at = _one(text, _skip(text, at), stop)
    in_type = False
    while at < len(text) and text[at] == ";":
        at = _skip(text, at + 1)
        key = text[at : at + 9].lower()
        if not in_type and key.startswith("type="):
            at = _skip(text, at + 5)
            media = _MEDIA_TYPE.match(text, at)
            if not media:
                raise IntakeError("-F has a type= that is no media type such as text/plain. Correct it.")
            end = _until(text, media.end(), stop)
            word.media_type, at, in_type = text[at:end].rstrip(_SPACE), end, True
        elif key.startswith("filename="):
            word.file_name, at = _one(text, _skip(text, at + 9), stop)
            in_type = False
        elif key.startswith("headers="):
            at = _headers(text, at + 8, stop, word, files)
            in_type = False
        elif key.startswith("encoder="):
            word.encoder, at = _one(text, _skip(text, at + 8), stop)
            in_type = False
        elif in_type:  # a parameter of the media type
            end = _until(text, at, stop)
            word.media_type, at = f"{word.media_type};{text[at:end].rstrip(_SPACE)}", end
        else:
            _, at = _one(text, at, stop)  # curl skips what it does not know
    word.comma, word.end = at < len(text) and bool(stop) and text[at] == stop, at
    return word


def _headers(text: str, at: int, stop: str, word: _Word, files: Files) -> int:
    if text[at : at + 1] not in ("@", "<"):
        line, at = _one(text, _skip(text, at), stop)
        word.headers.append(line)
        return at
    name, at = _one(text, _skip(text, at + 1), stop)
    for line in to_text(files.read(name, "-F …;headers=@…") or b"").replace("\r", "").split("\n"):
        if line.startswith(" ") and word.headers:
            word.headers[-1] += line
        elif line.strip() and not line.startswith("#"):
            word.headers.append(line.rstrip())
    return at


def _one(text: str, at: int, stop: str) -> tuple[str, int]:
    """One word: in double quotes with backslashes, or bare up to ``;`` or the stop sign."""
    if text.startswith('"', at):
        made: list[str] = []
        here = at + 1
        while here < len(text):
            char = text[here]
            if char == "\\" and text[here + 1 : here + 2] in ("\\", '"') and here + 1 < len(text):
                made.append(text[here + 1])
                here += 2
            elif char == '"':
                return "".join(made), _until(text, here + 1, stop)
            else:
                made.append(char)
                here += 1
    end = _until(text, at, stop)
    return text[at:end].rstrip(_SPACE), end


def _until(text: str, at: int, stop: str) -> int:
    ends = [end for end in (text.find(";", at), text.find(stop, at) if stop else -1) if end >= 0]
    return min(ends, default=len(text))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _written(parts: list[_Part], boundary: str, *, form: bool, escape: bool) -> bytes:
    made = bytearray()
    for part in parts:
        made += to_bytes(f"--{boundary}\r\n")
        content = part.content
        inner = ""
        if part.parts is not None:
            inner = "-" * 24 + secrets.token_hex(8)
            content = _written(part.parts, inner, form=False, escape=escape)
        for line in _part_headers(part, inner, form=form, escape=escape):
            made += to_bytes(f"{line}\r\n")
        made += b"\r\n" + _encoded(part.encoder, content) + b"\r\n"
    made += to_bytes(f"--{boundary}--\r\n")
    return bytes(made)


def _part_headers(part: _Part, inner: str, *, form: bool, escape: bool) -> list[str]:
    lines: list[str] = []
    own = {line.partition(":")[0].strip().lower() for line in part.headers}
    media_type = part.media_type or _header_value(part.headers, "content-type") or _guessed(part)
    if "content-disposition" not in own:
        disposition = "form-data" if form else "attachment"
        if form or part.name is not None or part.file_name is not None:
            name = f'; name="{_escaped(part.name, escape=escape)}"' if part.name is not None else ""
            file = f'; filename="{_escaped(part.file_name, escape=escape)}"' if part.file_name is not None else ""
            lines.append(f"Content-Disposition: {disposition}{name}{file}")
    if media_type:
        lines.append(f"Content-Type: {media_type}" + (f"; boundary={inner}" if inner else ""))
    if part.encoder and "content-transfer-encoding" not in own:
        lines.append(f"Content-Transfer-Encoding: {part.encoder}")
    lines += [line for line in part.headers if not line.lower().startswith("content-type:")]
    return lines


def _header_value(headers: list[str], name: str) -> str | None:
    return next((h.partition(":")[2].strip() for h in headers if h.partition(":")[0].strip().lower() == name), None)


def _guessed(part: _Part) -> str | None:
    """The media type that curl guesses from a file's name; plain text without a file name goes without."""
    if part.parts is not None:
        return "multipart/mixed"
    for name in (part.file_name, part.path):
        dot = (name or "").rfind(".")
        if dot >= 0 and (name or "")[dot:].lower() in _TYPES:
            guess = _TYPES[(name or "")[dot:].lower()]
            return None if guess == "text/plain" and part.file_name is None else guess
    return _OCTETS if part.is_file and part.file_name is not None else None


def _escaped(name: str | None, *, escape: bool) -> str:
    text = name or ""
    if escape:
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _encoded(encoder: str | None, content: bytes) -> bytes:
    match (encoder or "").lower():
        case "" | "binary" | "8bit" | "7bit":
            return content
        case "base64":
            return base64.encodebytes(content).rstrip(b"\n").replace(b"\n", b"\r\n")
        case "quoted-printable":
            return quopri.encodestring(content).replace(b"\n", b"\r\n")
        case _:
            raise IntakeError("-F has an encoder= that curl does not know. Use base64 or quoted-printable.")
