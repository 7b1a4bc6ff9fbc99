"""What may be seen: evidence and everything that it is made of. Redaction makes these; nothing else does.

Every type here encodes to JSON and back; ``Secret`` and the live types of ``tui401.model.http`` do not, so a raw
secret cannot reach a file, a report or a screen by way of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NewType

import msgspec

from tui401.model.words import Defect, Shape

Redacted = NewType("Redacted", str)
"""Text that redaction has passed. Secrets in it stand as ``‹secret-1›``."""


class Shown(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """The root of all types that may be shown, saved and read back."""


class HeaderShown(Shown, frozen=True, kw_only=True):
    """A header line after redaction."""

    name: str
    value: Redacted


class RequestShown(Shown, frozen=True, kw_only=True):
    """A request after redaction.

    Attributes:
        url: The whole address.
        body: Its text, bounded, or a phrase on its size where it is no text; "" for none.
    """

    method: str
    url: Redacted
    headers: tuple[HeaderShown, ...] = ()
    body: Redacted = Redacted("")

    def values(self, name: str) -> tuple[Redacted, ...]:
        """The values of all headers of that name."""
        return tuple(h.value for h in self.headers if h.name.lower() == name.lower())


class ResponseShown(Shown, frozen=True, kw_only=True):
    """A response after redaction. ``signature`` is equal for two answers that say the same (judging.md)."""

    status: int
    headers: tuple[HeaderShown, ...] = ()
    body: Redacted = Redacted("")
    media_type: str = ""
    truncated: bool = False
    signature: str = ""

    def values(self, name: str) -> tuple[Redacted, ...]:
        """The values of all headers of that name."""
        return tuple(h.value for h in self.headers if h.name.lower() == name.lower())


class HopShown(Shown, frozen=True, kw_only=True):
    """One hop after redaction; times as in ``Hop``. ``credential_sent``: whether any credential went along."""

    request: RequestShown
    response: ResponseShown | None = None
    started_at: float = 0.0
    elapsed: float = 0.0
    credential_sent: bool = False
    certificate_issuer: str = ""
    certificate_not_after: float | None = None
    withheld: tuple[str, ...] = ()


class FailureShown(Shown, frozen=True, kw_only=True):
    """Why no answer came: a ``FailureKind`` and a sentence."""

    kind: str
    says: Redacted
    proxy_status: int | None = None


class Place(StrEnum):
    """Where a credential stands in a request."""

    AUTHORIZATION = "authorization"  # the Authorization header
    PROXY = "proxy"  # the Proxy-Authorization header
    HEADER = "header"  # another header
    QUERY = "query"
    COOKIE = "cookie"
    BODY = "body"
    PATH = "path"
    CERTIFICATE = "certificate"
    NONE = "none"


class TokenShown(Shown, frozen=True, kw_only=True):
    """A token taken apart (``TokenParts``), its claims bounded and free of secrets."""

    shape: Shape
    header: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    defects: tuple[Defect, ...] = ()
    length: int = 0
    signature_bytes: int | None = None


class CredentialSeen(Shown, frozen=True, kw_only=True):
    """One credential that a request carries.

    Attributes:
        name: Its name in reports, ``secret-1``; "" where no value was sent.
        hint: Its last four characters where it is long enough to spare them.
        place: Where it stands; ``place_name`` is the header's, parameter's or cookie's name.
        scheme: The scheme as spelled; "" where there is none.
        family: ``bearer``, ``basic``, ``digest``, ``dpop``, ``api-key``, ``cookie``, ``signature``, ``negotiate``,
            ``raw`` (an Authorization value without a scheme) or ``other``, by place and scheme.
        prefix: A vendor's public key prefix, at most seven characters.
        user: The user name of Basic.
        defects: What is wrong with the value as a whole; offsets count in the header's value.
        masked: The header's value with all but structure masked, of equal length, so that defects can be marked.
        canonical_differs: Whether the same credential could be written more exactly.
        token: The token taken apart, where it can be one.
        came_from: Its provenance for a person: ``command (-H)``.
        origin: Its provenance's kind, a value of ``From``.
    """

    name: str
    place: Place
    place_name: str = ""
    hint: str = ""
    scheme: str = ""
    family: str = "other"
    prefix: str = ""
    user: Redacted = Redacted("")
    defects: tuple[Defect, ...] = ()
    masked: str = ""
    canonical_differs: bool = False
    token: TokenShown | None = None
    came_from: str = ""
    origin: str = ""


class CredentialsSeen(Shown, frozen=True, kw_only=True):
    """All credentials of a request, the one that counts first."""

    credentials: tuple[CredentialSeen, ...]


class AnswerSeen(Shown, frozen=True, kw_only=True):
    """A send and what came: the original, or an experiment's variant.

    Attributes:
        label: ``original``, ``original-again``, ``anonymous``, ``garbage``, ``canonical``, ``bare``, ``fresh``, …
        varied: What differs from the original, for a person; "" for the original.
        hops: All hops, the last one being the answer.
        substitute: A safe method stood in for the original's: it never means that the original recovered.
    """

    label: str
    hops: tuple[HopShown, ...]
    varied: str = ""
    failure: FailureShown | None = None
    substitute: bool = False

    @property
    def response(self) -> ResponseShown | None:
        """The final response, or None when none came."""
        return self.hops[-1].response if self.hops and self.failure is None else None

    @property
    def status(self) -> int | None:
        """The final status, or None when no answer came."""
        response = self.response
        return response.status if response else None


class ClockSeen(Shown, frozen=True, kw_only=True):
    """One clock against this machine's.

    Attributes:
        who: ``ntp``, ``api`` or ``issuer``.
        source: The host that was asked.
        offset: Seconds that clock is ahead of this machine's; None when it did not answer.
        uncertainty: Seconds, either way.
        at: This machine's time of the reading, seconds since the epoch.
        cached: An Age header or a cache's mark says that the Date may be old.
        problem: A sentence when it did not answer.
    """

    who: str
    source: str
    offset: float | None = None
    uncertainty: float = 0.0
    at: float = 0.0
    cached: bool = False
    problem: str = ""


class MachineSeen(Shown, frozen=True, kw_only=True):
    """This machine's time keeping; None where it cannot be told."""

    synchronised: bool | None = None
    service: str = ""
    timezone: str = ""
    hardware_clock_local: bool | None = None
    command: str = ""  # what mends the clock on this system
    system: str = ""


