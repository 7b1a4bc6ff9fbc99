"""Writes the table of causes into README.md: ``python tests/readme_tables.py``. A test holds it current."""

from __future__ import annotations

from pathlib import Path

from tui401.causes import all_causes
from tui401.model.verdict import STEPS

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- causes -->", "<!-- /causes -->"


def table() -> str:
    """The causes by step, one row a step."""
    causes = all_causes().values()
    rows = [
        f"| {step.value} | {', '.join(f'`{cause.slug}`' for cause in causes if cause.step is step)} |" for step in STEPS
    ]
    return "\n".join(["| step | causes |", "| --- | --- |", *rows])


def with_table(text: str) -> str:
    """The README with the table between its marks."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
