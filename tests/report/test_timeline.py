from __future__ import annotations

from typing import Any

import msgspec

from tui401.model.shown import Evidence, HeaderShown, IntrospectionSeen, Redacted
from tui401.report.timeline import timeline

AT = 1_795_435_651.0


def test_every_request_stands_in_order_with_the_servers_time_and_identifiers(made: Any) -> None:
    rows = timeline(made.view).rows
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    sent = [row for row in rows if row[1].startswith("request ")]
    assert [row[2] for row in sent] == ["401 after 0.2 s", "401 after 0.2 s", "200 after 0.2 s", "401 after 0.2 s"]
    assert sent[0][0] == "2026-11-23 12:07:31.000"
    assert sent[0][1] == "request 1 to the API, GET, as sent"
    ids = sent[0][3]
    assert ids.startswith("12:07:30 by its clock, X-Request-Id 6f1c9a2e-77b1-4f5e-9f0a-2b1d3c4e5f60, traceparent 00-")
    assert sent[2][3] == "X-Request-Id aa-200"


def test_what_happened_at_the_issuer_and_what_the_person_said_stand_between(made: Any) -> None:
    told = [row[1] for row in timeline(made.view).rows]
    asked = next(at for at, what in enumerate(told) if what.startswith("the issuer was asked: client_credentials"))
    assert told[asked - 1].startswith("asked “what changed lately?”")
    assert told[asked + 1].startswith("request 3 to the API")


def test_a_change_stands_before_what_was_sent_with_it(recovered: Any) -> None:
    told = [row[1] for row in timeline(recovered.view).rows]
    change = next(at for at, what in enumerate(told) if what.startswith("the request was changed: "))
    assert told[change + 1].startswith("request 5 to the API")


def test_introspection_says_what_it_said(made: Any) -> None:
    seen = IntrospectionSeen(endpoint="https://login.example.com/introspect", credential="secret-1", active=False)
    piece = Evidence(kind="introspection", subject="issuer:x", content=seen, at=AT + 3, by="by hand")
    view = msgspec.structs.replace(made.view, evidence=(*made.view.evidence, piece))
    row = next(row for row in timeline(view).rows if row[1].startswith("introspection"))
    assert row[1:3] == ("introspection of secret-1 at https://login.example.com/introspect", "not active")


def test_the_ray_of_an_edge_is_an_identifier(made: Any) -> None:
    def with_ray(piece: Evidence) -> Evidence:
        if piece.kind != "answer/original":
            return piece
        hop = piece.content.hops[0]  # type: ignore[union-attr]
        ray = HeaderShown(name="CF-RAY", value=Redacted("8a1b2c3d4e5f6071-FRA"))
        answered = msgspec.structs.replace(hop.response, headers=(ray,))
        changed = msgspec.structs.replace(hop, response=answered)
        return msgspec.structs.replace(piece, content=msgspec.structs.replace(piece.content, hops=(changed,)))

    view = msgspec.structs.replace(made.view, evidence=tuple(map(with_ray, made.view.evidence)))
    assert timeline(view).rows[0][3] == "CF-RAY 8a1b2c3d4e5f6071-FRA"


def test_a_search_for_scopes_says_so(made: Any) -> None:
    searching = msgspec.structs.replace(made.view.sends[0], attempt=0, number=9, label="least")
    view = msgspec.structs.replace(made.view, sends=(searching,), evidence=(), changes=())
    assert timeline(view).rows[0][1].endswith("in the search for the least scopes")


def test_of_two_sends_alike_each_answer_stands_beside_its_own(made: Any) -> None:
    last = made.view.sends[-1]
    twice = msgspec.structs.replace(last, number=5, at=last.at + 0.4)
    view = msgspec.structs.replace(made.view, sends=(*made.view.sends, twice))
    ids = [row[3] for row in timeline(view).rows if row[1].startswith("request ")]
    assert ids[3].startswith("12:07:30 by its clock")
    assert ids[4] == ""
