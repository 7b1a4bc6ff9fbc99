"""A case with a canary in every place where a secret can stand, and answers that give them back in every spelling."""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass, field
from urllib.parse import quote

from canary_search import SPELLINGS, Canary, Search

from tui401.model.case import Case, Known
from tui401.model.http import (
    Exchange,
    Failure,
    FailureKind,
    From,
    Header,
    Hop,
    Origin,
    Peer,
    Provenance,
    Proxy,
    Request,
    Response,
    Transport,
)
from tui401.model.secret import Secret

ALPHABET = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
ORIGIN = Origin("https", "api.example.com", 443)


class Canaries:
    """Makes secrets that occur nowhere else, and remembers the place of each."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.all: list[Canary] = []

    def text(self, place: str, length: int = 24, alphabet: str = ALPHABET) -> str:
        """An opaque secret for this place."""
        while True:
            made = "".join(self._random.choice(alphabet) for _ in range(length))
            if any(sign.isdigit() for sign in made) and any(sign.isalpha() for sign in made):
                break
        self.all.append(Canary(place, made))
        return made

    def jwt(self, place: str, **claims: object) -> str:
        """A JWT whose signature is the canary; its header and claims may be shown."""
        parts = [{"alg": "RS256", "kid": "k7", "typ": "JWT"}, {"iss": "https://login.example.com", "exp": 1, **claims}]
        head = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
        signature = _base64url(self._random.randbytes(64))
        self.all.append(Canary(f"{place}, signature", signature))
        return f"{head}.{signature}"

    def pem(self, place: str) -> str:
        """A private key in PEM."""
        lines = [self.text(f"{place}, line {number}", 64) for number in range(3)]
        return "-----BEGIN PRIVATE KEY-----\n" + "\n".join(lines) + "\n-----END PRIVATE KEY-----\n"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Laden:
    """A case full of canaries.

    Attributes:
        case: Its request carries one in each place; what is known around it carries the rest.
        exchanges: Answers to it, by what they do.
        canaries: All of them.
        search: Finds them.
    """

    case: Case
    exchanges: dict[str, Exchange]
    canaries: list[Canary]
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        self.search = Search(self.canaries)

    @property
    def request(self) -> Request:
        """The case's request."""
        return self.case.request


def header(name: str, value: str) -> Header:
    return Header(name, Secret(value), Provenance(From.COMMAND, "-H"))


def laden(seed: int) -> Laden:
    """A case with a canary in every place; another seed makes others."""
    made = Canaries(seed)
    request = _request(made)
    known = Known(
        issuer="https://login.example.com",
        client_id="svc-orders",
        client_secret=Secret(made.text("client secret", 32)),
        refresh_token=Secret(made.text("refresh token", 40, ALPHABET + "-_")),
        source="your options",
    )
    case = Case(id="7f3a0000", request=request, known=known, opened_at=1_790_000_000.0)
    sent = list(made.all)
    exchanges = {"nothing": Exchange((), Failure(FailureKind.TIMEOUT, "No answer in 30 s."))}
    for spelling, spell in SPELLINGS.items():
        echo = [spell(canary.secret) for canary in sent]
        exchanges[f"json, {spelling}"] = _exchange(request, _json_answer(made, echo))
        exchanges[f"html, {spelling}"] = _exchange(request, _html_answer(echo))
        exchanges[f"headers, {spelling}"] = _exchange(request, _header_answer(made, echo))
    exchanges["token endpoint"] = _exchange(request, _token_answer(made))
    exchanges["redirect"] = _redirected(request, made)
    return Laden(case, exchanges, made.all)


