from __future__ import annotations

from tui401.model.http import From, Header, Origin, Provenance, Request
from tui401.model.names import Names, chips
from tui401.model.secret import Secret

HERE = Provenance(From.EDIT)


def request(*headers: tuple[str, str]) -> Request:
    return Request(
        "GET",
        Origin("https", "api.example.com", 443),
        Secret("/v1"),
        tuple(Header(name, Secret(value)) for name, value in headers),
    )


def test_an_origin_names_its_port_only_where_it_is_not_the_schemes_own() -> None:
    assert str(Origin("https", "api.example.com", 443)) == "https://api.example.com"
    assert str(Origin("http", "::1", 8080)) == "http://[::1]:8080"


def test_with_header_leaves_exactly_one_in_the_place_of_the_first() -> None:
    changed = request(("a", "1"), ("AUTHORIZATION", "x"), ("b", "2"), ("authorization", "y")).with_header(
        "Authorization", Secret("Bearer t"), HERE
    )
    assert [h.name for h in changed.headers] == ["a", "AUTHORIZATION", "b"]
    assert changed.values("authorization") == (Secret("Bearer t"),)


def test_without_drops_all_headers_of_a_name_in_any_case() -> None:
    assert request(("Cookie", "1"), ("cookie", "2"), ("x", "3")).without("COOKIE").values("cookie") == ()


def test_a_secret_keeps_its_name_and_marks_become_chips() -> None:
    names = Names()
    token, key = Secret("eyJhbGciOi.payload.5f3a"), Secret("short")
    assert names.name(token) == "secret-1"
    assert names.name(key) == "secret-2"
    assert names.name(Secret("eyJhbGciOi.payload.5f3a")) == "secret-1"
    assert names.mark(token) == "‹secret-1›"
    assert chips("Bearer ‹secret-1› ‹secret-2›", names.hints()) == "Bearer ‹●●●● 5f3a› ‹●●●●›"
