"""Profiles: what is known of an environment, from ``config.toml``. Never a secret: those rest in the keyring.

[profile.prod]
origins = ["https://api.example.com"]
issuer = "https://login.example.com"
audience = "https://api.example.com"
scopes = ["orders:read"]
client_id = "svc-orders"
ntp = "time.example.net"
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tui401.model.case import Known
from tui401.model.http import DEFAULT_PORTS, Origin
from tui401.vault.tomllines import line_of, lines_of
from tui401.wire.secretnames import Weight, weigh
from tui401.wire.visible import visible

MAX_FILE: Final = 1 << 20  # bytes
_MOST: Final = 200  # origins or scopes of one profile
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?\.?|[0-9a-f:.]{2,45}")
_NTP: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,500}")  # RFC 6749, section 3.3
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
        ntp: A time server, ``host`` or ``host:port``.
        where: File and line, for a person.
    """

    name: str
    origins: tuple[Origin, ...] = ()
    issuer: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()
    client_id: str = ""
    ntp: str = ""
    where: str = ""

    def known(self) -> Known:
        """What it says of a request's surroundings; secrets are added by whoever has them."""
        return Known(
            issuer=self.issuer,
            client_id=self.client_id,
            audience=self.audience,
            scopes=self.scopes,
            ntp=self.ntp,
            profile=self.name,
            origins=self.origins,
            source=f"your profile {self.name}",
        )


class _WrongError(Exception):
    """A value is not what its key takes; the text ends a sentence that begins with the key."""


def load(path: Path) -> dict[str, Profile]:
    """The profiles of a file by name, in its order; {} where there is no such file.

    Args:
        path: ``config.toml``.

    Raises:
        ProfileError: for a file that cannot be read or holds something that no profile has.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProfileError(f"{path} cannot be read: {reason}. Correct its permissions, or move it away.") from error
    if len(data) > MAX_FILE:
        raise ProfileError(f"{path} is larger than profiles can be (over 1 MiB).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProfileError(f"{path}, line {line}: This is not UTF-8. Save the file as UTF-8.") from error
    return _profiles(path, text)


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


def _profiles(path: Path, text: str) -> dict[str, Profile]:
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

    def document(self, document: Mapping[str, Any]) -> dict[str, Profile]:
        made: dict[str, Profile] = {}
        for key, value in document.items():
            if key != "profile":
                self._refuse((key,), f"There is no {_quoted(key)} here. A profile begins with [profile.NAME].")
            elif not isinstance(value, dict):
                self._refuse((key,), "“profile” is not a table. A profile begins with [profile.NAME].")
            else:
                for name, table in value.items():
                    profile = self._profile(name, table)
                    if profile is not None:
                        made[name] = profile
        return made

    def _profile(self, name: str, table: Any) -> Profile | None:
        path = ("profile", name)
        if not isinstance(table, dict):
            self._refuse(path, f"The profile {_quoted(name)} is not a table. It begins with [profile.NAME].")
            return None
        if not _NAME.fullmatch(name):
            self._refuse(
                path,
                f"{_quoted(name)} cannot name a profile: use up to 64 letters, digits, dots, hyphens and underscores.",
            )
            return None
        found: dict[str, Any] = {}
        for key, value in table.items():
            reader = FIELDS.get(key)
            if reader is None:
                self._refuse((*path, key), _unknown(key, name))
                continue
            try:
                found[key] = reader(value)
            except _WrongError as wrong:
                self._refuse((*path, key), f"In the profile {name}, {key} {wrong}")
        return Profile(name=name, where=f"{self._path}, line {line_of(self._lines, path)}", **found)

    def _refuse(self, path: tuple[str, ...], says: str) -> None:
        line = line_of(self._lines, path)
        self.problems.append((line, f"{self._path}, line {line}: {says}"))


def _unknown(key: str, profile: str) -> str:
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


# -- what each key takes -----------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError("takes a text in quotes.")
    if not value or value != value.strip() or not value.isprintable() or len(value) > 2_000:
        raise _WrongError("is empty, too long, or has spaces at its ends or signs that do not show.")
    return value


def _texts(value: Any, example: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _WrongError(f"takes a list of texts: {example}")
    if len(value) > _MOST:
        raise _WrongError(f"has more than {_MOST} entries.")
    return value


def _origins(value: Any) -> tuple[Origin, ...]:
    texts = _texts(value, 'origins = ["https://api.example.com"]')
    return tuple(dict.fromkeys(_origin(text, place) for place, text in enumerate(texts, 1)))


def _origin(text: str, place: int) -> Origin:
    wrong = _WrongError(
        f"has no origin as its entry {place}. An origin is scheme, host and port alone: "
        "https://api.example.com or http://localhost:8080"
    )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    host = (parts.hostname or "").lower()
    rest = parts.path.strip("/") or parts.query or parts.fragment or "?" in text or "#" in text
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or rest or not _HOST.fullmatch(host):
        raise wrong
    if text != text.strip() or not text.isprintable() or port == 0:
        raise wrong
    return Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme])


def _issuer(value: Any) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        whole = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole, parts = False, urlsplit("")
    # RFC 8414, section 2: an issuer has no query and no fragment.
    if not whole or "@" in parts.netloc or "?" in text or "#" in text or " " in text:
        raise _WrongError("takes the address of an authorization server, such as https://login.example.com")
    return text


def _scopes(value: Any) -> tuple[str, ...]:
    texts = _texts(value, 'scopes = ["orders:read", "orders:write"]')
    for place, text in enumerate(texts, 1):
        if not _SCOPE.fullmatch(text):
            raise _WrongError(f"has no single scope as its entry {place}. Write each one by itself, without spaces.")
    return tuple(dict.fromkeys(texts))


def _ntp(value: Any) -> str:
    text = _text(value)
    port = text.rpartition(":")[2] if ":" in text and not text.endswith("]") else "123"
    if not _NTP.fullmatch(text) or not 0 < int(port) < 65_536:
        raise _WrongError("takes a time server as host or host:port.")
    return text


FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "origins": _origins,
    "issuer": _issuer,
    "audience": _text,
    "scopes": _scopes,
    "client_id": _text,
    "ntp": _ntp,
}
"""What a profile may hold, and how each value is read; another key is one entry here and one field of Profile."""