class IssuerMetadataSeen(Shown, frozen=True, kw_only=True):
    """An authorization server's metadata (RFC 8414, OpenID Connect Discovery 1.0).

    Attributes:
        asked: The issuer that was asked for; ``named_by`` says who named it.
        url: The address that answered, or the last one tried.
        issuer: The metadata's own ``issuer``; it must equal ``asked`` (RFC 8414, section 3.3).
        confirmed: A person, a profile or an option vouches for it.
        latency: Seconds.
        problem: A sentence when there is none; ``failure`` its kind: ``unreachable``, ``timeout``, ``status``,
            ``not-metadata``, ``mismatch``, ``forbidden``.
    """

    asked: str
    named_by: str = ""
    url: str = ""
    issuer: str = ""
    token_endpoint: str = ""
    jwks_uri: str = ""
    introspection_endpoint: str = ""
    revocation_endpoint: str = ""
    authorization_endpoint: str = ""
    device_authorization_endpoint: str = ""
    grants: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    auth_methods: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    confirmed: bool = False
    latency: float = 0.0
    status: int | None = None
    problem: str = ""
    failure: str = ""


class ResourceMetadataSeen(Shown, frozen=True, kw_only=True):
    """A protected resource's metadata (RFC 9728). ``covers``: its ``resource`` covers the request's URL (3.3)."""

    url: str
    resource: str = ""
    authorization_servers: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    bearer_methods: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    covers: bool = False
    status: int | None = None
    problem: str = ""


class Verified(StrEnum):
    """What the published keys say of a token's signature."""

    GOOD = "good"
    BAD = "bad"  # the key of its kid is there and does not verify it
    NO_KEY = "no-key"  # its kid is not among the keys
    UNSUPPORTED = "unsupported"  # an algorithm that cannot be checked from outside
    UNCHECKED = "unchecked"


class KeysSeen(Shown, frozen=True, kw_only=True):
    """An issuer's keys (RFC 7517) and the token's signature against them. ``fresh``: fetched past caches."""

    issuer: str
    url: str
    kids: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    signature: Verified = Verified.UNCHECKED
    credential: str = ""  # the name of the token that was checked
    trusted: bool = False  # the issuer is the API's own, by its metadata, the person or a profile
    fresh: bool = True
    latency: float = 0.0
    problem: str = ""
    failure: str = ""


class KnownSeen(Shown, frozen=True, kw_only=True):
    """What the person or a profile knows; of secrets only whether they are there."""

    profile: str = ""
    issuer: str = ""
    client_id: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()
    has_client_secret: bool = False
    has_refresh_token: bool = False
    source: str = ""  # ``--issuer``, ``profile prod`` …


