"""Clocks of others against this machine's: NTP (RFC 5905) and the Date of an answer (RFC 9110, section 6.6.1)."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import Hop
from tui401.model.probe import ProbeSpec
from tui401.model.shown import ClockSeen, Evidence, kind_of
from tui401.probes import address, specs
from tui401.probes.failures import NoAnswerError, quoted
from tui401.threads import in_daemon

DEFAULT_SERVER: Final = "pool.ntp.org"
_PORT: Final = 123
_TRIES: Final = 2  # addresses of one name that are asked
_CENTURY_FROM: Final = 1_577_836_800.0  # 2020: no clock that is worth believing says an earlier year
_CENTURY_TO: Final = 4_102_444_800.0  # 2100
_WORST: Final = 16.0  # seconds of root delay or dispersion beyond which a server is of no use (RFC 5905, MAXDISP)
_SPOOF: Final = 0.01  # seconds that a timestamp may lose in being encoded

_KISSES: Final = {
    b"RATE": "asks us to ask less often",
    b"DENY": "denies access",
    b"RSTR": "denies access by its policy",
    b"INIT": "has not synchronised itself yet",
    b"STEP": "is just being set",
}


def of_hop(hop: Hop, who: str) -> ClockSeen | None:
    """The clock of whoever answered, as its Date shows it; None where there is no readable Date.

    A Date is cut to whole seconds, so its clock stood half a second later on average when it was written, and it was
    written somewhere between our asking and its coming.

    Args:
        hop: The request and its answer.
        who: ``api`` or ``issuer``.
    """
    response = hop.response
    dates = response.values("date") if response is not None else ()
    if response is None or not dates:
        return None
    try:
        said = parsedate_to_datetime(dates[0].reveal()).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    cached = any(v.reveal().strip() not in {"", "0"} for v in response.values("age")) or any(
        "hit" in v.reveal().lower() for name in ("x-cache", "cf-cache-status") for v in response.values(name)
    )
    half = max(hop.elapsed, 0.0) / 2
    return ClockSeen(
        who=who,
        source=quoted(hop.request.origin.host),
        offset=said + 0.5 - (hop.started_at + half),
        uncertainty=0.5 + half,
        at=hop.started_at,
        cached=cached,
    )


async def ask(server: str, *, limit: float) -> ClockSeen:
    """One reading of a time server; a problem is part of the reading.

    Args:
        server: ``host``, ``host:port`` or ``[address]:port``.
        limit: Seconds in all.
    """
    host, port = _split(server)
    shown = quoted(server)
    began = time.monotonic()
    try:
        found = await address.addresses(host, port, limit=limit / 2)
    except NoAnswerError as error:
        return _problem(shown, error.failure.says)
    problem = f"{shown} has no address."
    for tried in found[:_TRIES]:
        left = limit - (time.monotonic() - began)
        if left <= 0:
            break
        each = left / (1 if len(found) == 1 else _TRIES)
        try:
            return _judged(shown, await in_daemon(partial(_request, str(tried), port, each), limit=each + 0.2))
        except _UnusableError as error:
            return _problem(shown, str(error))
        except TimeoutError:
            problem = f"The time server {shown} did not answer within {limit:g} s. UDP port {port} may be blocked."
        except OSError as error:
            reason = quoted(error.strerror or type(error).__name__)
            problem = f"The time server {shown} could not be asked ({reason})."
    return _problem(shown, problem)


class _UnusableError(Exception):
    """An answer that tells no time; its text is the sentence."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came, and this machine's time just before and after."""

    stats: Any
    before: float
    after: float
    jumped: bool


def _request(to: str, port: int, limit: float) -> _Reply:
    import ntplib  # noqa: PLC0415 - only where a clock is asked

    before, ticks = time.time(), time.monotonic()
    try:
        stats = ntplib.NTPClient().request(to, version=4, port=port, timeout=limit)
    except ntplib.NTPException as error:
        if "No response" in str(error):
            raise TimeoutError from None
        raise _UnusableError("The time server answered with something that is not NTP.") from None
    after = time.time()
    return _Reply(stats, before, after, abs((after - before) - (time.monotonic() - ticks)) > 0.1)


def _judged(shown: str, reply: _Reply) -> ClockSeen:
    """A reading from a reply, or why it is not one."""
    stats = reply.stats
    if stats.stratum == 0:
        code = int(stats.ref_id).to_bytes(4, "big")
        why = _KISSES.get(code, "tells us to go away")
        raise _UnusableError(f"The time server {shown} {why} (kiss of death). Name another with --ntp.")
    if stats.mode != 4:
        raise _UnusableError(f"What answers at {shown} is no time server (mode {stats.mode}). Name another with --ntp.")
    if not reply.before - _SPOOF <= stats.orig_time <= reply.after + _SPOOF:
        raise _UnusableError(f"The answer of {shown} is not to our question; it was left aside.")
    if reply.jumped:
        raise _UnusableError(f"This machine's clock was set while {shown} was asked. Ask again.")
    if stats.stratum > 15 or stats.leap == 3:
        raise _UnusableError(f"The time server {shown} is not synchronised itself. Name another with --ntp.")
    if not stats.tx_timestamp or not _CENTURY_FROM <= stats.tx_time <= _CENTURY_TO:
        told = time.gmtime(stats.tx_time).tm_year if abs(stats.tx_time) < 1e11 else "no year"
        raise _UnusableError(f"The time server {shown} tells the year {told}, which is not believed.")
    delay = max(0.0, float(stats.delay))
    roots = max(0.0, float(stats.root_delay)) / 2 + max(0.0, float(stats.root_dispersion))
    if not math.isfinite(roots) or roots > _WORST:
        raise _UnusableError(f"The time server {shown} says itself that it may be {roots:.0f} s off.")
    return ClockSeen(
        who="ntp", source=shown, offset=float(stats.offset), uncertainty=delay / 2 + roots + 0.001, at=reply.after
    )


def _problem(shown: str, says: str) -> ClockSeen:
    return ClockSeen(who="ntp", source=shown, at=time.time(), problem=says)


def _split(server: str) -> tuple[str, int]:
    text = server.strip().removeprefix("ntp://")
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, ""
    return host, int(port) if port.isascii() and port.isdigit() and 0 < int(port) < 65_536 else _PORT


@dataclass(frozen=True, slots=True)
class ClockGatherer:
    """Asks a time server: the one that the person named, else the default one."""

    spec: ProbeSpec = specs.CLOCK

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:  # noqa: ARG002 - the shape of every gatherer
        """The reading."""
        seen = await ask(case.known.ntp or DEFAULT_SERVER, limit=self.spec.limit - 0.5)
        return (Evidence(kind=kind_of(seen), subject="machine", content=seen, at=time.time(), by="clock"),)
