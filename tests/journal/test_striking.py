from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tui401.journal import Journal, JournalError
from tui401.journal.striking import rewrite
from tui401.model.events import CaseOpened, Event, Found, StruckOut
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, KnownSeen, LeastScopesSeen, PersonSaid, Redacted, RequestShown
from tui401.model.strikes import Strikes

VALUE = "orders.internal.example"
URL = f"https://{VALUE}/v1/orders"


def events() -> list[Event]:
    request = RequestShown(method="GET", url=Redacted(URL))
    said = PersonSaid(question="lately?", answer=Redacted(f"{VALUE} moved"))
    least = LeastScopesSeen(endpoint=Redacted(f"GET {URL}"), smallest=("a",), settled=True)
    return [
        CaseOpened(case="1", request=request, known=KnownSeen(), at=1.0),
        Found(evidence=Evidence(kind="person/x", subject="case", content=said, at=1.0, by="you")),
        Found(evidence=Evidence(kind="least-scopes", subject="case", content=least, at=2.0, by="search")),
    ]


def recorded(path: Path) -> Journal:
    journal = Journal(path / "j.sqlite3")
    for event in events():
        journal.record("1", event)
    journal.record(
        "2",
        CaseOpened(
            case="2", request=RequestShown(method="GET", url=Redacted("https://b.example/")), known=KnownSeen(), at=1.0
        ),
    )
    return journal


def on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.iterdir())


def test_no_byte_of_what_was_struck_is_left_in_the_file_or_its_log(tmp_path: Path) -> None:
    with recorded(tmp_path) as journal:
        assert VALUE.encode() in on_disk(tmp_path)
        strikes = Strikes([VALUE])
        note = StruckOut(values=1)
        rewrite(journal, "1", [*map(strikes.out_of, journal.events("1")), note])
        assert VALUE.encode() not in on_disk(tmp_path)
        kept = journal.events("1")
        assert kept == (*map(strikes.out_of, events()), note)
        lines = {line.id: line.url for line in journal.cases()}
        assert lines == {"1": "https://‹struck-1›/v1/orders", "2": "https://b.example/"}
        assert journal.least_scopes("GET https://‹struck-1›/v1/orders", "") is not None
    assert VALUE.encode() not in on_disk(tmp_path)


def test_what_is_recorded_later_of_a_struck_case_has_it_neither_and_other_cases_keep_theirs(tmp_path: Path) -> None:
    with recorded(tmp_path) as journal:
        strikes = Strikes([VALUE])
        rewrite(journal, "1", [strikes.out_of(event) for event in journal.events("1")])
        journal.changing["1"] = strikes.out_of
        journal.record("1", events()[1])
        assert VALUE.encode() not in on_disk(tmp_path)
        journal.record("2", events()[1])
        assert VALUE.encode() in on_disk(tmp_path)


def test_what_may_not_be_seen_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with recorded(tmp_path) as journal:
        before = journal.events("1")
        with pytest.raises(TypeError):
            rewrite(journal, "1", [*before, Secret("x")])  # type: ignore[list-item]
        assert journal.events("1") == before


def test_a_reader_of_the_log_is_told_and_the_case_is_struck_all_the_same(tmp_path: Path) -> None:
    with recorded(tmp_path) as journal:
        reader = sqlite3.connect(journal.path)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        strikes = Strikes([VALUE])
        with pytest.raises(JournalError, match="traces of it are still in"):
            rewrite(journal, "1", [strikes.out_of(event) for event in journal.events("1")])
        assert VALUE not in repr(journal.events("1"))
        reader.close()
