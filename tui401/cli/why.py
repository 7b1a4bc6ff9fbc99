"""``tui401 why``: the pages on causes and steps. The step screens print the same words."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Mapping
from typing import Final

from tui401.causes import all_causes
from tui401.causes.checklist import checklist
from tui401.causes.steps import STEP_PAGES
from tui401.cli.arguments import UsageError
from tui401.model.cause import Cause
from tui401.model.verdict import STEPS, Step

_WIDTH: Final = 78

_401_VS_403: Final = """\
401 means that the server does not accept who you say you are: no credential, one that it cannot read, or one that
it does not believe. Another credential can help. RFC 9110 (section 15.5.2) requires a challenge in the
WWW-Authenticate header that names what it wants.

403 means that the server knows who you are, or does not care, and refuses all the same: a role, a scope, an address,
a rule of a firewall. The same credential sent again will not help (RFC 9110, section 15.5.4).

Servers mix them up. Bearer tokens that lack a scope should get 403 with insufficient_scope (RFC 6750, section 3.1),
and some answer 401. A bare 403 can come from a gateway that never saw the credential. So tui401 reads the words and
the challenge, and compares with the answer to no credential at all, before it believes the number."""


def page(topic: str) -> str:
    """The page on a cause, a step or ``401-vs-403``; the list of all for "".

    Raises:
        UsageError: when there is no such topic, with near names.
    """
    causes = all_causes()
    if not topic:
        return _list(causes)
    if topic in causes:
        return _cause(causes[topic])
    if topic in {step.value for step in STEPS}:
        return _step(Step(topic), causes)
    if topic in {"401-vs-403", "401", "403"}:
        return "\n\n".join(["401 and 403", *map(_filled, _401_VS_403.split("\n\n"))]) + "\n"
    near = difflib.get_close_matches(topic, [*causes, *(s.value for s in STEPS), "401-vs-403"], n=3, cutoff=0.5)
    hint = f" Near it: {', '.join(near)}." if near else " `tui401 why` lists them."
    raise UsageError(f"There is no cause or step {topic!r}.{hint}")


def steps_to_tick(topic: str) -> str:
    """The six steps as a list to print.

    Raises:
        UsageError: when a cause or step is named as well: the list is of all.
    """
    if topic:
        raise UsageError(f"The checklist is of all six steps: `tui401 why --checklist`, without {topic!r}.")
    return checklist(all_causes())


def _list(causes: Mapping[str, Cause]) -> str:
    lines = ["Causes, by step. `tui401 why CAUSE` prints a page.", ""]
    for step in STEPS:
        lines.append(f"{step.value}: {STEP_PAGES[step].question}")
        lines += [f"  {c.slug:<32} {c.title}" for c in causes.values() if c.step is step]
        lines.append("")
    return "\n".join(lines)


def _cause(cause: Cause) -> str:
    manual = cause.manual
    parts = [
        f"{cause.slug}: {cause.title}",
        f"step {cause.step.value}, likelihood {cause.likelihood.value}, fix {cause.effort.value}",
        "What it is\n" + _filled(manual.what),
        "Why it happens\n" + _filled(manual.why),
        "What settles it\n" + _filled(manual.settle),
        "What to do\n" + _filled(f"{cause.fix}. {manual.mend}"),
    ]
    if manual.example:
        parts.append("Example\n" + textwrap.indent(manual.example.strip(), "  "))
    if cause.explains:
        parts.append("Explains\n" + _filled(", ".join(sorted(cause.explains))))
    if manual.references:
        parts.append("References\n" + "\n".join(f"  {reference}" for reference in manual.references))
    return "\n\n".join(parts) + "\n"


def _step(step: Step, causes: Mapping[str, Cause]) -> str:
    told = STEP_PAGES[step]
    listed = "\n".join(f"  {c.slug:<32} {c.title}" for c in causes.values() if c.step is step)
    parts = [
        f"{step.value}: {told.question}",
        "What it looks at\n" + _filled(told.looks_at),
        "Why it matters\n" + _filled(told.why),
        "What settles it\n" + _filled(told.settle),
        f"Causes\n{listed}",
        "References\n" + "\n".join(f"  {reference}" for reference in told.references),
    ]
    return "\n\n".join(parts) + "\n"


def _filled(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent="  ", subsequent_indent="  ")
