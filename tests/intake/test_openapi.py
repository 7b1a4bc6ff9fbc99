from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.intake.core import IntakeError
from tui401.intake.document import MAX_DOCUMENT, read_document
from tui401.intake.openapi import Requirements, requirements
from tui401.model import saved
from tui401.model.shown import Place

CANARY = "c4n4ry-9f3e7a21c5b8"
YAML = """\
openapi: 3.1.0
info: {title: Orders, version: 1.4}
servers:
  - url: https://api.example.com/v1
  - url: https://{region}.example.net:{port}/{base}
    variables:
      region: {enum: [eu, us], default: eu}
      port: {default: '8443'}
      base: {default: api/v1}
security:
  - oauth: [orders:read]
x-common: &common
  get: &get
    security: [{key: []}]
paths:
  /orders:
    get: {summary: lists}
    post:
      security:
        - oauth: [orders:write, orders:read]
          mtls: []
        - key: []
  /orders/{id}:
    parameters: []
    get: {security: [{oauth: [orders:read]}, {}]}
    delete: {security: []}
  /orders/mine:
    get: {security: [{basic: [admin]}]}
  /orders/{id}.json:
    get: {security: [{bearer: []}]}
  /common:
    <<: *common
  /alias:
    get: *get
  /other:
    servers: [{url: 'https://other.example.org/'}]
    get: {security: [{openid: [openid, profile]}]}
  /ref:
    $ref: '#/components/pathItems/ref'
  /broken:
    get: {security: [{nobody: []}, {circle: []}, {outside: []}, {odd: []}, 7, {key: [], nobody: []}]}
  /session: {get: {security: [{cookie: []}, {query: []}, {authkey: []}]}}
components:
  pathItems:
    ref: {get: {security: [{alias: []}]}}
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: 'https://login.example.com/token?x=1', scopes: {orders:read: Read}}
        authorizationCode: {tokenUrl: 'https://login.example.com/token', authorizationUrl: 'https://login.example.com/a'}
        x-internal: {tokenUrl: 'https://no.example'}
    openid: {type: openIdConnect, openIdConnectUrl: 'https://login.example.com/.well-known/openid-configuration'}
    bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    basic: {type: http, scheme: BASIC}
    key: {type: apiKey, in: header, name: X-Api-Key}
    cookie: {type: apiKey, in: cookie, name: sid}
    query: {type: apiKey, in: query, name: api_key}
    authkey: {type: apiKey, in: header, name: Authorization}
    mtls: {type: mutualTLS}
    alias: {$ref: '#/components/securitySchemes/key'}
    circle: {$ref: '#/components/securitySchemes/circle'}
    outside: {$ref: 'https://evil.example/schemes.yaml#/a'}
    odd: {type: magic}
"""


def asked(method: str, url: str, text: str = YAML) -> Requirements:
    return requirements(text, method, url)


def names(found: Requirements) -> list[list[str]]:
    return [[scheme.name for scheme in way] for way in found.alternatives]


def test_an_operation_without_its_own_security_has_the_general_one() -> None:
    found = asked("GET", "https://api.example.com/v1/orders?page=2")
    assert (found.method, found.path, found.title, found.other_server) == ("GET", "/orders", "Orders 1.4", False)
    ((oauth,),) = found.alternatives
    assert (oauth.kind, oauth.scheme, oauth.place, oauth.scopes) == (
        "oauth2",
        "Bearer",
        Place.AUTHORIZATION,
        ("orders:read",),
    )
    assert oauth.flows == ("clientCredentials", "authorizationCode")
    assert oauth.token_url == "https://login.example.com/token"


def test_alternatives_are_one_of_several_ways_each_of_schemes_that_go_together() -> None:
    found = asked("POST", "https://api.example.com/v1/orders")
    assert names(found) == [["oauth", "mtls"], ["key"]]
    oauth, mtls = found.alternatives[0]
    assert oauth.scopes == ("orders:write", "orders:read")
    assert mtls.place is Place.CERTIFICATE
    assert found.shown().keys == ((Place.HEADER, "X-Api-Key"),)
    assert found.shown().scopes == ("orders:write", "orders:read")


def test_an_empty_requirement_lets_anonymous_requests_in() -> None:
    found = asked("GET", "https://api.example.com/v1/orders/17")
    assert names(found) == [["oauth"], []]
    assert found.shown().anonymous
    assert not asked("GET", "https://api.example.com/v1/orders").shown().anonymous


def test_an_empty_list_takes_the_general_requirement_away() -> None:
    found = asked("DELETE", "https://api.example.com/v1/orders/17")
    assert found.declared
    assert found.alternatives == ((),)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/orders/mine", "/orders/mine"),
        ("/orders/m%69ne", "/orders/mine"),
        ("/orders/17", "/orders/{id}"),
        ("/orders/17.json", "/orders/{id}.json"),
        ("/orders/", "/orders"),
        ("/orders/17/", "/orders/{id}"),
    ],
)
def test_the_most_exact_path_is_the_one_that_counts(path: str, template: str) -> None:
    assert asked("GET", f"https://api.example.com/v1{path}").path == template


