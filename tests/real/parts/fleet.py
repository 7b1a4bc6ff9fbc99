"""A fleet's gateway logs over Dask in local mode: refusals to causes by endpoint and hour. Run with the parts' Python.

`fleet.py COUNT PARTITIONS` prints one JSON object: how many refusals of each endpoint, hour and cause were found.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dask
import dask.bag

import tui401

FIRST = 1_795_003_200  # 2026-11-18T12:00:00Z
HOURS = 24
REQUIRED = {"WWW-Authenticate": "Bearer"}
ENDPOINTS: dict[str, dict[str, Any]] = {
    "/v1/orders": {
        "ends": -600,
        "status": 401,
        "response_headers": {"WWW-Authenticate": 'Bearer error="invalid_token", error_description="The token expired"'},
    },
    "/v1/payments": {
        "ends": 3_000,
        "status": 403,
        "response_headers": {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="payments:write"'},
    },
    "/v1/reports": {"status": 401, "response_headers": REQUIRED, "response_body": '{"message": "Missing credentials"}'},
    "/v1/users": {
        "ends": 3_000,
        "status": 401,
        "response_headers": REQUIRED,
        "response_body": {"message": "Invalid audience", "request": "{id}"},
    },
}


def token(seed: random.Random, ends: float) -> str:
    claims = {
        "iss": "https://login.example.com",
        "aud": "https://api.example.com",
        "exp": int(ends),
        "iat": FIRST - 900,
    }
    claims["jti"] = f"{seed.getrandbits(96):024x}"
    head = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    both = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, claims))
    return ".".join((*both, base64.urlsafe_b64encode(seed.randbytes(256)).decode().rstrip("=")))


def records(part: int, count: int) -> Iterator[dict[str, Any]]:
    """One partition of the log."""
    seed = random.Random(part)
    for place in range(count):
        path, kind = list(ENDPOINTS.items())[place % len(ENDPOINTS)]
        at = FIRST + 3_600 * (place % HOURS) + seed.randrange(3_600)
        sent = {"User-Agent": "orders/2.1"}
        if "ends" in kind:
            sent["Authorization"] = f"Bearer {token(seed, at + kind['ends'])}"
        body = json.dumps(kind.get("response_body", {})).replace("{id}", str(uuid.UUID(int=seed.getrandbits(128))))
        url = f"https://api.example.com{path}/{seed.randrange(10**4, 10**6)}"
        answer = {"status": kind["status"], "response_headers": kind["response_headers"], "response_body": body}
        yield {"method": "GET", "url": url, "at": at, "request_headers": sent, **answer}


def cell(record: dict[str, Any]) -> str:
    """Endpoint, hour and cause of one refusal."""
    made = tui401.explain_record(record)
    cause = made["verdict"]["cause"] if made["verdict"] is not None else "undetermined"
    endpoint = record["url"].removeprefix("https://api.example.com").rpartition("/")[0]
    return f"{endpoint} {int(record['at'] - FIRST) // 3_600:02} {cause}"


def main() -> None:
    count, parts = int(sys.argv[1]), int(sys.argv[2])
    log = dask.bag.from_sequence(range(parts), npartitions=parts).map(records, count=count // parts).flatten()
    with dask.config.set(scheduler="processes", num_workers=2):
        found = Counter(dict(log.map(cell).frequencies().compute()))
    print(json.dumps(found, sort_keys=True))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
