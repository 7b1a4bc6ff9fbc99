"""What a policy says of a credential: rotate, shorten, narrow. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui401.causes.reading import spoken as span
from tui401.model.policy import Policy
from tui401.model.shown import CredentialSeen, KnownSeen
from tui401.wire.claims import numeric_date, scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is known of a credential's life.

    Attributes:
        stored: When it was stored, seconds since the epoch; 0 where that is not known.
        issued: When it was issued, by its own claim; None where it does not say.
        expires: When it ends; None where that is not known.
        scopes: What it may do; () where it does not say.
        renewed: It is replaced by itself before it ends, so its age says nothing.
    """

    stored: float = 0.0
    issued: float | None = None
    expires: float | None = None
    scopes: tuple[str, ...] = ()
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do: ``rotate``, ``shorten`` or ``narrow``, and why, as a sentence."""

    verb: str
    says: str


def life_of(claims: Mapping[str, Any], *, stored: float = 0.0, expires: float | None = None) -> Life:
    """What is known of a credential's life, from its own claims where it has some.

    Args:
        claims: A token's; {} for what carries none.
        stored: When it was stored, 0 where that is not known.
        expires: When it ends, where that is known from elsewhere.
    """
    return Life(
        stored=stored,
        issued=numeric_date(claims.get("iat")),
        expires=expires if expires is not None else numeric_date(claims.get("exp")),
        scopes=scopes(claims),
        renewed=bool(claims),
    )


def advice_on(known: KnownSeen, credential: CredentialSeen, now: float) -> tuple[Advice, ...]:
    """What the chosen profile's policy says to the credential that a request carries.

    Its age is known from its own claims, or from when the vault took it, where that holds the same.

    Args:
        known: With the policy.
        credential: The request's.
        now: Seconds since the epoch, by a clock that the caller trusts.
    """
    claims = credential.token.claims if credential.token is not None else {}
    since = min((kept.at for kept in known.also_kept if kept.at and kept.credential == credential.name), default=0.0)
    return advice(known.policy, life_of(claims, stored=since), now)


def advice(policy: Policy, life: Life, now: float) -> tuple[Advice, ...]:
    """All that the policy wishes otherwise.

    Args:
        policy: The profile's.
        life: The credential's.
        now: Seconds since the epoch, by a clock that the caller trusts.
    """
    found: list[Advice] = []
    since = life.issued if life.issued is not None else life.stored
    age = now - since if since else 0.0
    if policy.rotation_age and not life.renewed and age > policy.rotation_age:
        says = f"Rotate it: it is {span(age)} old, and your profile wants a new one after {span(policy.rotation_age)}."
        found.append(Advice("rotate", says))
    lives = life.expires - since if life.expires is not None and since else 0.0
    # A minute is what issuers and stores differ by when they round.
    if policy.longest_lifetime and lives > policy.longest_lifetime + 60:
        wish = span(policy.longest_lifetime)
        found.append(
            Advice("shorten", f"Shorten its life: it is valid for {span(lives)}, and your profile allows {wish}.")
        )
    enough = policy.enough
    beyond = [scope for scope in life.scopes if scope not in enough] if enough else []
    if beyond:
        says = f"Narrow it: {' '.join(beyond)} is more than the endpoints of your profile need ({' '.join(enough)})."
        found.append(Advice("narrow", says))
    return tuple(found)
