"""Score `tui401 explain` on recorded refusals: `explained.py FOLDER`; leaves with 1 when the score has fallen."""

# A script of its own, not a package.
# ruff: noqa: INP001

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Final

RIGHT: Final = 62
"""Of the decidable ones whose source states the cause; raise it, never lower it."""

IN_THREE: Final = 62
HONEST: Final = 18


def scorer(folder: Path) -> ModuleType:
    """The corpus's own reader and scorer."""
    spec = importlib.util.spec_from_file_location("corpus", folder / "corpus.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"{folder} holds no corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def explained(corpus: ModuleType, cases: list[object]) -> list[object]:
    """What the command prints of a HAR of all cases."""
    with tempfile.TemporaryDirectory() as folder:
        har = Path(folder) / "exchanges.har"
        har.write_text(json.dumps(corpus.har(cases)[0], indent=1), encoding="utf-8")
        command = [sys.executable, "-m", "tui401", "explain", str(har), "--format", "json"]
        ran = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 # our own command
    if ran.returncode != 1:
        raise SystemExit(f"explain left with {ran.returncode}: {ran.stderr.decode()}")
    found: list[object] = json.loads(ran.stdout)
    return found


def main() -> int:
    """Print what was missed and the figures."""
    folder = Path(sys.argv[1])
    corpus = scorer(folder)
    cases = corpus.read(folder / "exchanges.jsonl")
    figures, missed = corpus.score(cases, explained(corpus, cases))
    print("\n".join([*missed, json.dumps(figures)]))  # noqa: T201 # its output
    held = figures["right"] >= RIGHT and figures["in_three"] >= IN_THREE and figures["honest"] >= HONEST
    return 0 if held and not figures["confirmed_wrong"] else 1


if __name__ == "__main__":
    sys.exit(main())
