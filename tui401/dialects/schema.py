"""What a dialect file may hold. A file that holds anything else is refused with a sentence."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Where = Literal["challenge", "body", "header", "grant"]
Kind = Literal["application", "framework", "gateway", "edge", "proxy", "issuer", ""]
Weight = Literal["confirmed", "likely", "possible"]

MARKS: Final = frozenset(
    {
        *("none", "credential", "bearer", "basic", "digest", "dpop", "api-key", "cookie", "signature", "negotiate"),
        *("raw", "other", "jwt", "jwe", "broken-jwt", "opaque", "empty", "placeholder", "token-endpoint"),
        *("in-authorization", "in-header", "in-query", "in-cookie", "in-body", "in-path", "password-grant", "sign-in"),
        *("key", "own-token-header", "perhaps", "password", "authorize"),
    }
)
"""What ``Says.when`` and ``Says.unless`` may name."""
MARK_BEGINS: Final = ("grant-", "method-", "asks-")
"""How the marks begin that carry a name: ``grant-refresh_token``, ``method-post``, ``asks-digest``."""


class Recognise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to know the server: every pattern given here must match.

    Attributes:
        host: On ``host`` or ``host:port`` of the request, lower case.
        path: On the path and query of the request.
        header: On the response's header lines, ``name: value``, a line each, names in lower case.
        challenge: On the values of WWW-Authenticate and Proxy-Authenticate, a line each.
        body: On the body's text, see ``tui401.judge.texts``.
        certificate: On the issuer of the server's certificate, as text.
        status: Status codes, any when empty.
    """

    host: str = ""
    path: str = ""
    header: str = ""
    challenge: str = ""
    body: str = ""
    certificate: str = ""
    status: tuple[int, ...] = ()


PLACES: Final = ("host", "path", "header", "challenge", "body", "certificate")
"""Where a server can be recognised."""


class Says(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words and what they mean.

    Attributes:
        where: The places that ``match`` is looked for in.
        match: A pattern of RE2, letter case ignored.
        cause: A slug; "" for words that mean nothing at this server, so that the generic reading is not applied.
        strength: ``confirmed`` for what can mean one thing only at this server, else ``likely`` or ``possible``.
        status: Status codes that it holds for, any when empty.
        when: Marks that the request must have; ``unless`` marks that it must not have: ``credential``, ``none``
            (certainly no credential), a family (``bearer``, ``basic``, ``api-key`` …), a shape (``jwt``, ``opaque`` …),
            a place (``in-query`` …), ``signature`` (the request is signed, in whatever header), ``sign-in`` (it asks to
            sign in with a password), ``own-token-header`` and ``key`` (a header of its own that is named for a token,
            or not), ``perhaps`` (nothing in it is known for a credential, something may be one), ``password`` (a field
            of it is named for a password), ``authorize`` (it asks an authorization endpoint for scopes),
            ``token-endpoint``, ``grant-`` and the grant, ``password-grant``, ``asks-`` and a scheme that a challenge of
            the answer names, in lower case.
        source: A public address that says so; "" where the dialect's own sources do.
        alone: The words are the server's own mark, so the dialect needs no other recognition for this entry.
        vague: The words go with many causes: the reading falls to ``possible`` where others name a cause exactly.
    """

    where: tuple[Where, ...]
    match: str
    cause: str
    strength: Weight = "likely"
    status: tuple[int, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    source: str = ""
    alone: bool = False
    vague: bool = False


class Expects(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words that name what the API expects; the pattern's group ``value`` is what.

    Attributes:
        aspect: Of what.
        separators: Characters that stand between several values; "" for one value only.
        by: Who says so, for a person.
        every: Every match counts, not the first alone: a list in JSON has a line for each.
    """

    aspect: Literal["issuer", "audience", "scope", "role", "scheme", "algorithm", "kind", "place"]
    where: tuple[Where, ...]
    match: str
    separators: str = ""
    by: str = "the API's own words"
    strength: Weight = "confirmed"
    source: str = ""
    alone: bool = False
    every: bool = False


class KeyPrefix(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a credential's documented prefix tells.

    Attributes:
        prefix: The first characters of the credential.
        title: What it is, for a person: "a Stripe secret key of test mode".
        kind: ``api-key``, ``access-token``, ``id-token``, ``refresh-token``, ``client-secret``, ``password`` …
        environment: ``live``, ``test``, "" when it tells none.
        hosts: A pattern for hosts that it belongs to; "" for any.
    """

    prefix: str
    title: str
    kind: str = "api-key"
    environment: str = ""
    hosts: str = ""
    source: str = ""


class Dialect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one server, gateway, framework or vendor speaks.

    Attributes:
        name: Its slug, equal to the file's name.
        title: Its name for a person.
        kind: Who speaks; "" for what is said at many places.
        sources: Public addresses for everything here that names none of its own.
        recognise: Ways to know it; with none, only entries that are ``alone`` apply.
        generic: It reads servers that nobody described, and gives way to every other dialect.
        says: Words and their meaning.
        hedges: Patterns of generic wording that names several causes at once; readings beside one are ``possible``.
        expects: Words that name what is expected.
        keys: Documented prefixes of credentials.
        passed: On the header lines: shows that it handed the request on, so that the answer is from behind it.
        misleads: Sentences: how its words mislead.
        status_page: Where outages are told.
        token_page: Where its credentials are made.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    kind: Kind = ""
    recognise: tuple[Recognise, ...] = ()
    generic: bool = False
    says: tuple[Says, ...] = ()
    hedges: tuple[str, ...] = ()
    expects: tuple[Expects, ...] = ()
    keys: tuple[KeyPrefix, ...] = ()
    passed: str = ""
    misleads: tuple[str, ...] = ()
    status_page: str = ""
    token_page: str = ""
