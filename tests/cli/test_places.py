from __future__ import annotations

import os
import stat
from pathlib import Path

import platformdirs
import pytest

from tui401.cli.places import state_folder


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_state_folder_that_is_open_to_others_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tui401"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    monkeypatch.delenv("TUI401_STATE", raising=False)
    monkeypatch.setattr(platformdirs, "user_state_dir", lambda *_args, **_more: str(folder))
    assert state_folder() == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
