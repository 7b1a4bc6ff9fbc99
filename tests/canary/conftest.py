from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests are no package, and every file here shares the harness.
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from canary_case import Laden, laden

from tests.idle import by_the_loop


@pytest.fixture(autouse=True)
def _idle_by_the_loop() -> Iterator[None]:
    with by_the_loop():
        yield


@pytest.fixture(scope="session")
def loaded() -> Laden:
    return laden(401)
