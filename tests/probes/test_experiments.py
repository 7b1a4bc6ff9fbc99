"""Experiments, driven by hand: what they would send, and what they send when it is accepted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.probes.world import bearer, case_of, facts_of
from tui401.model.case import Case
from tui401.model.http import Exchange, Header, Hop, Origin, Request, Response
from tui401.model.probe import Experiment, Variant
from tui401.model.secret import Secret
from tui401.probes import specs
from tui401.probes.experiments import EXPERIMENTS

TOKEN = "opaque-5d0c2f9a7be14863"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzdmMifQ." + "Wlpa" * 40
API = "https://api.example.com:443"
REFUSED = ("WWW-Authenticate", 'Bearer realm="x"')


def came(request: Request, status: int, *headers: tuple[str, str]) -> Exchange:
    response = Response(status, tuple(Header(n, Secret(v)) for n, v in headers), Secret(b""))
    return Exchange((Hop(request, response, 1_000.0, 0.1),))


def named(name: str) -> Experiment:
    return next(e for e in EXPERIMENTS if e.spec.name == name)


def walk(name: str, case: Case, *statuses: int, challenge: tuple[str, str] = REFUSED) -> list[Variant]:
    """Drives an experiment with these statuses as the answers; fails when it wants more."""
    facts = facts_of(case, came(case.request, 401, challenge))
    experiment = named(name)
    assert experiment.spec.applies(facts), f"{name} would not run"
    flow = experiment.flow(case, facts)
    sent: list[Variant] = []
    answers = list(statuses)
    try:
        variant = next(flow)
        while True:
            sent.append(variant)
            variant = flow.send(came(variant.request, answers.pop(0), challenge))
    except StopIteration:
        assert answers == [], "it stopped before all answers were used"
    return sent


def values(variant: Variant, name: str = "Authorization") -> list[str]:
    return [value.reveal() for value in variant.request.values(name)]


def applies(name: str, case: Case, challenge: tuple[str, str] = REFUSED) -> bool:
    return named(name).spec.applies(facts_of(case, came(case.request, 401, challenge)))


def test_anonymous_carries_no_credential_anywhere() -> None:
    case = case_of(API, f"/v1?api_key={TOKEN}", bearer(TOKEN), Header("Cookie", Secret(f"session={TOKEN}")))
    (variant,) = walk("anonymous", case, 401)
    raw = variant.request.target.reveal() + "".join(h.value.reveal() for h in variant.request.headers)
    assert TOKEN not in raw
    assert variant.label == "anonymous"


def test_garbage_keeps_the_form_and_not_the_token() -> None:
    (variant,) = walk("garbage", case_of(API, "/", bearer(TOKEN)), 401)
    (value,) = values(variant)
    assert value.startswith("Bearer ")
    assert TOKEN not in value


@pytest.mark.parametrize(
    ("name", "header", "right"),
    [
        ("canonical", f"bearer   {TOKEN}", f"Bearer {TOKEN}"),
        ("canonical", f'Bearer "{TOKEN}"', f"Bearer {TOKEN}"),
        ("add-scheme", TOKEN, f"Bearer {TOKEN}"),
        ("use-scheme", f"Token {TOKEN}", f"Bearer {TOKEN}"),
    ],
)
def test_an_accepted_variant_is_followed_by_the_original_again(name: str, header: str, right: str) -> None:
    case = case_of(API, "/", Header("Authorization", Secret(header)))
    variant, _, again, *_ = walk(name, case, 200, 200, 401, 401, 200, 401)
    assert values(variant) == [right]
    assert replace(variant.request, headers=()) == replace(case.request, headers=())
    assert (again.label, again.request) == ("original-again", case.request)
    assert [v.label for v in walk(name, case, 401)] == [name]


def test_repaired_undoes_damage_inside_the_credential() -> None:
    case = case_of(API, "/", bearer("eyJhbGciOiJub25lIn0.eyJzdWIi\tOiJ4In0.c2ln"))
    variant, _, again, *_ = walk("repaired", case, 200, 200, 401, 401, 200, 401)
    assert values(variant) == ["Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln"]
    assert again.request == case.request


def test_bare_keeps_method_address_and_this_credential_alone() -> None:
    case = case_of(API, "/a?b=c", Header("X-Tenant", Secret("t")), bearer(TOKEN), Header("Cookie", Secret("a=b")))
    variant, *_ = walk("bare", case, 200, 200, 401, 401, 200, 401)
    assert [h.name for h in variant.request.headers] == ["Authorization"]
    assert variant.request.target == case.request.target


def test_a_method_that_can_change_something_is_stood_in_for_by_a_safe_one() -> None:
    case = case_of(
        API,
        "/",
        Header("Authorization", Secret(f"bearer   {TOKEN}")),
        Header("Content-Type", Secret("a/b")),
        method="POST",
        body=Secret(b"x=1"),
    )
    sent = walk("canonical", case, 401, 200, 200, 401, 401, 200, 401)
    assert [(v.label, v.request.method, v.substitute) for v in sent] == [
        ("stand-in", "GET", True),
        ("canonical", "GET", True),
        ("canonical-again", "GET", True),
        ("original-again", "GET", True),
        ("again-2", "GET", True),
        ("canonical-again", "GET", True),
        ("again-3", "GET", True),
    ]
    assert all(v.request.body is None and not v.request.values("Content-Type") for v in sent)
    assert values(sent[0]) == []
    assert values(sent[3]) == [f"bearer   {TOKEN}"]


def test_a_stand_in_that_is_not_refused_without_a_credential_counts_for_nothing() -> None:
    case = case_of(API, "/", Header("Authorization", Secret(f"bearer   {TOKEN}")), method="DELETE")
    stand_in, asked = walk("canonical", case, 200, 401)
    assert (stand_in.label, stand_in.request.method) == ("stand-in", "GET")
    # What is left is the method itself, and whoever drives the experiment asks before that.
    assert (asked.label, asked.request.method, asked.substitute) == ("canonical", "DELETE", False)


@pytest.mark.parametrize("name", ["canonical", "bare", "add-scheme", "use-scheme", "repaired", "final-address", "once"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "FROB"])
def test_no_experiment_repeats_a_method_that_can_change_something_where_a_safe_one_stands_in(
    name: str, method: str
) -> None:
    case = case_of(API, "/", bearer(TOKEN), Header("X-A", Secret("b")), method=method, body=Secret(b"x"))
    flow = named(name).flow(case, facts_of(case, came(case.request, 401, REFUSED)))
    variant = next(flow, None)
    while variant is not None:
        assert variant.request.method in {"GET", "OPTIONS"}
        try:
            variant = flow.send(came(variant.request, 401))
        except StopIteration:
            variant = None


@pytest.mark.parametrize(
    "header",
    [
        Header("Authorization", Secret(f"DPoP {TOKEN}")),
        Header(
            "Authorization", Secret('Digest username="u", realm="r", nonce="n", uri="/", response="0123456789abcdef"')
        ),
        Header(
            "Authorization",
            Secret(
                "AWS4-HMAC-SHA256 Credential=AKIA/20260101/x/y/aws4_request, SignedHeaders=host, Signature=0f0f0f0f"
            ),
        ),
    ],
)
def test_what_holds_for_one_request_only_is_not_replayed(header: Header) -> None:
    case = case_of(API, "/", header, Header("X-A", Secret("b")))
    for name in ("garbage", "canonical", "bare", "original-again", "use-scheme", "repaired"):
        assert not applies(name, case), name


def test_an_invented_user_asks_first() -> None:
    case = case_of(API, "/", Header("Authorization", Secret("Basic dTpwYXNz")))
    assert not applies("garbage", case)
    assert applies("garbage-user", case)
    assert named("garbage-user").spec.consent
    (variant,) = walk("garbage-user", case, 401)
    assert variant.label == "garbage"
    assert values(variant) != ["Basic dTpwYXNz"]


def test_a_password_is_not_offered_as_a_token_nor_a_token_as_a_password() -> None:
    basic = case_of(API, "/", Header("Authorization", Secret("Basic dTpwYXNz")))
    assert not applies("use-scheme", basic)
    assert not applies("use-scheme", case_of(API, "/", bearer(TOKEN)), ("WWW-Authenticate", "Basic realm=x"))


def test_a_jwt_under_another_word_is_tried_as_bearer_where_the_server_names_no_scheme() -> None:
    silent = ("Content-Type", "text/plain")
    case = case_of(API, "/", Header("Authorization", Secret(f"Token {JWT}")))
    first, _, again, *_ = walk("use-scheme", case, 200, 200, 401, 401, 200, 401, challenge=silent)
    assert (values(first), values(again)) == ([f"Bearer {JWT}"], [f"Token {JWT}"])
    assert not applies("use-scheme", case_of(API, "/", bearer(JWT)), silent)
    assert not applies("use-scheme", case_of(API, "/", Header("Authorization", Secret("Token abcdef123456"))), silent)


def test_the_final_address_gets_the_credential_after_a_redirect_dropped_it() -> None:
    case = case_of(API, "/old", bearer(TOKEN))
    other = Request("GET", Origin("https", "www.example.com", 443), Secret("/new?x=1"))
    first = came(case.request, 302, ("Location", "https://www.example.com/new?x=1")).hops[0]
    exchange = Exchange((first, came(other, 401, REFUSED).hops[0]))
    facts = facts_of(case, exchange)
    experiment = named("final-address")
    assert experiment.spec.consent
    assert experiment.spec.applies(facts)
    flow = experiment.flow(case, facts)
    variant = next(flow)
    assert variant.request.url.reveal() == "https://www.example.com/new?x=1"
    assert values(variant) == [f"Bearer {TOKEN}"]
    assert "https://www.example.com" in variant.varied
    more = flow.send(came(variant.request, 200))
    assert (more.label, more.request) == ("final-address-again", variant.request)
    again = flow.send(came(variant.request, 200))
    assert (again.label, again.request) == ("original-again", case.request)


def test_a_credential_never_follows_from_https_to_http() -> None:
    case = case_of(API, "/old", bearer(TOKEN))
    other = Request("GET", Origin("http", "api.example.com", 80), Secret("/new"))
    exchange = Exchange((came(case.request, 302).hops[0], came(other, 401).hops[0]))
    facts = facts_of(case, exchange)
    assert not named("final-address").spec.applies(facts)
    assert list(named("final-address").flow(case, facts)) == []


def test_nothing_is_tried_on_a_request_that_was_not_refused() -> None:
    case = case_of(API, "/", Header("Authorization", Secret(f"bearer   {TOKEN}")))
    facts = facts_of(case, came(case.request, 200))
    assert [e.spec.name for e in EXPERIMENTS if e.spec.applies(facts)] == []


def test_names_and_costs_are_declared_once() -> None:
    names = [e.spec.name for e in EXPERIMENTS]
    assert len(set(names)) == len(names)
    assert all(e.spec.sends >= 1 for e in EXPERIMENTS)
    assert specs.CLOCK.sends == specs.KEYS.sends == 0


@pytest.mark.parametrize(("target", "header"), [("/v1", ("X-API-Key", TOKEN)), (f"/v1?api_key={TOKEN}", None)])
def test_placement_moves_the_credential_into_authorization_and_proves_it(
    target: str, header: tuple[str, str] | None
) -> None:
    headers = [Header(header[0], Secret(header[1]))] if header else []
    case = case_of(API, target, *headers)
    moved, _, again, *_ = walk("placement", case, 200, 200, 401, 401, 200, 401)
    assert values(moved) == [f"Bearer {TOKEN}"]
    assert values(moved, "X-API-Key") == []
    assert TOKEN not in moved.request.target.reveal()
    assert again.request == case.request


def test_placement_is_not_tried_beside_another_credential_nor_without_a_scheme_that_is_named() -> None:
    cookie = Header("Cookie", Secret(f"session={TOKEN}"))
    assert not applies("placement", case_of(API, "/v1", Header("X-API-Key", Secret(TOKEN)), cookie))
    assert not applies("placement", case_of(API, "/v1", Header("X-API-Key", Secret(TOKEN))), ("X-Other", "1"))


BOTH = (Header("Authorization", Secret("Basic cmVhZGVyOm5vdGhpbmc=")), bearer(TOKEN))


def test_each_of_two_credentials_is_tried_alone_and_the_password_last() -> None:
    sent = walk("once", case_of(API, "/", *BOTH), 401, 401, challenge=("Server", "x"))
    assert [values(variant) for variant in sent] == [[f"Bearer {TOKEN}"], ["Basic cmVhZGVyOm5vdGhpbmc="]]


def test_the_one_whose_scheme_is_asked_for_is_tried_first() -> None:
    sent = walk("once", case_of(API, "/", *BOTH), 401, 401, challenge=("WWW-Authenticate", 'Basic realm="x"'))
    assert [values(variant) for variant in sent] == [["Basic cmVhZGVyOm5vdGhpbmc="], [f"Bearer {TOKEN}"]]


def test_after_one_alone_was_accepted_the_other_is_not_tried() -> None:
    sent = walk("once", case_of(API, "/", *BOTH), 200, 401, challenge=("Server", "x"))
    assert [values(variant) for variant in sent] == [[f"Bearer {TOKEN}"], [h.value.reveal() for h in BOTH]]
