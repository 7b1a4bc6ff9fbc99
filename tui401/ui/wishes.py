"""Which audiences and scopes a token could be asked for, each with who speaks of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Choice, FixKind
from tui401.model.shown import KnownSeen

_MOST: Final = 40  # of each; an issuer may name hundreds of scopes
_BY_ITSELF: Final = frozenset({"openid", "offline_access"})  # of a sign-in, nothing that an API asks for


class Wish(NamedTuple):
    """A value that can be asked for, who speaks of it, and whether the token has it now."""

    value: str
    by: str
    held: bool = False


def audiences(facts: Facts | None) -> tuple[Wish, ...]:
    """The audiences that are known, those that the API names first."""
    if facts is None:
        return ()
    held = _listed(facts, "aud")
    said = [(value, e.by) for e in facts.expects(Aspect.AUDIENCE) for value in e.values]
    return _once((*said, *((value, "the token") for value in held)), held)


def scopes(facts: Facts | None) -> tuple[Wish, ...]:
    """The scopes that are known: of the token, of what the API asks, of the profile, the documents, the issuer."""
    if facts is None:
        return ()
    held = _scopes_held(facts)
    return _once(tuple(_scopes(facts, held)), held)


def _scopes(facts: Facts, held: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for expected in facts.expects(Aspect.SCOPE):
        yield from ((value, expected.by) for value in expected.values)
    yield from ((value, "the token") for value in held)
    if facts.known is not None:
        by = f"profile {facts.known.profile}" if facts.known.profile else "your options"
        yield from ((value, by) for value in facts.known.scopes)
    if facts.resource is not None:
        yield from ((value, "the API's metadata") for value in facts.resource.scopes)
    for issuer in facts.issuers:
        yield from ((value, "the issuer's metadata") for value in issuer.scopes if value not in _BY_ITSELF)


def _scopes_held(facts: Facts) -> tuple[str, ...]:
    for name in ("scope", "scp"):
        value = facts.token.claims.get(name) if facts.token is not None else None
        if isinstance(value, str):
            return tuple(value.split())
        if isinstance(value, list):
            return tuple(item for item in value if isinstance(item, str))
    return ()


def _listed(facts: Facts, claim: str) -> tuple[str, ...]:
    value = facts.token.claims.get(claim) if facts.token is not None else None
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _once(said: tuple[tuple[str, str], ...], held: tuple[str, ...]) -> tuple[Wish, ...]:
    made: dict[str, Wish] = {}
    for value, by in said:
        if value and value not in made and len(made) < _MOST:
            made[value] = Wish(value, by, value in held)
    return tuple(made.values())


def who_gives(choices: tuple[Choice, ...], known: KnownSeen, *, able: bool = False) -> str:
    """Who could be asked for a token now, with a person who signs in or without; "" where nobody is known.

    Args:
        choices: What can be done now.
        known: What is known.
        able: A grant is known that needs no person, whatever the choices are.
    """
    able = able or any(c.key == "token" or (c.fix is not None and c.fix.kind is FixKind.NEW_TOKEN) for c in choices)
    return known.issuer.split("://", 1)[-1].rstrip("/") if able else ""
