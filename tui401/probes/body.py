"""A body read piece by piece and never beyond its bound, decoded on the way (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

MAX_BODY: Final = 1_048_576  # bytes after decoding
_MAX_CODINGS: Final = 3
_MOST_PACKED: Final = 2  # times the bound: no coding makes its content longer than that, but for one that means ill
_GZIP_MARK: Final = b"\x1f\x8b"
_GZIP: Final = 16 + zlib.MAX_WBITS


class _Coding(Protocol):
    """One content coding, undone piece by piece."""

    def feed(self, piece: bytes, most: int) -> bytes:
        """What the piece decodes to, at most that many bytes."""
        ...


class _Gzip:
    """gzip (RFC 1952), several members one behind the other included."""

    def __init__(self) -> None:
        self._z = zlib.decompressobj(_GZIP)

    def feed(self, piece: bytes, most: int) -> bytes:
        out = bytearray()
        while piece and len(out) < most:
            out += self._z.decompress(piece, most - len(out))
            if not self._z.eof:
                break
            piece = self._z.unused_data
            if not piece.startswith(_GZIP_MARK):  # what follows the last member is no part of the content
                break
            self._z = zlib.decompressobj(_GZIP)
        return bytes(out)


class _Deflate:
    """deflate: zlib (RFC 1950) by the book, and the bare stream that some servers send in its place."""

    def __init__(self) -> None:
        self._z = zlib.decompressobj()
        self._first = True

    def feed(self, piece: bytes, most: int) -> bytes:
        if self._first:
            self._first = False
            try:
                return self._z.decompress(piece, most)
            except zlib.error:
                self._z = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._z.decompress(piece, most)


class Body:
    """Takes a body's pieces and keeps the first bytes of it.

    Attributes:
        truncated: There was more than the bound, it broke off inside its coding, or its coding gives next to nothing.
    """

    def __init__(self, coding: str, most: int = MAX_BODY) -> None:
        self.truncated = False
        self._kept = bytearray()
        self._raw = bytearray()
        self._most = most
        self._came = 0
        names = [name.strip().lower() for name in coding.split(",") if name.strip()]
        names = [name for name in names if name != "identity"]
        known = len(names) <= _MAX_CODINGS and all(name in {"gzip", "x-gzip", "deflate"} for name in names)
        self._codings: list[_Coding] = []
        if known:
            self._codings = [_Deflate() if name == "deflate" else _Gzip() for name in reversed(names)]

    def feed(self, piece: bytes) -> None:
        """Takes the next piece as it came from the wire."""
        if not self._codings:
            self._keep(piece)
            return
        self._came += len(piece)
        room = self._most - len(self._raw)
        self._raw += piece[: max(0, room)]
        for coding in self._codings:
            try:
                piece = coding.feed(piece, self._most + 1)
            except zlib.error:
                if self._kept:
                    self.truncated = True  # it began well and broke off
                    return
                # Not what its header says: the bytes as they came say more than half of a decoding.
                self._codings = []
                self._kept = bytearray()
                raw, self._raw = bytes(self._raw), bytearray()
                self._keep(raw)
                return
        self._keep(piece)
        if self._came > _MOST_PACKED * self._most:
            self.truncated = True

    def value(self) -> bytes:
        """What was kept."""
        return bytes(self._kept)

    def _keep(self, piece: bytes) -> None:
        room = self._most - len(self._kept)
        if len(piece) > room:
            self.truncated = True
            piece = piece[:room]
        self._kept += piece
