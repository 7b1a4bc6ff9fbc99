"""``tui401 guard``: looks at a call before it is made. Nothing is sent; a time server is asked when one is named."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from tui401.cli import build, vaults
from tui401.cli.arguments import UsageError, parser_for
from tui401.cli.behind import split
from tui401.cli.from_vault import filled
from tui401.cli.guarding import bearing, certificate_of, check
from tui401.cli.guards import hide_arguments
from tui401.cli.profile import named
from tui401.intake import Intake
from tui401.judge.guard import Finding, State, Wish, faults
from tui401.model.case import Known
from tui401.model.http import Request
from tui401.model.shown import ClockSeen, IntakeSeen, RequestShown, RequirementsSeen
from tui401.vault import VaultError
from tui401.vault.durations import seconds_of
from tui401.vault.profiles import Profile
from tui401.wire.visible import visible

UNREADABLE: Final = 3
_CLOCK_LIMIT: Final = 5.0  # seconds
_MARKS: Final = {State.PASSED: "✓", State.FAILED: "✗", State.UNCHECKED: "–"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What there is to judge."""

    request: Request
    known: Known
    wish: Wish
    notes: IntakeSeen | None = None
    required: RequirementsSeen | None = None


def run(argv: list[str]) -> int:
    """Judges a profile's credential, or a whole curl command; the exit code: 0 it may be sent, 1 it would be refused.

    Raises:
        UsageError: for bad usage or input.
        IntakeError: for a command that is not understood.
    """
    hide_arguments()
    parser = parser_for("guard")
    mine, curl = split(parser, argv)
    options = parser.parse_args(mine)
    if (curl is not None) == bool(options.of):
        raise UsageError("Give a profile, or a curl command behind the options: tui401 guard prod, tui401 guard curl …")
    wish = Wish(min_lifetime=_lifetime(options.min_lifetime))
    try:
        looked = _command(curl, options, wish) if curl is not None else _profile(options, wish)
    except VaultError as error:
        print(visible(f"The credential cannot be looked at. {error}"), file=sys.stderr)  # noqa: T201 - talk
        return UNREADABLE
    clocks = _clocks(options.ntp)
    shown, findings = check(
        looked.request, looked.known, looked.wish, notes=looked.notes, required=looked.required, clocks=clocks
    )
    clock = "ntp" if any(clock.offset is not None for clock in clocks) else "local"
    if options.format == "json":
        sys.stdout.buffer.write(_as_json(shown, findings, looked.known.profile, clock))
    else:
        sys.stdout.write(_as_text(shown, findings, quiet=options.quiet))
    for one in clocks:
        if one.problem:
            print(visible(one.problem), file=sys.stderr)  # noqa: T201 - talk
    return 1 if faults(findings) else 0


def _lifetime(text: str) -> float:
    try:
        return seconds_of(text) if text else 0.0
    except ValueError as error:
        raise UsageError(f"--min-lifetime: {error}") from error


def _command(curl: list[str], options: argparse.Namespace, wish: Wish) -> _Looked:
    """A curl command, read as curl would, its variables from the vault filled."""
    intake = asyncio.run(filled(build.read_argv(curl), lambda: vaults.said().profiles, vaults.opened, build.read_argv))
    if not intake.ready:
        raise UsageError(f"A value is missing for {', '.join((*intake.unfilled, *intake.prompts))}.")
    known = build.known_from(options, os.environ, intake.request.origin)
    certificate = certificate_of(intake.request.transport.cert_file)
    return _looked(intake.request, known, options, replace(wish, certificate=certificate), intake)


def _profile(options: argparse.Namespace, wish: Wish) -> _Looked:
    """A profile's credential, as a Bearer token to its first origin."""
    settings = vaults.said()
    profile = named(settings.profiles, options.of, build.config_path())
    if not profile.origins:
        raise UsageError(f"The profile {profile.name} has no origins. `tui401 profile set` gives it some.")
    vault = vaults.opened()
    entries, credential = asyncio.run(_kept(vault, profile))
    method, target = options.endpoint or ("GET", "/")
    if not target.startswith("/"):
        raise UsageError("--endpoint takes a method and a path: --endpoint GET /v1/orders")
    options.profile = profile.name
    known = build.known_from(options, os.environ, profile.origins[0])
    least = dict(profile.least_scopes).get(f"{method} {target}")
    known = replace(known, scopes=least) if least is not None and not options.scope else known
    kept = next((one for one in entries if one.name == profile.kept_as), None)
    wish = replace(
        wish,
        certificate=certificate_of(profile.client_cert_file),
        expires=kept.expires if kept is not None else None,
        any_place=kept is None or kept.kind != "access-token",
    )
    request = bearing(profile.origins[0], credential, method=method, target=target)
    return _looked(request, known, options, wish, None)


async def _kept(vault: Any, profile: Profile) -> Any:
    entries = await vault.entries()
    credential = await vault.take(profile.kept_as)
    if credential is None:
        raise UsageError(
            f"Nothing is kept as {profile.kept_as}. `tui401 token {profile.name}` gets a token, "
            f"`tui401 vault store {profile.kept_as}` keeps one."
        )
    return entries, credential


def _looked(request: Request, known: Known, options: argparse.Namespace, wish: Wish, intake: Intake | None) -> _Looked:
    requirements = build.requirements_from(options.openapi or known.openapi)
    return _Looked(
        request=request,
        known=known,
        wish=wish,
        notes=intake.shown() if intake is not None else None,
        required=requirements(request.method, request.url) if requirements is not None else None,
    )


def _clocks(server: str) -> tuple[ClockSeen, ...]:
    if not server:
        return ()
    from tui401.probes import clock  # noqa: PLC0415 - only where a time server was named

    return (asyncio.run(clock.ask(server, limit=_CLOCK_LIMIT)),)


def _as_text(shown: RequestShown, findings: Sequence[Finding], *, quiet: bool) -> str:
    wrong = faults(findings)
    if quiet and not wrong:
        return ""
    told = wrong if quiet else findings
    lines = [f"{shown.method} {shown.url}", *(f"  {_MARKS[f.state]} {f.check.value:<12} {f.says}" for f in told)]
    if wrong:
        causes = " ".join(dict.fromkeys(finding.cause for finding in wrong))
        lines.append(f"It would be refused: {causes}. `tui401 why {wrong[0].cause}` says more.")
    return "\n".join(map(visible, lines)) + "\n"


def _as_json(shown: RequestShown, findings: Sequence[Finding], profile: str, clock: str) -> bytes:
    made = {
        "schema": 1,
        "request": {"method": shown.method, "url": shown.url},
        "profile": profile or None,
        "clock": clock,
        "passed": not faults(findings),
        "checks": [
            {"check": f.check.value, "status": f.state.value, "says": f.says, "cause": f.cause or None}
            for f in findings
        ],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
