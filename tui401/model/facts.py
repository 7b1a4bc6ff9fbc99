"""What judgement reads: derived from evidence once, by ``tui401.judge.facts``, and free of secrets.

Causes read facts, never evidence, so a redacted report judged again gives the same diagnosis. A field that is None
or empty is not known; it never means "no" unless its text says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from tui401.model.shown import (
    AnswerSeen,
    ClockSeen,
    CredentialChange,
    CredentialSeen,
    GrantSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeysSeen,
    KnownSeen,
    MachineSeen,
    Note,
    RequestShown,
    ResourceMetadataSeen,
    ResponseShown,
    Shown,
    TokenEndpointSeen,
    TokenShown,
)
from tui401.model.verdict import Strength
from tui401.model.words import Challenge


class Now(Shown, frozen=True, kw_only=True):
    """The trusted time of the attempt: seconds since the epoch, either way by ``uncertainty``, and by whom."""

    at: float
    uncertainty: float
    source: str  # ``ntp``, ``api``, ``issuer``, ``local``, ``recording``


PLAIN_WORDS: Final = "plain words"
"""What ``Said.dialect`` calls the reading of a sentence by its thing and state; it makes nothing certain by itself."""


class Said(Shown, frozen=True, kw_only=True):
    """A server's or issuer's own words, read by a dialect.

    Attributes:
        cause: The slug that the words mean.
        strength: CONFIRMED for an unambiguous statement of a known server, LIKELY for a generic phrase, POSSIBLE
            for less.
        quote: The words, redacted and bounded.
        where: ``challenge``, ``body``, ``header``, ``status``, ``grant``.
        dialect: Which dialect read them.
        by: ``api`` or ``issuer``.
        fact: The name that verdicts cite.
    """

    cause: str
    strength: Strength
    quote: str
    where: str
    dialect: str
    by: str = "api"
    fact: str = "said"


class Aspect(StrEnum):
    """What an API can expect of a credential."""

    ISSUER = "issuer"
    AUDIENCE = "audience"
    SCOPE = "scope"
    ROLE = "role"  # a role, group or permission of the caller's, one of which is needed
    SCHEME = "scheme"
    ALGORITHM = "algorithm"
    KIND = "kind"  # access token, ID token …
    PLACE = "place"  # which header or parameter


class Expected(Shown, frozen=True, kw_only=True):
    """A value that somebody says the API expects.

    Attributes:
        aspect: Of what.
        values: The values; for scopes all of them are needed, for the rest one of them.
        by: Who said so, for a person: "the API's challenge", "the API's metadata", "your profile prod".
        source: ``challenge``, ``body``, ``metadata``, ``openapi``, ``profile``, ``option``, ``origin``.
        strength: CONFIRMED from the API's own words about this refusal, LIKELY from documents and profiles.
    """

    aspect: Aspect
    values: tuple[str, ...]
    by: str
    source: str
    strength: Strength


class WhoAnswered(Shown, frozen=True, kw_only=True):
    """Who wrote the refusal: ``application``, ``framework``, ``gateway``, ``edge``, ``proxy`` or ``unknown``."""

    kind: str = "unknown"
    name: str = ""
    reasons: tuple[str, ...] = ()


class Contrast(StrEnum):
    """What the answers to original, anonymous and garbage say together (judging.md, table of signatures)."""

    UNKNOWN = "unknown"  # not all three are there
    ALL_ALIKE = "all-alike"  # O = A = G: one refusal for all
    READ_AND_REFUSED = "read-and-refused"  # O = G ≠ A
    NOT_READ = "not-read"  # O = A ≠ G
    RECOGNISED = "recognised"  # O ≠ A and O ≠ G
    PUBLIC = "public"  # A is 2xx: the credential itself triggers the refusal


class Flip(Shown, frozen=True, kw_only=True):
    """A variant that was accepted; ``proved`` when the original was refused again straight after."""

    label: str
    varied: str
    proved: bool
    substitute: bool = False


class Facts(Shown, frozen=True, kw_only=True):
    """Everything that causes may read, of one attempt.

    Attributes:
        attempt: Which one.
        now: The trusted time, with its uncertainty.
        local_now: The same moment by this machine's clock.
        clocks: All readings.
        machine: This machine's time keeping.
        request: The request as sent on the hop that was refused.
        response: The final response, None when none came.
        hops: How many hops the answer took; ``answer`` holds them.
        refused: The answer is a refusal (401, 403, 407, or what a dialect knows to be one).
        meant: The status that the answer means: 401 or 403 where it says so in another way, else its own; 0 for none.
        challenges: Of the final response, parsed.
        credentials: What the request carries, the one that counts first.
        credential: That one, or None when the request carries none.
        token: It taken apart, None where it is no token.
        sanitised: A recording that leaves credentials out: their absence is unknown.
        recorded: Not sent by us.
        said: All words that dialects read, strongest first.
        expected: All expectations, strongest first.
        who: Who answered.
        contrast: What the answers to original, anonymous and garbage say together.
        answers: All answers of this attempt by label.
        flips: Variants that were accepted.
        keys: The signature against each issuer's keys that were fetched.
        issuers: Metadata of issuers that were asked.
        resource: The protected resource's metadata.
        known: What the person or profile knows.
        grants: Requests to token endpoints.
        introspections: Answers of introspection endpoints.
        token_endpoints: Token endpoints that were asked without a credential, to see whether they are up.
        notes: What was noticed at intake.
        changes: The latest lines of the change log that concern the case, newest first.
        leeway: Seconds of leeway that servers usually grant.
    """

    attempt: int
    now: Now
    local_now: float
    request: RequestShown
    clocks: tuple[ClockSeen, ...] = ()
    machine: MachineSeen | None = None
    answer: AnswerSeen | None = None
    response: ResponseShown | None = None
    refused: bool = False
    meant: int = 0
    challenges: tuple[Challenge, ...] = ()
    credentials: tuple[CredentialSeen, ...] = ()
    credential: CredentialSeen | None = None
    token: TokenShown | None = None
    sanitised: bool = False
    recorded: bool = False
    said: tuple[Said, ...] = ()
    expected: tuple[Expected, ...] = ()
    who: WhoAnswered = WhoAnswered()
    contrast: Contrast = Contrast.UNKNOWN
    answers: tuple[AnswerSeen, ...] = ()
    flips: tuple[Flip, ...] = ()
    keys: tuple[KeysSeen, ...] = ()
    issuers: tuple[IssuerMetadataSeen, ...] = ()
    resource: ResourceMetadataSeen | None = None
    known: KnownSeen | None = None
    grants: tuple[GrantSeen, ...] = ()
    introspections: tuple[IntrospectionSeen, ...] = ()
    token_endpoints: tuple[TokenEndpointSeen, ...] = ()
    notes: tuple[Note, ...] = ()
    changes: tuple[CredentialChange, ...] = ()
    leeway: float = 60.0

    def clock(self, who: str) -> ClockSeen | None:
        """The reading of that clock that has an offset, or None."""
        return next((c for c in self.clocks if c.who == who and c.offset is not None), None)

    def expects(self, aspect: Aspect) -> tuple[Expected, ...]:
        """All expectations of that aspect, strongest first."""
        return tuple(e for e in self.expected if e.aspect is aspect)

    def says(self, cause: str) -> Said | None:
        """The strongest words that mean this cause, or None."""
        return max((s for s in self.said if s.cause == cause), key=lambda s: s.strength, default=None)

    def answered(self, label: str) -> AnswerSeen | None:
        """The answer of that label, or None."""
        return next((a for a in self.answers if a.label == label), None)

    def flip(self, label: str) -> Flip | None:
        """The flip of that label, or None."""
        return next((f for f in self.flips if f.label == label), None)
