"""What there has to be a surface for: read from the parsers, the screens, the forms of a report and the rooms."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Iterator

from textual.screen import Screen

import tui401
from tui401.cli.arguments import COMMANDS, parser_for
from tui401.report.formats import FORMATS
from tui401.ui import screens
from tui401.ui.screens.base import WizardScreen


def commands() -> set[str]:
    """Each command, verb, format, shell and ending of a report's file, as ``seen`` notes them."""
    return {what for name in ("", *COMMANDS) for what in (name, *_of(name, parser_for(name)))}


def _of(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb, more in action.choices.items():
                yield f"{name} {verb}"
                yield from _of(name, more)
        elif action.dest in ("format", "shell"):
            yield from (f"{name} {choice}" for choice in action.choices or ())
        elif action.dest == "output":
            yield from (f"{name} {ending}" for ending in FORMATS)


def screens_of_the_wizard() -> set[str]:
    """Every screen that can be pushed, which none that others are made of is, and the palette."""
    for module in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        importlib.import_module(module.name)
    whole = (one for one in _below(WizardScreen) if not one.__subclasses__())
    return {one.__name__ for one in whole if one.__module__.startswith("tui401.")} | {"CommandPalette"}


def _below(screen: type[Screen[object]]) -> Iterator[type[Screen[object]]]:
    for one in screen.__subclasses__():
        yield one
        yield from _below(one)


def rooms() -> set[str]:
    """The packages of the program in which something can break."""
    return {module.name for module in pkgutil.iter_modules(tui401.__path__) if module.ispkg}
