"""What a recovery learns beyond one request: the least scopes that work, and what changed about credentials lately."""

from __future__ import annotations

from tui401.model.shown_base import Redacted, Shown


class ScopesTried(Shown, frozen=True, kw_only=True):
    """One token of a search for the least scopes, and what the API said to it.

    Attributes:
        asked: The scopes that were asked for.
        granted: What the issuer gave; it may be less, silently (RFC 6749, section 3.3).
        status: The API's answer; None when none came or no token was given.
        error: The issuer's error code where it gave no token.
    """

    asked: tuple[str, ...]
    granted: tuple[str, ...] = ()
    status: int | None = None
    error: str = ""


class LeastScopesSeen(Shown, frozen=True, kw_only=True):
    """What a search for the least scopes found for one endpoint.

    Attributes:
        endpoint: The method and address that it holds for.
        smallest: A set that works and from which none can be taken away; () with ``settled`` when none is needed.
        culprits: Scopes that by themselves turn success into a refusal.
        tried: All tokens, in order.
        settled: The search came to its end; else ``problem`` says why not.
        problem: A sentence.
        profile: The profile that it was searched for; "" for none.
    """

    endpoint: Redacted
    smallest: tuple[str, ...] = ()
    culprits: tuple[str, ...] = ()
    tried: tuple[ScopesTried, ...] = ()
    settled: bool = False
    problem: str = ""
    profile: str = ""


class CredentialChange(Shown, frozen=True, kw_only=True):
    """One line of the change log of credentials; append-only, and never with a value.

    Attributes:
        at: Seconds since the epoch by this machine's clock.
        what: ``access-token``, ``refresh-token``, ``client-secret``, ``api-key``, ``password``, ``other``.
        profile: Whose; "" where no profile is.
        way: How: ``refresh``, ``client_credentials``, ``sign-in``, ``device``, ``command``, ``pasted``, ``stored``,
            ``deleted``, ``by hand``, ``noted``.
        note: What the person added: "rotated by ops".
    """

    at: float
    what: str
    profile: str = ""
    way: str = ""
    note: Redacted = Redacted("")


class ChangesSeen(Shown, frozen=True, kw_only=True):
    """The latest lines of the change log that concern this case, newest first."""

    changes: tuple[CredentialChange, ...] = ()
