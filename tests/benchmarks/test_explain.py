"""How fast recordings are judged, in processor time, beside reading the same JSON with a typed decoder and no more."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.benchmarks.recordings import Recorder

pytestmark = pytest.mark.benchmark

ENTRIES = 100_000
BAR = 14.5  # design: 10,000 exchanges a second where the decoder alone reads 145,000
LINEAR = 1.3  # times the entries, at most so much more than their number says
FLAT = 1.25  # of memory, for four times the entries


class Named(msgspec.Struct):
    name: str
    value: str


class Post(msgspec.Struct):
    mimeType: str  # noqa: N815 - the format's name
    text: str


class Content(msgspec.Struct):
    size: int
    mimeType: str  # noqa: N815 - the same
    text: str


class Asked(msgspec.Struct):
    method: str
    url: str
    httpVersion: str  # noqa: N815 - the same
    headers: list[Named]
    queryString: list[Named]  # noqa: N815 - the same
    cookies: list[Named]
    headersSize: int  # noqa: N815 - the same
    bodySize: int  # noqa: N815 - the same
    postData: Post | None = None  # noqa: N815 - the same


class Came(msgspec.Struct):
    status: int
    statusText: str  # noqa: N815 - the same
    httpVersion: str  # noqa: N815 - the same
    headers: list[Named]
    cookies: list[Named]
    content: Content
    redirectURL: str  # noqa: N815 - the same
    headersSize: int  # noqa: N815 - the same
    bodySize: int  # noqa: N815 - the same


class Recorded(msgspec.Struct):
    startedDateTime: str  # noqa: N815 - the same
    time: float
    request: Asked
    response: Came
    timings: dict[str, Any]


class Log(msgspec.Struct):
    creator: dict[str, Any]
    entries: list[Recorded]


class Har(msgspec.Struct):
    log: Log


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The long recording, and its first quarter."""
    folder = tmp_path_factory.mktemp("recordings")
    data = Recorder().har(ENTRIES)
    lines = data.split(b"\n")
    made = {ENTRIES: data, ENTRIES // 4: b"\n".join(lines[: ENTRIES // 4 + 1]).rstrip(b",") + b"\n]}}"}
    for count, text in made.items():
        (folder / f"{count}.har").write_bytes(text)
    return {count: folder / f"{count}.har" for count in made}


def explained(file: Path) -> tuple[float, int, int]:
    """Processor seconds of the whole command, its peak memory in KiB, and how many lines it printed."""
    command = [sys.executable, "-m", "tui401", "explain", "--format", "ndjson", str(file)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    count, peak = 0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        while chunk := child.stdout.read(1 << 20):
            count += chunk.count(b"\n")
            peak = max(peak, resident(child.pid))
    assert child.returncode == 1
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak, count


def resident(pid: int) -> int:
    """The peak memory of a process so far, in KiB; 0 where the system does not say or it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) if found else 0


def test_a_long_recording_is_judged_fast_in_linear_time_and_flat_memory(
    recordings: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    data = recordings[ENTRIES].read_bytes()
    started = time.process_time()
    assert len(msgspec.json.decode(data, type=Har).log.entries) == ENTRIES
    reading = time.process_time() - started
    del data
    short, short_peak, _ = explained(recordings[ENTRIES // 4])
    taken, peak, count = explained(recordings[ENTRIES])
    with capsys.disabled():
        print(  # noqa: T201 - CI shows it
            f"\nexplain: {ENTRIES / taken:,.0f} exchanges a second ({count:,} refusals), {taken / reading:.1f} times "
            f"as long as the typed decoder ({ENTRIES / reading:,.0f}); a quarter: {short:.1f} of {taken:.1f} s; "
            f"memory {short_peak >> 10} and {peak >> 10} MiB"
        )
    assert count > ENTRIES * 0.7
    assert taken / reading <= BAR
    assert taken <= short * 4 * LINEAR
    assert peak <= short_peak * FLAT
