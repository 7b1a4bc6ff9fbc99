"""npm oidc-provider as an authorization server; tokens that it issues, and ones signed with its key or another."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.real.parts.browser import PERSON, form_of
from tests.real.parts.fault import Known
from tests.real.parts.process import HERE, answers, free_port, node, running

ORDERS = "https://orders.example/api"
BILLING = "https://billing.example/api"
RESOURCES = {
    ORDERS: {"audience": ORDERS, "scope": "orders:read orders:write"},
    BILLING: {"audience": BILLING, "scope": "billing:read"},
}
HOUR = 3600
CALLBACK = "https://client.example/callback"
LOOPBACK = "http://127.0.0.1/callback"  # any port of it (RFC 8252, section 7.3)
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
Claims = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client of the provider.

    Attributes:
        id: Its client identifier.
        secret: Made anew for each run.
        auth: How it proves itself at the token endpoint.
        grants: What it may ask with.
        life: Its access tokens' life in seconds.
        redirect: Where its codes go; "" for nowhere.
        key: The private key that it signs assertions with, None for none.
        bound: Its tokens are bound to a key (RFC 9449).
    """

    id: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    auth: str = "client_secret_basic"
    grants: tuple[str, ...] = ("client_credentials",)
    life: int = 3600
    redirect: str = ""
    key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)
    bound: bool = False

    def registration(self) -> dict[str, Any]:
        """As the provider's configuration wants it (RFC 7591 names)."""
        made: dict[str, Any] = {
            "client_id": self.id,
            "token_endpoint_auth_method": self.auth,
            "grant_types": list(self.grants),
            "redirect_uris": [self.redirect] if self.redirect else [],
            "response_types": ["code"] if self.redirect else [],
            "application_type": "native" if self.redirect.startswith("http:") else "web",
            "dpop_bound_access_tokens": self.bound,
            "token_life": self.life,
        }
        if self.auth.startswith("client_secret"):
            made["client_secret"] = self.secret
        if self.key is not None:
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            made["jwks"] = {"keys": [{**public, "kid": "signer-1", "use": "sig", "alg": "ES256"}]}
        return made

    def key_file(self, folder: Path) -> Path:
        """Its private key as a PEM file."""
        assert self.key is not None
        path = folder / f"{self.id}.pem"
        path.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.chmod(0o600)
        return path


