"""Every way out of the program, by name. A file ``surfaces_*.py`` beside this one joins by itself.

A surface takes a case full of canaries and gives what came out of it:

    @surface("report, markdown")
    def report_markdown(loaded: Laden) -> str:
        return markdown(build(view_of(loaded)))

An asynchronous function will do, too; what it needs of a terminal or a server it makes itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from canary_case import Laden

Output = str | bytes
Surface = Callable[[Laden], Output | Awaitable[Output]]

SURFACES: dict[str, Surface] = {}


def surface(name: str) -> Callable[[Surface], Surface]:
    """Enters a function as a surface under a name."""

    def enter(function: Surface) -> Surface:
        if name in SURFACES:
            raise ValueError(f"there are two surfaces of the name {name!r}")
        SURFACES[name] = function
        return function

    return enter


def every_surface() -> dict[str, Surface]:
    """All surfaces, those of other files too."""
    for path in sorted(Path(__file__).parent.glob("surfaces_*.py")):
        importlib.import_module(path.stem)
    return SURFACES
