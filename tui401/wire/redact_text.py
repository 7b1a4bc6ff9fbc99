"""Where secrets stand in text by its grammar and by their looks: addresses, assignments, markup, JSON, forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, unquote_plus

from tui401.wire import fields, schemes
from tui401.wire.mapped import Mapped
from tui401.wire.placeholder import is_placeholder
from tui401.wire.secretnames import Weight, weigh
from tui401.wire.shapes import RUN, SURE, is_bare_value, is_plain, is_random, is_refusal
from tui401.wire.urlkeys import path_keys


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text: its offsets, its decoded value, and how surely it is one."""

    start: int
    end: int
    value: str = field(repr=False)
    weight: Weight = Weight.TOKEN


_URL: Final = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]{1,20}:(?://|\\/\\/)[^\s"'<>`{}|^]++""")
_ASSIGNED: Final = re.compile(
    r"""(?<![A-Za-z0-9_.-])([A-Za-z_][A-Za-z0-9_.-]{1,60}+)\\?["']?[ \t]{0,3}(=>|[:=])[ \t]{0,3}"""
    r"""(?:\\?"([^"\\\r\n]{1,4000}+)\\?"|'([^'\r\n]{1,4000}+)'|([^\s"'&,;<>()\[\]{}\\]{3,}+))"""
)
_AFTER_SCHEME: Final = re.compile(
    r"\b(?:bearer|basic|dpop|token|apikey|api-key|negotiate|ntlm|kerberos|ssws|jwt|bot)[ \t]{1,3}"
    r"""["'<]?([A-Za-z0-9._~+/=:-]{8,}+)""",
    re.IGNORECASE,
)
_ELEMENT: Final = re.compile(
    r"<(?:[A-Za-z0-9_-]{1,40}:)?([A-Za-z_][A-Za-z0-9_.-]{1,60}+)(?:\s[^<>]{0,500}+)?>([^<>]++)<"
)
_TAG: Final = re.compile(r"<(?:input|meta|param|setting|add)\b([^<>]{0,2000}+)>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([A-Za-z-]{2,20}+)\s{0,3}=\s{0,3}(?:"([^"]*+)"|'([^']*+)')""")
_USER_OPTION: Final = re.compile(r"""(?<!\S)(?:-u|--(?:proxy-)?user)[ =]["']?[^\s"':]{1,200}+:([^\s"']++)""")
_ENCODED: Final = re.compile(r"""(?<![^\s"'<>&=?#;,])[^\s"'<>&=?#;,%]*+%[^\s"'<>&=?#;,]*+""")
"""One value with percent signs in it."""
_OF_ADDRESS: Final = re.compile(r"%(?:3[ADad]|25)")  # a colon, a sign of equality, a percent sign
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_LAYERS: Final = 3  # of percent-encoding that are taken off
_QUERY_PAIR: Final = re.compile(r"[^&#]++")
_KEY_ID: Final = re.compile(r"[^/%]*+")
_ID_BEFORE: Final = re.compile(
    r"(?:\bsha\d{1,3}|\bkid|key ?id|request.?id|trace.?id|correlation.?id|id)\W{1,5}\Z", re.IGNORECASE
)
_AUTHORITY: Final = re.compile(r"[^/?#\\]*+")
_PATH_WORD: Final = re.compile(r"[a-z]{3,}|v\d{1,2}|aws4_request", re.IGNORECASE)


def in_text(
    text: str, *, identifier: bool = False, skip: list[tuple[int, int]] | None = None, layers: int = _LAYERS
) -> Iterator[Found]:
    """Secrets in any text, by their looks and by the names that stand before them.

    Args:
        text: The text.
        identifier: It is the value of something that identifies, so only what surely is a secret counts.
        skip: Spans of identifiers, for the same.
        layers: How often what is percent-encoded in it is decoded and searched as well.
    """
    for found in SURE.finditer(text):
        yield Found(found.start(), found.end(), found.group(), Weight.ALWAYS)
    if "://" in text or ":\\/\\/" in text:
        for found in _URL.finditer(text):
            yield from in_url(text, found.start(), found.end())
    if "=" in text or ":" in text:
        yield from _assigned(text)
    for found in _AFTER_SCHEME.finditer(text):
        # "JWT serialization: …" is a sentence; the sign behind a word is no part of it.
        if not is_plain(found.group(1).rstrip(".:")) and not _parameter_follows(found):
            yield Found(found.start(1), found.end(1), found.group(1), Weight.TOKEN)
    if ":" in text and "-u" in text:
        for found in _USER_OPTION.finditer(text):
            if not is_placeholder(found.group(1)):
                yield Found(found.start(1), found.end(1), found.group(1), Weight.ALWAYS)
    if layers and _OF_ADDRESS.search(text):
        yield from _encoded(text, layers - 1)
    if "</" in text:
        for found in _ELEMENT.finditer(text):
            if _means_secret(found.group(1), found.group(2)):
                yield Found(found.start(2), found.end(2), found.group(2), weigh(found.group(1)))
    if "<" in text:
        yield from _attributes(text)
    if not identifier:
        yield from _random(text, skip or [])


def _encoded(text: str, layers: int) -> Iterator[Found]:
    """Secrets of an address or a form that stands, percent-encoded, in another: ``next=%2Fcb%3Ftoken%3D…``."""
    for run in _ENCODED.finditer(text):
        if not _OF_ADDRESS.search(run.group()):
            continue
        mapped = Mapped.of(run.group()).sub(_PERCENT, lambda found: chr(int(found.group()[1:], 16)))
        for item in in_text(mapped.text, identifier=True, layers=layers):
            start, end = mapped.span(item.start, item.end)
            value = item.value.encode("latin-1", "replace").decode("utf-8", "replace")
            yield Found(run.start() + start, run.start() + end, value, item.weight)


def _parameter_follows(found: re.Match[str]) -> bool:
    """Whether what follows a scheme is the first of its parameters, as in ``Bearer error="…"``."""
    value = found.group(1)
    name, equals, _ = value.partition("=")
    return bool(equals) and name.replace("_", "").replace("-", "").isalpha() and weigh(name) < Weight.TOKEN


def _assigned(text: str) -> Iterator[Found]:
    for found in _ASSIGNED.finditer(text):
        group = next(number for number in (3, 4, 5) if found.group(number) is not None)
        value = found.group(group)
        weight = weigh(found.group(1))
        if weight < Weight.WEAK:
            continue
        if schemes.is_known(value):  # the scheme of a header that is quoted whole
            continue
        spoken = found.group(2) == ":" and group == 5 and is_plain(value.rstrip(":"))
        if found.group(1).lower().endswith("credential"):  # the key's id, then date, region and service
            value = value.partition("/")[0].partition("%")[0]
        if not spoken and _means_secret(found.group(1), value, weak=not value.isalpha()):
            start = found.start(group)
            yield Found(start, start + len(value), unquote_plus(value), weight)


def _means_secret(name: str, value: str, *, weak: bool = True) -> bool:
    weight = weigh(name)
    if not value.strip() or is_placeholder(value):
        return False
    if weight is Weight.ALWAYS:
        return True
    if weight is Weight.TOKEN:
        return not is_refusal(value)
    return weak and weight is Weight.WEAK and not is_plain(value)


def _attributes(text: str) -> Iterator[Found]:
    """Hidden inputs and the like: ``<input name="csrf_token" value="…">``."""
    for tag in _TAG.finditer(text):
        name, value = "", None
        for found in _ATTRIBUTE.finditer(text, tag.start(1), tag.end(1)):
            if found.group(1).lower() in {"name", "id", "key", "property"}:
                name = name or (found.group(2) or found.group(3) or "")
            elif found.group(1).lower() in {"value", "content"}:
                value = found
        if value is not None:
            group = 2 if value.group(2) is not None else 3
            if _means_secret(name, value.group(group)):
                yield Found(value.start(group), value.end(group), value.group(group), weigh(name))


def _random(text: str, skip: list[tuple[int, int]]) -> Iterator[Found]:
    for found in RUN.finditer(text):
        for start, end in _segments(text, found.start(), found.end()):
            run = text[start:end]
            if not is_random(run) or _ID_BEFORE.search(text[max(0, start - 24) : start]):
                continue
            if not any(a <= start and end <= b for a, b in skip):
                yield Found(start, end, run, Weight.TOKEN)


def _segments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The run itself, or the segments of what looks like a path."""
    start += len(text[start:end]) - len(text[start:end].lstrip("/"))
    run = text[start:end]
    pieces = run.split("/")
    if len(pieces) < 2 or not any(_PATH_WORD.fullmatch(piece) for piece in pieces):
        yield start, end
        return
    at = start
    for piece in pieces:
        yield at, at + len(piece)
        at += len(piece) + 1


def in_url(text: str, start: int, end: int) -> Iterator[Found]:
    """Secrets in an address that stands in a text: userinfo, keys in the path, query and fragment."""
    scheme_end = text.find(":", start, end)
    at = scheme_end + 1
    while at < end and text[at] in "/\\":
        at += 1
    authority = _AUTHORITY.match(text, at, end)
    authority_end = authority.end() if authority else at
    sign = text.rfind("@", at, authority_end)
    if sign >= 0:
        colon = text.find(":", at, sign)
        user, password = (text[at:sign], "") if colon < 0 else (text[at:colon], text[colon + 1 : sign])
        if password and not is_placeholder(password):
            yield Found(colon + 1, sign, unquote(password), Weight.ALWAYS)
        if user and (not password or is_random(user) or SURE.match(user) or password == "x-oauth-basic"):
            yield Found(at, at + len(user), unquote(user), Weight.TOKEN)
    host = text[max(sign + 1, at) : authority_end].partition(":")[0]
    yield from in_target(text, authority_end, end, host)


def in_target(text: str, start: int, end: int, host: str = "") -> Iterator[Found]:
    """Secrets in a path, its query and its fragment; ``start`` is where the path begins."""
    target = text[start:end]
    path_end = min((at for at in (target.find("?"), target.find("#")) if at >= 0), default=len(target))
    for _name, key_start, key_end in path_keys(target[:path_end], host):
        yield Found(start + key_start, start + key_end, unquote(target[key_start:key_end]), Weight.TOKEN)
    for pair in _QUERY_PAIR.finditer(text, start + path_end, end):
        name, equals, raw = pair.group().partition("=")
        if equals:
            name, value, first, last = name.rpartition("?")[2], unquote_plus(raw), pair.end() - len(raw), pair.end()
            weight = weigh(unquote_plus(name).lstrip("?#/"))
            if is_placeholder(value):
                continue
            if weight < Weight.WEAK or (weight is Weight.WEAK and _short(value)):
                continue
            if name.lower().endswith("-credential"):  # the key's id, then date, region and service
                key_id = _KEY_ID.match(text, first, last)
                last = key_id.end() if key_id else last
                value = text[first:last]
            yield Found(first, last, value, weight)


def _short(value: str) -> bool:
    """What under a weak name in an address is no secret: a short word, a small number."""
    return len(value) < 16 and is_plain(value)


def in_body(text: str, kind: str, *, ours: bool) -> Iterator[Found]:
    """Secrets in a body by the names of its fields, and in its text by their looks.

    Args:
        text: The body's text.
        kind: Its media type in lower case, or "".
        ours: It is a request's body: a field with a secret's name holds one, whatever it looks like.
    """
    keep: list[tuple[int, int]] = []
    for item in fields.text_fields(text, kind):
        weight = weigh(item.name)
        if weight is Weight.PLAIN and weigh(item.within) >= Weight.TOKEN and is_bare_value(item.value):
            yield Found(item.start, item.end, item.value, Weight.WEAK)
        elif ours and weight is Weight.PLAIN and item.quoted and _of_several(item):
            yield Found(item.start, item.end, item.value, Weight.TOKEN)
        elif weight is Weight.IDENTIFIER:
            keep.append((item.start, item.end))
        elif _field_is_secret(item, weight, ours=ours):
            yield Found(item.start, item.end, item.value, weight)
    yield from in_text(text, skip=keep)


def _of_several(item: fields.Field) -> bool:
    """Whether it is one of a list of secrets: ``"tokens": ["…"]``. In an answer such a list may be one of words."""
    return item.name.endswith("s") and weigh(item.name[:-1]) >= Weight.TOKEN and not is_plain(item.value)


def _field_is_secret(item: fields.Field, weight: Weight, *, ours: bool) -> bool:
    value = item.value
    if not value or weight < Weight.WEAK or is_placeholder(value):
        return False
    if not item.quoted:  # numbers under "code" or "token" are counts and error codes; under "pin" they are not
        return weight is Weight.ALWAYS or (weight is Weight.TOKEN and len(value) >= 8)
    if weight is Weight.ALWAYS:
        return True
    if weight is Weight.TOKEN:
        return ours or not is_refusal(value)
    return not is_plain(value)