def _clients() -> dict[str, Client]:
    made = (
        Client(id="service"),
        Client(id="service-post", auth="client_secret_post"),
        Client(id="brief", life=2),
        Client(id="web", grants=("authorization_code", "refresh_token"), redirect=CALLBACK),
        Client(id="native", auth="none", grants=("authorization_code", "refresh_token"), redirect=LOOPBACK),
        Client(id="bound", auth="none", grants=("authorization_code",), redirect=LOOPBACK, bound=True),
        Client(id="device", auth="none", grants=(DEVICE, "refresh_token")),
        Client(id="signer", auth="private_key_jwt", key=ec.generate_private_key(ec.SECP256R1())),
    )
    return {client.id: client for client in made}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A running authorization server.

    Attributes:
        issuer: Its address, which is also its issuer identifier.
        clients: By name: `service` (client_secret_basic), `service-post`, `brief` (tokens of 2 seconds), `signer`
            (private_key_jwt), `web` (code and refresh), and without a secret `native` (code by a loopback redirect),
            `bound` (the same, its tokens bound to a key), `device` (RFC 8628).
        key_id: The kid of its tokens: its own name and a number.
        key: The private key that they are signed with.
        stranger: A private key that is not the issuer's.
        following: A second published key, of kid `following_id`, that the issuer has begun to sign with.
    """

    issuer: str
    clients: Mapping[str, Client]
    key_id: str
    key: rsa.RSAPrivateKey = field(repr=False)
    stranger: rsa.RSAPrivateKey = field(repr=False)
    following: rsa.RSAPrivateKey = field(repr=False)
    following_id: str = ""
    _outlived: list[str] = field(default_factory=list, repr=False)

    @property
    def keys(self) -> str:
        """Where its public keys lie."""
        return f"{self.issuer}/jwks"

    @property
    def introspection(self) -> str:
        """Where it says what it knows of a token (RFC 7662)."""
        return f"{self.issuer}/token/introspection"

    def post(self, path: str, form: Mapping[str, str], client: str = "service") -> httpx.Response:
        """One POST of a form to one of its endpoints, with the client's credential as the client gives it."""
        who = self.clients[client]
        if who.auth == "client_secret_post":
            form = {**form, "client_id": who.id, "client_secret": who.secret}
            return httpx.post(self.issuer + path, data=form, trust_env=False)
        return httpx.post(self.issuer + path, data=dict(form), auth=(who.id, who.secret), trust_env=False)

    def token(self, client: str = "service", *, resource: str | None = ORDERS, scope: str = "orders:read") -> str:
        """A token by client credentials: a JWT for a resource, opaque without one."""
        form = {"grant_type": "client_credentials"}
        if resource is not None:
            form |= {"resource": resource, "scope": scope}
        return str(self.post("/token", form, client).raise_for_status().json()["access_token"])

    def outlived(self) -> str:
        """A token that the provider issued and whose two seconds are over; waited for once, then the same again."""
        if self._outlived:
            return self._outlived[0]
        made = self.token("brief")
        claims = jwt.decode(made, options={"verify_signature": False})
        while time.time() < claims["exp"] + 1:
            time.sleep(0.1)  # the token's own end is what is waited for; nothing tells it but the clock
        self._outlived.append(made)
        return made

    def claims(self, **changed: Any) -> Claims:
        """The claims of a good token for orders, some changed; a claim of None is left out."""
        now = int(time.time())
        whole: Claims = {
            "jti": secrets.token_urlsafe(12),
            "sub": "service",
            "client_id": "service",
            "iss": self.issuer,
            "aud": ORDERS,
            "scope": "orders:read",
            "iat": now,
            "exp": now + HOUR,
            **changed,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def sign(self, claims: Claims, **header: str) -> str:
        """A JWT of these claims, signed with the issuer's own key."""
        return jwt.encode(claims, self.key, "RS256", headers={"kid": self.key_id, "typ": "at+jwt", **header})

    def forge(self, claims: Claims, **header: str) -> str:
        """A JWT of these claims that names the issuer's key and is signed with a stranger's."""
        return jwt.encode(claims, self.stranger, "RS256", headers={"kid": self.key_id, "typ": "at+jwt", **header})

    def sign_anew(self, claims: Claims) -> str:
        """A JWT of these claims, signed with the issuer's second key."""
        return jwt.encode(claims, self.following, "RS256", headers={"kid": self.following_id, "typ": "at+jwt"})

    def sign_with_hmac(self, claims: Claims) -> str:
        """A JWT of these claims under a shared secret, which no issuer of public keys signs with."""
        return jwt.encode(claims, secrets.token_urlsafe(48), "HS256", headers={"kid": self.key_id, "typ": "at+jwt"})

    def introspect(self, token: str, client: str = "service") -> dict[str, Any]:
        """What it says of a token (RFC 7662). It knows its opaque tokens only, never its JWTs."""
        said: dict[str, Any] = self.post("/token/introspection", {"token": token}, client).raise_for_status().json()
        return said

    def revoke(self, token: str, client: str = "service") -> None:
        """Revoke an opaque token (RFC 7009)."""
        self.post("/token/revocation", {"token": token}, client).raise_for_status()

    def refresh(self, token: str, client: str = "web") -> httpx.Response:
        """Its answer to a refresh token, which it rotates."""
        return self.post("/token", {"grant_type": "refresh_token", "refresh_token": token}, client)

    def sign_in(self, client: str = "web", *, scope: str = "openid offline_access orders:read") -> dict[str, Any]:
        """Walk the code flow with PKCE as a person would: sign in, consent, be sent back, redeem the code.

        Returns:
            The token endpoint's answer: `access_token` (a JWT for orders), `refresh_token`, `id_token`.
        """
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": client,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": scope,
            "resource": ORDERS,
            "prompt": "consent",
            "state": state,
            "code_challenge": digest,
            "code_challenge_method": "S256",
        }
        with httpx.Client(trust_env=False) as browser:
            answer = browser.get(f"{self.issuer}/auth", params=query)
            for _ in range(12):
                answer = _next_page(browser, answer)
                if answer.headers.get("location", "").startswith(CALLBACK):
                    break
        sent_back = parse_qs(urlsplit(answer.headers["location"]).query)
        assert sent_back["state"] == [state], sent_back
        form = {
            "grant_type": "authorization_code",
            "code": sent_back["code"][0],
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
            "resource": ORDERS,
        }
        got: dict[str, Any] = self.post("/token", form, client).raise_for_status().json()
        return got

    def known(
        self, client: str | None = "service", *, audience: str | None = ORDERS, scope: str | None = "orders:read"
    ) -> Known:
        """What a person knows who uses this client: options of tui401, and its secret in the environment."""
        options = ["--issuer", self.issuer]
        environment = {}
        if client is not None:
            options += ["--client-id", self.clients[client].id]
            if self.clients[client].auth.startswith("client_secret"):
                environment["TUI401_CLIENT_SECRET"] = self.clients[client].secret
        if audience is not None:
            options += ["--audience", audience]
        if scope is not None:
            options += ["--scope", scope]
        return Known(options=tuple(options), environment=environment)


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    """A private key as the provider's configuration wants it."""
    made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key))
    made.pop("key_ops", None)
    return {**made, "kid": kid, "use": "sig", "alg": "RS256"}


def _next_page(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """The page behind a redirect, or behind the form of the provider's development pages."""
    if answer.is_redirect:
        return browser.get(urljoin(str(answer.url), answer.headers["location"]))
    address, form = form_of(answer.text, str(answer.url), PERSON)
    return browser.post(address, data=form)


@contextlib.contextmanager
def start_provider(
    folder: Path, *, name: str = "provider", environment: Mapping[str, str] | None = None
) -> Iterator[Provider]:
    """An oidc-provider with keys and client secrets of its own; raises MissingPartError or NotStartedError."""
    node_path = node()
    issuer_port = free_port()
    provider = Provider(
        issuer=f"http://127.0.0.1:{issuer_port}",
        clients=_clients(),
        key_id=f"{name}-1",
        key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        stranger=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        following=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        following_id=f"{name}-2",
    )
    keys = [jwk(provider.key, provider.key_id), jwk(provider.following, provider.following_id)]
    settings = {
        "issuer": provider.issuer,
        "port": issuer_port,
        "jwks": {"keys": keys},
        "cookie_key": secrets.token_urlsafe(32),
        "nonce_secret": secrets.token_hex(32),
        "clients": [client.registration() for client in provider.clients.values()],
        "resources": RESOURCES,
    }
    with running(
        name,
        [node_path, str(HERE / "oidc" / "provider.mjs")],
        folder=folder,
        ready=answers(f"{provider.issuer}/.well-known/openid-configuration"),
        environment=environment,
        stdin=json.dumps(settings),
    ):
        yield provider
