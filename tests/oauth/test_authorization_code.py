from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.oauth.issuing import SECRET, Issuer, Person, comes_back, decoded, gives, issuing, refuses
from tui401.model import saved
from tui401.model.demands import Demands, Elsewhere
from tui401.model.names import Names
from tui401.oauth import authorization_code
from tui401.oauth.answers import Granted
from tui401.probes.send import Client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


async def nobody_is_at(address: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as browser:
        try:
            await browser.get(address)
        except httpx.ConnectError:
            return True
    return False


async def signed_in(client: Client, issuer: Issuer, person: Person, **more: Any) -> Granted:
    known, metadata = more.pop("known", issuer.known()), more.pop("metadata", issuer.metadata())
    given = {"audience": "", "scopes": ("orders:read",), "names": Names(), **more}
    granted = await authorization_code.request(client, metadata, known, show=person, **given)
    await person.done()
    return granted


async def test_a_code_is_bound_to_who_asked_and_redeemed_once(client: Client) -> None:
    async with issuing({"/token": [gives(scope="orders:read")]}) as issuer:
        pages: list[httpx.Response] = []
        person = Person(comes_back(pages))
        granted = await signed_in(client, issuer, person, audience="https://api.example")
        (form,) = issuer.asked()
    assert granted.seen.ok
    assert granted.seen.granted_scopes == ("orders:read",)
    asked = person.query
    assert asked["response_type"] == "code"
    assert asked["scope"] == "orders:read"
    assert asked["resource"] == asked["audience"] == "https://api.example"
    assert asked["code_challenge_method"] == "S256"
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert form["redirect_uri"] == asked["redirect_uri"]
    assert form["redirect_uri"].startswith("http://127.0.0.1:")
    assert form["code"] == "code-77aa10c4e2b95d38"
    assert (form["client_id"], form["grant_type"]) == ("cli", "authorization_code")
    assert "scope" not in form
    assert person.withdrawn
    assert person.shown[0].opened
    assert "You can close this window" in pages[0].text


async def test_the_page_says_nothing_of_what_came(client: Client) -> None:
    pages: list[httpx.Response] = []
    async with issuing({"/token": [gives()]}) as issuer:
        await signed_in(client, issuer, Person(comes_back(pages, extra="<script>x</script>")))
    assert "code-77aa" not in pages[0].text
    assert "<script>" not in pages[0].text
    assert pages[0].headers["cache-control"] == "no-store"
    assert pages[0].headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in pages[0].headers["content-security-policy"]


@pytest.mark.parametrize("state", ["", "another-state", None])
async def test_a_code_with_another_state_ends_nothing(client: Client, state: str | None) -> None:
    pages: list[httpx.Response] = []

    async def twice(elsewhere: Elsewhere) -> None:
        await comes_back(pages, state=state, code="forged-code-0011")(elsewhere)
        await comes_back(pages)(elsewhere)

    async with issuing({"/token": [gives()]}) as issuer:
        granted = await signed_in(client, issuer, Person(twice))
        (form,) = issuer.asked()
    assert granted.seen.ok
    assert [page.status_code for page in pages] == [400, 200]
    assert form["code"] == "code-77aa10c4e2b95d38"


@pytest.mark.parametrize(
    ("came", "announced", "redeemed"),
    [
        (None, False, True),
        ("", False, False),
        ("https://evil.example", False, False),
        ("https://evil.example", True, False),
        (None, True, False),
        ("its own", True, True),
    ],
)
async def test_a_code_of_another_issuer_is_not_redeemed(
    client: Client, came: str | None, *, announced: bool, redeemed: bool
) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        name = issuer.address if came == "its own" else came
        granted = await signed_in(
            client, issuer, Person(comes_back(iss=name)), metadata=issuer.metadata(names_itself=announced)
        )
        assert granted.seen.ok is redeemed
        assert len(issuer.asked()) == redeemed
        assert redeemed or "Nothing was redeemed" in granted.seen.problem


async def test_a_refusal_at_the_page_is_the_issuers_word(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        back = comes_back(code=None, error="access_denied", error_description="no")
        granted = await signed_in(client, issuer, Person(back))
        assert (granted.seen.error, granted.seen.description) == ("access_denied", "no")
        assert not issuer.asked()


async def test_whoever_gives_up_ends_it(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(gives_up=True)
        granted = await signed_in(client, issuer, person)
        assert "gave up" in granted.seen.problem
        assert not issuer.asked()
        assert await nobody_is_at(person.query["redirect_uri"])


async def test_it_ends_by_itself(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        granted = await signed_in(client, issuer, Person(), limit=0.05)
    assert "Nobody came back" in granted.seen.problem


async def test_cancelling_takes_the_page_down(client: Client) -> None:
    there = asyncio.Event()

    async def waits(_elsewhere: Elsewhere) -> None:
        there.set()

    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(waits)
        task = asyncio.create_task(signed_in(client, issuer, person))
        await there.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert person.withdrawn
        assert await nobody_is_at(person.query["redirect_uri"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"authorization_endpoint": ""}, "no page to sign in"),
        ({"authorization_endpoint": "http://login.example/authorize"}, "not https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not https"),
        ({"code_challenges": ("plain",)}, "S256"),
        ({"confirmed": False}, "nobody has confirmed"),
        ({"token_endpoint": ""}, "no token endpoint"),
    ],
)
async def test_nobody_is_sent_to_sign_in_where_it_could_not_end_well(
    client: Client, change: dict[str, Any], says: str
) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(comes_back())
        granted = await signed_in(client, issuer, person, metadata=issuer.metadata(**change))
    assert says in granted.seen.problem
    assert not person.shown


async def test_the_registered_redirect_is_used(client: Client) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(comes_back())
        uri = f"http://localhost:{port}/signed/in"
        granted = await signed_in(client, issuer, person, known=issuer.known(redirect_uri=uri))
        assert granted.seen.ok, granted.seen
        assert person.query["redirect_uri"] == uri
        assert issuer.asked()[0]["redirect_uri"] == uri


@pytest.mark.parametrize(
    "uri", ["https://client.example/cb", "http://10.0.0.1/cb", "nonsense", "http://127.0.0.1/?x=1"]
)
async def test_a_redirect_that_is_not_on_this_machine_is_refused(client: Client, uri: str) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(comes_back())
        granted = await signed_in(client, issuer, person, known=issuer.known(redirect_uri=uri))
    assert "not on this machine" in granted.seen.problem
    assert not person.shown


async def test_a_taken_port_is_a_sentence(client: Client) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        uri = f"http://127.0.0.1:{taken.getsockname()[1]}/cb"
        async with issuing({"/token": [gives()]}) as issuer:
            granted = await signed_in(client, issuer, Person(), known=issuer.known(redirect_uri=uri))
    assert "cannot be put up" in granted.seen.problem


async def test_what_an_api_demands_of_a_person_is_asked_for(client: Client) -> None:
    async with issuing({"/token": [gives()]}) as issuer:
        person = Person(comes_back())
        await signed_in(client, issuer, person, scopes=("openid",), demands=Demands(acr_values=("a", "b"), max_age=0))
    assert person.query["acr_values"] == "a b"
    assert person.query["max_age"] == "0"
    assert person.query["nonce"]


async def test_a_bound_token_names_its_key_at_the_page_and_proves_it_with_the_nonce(client: Client) -> None:
    replies = [refuses("use_dpop_nonce", "DPoP-Nonce: n-1"), gives(token_type="DPoP")]
    async with issuing({"/token": replies}) as issuer:
        person = Person(comes_back())
        granted = await signed_in(
            client,
            issuer,
            person,
            metadata=issuer.metadata(dpop_algorithms=("ES256",)),
            demands=Demands(bound=True),
        )
        proofs = [decoded(one.values("dpop")[0]) for one in issuer.server.arrived]
    assert granted.access_token is not None
    assert client.proofs.binds(granted.access_token)
    assert [claims.get("nonce") for _, claims in proofs] == [None, "n-1"]
    assert len({claims["jti"] for _, claims in proofs}) == 2
    jwk = proofs[0][0]["jwk"]
    named = base64.urlsafe_b64encode(
        hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'.encode()).digest()
    )
    assert person.query["dpop_jkt"] == named.rstrip(b"=").decode()
    assert [one.error for one in granted.earlier] == ["use_dpop_nonce"]


async def test_nothing_that_is_shown_holds_code_verifier_or_token(client: Client) -> None:
    async with issuing({"/token": [gives(refresh_token="ref-fedcba9876543210")]}) as issuer:
        granted = await signed_in(client, issuer, Person(comes_back()), known=issuer.known(client_secret=SECRET))
        (form,) = issuer.asked()
        text = saved.encode(granted.seen).decode()
    assert granted.seen.exchange is not None
    secrets = (form["code"], form["code_verifier"], "acc-0123456789abcdef", "ref-fedcba9876543210", SECRET.reveal())
    for secret in secrets:
        assert not [secret[at : at + 8] for at in range(len(secret) - 7) if secret[at : at + 8] in text]
