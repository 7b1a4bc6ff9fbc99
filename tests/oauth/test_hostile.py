"""APIs and issuers that mean ill: whatever they name, claim or answer, no secret reaches them; what came is kept."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.probes.server import Arrived, Authority, Server, response, serve
from tests.recovery.driving import Told, told
from tests.timeless import timeless
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.fix import Answer, Asks, Question
from tui401.model.http import Origin, Transport
from tui401.model.secret import Secret
from tui401.probes.road import Road

CLIENT_SECRET = "client-s3cret-5f3a91c07be2d846"
REFRESH = "refresh-77aa10c4e2b95d38f016"
OPAQUE = "opaque-access-token-c0ffee1234"
Ill = Callable[[Arrived, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def ca(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path / "ca")


def case_of(api: Server, ca: Authority, *, token: str = OPAQUE, **known: Any) -> Case:
    """A request to a hostile API by somebody who has a client, its secret and a refresh token."""
    intake = from_argv(
        ["-q", f"{api.origin}/v1/orders", "-H", f"Authorization: Bearer {token}", "--cacert", ca.file],
        env={},
        home="/",
        cwd="/",
    )
    given = {
        "client_id": "cli",
        "client_secret": Secret(CLIENT_SECRET),
        "refresh_token": Secret(REFRESH),
        "ntp": timeless(),
        **known,
    }
    return Case(
        id="7f3a0004",
        request=intake.request,
        known=Known(**given),
        intake=intake.shown(),
        options=Options(send_consented=True),
        way_to=lambda _origin: Transport(ca_file=ca.file, connect_limit=2.0),
    )


def page(api: Callable[[], Origin], pages: dict[str, Any], *, challenge: str = "Bearer") -> Ill:
    """A server with these documents that refuses all else, its challenge made of its own address."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        path = arrived.target.partition("?")[0]
        if path in pages:
            made = pages[path](str(api())) if callable(pages[path]) else pages[path]
            writer.write(response("200 OK", "Content-Type: application/json", body=json.dumps(made).encode()))
        else:
            writer.write(response("401 Unauthorized", f"WWW-Authenticate: {challenge.format(own=api())}"))

    return handle


async def hostile(ca: Authority, pages: dict[str, Any], *, challenge: str = "Bearer") -> Any:
    """An https server on loopback that serves these pages; its own origin is known once it listens."""
    held: list[Server] = []
    running = serve(
        page(lambda: held[0].origin, pages, challenge=challenge), tls=ca.server_context("127.0.0.1"), name="127.0.0.1"
    )
    return running, held


def everything(*servers: Server) -> bytes:
    return b"\n".join(one.everything for server in servers for one in server.arrived)


def holds(text: bytes, *secrets: str) -> list[str]:
    """Runs of eight characters of the secrets that stand in what arrived."""
    return [s[at : at + 8] for s in secrets for at in range(len(s) - 7) if s[at : at + 8].encode() in text]


def takes_every_fix(says: dict[Asks, str] | None = None) -> Callable[[Question], Answer]:
    """Takes every fix that brings a token, one after another, and says yes but where a test says otherwise."""
    taken: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer((says or {}).get(question.asks, "no" if question.firm else "yes"))
        for choice in question.choices:
            if choice.key.startswith("fix:new-token") and choice.key not in taken:
                taken.append(choice.key)
                return Answer(choice.key)
        return Answer("stop")

    return answer


async def keeps(_secret: Secret[str]) -> str:
    return ""


async def run(case: Case, says: dict[Asks, str] | None = None) -> Told:
    return await told(case, takes_every_fix(says), keep_successor=keeps)


def metadata(own: str, **more: str) -> dict[str, Any]:
    return {
        "issuer": own,
        "token_endpoint": f"{own}/token",
        "authorization_endpoint": f"{own}/authorize",
        "device_authorization_endpoint": f"{own}/device",
        "introspection_endpoint": f"{own}/introspect",
        "jwks_uri": f"{own}/jwks",
        **more,
    }


NAMES_ITSELF = {
    "/.well-known/oauth-protected-resource": lambda own: {"resource": own, "authorization_servers": [own]},
    "/.well-known/oauth-authorization-server": metadata,
}
POINTS = 'Bearer resource_metadata="{own}/.well-known/oauth-protected-resource"'


