from __future__ import annotations

import json
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.model.events import CaseOpened, Found
from tui401.model.shown import (
    Evidence,
    HeaderShown,
    KnownSeen,
    PersonSaid,
    Redacted,
    RequestShown,
    Shown,
    TokenShown,
)
from tui401.model.strikes import LEAST, Strikes, can_be_struck, next_mark, parts_of, unmarked
from tui401.model.words import Shape

OURS = ["", "ab", "401", "1.1", "GET", "Bearer", "secret-1", "‹struck-3›", "client_id", "token"]
URL = "https://orders.internal.example:8443/v1/tenants/acme-42"


def request(url: str, body: str = "") -> RequestShown:
    header = HeaderShown(name="X-Tenant", value=Redacted("Acme-42"))
    return RequestShown(method="GET", url=Redacted(url), headers=(header,), body=Redacted(body))


def test_a_value_is_gone_wherever_and_however_it_is_spelled() -> None:
    value = "o/b w@corp"
    body = json.dumps({"said": value}) + ' {"other": "o\\/b w@corp"}'
    spelled = request(f"https://a.example/?q={quote(value, safe='')}&r={quote(value)}", f"{body} O/B W@CORP &lt;")
    left = Strikes([value]).out_of(spelled)
    assert "corp" not in msgspec.json.encode(left).decode().lower()
    assert left.body.count("‹struck-1›") == 3


def test_an_address_is_struck_as_host_and_path_so_that_other_addresses_lose_them() -> None:
    assert parts_of(URL) == ("orders.internal.example:8443", "v1/tenants/acme-42")
    strikes = Strikes(parts_of(URL))
    assert strikes.text(URL) == "https://‹struck-1›/‹struck-2›"
    assert strikes.text("https://orders.internal.example:8443/token") == "https://‹struck-1›/token"
    assert parts_of("orders:read orders:write profile")[1:] == ("orders:read", "orders:write")


def test_equal_values_stay_equal_and_different_ones_different() -> None:
    strikes = Strikes(["a.example", "b.example"])
    assert strikes.text("a.example b.example A.EXAMPLE") == "‹struck-1› ‹struck-2› ‹struck-1›"


def test_a_short_value_is_struck_as_a_word_only() -> None:
    strikes = Strikes(["dev", "orders"])
    assert strikes.text("dev device dev-1 /orders/ reorders") == "‹struck-1› device ‹struck-1›-1 /‹struck-2›/ reorders"


@pytest.mark.parametrize(
    "value", ["", "ab", "401", "1.1", "GET", "Bearer", "secret-1", "‹struck-3›", "client_id", "token"]
)
def test_what_the_report_is_made_of_cannot_be_struck(value: str) -> None:
    assert not can_be_struck(value)
    strikes = Strikes([value])
    assert len(strikes) == 0
    assert strikes.text("GET 401 Bearer secret-1") == "GET 401 Bearer secret-1"


def test_claims_lists_and_the_subject_of_evidence_lose_it_and_our_own_words_stay() -> None:
    token = TokenShown(shape=Shape.JWT, claims={"aud": ["https://a.example"], "https://a.example/role": "x", "exp": 5})
    said = PersonSaid(question="lately?", answer=Redacted("moved to a.example"))
    piece = Evidence(kind="answer/original", subject="api:https://a.example", content=said, at=1.0, by="a.example")
    strikes = Strikes(["a.example", "answer/original"])
    assert strikes.out_of(token).claims == {"aud": ["https://‹struck-1›"], "https://‹struck-1›/role": "x", "exp": 5}
    left = strikes.out_of(piece)
    assert (left.kind, left.subject, left.by) == ("answer/original", "api:https://‹struck-1›", "‹struck-1›")


def test_marks_go_on_where_an_earlier_run_stopped() -> None:
    opened = CaseOpened(case="1", request=request("https://‹struck-2›/x"), known=KnownSeen(), at=1.0)
    assert next_mark(opened) == 3
    assert Strikes(["acme-42"], first=next_mark(opened)).text("acme-42") == "‹struck-3›"
    assert next_mark(request("https://a.example")) == 1


def test_nothing_is_copied_where_nothing_is_struck_and_no_value_is_printed() -> None:
    found = Found(
        evidence=Evidence(kind="k", subject="s", content=PersonSaid(question="q", answer=Redacted("a")), at=1, by="b")
    )
    assert Strikes().out_of(found) is found
    assert Strikes(["somewhere"]).out_of(found) is found
    assert "somewhere" not in repr(Strikes(["somewhere"]))


def test_a_key_without_marks_is_the_same_before_and_after() -> None:
    assert unmarked("Claim  ‹struck-12› of") == unmarked("Claim of") == "Claim of"


@given(st.text(min_size=LEAST, max_size=12), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_struck_is_gone_from_whatever_stands_around_it(value: str, before: str, behind: str) -> None:
    strikes = Strikes([value])
    text = f"{before} {value} {behind}"
    left = strikes.text(text)
    if len(strikes):
        assert f" {parts_of(value)[0]} " not in left
        assert "‹struck-1›" in left
        encoded: Shown = PersonSaid(question="q", answer=Redacted(text))
        assert strikes.out_of(encoded) == PersonSaid(question="q", answer=Redacted(left))
    else:
        assert left == text
