"""The page of a step: what was looked at and found, what is open, why it matters, what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui401.causes.steps import STEP_PAGES
from tui401.model.facts import Facts
from tui401.model.verdict import Ranked, Status, Step, Strength
from tui401.model.view import CaseView
from tui401.ui import findings
from tui401.ui.blocks import TONES, WORDS, Block, Check, Gap, Head, Para, Title, Tone
from tui401.ui.headline import name_of_probe, settling, view_choices
from tui401.ui.knowledge import cause_of, number_of
from tui401.ui.standing import Standing, own_words, step_of
from tui401.ui.text import sentence, span

_MOST = 4  # sentences of one verdict


def step_page(
    view: CaseView, standing: Standing, facts: Facts | None, now: float, *, above: str = ""
) -> tuple[Block, ...]:
    """The page of one step.

    Args:
        view: The case.
        standing: How the step stands.
        facts: What is known of the current attempt; None before anything is.
        now: Seconds since the epoch by this machine's clock, for what counts.
        above: The cause whose values are compared above the page already.
    """
    return tuple(_page(view, standing, facts, now, above))


def _page(view: CaseView, standing: Standing, facts: Facts | None, now: float, above: str) -> Iterator[Block]:
    step = standing.step
    page = STEP_PAGES[step]
    word = WORDS[standing.status] + (f" · {standing.aside} checked" if standing.aside else "")
    yield Title(f"{number_of(step)}  {page.title}", word, aside_tone=TONES[standing.status])
    why = own_words(standing)
    if why:
        yield Para(sentence(why))
    yield Gap()
    found = tuple(findings.of_step(step, view, facts, now, above=above))
    yield from found
    for probe in standing.running:
        limit = f" of {span(probe.limit)}" if probe.limit else ""
        yield Check(Status.RUNNING, probe.title or probe.probe, f"{span(max(0.0, now - probe.at))}{limit}")
    for section in (_checks(view, step), _problems(view, step)):
        lines = tuple(section)
        if lines:
            yield Gap()
            yield from lines
    yield from _open(view, standing)
    yield Gap()
    yield Head("What to do")
    yield from _mend(view, standing)
    yield Gap()
    yield Head("What is looked at")
    yield Para(page.looks_at)
    yield Gap()
    yield Head("Why it matters")
    yield Para(_why(view, step))


def _checks(view: CaseView, step: Step) -> Iterator[Block]:
    """What each cause of the step came to; those that failed first, as they are ranked.

    Causes that only words could tell, and of which nothing was said, are no checks: they stand in one line.
    """
    ranked = [r for r in view.diagnosis.causes if r.step is step] if view.diagnosis is not None else []
    unsaid = [r.verdict.cause for r in ranked if _is_unsaid(r)]
    checks = [r for r in ranked if r.verdict.cause not in unsaid]
    if checks or unsaid:
        yield Head("What was checked")
    for item in checks:
        verdict = item.verdict
        state = _state(item)
        says = sentence(verdict.because[0]) if verdict.because else _short(view, item)
        yield Check(state, verdict.cause, says)
        if state is Status.FAILED:
            for reason in verdict.because[1:_MOST]:
                yield Para(sentence(reason), Tone.QUIET, indent=5)
        elif item.explained_by:
            yield Para(f"explained by {item.explained_by}", Tone.QUIET, indent=5)
        elif state is Status.UNKNOWN and verdict.because and verdict.needs:
            yield Para(f"{sentence(name_of_probe(view, verdict.needs))} would tell", Tone.QUIET, indent=5)
        if verdict.near_miss:
            yield Para(f"almost: {verdict.near_miss}", Tone.WARN, indent=5)
    if unsaid:
        yield Check(Status.SKIPPED, "not spoken of", f"{', '.join(unsaid)}: only the server's words would tell")


def _is_unsaid(item: Ranked) -> bool:
    """Whether it is a cause that words alone decide, and there are none."""
    verdict = item.verdict
    cause = cause_of(verdict.cause)
    silent = verdict.strength is Strength.UNKNOWN and not verdict.because and not verdict.needs
    return silent and verdict.applies and cause is not None and cause.judge is None


def _state(item: Ranked) -> Status:
    verdict = item.verdict
    if not verdict.applies:
        return Status.SKIPPED
    match verdict.strength:
        case Strength.CONFIRMED | Strength.LIKELY:
            return Status.UNKNOWN if item.explained_by else Status.FAILED
        case Strength.RULED_OUT:
            return Status.PASSED
        case _:
            return Status.UNKNOWN


def _short(view: CaseView, item: Ranked) -> str:
    verdict = item.verdict
    if verdict.needs and not item.explained_by:
        return f"open: {name_of_probe(view, verdict.needs)} would tell"
    if verdict.strength is Strength.UNKNOWN:
        return "open: nothing points there, and nothing rules it out"
    return verdict.strength.word


def _problems(view: CaseView, step: Step) -> Iterator[Block]:
    for probe, problem in view.problems.items():
        if step_of(probe) is step:
            yield Para(f"{probe}: {problem}", Tone.WARN, mark="!")


def _open(view: CaseView, standing: Standing) -> Iterator[Block]:
    if standing.status is not Status.UNKNOWN:
        return
    yield Gap()
    yield Head("What would settle it")
    following = view.diagnosis.next if view.diagnosis is not None else None
    if following is not None and following.why:
        yield Para(sentence(settling(view, following)))
    yield Para(STEP_PAGES[standing.step].settle)


def _mend(view: CaseView, standing: Standing) -> Iterator[Block]:
    """What to do about the step as it stands: mend it, settle it, or go on."""
    root = _root_here(view, standing.step)
    cause = cause_of(root.verdict.cause) if root is not None else None
    if cause is not None:
        yield Para(cause.manual.mend or cause.fix)
        if view_choices(view):
            yield Para("f shows the fix and sends nothing before you say so.", Tone.QUIET)
        return
    match standing.status:
        case Status.PASSED:
            yield Para("Nothing here: what was checked is in order. n goes on to the next step.")
        case Status.SKIPPED:
            yield Para("Nothing here: this step does not concern the request. n goes on to the next one.")
        case Status.RUNNING:
            yield Para("Wait: it is being looked at. esc stops it.")
        case _:
            yield from _ways(view, standing.step)


def _ways(view: CaseView, step: Step) -> Iterator[Block]:
    """The experiments that are offered now and fill this step, by their names."""
    names = [c.label for c in view_choices(view) if c.key.startswith("probe:") and _fills(c.key, step)]
    if names:
        yield Para(f"x offers: {'; '.join(names)}.")
    elif step is Step.SERVER and any(c.key == "changed" for c in view_choices(view)):
        yield Para("w keeps what you know of recent changes; r writes the report for whoever runs the server.")
    else:
        yield Para("Nothing more can be tried for it from here; n goes on, r writes the report with what is known.")


def _fills(key: str, step: Step) -> bool:
    return step_of(key.removeprefix("probe:")) is step


def _why(view: CaseView, step: Step) -> str:
    root = _root_here(view, step)
    cause = cause_of(root.verdict.cause) if root is not None else None
    return cause.manual.why if cause is not None else STEP_PAGES[step].why


def _root_here(view: CaseView, step: Step) -> Ranked | None:
    """The first cause of the step that stands by itself and counts, or None."""
    causes = view.diagnosis.causes if view.diagnosis is not None else ()
    return next(
        (r for r in causes if r.step is step and r.explained_by is None and r.verdict.strength >= Strength.LIKELY), None
    )
