"""Texts out of XML and HTML, by one pass over tags: no entity is defined, nothing is fetched, no tree is built."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

_MAX_DEPTH: Final = 40
_MAX_NAME: Final = 80

_PIECE: Final = re.compile(
    r"<!\[CDATA\[(?P<cdata>(?:[^\]]|\](?!\]>))*+)(?:\]\]>)?"
    r"|<!--(?:[^-]|-(?!->))*+(?:-->)?"
    r"|<\?[^>]*+>?"
    r"|<!(?:[^>\[]|\[[^\]]*+\]?)*+>?"
    r"|<(?P<close>/)?(?P<name>[A-Za-z_][^\s/>]*+)(?P<attributes>[^>]*+)>?"
    r"|(?P<text>[^<]++)|<"
)
_ATTRIBUTE: Final = re.compile(r"(?<![\w.:-])([A-Za-z_][\w.:-]{0,79}+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_TELLING_ATTRIBUTES: Final = frozenset(
    {"code", "type", "message", "reason", "status", "name", "id", "errorcode", "value"}
)
# Elements whose content is no text to read, each with the pattern of its end.
_SKIPPED: Final = {
    tag: re.compile(f"</{tag}[^>]*+>?", re.IGNORECASE) for tag in ("script", "style", "svg", "noscript", "template")
}
_HEADINGS: Final = frozenset({"title", "h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE: Final = frozenset(
    {"a", "b", "i", "em", "strong", "span", "code", "tt", "u", "small", "font", "abbr", "sup", "sub"}
)


def xml_texts(text: str) -> Iterator[tuple[str, str]]:
    """Path and text of every element that has text, and of attributes that name a code, a type or a message.

    Paths are names with dots, without namespace prefixes: "Error.Code", "Envelope.Body.Fault.faultstring",
    "Error@code". Only predefined entities and character references are resolved.
    """
    path: list[str] = []
    hidden = 0  # elements deeper than the bound, which have no path of their own
    for piece in _PIECE.finditer(text):
        name = piece["name"]
        if name is None:
            said = piece["cdata"] if piece["cdata"] is not None else _plain(piece["text"] or "")
            if said and not said.isspace():
                yield ".".join(path) or "text", said
        elif piece["close"]:
            if hidden:
                hidden -= 1
            elif path:
                path.pop()
        else:
            attributes = piece["attributes"]
            local = name.rpartition(":")[2][:_MAX_NAME]
            if len(path) >= _MAX_DEPTH:
                hidden += not attributes.endswith("/")
                continue
            path.append(local)
            for found in _ATTRIBUTE.finditer(attributes):
                key = found.group(1).rpartition(":")[2]
                if key.lower() in _TELLING_ATTRIBUTES:
                    yield f"{'.'.join(path)}@{key}", _plain(found.group(2) or found.group(3) or "")
            if attributes.endswith("/") or piece.group().endswith("/>"):
                path.pop()


def html_texts(text: str) -> Iterator[tuple[str, str]]:
    """The title, headings and visible text of a page, under "title", "h1" … "h6" and "text"."""
    where, run, at = "text", list[str](), 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:  # cannot be: every character begins a piece
            return
        at = piece.end()
        name = piece["name"]
        if name is None:
            run.append(_plain(piece["text"] or ""))
            continue
        tag = name.lower()
        if tag in _SKIPPED and not piece["close"] and not piece["attributes"].endswith("/"):
            end = _SKIPPED[tag].search(text, at)
            if end is None:
                break
            at = end.end()
        elif tag in _HEADINGS:
            yield where, _joined(run)
            run, where = [], "text" if piece["close"] else tag
        elif tag not in _INLINE and where == "text":
            yield where, _joined(run)
            run = []
        elif tag not in _INLINE:
            run.append(" ")
    yield where, _joined(run)


def _joined(run: list[str]) -> str:
    return " ".join("".join(run).split())


def _plain(text: str) -> str:
    return html.unescape(text) if "&" in text else text
