"""The catalogue of causes: a folder a step, a module a cause or a close family, registered by being there.

A module declares ``CAUSE = Cause(...)`` or ``CAUSES = (...)``; adding a cause touches that file and its test.
"""

from __future__ import annotations

import functools
import graphlib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from tui401.model.cause import Cause
from tui401.model.verdict import STEPS

__all__ = ["all_causes"]


@functools.cache
def all_causes() -> Mapping[str, Cause]:
    """All causes by slug, ordered by step, then slug; found by walking the package once.

    Raises:
        ValueError: when two modules declare one slug, or causes explain each other in a circle or one that nobody
            declares.
    """
    found: dict[str, Cause] = {}
    for module in _modules():
        for cause in (*getattr(module, "CAUSES", ()), *([module.CAUSE] if hasattr(module, "CAUSE") else ())):
            if cause.slug in found:
                raise ValueError(f"Two modules declare the cause {cause.slug}.")
            found[cause.slug] = cause
    for cause in found.values():
        unknown = cause.explains - found.keys()
        if unknown:
            raise ValueError(f"The cause {cause.slug} explains {', '.join(sorted(unknown))}, which nobody declares.")
    try:
        graphlib.TopologicalSorter({slug: cause.explains for slug, cause in found.items()}).prepare()
    except graphlib.CycleError as error:
        raise ValueError(f"Causes explain each other in a circle: {' explains '.join(error.args[1])}.") from error
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (STEPS.index(item[1].step), item[0]))))


def _modules() -> Iterator[ModuleType]:
    for step in STEPS:
        package = importlib.import_module(f"{__name__}.{step.value}")
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            yield importlib.import_module(f"{package.__name__}.{module.name}")
