"""What was learned of a request's surroundings: clocks, issuers, keys, grants, documents, the person's own words."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from tui401.model.policy import Policy
from tui401.model.shown_base import HopShown, Place, Redacted, Shown, TokenShown

OWN_ADDRESS: Final = "the API's own address"
"""Who names an issuer that nobody named: it was looked for at the API's origin, and found there."""


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
        code_challenges: How a code may be bound to who asked for it (RFC 7636): ``S256``, ``plain``; () says nothing.
        auth_algorithms: Algorithms that a client's assertion may be signed with (RFC 8414, section 2).
        dpop_algorithms: Algorithms of DPoP proofs that it takes (RFC 9449, section 5.1); () says that it takes none.
        acr_values: Authentication context classes that it knows.
        names_itself: It puts its own name, ``iss``, beside a code (RFC 9207).
        confirmed: A person, a profile or an option vouches for it.
        latency: Seconds.
        certificate_not_after: When its certificate ends, seconds since the epoch; None over http or where not known.
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
    code_challenges: tuple[str, ...] = ()
    auth_algorithms: tuple[str, ...] = ()
    dpop_algorithms: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    names_itself: bool = False
    confirmed: bool = False
    latency: float = 0.0
    certificate_not_after: float | None = None
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
    certificate_not_after: float | None = None
    problem: str = ""
    failure: str = ""


class KeptSeen(Shown, frozen=True, kw_only=True):
    """A name that the vault keeps a credential of this case under.

    Attributes:
        credential: The credential, by its name in the case.
        name: What it is kept as; ``profile`` whose, "" for nobody's.
        at: Since when, seconds since the epoch; 0 where that is not known.
    """

    credential: str
    name: str
    profile: str = ""
    at: float = 0.0


class KnownSeen(Shown, frozen=True, kw_only=True):
    """What the person or a profile knows; of secrets only whether they are there.

    Attributes:
        also_kept: The names in the vault that hold the very credential of the person's own request.
    """

    profile: str = ""
    issuer: str = ""
    client_id: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()
    has_client_secret: bool = False
    has_refresh_token: bool = False
    has_client_key: bool = False
    has_token_command: bool = False
    sign_in: str = ""
    source: str = ""  # ``--issuer``, ``profile prod`` …
    policy: Policy = Policy()
    also_kept: tuple[KeptSeen, ...] = ()


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
    token_type: str = ""  # as the issuer calls it: ``Bearer``, ``DPoP``
    problem: str = ""  # a sentence when there is no usable answer
    failure: str = ""  # where the issuer did not answer at all: ``unreachable``, ``timeout``; "" else
    latency: float = 0.0
    exchange: HopShown | None = None


class IntrospectionSeen(Shown, frozen=True, kw_only=True):
    """An introspection answer (RFC 7662, section 2.2).

    Attributes:
        active: None: no usable answer, see ``problem``.
        sibling: Whether the same issuer called another token active, one that it gave the same client a moment
            before; None where there was none to ask about. Many issuers call every token inactive to whoever may not
            ask, so only beside an active sibling "inactive" tells something of this token.
        error: The issuer's error code.
    """

    endpoint: str
    credential: str
    active: bool | None = None
    sibling: bool | None = None
    claims: dict[str, Any] = {}
    status: int | None = None
    error: str = ""
    problem: str = ""

    @property
    def client_refused(self) -> bool:
        """Whether whoever asked was refused, and not the token (section 2.3)."""
        return self.error == "invalid_client" or (self.status == 401 and not self.error)


class TokenEndpointSeen(Shown, frozen=True, kw_only=True):
    """The token endpoint, asked without any credential: any answer below 500 shows that it is up.

    Attributes:
        issuer: Whose.
        url: Its address.
        status: Its answer; None when none came.
        latency: Seconds.
        certificate_not_after: When its certificate ends, seconds since the epoch; None over http or where not known.
        failure: "" or why there is no usable answer: ``unreachable``, ``timeout``, ``status`` (5xx).
        problem: A sentence where there is a failure.
    """

    issuer: str
    url: str
    status: int | None = None
    latency: float = 0.0
    certificate_not_after: float | None = None
    failure: str = ""
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
