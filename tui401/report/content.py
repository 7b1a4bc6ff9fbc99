"""The content of a report, built once from a case's view, facts and diagnosis; renderers only draw it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tui401 import __version__
from tui401.model.cause import Cause
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis
from tui401.model.view import CaseView
from tui401.report.clocks import clocks
from tui401.report.curl import again
from tui401.report.findings import experiments, findings, not_settled, ruled_out, steps
from tui401.report.history import changes, last_before, left_out
from tui401.report.least import least_scopes
from tui401.report.lines import without
from tui401.report.parts import Report
from tui401.report.prevention import prevention
from tui401.report.questions import questions
from tui401.report.request import request
from tui401.report.struck import struck_out
from tui401.report.summary import summary
from tui401.report.timeline import timeline
from tui401.report.token import token_state


def build(view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], *, made_at: float) -> Report:
    """The report of a case.

    Args:
        view: The case as its events tell it.
        facts: Of the attempt that was refused.
        diagnosis: Of that attempt.
        causes: The catalogue, for titles and fixes.
        made_at: Seconds since the epoch.
    """
    outcome = view.outcome or diagnosis.outcome
    asked = questions(facts, diagnosis, outcome)
    sections = (
        request(view, facts),
        findings(view, facts, diagnosis, causes),
        experiments(facts),
        timeline(view),
        token_state(facts),
        changes(view, facts),
        clocks(facts),
        least_scopes(view),
        asked,
        prevention(view, facts, diagnosis),
        again(view, facts),
        ruled_out(diagnosis, causes),
        not_settled(diagnosis, causes),
        steps(diagnosis),
        left_out(view),
        struck_out(view, facts),
    )
    made = Report(
        case=view.case,
        version=__version__,
        made_at=made_at,
        outcome=outcome.value,
        summary=summary(
            view, facts, diagnosis, causes, outcome=outcome, change=last_before(view, facts), questions=asked
        ),
        sections=tuple(s for s in sections if s.lines or s.rows or s.code),
        attempt=facts.attempt,
        diagnosis=diagnosis,
        evidence=view.evidence,
        opened_at=view.opened_at,
        ended_at=view.ended_at,
        known=view.known,
        requests=view.requests,
        ways=view.ways,
        changes=view.changes,
        sends=view.sends,
        struck=view.struck,
    )
    return without(made, frozenset(view.struck.lines)) if view.struck is not None else made
