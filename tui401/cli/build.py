"""From options and a reading of the person's command to a case."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shlex
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from tui401.cli.arguments import UsageError
from tui401.cli.places import config_folder
from tui401.cli.profile_way import request_by, way_to
from tui401.intake import Intake, IntakeError, from_argv, from_text
from tui401.journal import Journal, JournalError
from tui401.model.case import Case, Known, Options
from tui401.model.http import DEFAULT_PORTS, Origin
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import RequirementsSeen
from tui401.vault.profiles import ProfileError, choose, load

CLIENT_SECRET = "TUI401_CLIENT_SECRET"
REFRESH_TOKEN = "TUI401_REFRESH_TOKEN"
CLIENT_KEY = "TUI401_CLIENT_KEY"  # a file's name, not the key
MAX_DESCRIPTION = 20 << 20  # bytes


def known_from(options: argparse.Namespace, env: Mapping[str, str], origin: Origin | None = None) -> Known:
    """What a profile, the options and the environment say of a request's surroundings; options outrank the profile.

    Args:
        options: The command line's.
        env: The environment, for secrets.
        origin: The request's; a profile that lists it is taken where ``--profile`` names none.

    Raises:
        UsageError: for an issuer that is no address, a profile that does not exist, or a faulty ``config.toml``.
    """
    issuer = options.issuer.strip()
    if issuer and not issuer.startswith(("https://", "http://")):
        raise UsageError("--issuer takes an address that begins with https://.")
    if issuer and "@" in issuer.partition("://")[2].partition("/")[0]:
        raise UsageError("--issuer takes an address without a user and password in it. Take them out.")
    base = _profiled(options.profile, origin)
    secret, refresh = env.get(CLIENT_SECRET), env.get(REFRESH_TOKEN)
    ways = vars(options)  # commands that send nothing have no options on ways to a token
    given = bool(issuer or options.client_id or options.audience or options.scope)
    return replace(
        base,
        issuer=issuer or base.issuer,
        client_id=options.client_id or base.client_id,
        client_secret=Secret(secret) if secret else None,
        refresh_token=Secret(refresh) if refresh else None,
        audience=options.audience or base.audience,
        scopes=tuple(options.scope.split()) or base.scopes,
        private_key=env.get(CLIENT_KEY) or base.private_key,
        sign_in=ways.get("sign_in") or base.sign_in,
        redirect_uri=ways.get("redirect_uri") or base.redirect_uri,
        token_command=token_command(ways.get("token_command", ""), shell=ways.get("token_shell", False))
        or base.token_command,
        ntp=options.ntp or base.ntp,
        source="your options" if given else base.source,
        token_from_environment=bool(refresh),
    )


def token_command(text: str, *, shell: bool, platform: str = sys.platform) -> tuple[str, ...]:
    """The program and arguments of ``--token-command``; () for none.

    Args:
        text: As the person wrote it.
        shell: It is to be read by a shell, with its pipes and variables; else it is split into words and no more.
        platform: Whose shell.

    Raises:
        UsageError: for a quote that is not closed, or a text that names no program.
    """
    if not text:
        return ()
    if shell:
        return ("cmd", "/c", text) if platform == "win32" else ("/bin/sh", "-c", text)
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise UsageError("--token-command has a quote that is not closed.") from None
    if not words or not words[0] or "\0" in text:
        raise UsageError("--token-command names no program.")
    return words


def config_path() -> Path:
    """Where the profiles stand."""
    return config_folder() / "config.toml"


def _profiled(name: str, origin: Origin | None) -> Known:
    """What the named profile knows, or the one that lists the origin, or nothing."""
    path = config_path()
    try:
        profiles = load(path)
        if name and name not in profiles:
            there = f" There are {', '.join(profiles)}." if profiles else f" {path} names none."
            raise UsageError(f"There is no profile {name[:60]!r}.{there}")
        profile = profiles[name] if name else choose(profiles, origin) if origin is not None else None
    except ProfileError as error:
        raise UsageError(str(error)) from error
    return profile.known() if profile is not None else Known()


def options_from(options: argparse.Namespace, *, send_consented: bool) -> Options:
    """What the options allow and forbid.

    Raises:
        UsageError: for an origin that is none.
    """
    return Options(
        passive=options.passive,
        only_api=options.only_api,
        credential_to=tuple(origin_from(text) for text in options.credential_to),
        send_consented=send_consented,
    )


def origin_from(text: str) -> Origin:
    """An origin as a person writes it: ``https://host`` or ``https://host:port``.

    Raises:
        UsageError: when it is none.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path.strip("/") or parts.query or "@" in text:
        raise UsageError("--credential-to takes an origin such as https://api.example.com: no path, no user.")
    return Origin(parts.scheme, parts.hostname.lower(), port or DEFAULT_PORTS[parts.scheme])


