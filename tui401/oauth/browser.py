"""The system's browser, opened at an address; it inherits nothing of ours that may hold a secret."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from tui401.model.secret import Secret
from tui401.oauth.endpoint import is_private

_OURS: Final = "TUI401_"
_BY_SYSTEM: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "darwin": (("open",),),
    "win32": (("rundll32", "url.dll,FileProtocolHandler"),),
}
_ELSEWHERE: Final = (("wslview",), ("xdg-open",), ("gio", "open"))
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
NONE_HERE: Final = "No browser could be opened here. Open the address yourself; the code comes back to this machine."


def child_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a program that we start: the person's, without what is ours."""
    given = os.environ if env is None else env
    return {name: value for name, value in given.items() if not name.upper().startswith(_OURS)}


def command(env: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """The program that opens an address in this system's browser; () where there is none.

    A browser for the terminal is none: it would draw over what stands there.
    """
    ways: Sequence[Sequence[str]] = _BY_SYSTEM.get(platform, ())
    if not ways and any(env.get(name) for name in _DISPLAYS):
        ways = _ELSEWHERE
    for way in ways:
        found = shutil.which(way[0], path=env.get("PATH"))
        if found:
            return (found, *way[1:])
    return ()


async def open_browser(address: Secret[str]) -> str:
    """Opens an address; "" when a browser was told, else a sentence.

    Args:
        address: https, or on this machine. Others are not opened.
    """
    text = address.reveal()
    if not is_private(text):
        return "The address is not https, so no browser was opened."
    env = child_environment()
    program = command(env)
    if not program:
        return NONE_HERE
    try:
        child = await asyncio.create_subprocess_exec(
            *program,
            text,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
    except OSError:
        return NONE_HERE
    # The opener ends at once on most systems; where it becomes the browser itself, nobody waits for it.
    _RUNNING.add(task := asyncio.create_task(_reaped(child)))
    task.add_done_callback(_RUNNING.discard)
    return ""


_RUNNING: Final[set[asyncio.Task[None]]] = set()


async def _reaped(child: asyncio.subprocess.Process) -> None:
    await child.wait()
