"""A question of the recovery put on the screen that draws its kind."""

from __future__ import annotations

from typing import Any, Protocol

from textual.app import App

from tui401.model.fix import Asks, Question
from tui401.model.secret import Secret
from tui401.ui.asking_page import refusal_of
from tui401.ui.screens.base import WizardScreen
from tui401.ui.screens.credential import CredentialScreen
from tui401.ui.screens.question import QuestionScreen
from tui401.ui.screens.signin import SignInScreen
from tui401.ui.session import Session

_SECRETS = (Asks.CREDENTIAL, Asks.VALUE)


class Answered(Protocol):
    """Takes the key of the chosen way, None for a question that went away, and what was given with it."""

    def __call__(self, question: Question, key: str | None, secret: Secret[str] | None = None) -> None:
        """Answers the question."""
        ...


def put(app: App[None], session: Session, question: Question, answered: Answered) -> WizardScreen[Any]:
    """Opens the screen that asks it; the screen."""
    hints = session.view.hints
    if question.asks in _SECRETS or question.secret:
        keys = [choice.key for choice in question.choices]
        lesson = session.lesson
        credential = CredentialScreen(
            question.title,
            tuple(question.lines),
            button=question.choices[0].label if question.choices else "Use it",
            hints=hints,
            ready=lesson.paste if lesson is not None and question.asks is Asks.CREDENTIAL else None,
        )

        def given(value: Secret[str] | None) -> None:
            if value is None:
                answered(question, refusal_of(question))
            else:
                answered(question, keys[0] if keys else "yes", value)

        app.push_screen(credential, given)
        return credential
    screen = SignInScreen(question, hints) if question.asks is Asks.SIGN_IN else QuestionScreen(question, hints)
    app.push_screen(screen, lambda key: answered(question, key))
    return screen
