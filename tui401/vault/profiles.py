"""Profiles: what is known of an environment, from ``config.toml``. Never a secret: those rest in the keyring.

[profile.prod]
origins = ["https://api.example.com"]
issuer = "https://login.example.com"
audience = "https://api.example.com"
scopes = ["orders:read"]
client_id = "svc-orders"
client_auth = "client_secret_basic"
sign_in = "client-credentials"      # or browser, device, command
ntp = "time.example.net"
longest_lifetime = "1h"
rotation_age = "90d"

[profile.prod.least_scopes]
"GET /v1/orders" = ["orders:read"]

[vault]
backend = "file"                    # the encrypted file in place of the system's keyring
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui401.model.case import Known
from tui401.model.http import From, Origin, Provenance, Proxy, Transport
from tui401.model.policy import Policy
from tui401.vault.fields import FIELDS, FILES, WrongError
from tui401.vault.tomllines import line_of, lines_of
from tui401.wire.secretnames import Weight, weigh
from tui401.wire.visible import visible

MAX_FILE: Final = 1 << 20  # bytes
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AT: Final = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


class ProfileError(ValueError):
    """What is wrong with the profiles, each a sentence with file and line; free of values.

    Attributes:
        problems: All of them, in the order of the file.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One environment.

    Attributes:
        name: Unique in the file; the keyring's entries carry it too.
        origins: The API's origins. Its credentials go to these and to no other.
        issuer: The authorization server's identifier, confirmed by standing here.
        audience: What the API wants as audience.
        scopes: What is usually needed.
        client_id: The OAuth client.
        client_auth: How the client proves itself to the issuer (RFC 7591, ``token_endpoint_auth_method``); "" for
            what the issuer takes.
        private_key_file: A file with the client's key for ``private_key_jwt``, PEM; ``key_id`` its ``kid``.
        sign_in: The way to a new credential: ``client-credentials``, ``browser``, ``device``, ``command``; "" for the
            best that is known.
        token_command: A program and its arguments that prints a token; run without a shell.
        credential: The name that its credential is kept under; "" for the profile's own.
        ntp: A time server, ``host`` or ``host:port``.
        proxy: The forward proxy to the issuer and the origins, without a user or password.
        ca_file: A file of CA certificates in place of the system's.
        client_cert_file: A client certificate, PEM; ``client_key_file`` its key where that stands in a file of its own.
        openapi: A file that describes the API.
        longest_lifetime: Seconds that a token should live at most; 0 for no such wish.
        rotation_age: Seconds after which a long-lived credential should be replaced; 0 for no such wish.
        least_scopes: The smallest scopes that work, by endpoint: ``GET /v1/orders``.
        where: File and line, for a person.
    """

    name: str
    origins: tuple[Origin, ...] = ()
    issuer: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()
    client_id: str = ""
    client_auth: str = ""
    private_key_file: str = ""
    key_id: str = ""
    sign_in: str = ""
    token_command: tuple[str, ...] = ()
    credential: str = ""
    ntp: str = ""
    proxy: str = ""
    ca_file: str = ""
    client_cert_file: str = ""
    client_key_file: str = ""
    openapi: str = ""
    longest_lifetime: float = 0.0
    rotation_age: float = 0.0
    least_scopes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    where: str = ""

    @property
    def kept_as(self) -> str:
        """The name of its credential in the vault."""
        return self.credential or self.name

    @property
    def policy(self) -> Policy:
        """What is wished of its credentials."""
        return Policy(
            longest_lifetime=self.longest_lifetime, rotation_age=self.rotation_age, least_scopes=self.least_scopes
        )

    def transport(self) -> Transport:
        """How requests reach its issuer and its origins: its own proxy, CA and client certificate, always verified."""
        by = Provenance(From.CONFIG, f"profile {self.name}, {self.where}")
        return Transport(
            ca_file=self.ca_file or None,
            cert_file=self.client_cert_file or None,
            key_file=self.client_key_file or None,
            proxy=Proxy(self.proxy, provenance=by) if self.proxy else None,
        )

    def known(self) -> Known:
        """What it says of a request's surroundings; secrets are added by whoever has them."""
        return Known(
            issuer=self.issuer,
            client_id=self.client_id,
            audience=self.audience,
            scopes=self.scopes,
            client_auth=self.client_auth,
            private_key=self.private_key_file,
            key_id=self.key_id,
            sign_in=self.sign_in,
            token_command=self.token_command,
            kept_as=self.kept_as,
            openapi=self.openapi,
            ntp=self.ntp,
            profile=self.name,
            origins=self.origins,
            policy=self.policy,
            to_issuer=self.transport() if self.proxy or self.ca_file or self.client_cert_file else None,
            source=f"your profile {self.name}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that ``config.toml`` says.

    Attributes:
        profiles: By name, in the order of the file.
        backend: Where credentials rest: ``keyring``, ``file`` (encrypted) or ``memory`` (nowhere).
    """

    profiles: Mapping[str, Profile]
    backend: str = "keyring"


BACKENDS: Final = ("keyring", "file", "memory")


def load(path: Path) -> dict[str, Profile]:
    """The profiles of a file by name, in its order; {} where there is no such file.

    Args:
        path: ``config.toml``.

    Raises:
        ProfileError: for a file that cannot be read or holds something that no profile has.
    """
    return dict(settings(path).profiles)


def settings(path: Path) -> Settings:
    """What a file says; the defaults where there is no such file.

    Raises:
        ProfileError: for a file that cannot be read or holds something that it cannot hold.
    """
    return read_settings(path, text_of(path))


def text_of(path: Path) -> str:
    """The text of ``config.toml``; "" where there is no such file.

    Raises:
        ProfileError: for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProfileError(f"{path} cannot be read: {reason}. Correct its permissions, or move it away.") from error
    if len(data) > MAX_FILE:
        raise ProfileError(f"{path} is larger than profiles can be (over 1 MiB).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProfileError(f"{path}, line {line}: This is not UTF-8. Save the file as UTF-8.") from error


def choose(profiles: Mapping[str, Profile], origin: Origin) -> Profile | None:
    """The profile whose origins hold exactly this one (scheme, host and port), or None.

    Raises:
        ProfileError: when several do; the sentence names them.
    """
    fitting = [profile for profile in profiles.values() if origin in profile.origins]
    if len(fitting) > 1:
        names = [profile.name for profile in fitting]
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        raise ProfileError(f"The profiles {listed} all have the origin {origin}. Say which one: --profile {names[0]}")
    return fitting[0] if fitting else None


def read_settings(path: Path, text: str) -> Settings:
    """What a text says that stands in, or is to be written to, ``config.toml``.

    Raises:
        ProfileError: for all that is wrong with it, each with the file's name and the line.
    """
    text = text.replace("\r\n", "\n")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = _AT.search(str(error))
        line = int(said[1]) if said is not None and said[1] else text.count("\n") + 1
        what = "it is nested too deeply" if isinstance(error, RecursionError) else _AT.sub("", str(error))
        raise ProfileError(f"{path}, line {line}: This is not TOML: {visible(what, 200)}.") from error
    reading = _Reading(path, lines_of(text))
    made = reading.document(document)
    if reading.problems:
        raise ProfileError(*(problem for _, problem in sorted(reading.problems)))
    return made


class _Reading:
    """One reading of a file; gathers all problems instead of stopping at the first."""

    def __init__(self, path: Path, lines: Mapping[tuple[str, ...], int]) -> None:
        self._path = path
        self._lines = lines
        self.problems: list[tuple[int, str]] = []

    def document(self, document: Mapping[str, Any]) -> Settings:
        made: dict[str, Profile] = {}
        backend = BACKENDS[0]
        for key, value in document.items():
            if key == "vault":
                backend = self._backend(value)
            elif key != "profile":
                self._refuse((key,), f"There is no {_quoted(key)} here. A profile begins with [profile.NAME].")
            elif not isinstance(value, dict):
                self._refuse((key,), "“profile” is not a table. A profile begins with [profile.NAME].")
            else:
                for name, table in value.items():
                    profile = self._profile(name, table)
                    if profile is not None:
                        made[name] = profile
        return Settings(profiles=made, backend=backend)

    def _backend(self, table: Any) -> str:
        if not isinstance(table, dict) or set(table) - {"backend"}:
            other = next((key for key in table if key != "backend"), "") if isinstance(table, dict) else ""
            self._refuse(
                ("vault", other) if other else ("vault",), "The table [vault] takes “backend” and nothing else."
            )
        elif table.get("backend", BACKENDS[0]) not in BACKENDS:
            self._refuse(("vault", "backend"), f"In [vault], backend takes one of {', '.join(BACKENDS)}.")
        else:
            return str(table.get("backend", BACKENDS[0]))
        return BACKENDS[0]

    def _profile(self, name: str, table: Any) -> Profile | None:
        path = ("profile", name)
        if not isinstance(table, dict):
            self._refuse(path, f"The profile {_quoted(name)} is not a table. It begins with [profile.NAME].")
            return None
        if not NAME.fullmatch(name):
            self._refuse(
                path,
                f"{_quoted(name)} cannot name a profile: use up to 64 letters, digits, dots, hyphens and underscores.",
            )
            return None
        found: dict[str, Any] = {}
        for key, value in table.items():
            reader = FIELDS.get(key)
            if reader is None:
                self._refuse((*path, key), unknown_key(key, name))
                continue
            try:
                read = reader(value)
                found[key] = str(self._path.parent / Path(read).expanduser()) if key in FILES else read
            except WrongError as wrong:
                self._refuse((*path, key), f"In the profile {name}, {key} {wrong}")
        return Profile(name=name, where=f"{self._path}, line {line_of(self._lines, path)}", **found)

    def _refuse(self, path: tuple[str, ...], says: str) -> None:
        line = line_of(self._lines, path)
        self.problems.append((line, f"{self._path}, line {line}: {says}"))


def unknown_key(key: str, profile: str) -> str:
    """Why a key cannot stand in a profile, as a sentence; a secret's place is the keyring."""
    if weigh(key) >= Weight.TOKEN or key.lower() in ("key", "code", "auth", "session"):
        return (
            f"In the profile {profile}, {_quoted(key)} names a secret, and secrets do not stand in this file. "
            "Take it out, store it in the keyring, and change it where it was issued if others could read the file."
        )
    near = difflib.get_close_matches(key.lower(), FIELDS, n=1)
    meant = f"Did you mean {near[0]}?" if near else f"A profile has {', '.join(FIELDS)}."
    return f"In the profile {profile}, {_quoted(key)} is no key of a profile. {meant}"


def _quoted(name: str) -> str:
    return f"“{visible(name, 60)}”"
