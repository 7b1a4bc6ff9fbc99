from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests are no package, and every file here shares the terminal and the server.
sys.path.insert(0, str(Path(__file__).parent))

from refusing import Refusing, refusing

if os.name != "posix":
    collect_ignore_glob = ["test_*.py"]  # pseudo-terminals, signals and limits of a process are POSIX


@pytest.fixture
def server() -> Iterator[Refusing]:
    with refusing() as made:
        yield made