def requirements_from(name: str) -> Callable[[str, Secret[str]], RequirementsSeen] | None:
    """What an OpenAPI description in a file requires of a method and address; None where no file is named.

    Raises:
        UsageError: when the file cannot be read or is no description.
    """
    if not name:
        return None
    from tui401.intake.openapi import described  # noqa: PLC0415 - YAML is loaded only where a description is read

    try:
        with Path(name).expanduser().open("rb") as file:
            data = file.read(MAX_DESCRIPTION + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or type(error).__name__}.") from error
    if len(data) > MAX_DESCRIPTION:
        raise UsageError(f"{name} is larger than a description of an API can be (over 20 MiB).")
    try:
        return described(data.decode("utf-8", "replace"))
    except IntakeError as error:
        raise UsageError(f"{name}: {error}") from error


def case_from(
    intake: Intake,
    known: Known,
    options: Options,
    requirements: Callable[[str, Secret[str]], RequirementsSeen] | None = None,
) -> Case:
    """A case with a new id; where a profile is chosen, its way holds for its origins (`tui401.cli.profile_way`)."""
    request, notes = request_by(intake.request, known, intake.decided)
    return Case(
        id=secrets.token_hex(4),
        request=request,
        known=known,
        intake=replace(intake, notes=(*intake.notes, *notes)).shown(),
        seen=intake.seen,
        options=options,
        names=Names(),
        opened_at=time.time(),
        requirements=requirements or requirements_from(known.openapi),
        way_to=way_to(intake.way_to, known),
        shadowed=intake.shadowed,
    )


def count_passwords(case: Case, journal: Journal | None) -> None:
    """Tells the case how often its passwords were refused lately, in other runs (judging.md: twice at most)."""
    if journal is None:
        return
    from tui401.recovery.passwords import of_case  # noqa: PLC0415 - when a recovery starts

    with contextlib.suppress(JournalError):
        counted = {password.account: journal.refused_passwords(*password.account) for password in of_case(case)}
        case.options = replace(case.options, refused_lately=counted)


def remember_scopes(case: Case, journal: Journal | None) -> None:
    """Tells the case which scopes an earlier search found enough for this endpoint, where nobody names others."""
    if journal is None or case.known.scopes:
        return
    from tui401.recovery.searching import endpoint_of  # noqa: PLC0415 - when a recovery starts
    from tui401.wire import redact  # noqa: PLC0415 - the same

    shown = redact.request(case.request, case.names)
    with contextlib.suppress(JournalError):
        found = journal.least_scopes(endpoint_of(shown.method, shown.url), case.known.profile)
        if found is not None and found.smallest:
            case.known = replace(case.known, scopes=found.smallest)


def read_argv(argv: list[str]) -> Intake:
    """The person's ``curl …`` as their shell handed it over."""
    return from_argv(argv, env=os.environ, home=str(Path.home()), cwd=str(Path.cwd()))


def read_text(text: str) -> Intake:
    """A pasted, piped or opened text."""
    return from_text(text, env=os.environ, home=str(Path.home()), cwd=str(Path.cwd()))


def text_of(what: str) -> str:
    """The text of a file, or of standard input for ``-``.

    Raises:
        UsageError: when it cannot be read.
    """
    limit = 1 << 20
    try:
        if what == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(what).expanduser().open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"{what} cannot be read: {reason}. Give a file that holds the command, or - for a pipe."
        ) from error
    if len(data) > limit:
        raise UsageError(f"{what} is larger than a command or transcript can be (over 1 MiB).")
    return data.decode("utf-8", "surrogateescape")
