"""Makes ready, while the network is waited for, what the first answer is judged with."""

from __future__ import annotations

import asyncio
import threading
from typing import Final

from tui401.dialects import package_matcher

_PAUSE: Final = 0.01  # seconds; a loop that comes back from it in time has nothing to do


async def warm_up() -> threading.Thread:
    """Reads the dialects in a thread as soon as the loop is idle: the first request is on its way then.

    Earlier, reading them would only delay that request; later, its answer.
    """
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(_PAUSE)
        if loop.time() - before < 2 * _PAUSE:
            break
    thread = threading.Thread(target=package_matcher, name="tui401-dialects", daemon=True)
    thread.start()
    return thread
