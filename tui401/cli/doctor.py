"""``tui401 doctor``: one page on this machine. It sends no credential to anybody."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import shutil
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Final

import msgspec

from tui401 import __version__
from tui401.cli import build, vaults
from tui401.cli.doctor_page import IssuerLooked, Looked, as_object, as_text, is_well, page
from tui401.cli.guarding import certificate_of
from tui401.cli.places import state_folder
from tui401.intake import IntakeError
from tui401.journal import Journal, JournalError
from tui401.judge.guard import Certificate
from tui401.model.case import Options
from tui401.model.http import Transport
from tui401.model.names import Names, chips
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.threads import in_daemon
from tui401.vault import Vault, VaultError
from tui401.vault.backends import survey
from tui401.vault.profiles import Profile, ProfileError, Settings, settings
from tui401.wire import redact

if TYPE_CHECKING:
    from tui401.model.http import Exchange
    from tui401.probes.send import Client

_LIMIT: Final = 5.0  # seconds for each that is asked; they are asked side by side
_LIBRARIES: Final = ("textual", "httpx", "keyring", "cryptography", "pyjwt", "truststore")
_VARIABLES: Final = (
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *("CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "CURL_HOME"),
    *("TUI401_STATE", "TUI401_CONFIG", "PYTHON_KEYRING_BACKEND"),
)


def run(options: argparse.Namespace) -> int:
    """Looks at this machine and prints the page; the exit code: 0 all is well, 1 something will cost a call."""
    looked = asyncio.run(_looked(offline=options.offline))
    made = page(looked)
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(as_object(made)), indent=2) + b"\n")
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        sys.stdout.write(as_text(made, columns))
    return 0 if is_well(made) else 1


async def _looked(*, offline: bool) -> Looked:
    path = build.config_path()
    problems: Sequence[str] = ()
    said = Settings(profiles={})
    try:
        said = settings(path)
    except ProfileError as error:
        problems = error.problems
    profiles = said.profiles
    vault = vaults.chosen(said.backend, vaults.from_environment())
    asked = [] if offline else [_issuer(profile) for profile in profiles.values() if profile.issuer]
    (why, states, machine), clocks, issuers = await asyncio.gather(
        asyncio.gather(_vault_problem(vault), survey(), _machine()),
        asyncio.gather(*([] if offline else map(_clock, _time_servers(profiles)))),
        asyncio.gather(*asked),
    )
    return Looked(
        now=time.time(),
        versions=_versions(),
        config=str(path),
        config_problems=problems,
        profiles=tuple(profiles),
        backend=said.backend,
        where=vault.where,
        vault_problem=why,
        backends=states,
        journal_problem=_journal_problem(),
        clocks=clocks,
        machine=machine,
        environment=_environment(os.environ),
        issuers=issuers,
        certificates=_certificates(profiles),
        offline=offline,
    )


async def _vault_problem(vault: Vault) -> str:
    why = await vault.why_not()
    if why:
        return why
    try:
        await vault.entries()
    except VaultError as error:
        return str(error).replace(" The credential stays in this session's memory.", "")
    return ""


async def _machine() -> MachineSeen | None:
    from tui401.probes.machine import here, look  # noqa: PLC0415 - it is this command's alone

    with contextlib.suppress(TimeoutError):
        return await in_daemon(lambda: look(here()), limit=_LIMIT)
    return None


async def _clock(server: str) -> ClockSeen:
    from tui401.probes import clock  # noqa: PLC0415 - not where nobody is asked

    return await clock.ask(server, limit=_LIMIT)


def _time_servers(profiles: Mapping[str, Profile]) -> tuple[str, ...]:
    from tui401.probes.clock import DEFAULT_SERVER  # noqa: PLC0415 - the same

    return tuple(dict.fromkeys(profile.ntp or DEFAULT_SERVER for profile in profiles.values())) or (DEFAULT_SERVER,)


async def _issuer(profile: Profile) -> IssuerLooked:
    """A profile's issuer, asked for its metadata by the way that its tokens would take."""
    from tui401.probes.send import Client  # noqa: PLC0415 - the same

    try:
        case = build.case_from(build.read_argv(["-q", profile.issuer]), profile.known(), Options())
    except IntakeError as error:
        return IssuerLooked(profile=profile.name, issuer=profile.issuer, problem=str(error))
    async with Client(case.way_to) as client:
        exchange, problem = await _metadata(client, profile.issuer)
    if problem:
        return IssuerLooked(profile=profile.name, issuer=profile.issuer, problem=problem)
    hop = exchange.hops[-1]
    return IssuerLooked(
        profile=profile.name,
        issuer=profile.issuer,
        by=_by(case.way_to(case.request.origin)),
        seconds=hop.elapsed,
        tls=hop.peer.tls_version,
        ends=hop.peer.certificate_not_after,
    )


async def _metadata(client: Client, issuer: str) -> tuple[Exchange, str]:
    """The answer with an issuer's metadata and ""; else the most telling answer and what is wrong, as a sentence."""
    from tui401.probes.discovery import addresses_of, same_issuer  # noqa: PLC0415 - the same
    from tui401.probes.documents import read, text  # noqa: PLC0415 - the same

    told: list[tuple[int, Exchange, str]] = []
    for url in addresses_of(issuer):
        exchange = await client.fetch(url, limit=_LIMIT)
        document = read(exchange, url, "metadata")
        if document.failure == "status":
            told.append((document.status or 0, exchange, document.problem))
            continue  # it may stand at the next one
        if document.failure:
            return exchange, document.problem
        named = text(document.fields, "issuer")
        if same_issuer(named, issuer):
            return exchange, ""
        whose = f"is the metadata of {named}, and your profile says {issuer}" if named else "names no issuer"
        return exchange, f"What {url} sends {whose}. Correct the profile's issuer."
    # An outage says more than a page that is not there.
    _, exchange, problem = max(told, key=lambda one: one[0])
    return exchange, f"{problem} Without metadata no token can be asked for and no signature checked."


def _by(transport: Transport) -> str:
    proxy = f" through the proxy {transport.proxy.url}" if transport.proxy is not None else ""
    return proxy + (f", trusting {transport.ca_file}" if transport.ca_file else "")


def _certificates(profiles: Mapping[str, Profile]) -> tuple[tuple[str, Certificate], ...]:
    found = ((profile.name, certificate_of(profile.client_cert_file)) for profile in profiles.values())
    return tuple((name, certificate) for name, certificate in found if certificate is not None)


def _journal_problem() -> str:
    try:
        with Journal(state_folder() / "journal.sqlite3") as journal:
            return journal.told
    except JournalError as error:
        return str(error)


def _environment(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables that change how requests travel; a proxy's user and password are left out."""
    shown = []
    for name in _VARIABLES:
        if env.get(name):
            ignored = " (ignored: a file of TLS secrets)" if name == "SSLKEYLOGFILE" else ""
            shown.append((name, chips(redact.url(env[name], Names()), {}) + ignored))
    return tuple(shown)


def _versions() -> tuple[tuple[str, str], ...]:
    libraries = []
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            libraries.append((name, metadata.version(name)))
    return (
        ("tui401", __version__),
        ("Python", f"{platform.python_version()} on {platform.system()} {platform.release()}"),
        ("TLS", ssl.OPENSSL_VERSION),
        *libraries,
    )
