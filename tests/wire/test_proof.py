from __future__ import annotations

from tui401.model.http import Header, Origin, Request
from tui401.model.secret import Secret
from tui401.wire import proof

# The examples of RFC 9449, sections 4.1 and 7.1, and of RFC 7638, section 3.1.
TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
ATH = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
RSA = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM"
    "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5"
    "hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)


def request(token: str) -> Request:
    line = Header("Authorization", Secret(f"DPoP {token}"))
    return Request("GET", Origin("https", "resource.example.org", 443), Secret("/protectedresource"), (line,))


def test_the_hash_of_a_token_is_that_of_the_specification() -> None:
    assert proof.token_hash(TOKEN) == ATH


def test_the_thumbprint_of_a_key_is_that_of_the_specification() -> None:
    key = {"kty": "RSA", "n": RSA, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert proof.thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert proof.thumbprint({"kty": "RSA", "n": RSA}) == ""
    assert proof.thumbprint({"kty": ["RSA"]}) == ""


def test_a_proof_for_another_token_has_a_defect_and_one_without_ath_has_none() -> None:
    assert proof.unbound(request(TOKEN), {"ath": ATH}) == ()
    assert proof.unbound(request(TOKEN), {}) == ()
    assert [d.name for d in proof.unbound(request(TOKEN + "x"), {"ath": ATH})] == ["ath-differs"]


def test_an_address_is_the_same_without_query_and_default_port() -> None:
    same = "https://Server.example.com/a"
    assert proof.same_address(same, "https://server.example.com:443/a?b=c#d")
    assert not proof.same_address(same, "http://server.example.com/a")
    assert not proof.same_address(same, "https://server.example.com/A")
    assert not proof.same_address("https://[", "https://server.example.com/a")
