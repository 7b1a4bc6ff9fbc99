from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
def test_a_wizard_ends_with_its_terminal_also_where_no_signal_comes(tmp_path: Path) -> None:
    import pty

    # The terminal is not the controlling one, so the system sends no SIGHUP when it goes.
    primary, secondary = pty.openpty()
    wizard = subprocess.Popen(
        [sys.executable, "-m", "tui401"],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "TUI401_STATE": str(tmp_path), "TERM": "xterm"},
        start_new_session=True,
    )
    os.close(secondary)
    drawn = b""
    while b"401" not in drawn:
        drawn += os.read(primary, 65_536)
    os.close(primary)
    try:
        assert wizard.wait(20) != 0
    finally:
        wizard.kill()
