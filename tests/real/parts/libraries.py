"""Two APIs of the older kind, which keep users, passwords, sessions and lists: Django REST framework and Flask."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import jwt

from tests.real.parts.process import HERE, answers, free_port, running, servers_python

HOUR = 3600
READER, LEFT, SELDOM = 1, 2, 3  # the numbers that the database gives the users
ISSUER = "https://login.orders.example"
AUDIENCE = "https://orders.example/api"


@dataclass(frozen=True, kw_only=True)
class User:
    """A user of the Django API: a password and a key of its own, made anew for each run."""

    active: bool = True
    staff: bool = False
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    token: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    def settings(self) -> dict[str, Any]:
        """As the server reads it."""
        return {"password": self.password, "token": self.token, "active": self.active, "staff": self.staff}


@dataclass(frozen=True, kw_only=True)
class Drf:
    """A running Django REST framework.

    Paths: `/token/orders` wants ``Token KEY``, `/basic/orders` a password, `/session/orders` a session, `/jwt/orders` a
    token of simplejwt, `/jwt/staff` one of a member of staff, `/jwt/seldom` at most one request an hour.

    Attributes:
        address: Without a path.
        users: ``reader`` and ``seldom``, who may read, and ``left``, who is no longer active.
        secret: What tokens of simplejwt are signed with.
    """

    address: str
    users: Mapping[str, User]
    secret: str = field(repr=False)

    def get(self, path: str, *headers: str) -> tuple[str, ...]:
        """The curl command of a GET with these header lines."""
        return ("curl", self.address + path, *(part for line in headers for part in ("-H", line)))

    def signed(self, user: int = READER, **changed: Any) -> str:
        """A token of simplejwt for the user of that number; a claim of None is left out."""
        now = int(time.time())
        whole = {
            "token_type": "access",
            "exp": now + HOUR,
            "iat": now,
            "jti": secrets.token_hex(16),
            "user_id": str(user),
            **changed,
        }
        claims = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(claims, self.secret, "HS256")


@contextlib.contextmanager
def start_drf(folder: Path) -> Iterator[Drf]:
    """Django REST framework on a database of its own; raises MissingPartError or NotStartedError."""
    port = free_port()
    users = {"reader": User(), "left": User(active=False), "seldom": User()}
    drf = Drf(address=f"http://127.0.0.1:{port}", users=users, secret=secrets.token_urlsafe(48))
    settings = {
        "port": port,
        "folder": str(folder),
        "secret": drf.secret,
        "users": {name: user.settings() for name, user in users.items()},
    }
    command = [servers_python(), str(HERE / "django_app" / "api.py")]
    ready = answers(f"{drf.address}/health")
    with running("drf", command, folder=folder, ready=ready, stdin=json.dumps(settings)):
        # The one request of the hour, so that every later one is too many.
        headers = {"Authorization": f"Bearer {drf.signed(SELDOM)}"}
        httpx.get(f"{drf.address}/jwt/seldom", headers=headers, trust_env=False).raise_for_status()
        yield drf


@dataclass(frozen=True, kw_only=True)
class FlaskApi:
    """A running Flask.

    Paths: `/orders` wants a JWT of Flask-JWT-Extended, `/cookie/orders` one in a cookie, `/fresh/orders` a fresh one,
    `/refresh/orders` a refresh token; `/basic/orders`, `/token/orders` and `/digest/orders` are Flask-HTTPAuth's.

    Attributes:
        address: Without a path.
        user: Whom it knows, with this `password` and this `token`.
        revoked: The ``jti`` that stands on its list.
        secret: What its JWTs are signed with.
    """

    address: str
    user: str = "reader"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    token: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    revoked: str = field(default_factory=lambda: secrets.token_hex(16))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def get(self, path: str, *arguments: str) -> tuple[str, ...]:
        """The curl command of a GET with these arguments."""
        return ("curl", self.address + path, *arguments)

    def bearing(self, value: str, path: str = "/orders") -> tuple[str, ...]:
        """The curl command of a GET with this token."""
        return self.get(path, "-H", f"Authorization: Bearer {value}")

    def basic(self, password: str, path: str = "/basic/orders") -> tuple[str, ...]:
        """The curl command of a GET with this password of the known user."""
        pair = base64.b64encode(f"{self.user}:{password}".encode()).decode()
        return self.get(path, "-H", f"Authorization: Basic {pair}")

    def signed(self, *, key: str = "", **changed: Any) -> str:
        """A token of Flask-JWT-Extended; a claim of None is left out."""
        now = int(time.time())
        whole = {
            "fresh": False,
            "iat": now,
            "nbf": now,
            "exp": now + HOUR,
            "jti": secrets.token_hex(16),
            "type": "access",
            "sub": self.user,
            "iss": ISSUER,
            "aud": AUDIENCE,
            **changed,
        }
        claims = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(claims, key or self.secret, "HS256")


@contextlib.contextmanager
def start_flask(folder: Path) -> Iterator[FlaskApi]:
    """Flask with two of its extensions; raises MissingPartError or NotStartedError."""
    port = free_port()
    api = FlaskApi(address=f"http://127.0.0.1:{port}")
    settings = {
        "port": port,
        "secret": api.secret,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "revoked": [api.revoked],
        "user": api.user,
        "password": api.password,
        "token": api.token,
    }
    command = [servers_python(), str(HERE / "flask_app" / "api.py")]
    ready = answers(f"{api.address}/health")
    with running("flask", command, folder=folder, ready=ready, stdin=json.dumps(settings)):
        yield api
