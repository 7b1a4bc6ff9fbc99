"""What is wished of an environment's credentials; breaking a wish is advice, never a refusal."""

from __future__ import annotations

from tui401.model.shown_base import Shown


class Policy(Shown, frozen=True, kw_only=True):
    """A profile's wishes.

    Attributes:
        longest_lifetime: Seconds that a token should live at most; 0 for no wish.
        rotation_age: Seconds after which a credential should be replaced; 0 for no wish.
        least_scopes: The smallest scopes that work, by endpoint; () where nobody has found them.
    """

    longest_lifetime: float = 0.0
    rotation_age: float = 0.0
    least_scopes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def enough(self) -> tuple[str, ...]:
        """All scopes that any of the endpoints needs, each once."""
        return tuple(dict.fromkeys(scope for _, scopes in self.least_scopes for scope in scopes))