@pytest.mark.parametrize("path", ["/orders/17/items", "/order", "/ordersx", "", "/orders//", "/orders/.json/x"])
def test_another_path_matches_nothing(path: str) -> None:
    with pytest.raises(IntakeError, match="no path that matches"):
        asked("GET", f"https://api.example.com/v1{path}")


@pytest.mark.parametrize(
    ("url", "elsewhere"),
    [
        ("https://api.example.com/v1/orders", False),
        ("https://api.example.com:443/v1/orders", False),
        ("HTTPS://API.example.com/v1/orders", False),
        ("https://eu.example.net:8443/api/v1/orders", False),
        ("https://us.example.net:9000/v9/orders", False),
        ("https://cn.example.net:8443/api/v1/orders", True),
        ("http://api.example.com/v1/orders", True),
        ("https://stage.example.com/v1/orders", True),
        ("http://localhost:8080/v1/orders", True),
    ],
)
def test_servers_count_by_origin_and_base_path(url: str, *, elsewhere: bool) -> None:
    assert asked("GET", url).other_server is elsewhere


def test_a_path_can_have_servers_of_its_own() -> None:
    found = asked("GET", "https://other.example.org/other")
    assert not found.other_server
    ((openid,),) = found.alternatives
    assert openid.openid_url == "https://login.example.com/.well-known/openid-configuration"
    assert openid.scopes == ("openid", "profile")
    with pytest.raises(IntakeError):
        asked("GET", "https://api.example.com/v1/other")


def test_references_aliases_and_merges_are_followed_within_the_document() -> None:
    for path in ("/ref", "/alias", "/common"):
        ((key,),) = asked("GET", f"https://api.example.com/v1{path}").alternatives
        assert (key.kind, key.place, key.place_name, key.scheme) == ("apiKey", Place.HEADER, "X-Api-Key", "")


def test_what_cannot_be_read_is_told_and_never_counts_as_a_way_in() -> None:
    found = asked("GET", "https://api.example.com/v1/broken")
    assert found.alternatives == ()
    told = " ".join(found.problems)
    assert "nobody could not be read" in told
    assert "circle" in told
    assert "another file" in told
    assert "odd is of a kind" in told
    assert found.shown().problem == told


def test_keys_are_told_with_their_places() -> None:
    found = asked("GET", "https://api.example.com/v1/session")
    places = [(way[0].place, way[0].place_name) for way in found.alternatives]
    assert places == [(Place.COOKIE, "sid"), (Place.QUERY, "api_key"), (Place.AUTHORIZATION, "Authorization")]


def test_basic_and_roles_are_told() -> None:
    ((basic,),) = asked("GET", "https://api.example.com/v1/orders/mine").alternatives
    assert (basic.scheme, basic.scopes, basic.roles) == ("Basic", (), ("admin",))


def test_a_head_request_goes_by_its_get() -> None:
    assert asked("HEAD", "https://api.example.com/v1/orders").method == "GET"


def test_a_method_that_is_not_described_is_told_with_those_that_are() -> None:
    with pytest.raises(IntakeError, match=r"has /orders for GET, POST and not for PATCH\."):
        asked("PATCH", "https://api.example.com/v1/orders")


def test_a_description_that_says_nothing_is_not_read_as_open() -> None:
    text = "openapi: 3.0.3\npaths: {/a: {get: {}}}"
    found = asked("GET", "https://anywhere.example/a", text)
    assert not found.declared
    assert found.alternatives == ()
    assert not found.shown().anonymous
    assert "says nothing on credentials" in found.shown().problem


def test_json_and_yaml_of_one_description_say_the_same() -> None:
    text = json.dumps(yaml.safe_load(YAML))
    for path, method in (("/orders", "POST"), ("/orders/17", "GET"), ("/alias", "GET"), ("/broken", "GET")):
        url = f"https://api.example.com/v1{path}"
        assert asked(method, url, text) == asked(method, url)


