"""The one place where intake reads files: bounded, listed, and for pasted text only after a yes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from tui401.intake.core import MAX_FILE, IntakeError, World, quoted


@dataclass(slots=True)
class Files:
    """Reads what a command names, and remembers it.

    Attributes:
        world: Where relative names start, and whether reading is allowed at all.
        reads: What was read or would be, in order, without repetition.
        pending: Something would have been read and was not.
    """

    world: World
    reads: list[str] = field(default_factory=list)
    pending: bool = False
    _drained: bool = False

    def path(self, name: str) -> str:
        """The absolute form of a file's name; ``~`` is the shell's business and stays."""
        return os.path.normpath(os.path.join(self.world.cwd, name)) if name else name  # noqa: PTH118 - text, no I/O

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name that could be opened."""
        try:
            return os.access(self.path(name), os.R_OK) and not stat.S_ISDIR(os.stat(self.path(name)).st_mode)  # noqa: PTH116 - as below
        except (OSError, ValueError):
            return False

    def list(self, name: str) -> str:
        """Takes down a file that somebody else will read, such as a client certificate; gives its absolute name."""
        path = self.path(name)
        if path not in self.reads:
            self.reads.append(path)
        return path

    def read(self, name: str, option: str) -> bytes | None:
        """The content of a file, or of standard input for ``-``.

        Returns:
            Its bytes, or None when it may not be read before the person agrees.

        Raises:
            IntakeError: It cannot be read, or is larger than MAX_FILE.
        """
        if name == "-":
            return self._standard_input(option)
        path = self.path(name)
        if path not in self.reads:
            self.reads.append(path)
        if not self.world.trusted and path not in self.world.allowed:
            self.pending = True
            return None
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - names come from a shell and may hold any byte
                content = file.read(MAX_FILE + 1)
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else "") or "it is no file's name"
            raise IntakeError(
                f"The file {quoted(name, instead='')} that {option} names cannot be read: {why}. "
                "Correct its name, or run this in the folder where it lies.".replace("  ", " ")
            ) from None
        if len(content) > MAX_FILE:
            raise IntakeError(f"The file that {option} names is larger than {MAX_FILE >> 20} MiB; give a smaller one.")
        return content

    def _standard_input(self, option: str) -> bytes | None:
        if self.world.stdin_file is not None:
            return self.read(self.world.stdin_file, "standard input (<)")
        if self.world.stdin is None:
            raise IntakeError(f"{option} reads standard input, and nothing stands there. Pipe it in, or name a file.")
        if self._drained:
            return b""  # as for curl, it can be read once
        self._drained = True
        if self.world.trusted:
            self.reads.append("-")
        return self.world.stdin
