"""What a policy says of a credential: rotate, shorten, narrow. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tui401.causes.reading import spoken as span
from tui401.model.policy import Policy


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
