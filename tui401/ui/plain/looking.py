"""What can be looked at whenever nothing runs: a step's page, two answers side by side, the request, the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui401.causes.steps import STEP_PAGES
from tui401.model.verdict import STEPS, Step
from tui401.ui.compare_page import answer_of, line_of, pair_blocks
from tui401.ui.curl import command
from tui401.ui.plain.asking import Asker, Way
from tui401.ui.plain.lines import lines, spoken
from tui401.ui.plain.telling import page
from tui401.ui.saving import save
from tui401.ui.text import clean
from tui401.ui.ticked import checklist_of

if TYPE_CHECKING:
    from tui401.model.view import CaseView
    from tui401.ui.ports import Reporter
    from tui401.ui.session import Session

_FORMS: Final = {
    "md": "Markdown, to read and hand over",
    "html": "a page for a browser",
    "json": "JSON, which tui401 open judges again",
    "har": "a recording, for browsers and proxies",
}


def looking(view: CaseView) -> list[Way[str]]:
    """What sends nothing, and can be done whenever nothing runs."""
    ways: list[Way[str]] = [Way("Read the page of a step", "page")]
    if len([sent for sent in view.sends if answer_of(view, sent) is not None]) > 1:
        ways.append(Way("Compare two of the answers", "compare"))
    ways.append(Way("Print the request as a curl command", "curl"))
    return [*ways, Way("Read the checklist", "checklist"), Way("Write the report", "report")]


class Looking:
    """Shows it; none of it sends anything.

    Args:
        asker: The terminal.
        reporter: Builds reports.
        clock: This machine's clock, seconds since the epoch.
        folder: Where reports go.
    """

    def __init__(self, asker: Asker, reporter: Reporter, clock: Callable[[], float], folder: Path) -> None:
        self._asker, self._reporter, self._clock, self._folder = asker, reporter, clock, folder

    async def at(self, what: str, session: Session) -> None:
        """Shows what was chosen among them."""
        view = session.view
        match what:
            case "page":
                ways: list[Way[Step | None]] = [Way(STEP_PAGES[one].name, one) for one in STEPS]
                step = await self._asker.choose("Which step?", [*ways, Way("All six", None)])
                for one in STEPS if step is None else (step,):
                    self._asker.say(page(session, one, self._clock()))
            case "compare":
                await self._compare(view)
            case "curl" if view.request is not None:
                self._asker.say(
                    ["", "Its secrets stand in it as variables:", *map(clean, command(view.request).splitlines())]
                )
            case "checklist":
                self._asker.say(["", *(spoken(line, view.hints) for line in checklist_of(view).splitlines())])
            case "report":
                await self._report(view)

    async def _compare(self, view: CaseView) -> None:
        sends = [sent for sent in view.sends if answer_of(view, sent) is not None]
        first = await self._asker.choose("The first?", [Way(line_of(sent), sent) for sent in sends])
        others = [sent for sent in sends if sent is not first]
        second = await self._asker.choose("Compared with?", [Way(line_of(sent), sent) for sent in others])
        self._asker.say(["", *lines(pair_blocks(view, first, second), view.hints)])

    async def _report(self, view: CaseView) -> None:
        ways: list[Way[str | None]] = [Way(f"Save it as {name}", form) for form, name in _FORMS.items()]
        form = await self._asker.choose(
            "The report, without any secret", [*ways, Way("Read it here", ""), Way("Back", None)]
        )
        if form is None:
            return
        report = self._reporter.build(view)
        if not form:
            read = self._reporter.render(report, ".md").decode()
            self._asker.say(spoken(line, view.hints) for line in read.splitlines())
            return
        data = self._reporter.render(report, f".{form}")
        try:
            path = save(data, self._folder, f"tui401-{view.case or 'case'}", form)
        except OSError as error:
            why = error.strerror or "unknown"
            self._asker.say([spoken(f"Not saved: {self._folder} cannot be written to ({why}).")])
            return
        self._asker.say([spoken(f"Saved as {path}")])
