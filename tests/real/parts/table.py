"""The table of tests/real/README.md, made from a run."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.real.parts.fault import Fault
from tests.real.parts.running import Ran

FILE = Path(__file__).parents[1] / "README.md"
MENDED = {True: "mended", False: "not mended"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault that was refused, and what tui401 made of it.

    Attributes:
        fault: Which.
        ran: The diagnosis.
        fixed: The run with `--fix`, where a client can mend it.
    """

    fault: Fault
    ran: Ran
    fixed: Ran | None

    @property
    def right(self) -> bool:
        """Whether the verdict names the true cause."""
        return self.ran.cause in {self.fault.cause, *self.fault.also}

    @property
    def wrong_and_sure(self) -> bool:
        """Whether either run confirmed a cause that is not the true one."""
        runs = [self.ran, *([self.fixed] if self.fixed is not None else [])]
        true = {self.fault.cause, *self.fault.also}
        return any(run.strength == "confirmed" and run.cause not in true for run in runs)

    @property
    def mended(self) -> bool:
        """Whether `--fix` reached a success."""
        return self.fixed is not None and (self.fixed.code, self.fixed.made["outcome"]) == (0, "recovered")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run comes to; shares are between 0 and 1."""

    faults: int
    causes: int
    servers: int
    decidable: int
    right: float
    confirmed: float
    wrong_and_sure: int
    mendable: int
    mended: int
    requests: float
    seconds: float


def figures(rows: Sequence[Row]) -> Figures:
    """The figures of issue and design: shares are of the faults that can be decided."""
    decidable = [row for row in rows if row.fault.decidable]
    mendable = [row for row in rows if row.fixed is not None]
    return Figures(
        faults=len(rows),
        causes=len({row.fault.cause for row in rows}),
        servers=len({row.fault.server for row in rows}),
        decidable=len(decidable),
        right=sum(row.right for row in decidable) / len(decidable),
        confirmed=sum(row.right and row.ran.strength == "confirmed" for row in decidable) / len(decidable),
        wrong_and_sure=sum(row.wrong_and_sure for row in rows),
        mendable=len(mendable),
        mended=sum(row.mended for row in mendable),
        requests=statistics.median(row.ran.requests for row in rows),
        seconds=statistics.median(row.ran.seconds for row in rows),
    )


def as_text(rows: Sequence[Row], taken: Sequence[Fault]) -> str:
    """The whole README.

    Args:
        rows: Every fault that its server refuses, in order.
        taken: The faults that their server, unlike others, takes.
    """
    told = figures(rows)
    return "\n".join((*_head(told), *_misses(rows), *_undecidable(rows, taken), *_all(rows))) + "\n"


def _head(told: Figures) -> list[str]:
    return [
        "# Faults on real servers",
        "",
        "Servers from package registries, started on loopback with their usual token middleware, and requests that",
        "they refuse. `install.sh` installs them; `python -m pytest tests/real` runs everything, and skips with the",
        "reason where a part is missing. Before tui401 is asked, `test_words.py` asks each server with plain curl and",
        "compares with what was recorded in `words.jsonl`. `python -m pytest tests/real --write-table` writes this",
        "page anew.",
        "",
        "| what | figure | bar |",
        "| --- | --- | --- |",
        f"| faults refused, causes, servers | {told.faults}, {told.causes}, {told.servers} | |",
        f"| right first verdict, of the {told.decidable} that can be decided | {told.right:.1%} | 95 % |",
        f"| right and confirmed, of the same | {told.confirmed:.1%} | 80 % of those |",
        f"| confirmed and wrong | {told.wrong_and_sure} | 0 |",
        f"| mended with `--fix`, of those that a client can mend | {told.mended} of {told.mendable} | all |",
        f"| requests to the API for one diagnosis, median | {told.requests:g} | 4 |",
        f"| seconds for one diagnosis, median | {told.seconds:.1f} | |",
        "",
    ]


def _misses(rows: Sequence[Row]) -> list[str]:
    missed = [row for row in rows if row.fault.decidable and not row.right]
    if not missed:
        return [
            "Every verdict that can be decided names the true cause, or the one that is as right (a token that is",
            "refused for its issuer is signed by an unknown key, too).",
            "",
        ]
    lines = ["## Named wrongly", ""]
    lines += [
        f"- {row.fault.server}, {row.fault.name}: {row.ran.cause or 'nothing'} ({row.ran.strength or 'none'}) in place "
        f"of {row.fault.cause}"
        for row in missed
    ]
    return [*lines, ""]


def _undecidable(rows: Sequence[Row], taken: Sequence[Fault]) -> list[str]:
    lines = ["## What cannot be decided, and what is taken", ""]
    lines += [f"- {row.fault.server}, {row.fault.name}: {row.fault.why}" for row in rows if not row.fault.decidable]
    lines += [
        f"- {fault.server}, {fault.name}: this server takes the request, which others refuse as {fault.cause}"
        for fault in taken
    ]
    return [*lines, ""]


def _all(rows: Sequence[Row]) -> list[str]:
    lines = [
        "## Every fault",
        "",
        "| server | fault | true cause | verdict | strength | requests | seconds | `--fix` |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        verdict = "the same" if row.ran.cause == row.fault.cause else row.ran.cause or "none"
        fixed = "no client can" if row.fixed is None else MENDED[row.mended]
        cells = (
            *(row.fault.server, row.fault.name, row.fault.cause, verdict, row.ran.strength or "none"),
            *(str(row.ran.requests), f"{row.ran.seconds:.1f}", fixed),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines
