"""What the program knows of causes and steps, loaded when it is first shown, after the first frame."""

from __future__ import annotations

from tui401.model.cause import Cause
from tui401.model.verdict import STEPS, Step


def cause_of(slug: str) -> Cause | None:
    """The cause of that slug, or None for one that a newer version saved."""
    from tui401.causes import all_causes  # noqa: PLC0415 - some fifty modules

    return all_causes().get(slug)


def title_of(slug: str) -> str:
    """The cause's sentence; its slug where it is not known here."""
    cause = cause_of(slug)
    return cause.title if cause is not None else slug.replace("-", " ").capitalize()


def number_of(step: Step) -> int:
    """The step's number, from 1."""
    return STEPS.index(step) + 1
