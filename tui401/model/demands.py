"""What an API demands of a token beyond its audience and scopes, and how a person is told to sign in elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from tui401.model.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What another token has to satisfy.

    Attributes:
        bound: It is bound to a key that every request proves (DPoP, RFC 9449).
        acr_values: Authentication context classes, the preferred one first (RFC 9470, section 3).
        max_age: Seconds since the person signed in, at most; None for any age.
    """

    bound: bool = False
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def of_a_person(self) -> bool:
        """Whether only a person who signs in can satisfy them."""
        return bool(self.acr_values) or self.max_age is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A sign-in that happens outside this program, while it waits.

    Attributes:
        issuer: Whose pages they are.
        address: What to open in a browser; it holds ``state`` and nothing that is a secret by itself.
        code: What to type there (RFC 8628, section 3.3); "" where the browser comes back by itself.
        until: When it ends by itself, seconds since the epoch by this machine's clock.
        opened: A browser on this machine is to be opened at once.
    """

    issuer: str
    address: Secret[str]
    code: str = ""
    until: float = 0.0
    opened: bool = False
