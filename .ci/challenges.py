"""Try the challenge parser on recorded values: `challenges.py FILE`; leaves with 1 when one is parsed otherwise."""

# A script of its own, not a package.
# ruff: noqa: INP001

from __future__ import annotations

import json
import sys
from pathlib import Path

from tui401.wire import challenge


def differences(path: Path) -> tuple[int, list[str]]:
    """How many vectors a file holds, and a sentence for each that is parsed otherwise or raises."""
    wrong: list[str] = []
    vectors = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for vector in vectors:
        try:
            found = challenge.parse(vector["fields"])
        except Exception as error:  # noqa: BLE001 # that it raises at all is what is looked for
            wrong.append(f"{vector['id']}: raises {type(error).__name__}")
            continue
        got = [(one.scheme, one.token68, [tuple(pair) for pair in one.params]) for one in found]
        want = [
            (one["scheme"], one["token68"], [tuple(pair) for pair in one["params"]]) for one in vector["challenges"]
        ]
        # Of an invalid value anything may be made, as long as nothing is raised.
        if vector["valid"] and got != want:
            wrong.append(f"{vector['id']}: {got}, is {want}")
    return len(vectors), wrong


def main() -> int:
    """Print what differs and how many are right."""
    count, wrong = differences(Path(sys.argv[1]))
    print("\n".join([*wrong, f"{count - len(wrong)} of {count} challenge vectors"]))  # noqa: T201 # its output
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
