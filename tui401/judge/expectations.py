"""What the API expects of the credential, each value with who said so. Pure."""

from __future__ import annotations

from collections.abc import Callable

from tui401.judge import said as words
from tui401.model.facts import Aspect, Expected
from tui401.model.shown import KnownSeen, RequirementsSeen, ResourceMetadataSeen
from tui401.model.verdict import Strength


def expected(
    heard: words.Heard | None,
    resource: ResourceMetadataSeen | None,
    known: KnownSeen | None,
    documented: RequirementsSeen | None,
) -> tuple[Expected, ...]:
    """All expectations, strongest first.

    Args:
        heard: The refusal's own words.
        resource: The API's metadata (RFC 9728).
        known: What the person or a profile knows.
        documented: What the API's description requires of the operation (OpenAPI).
    """
    found: list[Expected] = []
    if heard is not None:
        found += heard.expected
        schemes = tuple(dict.fromkeys(c.scheme for c in heard.challenges if c.scheme))
        if schemes:
            found.append(_of(Aspect.SCHEME, schemes, "the API's challenge", "challenge", Strength.CONFIRMED))
    if resource is not None and not resource.problem:
        by, source = "the API's metadata", "metadata"
        if resource.resource and resource.covers:
            found.append(_of(Aspect.AUDIENCE, (resource.resource,), by, source, Strength.LIKELY))
        if resource.authorization_servers:
            found.append(_of(Aspect.ISSUER, resource.authorization_servers, by, source, Strength.LIKELY))
        if resource.algorithms:
            found.append(_of(Aspect.ALGORITHM, resource.algorithms, by, source, Strength.LIKELY))
    if known is not None:
        by = known.source or (f"your profile {known.profile}" if known.profile else "your options")
        source = "profile" if known.profile else "option"
        if known.issuer:
            found.append(_of(Aspect.ISSUER, (known.issuer,), by, source, Strength.LIKELY))
        if known.audience:
            found.append(_of(Aspect.AUDIENCE, (known.audience,), by, source, Strength.LIKELY))
        if known.scopes:
            found.append(_of(Aspect.SCOPE, known.scopes, by, source, Strength.LIKELY))
    if documented is not None and not documented.other_server:
        found += _of_document(documented)
    strongest: Callable[[Expected], int] = lambda e: -e.strength  # noqa: E731 - typed for sorted
    return tuple(sorted(dict.fromkeys(found), key=strongest))


def _of_document(documented: RequirementsSeen) -> list[Expected]:
    by, source = (
        f"the API's description ({documented.source})" if documented.source else "the API's description",
        "openapi",
    )
    places = tuple(f"{place.value} {name}" for place, name in documented.keys)
    found = ((Aspect.SCOPE, documented.scopes), (Aspect.SCHEME, documented.schemes), (Aspect.PLACE, places))
    return [_of(aspect, values, by, source, Strength.LIKELY) for aspect, values in found if values]


def _of(aspect: Aspect, values: tuple[str, ...], by: str, source: str, strength: Strength) -> Expected:
    return Expected(aspect=aspect, values=values, by=by, source=source, strength=strength)
