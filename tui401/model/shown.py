"""What may be seen: evidence and everything that it is made of.

Every type here encodes to JSON and back; ``Secret`` and the live types of ``tui401.model.http`` do not, so a raw
secret cannot reach a file, a report or a screen by way of them.
"""

from __future__ import annotations

from tui401.model.later import ChangesSeen, CredentialChange, LeastScopesSeen, ScopesTried
from tui401.model.shown_base import (
    AnswerSeen,
    CredentialSeen,
    CredentialsSeen,
    FailureShown,
    HeaderShown,
    HopShown,
    Place,
    Redacted,
    RequestShown,
    ResponseShown,
    Shown,
    TokenShown,
    WayShown,
)
from tui401.model.surroundings import (
    OWN_ADDRESS,
    ClockSeen,
    GrantSeen,
    IntakeSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeptSeen,
    KeysSeen,
    KnownSeen,
    MachineSeen,
    Note,
    PersonSaid,
    RequirementsSeen,
    ResourceMetadataSeen,
    SchemeRequired,
    TokenEndpointSeen,
    Verified,
)

__all__ = [
    "OWN_ADDRESS",
    "AnswerSeen",
    "ChangesSeen",
    "ClockSeen",
    "Content",
    "CredentialChange",
    "CredentialSeen",
    "CredentialsSeen",
    "Evidence",
    "FailureShown",
    "GrantSeen",
    "HeaderShown",
    "HopShown",
    "IntakeSeen",
    "IntrospectionSeen",
    "IssuerMetadataSeen",
    "KeptSeen",
    "KeysSeen",
    "KnownSeen",
    "LeastScopesSeen",
    "MachineSeen",
    "Note",
    "PersonSaid",
    "Place",
    "Redacted",
    "RequestShown",
    "RequirementsSeen",
    "ResourceMetadataSeen",
    "ResponseShown",
    "SchemeRequired",
    "ScopesTried",
    "Shown",
    "TokenEndpointSeen",
    "TokenShown",
    "Verified",
    "WayShown",
    "kind_of",
]

Content = (
    AnswerSeen
    | ChangesSeen
    | ClockSeen
    | CredentialsSeen
    | GrantSeen
    | IntakeSeen
    | IntrospectionSeen
    | IssuerMetadataSeen
    | KeysSeen
    | KnownSeen
    | LeastScopesSeen
    | MachineSeen
    | PersonSaid
    | RequirementsSeen
    | ResourceMetadataSeen
    | TokenEndpointSeen
)


class Evidence(Shown, frozen=True, kw_only=True):
    """One observation: immutable, keyed by kind and subject; of two with one key the later counts.

    Attributes:
        kind: ``answer/original``, ``clock/ntp``, ``metadata/issuer``, ``keys``, ``credential`` … see ``kind_of``.
        subject: What it is about: ``attempt:1``, ``credential:secret-1``, ``issuer:https://…``, ``api:https://…``,
            ``machine``, ``case``.
        content: The observation.
        at: Seconds since the epoch by this machine's clock.
        by: The probe or reader that brought it, for a person.
    """

    kind: str
    subject: str
    content: Content
    at: float
    by: str

    @property
    def key(self) -> tuple[str, str]:
        """What it replaces an older observation by."""
        return (self.kind, self.subject)


def kind_of(content: Content) -> str:
    """The evidence kind of a content: the answers by their label, the clocks by whose they are."""
    match content:
        case AnswerSeen(label=label):
            return f"answer/{label}"
        case ClockSeen(who=who):
            return f"clock/{who}"
        case GrantSeen(grant=grant):
            return f"grant/{grant}"
        case ChangesSeen():
            return "changes"
        case LeastScopesSeen():
            return "least-scopes"
        case CredentialsSeen():
            return "credentials"
        case IntakeSeen():
            return "intake"
        case IntrospectionSeen():
            return "introspection"
        case IssuerMetadataSeen():
            return "metadata/issuer"
        case ResourceMetadataSeen():
            return "metadata/resource"
        case KeysSeen():
            return "keys"
        case KnownSeen():
            return "known"
        case MachineSeen():
            return "machine"
        case RequirementsSeen():
            return "requirements"
        case TokenEndpointSeen():
            return "token-endpoint"
        case PersonSaid(question=question):
            return f"person/{question}"
