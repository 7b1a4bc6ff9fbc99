"""What is kept, a line each, with the time that it has left and what the profile's policy says to it."""

from __future__ import annotations

import sys
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

    def as_text(self, now: float) -> str:
        """For a terminal."""
        expires, stored = self.life.expires, self.life.stored
        left = "" if expires is None else f"{countdown(expires - now)} left" if expires > now else "expired"
        age = f"stored {span(now - stored)} ago" if stored else ""
        return f"{self.kept.name:<24} {self.kept.kind:<14} {self.kept.profile or '-':<16} {left:<14} {age}".rstrip()

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


def watch(lines: Sequence[Line]) -> int:
    """Draws the lines anew each second until the person ends it with Ctrl+C."""
    drawn = 0
    try:
        while True:
            now = time.time()
            texts = [
                text for line in lines for text in (line.as_text(now), *(f"  ! {a.says}" for a in line.advice(now)))
            ]
            out = "".join(f"\x1b[2K{visible(text)}\n" for text in texts)
            sys.stdout.write((f"\x1b[{drawn}A" if drawn else "") + out)
            sys.stdout.flush()
            drawn = len(texts)
            time.sleep(_BEAT)
    except KeyboardInterrupt:
        return 0
