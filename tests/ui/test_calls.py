"""A call that succeeds beside one that fails: what differs, without a secret."""

from __future__ import annotations

from dataclasses import replace

from tests.judge.builders import API, KEY, OPAQUE, bearer, request
from tui401.model.case import Case
from tui401.model.http import Exchange, From, Header, Hop, Provenance, Proxy, Request, Response, Transport
from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Change, Para, Row
from tui401.ui.calls import beside, call_lines

TRANSPORT = Transport(
    verify=False,
    ca_file="/ca.pem",
    cert_file="/client.pem",
    proxy=Proxy("http://proxy.example.net:3128"),
    resolve=(("api.example.com", 443, "192.0.2.7"),),
    follow=5,
)


def case(sent: Request, **more: object) -> Case:
    return Case(id="7f3a0000", request=sent, **more)  # type: ignore[arg-type]


def changed(blocks: tuple[Block, ...]) -> list[str]:
    return [f"{block.sign} {block.text}" for block in blocks if isinstance(block, Change) and block.sign != " "]


def test_equal_calls_say_that_what_differs_is_around_them() -> None:
    blocks = beside(case(request(bearer(OPAQUE))), case(request(bearer(OPAQUE))))
    assert changed(blocks) == []
    assert any(isinstance(block, Para) and "the machine, its network, its clock" in block.text for block in blocks)


def test_another_value_another_header_and_another_source_are_told_without_their_secrets() -> None:
    here = case(request(bearer(OPAQUE)))
    other = request([*bearer(KEY), ("X-Tenant", "stage")], f"{API}?page=2", origin=From.NETRC)
    lines = changed(beside(here, case(other)))
    assert f"- GET {API}" in lines
    assert f"+ GET {API}?page=2" in lines
    assert "+ X-Tenant: stage" in lines
    assert "- credential in Authorization from command" in lines
    assert "+ credential in Authorization from netrc" in lines
    assert any(line.startswith("+ Authorization: Bearer ‹secret-2›") for line in lines)
    assert not any(secret[at : at + 8] in "".join(lines) for secret in (OPAQUE, KEY) for at in range(len(secret) - 7))


def test_the_way_it_travels_is_told() -> None:
    here = case(request(bearer(OPAQUE)))
    there = replace(here.request, transport=TRANSPORT)
    assert changed(beside(here, case(there))) == [
        "+ credential in certificate from --cert",
        "+ through the proxy http://proxy.example.net:3128",
        "+ without verifying the server's certificate (-k)",
        "+ trusting the CA in /ca.pem",
        "+ with the client certificate /client.pem",
        "+ api.example.com:443 taken to be at 192.0.2.7",
        "+ following redirects",
    ]


def test_an_answer_that_came_with_it_is_told() -> None:
    sent = request(bearer(OPAQUE))
    seen = Exchange((Hop(sent, Response(401, (), Secret(b"")), 1.0, 0.1),))
    assert Row("it answered", "401", "as you gave it") in beside(case(sent), case(sent, seen=seen))


def test_a_place_that_nobody_knows_is_said() -> None:
    sent = request()
    sent = replace(sent, headers=(Header("X-API-Key", Secret(KEY), Provenance(From.COMMAND, "-H")),))
    assert "credential in X-API-Key from command (-H)" in call_lines(sent, case(sent).names)
