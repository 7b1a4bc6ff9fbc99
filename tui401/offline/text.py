"""What explaining a recording says on a terminal: a paragraph for each refusal, and a line for all of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui401.causes import all_causes
from tui401.model.names import chips
from tui401.wire.visible import visible

_WIDTH: Final = 800
_SHOWN: Final = ("confirmed", "likely", "possible")
_GLYPHS: Final = {"passed": "✓", "failed": "✗", "unknown": "?", "skipped": "–"}


def paragraph(made: Mapping[str, Any], *, everything: bool = False) -> str:
    """One refusal.

    Args:
        made: Its object, from ``explained``.
        everything: Also the steps, and the causes that were ruled out.
    """
    request, verdict = made["request"], made["verdict"]
    lines = [f"{made['entry']:>5}  {request['method']} {request['url']}  {made['status']}"]
    if verdict is None:
        lines.append("       UNDETERMINED  Nothing points to a cause.")
    else:
        known = all_causes().get(verdict["cause"])
        sure = verdict["strength"] in ("confirmed", "likely")
        word = verdict["strength"].upper() if sure else "UNDETERMINED"
        lines.append(f"       {word}  {known.title if known is not None else verdict['cause']}  ({verdict['cause']})")
        lines += [f"         {sentence}" for sentence in verdict["because"]]
        if "expected" in verdict:
            by = f"   ({verdict['expected_by']})" if verdict["expected_by"] else ""
            lines.append(f"         expected  {verdict['expected'] or '(unknown)'}{by}")
            lines.append(f"         provided  {verdict['provided'] or '(nothing)'}")
        lines.append(f"         FIX  {verdict['fix']}")
    if everything:
        lines += [
            f"         {_GLYPHS.get(step['status'], '?')} {step['step']:<12} {step['why']}" for step in made["steps"]
        ]
    lines += [
        f"         {other['strength']:<10} {other['cause']}{_why(other)}"
        for other in made["causes"]
        if (verdict is None or other["cause"] != verdict["cause"])
        and (other["strength"] in _SHOWN or (everything and other["because"]))
    ]
    if made["next"] is not None:
        lines.append(f"         To settle more: {made['next']['probe']}; it {made['next']['why']}")
    return "\n".join(visible(chips(line, {}), _WIDTH) for line in lines) + "\n"


def _why(other: Mapping[str, Any]) -> str:
    if other["explained_by"]:
        return f"  (a symptom of {other['explained_by']})"
    return f"  {other['because'][0]}" if other["because"] else ""


def summary(entries: int, found: Mapping[str, int]) -> str:
    """How many refusals were found among how many entries, and what for.

    Args:
        entries: All entries that were read.
        found: How often each cause stood first; "" counts those without any.
    """
    total = sum(found.values())
    exchanges = f"{entries:,} exchange{'' if entries == 1 else 's'}"
    if not total:
        return f"No refusal among {exchanges}.\n"
    named = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = ", ".join(f"{count:,} {cause or 'undetermined'}" for cause, count in named)
    return f"{total:,} refusal{'' if total == 1 else 's'} among {exchanges}: {listed}.\n"
