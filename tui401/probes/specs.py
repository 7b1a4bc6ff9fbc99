"""What each probe declares: its cost, the consent it takes, what it separates. Imports nothing heavy."""

from __future__ import annotations

from typing import Final

from tui401.model.probe import ProbeSpec, Touches
from tui401.probes import applies

_REFUSED_TOKENS: Final = frozenset(
    {
        *("token-unrecognised", "token-revoked", "api-key-invalid", "basic-credentials-invalid"),
        *("audience-mismatch", "scope-insufficient", "permission-denied", "header-dropped"),
    }
)

ANONYMOUS: Final = ProbeSpec(
    name="anonymous",
    title="the same request without any credential",
    why="tells whether the API reads the credential at all",
    touches=Touches.API,
    sends=1,
    separates=_REFUSED_TOKENS | {"header-missing", "gateway-rejected", "server-misconfigured", "endpoint-wrong"},
    applies=applies.has_credential,
)
GARBAGE: Final = ProbeSpec(
    name="garbage",
    title="the same request with a well-formed, worthless credential",
    why="tells whether the API knows this credential better than an invented one",
    touches=Touches.API,
    sends=1,
    separates=_REFUSED_TOKENS
    | {"token-expired", "token-signature-invalid", "signing-key-unknown", "issuer-mismatch", "token-type-wrong"},
    applies=applies.garbage_can_help,
)
GARBAGE_USER: Final = ProbeSpec(
    name="garbage-user",
    title="the same request with an invented user and password",
    why="tells whether the API knows this user better than an invented one",
    touches=Touches.API,
    sends=1,
    consent=True,
    separates=frozenset({"basic-credentials-invalid", "permission-denied", "account-disabled"}),
    applies=applies.garbage_user_can_help,
)
CANONICAL: Final = ProbeSpec(
    name="canonical",
    title="the same credential, written exactly right",
    why="tells whether the way it is written is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"header-malformed", "scheme-wrong", "api-key-invalid", "token-unrecognised"}),
    applies=applies.canonical_can_help,
)
REPAIRED: Final = ProbeSpec(
    name="repaired",
    title="the same credential with the damage inside it undone",
    why="tells whether only that damage is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"token-malformed", "basic-malformed"}),
    applies=applies.repaired_can_help,
)
ADD_SCHEME: Final = ProbeSpec(
    name="add-scheme",
    title="the same credential with a scheme before it",
    why="tells whether only the scheme is missing",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"scheme-missing", "header-malformed", "token-unrecognised", "header-missing"}),
    applies=applies.add_scheme_can_help,
)
USE_SCHEME: Final = ProbeSpec(
    name="use-scheme",
    title="the same credential under the scheme that the API names",
    why="tells whether only the scheme is wrong",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"scheme-wrong", "header-malformed", "token-unrecognised", "header-missing"}),
    applies=applies.use_scheme_can_help,
)
PLACEMENT: Final = ProbeSpec(
    name="placement",
    title="the same credential in the header that the API names",
    why="tells whether only the place is wrong",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"credential-misplaced", "api-key-invalid", "api-key-missing", "token-unrecognised"}),
    applies=applies.placement_can_help,
)
BARE: Final = ProbeSpec(
    name="bare",
    title="the barest request: method, address and this credential alone",
    why="tells whether another header or a cookie is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset(
        {"header-duplicated", "session-expired", "csrf-token-missing", "gateway-rejected", "permission-denied"}
    ),
    applies=applies.bare_can_help,
)
ONCE: Final = ProbeSpec(
    name="once",
    title="the same request with one of its credentials alone",
    why="tells whether a second credential is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"header-duplicated", "credential-overridden", "token-unrecognised", "api-key-invalid"}),
    applies=applies.once_can_help,
)
INVENTED_PATH: Final = ProbeSpec(
    name="invented-path",
    title="a path of the same origin that cannot exist, with the same credential",
    why="tells whether the credential is refused at this address alone",
    touches=Touches.API,
    sends=2,
    separates=frozenset(
        {"endpoint-wrong", "permission-denied", "gateway-rejected", "server-misconfigured", "token-unrecognised"}
    ),
    applies=applies.invented_path_can_help,
)
DIRECT: Final = ProbeSpec(
    name="direct",
    title="the same request without the forward proxy",
    why="tells whether the proxy is at fault",
    touches=Touches.API,
    sends=2,
    consent=True,
    separates=frozenset({"header-dropped", "gateway-rejected", "proxy-authentication-required"}),
    applies=applies.direct_can_help,
)
NAMED: Final = ProbeSpec(
    name="named",
    title="the same request with the credential that the command names",
    why="tells whether the source that replaced it is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"credential-overridden", "basic-credentials-invalid", "scheme-wrong", "token-unrecognised"}),
    applies=applies.named_can_help,
)
READ: Final = ProbeSpec(
    name="read",
    title="the same address by GET, with the same session",
    why="tells whether the session itself is accepted",
    touches=Touches.API,
    sends=1,
    separates=frozenset({"csrf-token-missing", "session-expired"}),
    applies=applies.read_can_help,
)
AGAIN: Final = ProbeSpec(
    name="original-again",
    title="the same request once more",
    why="tells whether the API refuses it every time",
    touches=Touches.API,
    sends=1,
    applies=applies.again_can_help,
)
FINAL_ADDRESS: Final = ProbeSpec(
    name="final-address",
    title="the request straight to where the redirect led, with its credential",
    why="tells whether only the redirect dropped the credential",
    touches=Touches.API,
    sends=2,
    consent=True,
    separates=frozenset({"header-stripped-on-redirect", "header-missing"}),
    applies=applies.final_address_can_help,
)
CLOCK: Final = ProbeSpec(
    name="clock",
    title="this machine's clock against time servers",
    why="tells whose clock is wrong, and by how much",
    touches=Touches.CLOCK,
    separates=frozenset({"clock-skew-client", "clock-skew-server", "token-expired", "token-not-yet-valid"}),
    limit=3.0,
)
MACHINE: Final = ProbeSpec(
    name="machine",
    title="how this machine keeps its time",
    why="tells what mends the clock here",
    touches=Touches.MACHINE,
    limit=5.0,
)
DISCOVERY: Final = ProbeSpec(
    name="discovery",
    title="the authorization server's metadata",
    why="tells whether the issuer is up, and what it calls itself",
    touches=Touches.ISSUER,
    separates=frozenset({"issuer-unavailable", "issuer-mismatch"}),
    limit=10.0,
    applies=applies.issuer_is_named,
)
TOKEN_ENDPOINT: Final = ProbeSpec(
    name="token-endpoint",
    title="the issuer's token endpoint, without a credential",
    why="tells whether tokens can be had at all",
    touches=Touches.ISSUER,
    separates=frozenset({"issuer-unavailable"}),
    limit=10.0,
    applies=applies.issuer_is_confirmed,
)
RESOURCE: Final = ProbeSpec(
    name="resource-metadata",
    title="the API's own metadata",
    why="tells which issuer, audience and scopes the API expects",
    touches=Touches.API,
    separates=frozenset({"audience-mismatch", "issuer-mismatch"}),
    limit=8.0,
    applies=applies.speaks_oauth,
)
KEYS: Final = ProbeSpec(
    name="keys",
    title="the issuer's keys, and the token's signature against them",
    why="tells whether the token was signed by this issuer and not changed since",
    touches=Touches.ISSUER,
    separates=frozenset({"token-signature-invalid", "signing-key-unknown", "keys-stale-at-server"}),
    limit=10.0,
    applies=applies.token_can_be_verified,
)
