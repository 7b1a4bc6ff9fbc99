"""The guard in your own client: a request that would be refused raises before it is sent.

    client = httpx.Client(auth=GuardedAuth("prod", min_lifetime="5m"))

It is a callable that takes a request and gives it back, which httpx and requests both accept in the place of an auth
class, so neither has to be installed for the other and nothing of theirs is imported here.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import threading
import time
from collections.abc import Coroutine, Iterable
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from tui401.cli import build, vaults
from tui401.cli.arguments import UsageError
from tui401.cli.fresh import Fresh, Getting, NoTokenError
from tui401.cli.guarding import bearing, certificate_of, check
from tui401.cli.profile import named
from tui401.judge.guard import Finding, Wish, faults
from tui401.model.case import Known
from tui401.model.http import DEFAULT_PORTS, From, Header, Origin, Provenance, Request
from tui401.model.secret import Secret
from tui401.vault.durations import seconds_of
from tui401.vault.profiles import Profile

__all__ = ["GuardError", "GuardedAuth", "check_profile", "check_request"]

R = TypeVar("R", bound="Outgoing")
T = TypeVar("T")
_YOURS: Final = Provenance(From.COMMAND, "your client")
_NOTHING: Final = argparse.Namespace(
    issuer="", client_id="", audience="", scope="", ntp="", profile="", openapi="", sign_in="", token_command=""
)


class GuardError(Exception):
    """The request would be refused, or nothing can be said of it; nothing was sent.

    Attributes:
        findings: The checks that failed; () where the profile or its credential could not be had.
    """

    def __init__(self, says: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(says)
        self.findings = findings


class Outgoing(Protocol):
    """What is read of a request: httpx's and requests' own have it."""

    method: Any
    url: Any
    headers: Any


class GuardedAuth:
    """Puts a profile's token into each request, and lets none go that would be refused.

    Args:
        profile: The profile's name in ``config.toml``.
        min_lifetime: How long the token has to last: ``90s``, ``15m``, ``1h``.

    Raises:
        GuardError: by each call, for a request to another origin than the profile's, for one that would be refused,
            and where there is no token. A request that carries an Authorization header keeps it, and is judged by it.
    """

    def __init__(self, profile: str, *, min_lifetime: str = "60s") -> None:
        self._name = profile
        self._lasts = _seconds(min_lifetime)
        self._held: Fresh | None = None

    def __call__(self, request: R) -> R:
        """The request, with the token in it."""
        profile = _profile(self._name)
        origin = _origin(str(request.url))
        if origin not in profile.origins:
            listed = ", ".join(map(str, profile.origins)) or "none"
            raise GuardError(f"The request goes to {origin}; the origins of your profile {self._name} are {listed}.")
        if not request.headers.get("Authorization"):
            request.headers["Authorization"] = f"Bearer {self._token(profile).reveal()}"
        check_request(request, profile=self._name, min_lifetime=f"{self._lasts:.0f}s")
        return request

    def _token(self, profile: Profile) -> Secret[str]:
        held = self._held
        if held is None or (held.expires is not None and held.expires - time.time() < max(self._lasts, 1.0)):
            held = self._held = _wait(_fresh(profile, self._lasts))
        return held.token


def check_profile(name: str, *, min_lifetime: str = "0s", method: str = "GET", path: str = "/") -> None:
    """Judges the credential that is kept for a profile, and sends nothing.

    Args:
        name: The profile's name.
        min_lifetime: How long it has to last: ``90s``, ``15m``, ``1h``.
        method: What it is for, with ``path``; the profile's ``least_scopes`` and ``openapi`` say what that needs.
        path: The path of the endpoint.

    Raises:
        GuardError: when it would be refused, or there is none.
    """
    profile = _profile(name)
    if not profile.origins:
        raise GuardError(f"The profile {name} has no origins. `tui401 profile set` gives it some.")
    kept, expires, kind = _wait(_kept(profile))
    wish = Wish(
        min_lifetime=_seconds(min_lifetime),
        expires=expires,
        certificate=certificate_of(profile.client_cert_file),
        any_place=kind != "access-token",
    )
    least = dict(profile.least_scopes).get(f"{method} {path}")
    known = _known(name, profile.origins[0])
    known = dataclasses.replace(known, scopes=least) if least is not None else known
    _judge(bearing(profile.origins[0], kept, method=method, target=path), known, wish)


def check_request(request: Outgoing, *, profile: str = "", min_lifetime: str = "0s") -> None:
    """Judges a request of httpx or requests before it is sent, and sends nothing.

    Args:
        request: An object with ``method``, ``url`` and ``headers``.
        profile: The profile that says what is required; "" for the one that lists the request's origin.
        min_lifetime: How long its credential has to last.

    Raises:
        GuardError: when it would be refused.
    """
    origin = _origin(str(request.url))
    certificate = certificate_of(_profile(profile).client_cert_file) if profile else None
    wish = Wish(min_lifetime=_seconds(min_lifetime), certificate=certificate)
    _judge(_live(request, origin), _known(profile, origin), wish)


def _judge(request: Request, known: Known, wish: Wish) -> None:
    try:
        requirements = build.requirements_from(known.openapi)
    except UsageError as error:
        raise GuardError(str(error)) from None
    required = requirements(request.method, request.url) if requirements is not None else None
    shown, findings = check(request, known, wish, required=required)
    wrong = faults(findings)
    if wrong:
        told = " ".join(f"{finding.says} ({finding.cause})" for finding in wrong)
        raise GuardError(f"{shown.method} {shown.url} would be refused, and was not sent. {told}", wrong)


def _live(request: Outgoing, origin: Origin) -> Request:
    """The request in our own types, in which no value prints."""
    url = urlsplit(str(request.url))
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    items: Iterable[tuple[Any, Any]] = getattr(request.headers, "multi_items", request.headers.items)()
    headers = tuple(Header(_text(name), Secret(_text(value)), _YOURS) for name, value in items)
    return Request(method=_text(request.method), origin=origin, target=Secret(target), headers=headers)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _origin(url: str) -> Origin:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise GuardError("The request's address is none of http or https.") from None
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)


def _profile(name: str) -> Profile:
    try:
        return named(vaults.said().profiles, name, build.config_path())
    except UsageError as error:
        raise GuardError(str(error)) from None


def _known(name: str, origin: Origin) -> Known:
    options = argparse.Namespace(**{**vars(_NOTHING), "profile": name})
    try:
        return build.known_from(options, os.environ, origin)
    except UsageError as error:
        raise GuardError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise GuardError(f"min_lifetime: {error}") from None


async def _kept(profile: Profile) -> tuple[Secret[str], float | None, str]:
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a kept credential is judged

    vault = vaults.at_hand()
    try:
        entries, secret = await vault.entries(), await vault.take(profile.kept_as)
    except VaultError as error:
        raise GuardError(f"The credential cannot be looked at. {error}") from None
    if secret is None:
        raise GuardError(f"Nothing is kept as {profile.kept_as}. `tui401 token {profile.name}` gets a token.")
    entry = next((one for one in entries if one.name == profile.kept_as), None)
    return (secret, entry.expires, entry.kind) if entry is not None else (secret, None, "other")


async def _fresh(profile: Profile, lasts: float) -> Fresh:
    secret = os.environ.get(build.CLIENT_SECRET)
    known = dataclasses.replace(
        profile.known(),
        client_secret=Secret(secret) if secret else None,
        private_key=os.environ.get(build.CLIENT_KEY) or profile.private_key_file,
    )
    said: list[str] = []
    getting = Getting(profile=profile, known=known, vault=vaults.at_hand(), min_lifetime=lasts, tell=said.append)
    try:
        return await getting.fresh()
    except NoTokenError as error:
        raise GuardError(str(error)) from None


def _wait(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine brings, awaited in a thread of its own: the caller may be inside a loop, and may be not."""
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits
            failed.append(error)

    thread = threading.Thread(target=run, name="tui401-guard", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
