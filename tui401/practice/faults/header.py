"""Faults of the header that carries the credential; API keys and Basic among them."""

from __future__ import annotations

import base64
from email.utils import formatdate
from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _missing(world: World) -> Staged:
    return Staged(world.curl("/v1/orders"), world.known())


def _no_scheme(world: World) -> Staged:
    return Staged(world.curl("/v1/orders", f"Authorization: {world.token()}"), world.known())


def _wrong_scheme(world: World) -> Staged:
    command = world.curl("/v1/reports", f"Authorization: Bearer {world.token_key}")
    return Staged(command, Knows(ntp=world.ntp))


def _malformed(world: World) -> Staged:
    # A helper script put the keyword before a value that already had it.
    return Staged(world.curl_bearer(f"Bearer {world.token()}"), world.known())


def _no_key(world: World) -> Staged:
    return Staged(world.curl("/v1/stock"), Knows(ntp=world.ntp, paste=world.api_key))


def _bad_key(world: World) -> Staged:
    return Staged(world.curl("/v1/stock", f"X-API-Key: {world.wrong_key()}"), Knows(ntp=world.ntp, paste=world.api_key))


def _bad_password(world: World) -> Staged:
    user, password = world.user
    command = ("curl", "-u", f"{user}:{password[::-1]}", world.url("/v1/legacy"))
    return Staged(command, Knows(ntp=world.ntp, paste=password))


def _twice(world: World) -> Staged:
    # A company's curl wrapper adds its own header to the one that was typed.
    first = "Authorization: Basic " + base64.b64encode(b"wrapper:left-over").decode()
    return Staged(world.curl("/v1/orders", first, f"Authorization: Bearer {world.token()}"), world.known())


def _overridden(world: World) -> Staged:
    # A forgotten netrc file holds an older password, and -n lets it win over the one in the address.
    user, password = world.user
    address = world.url("/v1/legacy").replace("://", f"://{user}:{password}@")
    file = world.netrc(user, password[::-1])
    return Staged(("curl", "-n", "--netrc-file", file, address), Knows(ntp=world.ntp, paste=password))


def _misplaced(world: World) -> Staged:
    return Staged(world.curl("/v1/stock", f"Authorization: Bearer {world.api_key}"), Knows(ntp=world.ntp))


def _stripped(world: World) -> Staged:
    command = ("curl", "-L", f"{world.front}/v1/orders", "-H", f"Authorization: Bearer {world.token()}")
    return Staged(command, world.known())


def _good(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token()), world.known())


def _csrf(world: World) -> Staged:
    command = world.curl("/v1/cart", f"Cookie: session={world.further.session}")
    return Staged((*command, "-H", "Content-Type: application/json", "-d", "{}"), Knows(ntp=world.ntp))


def _preflight(world: World) -> Staged:
    asked = ("Origin: https://shop.example", "Access-Control-Request-Method: GET")
    return Staged(("curl", "-X", "OPTIONS", *world.curl("/v1/orders", *asked)[1:]), world.known())


def _not_encoded(world: World) -> Staged:
    header = f"Authorization: Basic {':'.join(world.user)}"
    return Staged(world.curl("/v1/legacy", header), Knows(ntp=world.ntp, paste=world.user[1]))


def _signed(world: World) -> Staged:
    # What a proxy took out on the way is still covered by the signature.
    from tui401.practice.further import signature  # noqa: PLC0415 - when it is played

    date = formatdate(world.clock.now(), usegmt=True)
    made = signature(world.further.signing_key, [f"date: {date}", "x-orders-digest: 47DEQpj8HBSa"])
    value = f'HMAC-SHA256 keyId="practice",headers="date x-orders-digest",signature="{made}"'
    return Staged(world.curl("/v1/ledger", f"Date: {date}", f"Authorization: {value}"), Knows(ntp=world.ntp))


