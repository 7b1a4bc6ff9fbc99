"""Intake: what a person has, a command or a text, to one request whose every part has a provenance."""

from __future__ import annotations

from tui401.intake.argv import from_argv
from tui401.intake.core import Intake, IntakeError
from tui401.intake.paste import Kind, fill, from_file, from_text, read_files, recognise

__all__ = ["Intake", "IntakeError", "Kind", "fill", "from_argv", "from_file", "from_text", "read_files", "recognise"]
