"""Where this program's files live on each system (platformdirs)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def state_folder() -> Path:
    """The folder of the journal; ``TUI401_STATE`` names another."""
    named = os.environ.get("TUI401_STATE")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - only commands that keep something pay for it

    folder = Path(platformdirs.user_state_dir("tui401", appauthor=False))
    # Made by an older umask or brought back from a backup it may be open to others; it is ours alone.
    with contextlib.suppress(OSError):
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def config_folder() -> Path:
    """The folder of profiles and dialects; ``TUI401_CONFIG`` names another."""
    named = os.environ.get("TUI401_CONFIG")
    if named:
        return Path(named)
    import platformdirs  # noqa: PLC0415 - the same

    return Path(platformdirs.user_config_dir("tui401", appauthor=False))
