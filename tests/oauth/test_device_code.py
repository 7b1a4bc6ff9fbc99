from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.oauth.issuing import Issuer, Person, Reply, gives, issuing, refuses
from tui401.model import saved
from tui401.model.demands import Demands
from tui401.model.names import Names
from tui401.oauth import device_code
from tui401.oauth.answers import Granted
from tui401.probes.send import Client

DEVICE = "dev-9f2c11aa5b7d40e8"
PENDING = refuses("authorization_pending")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


def begins(**more: Any) -> Reply:
    given = {
        "device_code": DEVICE,
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://login.example/device",
        "expires_in": 600,
        "interval": 3,
        **more,
    }
    return "200 OK", {name: value for name, value in given.items() if value is not None}


async def polled(
    client: Client, issuer: Issuer, person: Person | None = None, **more: Any
) -> tuple[Granted, list[float]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    metadata, known = more.pop("metadata", issuer.metadata()), more.pop("known", issuer.known())
    given = {"audience": "", "scopes": ("orders:read",), "names": Names(), **more}
    show = person or Person()
    granted = await device_code.request(client, metadata, known, show=show, sleep=sleep, **given)
    return granted, slept


async def test_a_code_is_shown_and_asked_for_until_somebody_has_signed_in(client: Client) -> None:
    async with issuing({"/device": [begins()], "/token": [PENDING, PENDING, gives()]}) as issuer:
        person = Person()
        granted, slept = await polled(client, issuer, person, audience="https://api.example")
        (first,) = issuer.asked("/device")
        polls = issuer.asked()
    assert granted.seen.ok
    assert (first["client_id"], first["scope"], first["resource"]) == ("cli", "orders:read", "https://api.example")
    assert {form["grant_type"] for form in polls} == {"urn:ietf:params:oauth:grant-type:device_code"}
    assert [form["device_code"] for form in polls] == [DEVICE] * 3
    assert slept == [3.0, 3.0, 3.0]
    assert (person.shown[0].address.reveal(), person.shown[0].code) == ("https://login.example/device", "WDJB-MJHT")
    assert person.shown[0].until > 0
    assert not person.shown[0].opened
    assert person.withdrawn
    assert [one.grant for one in granted.earlier] == ["device_authorization"]
    assert granted.earlier[0].ok


async def test_slow_down_is_obeyed_from_then_on(client: Client) -> None:
    answers = [PENDING, refuses("slow_down"), PENDING, refuses("slow_down"), gives()]
    async with issuing({"/device": [begins()], "/token": answers}) as issuer:
        _, slept = await polled(client, issuer)
    assert slept == [3.0, 3.0, 8.0, 8.0, 13.0]


@pytest.mark.parametrize(("interval", "first"), [(None, 5.0), (0, 1.0), ("7", 7.0), (-3, 5.0), (1e9, 120.0)])
async def test_the_interval_is_the_issuers_within_reason(client: Client, interval: object, first: float) -> None:
    async with issuing({"/device": [begins(interval=interval)], "/token": [gives()]}) as issuer:
        _, slept = await polled(client, issuer)
    assert slept == [first]


async def test_it_ends_with_the_code(client: Client) -> None:
    async with issuing({"/device": [begins(expires_in=10)], "/token": [PENDING]}) as issuer:
        granted, slept = await polled(client, issuer)
        assert len(issuer.asked()) == 4
    assert slept == [3.0, 3.0, 3.0, 1.0]
    assert "while the code held" in granted.seen.problem
    assert granted.access_token is None


@pytest.mark.parametrize("error", ["access_denied", "expired_token", "invalid_grant"])
async def test_a_refusal_ends_it_with_the_issuers_word(client: Client, error: str) -> None:
    async with issuing({"/device": [begins()], "/token": [PENDING, refuses(error)]}) as issuer:
        granted, _ = await polled(client, issuer)
        assert len(issuer.asked()) == 2
    assert granted.seen.error == error


async def test_whoever_gives_up_ends_it(client: Client) -> None:
    async with issuing({"/device": [begins()], "/token": [PENDING]}) as issuer:
        granted, _ = await polled(client, issuer, Person(gives_up=True))
    assert "gave up" in granted.seen.problem


async def test_the_whole_address_is_shown_where_the_issuer_gives_one(client: Client) -> None:
    whole = "https://login.example/device?user_code=WDJB-MJHT"
    async with issuing({"/device": [begins(verification_uri_complete=whole)], "/token": [gives()]}) as issuer:
        person = Person()
        await polled(client, issuer, person)
    assert person.shown[0].address.reveal() == whole


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"verification_uri": "http://login.example/device"}, "not https"),
        ({"verification_uri": "javascript:alert(1)"}, "not https"),
        ({"verification_uri_complete": "http://login.example/d?c=1"}, "not https"),
        ({"device_code": None}, "no code"),
        ({"user_code": ""}, "no code"),
        ({"user_code": "a\x1b[2J"}, "no code"),
        ({"verification_uri": None}, "no code"),
    ],
)
async def test_nobody_is_sent_where_the_answer_is_odd(client: Client, changed: dict[str, Any], says: str) -> None:
    async with issuing({"/device": [begins(**changed)], "/token": [gives()]}) as issuer:
        person = Person()
        granted, _ = await polled(client, issuer, person)
        assert not issuer.asked()
    assert says in granted.seen.problem
    assert not person.shown


async def test_a_refused_beginning_is_the_issuers_word(client: Client) -> None:
    async with issuing({"/device": [refuses("unauthorized_client")]}) as issuer:
        granted, _ = await polled(client, issuer)
    assert (granted.seen.grant, granted.seen.error) == ("device_code", "unauthorized_client")


async def test_the_device_endpoint_is_asked_only_where_secrets_may_go(client: Client) -> None:
    async with issuing({"/device": [begins()]}) as issuer:
        plain = issuer.metadata(device_authorization_endpoint="http://login.example/device")
        for metadata in (plain, issuer.metadata(confirmed=False), issuer.metadata(device_authorization_endpoint="")):
            granted, _ = await polled(client, issuer, metadata=metadata)
            assert granted.seen.problem
        assert not issuer.server.arrived


async def test_nothing_that_is_shown_holds_the_device_code(client: Client) -> None:
    async with issuing({"/device": [begins()], "/token": [PENDING, gives()]}) as issuer:
        granted, _ = await polled(client, issuer)
    text = "".join(saved.encode(one).decode() for one in (*granted.earlier, granted.seen))
    assert "device_code" in text
    for secret in (DEVICE, "acc-0123456789abcdef"):
        assert not [secret[at : at + 8] for at in range(len(secret) - 7) if secret[at : at + 8] in text]


async def test_a_bound_token_is_proved_at_the_token_endpoint_alone(client: Client) -> None:
    async with issuing({"/device": [begins()], "/token": [PENDING, gives(token_type="DPoP")]}) as issuer:
        await polled(client, issuer, metadata=issuer.metadata(dpop_algorithms=("ES256",)), demands=Demands(bound=True))
        proofs = {one.target: one.values("dpop") for one in issuer.server.arrived}
    assert proofs["/device"] == []
    assert len(proofs["/token"]) == 1
