from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.canary.loopback import Loopback, Seen, response
from tests.judge.builders import jwt
from tests.offline import hars
from tests.offline.hars import BEARER, EXPIRED, TOKEN, entry, har
from tui401.cli.arguments import UsageError, parser_for
from tui401.cli.recording_names import recording_of
from tui401.cli.recordings import LISTED, OpenRecording

Tui401 = Callable[..., Any]
SILENT = '{"error": "unauthorized"}'
OPTIONS = ["--only-api"]


def refusal(_seen: Seen) -> bytes:
    return response("401 Unauthorized", [("WWW-Authenticate", 'Bearer realm="x"')], SILENT)


@pytest.fixture
def api() -> Iterator[Loopback]:
    with Loopback(refusal) as server:
        yield server


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def written(*entries: Any, name: str = "session.har", document: Any = None) -> str:
        path = tmp_path / name
        path.write_bytes(json.dumps(har(entries) if document is None else document).encode())
        return str(path)

    return written


def kept(tui401: Tui401) -> list[dict[str, Any]]:
    made = json.loads(tui401("cases", "--format", "json").out)
    assert isinstance(made, list)
    return made


def bad(ran: Any) -> str:
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "Traceback" not in ran.err
    return str(ran.err)


# -- which exchange ----------------------------------------------------------------------------------------------------


def test_a_recording_is_told_by_its_name_its_beginning_or_an_entry(write: Callable[..., str], tmp_path: Path) -> None:
    file, other = write(entry(401)), write(entry(401), name="saved.json")
    (tmp_path / "failing.txt").write_text("curl https://api.example.com")
    assert recording_of(file) == (file, None)
    assert recording_of(other) == (other, None)
    assert recording_of(f"{file}#17") == (file, 17)
    assert recording_of(str(tmp_path / "failing.txt")) is None
    assert recording_of(str(tmp_path / "none.har#3")) is None
    assert recording_of("x" * 5_000) is None


def test_one_refused_exchange_is_judged_and_nothing_is_sent(
    tui401: Tui401, api: Loopback, write: Callable[..., str]
) -> None:
    file = write(entry(200, "[]", url=api.origin), entry(401, EXPIRED, url=f"{api.origin}/v1", sent=BEARER))
    ran = tui401("diagnose", "--format", "json", *OPTIONS, file)
    made = ran.json
    assert (ran.code, made["verdict"]["cause"], made["verdict"]["strength"]) == (1, "token-expired", "likely")
    assert made["requests_sent"] == {"api": 0, "issuer": 0}
    assert made["request"]["url"] == f"{api.origin}/v1"
    assert api.seen == []
    assert TOKEN[:8] not in ran.out + ran.err


def test_with_yes_it_is_sent_as_it_was_recorded_but_for_what_belonged_to_the_connection(
    tui401: Tui401, api: Loopback, write: Callable[..., str]
) -> None:
    sent = [*BEARER, ("X-Tenant", "blue"), ("Host", "old.example.com"), ("Accept-Encoding", "br, zstd")]
    file = write(entry(401, EXPIRED, url=f"{api.origin}/v1/orders?page=2", sent=sent))
    tui401("diagnose", "--yes", "--passive", file)
    (seen,) = api.seen
    assert seen.target == "/v1/orders?page=2"
    assert seen.value("Authorization") == f"Bearer {TOKEN}"
    assert seen.value("X-Tenant") == "blue"
    assert seen.value("Host") == api.origin.partition("://")[2]
    assert "br" not in seen.value("Accept-Encoding")


def test_what_was_recorded_is_judged_at_its_moment_and_what_is_sent_by_the_clock_of_now(
    tui401: Tui401, api: Loopback, write: Callable[..., str]
) -> None:
    now = int(time.time())
    token = jwt(iat=now - 7_200, exp=now - 3_600)
    at = datetime.fromtimestamp(now - 5_400, UTC).isoformat()
    file = write(entry(401, SILENT, url=api.origin, sent=[("Authorization", f"Bearer {token}")], at=at))
    then = tui401("diagnose", "--format", "json", "--all", *OPTIONS, file).json
    assert {one["cause"]: one["strength"] for one in then["causes"]}["token-expired"] == "ruled-out"
    live = tui401("diagnose", "--format", "json", "--yes", "--passive", file).json
    assert (live["verdict"]["cause"], live["requests_sent"]["api"]) == ("token-expired", 1)


