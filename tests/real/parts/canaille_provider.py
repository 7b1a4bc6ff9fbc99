"""PyPI canaille as a second make of authorization server: other paths, other words, exact redirects, nonces wanted."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.real.parts.process import HERE, answers, free_port, running, servers_python
from tests.real.parts.provider import Client, Provider, jwk


def _clients(redirect: str) -> dict[str, Client]:
    made = (
        Client(id="service"),
        Client(id="web", grants=("authorization_code", "refresh_token"), redirect=redirect),
        Client(id="native", auth="none", grants=("authorization_code",), redirect=redirect),
        Client(
            id="signer",
            auth="private_key_jwt",
            grants=("authorization_code",),
            redirect=redirect,
            key=ec.generate_private_key(ec.SECP256R1()),
        ),
    )
    return {client.id: client for client in made}


class Canaille(Provider):
    """A running Canaille. It wants redirects to be exactly the registered one, so its clients have a port of theirs."""

    @property
    def keys(self) -> str:
        return f"{self.issuer}/oauth/jwks.json"

    @property
    def introspection(self) -> str:
        return f"{self.issuer}/oauth/introspect"

    def token(self, client: str = "service", *, resource: str | None = None, scope: str = "profile") -> str:
        """An opaque token by client credentials; it knows no resources."""
        del resource
        form = {"grant_type": "client_credentials", "scope": scope}
        return str(self.post("/oauth/token", form, client).raise_for_status().json()["access_token"])

    def revoke(self, token: str, client: str = "service") -> None:
        self.post("/oauth/revoke", {"token": token}, client).raise_for_status()

    def refresh(self, token: str, client: str = "web") -> httpx.Response:
        return self.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": token}, client)


@contextlib.contextmanager
def start_canaille(folder: Path, *, name: str = "canaille") -> Iterator[Canaille]:
    """A Canaille with keys and client secrets of its own; raises MissingPartError or NotStartedError."""
    python, port = servers_python(), free_port()
    provider = Canaille(
        issuer=f"http://127.0.0.1:{port}",
        clients=_clients(f"http://127.0.0.1:{free_port()}/callback"),
        key_id=f"{name}-1",
        key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        stranger=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        following=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        following_id=f"{name}-2",
    )
    taken = {"client_id", "client_secret", "token_endpoint_auth_method", "grant_types", "redirect_uris"}
    taken |= {"response_types", "jwks"}
    settings = {
        "port": port,
        "cookie_key": secrets.token_urlsafe(32),
        "jwks": [jwk(provider.key, provider.key_id), jwk(provider.following, provider.following_id)],
        "clients": [
            {name: value for name, value in client.registration().items() if name in taken}
            for client in provider.clients.values()
        ],
    }
    with running(
        name,
        [python, str(HERE / "canaille" / "serve.py")],
        folder=folder,
        ready=answers(f"{provider.issuer}/.well-known/openid-configuration"),
        stdin=json.dumps(settings),
    ):
        yield provider
