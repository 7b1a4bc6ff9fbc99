"""Intake: what a person has, a command or a text, to one request whose every part has a provenance."""

from __future__ import annotations

from tui401.intake.argv import from_argv
from tui401.intake.core import Intake, IntakeError

__all__ = ["Intake", "IntakeError", "from_argv"]