def _request(made: Canaries) -> Request:
    basic = base64.b64encode(f"svc:{made.text('Basic password')}".encode()).decode()
    made.all.append(Canary("Basic credential", basic, whole=True))
    target = "&".join(
        [
            f"/bot123456789:{made.text('path, bot', 35)}/services/T0AB1/B0CD2/{made.text('path, webhook')}?page=2",
            f"access_token={made.text('query, access_token')}",
            f"api_key={quote(made.text('query, escaped', 24, ALPHABET + '+/%&'), safe='')}",
            f"sig={made.text('query, sig')}",
            f"X-Amz-Signature={made.text('query, X-Amz-Signature', 64, HEX)}",
            f"code={made.text('query, code')}&state={made.text('query, state')}",
            f"client_secret={made.text('query, client_secret')}",
            f"next={quote('https://h.example/cb?token=' + made.text('query, address in an address'), safe='')}",
        ]
    )
    headers = (
        header("Authorization", f"Bearer {made.jwt('Authorization', aud='https://api.stage.example.com')}"),
        header("Proxy-Authorization", f"Basic {basic}"),
        header("X-API-Key", made.text("X-API-Key")),
        header("X-Vault-Token", "hvs." + made.text("X-Vault-Token")),
        header("DPoP", made.jwt("DPoP", htm="POST")),
        header("X-CSRF-Token", made.text("X-CSRF-Token")),
        header("X-Amz-Security-Token", made.text("X-Amz-Security-Token", 100, ALPHABET + "+/")),
        header("X-Custom", f"v1 {made.text('unknown header', 32)}"),
        header(
            "Authorization",
            f'Digest username="u", nonce="{made.text("Digest nonce")}", '
            f'response="{made.text("Digest response", 32, HEX)}"',
        ),
        header(
            "Authorization",
            f"AWS4-HMAC-SHA256 Credential=AKIA{made.text('AWS key id', 16, UPPER)}/20261123/eu/s3/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature={made.text('AWS signature', 64, HEX)}",
        ),
        header("Cookie", f"sid={made.text('cookie, sid')}; theme={made.text('cookie, theme')}; lang=en"),
        header(
            "Referer",
            f"https://u:{made.text('Referer, userinfo')}@h.example/cb#id_token={made.jwt('Referer, fragment')}",
        ),
        header("Content-Type", "application/json"),
    )
    body = {
        "grant_type": "password",
        "password": made.text("body, password", 16, ALPHABET + " !%&é"),
        "client_secret": made.text("body, client_secret"),
        "nested": {
            "api_key": made.text("body, nested"),
            "tokens": [made.text("body, list"), made.text("body, list 2")],
        },
        "pin": 87654321,
        "key": made.pem("body, PEM"),
        "assertion": made.jwt("body, assertion"),
    }
    transport = Transport(
        proxy=Proxy("http://proxy.example:3128", Secret(f"me:{made.text('proxy password')}")),
        key_password=Secret(made.text("key password")),
        follow=5,
    )
    return Request("POST", ORIGIN, Secret(target), headers, Secret(json.dumps(body).encode()), transport)


def _answer(status: int, headers: list[Header], body: str) -> Response:
    return Response(status, tuple(headers), Secret(body.encode("utf-8", "surrogatepass")))


def _json_answer(made: Canaries, echo: list[str]) -> Response:
    headers = [
        header("Content-Type", "application/json; charset=utf-8"),
        header("Set-Cookie", f"session={made.text('Set-Cookie')}; Path=/; HttpOnly"),
        header(
            "WWW-Authenticate", f'Bearer realm="orders", error="invalid_token", nonce="{made.text("challenge nonce")}"'
        ),
        header("DPoP-Nonce", made.text("DPoP-Nonce")),
        header("X-Request-Id", "6f1c9a3e-1111-4222-8333-444455556666"),
    ]
    said = {"error": "invalid_token", "error_description": "The access token expired", "received": echo, "code": 4010}
    return _answer(401, headers, json.dumps(said, indent=2, ensure_ascii=False))


def _html_answer(echo: list[str]) -> Response:
    lines = "\n".join(f"<p>You sent {spelled} to us</p>" for spelled in echo)
    return _answer(401, [header("Content-Type", "text/html")], f"<html><body><h1>401</h1>\n{lines}\n</body></html>")


def _header_answer(made: Canaries, echo: list[str]) -> Response:
    kept = [spelled.replace("\r", "").replace("\n", "") for spelled in echo]
    headers = [header(f"X-Echo-{number}", f"got {spelled}, sorry") for number, spelled in enumerate(kept)]
    headers.append(
        header("WWW-Authenticate", f'Bearer error_description="no {kept[0]} here", opaque="{made.text("opaque")}"')
    )
    headers.append(header("Location", f"https://h.example/login?hint={kept[1]}&state={made.text('Location, state')}#t"))
    return _answer(401, headers, "")


def _token_answer(made: Canaries) -> Response:
    body = {
        "access_token": made.jwt("token answer"),
        "refresh_token": made.text("token answer, refresh_token"),
        "id_token": made.jwt("token answer, id_token"),
        "device_code": made.text("token answer, device_code"),
        "user_code": made.text("token answer, user_code", 8, string.ascii_uppercase + string.digits),
        "client_secret": made.text("token answer, client_secret"),
        "registration_access_token": made.text("token answer, registration"),
        "token_type": "Bearer",
        "expires_in": 3600,
    }
    return _answer(200, [header("Content-Type", "application/json")], json.dumps(body))


def _exchange(request: Request, response: Response) -> Exchange:
    return Exchange((Hop(request, response, 1_790_000_000.0, 0.1, Peer("192.0.2.1")),))


def _redirected(request: Request, made: Canaries) -> Exchange:
    code = made.text("redirect, code")
    there = _answer(302, [header("Location", f"https://h.example/cb?code={code}&state=x")], "")
    second = Request("GET", Origin("https", "h.example", 443), Secret(f"/cb?code={code}&state=x"))
    withheld = ("Authorization was not sent to https://h.example: it is another origin.",)
    return Exchange(
        (
            Hop(request, there, 1_790_000_000.0, 0.1),
            Hop(second, _answer(401, [], f"code {code} is used"), 1_790_000_001.0, 0.1, Peer(), withheld),
        )
    )
