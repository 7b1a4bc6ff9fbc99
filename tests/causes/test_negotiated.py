"""Negotiate and NTLM, leg by leg: what was sent, and whether the server goes on with it or begins anew."""

from __future__ import annotations

import base64
import struct
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judge.builders import Bench
from tui401.model.verdict import Strength
from tui401.wire import handshake

KERBEROS: Final = bytes.fromhex("2a864886f712010202")
BOTH: Final = [("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM")]


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def ntlm(number: int, *, wrapped: bool = False) -> str:
    message = b"NTLMSSP\x00" + struct.pack("<I", number) + bytes(range(40))
    return b64((b"\x60\x48\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x3e" if wrapped else b"") + message)


TICKET: Final = b64(b"\x60\x82\x06\x86\x06\x06\x2b\x06\x01\x05\x05\x02" + KERBEROS + bytes(range(200)))


def sent(scheme: str, message: str) -> Bench:
    return Bench([("Authorization", f"{scheme} {message}")])


@pytest.mark.parametrize(
    ("message", "leg"),
    [
        (ntlm(1), "ntlm-opening"),
        (ntlm(3), "ntlm-proof"),
        (ntlm(1, wrapped=True), "ntlm-opening"),
        (TICKET, "ticket"),
        (ntlm(2), ""),
        ("", ""),
        ("not base64 at all!", ""),
        (b64(b"\x60\x03abc"), ""),
    ],
)
def test_the_legs_are_told_apart(message: str, leg: str) -> None:
    assert handshake.kind(message) == leg


@given(st.text(max_size=300) | st.binary(max_size=300).map(b64))
def test_anything_at_all_can_be_read(message: str) -> None:
    assert handshake.kind(message) in ("ntlm-opening", "ntlm-proof", "ticket", "")


@pytest.mark.parametrize("challenges", [BOTH, BOTH[:1], [("WWW-Authenticate", "Kerberos")]])
def test_a_challenge_that_nothing_answered_is_a_missing_credential(challenges: list[tuple[str, str]]) -> None:
    assert Bench().refused("", challenges).root() == ("header-missing", "confirmed")


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_the_servers_own_message_means_that_the_handshake_goes_on(scheme: str) -> None:
    goes_on = [("WWW-Authenticate", f"{scheme} {ntlm(2)}")]
    bench = sent(scheme, ntlm(1)).refused("", goes_on)
    assert bench.root() == ("header-missing", "likely")
    assert "no third message" in bench.verdict("header-missing").because[1]
    assert bench.strength("basic-credentials-invalid") < Strength.POSSIBLE


def test_an_opening_that_is_not_taken_up_leaves_open_why() -> None:
    assert sent("NTLM", ntlm(1)).refused("", BOTH).root() == ("header-missing", "possible")


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_a_refused_third_message_is_a_refused_password(scheme: str) -> None:
    bench = sent(scheme, ntlm(3)).refused("", BOTH)
    assert bench.root() == ("basic-credentials-invalid", "likely")
    assert bench.strength("header-missing") is Strength.RULED_OUT


def test_a_refused_ticket_is_likely_one_that_the_server_cannot_use() -> None:
    bench = sent("Negotiate", TICKET).refused("", BOTH)
    assert bench.root() == ("token-unrecognised", "likely")
    assert bench.strength("basic-credentials-invalid") < Strength.LIKELY


def test_ntlm_inside_negotiate_is_another_scheme_where_only_tickets_are_taken() -> None:
    bench = sent("Negotiate", ntlm(1, wrapped=True)).refused("", BOTH[:1])
    assert bench.root() == ("scheme-wrong", "likely")
    assert bench.strength("scheme-wrong") is Strength.LIKELY
    taken = sent("Negotiate", ntlm(1, wrapped=True)).refused("", BOTH)
    assert taken.strength("scheme-wrong") < Strength.LIKELY


def test_what_the_ticket_may_do_is_another_question() -> None:
    bench = sent("Negotiate", TICKET).refused('{"message": "Forbidden"}', status=403)
    assert bench.strength("token-unrecognised") < Strength.LIKELY


def test_a_message_never_comes_out() -> None:
    said = repr(sent("Negotiate", TICKET).refused("", [("WWW-Authenticate", f"Negotiate {ntlm(2)}")]).diagnosis())
    assert TICKET[20:28] not in said
    assert ntlm(2)[16:24] not in said
