"""Knowledge as data: how servers, gateways, frameworks and vendors word their refusals, with public sources."""

from __future__ import annotations

from tui401.dialects.loader import DialectError, load, own, parse
from tui401.dialects.matcher import Hit, Matcher, package_matcher, use
from tui401.dialects.schema import Dialect, Expects, KeyPrefix, Says

__all__ = [
    "Dialect",
    "DialectError",
    "Expects",
    "Hit",
    "KeyPrefix",
    "Matcher",
    "Says",
    "load",
    "own",
    "package_matcher",
    "parse",
    "use",
]