async def test_an_api_that_names_itself_as_the_issuer_gets_no_secret(ca: Authority) -> None:
    running, held = await hostile(ca, NAMES_ITSELF, challenge=POINTS)
    async with running as api:
        held.append(api)
        ran = await run(case_of(api, ca))
        came = everything(api)
    asked = [q for q in ran.questions if q.asks is Asks.ISSUER]
    assert asked
    assert all(question.firm for question in asked)
    assert asked[0].title == f"Is {api.origin} the authorization server that you mean?"
    assert holds(came, CLIENT_SECRET, REFRESH) == []
    assert b"POST" not in came


@pytest.mark.parametrize("says", ["no", "yes"])
async def test_an_issuer_found_at_the_apis_own_address_is_asked_about_before_a_secret_goes_there(
    ca: Authority, says: str
) -> None:
    pages = {
        "/.well-known/oauth-authorization-server": metadata,
        "/token": {"access_token": "fresh-token-0123456789", "token_type": "Bearer"},
    }
    running, held = await hostile(ca, pages)
    async with running as api:
        held.append(api)
        ran = await run(case_of(api, ca), {Asks.ISSUER: says})
        came = everything(api)
    question = next(q for q in ran.questions if q.asks is Asks.ISSUER)
    assert question.firm
    assert question.title == f"Is {api.origin} the authorization server that you mean?"
    assert question.lines[0].startswith("It was named by the API's own address")
    assert bool(holds(came, CLIENT_SECRET, REFRESH)) is (says == "yes")
    assert (b"POST" in came) is (says == "yes")


@pytest.mark.parametrize("option", ["only_api", "passive"])
async def test_no_issuer_is_looked_for_where_nothing_but_the_request_may_be_sent(ca: Authority, option: str) -> None:
    running, held = await hostile(ca, {"/.well-known/oauth-authorization-server": metadata})
    async with running as api:
        held.append(api)
        case = case_of(api, ca)
        case.options = dataclasses.replace(case.options, **{option: True})
        ran = await run(case)
        came = everything(api)
    assert b"well-known" not in came
    assert not [q for q in ran.questions if q.asks is Asks.ISSUER]


async def test_whoever_confirms_it_is_shown_what_lies_outside_and_then_goes_on(ca: Authority) -> None:
    pages = {
        **NAMES_ITSELF,
        "/.well-known/oauth-authorization-server": lambda own: metadata(
            own, authorization_endpoint="https://login.evil.example/authorize"
        ),
        "/token": {"access_token": "fresh-token-0123456789", "token_type": "Bearer"},
    }
    running, held = await hostile(ca, pages, challenge=POINTS)
    async with running as api:
        held.append(api)
        ran = await run(case_of(api, ca), {Asks.ISSUER: "yes"})
        came = everything(api)
    question = next(q for q in ran.questions if q.asks is Asks.ISSUER)
    assert any("https://login.evil.example/authorize" in line and "Outside" in line for line in question.lines)
    assert len([q for q in ran.questions if q.asks is Asks.ISSUER]) == 1
    assert holds(came, REFRESH) or holds(came, CLIENT_SECRET)


