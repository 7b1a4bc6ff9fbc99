"""What a search for the least scopes found is kept with its endpoint and profile, and goes with its case."""

from __future__ import annotations

from pathlib import Path

from tui401.journal import Journal
from tui401.model.events import CaseOpened, Found
from tui401.model.shown import Evidence, KnownSeen, LeastScopesSeen, Redacted, RequestShown

ENDPOINT = "GET https://api.example.com/v1/orders"


def opened(case: str) -> CaseOpened:
    request = RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders"))
    return CaseOpened(case=case, request=request, known=KnownSeen(), at=1.0)


def found(*smallest: str, profile: str = "", settled: bool = True) -> Found:
    seen = LeastScopesSeen(endpoint=Redacted(ENDPOINT), smallest=smallest, profile=profile, settled=settled)
    return Found(evidence=Evidence(kind="least-scopes", subject="case", content=seen, at=1.0, by="the search"))


def test_the_latest_that_came_to_its_end_is_kept_for_its_endpoint_and_profile(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite3") as journal:
        journal.record("a", opened("a"))
        for event in (found("old"), found("read"), found("half", settled=False), found("admin", profile="prod")):
            journal.record("a", event)
    with Journal(tmp_path / "j.sqlite3") as journal:
        plain, prod = journal.least_scopes(ENDPOINT, ""), journal.least_scopes(ENDPOINT, "prod")
        assert journal.least_scopes(ENDPOINT, "stage") is None
        assert journal.least_scopes("POST https://api.example.com/v1/orders", "") is None
    assert plain is not None
    assert plain.smallest == ("read",)
    assert prod is not None
    assert prod.smallest == ("admin",)


def test_it_goes_with_the_case_that_found_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite3") as journal:
        journal.record("a", opened("a"))
        journal.record("a", found("read"))
        assert journal.delete("a")
        assert journal.least_scopes(ENDPOINT, "") is None
