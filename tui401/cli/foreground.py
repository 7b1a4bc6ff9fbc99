"""Whether this process has the terminal, or the shell has put it behind another job."""

from __future__ import annotations

import contextlib
import os
from typing import Final

from tui401.cli.arguments import UsageError

CUT: Final = (
    "the shell ends a command at an & outside quotes, and runs it in the background. If the address goes on behind "
    "an &, quote it: 'https://…?a=1&b=2'."
)
"""What usually puts a command into the background unasked."""


def need_the_foreground() -> None:
    """Ends what needs the keyboard when the shell has put it into the background.

    Raises:
        UsageError: there; an address that was cut at an & outside quotes is the usual reason.
    """
    if in_background():
        raise UsageError(f"The wizard runs in the background here, without a keyboard. Perhaps {CUT}")


def in_background() -> bool:
    """Whether another job than this one has the terminal; False where there is none or the system has no jobs."""
    if os.name == "nt":
        return False
    with contextlib.suppress(OSError):
        descriptor = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(descriptor) != os.getpgrp()
        finally:
            os.close(descriptor)
    return False
