"""Pictures of the screen as SVG that fetch nothing: no fonts from the network, whatever is on the machine instead."""

from __future__ import annotations

import re
from typing import Final

_FACE: Final = re.compile(r"@font-face\s*\{[^{}]*\}\s*")
_FAMILY: Final = re.compile(r"font-family:\s*[^;{}]*;")
FONTS: Final = "font-family: 'DejaVu Sans Mono', Menlo, Consolas, ui-monospace, monospace;"


def without_network(svg: str) -> str:
    """The same picture, its fonts replaced by the machine's own monospaced ones."""
    return _FAMILY.sub(FONTS, _FACE.sub("", svg))