def test_a_report_says_of_what_was_not_sent_alone_that_it_was_recorded(
    tui401: Tui401, api: Loopback, write: Callable[..., str], tmp_path: Path
) -> None:
    file, report = write(entry(401, SILENT, url=api.origin, sent=BEARER)), tmp_path / "report.md"
    for options, told in (((), True), (("--yes", "--passive"), False)):
        tui401("diagnose", "--report", str(report), *options, file)
        assert ("was recorded earlier; nothing was sent" in report.read_text()) is told


def test_several_are_named_and_one_is_picked(tui401: Tui401, api: Loopback, write: Callable[..., str]) -> None:
    one, other = f"{api.origin}/one", f"{api.origin}/other"
    file = write(entry(200, "[]", url=one), entry(401, EXPIRED, url=one, sent=BEARER), entry(401, url=other))
    said = bad(tui401("diagnose", file))
    assert f"holds 2 refused exchanges: #1, #2. Name one, as {file}#1 does" in said
    assert kept(tui401) == []
    made = tui401("diagnose", "--format", "json", *OPTIONS, f"{file}#2").json
    assert (made["request"]["url"], made["verdict"]["cause"]) == (other, "header-missing")
    (case,) = kept(tui401)
    assert case["url"] == other  # and nothing of the others
    assert api.seen == []


def test_many_are_counted_and_ten_are_named(tui401: Tui401, write: Callable[..., str]) -> None:
    said = bad(tui401("diagnose", write(*[entry(401)] * 12)))
    assert "holds 12 refused exchanges: #0, #1, " in said
    assert "#9 and 2 more. Name one" in said
    assert "#10" not in said


@pytest.mark.parametrize("command", ["open", "diagnose"])
@pytest.mark.parametrize(
    ("entries", "named", "says"),
    [
        ([entry(200, "[]"), entry(404)], "", "holds 2 exchanges, and none was refused. Give the one in which it was."),
        ([], "", "holds 0 exchanges, and none was refused."),
        ([entry(200, "[]"), entry(401)], "#0", "#0 was not refused: it was answered 200. Leave #0 out"),
        ([entry(401)], "#7", "has no entry 7; the last one is"),
        ([], "#0", "has no entries."),
        ([entry(0)], "#0", "entry 0 records no HTTP exchange that was answered."),
        ([{"request": {"url": "https://api.example.com"}}], "#0", "has no response, so there is nothing to judge."),
        ([{"request": {"url": "https://api.example.com"}}], "", "nothing to judge. No other entry of it was refused."),
        ([entry(401, url="https:///x")], "#0", "names no host."),
    ],
)
def test_what_cannot_be_opened_is_told_in_a_sentence(
    command: str, entries: list[Any], named: str, says: str, request: pytest.FixtureRequest
) -> None:
    tui401, write = request.getfixturevalue("tui401"), request.getfixturevalue("write")
    assert says in bad(tui401(command, write(*entries) + named))


