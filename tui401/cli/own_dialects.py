"""Which servers tui401 knows: ``tui401 why --dialects``, and a person's own, read before a command judges anything."""

from __future__ import annotations

import difflib
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui401.cli.arguments import UsageError
from tui401.cli.places import config_folder
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from tui401.dialects import Dialect

FOLDER: Final = "dialects"
_WIDTH: Final = 78
_KINDS: Final = {
    "application": "Applications and vendors",
    "issuer": "Authorization servers",
    "gateway": "Gateways",
    "edge": "Edges",
    "proxy": "Proxies",
    "framework": "Frameworks and libraries",
    "": "Common to all",
}


def folder() -> Path:
    """Where a person's own dialects lie."""
    return config_folder() / FOLDER


def use_own() -> None:
    """Reads them, so that all that follows is judged with them.

    Raises:
        UsageError: for a file that is no dialect; the sentence names file and line.
    """
    where = folder()
    if not where.is_dir():
        return
    from tui401.causes import all_causes  # noqa: PLC0415 - only who has dialects of their own pays for it
    from tui401.dialects import DialectError, own, use  # noqa: PLC0415 - the same

    try:
        use(own(where, causes=all_causes()))
    except DialectError as error:
        raise UsageError(f"{error} The folder is {where}.") from error


def page(name: str) -> str:
    """All dialects with what they recognise, or the page on one.

    Args:
        name: Of one dialect, "" for the list.

    Raises:
        UsageError: when there is none of that name, with near ones.
    """
    from tui401.dialects import package_matcher  # noqa: PLC0415 - the patterns are compiled for who asks

    matcher = package_matcher()
    known = {dialect.name: dialect for dialect in matcher.dialects}
    if not name:
        return _shown(_listed(tuple(known.values()), frozenset(dialect.name for dialect in matcher.own)))
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f" Near it: {', '.join(near)}." if near else " `tui401 why --dialects` lists them."
        raise UsageError(f"There is no dialect {name!r}.{hint}")
    return _shown(_one(known[name]))


def _shown(text: str) -> str:
    """A person's own files may come from somebody else, so what they hold is made visible like all such text."""
    return "".join(visible(line) + "\n" for line in text.splitlines())


def _listed(known: tuple[Dialect, ...], own: frozenset[str]) -> str:
    lines = [f"{len(known)} servers, gateways, frameworks and vendors whose words are known.", ""]
    for kind, title in _KINDS.items():
        of_kind = sorted((d for d in known if d.kind == kind), key=lambda d: d.title.lower())
        if not of_kind:
            continue
        lines.append(f"{title}:")
        for dialect in of_kind:
            mine = "  (yours)" if dialect.name in own else ""
            lines.append(f"  {dialect.name:<26} {dialect.title}{mine}")
            told = sorted({says.cause for says in dialect.says if says.cause})
            lines.append(_filled(_summary(dialect, told), 4))
        lines.append("")
    lines.append("`tui401 why --dialects NAME` prints one with its sources and how it misleads.")
    lines.append(f"Your own: TOML files in {folder()}; they outrank these.")
    return "\n".join(lines) + "\n"


def _summary(dialect: Dialect, told: list[str]) -> str:
    parts = []
    if dialect.recognise:
        parts.append(f"known by {', '.join(_marks(dialect))}")
    if told:
        parts.append(f"names {', '.join(told)}")
    if dialect.keys:
        parts.append(f"keys {', '.join(key.prefix + '…' for key in dialect.keys)}")
    return "; ".join(parts) or "nothing yet"


def _marks(dialect: Dialect) -> list[str]:
    from tui401.dialects.schema import PLACES  # noqa: PLC0415 - the same

    return [place for place in PLACES if any(getattr(way, place) for way in dialect.recognise)]


def _one(dialect: Dialect) -> str:
    parts = [f"{dialect.name}: {dialect.title}"]
    if dialect.recognise:
        ways = [
            "  " + " and ".join(f"{place} {getattr(way, place)}" for place in _marks(dialect) if getattr(way, place))
            for way in dialect.recognise
        ]
        parts.append("Known by\n" + "\n".join(ways))
    words = [
        f"  {says.cause or 'nothing':<26} {says.strength:<10} {', '.join(says.where)}: {says.match}"
        for says in dialect.says
    ]
    if words:
        parts.append("Its words\n" + "\n".join(words))
    if dialect.keys:
        keys = [f"  {key.prefix}…  {key.title}" for key in dialect.keys]
        parts.append("Its keys\n" + "\n".join(keys))
    if dialect.misleads:
        parts.append("How it misleads\n" + "\n".join(_filled(sentence) for sentence in dialect.misleads))
    pages = [f"  {what} {address}" for what, address in _pages(dialect) if address]
    parts.append("Sources\n" + "\n".join([*(f"  {source}" for source in dialect.sources), *pages]))
    return "\n\n".join(parts) + "\n"


def _pages(dialect: Dialect) -> tuple[tuple[str, str], ...]:
    return (("status:", dialect.status_page), ("credentials:", dialect.token_page))


def _filled(text: str, indent: int = 2) -> str:
    margin = " " * indent
    return textwrap.fill(
        text, _WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False, break_long_words=False
    )
