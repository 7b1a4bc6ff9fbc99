"""Runs of characters in exchanges that could be somebody's own: how they look, and whether a secret shares a part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

COVERED: Final = 8
"""Characters of a secret in a row, which are covered wherever they stand."""

UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_MOMENT: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_TOKEN: Final = r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{10,}(?![A-Za-z0-9_.=-])"
_RUN: Final = r"[A-Za-z0-9_+~-]{16,}={0,2}"
_ALONE: Final = rf"(?<![\w-]){UUID}(?![\w-])"

IN_ANSWER: Final = re.compile(
    rf"{_ALONE}|(?<!\d){_MOMENT}|(?<![\w.-])\d{{9,20}}(?![\w.-])|(?<=/)\d{{4,20}}(?=[/?\"'\s]|$)|{_TOKEN}|{_RUN}"
)
IN_REQUEST: Final = re.compile(rf"{_ALONE}|{_TOKEN}|{_RUN}")
IN_URL: Final = re.compile(rf"(?<=/)\d{{4,20}}(?=[/?#]|$)|(?<=[/=]){UUID}(?=[/?&#]|$)|{_TOKEN}|{_RUN}")
IS_UUID: Final = re.compile(UUID).fullmatch
IS_MOMENT: Final = re.compile(_MOMENT).fullmatch
IS_HEX: Final = re.compile(r"[0-9a-fA-F]{16,}").fullmatch
IS_STAMP: Final = re.compile(r"\d{8}T\d{6}Z").fullmatch


def parts(run: str) -> list[str]:
    """Every part of a run that is long enough to be covered where it is a secret's as well."""
    return [run[at : at + COVERED] for at in range(len(run) - COVERED + 1)]


def together(secrets: Sequence[str]) -> str:
    """Several secrets as one text to look into; no run holds what stands between them."""
    return "\n".join(secrets)


def any_in(some: Iterable[str], text: str) -> bool:
    """Whether one of the parts stands in a text."""
    return any(map(text.__contains__, some))


def shares(run: str, secrets: Sequence[str]) -> bool:
    """Whether a run has so many characters in a row in common with a secret that redaction would cover them."""
    return any_in(parts(run), together(secrets))
