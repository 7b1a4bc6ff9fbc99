"""Values that must never be seen: the one type in which a secret may rest in memory."""

from __future__ import annotations

from typing import AnyStr, Final, Generic, NoReturn

MASK: Final = "●●●●"
_HINT_FROM: Final = 16  # a hint of four characters gives away too much of anything shorter


class Secret(Generic[AnyStr]):
    """A text or bytes that neither prints, formats, pickles nor compares in a time that tells.

    Attributes:
        hint: The last four characters of a long text, to tell two credentials apart on a screen; else "".
    """

    __slots__ = ("_value",)

    def __init__(self, value: AnyStr) -> None:
        self._value: Final[AnyStr] = value

    def reveal(self) -> AnyStr:
        """The value itself. Every call is a place to look at in a review."""
        return self._value

    @property
    def hint(self) -> str:
        """The last four characters of a text long enough to spare them, else ""."""
        value: str | bytes = self._value
        if isinstance(value, bytes) or len(value) < _HINT_FROM:
            return ""
        tail = value[-4:]
        return tail if tail.isascii() and tail.isalnum() else ""

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415 - it loads OpenSSL, which no first frame needs

        return compare_digest(_as_bytes(self._value), _as_bytes(other._value))

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"<Secret {MASK}>"

    def __str__(self) -> str:
        return MASK

    def __format__(self, _spec: str) -> str:
        return MASK

    def __copy__(self) -> Secret[AnyStr]:
        return self

    def __deepcopy__(self, _memo: object) -> Secret[AnyStr]:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret does not pickle: it may rest in memory and in the keyring only")


def _as_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
