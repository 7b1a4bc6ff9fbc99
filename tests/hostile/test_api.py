"""Hostile APIs over real sockets: each answer ends in a finding or a sentence, in bounded time, and does no harm."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest

from tests.hostile import answers_content as content
from tests.hostile import answers_framing as framing
from tests.hostile import answers_tls
from tests.hostile.answers_issuer import DOCUMENTS as OF_ISSUERS
from tests.hostile.answers_issuer import HTTP as AT_ENDPOINTS
from tests.hostile.answers_issuer import SLOW as SLOW_ISSUERS
from tests.hostile.answers_redirect import REDIRECTS
from tests.hostile.kit import Play, refuses
from tests.hostile.running import Ran, against_api, all_of, complaints
from tests.hostile.times import TIMES, Tells, time_server
from tests.probes.server import Authority
from tui401.model.shown import ClockSeen, Evidence

QUICK: dict[str, dict[str, Play]] = {
    "floods": framing.FLOODS,
    "endless heads": {k: v for k, v in framing.ENDLESS_HEADS.items() if not k.startswith(("interim", "early"))},
    "statuses": framing.STATUSES,
    "headers": framing.HEADERS,
    "lengths": framing.LENGTHS,
    "chunks": framing.CHUNKS,
    "ends": framing.ENDS,
    "bombs": content.BOMBS,
    "words": content.WORDS,
    "documents": content.DOCUMENTS,
    "challenges": content.CHALLENGES,
    "dates": content.DATES,
    "waits": content.WAITS,
    "endless bodies": {k: v for k, v in framing.ENDLESS_BODIES.items() if "byte" not in k},
}
SLOW: dict[str, dict[str, Play]] = {
    "slow heads": framing.SLOW | {k: v for k, v in framing.ENDLESS_HEADS.items() if k.startswith(("interim", "early"))},
    "slow bodies": framing.SLOW_BODIES | {k: v for k, v in framing.ENDLESS_BODIES.items() if "byte" in k},
}
pytestmark = pytest.mark.timeout(300)  # a family at a time, on a machine that has much else to do

SAYS: dict[str, dict[str, str]] = {
    "floods": {"100,000 headers": "longer than 100 KiB", "another protocol": "(status 101)"},
    "headers": {"a NUL in a value": "has a header line that HTTP does not allow"},
    "lengths": {"a negative length": "tells its length", "gzip as a transfer coding": "has a transfer coding"},
    "statuses": {"status 0": "has no status line", "frames of HTTP/2": "is not HTTP"},
    "ends": {"closes before a byte": "closed the connection without an answer"},
}
NO_ANSWER = re.compile(r"\nUNREACHABLE  \S.*[.]$", re.MULTILINE)


def test_there_are_enough_of_them() -> None:
    families = (*QUICK.values(), *SLOW.values(), REDIRECTS, answers_tls.RAW, answers_tls.SECURED)
    of_issuers = (OF_ISSUERS, AT_ENDPOINTS, SLOW_ISSUERS)
    assert sum(map(len, families)) >= 300
    assert sum(map(len, of_issuers)) >= 200
    assert len(TIMES) >= 25


def unreachable(ran: dict[str, Ran]) -> set[str]:
    """Those that brought no answer, each after a look that a sentence says why."""
    found = {name for name, one in ran.items() if one.outcome is not None and one.outcome.value == "unreachable"}
    assert {name: ran[name].text for name in found if not NO_ANSWER.search(ran[name].text)} == {}
    return found


@pytest.mark.parametrize("family", QUICK)
async def test_what_is_strange_ends_well(family: str) -> None:
    ran = await all_of(QUICK[family], lambda play: against_api(play, budget=2))
    assert complaints(ran) == {}
    if family in ("words", "documents", "challenges", "dates", "bombs"):
        assert unreachable(ran) == set(), "its status and headers were whole"
    if family in ("headers", "endless heads"):
        assert len(unreachable(ran)) >= len(ran) // 2
    told = SAYS.get(family, {})
    assert {name: words for name, words in told.items() if words not in ran[name].text} == {}


@pytest.mark.parametrize("family", SLOW)
async def test_what_is_slow_ends_in_its_time(family: str) -> None:
    ran = await all_of(SLOW[family], lambda play: against_api(play, limit=0.4), beside=20)
    assert complaints(ran) == {}
    assert unreachable(ran) == (set(ran) if family == "slow heads" else set())


async def test_redirects_lead_nowhere_that_harms() -> None:
    ran = await all_of(REDIRECTS, lambda play: against_api(play, "-L", limit=20.0))
    assert complaints(ran) == {}
    assert {name for name in ran if name.endswith(":")} <= unreachable(ran), "kinds that are not HTTP are not followed"
    circles = [one.text for name, one in ran.items() if name.startswith(("in a circle", "to ever"))]
    assert all("go in a circle" in text or "more than 30 redirects" in text for text in circles)


async def test_a_handshake_that_goes_wrong_is_told(tmp_path: Path) -> None:
    ca = Authority.make(tmp_path / "ca").file
    ran = await all_of(
        answers_tls.RAW, lambda play: against_api(play, "--cacert", ca, limit=1.0, scheme="https"), beside=30
    )
    assert complaints(ran) == {}
    # An alert may be how a server asks for a client certificate, and that is a finding.
    told = {name for name, one in ran.items() if "client-certificate-required" in one.text.split("\n")[1]}
    assert unreachable(ran) | told == set(ran)
    assert all(name.startswith("an alert") for name in told)
    gc.collect()  # a connection that was not closed is an error of this test and not of a later one


async def test_what_breaks_off_under_tls_is_told(tmp_path: Path) -> None:
    ca = Authority.make(tmp_path / "ca")
    tls = ca.server_context("127.0.0.1")
    ran = await all_of(
        answers_tls.SECURED, lambda play: against_api(play, "--cacert", ca.file, limit=1.0, tls=tls), beside=10
    )
    assert complaints(ran) == {}
    assert set(ran) - unreachable(ran) == {"breaks off in the body"}


@pytest.mark.parametrize(
    ("hosts", "days", "trusted", "says"),
    [
        (["127.0.0.1"], (-20, -10), True, "has expired"),
        (["127.0.0.1"], (10, 20), True, "is not valid yet"),
        (["127.0.0.2"], (-1, 10), True, "is not for the name"),
        (["127.0.0.1"], (-1, 10), False, "does not know"),
    ],
)
async def test_a_certificate_that_is_wrong_is_told(
    hosts: list[str], days: tuple[int, int], says: str, tmp_path: Path, *, trusted: bool
) -> None:
    ca, other = Authority.make(tmp_path / "ca"), Authority.make(tmp_path / "other", "Other CA")
    tls = ca.server_context(*hosts, days=days)
    ran = await against_api(refuses(), "--cacert", (ca if trusted else other).file, limit=5.0, tls=tls)
    assert ran.complaints == []
    assert says in ran.text


async def test_a_time_server_that_tells_no_time_is_not_believed() -> None:
    async def run(tells: Tells) -> Ran:
        async with time_server(tells) as server:
            return await against_api(refuses(), limit=1.0, ntp=server)

    ran = await all_of(TIMES, run, beside=12)
    assert complaints(ran) == {}
    read = {
        name: [clock_of(piece) for piece in one.view.evidence if piece.subject == "machine" and piece.by == "clock"]
        for name, one in ran.items()
    }
    # Where nothing comes at all, a machine with much else to do may end the wait from outside, which is told as well.
    assert {name for name, found in read.items() if len(found) != 1} <= {"silence"}
    believed = {name for name, found in read.items() if any(not one.problem for one in found)}
    assert believed == {"an hour ahead", "the end of an era", "version 0", "version 7", "65,000 bytes"}


def clock_of(piece: Evidence) -> ClockSeen:
    assert isinstance(piece.content, ClockSeen)
    return piece.content