@pytest.mark.parametrize("command", ["open", "diagnose"])
def test_a_file_that_is_no_har_or_breaks_off_is_told(command: str, tui401: Tui401, tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    path.write_bytes(b'{"pages": []}')
    assert "is no HAR" in bad(tui401(command, str(path)))
    path.write_bytes(json.dumps(har([entry(401), entry(401)])).encode()[:-400])
    assert "breaks off" in bad(tui401(command, str(path)))
    path.write_bytes(b"")
    assert "is empty" in bad(tui401(command, str(path)))


def test_an_unknown_profile_is_told_before_the_file_is_read(tui401: Tui401, tmp_path: Path) -> None:
    path = tmp_path / "session.har"
    path.write_bytes(b"")
    assert "There is no profile 'prod'." in bad(tui401("open", "--profile", "prod", str(path)))


def test_a_pipe_is_read(tui401: Tui401, api: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [entry(401, EXPIRED, url=api.origin, sent=BEARER)]
    for count, code in ((1, 1), (2, 2)):
        data = io.BytesIO(json.dumps(har(entries * count)).encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
        ran = tui401("diagnose", *OPTIONS, "-")
        assert ran.code == code, ran.err
    assert "standard input holds 2 refused exchanges: #0, #1. Name one, as FILE.har#0 does" in ran.err
    assert api.seen == []


# -- what is made of it ------------------------------------------------------------------------------------------------


def opened(file: str) -> OpenRecording:
    return OpenRecording(file, parser_for("open").parse_args([file]))


RECORDERS = {
    "chromium": hars.chrome(sanitised=False),
    "chromium, sanitised": hars.chrome(sanitised=True),
    "firefox": hars.firefox(),
    "safari": hars.safari(),
    "charles": hars.charles(),
    "fiddler": hars.fiddler(),
    "insomnia": hars.insomnia(),
}


@pytest.mark.parametrize("recorder", RECORDERS)
def test_it_is_judged_as_explaining_the_recording_judges_it(
    recorder: str, tui401: Tui401, write: Callable[..., str]
) -> None:
    file = write(document=RECORDERS[recorder])
    (explained,) = json.loads(tui401("explain", "--all", "--format", "json", file).out)
    made = tui401("diagnose", "--all", "--format", "json", *OPTIONS, file).json
    assert made["requests_sent"]["api"] == 0
    for part in ("request", "status", "outcome", "verdict", "causes", "steps"):
        assert made[part] == explained[part], part


def test_a_sanitised_recording_says_that_it_may_lack_the_credential(write: Callable[..., str], tui401: Tui401) -> None:
    file = write(document=hars.chrome(sanitised=True))
    case = opened(file).case_of(1)
    assert (case.intake.via, case.intake.recorded, case.intake.sanitised) == ("har", True, True)
    assert [note.name for note in case.intake.notes] == ["credentials-left-out"]
    made = tui401("diagnose", "--all", "--format", "json", *OPTIONS, file).json
    assert {one["cause"]: one["strength"] for one in made["causes"]}["header-missing"] not in ("confirmed", "likely")
    whole = opened(write(document=hars.chrome(sanitised=False))).case_of(1)
    assert (whole.intake.sanitised, whole.intake.notes) == (False, ())


def test_an_entry_behind_a_sanitised_one_knows_of_the_credential_before_it(write: Callable[..., str]) -> None:
    entries = [entry(200, "[]", sent=BEARER), entry(401)]
    assert not opened(write(document=har(entries, "WebInspector"))).case_of(1).intake.sanitised
    assert opened(write(document=har(entries[1:], "WebInspector"))).case_of(0).intake.sanitised


def test_a_redirect_that_left_the_credential_behind_is_opened_at_the_request_before_it(
    write: Callable[..., str],
) -> None:
    first = entry(302, url="https://api.example.com/v1", sent=BEARER, came=[("Location", "https://www.example.com/v1")])
    bare = entry(401, url="https://www.example.com/v1")
    case = opened(write(first, bare)).case_of(1)
    assert case.seen is not None
    assert [hop.request.origin.host for hop in case.seen.hops] == ["api.example.com", "www.example.com"]
    assert (case.request.origin.host, case.request.transport.follow > 0) == ("api.example.com", True)
    carried = {**bare, "request": {**bare["request"], "headers": hars.named(BEARER)}}
    case = opened(write(first, carried)).case_of(1)
    assert (case.request.origin.host, case.request.transport.follow) == ("www.example.com", 0)


def test_opening_is_no_consent_and_its_secrets_are_secrets(write: Callable[..., str]) -> None:
    case = opened(write(entry(401, EXPIRED, sent=BEARER))).case_of(0)
    assert not case.options.send_consented
    assert TOKEN not in repr(case)
    assert case.request.values("Authorization")[0].reveal() == f"Bearer {TOKEN}"


def test_the_refused_are_listed_with_their_verdicts_and_the_rest_is_counted(write: Callable[..., str]) -> None:
    entries = [entry(200, "[]"), entry(401, EXPIRED, sent=BEARER), "no entry", *[entry(403)] * LISTED]
    recording = opened(write(*entries))
    recording.read()
    first = recording.refused[0]
    assert (first.entry, first.method, first.status) == (1, "GET", 401)
    assert (first.strength, first.cause, first.because[:12]) == ("likely", "token-expired", "the API says")
    assert (len(recording.refused), recording.more, recording.unread) == (LISTED, 1, 1)


def test_a_file_that_has_gone_is_told(write: Callable[..., str]) -> None:
    file = write(entry(401))
    recording = opened(file)
    recording.read()
    Path(file).unlink()
    with pytest.raises(UsageError, match=r"cannot be read: No such file"):
        recording.case_of(0)
