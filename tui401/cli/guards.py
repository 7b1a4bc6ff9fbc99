"""What keeps secrets in while the program runs, and what a person sees when it breaks (safety.md)."""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

FAULT: Final = 70  # EX_SOFTWARE of sysexits.h: a fault of ours, told apart from the exit codes that mean something

_MADE_BETWEEN: Final = 20_000  # objects between two looks of the collector; Python's own 700 suit small programs

_TALKATIVE: Final = (
    # Textual would write every key and paste to a file or a console, or a picture of the screen.
    *("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION"),
    "TEXTUAL_SHOW_RETURN",
    "PYTHONASYNCIODEBUG",  # asyncio would log slow calls with their arguments
)
"""Debug switches of the environment that print what a person types."""


_FULL: Final = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))


def is_full(error: OSError) -> bool:
    """Whether there was no room for what was written: on the disk, in a quota, under a limit."""
    return error.errno in _FULL


def protect() -> None:
    """Switches core dumps and talkative debug switches off, and puts a sentence in the place of tracebacks."""
    # A core dump holds every secret of the process. There are none to switch off on Windows.
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = _tell
    threading.excepthook = lambda args: _tell(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
    sys.unraisablehook = lambda args: _tell(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
    for name in _TALKATIVE:
        os.environ.pop(name, None)
    # What libraries log where nobody asked for a log: tracebacks of forgotten tasks, with their messages.
    logging.lastResort = logging.NullHandler()


def hurry() -> None:
    """Puts the garbage collector off: it would walk all modules several times while they load, and find nothing.

    The wizard takes it back when its first frame stands.
    """
    gc.disable()


def part_quickly() -> None:
    """Spares the collector what is left when the interpreter ends: the process goes, and all of it at once.

    Without it the interpreter walks everything that was loaded, which a person sees as a prompt that comes late.
    """
    atexit.register(gc.freeze)
    atexit.register(gc.disable)


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """Spares the collector what is loaded, in work over so many things that it would walk all modules again and again.

    Enter it when everything is loaded. What is made inside is still collected, less often.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE_BETWEEN, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def hide_arguments() -> None:
    """Takes the command line out of the process list: it may hold a credential."""
    # Where the module is missing or the system does not allow it, nothing else can be done.
    with contextlib.suppress(ImportError, OSError):
        import setproctitle  # noqa: PLC0415 - only commands that carry a credential pay for it

        setproctitle.setproctitle("tui401")


def sentence(error: BaseException) -> str:
    """A fault of ours in a sentence: what and where, never with which values."""
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    if frames:
        last = frames[-1]
        name = last.filename.replace("\\", "/").rpartition("/tui401/")[2] or last.filename
        place = f" at {name}, line {last.lineno}"
    return (
        f"tui401 met a fault of its own ({type(error).__name__}{place}). What was found so far is kept; "
        "`tui401 cases` lists it. Please report this line, it holds no secret."
    )


def _tell(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | Warning):  # a warning is for who develops this, and ends nothing
        return
    print(sentence(error), file=sys.stderr)  # noqa: T201 - the last thing that can be said
