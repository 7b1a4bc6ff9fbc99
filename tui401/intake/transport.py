"""How the request travels: certificates, proxy, resolution, redirects and time limits, from curl's options."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui401.intake import proxies
from tui401.intake.core import IntakeError, is_number, note
from tui401.intake.files import Files
from tui401.intake.settings import Settings
from tui401.model.http import Origin, Transport
from tui401.model.secret import Secret
from tui401.model.shown import Note

_REDIRECTS: Final = 30  # curl's own limit since 8.3; before it was 50
_USUAL: Final = Transport()
_NUMBER: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,9})?")


@dataclass(frozen=True, slots=True)
class Travel:
    """The transport, what was noticed, and what curl would ask for."""

    transport: Transport
    notes: tuple[Note, ...] = ()
    prompts: tuple[str, ...] = ()


def travel(settings: Settings, origin: Origin, files: Files, *, proxy_password: Secret[str] | None = None) -> Travel:
    """Reads the transport options.

    Raises:
        IntakeError: A number, an address or a ``--resolve`` entry makes no sense, or a certificate is not there.
    """
    notes: list[Note] = []
    env = files.world.env
    route = proxies.route(settings, origin, env, password=proxy_password)
    notes += route.notes
    secure = origin.scheme == "https"
    ca_file = _authorities(settings, files, notes) if secure else None
    cert, key, password = _client_certificate(settings, files, notes) if secure else (None, None, None)
    follow = _follow(settings) if settings.on("location") else 0
    return Travel(
        Transport(
            verify=not settings.on("insecure"),
            ca_file=ca_file,
            cert_file=cert,
            key_file=key,
            key_password=password,
            proxy=route.proxy,
            resolve=_resolve(settings, origin, notes),
            follow=follow,
            trusted=settings.on("location-trusted"),
            connect_limit=_seconds(settings, "connect-timeout", _USUAL.connect_limit),
            total_limit=_seconds(settings, "max-time", _USUAL.total_limit),
            http10=settings.on("http1.0"),
            keep_method="request" in settings.values,
        ),
        tuple(notes),
        route.prompts,
    )


def decided(settings: Settings, origin: Origin, env: Mapping[str, str]) -> frozenset[str]:
    """What is settled of the way without a thing being named, see `tui401.intake.core.Intake`.

    Args:
        settings: What the options say.
        origin: Where the request goes.
        env: The environment, for ``no_proxy``.
    """
    found = {"proxy"} if proxies.forbidden(settings, origin, env) else set()
    return frozenset(found | ({"ca"} if "capath" in settings.values else set()))


def _follow(settings: Settings) -> int:
    text = settings.value("max-redirs")
    if text is None:
        return _REDIRECTS
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise IntakeError("--max-redirs wants a number. Correct it.")
    return _REDIRECTS if int(text) < 0 else min(int(text), 50)


def _seconds(settings: Settings, name: str, default: float) -> float:
    text = settings.value(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise IntakeError(f"--{name} wants a number of seconds. Correct it.")
    return float(text) or default  # 0 stands for no limit, and there always is one here


def _authorities(settings: Settings, files: Files, notes: list[Note]) -> str | None:
    if "capath" in settings.values:
        notes.append(note("option-unsupported", "--capath is not done here: name one file with --cacert."))
    given = settings.value("cacert")
    if given is not None:
        return _file(given, "--cacert", files)
    if settings.on("insecure") or "capath" in settings.values:
        return None
    named = authorities_of_environment(files.world.env)
    if named is None:
        return None
    name, file = named
    if not files.exists(file):
        raise IntakeError(f"{name} names a file that cannot be read. Correct or unset the variable.")
    notes.append(note("ca-from-environment", f"Certificates are verified by the file that {name} names."))
    return files.list(file)


def authorities_of_environment(env: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that names a file of CA certificates, and the file; None where none does."""
    return next(((name, env[name]) for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE") if env.get(name)), None)


def _client_certificate(
    settings: Settings, files: Files, notes: list[Note]
) -> tuple[str | None, str | None, Secret[str] | None]:
    given, key, word = settings.value("cert"), settings.value("key"), settings.value("pass")
    for name in ("cert-type", "key-type"):
        kind = settings.value(name)
        if kind is not None and kind.upper() != "PEM":
            raise IntakeError(
                f"--{name} other than PEM is not supported. Convert the file with openssl and name that one."
            )
    cert = None
    if given is not None:
        if given.lower().startswith("pkcs11:"):
            raise IntakeError(
                "A client certificate on a token (pkcs11:) is not supported. Name a PEM file with --cert."
            )
        name, inside = _certificate_and_password(given)
        cert = _file(name, "--cert", files)
        word = inside if inside is not None else word
    elif key is not None:
        notes.append(note("key-alone", "--key stands without --cert, so no client certificate is sent."))
    return (
        cert,
        _file(key, "--key", files) if key is not None and cert is not None else None,
        Secret(word) if word is not None else None,
    )


def _certificate_and_password(text: str) -> tuple[str, str | None]:
    """Parts ``file:password`` at the first colon that no backslash stands before, as curl does."""
    made: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] in ("\\", ":") and at + 1 < len(text):
            made.append(text[at + 1])
            at += 2
            continue
        if char == ":" and not (os.name == "nt" and at == 1):
            return "".join(made), text[at + 1 :]
        made.append(char)
        at += 1
    return "".join(made), None


def _file(name: str, option: str, files: Files) -> str:
    if not files.exists(name):
        raise IntakeError(f"The file that {option} names cannot be read. Correct its name, or run this where it lies.")
    return files.list(name)


def _resolve(settings: Settings, origin: Origin, notes: list[Note]) -> tuple[tuple[str, int, str], ...]:
    found: list[tuple[str, int, str]] = []
    for given in settings.several.get("resolve", []):
        if not given.text.startswith("-"):  # that form takes an entry out of curl's cache
            found += _resolve_entry(given.text.removeprefix("+"), origin)
    for given in settings.several.get("connect-to", []):
        found += _connect_to(given.text, origin, notes)
    return tuple(found)


def _resolve_entry(text: str, origin: Origin) -> list[tuple[str, int, str]]:
    host, port, addresses = _split_host(text)
    if not host or not is_number(port, 5) or int(port) > 0xFFFF or not addresses:
        raise IntakeError("--resolve wants host:port:address. Correct it.")
    host = origin.host if host == "*" else host.lower()
    entries: list[tuple[str, int, str]] = []
    for address in addresses.split(","):
        try:
            entries.append((host, int(port), str(ipaddress.ip_address(address.strip("[] ")))))
        except ValueError:
            raise IntakeError("--resolve wants an IP address as its last part. Correct it.") from None
    return entries


def _split_host(text: str) -> tuple[str, str, str]:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        rest = rest.removeprefix(":")
    else:
        host, _, rest = text.partition(":")
    port, _, last = rest.partition(":")
    return host, port, last


def _connect_to(text: str, origin: Origin, notes: list[Note]) -> list[tuple[str, int, str]]:
    """``HOST1:PORT1:HOST2:PORT2`` as a resolution, where it leads to an address on the same port."""
    host, port, rest = _split_host(text)
    if (host and host.lower() != origin.host) or (port and port != str(origin.port)):
        return []
    target, target_port, _ = _split_host(rest)
    if not target and not target_port:
        return []
    try:
        address = str(ipaddress.ip_address(target))
    except ValueError:
        address = ""
    if not address or (target_port and target_port != str(origin.port)):
        raise IntakeError(
            "--connect-to to another port or to a host name is not supported, and without it the request would go "
            "elsewhere. Use --resolve with the host's address."
        )
    notes.append(note("connect-to", "--connect-to is done by resolving the host to the address that it names."))
    return [(origin.host, origin.port, address)]
