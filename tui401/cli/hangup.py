"""A terminal that goes away while the wizard runs: the program must go, too, and not spin where nobody sees it."""

from __future__ import annotations

import os
import select
import threading
import time
from typing import Final

HUNG_UP: Final = 129  # 128 plus the number of SIGHUP, as a shell reports it
_GRACE: Final = 1.0  # seconds for an orderly end after the signal that usually comes with it


def leave_with_the_terminal(descriptor: int = 0) -> None:
    """Ends the process soon after its terminal has hung up.

    A terminal that is not the controlling one brings no SIGHUP; and once its output is gone the app's main thread may
    wait for ever to write. Every event of the case is on disk by then, so the process can end at once.

    Args:
        descriptor: The terminal's, for reading.
    """
    if not hasattr(select, "poll"):
        return
    threading.Thread(target=_watch, args=(descriptor,), name="terminal", daemon=True).start()


def _watch(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # errors and hang-ups are always told; nothing else is asked for
    while True:
        try:
            happened = poll.poll()
        except OSError:
            return
        if any(events & (select.POLLHUP | select.POLLERR) for _, events in happened):
            time.sleep(_GRACE)
            os._exit(HUNG_UP)
        if happened:
            return  # no terminal any more, and no hang-up: the descriptor was closed by the program itself
