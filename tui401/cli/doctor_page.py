"""The doctor's page: from what was looked at to lines, and from lines to text and JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import wrap
from typing import Any, Final

from tui401.causes.reading import spoken
from tui401.judge.guard import Certificate
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.vault.backends import BackendState
from tui401.wire.visible import visible

_FAR: Final = 30.0  # seconds; servers grant about a minute, and a clock that is half of it off drifts on
_NARROW: Final = 24  # columns; in fewer, sentences are better left to the terminal
_SOON: Final = 14 * 86_400.0  # seconds before a certificate's end in which it is told


class State(StrEnum):
    """How a line stands."""

    GOOD = "good"
    NOTE = "note"  # worth knowing
    BAD = "bad"  # it will cost a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at: its name, how it stands, and a sentence that says what to do where it is bad."""

    name: str
    state: State
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerLooked:
    """A profile's issuer, asked for its metadata.

    Attributes:
        profile: Whose.
        issuer: Its identifier.
        by: Through which proxy and by whose certificates, as the end of a sentence; "" for straight.
        seconds: How long the answer took.
        tls: The version; "" without TLS or without an answer.
        ends: The last second of its certificate, seconds since the epoch; None where there was none.
        problem: Why it could not be asked, or what is wrong with its answer, as a sentence.
    """

    profile: str
    issuer: str
    by: str = ""
    seconds: float = 0.0
    tls: str = ""
    ends: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that was looked at.

    Attributes:
        now: Seconds since the epoch by this machine's clock.
        versions: Names and versions.
        config: Where ``config.toml`` stands; ``config_problems`` what is wrong with it.
        profiles: The names of the profiles.
        backend: Where credentials rest, as ``config.toml`` says; ``where`` what a person calls it.
        vault_problem: Why it cannot be used now, as a sentence; "" when it can.
        backends: The keyring backends of this system.
        journal_problem: Why cases and changes cannot be kept, as a sentence.
        clocks: The time servers that were asked.
        machine: This machine's time keeping, None where it was not told.
        environment: Variables that change how requests travel, without credentials.
        issuers: The profiles' issuers that were asked.
        certificates: The profiles' client certificates, by profile.
        offline: Nobody was asked.
    """

    now: float
    versions: Sequence[tuple[str, str]] = ()
    config: str = ""
    config_problems: Sequence[str] = ()
    profiles: Sequence[str] = ()
    backend: str = "keyring"
    where: str = ""
    vault_problem: str = ""
    backends: Sequence[BackendState] = ()
    journal_problem: str = ""
    clocks: Sequence[ClockSeen] = ()
    machine: MachineSeen | None = None
    environment: Sequence[tuple[str, str]] = ()
    issuers: Sequence[IssuerLooked] = ()
    certificates: Sequence[tuple[str, Certificate]] = field(default=())
    offline: bool = False


Page = tuple[tuple[str, tuple[Line, ...]], ...]
"""Sections by title."""


def page(looked: Looked) -> Page:
    """The page; a section without lines is left out."""
    sections = (
        ("Credentials at rest", _vault(looked)),
        ("Profiles", _profiles(looked)),
        ("Clocks", _clocks(looked)),
        ("Proxy and certificates", _ways(looked)),
        ("Issuers", _issuers(looked)),
        ("Versions", tuple(Line(name=name, state=State.NOTE, says=version) for name, version in looked.versions)),
    )
    return tuple((title, lines) for title, lines in sections if lines)


def is_well(made: Page) -> bool:
    """Whether nothing on it will cost a call."""
    return all(line.state is not State.BAD for _, lines in made for line in lines)


def as_text(made: Page, columns: int = 0) -> str:
    """For a terminal.

    Args:
        made: The page.
        columns: Where a sentence goes on in the next line, under its own beginning; 0 for a line each, however long.
    """
    marks = {State.GOOD: "✓", State.NOTE: " ", State.BAD: "✗"}
    out: list[str] = []
    for title, lines in made:
        name = max(len(line.name) for line in lines)
        out.append(title)
        for line in lines:
            head, room = f"  {marks[line.state]} {line.name:<{name}}  ", columns - name - 6
            parts = wrap(line.says, room, break_long_words=False, break_on_hyphens=False) if room > _NARROW else []
            out += [visible(f"{lead}{part}") for lead, part in _led(head, parts or [line.says])]
        out.append("")
    return "\n".join(out)


def _led(head: str, parts: Sequence[str]) -> list[tuple[str, str]]:
    return [(head if place == 0 else " " * len(head), part) for place, part in enumerate(parts)]


def as_object(made: Page) -> dict[str, Any]:
    """For ``--format json``."""
    return {
        "schema": 1,
        "well": is_well(made),
        "sections": [
            {"title": title, "lines": [{"name": one.name, "state": one.state.value, "says": one.says} for one in lines]}
            for title, lines in made
        ],
    }


def _vault(looked: Looked) -> tuple[Line, ...]:
    bad = bool(looked.vault_problem)
    says = looked.vault_problem if bad else f"{looked.where[:1].upper()}{looked.where[1:]} can be used."
    if bad and looked.backend == "keyring":
        says += " `tui401 vault move --to file` keeps credentials in an encrypted file instead."
    lines = [Line(name=looked.backend, state=State.BAD if bad else State.GOOD, says=says)]
    for backend in looked.backends:
        used = "It is the one that is used." if backend.chosen else "It could be used."
        lines.append(Line(name=backend.title, state=State.NOTE, says=used if backend.usable else backend.why))
    journal = looked.journal_problem or "Cases and the change log can be kept."
    lines.append(Line(name="journal", state=State.BAD if looked.journal_problem else State.GOOD, says=journal))
    return tuple(lines)


def _profiles(looked: Looked) -> tuple[Line, ...]:
    problems = [Line(name="config.toml", state=State.BAD, says=says) for says in looked.config_problems]
    if problems:
        return tuple(problems)
    names = ", ".join(looked.profiles) or "none yet; `tui401 profile add` makes one"
    lines = [Line(name="config.toml", state=State.GOOD, says=f"{looked.config}: {names}")]
    for profile, certificate in looked.certificates:
        lines.append(_dated(f"{profile}, certificate", certificate, looked.now))
    return tuple(lines)


def _dated(name: str, certificate: Certificate, now: float) -> Line:
    if certificate.problem:
        return Line(name=name, state=State.BAD, says=certificate.problem)
    if now >= certificate.ends:
        ended = f"{certificate.name} is not valid now: it ended {spoken(now - certificate.ends)} ago."
        return Line(name=name, state=State.BAD, says=f"{ended} Have another one issued.")
    if now < certificate.begins:
        begins = f"{certificate.name} is not valid now: it begins in {spoken(certificate.begins - now)}."
        return Line(
            name=name, state=State.BAD, says=f"{begins} If this machine's clock is right, wait or have another."
        )
    left = certificate.ends - now
    soon = " Have another one issued in time." if left < _SOON else ""
    state = State.NOTE if soon else State.GOOD
    return Line(name=name, state=state, says=f"{certificate.name} is valid for {spoken(left)} more.{soon}")


def _clocks(looked: Looked) -> tuple[Line, ...]:
    lines = [_clock(clock, looked.machine) for clock in looked.clocks]
    machine = looked.machine
    if machine is not None:
        by = f" by {machine.service}" if machine.service else ""
        runs = {True: f"Time synchronisation runs{by}.", False: "Time synchronisation does not run."}
        says = runs.get(machine.synchronised, "Whether time synchronisation runs cannot be told.")  # type: ignore[arg-type]
        zone = f" Time zone {machine.timezone}." if machine.timezone else ""
        local = " The hardware clock runs in local time." if machine.hardware_clock_local else ""
        state = State.GOOD if machine.synchronised else State.NOTE
        lines.append(Line(name="this machine", state=state, says=says + zone + local))
    return tuple(lines)


def _clock(clock: ClockSeen, machine: MachineSeen | None) -> Line:
    if clock.offset is None:
        return Line(name=clock.source, state=State.NOTE, says=clock.problem or "It did not answer.")
    way = "behind" if clock.offset > 0 else "ahead"
    off, sure = spoken(abs(clock.offset)), f"± {clock.uncertainty:.1f} s"
    if abs(clock.offset) - clock.uncertainty > _FAR:
        mends = f" {machine.command} corrects it." if machine is not None and machine.command else " Correct it."
        says = f"This machine is {off} {way} ({sure}), so good tokens look expired or not yet valid.{mends}"
        return Line(name=clock.source, state=State.BAD, says=says)
    return Line(
        name=clock.source, state=State.GOOD, says=f"This machine agrees with it: {abs(clock.offset):.1f} s {sure}."
    )


def _ways(looked: Looked) -> tuple[Line, ...]:
    lines = [Line(name=name, state=State.NOTE, says=value) for name, value in looked.environment]
    trust = "TLS trust is the operating system's, unless a variable, an option or a profile names other authorities."
    return (*lines, Line(name="trust", state=State.NOTE, says=trust))


def _issuers(looked: Looked) -> tuple[Line, ...]:
    if looked.offline:
        return ()
    return tuple(_issuer(one, looked.now) for one in looked.issuers)


def _issuer(one: IssuerLooked, now: float) -> Line:
    if one.problem:
        return Line(name=one.profile, state=State.BAD, says=one.problem)
    tls = f" by {one.tls}" if one.tls else ""
    says = f"{one.issuer} answers{tls} in {one.seconds * 1_000:.0f} ms{one.by}."
    if one.ends is not None and one.ends - now < _SOON:
        return Line(
            name=one.profile, state=State.NOTE, says=f"{says} Its certificate ends in {spoken(one.ends - now)}."
        )
    return Line(name=one.profile, state=State.GOOD, says=says)
