"""Addresses as curl takes them apart."""

from __future__ import annotations

import pytest

from tui401.intake.address import parse
from tui401.intake.core import IntakeError
from tui401.intake.glob import first
from tui401.intake.proxies import spares


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://h.example", "https://h.example", "/"),
        ("https://H.Example:443/A?B#c", "https://h.example", "/A?B"),
        ("https://h.example:8443?x", "https://h.example:8443", "/?x"),
        ("https://h.example:/x", "https://h.example", "/x"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example", "/ü"),
        ("https://[2001:DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443", "/x"),
        ("http://2130706433/", "http://127.0.0.1", "/"),
        ("http://0177.0.0.1/", "http://127.0.0.1", "/"),
        ("h.example:8080/x", "http://h.example:8080", "/x"),
        ("localhost", "http://localhost", "/"),
        ("https://h/a/./b/../../c/.", "https://h", "/c/"),
        ("https://h/../..", "https://h", "/"),
        ("https://h/a?x=/../y", "https://h", "/a?x=/../y"),
        ("https://u:p@h/", "https://h", "/"),
    ],
)
def test_an_address_is_taken_apart(url: str, origin: str, target: str) -> None:
    address = parse(url)
    assert (str(address.origin), address.target.reveal()) == (origin, target)


def test_user_and_password_are_decoded() -> None:
    address = parse("https://me%40x:p%3Ass@h/")
    assert address.user is not None
    assert address.password is not None
    assert (address.user.reveal(), address.password.reveal()) == ("me@x", "p:ss")
    assert "p%3Ass" not in repr(address)


@pytest.mark.parametrize("url", ["https://a b/", 'https://a"b/', "https://me@you@h/", "https://h:1:2/"])
def test_hosts_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(IntakeError):
        parse(url)


@pytest.mark.parametrize(
    ("pattern", "url", "several"),
    [
        ("http://h/{a,b}", "http://h/a", True),
        ("http://h/{a}", "http://h/a", False),
        ("http://h/{,b}", "http://h/", True),
        ("http://h/[01-10:3]x[b-d]", "http://h/01xb", True),
        ("http://h/\\{a\\}", "http://h/{a}", False),
        ("http://[::1]/[]", "http://[::1]/[]", False),
    ],
)
def test_the_first_of_a_pattern_is_taken(pattern: str, url: str, several: bool) -> None:  # noqa: FBT001 - a table
    assert first(pattern) == (url, several)


def test_a_network_spares_its_addresses_only() -> None:
    assert spares("10.0.0.0/8", "10.1.2.3")
    assert not spares("10.0.0.0/8", "11.1.2.3")
    assert not spares("10.0.0.0/8", "10.example")
