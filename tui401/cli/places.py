"""Where this program's files live on each system (platformdirs)."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """The folder of the journal; ``TUI401_STATE`` names another."""
    named = os.environ.get("TUI401_STATE")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - only commands that keep something pay for it

    return Path(platformdirs.user_state_dir("tui401", appauthor=False))


def config_folder() -> Path:
    """The folder of profiles and dialects; ``TUI401_CONFIG`` names another."""
    named = os.environ.get("TUI401_CONFIG")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - the same

    return Path(platformdirs.user_config_dir("tui401", appauthor=False))
