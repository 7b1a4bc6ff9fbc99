"""What the parsers of untrusted text give back: small values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge of a WWW-Authenticate or Proxy-Authenticate field (RFC 9110, section 11.6.1).

    Attributes:
        scheme: The scheme as it was spelled; compare it without regard to case.
        token68: The token68, for schemes that carry one in place of parameters.
        params: Name and value pairs in order, names as spelled, values unquoted; a name may come twice.
    """

    scheme: str
    token68: str | None = None
    params: tuple[tuple[str, str], ...] = ()

    def param(self, name: str) -> str | None:
        """The first parameter of that name, without regard to case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.params if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a text, and where.

    Attributes:
        name: A stable name of the defect, for example ``two-spaces`` or ``quoted``.
        cause: The slug of the cause that it speaks for.
        at: Offset of its first character in the text that was parsed, in characters.
        length: How many characters it covers; 0 for something that is missing there.
        says: One sentence for a person, without the text itself.
    """

    name: str
    cause: str
    at: int
    length: int
    says: str


class Shape(StrEnum):
    """What a credential looks like from outside."""

    JWT = "jwt"  # three parts, a decodable header and claims (RFC 7519)
    JWE = "jwe"  # five parts, encrypted (RFC 7516): claims are not to be read
    BROKEN_JWT = "broken-jwt"  # begins like a JWT, and a part is missing or damaged
    OPAQUE = "opaque"  # only its issuer can read it
    EMPTY = "empty"
    PLACEHOLDER = "placeholder"  # $TOKEN, {{token}}, <token>, undefined …


@dataclass(frozen=True, slots=True)
class TokenParts:
    """A token taken apart, never trusted. Holds no signature and not the token's own text.

    Attributes:
        shape: What it looks like.
        header: The JOSE header as decoded, {} when there is none.
        claims: The claims as decoded, {} when there are none or they are encrypted.
        defects: What is wrong with it; offsets count in the token's text.
        length: Characters of the token.
        signature_bytes: Length of the decoded signature in bytes; None when there is none to decode.
    """

    shape: Shape
    header: dict[str, Any]
    claims: dict[str, Any]
    defects: tuple[Defect, ...] = ()
    length: int = 0
    signature_bytes: int | None = None
