"""Fixes as values, questions to the person, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui401.model.http import Request
from tui401.model.secret import Secret
from tui401.model.shown import Redacted, Shown


class FixKind(StrEnum):
    """What applying a fix means."""

    REWRITE = "rewrite"  # the same credential, written or placed otherwise
    NEW_TOKEN = "new-token"  # a grant brings another token
    PASTE = "paste"  # the person gives another credential
    ADVICE = "advice"  # nothing that a client can do; the commands and words for whoever can


class Fix(Shown, frozen=True, kw_only=True):
    """A change to the request, or a way to another credential, shown before it is done.

    Attributes:
        id: Unique within the case.
        kind: What applying it means.
        causes: The slugs that it mends.
        title: A sentence: "Request a token for https://api.example.com".
        effort: ``easy``, ``medium``, ``hard``.
        before: The lines that change, as they are; ``after`` as they will be.
        sends: Sentences: who receives what, in order.
        remedies: For a rewrite, the remedies that it applies, in order.
        scheme: For a rewrite, the scheme to write; "" to keep it.
        grant: For a new token: ``refresh_token``, ``client_credentials``, ``authorization_code``, ``device_code`` or
            ``command``.
        audience: For a new token; "" for the issuer's default.
        scopes: For a new token; () for the issuer's default.
        commands: Lines to copy into a shell, each without a secret.
        consent: Why it takes a yes of its own besides the choice of this fix, as a sentence. "" for none.
    """

    id: str
    kind: FixKind
    causes: tuple[str, ...]
    title: str
    effort: str = "easy"
    before: tuple[Redacted, ...] = ()
    after: tuple[Redacted, ...] = ()
    sends: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    scheme: str = ""
    grant: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    consent: str = ""


class Asks(StrEnum):
    """The kinds of question that a recovery asks."""

    SEND = "send"  # may this be sent?
    EXPERIMENT = "experiment"  # may this experiment be made?
    ISSUER = "issuer"  # is this the issuer that you mean?
    ORIGIN = "origin"  # may another origin have the credential?
    UNVERIFIED = "unverified"  # may a new credential go to a server that nobody has verified?
    REFRESH = "refresh"  # may this refresh token be used up?
    SIGN_IN = "sign-in"  # a browser or another device is waited for; the answer "no" gives up, "open" opens it again
    COMMAND = "command"  # may this token command be run?
    SCOPES = "scopes"  # may this search for the least scopes begin? Its lines say what it costs
    NEXT = "next"  # what now: a fix, an experiment, another credential, an edit, stop
    CREDENTIAL = "credential"  # another credential, masked
    VALUE = "value"  # a variable's or placeholder's value, masked


class Choice(Shown, frozen=True, kw_only=True):
    """One way to answer.

    ``fix`` is the fix that it stands for, where it is one; ``grant`` the grant of an experiment that takes a person.
    """

    key: str
    label: str
    detail: str = ""
    fix: Fix | None = None
    grant: str = ""


class Question(Shown, frozen=True, kw_only=True):
    """Something that only the person can decide or give.

    Attributes:
        asks: The kind.
        title: One sentence.
        lines: What they should know to answer: exactly what would be sent to whom.
        choices: The ways to answer, the obvious one first. Keys: ``yes``, ``no``, ``stop``, ``again``, ``edit``,
            ``paste``, ``fix:ID``, ``probe:NAME``, ``token`` (request one by `Answer.wish`), ``least`` (search the least
            scopes), ``changed`` (say what changed lately).
        secret: The answer's text is masked.
        firm: ``--yes`` does not answer it (safety.md).
        address: For a sign-in, what to open in a browser, here or on another device.
        code: For a sign-in, what to type there (RFC 8628, section 3.3).
        until: When it ends by itself, seconds since the epoch by this machine's clock; None for never.
    """

    asks: Asks
    title: str
    lines: tuple[Redacted, ...] = ()
    choices: tuple[Choice, ...] = ()
    secret: bool = False
    firm: bool = False
    address: Redacted = Redacted("")
    code: str = ""
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWish:
    """A token as the person wants it: the grant ("" for the best that is known), the audience, the scopes."""

    grant: str = ""
    audience: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person chose. Lives in memory only: it may hold a credential or a request.

    Attributes:
        key: The chosen choice's key.
        secret: A credential or value that they gave; for ``changed`` their words.
        request: The edited request, for ``edit`` and ``token``.
        wish: For ``token``: which one to ask for before the request is sent with it.
    """

    key: str
    secret: Secret[str] | None = None
    request: Request | None = None
    wish: TokenWish | None = None