def _proof(world: World) -> Staged:
    from tui401.practice.dpop import proof  # noqa: PLC0415 - needs cryptography, which is loaded at start only

    token, key = world.bound_token()
    made = proof(key, method="POST", url=world.url("/v1/orders"), token=token, now=world.clock.now())
    return Staged(world.curl("/v1/orders", f"Authorization: DPoP {token}", f"DPoP: {made}"), world.known())


FAULTS = (
    Fault(
        "header-missing",
        "No credential was sent",
        "The challenge carries no error, only what is wanted; a token requested from the issuer goes there.",
        mendable=True,
        stage=_missing,
    ),
    Fault(
        "scheme-missing",
        "The token stands in the header without the word Bearer",
        "The same token is accepted with Bearer and one space before it.",
        mendable=True,
        stage=_no_scheme,
    ),
    Fault(
        "scheme-wrong",
        "The key was sent as Bearer and the endpoint reads Token",
        "The challenge names the scheme Token; the same key is accepted with it.",
        mendable=True,
        stage=_wrong_scheme,
    ),
    Fault(
        "header-malformed",
        "The word Bearer stands twice",
        "The same token is accepted with the keyword once.",
        mendable=True,
        stage=_malformed,
    ),
    Fault(
        "header-stripped-on-redirect",
        "A redirect to another origin dropped the credential",
        "The first address leads to another origin, where the request arrives without its token; call that directly.",
        mendable=False,
        stage=_stripped,
        behaviour=Behaviour(front="redirect"),
    ),
    Fault(
        "header-dropped",
        "The server in front keeps the Authorization header to itself",
        "The API lists the headers that it received, and the credential is not among them; its owner has to pass it.",
        mendable=False,
        stage=_good,
        behaviour=Behaviour(gate="drops"),
    ),
    Fault(
        "header-duplicated",
        "A wrapper put a second Authorization header before yours",
        "The API refuses two; the one of the scheme that it names is accepted alone.",
        mendable=True,
        stage=_twice,
    ),
    Fault(
        "credential-overridden",
        "A netrc file put an older password in place of yours",
        "-n lets the file win over the password in the address, which is accepted when it is sent.",
        mendable=True,
        stage=_overridden,
    ),
    Fault(
        "credential-misplaced",
        "The API key stands in the Authorization header",
        "The API names the header X-API-Key; there the same key is accepted.",
        mendable=True,
        stage=_misplaced,
    ),
    Fault(
        "csrf-token-missing",
        "The session may read, and its page's token is missing for the rest",
        "The API says CSRF, and the same session is accepted on a read; send the token that the page gives.",
        mendable=False,
        stage=_csrf,
    ),
    Fault(
        "preflight-refused",
        "The browser's preflight is refused",
        "OPTIONS never carries a credential, and the server wants one on every method; its owner has to let it pass.",
        mendable=False,
        stage=_preflight,
        behaviour=Behaviour(gate="preflights"),
    ),
    Fault(
        "basic-malformed",
        "The user and password were not encoded",
        "Behind Basic stands user:password as it is; encoded as base64 it is accepted.",
        mendable=False,
        stage=_not_encoded,
    ),
    Fault(
        "request-signature-invalid",
        "A header that was signed is no longer there",
        "The signature covers a header that the request does not have; sign what is sent.",
        mendable=False,
        stage=_signed,
    ),
    Fault(
        "dpop-proof-invalid",
        "The DPoP proof was made for another method",
        "The proof says POST and the request is a GET; a proof holds for one method and address.",
        mendable=False,
        stage=_proof,
    ),
    Fault(
        "api-key-missing",
        "The API key is missing",
        "The API names the header X-API-Key; a key has to be pasted, since no server hands one out.",
        mendable=False,
        stage=_no_key,
    ),
    Fault(
        "api-key-invalid",
        "The API key is not valid here",
        "The API says that it does not know the key; another one has to be pasted.",
        mendable=False,
        stage=_bad_key,
    ),
    Fault(
        "basic-credentials-invalid",
        "The password is wrong",
        "The API says so; the right password has to be typed, and guessing is not tried.",
        mendable=False,
        stage=_bad_password,
    ),
)
