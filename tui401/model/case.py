"""A case, alive: one refused request, what is known around it, and what the person allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tui401.model.http import Exchange, Header, Origin, Request, Transport
from tui401.model.names import Names
from tui401.model.policy import Policy
from tui401.model.secret import Secret
from tui401.model.shown import ChangesSeen, IntakeSeen, KeptSeen, KnownSeen, RequirementsSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the person or a profile knows of the request's surroundings.

    Attributes:
        issuer: The authorization server's identifier, confirmed by having been named here; "" when unknown.
        client_id: The OAuth client.
        client_secret: Its secret (RFC 6749, section 2.3.1).
        refresh_token: A refresh token.
        audience: What the API wants as audience; asked for by ``audience`` and by ``resource``.
        scopes: What the endpoint needs.
        client_auth: How the client proves itself (RFC 7591, ``token_endpoint_auth_method``); "" for what the issuer
            takes.
        private_key: A file with the client's key for ``private_key_jwt``, PEM; ``key_id`` its ``kid``.
        sign_in: The way to a new credential that a profile prefers: ``client-credentials``, ``browser``, ``device``,
            ``command``; "" for the best that is known.
        token_command: A program and its arguments that prints a token.
        kept_as: The name in the vault of the profile's credential; "" without a profile.
        kept: That credential, where the vault holds one that may last; it goes to the profile's origins only.
        openapi: A file that describes the API, by the profile; "" for none.
        to_issuer: How requests reach the issuer, where a profile says so; None for straight. It fills the gaps of the
            way to the profile's origins, too.
        ntp: A time server, ``host`` or ``host:port``; "" for the default one.
        profile: The profile's name.
        source: Where this comes from, for a person: "your options", "profile prod".
        token_from_environment: The refresh token came from the environment, so an application may hold it too.
        origins: Origins that the profile lists. Where the request's own is among them, the others may have its
            credential.
        redirect_uri: The loopback address that the client's redirect is registered with (RFC 8252, section 7.3);
            without a port any free one is taken. "" for ``http://127.0.0.1/callback``.
        policy: What the profile wishes of its credentials.
        also_kept: The names in the vault that hold the very credential of the person's own request.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: Secret[str] | None = None
    refresh_token: Secret[str] | None = None
    audience: str = ""
    scopes: tuple[str, ...] = ()
    client_auth: str = ""
    private_key: str = ""
    key_id: str = ""
    sign_in: str = ""
    token_command: tuple[str, ...] = ()
    kept_as: str = ""
    kept: Secret[str] | None = None
    openapi: str = ""
    to_issuer: Transport | None = None
    ntp: str = ""
    profile: str = ""
    source: str = ""
    token_from_environment: bool = False
    origins: tuple[Origin, ...] = ()
    redirect_uri: str = ""
    policy: Policy = field(default_factory=Policy)
    also_kept: tuple[KeptSeen, ...] = ()

    def shown(self) -> KnownSeen:
        """What of it may be seen."""
        return KnownSeen(
            profile=self.profile,
            issuer=self.issuer,
            client_id=self.client_id,
            audience=self.audience,
            scopes=self.scopes,
            has_client_secret=self.client_secret is not None,
            has_refresh_token=self.refresh_token is not None,
            has_client_key=bool(self.private_key),
            has_token_command=bool(self.token_command),
            sign_in=self.sign_in,
            source=self.source,
            policy=self.policy,
            also_kept=self.also_kept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the person allowed or forbade beforehand.

    Attributes:
        passive: Send the original once and nothing else, to nobody.
        only_api: Fetch nothing but the API's own answers.
        credential_to: Origins that may receive the request's credential besides its own.
        send_consented: The command was given in prefix form: consent to one send (judging.md).
        api_budget: Requests to the API at most.
        refused_lately: How often a password was refused in the last quarter of an hour, in other runs, by who refused
            it and the user whose it is.
    """

    passive: bool = False
    only_api: bool = False
    credential_to: tuple[Origin, ...] = ()
    send_consented: bool = False
    api_budget: int = 8
    refused_lately: Mapping[tuple[str, str], int] = field(default_factory=dict)


def straight(_origin: Origin) -> Transport:
    """The way to any origin where nothing stands in between: no proxy, the system's certificates."""
    return Transport()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier run of a case came to, so that the next one goes on from there.

    Attributes:
        attempts: How many there were; the next one's number is one higher.
        sends: How many requests went to the API.
        by: What begins the next attempt, for a person: "opened again", "edited by hand".
        told_lately: The person has said what changed lately; it is not asked twice.
    """

    attempts: int
    sends: int
    by: str
    told_lately: bool = False


@dataclass(slots=True, kw_only=True)
class Case:
    """Everything a recovery starts from.

    Attributes:
        id: Eight hexadecimal digits.
        request: What to send.
        known: What is known around it.
        intake: What was noticed while reading it.
        seen: A response that was already seen, as attempt 0.
        options: What was allowed.
        names: The names of its secrets.
        opened_at: Seconds since the epoch.
        changes: What the change log of credentials says of it.
        way_to: How a request travels to another origin than the request's own: an issuer's, or where a redirect leads.
        shadowed: Authorization headers that the command names and another source replaced.
        earlier: What an earlier run came to; None for a new case.
    """

    id: str
    request: Request
    known: Known = field(default_factory=Known)
    intake: IntakeSeen = field(default_factory=IntakeSeen)
    seen: Exchange | None = None
    options: Options = field(default_factory=Options)
    names: Names = field(default_factory=Names)
    opened_at: float = 0.0
    requirements: Callable[[str, Secret[str]], RequirementsSeen] | None = None
    changes: ChangesSeen = field(default_factory=ChangesSeen)
    way_to: Callable[[Origin], Transport] = straight
    shadowed: tuple[Header, ...] = ()
    earlier: Earlier | None = None
