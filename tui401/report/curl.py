"""The curl line that asks the same again, with variables in place of the secrets. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.facts import Facts
from tui401.report.parts import Line, Section
from tui401.wire.visible import is_visible, visible

_OF_THE_CLIENT: Final = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding", "expect"}
)
_MARK: Final = re.compile(r"‹(secret-\d{1,6}|hidden)›")
_NO_TEXT: Final = re.compile(r"\([0-9,]+ bytes that are no text\)")
_BARE: Final = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_IN_DOUBLE: Final = re.compile(r"[A-Za-z0-9@%+=:,./_?&;()<>{}|~*#'\[\]^ -]*")
_LONGEST: Final = 8_000


def again(facts: Facts) -> Section:
    """The line, and what its variables stand for; an empty section where no request is known."""
    request = facts.request
    if not request.url:
        return Section(title=TITLE)
    main = facts.credential.name if facts.credential is not None else ""
    words = ["curl", "-i"]
    if request.method == "HEAD":
        words = ["curl", "--head"]
    elif request.method != ("POST" if request.body else "GET"):
        words += ["-X", _word(request.method, main)]
    words.append(_word(request.url, main))
    headers = [h for h in request.headers if h.name.lower() not in _OF_THE_CLIENT and (h.name, h.value) != _ACCEPT]
    for header in headers:
        words += ["-H", _word(f"{header.name}: {header.value}", main)]
    texts = [request.url, *(h.value for h in headers)]
    lines = []
    if _NO_TEXT.fullmatch(request.body):
        lines.append(Line(text=f"The body is left out: {request.body.strip('()')}"))
    elif request.body:
        words += ["--data-raw", _word(request.body, main)]
        texts.append(request.body)
    names = dict.fromkeys(name for text in texts for name in _MARK.findall(text))
    lines = [Line(text=f"${_variable(name, main)} stands for ‹{name}›") for name in names] + lines
    line = " ".join(words)
    if any(text.endswith("…") for text in texts) or len(line) > _LONGEST:
        lines.append(Line(text="The line is not whole: something in it was too long to be kept"))
    return Section(title=TITLE, lines=tuple(lines), code=(visible(line, _LONGEST),))


TITLE: Final = "To reproduce"
_ACCEPT: Final = ("Accept", "*/*")


def _variable(name: str, main: str) -> str:
    return "TOKEN" if name == main else name.replace("-", "_").upper()


def _word(text: str, main: str) -> str:
    """One word for bash and zsh: nothing in it expands but the variables that stand for secrets."""
    if _BARE.fullmatch(text):
        return text
    pieces = _MARK.split(text)
    between = pieces[::2]
    if len(pieces) > 1 and all(_IN_DOUBLE.fullmatch(piece) for piece in between):
        made = [between[0]]
        for name, after in zip(pieces[1::2], between[1:], strict=True):
            variable = _variable(name, main)
            made.append((f"${{{variable}}}" if after[:1].isalnum() or after[:1] == "_" else f"${variable}") + after)
        return '"' + "".join(made) + '"'
    made = []
    for place, piece in enumerate(pieces):
        made.append(f'"${_variable(piece, main)}"' if place % 2 else _quoted(piece))
    return "".join(made) or "''"


def _quoted(text: str) -> str:
    """The text in single quotes, or in ``$'…'`` where it has signs that do not show."""
    if is_visible(text):
        return "'" + text.replace("'", "'\\''") + "'" if text else ""
    made = []
    for sign in text:
        if sign in "\\'":
            made.append("\\" + sign)
        elif is_visible(sign):
            made.append(sign)
        else:
            made.append(_NAMED.get(sign) or (f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"))
    return "$'" + "".join(made) + "'"


_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
