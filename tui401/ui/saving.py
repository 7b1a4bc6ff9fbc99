"""Writes a report to a file: readable by its owner only, and never over another file."""

from __future__ import annotations

import os
from pathlib import Path

_TRIES = 1_000


def save(data: bytes, folder: Path, stem: str, kind: str) -> Path:
    """Writes ``folder/stem.kind``, or ``stem-2.kind`` and so on where that exists.

    Raises:
        OSError: when it cannot be written.
    """
    for number in range(1, _TRIES):
        path = folder / (f"{stem}.{kind}" if number == 1 else f"{stem}-{number}.{kind}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return path
    raise FileExistsError(17, "too many files of that name", str(folder / stem))
