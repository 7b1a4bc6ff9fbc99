from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Tests are no package, and every file here shares the harness.
sys.path.insert(0, str(Path(__file__).parent))

from canary_case import Laden, laden


@pytest.fixture(scope="session")
def loaded() -> Laden:
    return laden(401)
