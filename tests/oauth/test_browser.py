from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.oauth.issuing import written
from tui401.model.secret import Secret
from tui401.oauth import browser


def was_run(opener: Path) -> bool:
    return opener.exists()


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of the system's opener; it writes down what it was given."""
    tool = tmp_path / "xdg-open"
    tool.write_text(
        '#!/bin/sh\n{ echo "$@"; /usr/bin/env; } > "$(/usr/bin/dirname "$0")/given.part"\n'
        'mv "$(/usr/bin/dirname "$0")/given.part" "$(/usr/bin/dirname "$0")/given"\n'
    )
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":99")
    monkeypatch.setattr(browser.sys, "platform", "linux")
    return tmp_path / "given"


async def test_the_systems_browser_gets_the_address_and_nothing_of_ours(
    opener: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI401_REFRESH_TOKEN", "s3cret-0011223344")
    assert await browser.open_browser(Secret("https://login.example/authorize?state=x")) == ""
    told = await written(opener)
    await asyncio.gather(*browser._RUNNING)
    assert told.splitlines()[0] == "https://login.example/authorize?state=x"
    assert "TUI401" not in told
    assert "DISPLAY=:99" in told


@pytest.mark.parametrize(
    "address",
    ["http://login.example/", "javascript:alert(1)", "file:///etc/passwd", "https://a:b@login.example/", "-x"],
)
async def test_an_address_that_others_could_read_is_not_opened(opener: Path, address: str) -> None:
    assert "not https" in await browser.open_browser(Secret(address))
    assert not was_run(opener)


async def test_without_a_display_no_browser_draws_over_the_terminal(
    opener: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert await browser.open_browser(Secret("https://login.example/")) == browser.NONE_HERE
    assert not was_run(opener)