async def test_with_a_confirmed_issuer_the_api_has_no_say(ca: Authority) -> None:
    running, held = await hostile(ca, NAMES_ITSELF, challenge=POINTS)
    mine, mine_held = await hostile(
        ca,
        {
            "/.well-known/oauth-authorization-server": metadata,
            "/token": {"access_token": "fresh-token-0123456789", "token_type": "Bearer"},
        },
    )
    async with running as api, mine as issuer:
        held.append(api)
        mine_held.append(issuer)
        ran = await run(case_of(api, ca, issuer=str(issuer.origin)))
        came, went = everything(api), everything(issuer)
    assert holds(came, CLIENT_SECRET, REFRESH) == []
    assert holds(went, REFRESH)
    assert not [q for q in ran.questions if q.asks is Asks.ISSUER]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that connections were made to."""
    made: list[str] = []
    real = Road._first_of

    async def first_of(self: Road, found: Any, port: int, where: str) -> Any:
        made.extend(map(str, found))
        return await real(self, found, port, where)

    monkeypatch.setattr(Road, "_first_of", first_of)
    return made


@pytest.mark.parametrize(
    "address",
    [
        "https://10.1.2.3",
        "https://192.168.0.1",
        "https://169.254.169.254",
        "https://[fd00:ec2::254]",
        "https://[::ffff:169.254.169.254]",
        "https://100.100.100.200",
        "https://0xA9FEA9FE",
    ],
)
@pytest.mark.parametrize("by", ["challenge", "token", "metadata"])
async def test_no_private_address_is_asked_for_metadata(
    ca: Authority, connected: list[str], address: str, by: str
) -> None:
    pages: dict[str, Any] = {}
    challenge, token = "Bearer", OPAQUE
    if by == "challenge":
        challenge = f'Bearer resource_metadata="{address}/.well-known/oauth-protected-resource"'
    elif by == "token":
        token = jwt.encode({"iss": address, "sub": "a"}, "a-key-that-is-long-enough-for-hs256", "HS256")
    else:
        pages["/.well-known/oauth-protected-resource"] = lambda own: {
            "resource": own,
            "authorization_servers": [address],
        }
    running, held = await hostile(ca, pages, challenge=challenge)
    async with running as api:
        held.append(api)
        ran = await run(case_of(api, ca, token=token))
        came = everything(api)
    assert set(connected) <= {"127.0.0.1"}
    assert "127.0.0.1" in connected
    assert holds(came, CLIENT_SECRET, REFRESH) == []
    assert not [q for q in ran.questions if q.asks is Asks.ISSUER]


async def test_keys_at_a_private_address_are_not_fetched_for_an_issuer_that_nobody_confirmed(
    ca: Authority, connected: list[str]
) -> None:
    pages = {
        **NAMES_ITSELF,
        "/.well-known/oauth-authorization-server": lambda own: metadata(own, jwks_uri="https://10.9.8.7/jwks"),
    }
    running, held = await hostile(ca, pages, challenge=POINTS)
    async with running as api:
        held.append(api)
        token = jwt.encode({"iss": str(api.origin), "sub": "a"}, "a-key-that-is-long-enough-for-hs256", "HS256")
        await run(case_of(api, ca, token=token))
    assert set(connected) == {"127.0.0.1"}


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a_redirecting_token_endpoint_takes_no_secret_elsewhere(ca: Authority, status: str) -> None:
    held: list[Server] = []

    async def redirects(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.target.startswith("/.well-known"):
            body = json.dumps(metadata(str(held[0].origin))).encode()
            writer.write(response("200 OK", "Content-Type: application/json", body=body))
        else:
            writer.write(response(status, f"Location: {other.origin}/token"))

    running, api_held = await hostile(ca, {})
    async with (
        running as api,
        serve(page(lambda: other.origin, {}), tls=ca.server_context("127.0.0.1")) as other,
        serve(redirects, tls=ca.server_context("127.0.0.1")) as issuer,
    ):
        held.append(issuer)
        api_held.append(api)
        ran = await run(case_of(api, ca, issuer=str(issuer.origin)))
        assert holds(everything(issuer), CLIENT_SECRET, REFRESH)
        assert other.connections == 0
    assert any("redirect" in str(piece.content) for piece in ran.view.evidence if piece.kind.startswith("grant/"))


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("claims", ["https://login.example", "{own}/other", "http{rest}"])
async def test_an_issuer_that_differs_from_its_address_gets_no_secret(
    ca: Authority, claims: str, *, confirmed: bool
) -> None:
    def lies(own: str) -> dict[str, Any]:
        return metadata(own, issuer=claims.format(own=own, rest=own.removeprefix("https")))

    pages = {
        **NAMES_ITSELF,
        "/.well-known/oauth-authorization-server": lies,
        "/.well-known/openid-configuration": lies,
        "/token": {"access_token": "fresh-token-0123456789", "token_type": "Bearer"},
    }
    running, held = await hostile(ca, pages, challenge=POINTS)
    async with running as api:
        held.append(api)
        known = {"issuer": str(api.origin)} if confirmed else {}
        await run(case_of(api, ca, **known), {Asks.ISSUER: "yes"})
        came = everything(api)
    assert holds(came, CLIENT_SECRET, REFRESH) == []
    assert b"POST" not in came


async def test_metadata_of_another_api_names_nobody(ca: Authority) -> None:
    pages = {
        **NAMES_ITSELF,
        "/.well-known/oauth-protected-resource": lambda own: {
            "resource": "https://another.example",
            "authorization_servers": [own],
        },
    }
    running, held = await hostile(ca, pages, challenge=POINTS)
    async with running as api:
        held.append(api)
        ran = await run(case_of(api, ca), {Asks.ISSUER: "yes"})
        came = everything(api)
    assert not [q for q in ran.questions if q.asks is Asks.ISSUER]
    assert holds(came, CLIENT_SECRET, REFRESH) == []
