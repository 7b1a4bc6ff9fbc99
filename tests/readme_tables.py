"""Writes the tables of causes and exit codes into README.md: ``python tests/readme_tables.py``; a test looks at it."""

from __future__ import annotations

from pathlib import Path

from tui401.causes import all_causes
from tui401.cli.help_pages import EXIT_CODES
from tui401.model.verdict import STEPS

README = Path(__file__).parent.parent / "README.md"
MOST_CODES = range(4)


def causes() -> str:
    """Every cause with its step and title, a row each."""
    found = all_causes().values()
    rows = [
        f"| {step.value if place == 0 else ''} | `{cause.slug}` | {cause.title} |"
        for step in STEPS
        for place, cause in enumerate(cause for cause in found if cause.step is step)
    ]
    return "\n".join(["| step | cause | what it is |", "| --- | --- | --- |", *rows])


def codes() -> str:
    """What the exit codes of each command mean."""
    rows = [
        f"| `{command}` | {' | '.join(meanings.get(code, '') for code in MOST_CODES)} |"
        for command, meanings in EXIT_CODES.items()
    ]
    head = f"| | {' | '.join(f'**{code}**' for code in MOST_CODES)} |"
    return "\n".join([head, f"|{' --- |' * (len(MOST_CODES) + 1)}", *rows])


def with_tables(text: str) -> str:
    """The README with the tables between their marks."""
    for name, table in (("causes", causes()), ("codes", codes())):
        before, _, rest = text.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
