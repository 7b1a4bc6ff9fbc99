"""Failures on the way, as an exception inside this room; outside it they are values."""

from __future__ import annotations

import errno
from typing import Final

from tui401.model.http import Failure, FailureKind, Header

MAX_QUOTE: Final = 160


class NoAnswerError(Exception):
    """No answer came; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind.value)
        self.failure = failure


def no_answer(
    kind: FailureKind, says: str, *, status: int | None = None, headers: tuple[Header, ...] = ()
) -> Exception:
    """The exception for a failure of that kind."""
    return NoAnswerError(Failure(kind, says, proxy_status=status, proxy_headers=headers))


def quoted(text: object) -> str:
    """A foreign text for use inside a sentence: one line, bounded, with every unprintable character replaced."""
    line = " ".join(str(text).split())
    shown = "".join(c if c.isprintable() else "�" for c in line[: MAX_QUOTE + 1])
    return shown if len(shown) <= MAX_QUOTE else shown[:MAX_QUOTE] + "…"


def of_os_error(error: OSError, where: str) -> Failure:
    """The failure of a connection that the operating system refused."""
    number = error.errno
    if isinstance(error, ConnectionRefusedError):
        return Failure(
            FailureKind.REFUSED,
            f"Nothing listens at {where}: the connection was refused. Check the port, and whether the server runs.",
        )
    if number in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTDOWN}:
        return Failure(
            FailureKind.UNREACHABLE,
            f"There is no way to {where} from this machine. Check the network, the VPN and the address.",
        )
    if isinstance(error, TimeoutError) or number == errno.ETIMEDOUT:
        return timed_out(f"{where} did not answer the connection")
    if number in {errno.EMFILE, errno.ENFILE}:
        return Failure(
            FailureKind.UNREACHABLE,
            f"This machine has no file handles left to connect to {where}. Close other programs, or raise ulimit -n.",
        )
    reason = quoted(error.strerror or type(error).__name__)
    return Failure(FailureKind.UNREACHABLE, f"The connection to {where} failed: {reason}. Check the network.")


def timed_out(what: str, after: float | None = None) -> Failure:
    """The failure of something that took longer than its limit, in seconds."""
    within = f" within {after:.3g} s" if after is not None else " in time"
    return Failure(
        FailureKind.TIMEOUT,
        f"{what}{within}. Check the address and the network, or allow more time (-m, --connect-timeout).",
    )
