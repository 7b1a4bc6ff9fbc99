"""Prefixes of keys that dialects document: seen in a credential, seven characters at most, and told."""

from __future__ import annotations

import pytest

from tests.judge.builders import KEY, Bench, bearer
from tui401.dialects import load, package_matcher
from tui401.wire.shapes import public_prefix

LONG = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef0123456789ABCDEF012345"
ENDS = {
    "pdl_liv": "e_apikey_01gtgztp8f4kek3yd4g1wrksa3_q6TGTJyvoIz7LDtXT65bX7",
    "pdl_sdb": "x_apikey_01gtgztp8f4kek3yd4g1wrksa3_q6TGTJyvoIz7LDtXT65bX7",
    "sk_live": "_4eC39HqLyjWDarjtT1zdp7dc",
    "sk_test": "_4eC39HqLyjWDarjtT1zdp7dc",
    "rk_live": "_4eC39HqLyjWDarjtT1zdp7dc",
    "rk_test": "_4eC39HqLyjWDarjtT1zdp7dc",
    "rzp_tes": "t_1DP5mmOlF5G5ag",
    "rzp_liv": "e_1DP5mmOlF5G5ag",
    "dapi": "0123456789abcdef0123456789abcdef",
    "pat-na1": "-11111111-2222-3333-4444-555555555555",
    "pat-eu1": "-11111111-2222-3333-4444-555555555555",
    "dckr_pa": "t_" + LONG,
    "lin_api": "_" + LONG,
    "lin_oau": "th_" + LONG,
    "xkeysib": "-" + "0123456789abcdef" * 4,
    "sk-proj": "-" + LONG,
    "key-": "0123456789abcdef0123456789abcdef",
}
PREFIXES = sorted({key.prefix for dialect in load() for key in dialect.keys})


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_documented_prefix_is_seen_in_a_key_and_shows_seven_characters_at_most(prefix: str) -> None:
    seen = public_prefix(prefix + ENDS.get(prefix, LONG))
    assert seen.startswith(prefix)
    assert len(seen) <= 7
    found = package_matcher().key(seen)
    assert found is not None
    assert found[1].prefix == prefix


@pytest.mark.parametrize("text", [KEY, "keyed-entry-of-a-list", "secretary", "EAGER", "application-key"])
def test_no_prefix_is_seen_where_none_is(text: str) -> None:
    assert public_prefix(text) == ""


@pytest.mark.parametrize(
    ("key", "url", "title"),
    [
        ("SG." + LONG[:22] + "." + LONG[:43], "https://api.mailgun.net/v3/messages", "a SendGrid API key"),
        ("pdl_live_" + ENDS["pdl_liv"][2:], "https://sandbox-api.paddle.com/products", "the live account"),
        ("pdl_sdbx_" + ENDS["pdl_sdb"][2:], "https://api.paddle.com/products", "the sandbox"),
    ],
)
def test_a_key_that_was_sent_where_it_does_not_belong_is_told(key: str, url: str, title: str) -> None:
    bench = Bench(bearer(key), url=url).refused('{"message": "Unauthorized"}')
    cause, strength = bench.root()
    assert (cause, strength) == ("environment-mismatch", "likely")
    assert any(title in reason for reason in bench.verdict("environment-mismatch").because)


def test_a_key_at_its_own_host_is_no_mismatch() -> None:
    key = "pdl_live_" + ENDS["pdl_liv"][2:]
    bench = Bench(bearer(key), url="https://api.paddle.com/products").refused('{"message": "Unauthorized"}')
    assert bench.root()[0] != "environment-mismatch"