def test_the_evidence_reads_back_from_a_saved_case() -> None:
    seen = asked("POST", "https://api.example.com/v1/orders").shown()
    assert seen.operation == "POST /orders"
    assert seen.source == "Orders 1.4"
    from tui401.model.shown import Evidence, kind_of

    piece = Evidence(kind=kind_of(seen), subject="attempt:1", content=seen, at=1.0, by="openapi")
    case = saved.SavedCase(case="1", attempt=1, evidence=(piece,))
    assert saved.decode_case(saved.encode(case)) == case


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no object"),
        ("[]", "holds no object"),
        ("hello", "holds no object"),
        ("a: 1", "no “openapi” field"),
        ("swagger: '2.0'", "Swagger 2.0"),
        ("openapi: 2.0.0", "no version 3"),
        ("openapi: 4.0.0", "no version 3"),
        ("openapi: 3.0.0", "has no paths"),
        ('{"openapi": "3.0.0", "paths": {}}', "has no paths"),
        ('{"openapi": "3.0.0",\n "paths": [}', "begins as JSON and is not whole at line 2"),
        ("openapi: 3.0.0\n\n  a: b: c", "neither JSON nor YAML at line 3"),
        ("a: \x00", "neither JSON nor YAML"),
        ("a: \ud800", "neither JSON nor YAML"),
        ("a: *none", "alias before its anchor"),
        ("[" * 200, "nested more than|no object|not whole"),
        ("a: " + "[" * 100_000, "nested more than"),
        ("{" * 100_000, "nested more than|not whole"),
        ("- " * 100_000, "nested more than"),
        ('{"a":' * 100_000, "nested more than"),
        ("openapi: 3.0.0\npaths: {/a: {$ref: 'b.yaml#/a'}}", "lie in other files"),
        ("x" * (MAX_DOCUMENT + 1), "larger than 20 MiB"),
        ("é" * (MAX_DOCUMENT // 2 + 1), "larger than 20 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_description_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        asked("GET", "https://api.example.com/v1/a", text)


def test_no_sentence_repeats_the_request() -> None:
    for method, path in (("GET", f"/{CANARY}"), ("PATCH", f"/orders/{CANARY}?key={CANARY}"), (CANARY, "/orders")):
        with pytest.raises(IntakeError) as caught:
            asked(method, f"https://api.example.com/v1{path}")
        assert CANARY[:8] not in str(caught.value)
    for url in (f"ftp://{CANARY}", f"https://[{CANARY}", CANARY, f"https://api.example.com:{CANARY}/"):
        with pytest.raises(IntakeError, match="not an absolute http"):
            asked("GET", url)


def test_a_document_that_multiplies_itself_takes_no_more_room_than_its_text() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    read = read_document("\n".join(lines))
    assert read["a39"][0] is read["a38"]


def test_merges_that_multiply_are_bounded() -> None:
    many = ", ".join(f"k{n}: 1" for n in range(2_000))
    text = f"a: &a {{{many}}}\nb:\n" + "".join("  - {<<: [" + ", ".join(["*a"] * 100) + "]}\n" for _ in range(40))
    with pytest.raises(IntakeError, match="more than 4,000,000 values"):
        read_document(text)


def test_merged_keys_stand_behind_those_of_the_mapping_itself() -> None:
    text = "a: &a {x: 1, y: 1}\nb: {y: 2, <<: [{z: 3, x: 0}, *a]}\nc: {<<: *a}"
    assert read_document(text)["b"] == {"y": "2", "z": "3", "x": "0"}
    assert read_document(text)["c"] == {"x": "1", "y": "1"}


def test_a_document_that_holds_itself_is_read_without_end_of_memory() -> None:
    text = "openapi: 3.0.0\npaths: &p {/a: {get: &g {security: [{s: []}], self: *g}}, /b: *p}\n"
    text += "components: {securitySchemes: &s {s: *s}}"
    found = asked("GET", "https://x.example/a", text)
    assert found.alternatives == ()
    assert found.problems


KEYS = [
    *("$ref", "get", "security", "servers", "url", "variables", "enum", "default", "components", "securitySchemes"),
    *("type", "flows", "in", "name", "s", "info", "title", "/a", "/{x}", "/{x}{y}"),
]
WORDS = ["#", "#/components", "#/paths/~1a", "http", "oauth2", "apiKey", "https://{b}.e/{", "/{a}"]
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab/{}$#:.3", max_size=6) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300)
@given(VALUES, VALUES, VALUES, VALUES)
def test_any_shape_gives_requirements_or_a_sentence(paths: Any, security: Any, components: Any, servers: Any) -> None:
    made = {"openapi": "3.1.0", "paths": {"/a": paths, "/{x}": paths}, "security": security, "servers": servers}
    made["components"] = {"securitySchemes": {"s": components}}
    for text in (json.dumps(made), yaml.safe_dump(made)):
        for method in ("GET", "HEAD"):
            try:
                found = requirements(text, method, "https://api.e/a")
            except IntakeError:
                continue
            saved.encode(found.shown())


@given(st.text("ab: -{}[],&*<!|>'\"#\n\t%@`?~\\1\ud800\u2028", max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    with contextlib.suppress(IntakeError):
        read_document(text)


@given(
    st.recursive(
        st.none() | st.text("ab 1~:#'\"\n", max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_yaml_reads_as_its_library_reads_it(value: Any) -> None:
    """PyYAML is the oracle, for everything but the types of plain scalars."""
    text = yaml.safe_dump({"x": value}, allow_unicode=True)
    expected = yaml.load(text, Loader=yaml.BaseLoader)["x"]

    def same(ours: Any, theirs: Any) -> bool:
        if isinstance(ours, dict):
            return (
                isinstance(theirs, dict)
                and ours.keys() == theirs.keys()
                and all(same(ours[k], theirs[k]) for k in ours)
            )
        if isinstance(ours, list):
            return isinstance(theirs, list) and len(ours) == len(theirs) and all(map(same, ours, theirs))
        return ours == theirs or (ours is None and theirs in ("", "~", "null"))

    assert same(read_document(text)["x"], expected)
