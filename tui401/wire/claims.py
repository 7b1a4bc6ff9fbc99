"""Reads what stands in claims (RFC 7519, section 4) whatever type an issuer gave it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from tui401.model.words import Defect

_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?")
# Times of this century in seconds have 10 digits, in milliseconds 13, in microseconds 16, in nanoseconds 19.
_UNITS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_MAX_NAMES: Final = 512
_DATES: Final = ("exp", "iat", "nbf")


def numeric_date(value: Any) -> float | None:
    """A NumericDate in seconds since 1970; milliseconds and smaller units are noticed by their size.

    A number written as text is read too. None for anything else, booleans among them, and for what is not finite.
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip())  # which takes more signs for blanks than float does
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    if not math.isfinite(number) or abs(number) >= 1e20:
        return None
    return next((number / unit for limit, unit in _UNITS if abs(number) >= limit), number)


def audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of `aud` (RFC 7519, section 4.1.3), in order; what is no text is left out."""
    return _texts(claims.get("aud"))


def scopes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Scopes from `scope` (RFC 8693, section 4.2) and `scp`, as text or as a list; in order, each once."""
    found: list[str] = []
    for name in ("scope", "scp", "scopes"):
        for text in _texts(claims.get(name)):
            found.extend(text.split())
    return tuple(dict.fromkeys(found))[:_MAX_NAMES]


def roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Rights that are no scopes: roles, permissions, groups and authorities as common issuers name them."""
    found: list[str] = []
    for name in ("roles", "role", "permissions", "authorities", "groups", "cognito:groups", "wids", "entitlements"):
        found.extend(_texts(claims.get(name)))
    realm = claims.get("realm_access")
    if isinstance(realm, dict):
        found.extend(_texts(realm.get("roles")))
    resources = claims.get("resource_access")
    if isinstance(resources, dict):
        for resource in list(resources.values())[:_MAX_NAMES]:
            if isinstance(resource, dict):
                found.extend(_texts(resource.get("roles")))
    return tuple(dict.fromkeys(found))[:_MAX_NAMES]


def odd_claims(claims: Mapping[str, Any], at: int, length: int) -> list[Defect]:
    """Defects of registered claims whose type or unit is not what RFC 7519 says.

    Args:
        claims: The claims.
        at: Where their part begins in the token.
        length: How many characters it covers.
    """

    def defect(name: str, cause: str, says: str) -> Defect:
        return Defect(name, cause, at, length, says)

    found = []
    for name in _DATES:
        if name in claims:
            problem = _odd_date(claims[name])
            if problem is not None:
                kind, says = problem
                cause = "token-not-yet-valid" if kind == "milliseconds" and name != "exp" else "token-malformed"
                found.append(defect(f"{name}-{kind}", cause, f"The claim {name} {says}"))
    audience = claims.get("aud", "")
    if not isinstance(audience, str) and not (isinstance(audience, list) and all(isinstance(a, str) for a in audience)):
        found.append(defect("aud-type", "audience-mismatch", "The claim aud is neither a text nor a list of texts."))
    if not isinstance(claims.get("iss", ""), str):
        found.append(defect("iss-type", "issuer-mismatch", "The claim iss is not a text."))
    if not isinstance(claims.get("sub", ""), str):
        found.append(defect("sub-type", "token-malformed", "The claim sub is not a text; some servers refuse that."))
    return found


def _odd_date(value: Any) -> tuple[str, str] | None:
    if isinstance(value, str):
        return "type", "is a text; it must be a number of seconds."
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "type", "is not a number; it must be a number of seconds."
    seconds = numeric_date(value)
    if seconds is None:
        return "type", "is not a time that any clock could reach."
    if abs(value) >= _UNITS[-1][0]:
        return "milliseconds", "is not in seconds: by its size it counts milliseconds or less."
    if seconds != math.floor(seconds):
        return "fraction", "has a fraction of a second: RFC 7519 allows that, and some servers refuse it."
    return None


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list):
        return tuple(text for text in value[:_MAX_NAMES] if isinstance(text, str) and text)
    return ()