class GrantSeen(Shown, frozen=True, kw_only=True):
    """A request to a token endpoint and its answer (RFC 6749, sections 5.1 and 5.2)."""

    grant: str  # ``client_credentials``, ``refresh_token`` …
    endpoint: str
    ok: bool
    error: str = ""
    description: Redacted = Redacted("")
    status: int | None = None
    audience: str = ""
    asked_scopes: tuple[str, ...] = ()
    granted_scopes: tuple[str, ...] = ()
    credential: str = ""  # the new token's name
    token: TokenShown | None = None
    expires_in: float | None = None
    rotated: bool = False  # a successor of the refresh token came along
    problem: str = ""  # a sentence when no answer came
    latency: float = 0.0
    exchange: HopShown | None = None


class IntrospectionSeen(Shown, frozen=True, kw_only=True):
    """An introspection answer (RFC 7662, section 2.2). ``active`` None: no usable answer, see ``problem``."""

    endpoint: str
    credential: str
    active: bool | None = None
    claims: dict[str, Any] = {}
    status: int | None = None
    problem: str = ""


class Note(Shown, frozen=True, kw_only=True):
    """Something noticed while reading what the person gave: never a silent repair.

    Attributes:
        name: A stable name, for example ``smart-quotes`` or ``netrc-overrides``.
        says: A sentence.
        cause: The slug it speaks for, or "".
    """

    name: str
    says: Redacted
    cause: str = ""


class IntakeSeen(Shown, frozen=True, kw_only=True):
    """What was noticed at intake, and from where each part of the request came."""

    notes: tuple[Note, ...] = ()
    via: str = "curl"  # curl, paste, transcript, http, har
    recorded: bool = False  # the exchange happened before; nothing was sent by us
    sanitised: bool = False  # a recording that leaves credentials out


class PersonSaid(Shown, frozen=True, kw_only=True):
    """An answer to a question of ours, for example on what changed lately."""

    question: str
    answer: Redacted


class SchemeRequired(Shown, frozen=True, kw_only=True):
    """A security scheme that an operation wants (OpenAPI 3.1, Security Scheme Object).

    Attributes:
        name: What the document calls it.
        kind: ``http``, ``apiKey``, ``oauth2``, ``openIdConnect`` or ``mutualTLS``.
        scheme: The Authorization scheme, ``Bearer`` or ``Basic`` or another; "" for keys and certificates.
        place: Where the credential stands; ``place_name`` is the header's, parameter's or cookie's name.
        scopes: What the operation needs of it, all together; of ``oauth2`` and ``openIdConnect`` only.
        roles: Names of roles that it needs of another kind of scheme.
        flows: Grants of ``oauth2`` as the document calls them, for example ``clientCredentials``.
        token_url: Its token endpoint; shown, and never asked without a yes.
        openid_url: Where ``openIdConnect`` is described.
    """

    name: str
    kind: str
    scheme: str = ""
    place: Place = Place.NONE
    place_name: str = ""
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    token_url: str = ""
    openid_url: str = ""


class RequirementsSeen(Shown, frozen=True, kw_only=True):
    """What a description of the API says that the operation requires (OpenAPI 3.1, Security Requirement Object).

    Attributes:
        source: The description's title and version.
        operation: The operation that matches the request: ``GET /v1/orders/{id}``.
        alternatives: Ways in, each of which is enough; the schemes of one are needed together. A way without any
            scheme is the request without a credential.
        other_server: The description names other servers than the one that was asked.
        problem: A sentence when it does not say, or part of it could not be read.
    """

    source: str = ""
    operation: str = ""
    alternatives: tuple[tuple[SchemeRequired, ...], ...] = ()
    other_server: bool = False
    problem: str = ""

    @property
    def anonymous(self) -> bool:
        """Whether it lets the request in without any credential."""
        return () in self.alternatives

    @property
    def schemes(self) -> tuple[str, ...]:
        """The Authorization schemes that it takes, each once."""
        return tuple(dict.fromkeys(s.scheme for way in self.alternatives for s in way if s.scheme))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that every way with scopes needs; those that only one of several ways needs are left out."""
        needed = [[scope for s in way for scope in s.scopes] for way in self.alternatives if any(s.scopes for s in way)]
        return (
            tuple(dict.fromkeys(scope for scope in needed[0] if all(scope in way for way in needed))) if needed else ()
        )

    @property
    def keys(self) -> tuple[tuple[Place, str], ...]:
        """The places of API keys, each once: the kind of place and the header's, parameter's or cookie's name."""
        return tuple(dict.fromkeys((s.place, s.place_name) for w in self.alternatives for s in w if s.kind == "apiKey"))


Content = (
    AnswerSeen
    | ClockSeen
    | CredentialsSeen
    | GrantSeen
    | IntakeSeen
    | IntrospectionSeen
    | IssuerMetadataSeen
    | KeysSeen
    | KnownSeen
    | MachineSeen
    | PersonSaid
    | RequirementsSeen
    | ResourceMetadataSeen
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
        case PersonSaid(question=question):
            return f"person/{question}"
