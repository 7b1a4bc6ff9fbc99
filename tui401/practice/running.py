"""The running world: both servers and the clock, wired together, and the credentials that a fault needs."""

from __future__ import annotations

import secrets
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui401.practice.answers import Record, Requests
from tui401.practice.api import SCOPES, Api, Setup
from tui401.practice.clock import Clock
from tui401.practice.dpop import thumbprint
from tui401.practice.faults import Behaviour, Fault, Knows, Staged
from tui401.practice.further import Secrets
from tui401.practice.gate import Front
from tui401.practice.http import HttpServer
from tui401.practice.issuer import Issuer
from tui401.practice.keys import Alg, SigningKey, edited, unsigned
from tui401.practice.ledger import Client, Family, Realm
from tui401.practice.limits import Limits
from tui401.practice.ntp import NtpServer
from tui401.practice.trust import Trust
from tui401.practice.verify import Verifier

_CLIENT, _API_CLIENT, _APP = "practice-client", "practice-api", "practice-app"


class World:
    """A practice world that is being served.

    Attributes:
        fault: The fault that is played, None for a healthy world.
        argv: The command that a person would have typed, ``curl`` first; it fails as the fault says.
        knows: What that person knows.
        api: Origin of the API.
        issuer: The issuer identifier that the API trusts.
        audience: The resource that the API advertises.
        ntp: The time server as ``host:port``; None when it was not asked for.
        requests: Who received what.
        clock: The world's clock; the API's own may differ.
        realm: The trusted issuer's memory and keys.
        client: The person's client.
    """

    def __init__(
        self, fault: Fault | None, *, terse: bool = False, alg: Alg = "ES256", ntp: bool = True, limits: Limits
    ) -> None:
        behaviour = fault.behaviour if fault else Behaviour()
        self.fault = fault
        self.requests = Requests()
        self.clock = Clock(behaviour.world_offset)
        self.argv: tuple[str, ...] = ()
        self.knows = Knows()
        self.api = self.issuer = self.audience = ""
        self.other_audience = "https://billing.example"
        self.ntp: str | None = None
        self.api_key = "pk_" + secrets.token_urlsafe(24)
        self.token_key = secrets.token_hex(20)
        self.user = ("ada", secrets.token_urlsafe(12))
        self.further = Secrets(secrets.token_urlsafe(24), secrets.token_urlsafe(18), secrets.token_urlsafe(24))
        self.front = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._behaviour = behaviour
        self._terse = terse
        self._alg: Alg = alg
        self._api_clock = Clock(behaviour.world_offset + behaviour.api_offset)
        self._api_server = HttpServer(self._api_clock, limits)
        self._issuer_server = HttpServer(self.clock, limits)
        self._front_server = HttpServer(self.clock, limits) if behaviour.front else None
        self._ntp_server = NtpServer(self.clock) if ntp else None
        # Tells the API's own requests from everybody else's; nobody can guess it.
        self._mark = ("Practice-Hop", secrets.token_hex(16))

    async def start(self) -> None:
        """Open the sockets, make the keys and play the fault.

        Raises:
            OSError: When no loopback socket can be opened.
        """
        try:
            await self._issuer_server.start()
            await self._api_server.start()
            if self._front_server is not None:
                await self._front_server.start()
                self.front = f"http://127.0.0.1:{self._front_server.port}"
            if self._ntp_server is not None:
                await self._ntp_server.start()
                self.ntp = f"127.0.0.1:{self._ntp_server.port}"
            self._wire()
        except BaseException:
            await self.stop()
            raise

    def _wire(self) -> None:
        self.issuer = f"http://127.0.0.1:{self._issuer_server.port}"
        self.api = self.audience = f"http://127.0.0.1:{self._api_server.port}"
        self.realm = Realm(self.issuer, self.clock, (*SCOPES, "admin"), self._alg)
        self._foreign = Realm(f"{self.issuer}/realms/partners", self.clock, (*SCOPES, "admin"), self._alg)
        resources = (self.audience, f"{self.audience}/v1")
        audiences = (*resources, self.other_audience)
        self.client = Client(
            _CLIENT,
            secrets.token_urlsafe(24),
            scopes=frozenset(SCOPES),
            default_scope=self._behaviour.default_scope,
            audiences=audiences[::-1] if self._behaviour.forgets_audience else audiences,
            opaque=self._behaviour.opaque,
        )
        self._staging = Realm(f"{self.issuer}/realms/staging", self.clock, (*SCOPES, "admin"), self._alg)
        for realm in (self.realm, self._foreign, self._staging):
            realm.clients[_CLIENT] = self.client
        seer = Client(_API_CLIENT, secrets.token_urlsafe(24), grants=frozenset(), may_see_all=True)
        self.realm.clients[_API_CLIENT] = seer
        self._app_key = SigningKey.new(self._alg)
        trust = Trust(self.issuer, seer.id, seer.secret, self._mark)
        if self._behaviour.stale_keys:
            trust.pin([key.jwk() for key in self.realm.keys])
        verifier = Verifier(
            trust,
            self._api_clock,
            (self._behaviour.accepts,) if self._behaviour.accepts else resources,
            self._behaviour.opaque,
            {_APP: (self._app_key.jwk(), "orders:read profile")},
            asks=self._behaviour.asks_issuer,
            disabled=self._behaviour.disabled,
        )
        setup = Setup(
            self.api,
            self.api_key,
            self.token_key,
            self.user,
            terse=self._terse,
            server="orders",
            via=self._behaviour.via,
            metadata=self._behaviour.metadata,
            further=self.further,
            gate=self._behaviour.gate,
            guards_paths=self._behaviour.guards_paths,
        )
        issuer = Issuer(self.issuer, (self.realm, self._foreign, self._staging), resources=resources)
        issuer.down = self._behaviour.issuer_down
        self.authorization_server = issuer
        self._api_server.serve(Api(setup, verifier), self.requests.api.append)
        self._issuer_server.serve(issuer, self._keep)
        if self._front_server is not None:
            front = Front(self._behaviour.front, self.api, self.user)
            self._front_server.serve(front, self.requests.front.append)
        staged = self.fault.stage(self) if self.fault else Staged(self.curl_bearer(self.token()), self.known())
        self.argv, self.knows = staged.argv, staged.knows

    async def stop(self) -> None:
        """Close every socket; bounded, and may be called twice."""
        if self._folder is not None:
            self._folder.cleanup()
        if self._ntp_server is not None:
            self._ntp_server.stop()
        await self._api_server.stop()
        await self._issuer_server.stop()
        if self._front_server is not None:
            await self._front_server.stop()

    @property
    def command(self) -> str:
        """The command as one line for a POSIX shell."""
        return shlex.join(self.argv)

    @property
    def failures(self) -> list[Exception]:
        """Faults of the servers themselves, answered with 500; empty unless the practice world has a bug."""
        front = self._front_server.failures if self._front_server is not None else []
        return [*self._api_server.failures, *self._issuer_server.failures, *front]

    @property
    def nonsense(self) -> int:
        """Connections that were ended because of bad HTTP, a bound or a time limit."""
        return self._api_server.nonsense + self._issuer_server.nonsense

    @property
    def asked_time(self) -> int:
        """How many requests the time server has answered."""
        return self._ntp_server.asked if self._ntp_server else 0

    def _keep(self, record: Record) -> None:
        ours = any(name == self._mark[0].lower() and value == self._mark[1] for name, value in record.headers)
        (self.requests.between if ours else self.requests.issuer).append(record)

    # --- what faults are staged with ---------------------------------------------------------------------------

    def url(self, path: str) -> str:
        """An address of the API."""
        return self.api + path

    def curl(self, path: str, *headers: str) -> tuple[str, ...]:
        """A GET command with these headers."""
        return ("curl", self.url(path), *(part for header in headers for part in ("-H", header)))

    def curl_bearer(self, token: str) -> tuple[str, ...]:
        """A GET of the orders with that bearer token."""
        return self.curl("/v1/orders", f"Authorization: Bearer {token}")

    def curl_token(self, *fields: str, secret: str | None = None) -> tuple[str, ...]:
        """A request to the token endpoint with these form fields, by the client."""
        form = tuple(part for one in fields for part in ("-d", one))
        user = f"{self.client.id}:{secret or self.client.secret}"
        return ("curl", "-u", user, *form, f"{self.issuer}/token")

    def known(self, *, refresh_token: str | None = None) -> Knows:
        """What the owner of the client knows."""
        return Knows(
            issuer=self.issuer,
            client_id=self.client.id,
            client_secret=self.client.secret,
            audience=self.audience,
            scope="orders:read",
            refresh_token=refresh_token,
            ntp=self.ntp,
        )

    def _claims(self, realm: Realm, changes: dict[str, Any]) -> dict[str, Any]:
        claims = realm.claims(
            self.client, subject=self.client.id, scope=("orders:read", "profile"), audience=self.audience
        )
        return {**claims, **changes}

    def token(self, **changes: Any) -> str:
        """An access token of the trusted issuer, good for the orders unless claims are changed."""
        return self.realm.issue(self.client, self._claims(self.realm, changes))

    def edited_token(self, **changes: Any) -> str:
        """An access token whose claims were changed after it was signed."""
        return edited(self.token(), **changes)

    def foreign_token(self) -> str:
        """An access token that the other realm issued."""
        return self._foreign.issue(self.client, self._claims(self._foreign, {}))

    def staging_token(self) -> str:
        """An access token of the staging realm, for staging's API."""
        return self._staging.issue(self.client, self._claims(self._staging, {"aud": "https://api.staging.example"}))

    def unsigned_token(self) -> str:
        """An access token that is not signed at all."""
        return unsigned(self._claims(self.realm, {}))

    def bound_token(self) -> tuple[str, SigningKey]:
        """An access token that is bound to a key of the client's, and that key (RFC 9449, section 6)."""
        key = SigningKey.new(self._alg)
        return self.token(cnf={"jkt": thumbprint(key.public())}), key

    def id_token(self) -> str:
        """An ID token for the client (OpenID Connect Core, section 2)."""
        now = int(self.clock.now())
        claims = {
            "iss": self.issuer,
            "sub": "ada",
            "aud": self.client.id,
            "iat": now,
            "auth_time": now,
            "exp": now + 3600,
            "nonce": secrets.token_urlsafe(12),
            "at_hash": secrets.token_urlsafe(16),
            "email": "ada@example.com",
        }
        return self.realm.keys[0].sign(claims, typ="JWT")

    def netrc(self, user: str, password: str) -> str:
        """A netrc file with that password for this host, which ends with the world; its path."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="tui401-practice-")
        path = Path(self._folder.name) / "netrc"
        path.write_text(f"machine 127.0.0.1 login {user} password {password}\n", encoding="ascii")
        path.chmod(0o600)
        return str(path)

    def unknown_token(self) -> str:
        """An opaque token that looks like this issuer's and was never issued."""
        return secrets.token_urlsafe(32)

    def app_token(self, *, issued: int) -> str:
        """An assertion that a registered client signed itself at that moment, good for an hour less five seconds."""
        claims = {"iss": _APP, "sub": _APP, "aud": self.audience, "iat": issued - 5, "exp": issued + 3590}
        return self._app_key.sign(claims, typ="JWT")

    def refresh_token(self, subject: str) -> str:
        """A refresh token of a grant that this person gave earlier."""
        family = Family(self.client.id, subject, ("orders:read", "profile"), self.audience)
        return self.realm.refreshable(family)

    def wrong_key(self) -> str:
        """An API key of the right form that was never issued."""
        return "pk_" + secrets.token_urlsafe(24)

    def register(self, client: Client) -> Client:
        """Register a further client at the trusted issuer; it may ask for the same resources."""
        full = replace(client, audiences=client.audiences or self.client.audiences)
        self.realm.clients[full.id] = full
        return full
