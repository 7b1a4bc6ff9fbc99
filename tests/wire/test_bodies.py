"""Error bodies read into paths and texts, whatever they are and whatever they are labelled."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.wire.bodies import MAX_BODY, MAX_TEXT, MAX_TEXTS, ErrorBody, Kind, read
from tui401.wire.ids import MAX_IDS, identifiers_in

JSON = "application/json"


def test_nothing_is_empty() -> None:
    for nothing in (None, b"", "", "  \n", "\ufeff"):
        assert read(nothing) == ErrorBody(Kind.EMPTY)


def test_json_becomes_paths_and_texts_in_order() -> None:
    body = {"errors": [{"code": 7, "message": "No"}, {"retry": False}], "a": {"b.c": 1.5}, "n": None, "empty": ""}
    parsed = read(json.dumps(body).encode(), JSON)
    assert parsed.kind is Kind.JSON
    assert parsed.texts == (
        ("errors[0].code", "7"),
        ("errors[0].message", "No"),
        ("errors[1].retry", "false"),
        ("a.b.c", "1.5"),
    )
    assert (parsed.title, parsed.cut) == ("No", False)


def test_an_oauth_error_is_told() -> None:
    parsed = read('{"error":"invalid_grant","error_description":"Expired."}', JSON)
    assert (parsed.kind, parsed.title, parsed.get("error")) == (Kind.OAUTH, "Expired.", "invalid_grant")
    assert read('{"error":"a whole sentence"}', JSON).kind is Kind.JSON
    assert read('{"error":"x","other":1}', JSON).kind is Kind.JSON


@pytest.mark.parametrize(
    "label", ["application/problem+json", "application/problem+json; charset=utf-8", JSON, "text/plain"]
)
def test_problem_details_are_told_by_label_or_looks(label: str) -> None:
    parsed = read('{"type":"about:blank","title":"Unauthorized","detail":"The key is old","status":401}', label)
    assert (parsed.kind, parsed.title, parsed.get("status")) == (Kind.PROBLEM, "The key is old", "401")


@pytest.mark.parametrize("label", ["", "text/html", "application/json", "text/plain; charset=utf-8"])
def test_the_label_does_not_hide_what_a_body_is(label: str) -> None:
    assert read('  {"message":"No"}', label).get("message") == "No"
    assert read(')]}\',\n{"message":"No"}', label).get("message") == "No"
    assert read("<Error><Code>Denied</Code></Error>", label).texts == (("Error.Code", "Denied"),)
    assert read("<!DOCTYPE html><title>401</title>", label).texts == (("title", "401"),)
    assert read("Just a sentence.", label).texts == (("text", "Just a sentence."),)


def test_a_json_text_or_number_alone_is_read() -> None:
    assert read('"Not allowed"', JSON).texts == (("text", "Not allowed"),)
    assert read("401", JSON).texts == (("text", "401"),)
    assert read('["Not", "allowed"]', JSON).texts == (("[0]", "Not"), ("[1]", "allowed"))


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("{'detail': 'Signature has expired.'}", (("detail", "Signature has expired."),)),
        ('{"error":{"code":"A","message":"cut he', (("error.code", "A"), ("error.message", "cut he"))),
        (
            "{error: {code: 5, list: [1, {why: 'x'}], ok: None}}",
            (("error.code", "5"), ("error.list[0]", "1"), ("error.list[1].why", "x")),
        ),
        ('{"a": "b\\u0021\\n", "c": tr', (("a", "b!"), ("c", "tr"))),
        ("{'it''s': }}}] 'x'", (("", "it"), ("s", ""), ("", "x"))),
    ],
)
def test_what_is_nearly_json_is_read_as_far_as_it_goes(body: str, texts: tuple[tuple[str, str], ...]) -> None:
    parsed = read(body, JSON)
    assert (parsed.kind, parsed.texts) == (Kind.LOOSE, tuple(t for t in texts if t[1]))


def test_a_form_is_read() -> None:
    parsed = read("error=invalid_client&error_description=Who+is%20that%3F", "application/x-www-form-urlencoded")
    assert (parsed.kind, parsed.title) == (Kind.FORM, "Who is that?")
    assert read("error=invalid_client&error_description=x", "text/plain").kind is Kind.FORM
    assert read("a = b, said the server", "text/plain").kind is Kind.TEXT


def test_xml_is_read_with_prefixes_entities_and_telling_attributes() -> None:
    body = """<?xml version="1.0"?><!-- no --><s:Envelope xmlns:s="x"><s:Body><s:Fault>
      <faultcode>s:Client</faultcode><faultstring>Who &amp; <![CDATA[<what>]]></faultstring>
      <detail><e:Error e:code='100' xmlns:e="y"/></detail></s:Fault></s:Body></s:Envelope>"""
    parsed = read(body, "text/xml")
    assert parsed.kind is Kind.XML
    assert parsed.texts == (
        ("Envelope.Body.Fault.faultcode", "s:Client"),
        ("Envelope.Body.Fault.faultstring", "Who &"),
        ("Envelope.Body.Fault.faultstring", "<what>"),
        ("Envelope.Body.Fault.detail.Error@code", "100"),
    )
    assert (parsed.title, parsed.get("code")) == ("Who &", "100")


def test_an_entity_of_the_document_is_never_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "boom"><!ENTITY y SYSTEM "file:///etc/passwd">]><Error>&x;&y;</Error>'
    assert "boom" not in read(bomb, "text/xml").all
    assert "&y;" in read(bomb, "text/xml").all


def test_a_page_gives_its_title_headings_and_text_without_scripts() -> None:
    body = """<html><head><title>401 Authorization
      Required</title><style>p{}</style><script>if (a<b) alert("</p>")</script></head>
      <body><center><h1>401</h1></center><hr><p>Ask <b>your</b>&nbsp;admin.</p>
      <SVG><text>no</text></svg>nginx</body></html>"""
    parsed = read(body, "text/html")
    assert parsed.kind is Kind.HTML
    assert parsed.texts == (
        ("title", "401 Authorization Required"),
        ("h1", "401"),
        ("text", "Ask your admin."),
        ("text", "nginx"),
    )
    assert parsed.title == "401 Authorization Required"


def test_bytes_are_decoded_as_they_are_labelled_or_marked() -> None:
    assert read("für".encode("latin-1"), "text/plain; charset=ISO-8859-1").title == "für"
    assert read("für".encode(), "text/plain").title == "für"
    assert read("für".encode("utf-16"), "text/plain").title == "für"
    assert read(b"\xff\xfa", "text/plain; charset=no-such-thing").kind is Kind.TEXT
    assert read(b"\x89PNG\x00\x00", "image/png") == ErrorBody(Kind.BINARY)


def test_a_name_asked_for_first_wins_and_case_does_not_matter() -> None:
    parsed = read('{"Message":"m","Error":{"Code":"c"}}', JSON)
    assert (parsed.get("code", "message"), parsed.get("message", "code"), parsed.get("x")) == ("c", "m", "")


def test_bounds_are_met_and_said() -> None:
    many = read(json.dumps({f"k{i}": "v" for i in range(5_000)}), JSON)
    assert (len(many.texts), many.cut) == (MAX_TEXTS, True)
    long = read(json.dumps({"message": "x" * 50_000}), JSON)
    assert (len(long.texts[0][1]), long.cut) == (MAX_TEXT, True)
    huge = read(b'{"message":"no","x":"' + b"y" * 5_000_000, JSON)
    assert (huge.get("message"), huge.cut) == ("no", True)
    assert read("[" * 100_000, JSON).kind is Kind.LOOSE
    assert read("<a>" * 50_000 + "deep", "text/xml").all == "deep"
    assert read("<a>" * 60 + "</a>" * 60 + "<b>behind</b>").texts == (("b", "behind"),)
    assert len(read("x" * (MAX_BODY + 5)).all) == MAX_TEXT


def test_identifiers_are_found_in_bodies_by_name_and_in_prose() -> None:
    body = {
        "error_description": "AADSTS1: No.\r\nTrace ID: 60c018fb-32af-45ed\r\nCorrelation ID: 512eafbc-bbd6",
        "trace_id": "60c018fb-32af-45ed",
        "error": {"innerError": {"client-request-id": "49fef2a7-61c7", "requestId": "short", "eventId": 3000}},
    }
    assert identifiers_in(read(json.dumps(body), JSON).texts) == (
        ("Trace ID", "60c018fb-32af-45ed"),
        ("Correlation ID", "512eafbc-bbd6"),
        ("error.innerError.client-request-id", "49fef2a7-61c7"),
    )
    xml = "<Error><RequestId>4442587FB7D0A2F9</RequestId></Error>"
    assert identifiers_in(read(xml).texts) == (("Error.RequestId", "4442587FB7D0A2F9"),)


SIGNS = st.text(alphabet="{}[]<>\"'\\:,&=!-/ ?abCDATAhtml\x00\n\ud800é0", max_size=200)
LABELS = st.sampled_from(
    ["", JSON, "text/html", "text/xml", "application/problem+json", "application/x-www-form-urlencoded"]
)


@given(st.one_of(st.text(), SIGNS, st.binary(max_size=200)), st.one_of(LABELS, st.text(max_size=30)))
def test_any_body_is_read_and_the_result_is_bounded(body: bytes | str, label: str) -> None:
    parsed = read(body, label)
    assert len(parsed.texts) <= MAX_TEXTS
    assert all(0 < len(text) <= MAX_TEXT and len(path) < 5_000 for path, text in parsed.texts)
    assert len(parsed.title) <= 300
    assert len(identifiers_in(parsed.texts)) <= MAX_IDS
    parsed.get("message", "")


JSONS = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=10)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


@given(JSONS)
def test_whole_json_is_never_read_loosely(value: object) -> None:
    parsed = read(json.dumps(value), JSON)
    assert parsed.kind in {Kind.JSON, Kind.OAUTH, Kind.PROBLEM}


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=6), st.text("xyz '\\\n", min_size=1, max_size=9), min_size=1)
)
def test_a_printed_python_object_reads_like_its_json(value: dict[str, str]) -> None:
    as_json, as_python = read(json.dumps(value)), read(repr(value))
    assert as_python.texts == as_json.texts


@pytest.mark.parametrize("body", ['{"error": "\\ud800 \\udc00x"}', "{'error': '\\ud800', 'a\\udfff': 1", "\ud800 no"])
def test_halves_of_a_surrogate_pair_become_what_can_be_encoded(body: str) -> None:
    found = read(body, JSON)
    assert found.texts
    assert "\ufffd" in found.all
    assert [text.encode() for pair in found.texts for text in pair]
