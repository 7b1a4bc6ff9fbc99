"""A kept case made alive again: one masked question after another for what was not kept."""

from __future__ import annotations

from textual.app import App

from tui401.model.case import Case
from tui401.model.secret import Secret
from tui401.model.view import CaseView
from tui401.ui.ports import Resume
from tui401.ui.screens.credential import CredentialScreen


async def alive(app: App[None], port: Resume, view: CaseView) -> Case | None:
    """The case, its values given again; None when the person went back. To be called in a worker.

    Raises:
        PortError: when nothing of a request was kept, or what was given makes none.
    """
    given: dict[str, Secret[str]] = {}
    needs = port.needs(view.case)
    for number, need in enumerate(needs, 1):
        screen = CredentialScreen(
            need.title,
            need.lines,
            button="Go on" if number < len(needs) else "Go on: it asks before it sends",
            hints=view.hints,
            whole=need.whole,
            optional=need.optional,
        )
        value = await app.push_screen_wait(screen)
        if value is None:
            return None
        if value:
            given[need.key] = value
    return port.case(view.case, given)
