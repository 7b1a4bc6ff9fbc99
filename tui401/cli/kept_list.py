"""What is kept, a line each, with the time that it has left and what the profile's policy says to it."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui401.judge.advice import Advice, Life, advice
from tui401.judge.advice import life_of as life_from
from tui401.model.policy import Policy
from tui401.model.secret import Secret
from tui401.ui.text import countdown, span
from tui401.vault import Vault
from tui401.vault.fingerprints import NAME as OUR_KEY
from tui401.vault.profiles import Settings
from tui401.vault.store import Kept
from tui401.wire.jwt import take_apart
from tui401.wire.visible import visible

_BEAT: Final = 1.0  # seconds between two drawings
_GAP: Final = 2  # characters between columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kept credential.

    Attributes:
        kept: What the vault knows of it.
        life: What is known of its life.
        policy: What its profile wishes.
    """

    kept: Kept
    life: Life
    policy: Policy

    def advice(self, now: float) -> tuple[Advice, ...]:
        """What the policy wishes otherwise."""
        return advice(self.policy, self.life, now)

    def cells(self, now: float) -> tuple[str, ...]:
        """For a terminal: name, kind, profile, what is left of it, its age."""
        expires, stored = self.life.expires, self.life.stored
        left = "" if expires is None else f"{countdown(expires - now)} left" if expires > now else "expired"
        age = f"stored {span(now - stored)} ago" if stored else ""
        return (visible(self.kept.name), self.kept.kind, visible(self.kept.profile) or "-", left, age)

    def as_object(self) -> dict[str, Any]:
        """For ``--format json``."""
        now = time.time()
        return {
            "name": self.kept.name,
            "kind": self.kept.kind,
            "profile": self.kept.profile,
            "stored": self.life.stored or None,
            "expires": self.life.expires,
            "advice": [{"verb": one.verb, "says": one.says} for one in self.advice(now)],
        }


async def lines_of(vault: Vault, settings: Settings) -> tuple[Line, ...]:
    """All that is kept; tokens are looked into, in memory, for their claims.

    Raises:
        VaultError: when the vault cannot be read.
    """
    made = []
    for kept in await vault.entries():
        if kept.name == OUR_KEY:
            continue  # it is nobody's credential
        owner = settings.profiles.get(kept.profile)
        if owner is None:
            owner = next((p for p in settings.profiles.values() if p.kept_as == kept.name), None)
        secret = await vault.take(kept.name) if kept.kind in ("access-token", "other") else None
        policy = owner.policy if owner is not None else Policy()
        made.append(Line(kept=kept, life=life_of(kept, secret), policy=policy))
    return tuple(made)


def life_of(kept: Kept, secret: Secret[str] | None) -> Life:
    """What is known of a kept credential's life, from its own claims where it has some."""
    claims = take_apart(secret.reveal()).claims if secret is not None else {}
    life = life_from(claims, stored=kept.at, expires=kept.expires)
    return replace(life, renewed=kept.kind == "access-token")


def table(lines: Sequence[Line], now: float, width: int = 80) -> list[str]:
    """The lines in columns, each with its advice, in a width; where that is too narrow, a name stands above its rest.

    Args:
        lines: What is kept.
        now: Seconds since the epoch.
        width: Characters that a line may take.
    """
    rows = [line.cells(now) for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    folded = sum(widths) + _GAP * (len(widths) - 1) > width
    made: list[str] = []
    for line, row in zip(lines, rows, strict=True):
        name, *rest = (cell.ljust(size) for cell, size in zip(row, widths, strict=True))
        if folded:
            made += textwrap.wrap(name.rstrip(), width)
            made += textwrap.wrap(
                (" " * _GAP).join(rest), width, initial_indent="    ", subsequent_indent="    ", drop_whitespace=True
            )
        else:
            made.append((" " * _GAP).join([name, *rest]).rstrip())
        for one in line.advice(now):
            made += textwrap.wrap(visible(f"! {one.says}"), width, initial_indent="  ", subsequent_indent="    ")
    return [text.rstrip() for text in made]


def terminal_width() -> int:
    """How many characters a line of this terminal takes; 80 where there is none."""
    return max(40, shutil.get_terminal_size().columns)


def watch(lines: Sequence[Line]) -> int:
    """Draws the lines anew each second until the person ends it with Ctrl+C."""
    drawn = 0
    try:
        while True:
            # A line that the terminal breaks would be two, and the next drawing a line too low.
            texts = table(lines, time.time(), terminal_width() - 1)
            out = "".join(f"\x1b[2K{text}\n" for text in texts)
            sys.stdout.write((f"\x1b[{drawn}A" if drawn else "") + out)
            sys.stdout.flush()
            drawn = len(texts)
            time.sleep(_BEAT)
    except KeyboardInterrupt:
        return 0
