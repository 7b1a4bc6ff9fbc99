"""Experiments that prove twice, keep one credential, ask for another path, or go past the proxy; driven by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.probes.test_experiments import API, REFUSED, TOKEN, came, named, values, walk
from tests.probes.world import bearer, case_of, facts_of
from tui401.model.case import Case
from tui401.model.http import Exchange, Header, Proxy, Response, Transport
from tui401.model.probe import Variant
from tui401.model.secret import Secret
from tui401.model.shown import IntakeSeen, Note, Redacted
from tui401.probes.applies import near_targets
from tui401.wire import redact

KEY = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"


def drive(
    name: str, case: Case, *statuses: int, body: str = "", notes: tuple[Note, ...] = (), refused: int = 401
) -> list[Variant]:
    """Drives an experiment on a refusal with these words; statuses are the answers to what it sends."""
    first = came(case.request, refused, REFUSED, ("Content-Type", "application/json"))
    response = first.hops[0].response
    assert response is not None
    spoken = Response(response.status, response.headers, Secret(body.encode()))
    exchange = Exchange((replace(first.hops[0], response=spoken),))
    facts = facts_of(case, exchange, *([IntakeSeen(notes=notes)] if notes else []))
    experiment = named(name)
    assert experiment.spec.applies(facts), f"{name} would not run"
    flow, sent, answers = experiment.flow(case, facts), [], list(statuses)
    try:
        variant = next(flow)
        while True:
            sent.append(variant)
            variant = flow.send(came(variant.request, answers.pop(0), REFUSED))
    except StopIteration:
        assert answers == []
    return sent


# -- proving -----------------------------------------------------------------------------------------------------------


def test_an_original_that_is_accepted_in_its_turn_ends_the_proof() -> None:
    case = case_of(API, "/", Header("Authorization", Secret(f"bearer   {TOKEN}")))
    assert [v.label for v in walk("canonical", case, 200, 200, 200)] == [
        "canonical",
        "canonical-again",
        "original-again",
    ]


def test_a_variant_that_is_refused_the_second_time_ends_the_proof() -> None:
    case = case_of(API, "/", Header("Authorization", Secret(f"bearer   {TOKEN}")))
    assert [v.label for v in walk("canonical", case, 200, 401)] == ["canonical", "canonical-again"]


def test_a_password_is_sent_once_more_for_a_proof_and_not_twice() -> None:
    case = case_of(API, "/", Header("Authorization", Secret("Basic  dXNlcjpwYXNz")))
    challenge = ("WWW-Authenticate", "Basic realm=x")
    assert [v.label for v in walk("canonical", case, 200, 401, challenge=challenge)] == ["canonical", "original-again"]


def test_after_an_even_number_of_answers_it_is_sent_twice_so_that_both_of_two_nodes_have_a_turn() -> None:
    case = case_of(API, "/", bearer(TOKEN))
    anonymous = redact.answer(came(case.request, 401), case.names, label="anonymous")
    flow = named("original-again").flow(case, facts_of(case, came(case.request, 401), anonymous))
    assert next(flow).label == "original-again"
    assert flow.send(came(case.request, 401)).label == "again-2"
    with pytest.raises(StopIteration):
        flow.send(came(case.request, 401))


@pytest.mark.parametrize(
    ("answers", "labels"),
    [
        ((401,), ["original-again"]),
        ((200, 401, 200, 401), ["original-again", *(f"again-{n}" for n in (2, 3, 4))]),
    ],
)
def test_the_original_is_sent_on_only_where_the_answers_change(answers: tuple[int, ...], labels: list[str]) -> None:
    case = case_of(API, "/", bearer(TOKEN))
    sent = walk("original-again", case, *answers)
    assert [v.label for v in sent] == labels
    assert all(v.request == case.request for v in sent)


# -- one of several ----------------------------------------------------------------------------------------------------


def test_one_of_two_headers_is_sent_alone_the_one_of_the_scheme_that_the_api_names() -> None:
    headers = [Header("Authorization", Secret("Basic dXNlcjpwYXNz")), Header("X-A", Secret("1")), bearer(TOKEN)]
    case = case_of(API, "/", *headers)
    variant, *_ = walk("once", case, 200, 401)
    assert [(h.name, h.value.reveal()) for h in variant.request.headers] == [
        ("X-A", "1"),
        ("Authorization", f"Bearer {TOKEN}"),
    ]


def test_a_header_goes_where_the_address_itself_is_signed() -> None:
    signed = f"/k?X-Amz-Date=20260101T000000Z&sig={KEY}&X-Amz-Signature={KEY}{KEY}"
    case = case_of(API, signed, bearer(TOKEN))
    facts = facts_of(case, came(case.request, 400, REFUSED))
    assert not named("once").spec.applies(facts), "a signed address is not sent twice"


def test_the_header_stays_and_the_parameter_goes() -> None:
    case = case_of(API, f"/v1?api_key={KEY}&page=2", bearer(TOKEN))
    variant, *_ = walk("once", case, 200, 200, 401, 401, 200, 401)
    assert variant.request.target.reveal() == "/v1?page=2"
    assert values(variant) == [f"Bearer {TOKEN}"]


# -- another header ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("The API key is missing; send it as X-API-Key", "X-API-Key"),
        ("Missing key. Provide it in the X-Auth-Token header.", "X-Auth-Token"),
        ("No key in header 'X-Service-Token'.", "X-Service-Token"),
    ],
)
def test_a_key_is_moved_to_the_header_that_the_words_name(says: str, name: str) -> None:
    case = case_of(API, "/v1", bearer(KEY))
    moved, *_ = drive("placement", case, 200, 200, 401, 401, 200, 401, body=json.dumps({"message": says}))
    assert values(moved, name) == [KEY]
    assert values(moved) == []


@pytest.mark.parametrize(
    "says",
    [
        "Send the Content-Type header",
        "Put your key into the query parameter api_key",
        "X-Request-Id header is missing",
        "Invalid token header. No credentials provided.",
    ],
)
def test_a_key_is_moved_to_no_place_that_is_none_of_a_key(says: str) -> None:
    case = case_of(API, "/v1", bearer(KEY))
    facts = facts_of(case, came(case.request, 401))
    assert not named("placement").spec.applies(facts)
    with pytest.raises(AssertionError, match="would not run"):
        drive("placement", case, body=json.dumps({"message": says}))


# -- another path ------------------------------------------------------------------------------------------------------


def test_a_path_that_cannot_exist_is_asked_for_with_the_credential_and_then_without() -> None:
    case = case_of(API, "/v1/orders?page=2", bearer(TOKEN), method="DELETE", body=Secret(b"x"))
    invented, bare = drive("invented-path", case, 404, 401, refused=403)
    assert invented.request.target.reveal() == "/v1/tui401-no-such-path?page=2"
    assert (invented.request.method, invented.request.body) == ("GET", None)
    assert values(invented) == [f"Bearer {TOKEN}"]
    assert (bare.label, values(bare)) == ("invented-path-anonymous", [])


def test_a_path_that_is_refused_alike_is_tried_as_it_was_meant() -> None:
    case = case_of(API, "/v1//orders,", bearer(TOKEN))
    _, near, *again = drive("invented-path", case, 401, 200, 200, 401, 401, 200, 401, refused=403)
    assert (near.label, near.request.target.reveal()) == ("near-path", "/v1/orders")
    assert [v.label for v in again] == [
        "near-path-again",
        "original-again",
        "again-2",
        "near-path-again",
        "again-3",
    ]


def test_a_path_is_invented_only_where_nothing_shows_that_the_credential_was_read() -> None:
    case = case_of(API, "/v1//orders", bearer(TOKEN))
    applies = named("invented-path").spec.applies
    refused, other = came(case.request, 401, REFUSED), came(case.request, 401)
    assert not applies(facts_of(case, refused))
    alike = redact.answer(refused, case.names, label="anonymous")
    assert applies(facts_of(case, refused, alike))
    assert not applies(facts_of(case, refused, redact.answer(other, case.names, label="anonymous")))


def test_a_password_is_not_risked_on_an_invented_path() -> None:
    case = case_of(API, "/v1/orders", Header("Authorization", Secret("Basic dXNlcjpwYXNz")))
    assert not named("invented-path").spec.applies(facts_of(case, came(case.request, 401, REFUSED)))


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("/v1/orders", []),
        ("/v1/orders/", ["/v1/orders"]),
        ("/v1//orders?a=b", ["/v1/orders?a=b"]),
        ("/v1/orders%22", ["/v1/orders"]),
        ("/v1/./orders).", ["/v1/orders"]),
        ("/v1//orders/", ["/v1/orders/", "/v1/orders"]),
        ("/", []),
    ],
)
def test_addresses_that_may_have_been_meant(target: str, meant: list[str]) -> None:
    assert list(near_targets(target)) == meant


# -- past the proxy ----------------------------------------------------------------------------------------------------

PROXIED = (Note(name="proxy", says=Redacted("It goes through a proxy.")),)


def test_the_proxy_is_left_out_by_https_and_after_a_yes() -> None:
    through = Transport(proxy=Proxy("http://proxy.example:3128", Secret("ada:word")))
    case = case_of(API, "/v1", bearer(TOKEN), Header("Proxy-Authorization", Secret("Basic YTpi")), transport=through)
    assert named("direct").spec.consent
    variant, *_ = drive("direct", case, 200, 200, 401, 401, 200, 401, notes=PROXIED)
    assert variant.request.transport.proxy is None
    assert values(variant, "Proxy-Authorization") == []
    assert values(variant) == [f"Bearer {TOKEN}"]


def test_the_proxy_is_never_left_out_by_plain_http() -> None:
    through = Transport(proxy=Proxy("http://proxy.example:3128"))
    case = case_of("http://api.example.com:80", "/v1", bearer(TOKEN), transport=through)
    facts = facts_of(case, came(case.request, 401, REFUSED), IntakeSeen(notes=PROXIED))
    assert not named("direct").spec.applies(facts)
    assert list(named("direct").flow(case, facts)) == []
