"""The least scopes as the screens tell them: what was found, by how many tokens, or why nothing was. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui401.model.shown import LeastScopesSeen
from tui401.ui.blocks import Block, Para, Row, Tone


def blocks(found: LeastScopesSeen) -> Iterator[Block]:
    """What a search came to."""
    named = " ".join(found.smallest) or "none need be asked for"
    tokens = "1 token" if len(found.tried) == 1 else f"{len(found.tried)} tokens"
    if found.settled:
        yield Row("Least scope", named, f"by {tokens}; none can be taken away")
        spare = sorted({scope for one in found.tried for scope in one.granted} - {*found.smallest, *found.culprits})
        if spare:
            yield Row("", f"{_few(spare)} {'is' if len(spare) == 1 else 'are'} not needed")
    else:
        if found.smallest:
            yield Row("Works so far", named, f"by {tokens}; fewer may do")
        yield Para(found.problem, Tone.WARN, mark="!", indent=1)
    for culprit in found.culprits:
        yield Row("Breaks it", culprit)


def _few(scopes: list[str], most: int = 6) -> str:
    more = f" and {len(scopes) - most} more" if len(scopes) > most else ""
    return ", ".join(scopes[:most]) + more
