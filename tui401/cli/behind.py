"""Where our options end and the person's own command begins, with what stands before its ``curl``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui401.intake.called import begins, called, is_curl


def split(parser: argparse.ArgumentParser, argv: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """Our own words, and the person's command from its first word on; None where there is none.

    Args:
        parser: Knows which options take a value, so that a value is not taken for a word before ``curl``.
        argv: All words.
    """
    takes = {name: _values(action) for action in parser._actions for name in action.option_strings}  # noqa: SLF001 - argparse has no public list
    at = 0
    while at < len(argv):
        word = argv[at]
        if is_curl(word) or (begins(word) and called(argv[at:]) is not None):
            return list(argv[:at]), list(argv[at:])
        at += 1 + (takes.get(word, 0))
    return list(argv), None


def _values(action: argparse.Action) -> int:
    if isinstance(action.nargs, int):
        return action.nargs
    return 1 if action.nargs is None else 0
