"""The Python interface over a fleet's logs, on Dask: 200,000 refusals to causes by endpoint and hour."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.real.parts.process import HERE, HOW_TO_INSTALL, MissingPartError, plain_environment, servers_python

REFUSALS, PARTS = 200_000, 8
LIMIT = 300  # seconds
CAUSES = {
    "/v1/orders": "token-expired",
    "/v1/payments": "scope-insufficient",
    "/v1/reports": "header-missing",
    "/v1/users": "audience-mismatch",
}


@pytest.fixture
def python() -> str:
    try:
        found = servers_python()
    except MissingPartError as missing:
        pytest.skip(str(missing))
    there = subprocess.run([found, "-c", "import dask.bag, msgspec, re2"], capture_output=True, check=False)
    if there.returncode:
        pytest.skip(f"Dask is not installed; {HOW_TO_INSTALL}")
    return found


@pytest.mark.timeout(LIMIT + 30)
def test_a_fleets_refusals_become_causes_by_endpoint_and_hour(python: str, tmp_path: Path) -> None:
    root = HERE.parents[2]
    ran = subprocess.run(
        [python, str(HERE / "fleet.py"), str(REFUSALS), str(PARTS)],
        capture_output=True,
        check=False,
        timeout=LIMIT,
        env={**plain_environment(tmp_path), "PYTHONPATH": str(root)},
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, int] = json.loads(ran.stdout)
    assert sum(found.values()) == REFUSALS
    by_endpoint: Counter[tuple[str, str]] = Counter()
    hours = set()
    for cell, count in found.items():
        endpoint, hour, cause = cell.split()
        by_endpoint[endpoint, cause] += count
        hours.add(hour)
    assert by_endpoint == {pair: REFUSALS // len(CAUSES) for pair in CAUSES.items()}
    assert len(hours) == 24
