"""What a sign-in elsewhere and a token command let out: questions, the redirect's page, programs, endpoints."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shlex
from dataclasses import dataclass, field
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import httpx
from camera import Camera, wizard
from canary_case import Laden
from canary_search import Canary
from loopback import Issuer, Loopback, Seen, response
from program import World, world_of
from surfaces import surface
from wizard import settle

from tests.timeless import timeless
from tui401.cli.headless import Listener
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.saved import encode
from tui401.recovery import recover
from tui401.ui.screens.signin import SignInScreen

FIXES = ("fix:new-token:authorization_code", "fix:new-token:device_code", "fix:new-token:command")


@dataclass
class SignIns(Issuer):
    """The issuer with pages to sign in at; it echoes there, too."""

    def __call__(self, seen: Seen) -> bytes:
        host = f"http://{seen.value('Host')}"
        if seen.target.endswith(("/oauth-authorization-server", "/openid-configuration")):
            named = {name: f"{host}/{name}" for name in ("authorization_endpoint", "device_authorization_endpoint")}
            made = {"issuer": host, "token_endpoint": f"{host}/token", "jwks_uri": f"{host}/jwks", **named}
            return response("200 OK", [], json.dumps(made))
        if seen.target == "/device_authorization_endpoint":
            given = {
                "device_code": self.make("device code"),
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{host}/device",
                "interval": 1,
                "expires_in": 60,
                "received": seen.body.decode(),
            }
            return response("200 OK", [], json.dumps(given))
        return super().__call__(seen)


@dataclass
class SignedIn:
    """One recovery that signs in by browser, with a code, and by command; and all that came of it."""

    events: list[Event] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    pages: list[bytes] = field(default_factory=list)
    progress: io.StringIO = field(default_factory=io.StringIO)
    device: bytes = b""
    told: str = ""


_DONE: dict[int, SignedIn] = {}


async def signed_in(loaded: Laden) -> SignedIn:
    if id(loaded) not in _DONE:
        _DONE[id(loaded)] = await _sign_in(loaded, world_of(loaded))
    return _DONE[id(loaded)]


async def _sign_in(loaded: Laden, world: World) -> SignedIn:
    made = SignedIn()
    started = world.tools / "started"
    known = loaded.case.known
    printed = world.secret("access token, printed")
    command = (str(world.tools / "token-tool"), "--verbose")
    (world.tools / "token-tool").write_text(
        f'#!/bin/sh\n{{ echo "$0 $*"; /usr/bin/env; }} >>"{started}"\necho {shlex.quote(printed)}\n'
    )
    (world.tools / "token-tool").chmod(0o700)
    with Loopback(SignIns(world.secret)) as issuer, Loopback(lambda _seen: response("401 U", [], "{}")) as api:
        bearer = world.secret("access token, sent")
        intake = from_argv(
            ["-q", f"{api.origin}/v1", "-H", f"Authorization: Bearer {bearer}"], env={}, home="/", cwd="/"
        )
        case = Case(
            id="7f3a0005",
            request=intake.request,
            known=Known(
                issuer=issuer.origin,
                client_id="cli",
                client_secret=known.client_secret,
                refresh_token=known.refresh_token,
                token_command=command,
                ntp=timeless(),
            ),
            intake=intake.shown(),
            options=Options(send_consented=True),
        )
        listener = Listener(case.id, None, made.progress)
        left = list(FIXES)

        async def browse(address: str) -> None:
            asked = parse_qs(urlsplit(address).query)
            back = {"code": world.secret("authorization code"), "state": asked["state"][0], "extra": printed}
            async with httpx.AsyncClient(trust_env=False) as browser:
                page = await browser.get(asked["redirect_uri"][0], params=back)
            made.pages.append(str(page.headers).encode() + page.content)

        async def ask(question: Question) -> Answer:
            made.questions.append(question)
            if question.asks is Asks.SIGN_IN and not question.code:
                browsing.append(asyncio.create_task(browse(str(question.address))))
            if question.asks is Asks.SIGN_IN:
                await asyncio.get_running_loop().create_future()
            if question.asks is not Asks.NEXT:
                return Answer("yes")
            offered = [choice.key for choice in question.choices]
            while left:
                found = next((key for key in offered if key.startswith(left[0])), None)
                left.pop(0)
                if found is not None:
                    return Answer(found)
            return Answer("stop")

        browsing: list[asyncio.Task[None]] = []

        def emit(event: Event) -> None:
            made.events.append(event)
            listener(event)

        assert known.client_secret is not None
        given = {
            "PATH": f"{world.tools}:/usr/bin:/bin",
            "DISPLAY": ":99",
            "TUI401_CLIENT_SECRET": known.client_secret.reveal(),
        }
        with patch.dict(os.environ, given):
            await recover(case, ask=ask, emit=emit)
            await asyncio.gather(*browsing)
        forms = [parse_qs(one.body.decode()) for one in issuer.seen if one.target == "/token"]
        (verifier,) = (form["code_verifier"][0] for form in forms if "code_verifier" in form)
        loaded.search.add(Canary("the code's verifier", verifier))
        made.device = b"\n".join(one.raw for one in issuer.seen if one.target == "/device_authorization_endpoint")
    made.told = started.read_text()
    assert [q.asks for q in made.questions].count(Asks.SIGN_IN) == 2
    return made


@surface("a sign-in: all that is kept of it")
async def kept(loaded: Laden) -> bytes:
    made = await signed_in(loaded)
    data = b"\n".join(map(encode, made.events))
    assert b"WDJB-MJHT" in data
    assert b"code_challenge=" in data
    return data


@surface("a sign-in: the question, and progress on standard error")
async def shown(loaded: Laden) -> str:
    made = await signed_in(loaded)
    text = made.progress.getvalue()
    assert "code: WDJB-MJHT" in text
    return text + b"\n".join(map(encode, made.questions)).decode()


@surface("a sign-in: the page that the browser comes back to")
async def landing(loaded: Laden) -> bytes:
    (page,) = (await signed_in(loaded)).pages
    assert b"You can close this window" in page
    return page


@surface("a sign-in: what the browser and the token command are given")
async def programs(loaded: Laden) -> str:
    told = (await signed_in(loaded)).told
    assert "code_challenge=" in told
    assert "token-tool --verbose" in told
    assert "TUI401_" not in told
    return told


@surface("a sign-in: what the device endpoint receives, but for the client's secret")
async def device_endpoint(loaded: Laden) -> bytes:
    secret = loaded.case.known.client_secret
    assert secret is not None
    received = (await signed_in(loaded)).device
    lines = [line for line in received.split(b"\r\n") if not line.lower().startswith(b"authorization:")]
    return b"\n".join(lines).replace(secret.reveal().encode(), b"")


@surface("a sign-in: its screen, what its widgets hold, and what it copies")
async def screen(loaded: Laden) -> str:
    made = await signed_in(loaded)
    async with wizard(world_of(loaded)) as (app, pilot):
        camera = Camera(app)
        for question in made.questions:
            if question.asks is Asks.SIGN_IN:
                await app.push_screen(SignInScreen(question, {}))
                await settle(pilot)
                camera.take()
                await pilot.press("c", "k")
                await settle(pilot)
                camera.take()
        held = app.clipboard
    assert "WDJB-MJHT" in held + "".join(camera.text)
    return "\n".join([held, *camera.text, *camera.svg, *camera.held])
