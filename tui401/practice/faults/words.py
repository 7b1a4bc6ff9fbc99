"""What a fault is made of: how the world behaves, what was typed, and what the person knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui401.practice.running import World


@dataclass(frozen=True, slots=True)
class Knows:
    """What the person in front of the failing command knows; None is not known.

    Attributes:
        issuer: The authorization server's issuer identifier.
        client_id: The client.
        client_secret: Its secret.
        audience: The audience (resource) of the API.
        scope: The scopes that the work needs, space separated.
        refresh_token: A refresh token of the grant.
        ntp: A time server as ``host:port``.
        paste: A working credential that the person could fetch elsewhere and paste.
    """

    issuer: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    audience: str | None = None
    scope: str | None = None
    refresh_token: str | None = field(default=None, repr=False)
    ntp: str | None = None
    paste: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the world differs from a healthy one.

    Attributes:
        world_offset: Seconds by which every clock but this machine's is ahead.
        api_offset: Seconds by which the API's clock is ahead of the rest of the world.
        issuer_down: The authorization server answers 503 to everything.
        accepts: The only audience that the API accepts, in place of the one it advertises.
        opaque: The client's access tokens are opaque, and the API introspects them.
        default_scope: What the client is granted when it names no scope.
        forgets_audience: A token asked for without naming a resource is meant for another API.
        via: A Via header that the API's answers carry.
        metadata: Whether the API publishes which authorization server it trusts (RFC 9728).
        gate: What stands before the API and answers in its place, see ``tui401.practice.gate``.
        front: Another server that is asked first: ``redirect`` or ``proxy``.
        guards_paths: Paths that do not exist are refused as those that do.
        disabled: The account behind every token is switched off.
        asks_issuer: The API asks its issuer about JWTs, too, so that it learns of revocation.
        stale_keys: The API holds the keys of its first moment and never fetches them again.
    """

    world_offset: float = 0.0
    api_offset: float = 0.0
    issuer_down: bool = False
    accepts: str | None = None
    opaque: bool = False
    default_scope: tuple[str, ...] = ("orders:read", "profile")
    forgets_audience: bool = False
    via: str | None = None
    metadata: bool = True
    gate: str = ""
    front: str = ""
    guards_paths: bool = False
    disabled: bool = False
    asks_issuer: bool = False
    stale_keys: bool = False


@dataclass(frozen=True, slots=True)
class Staged:
    """A fault played in one running world.

    Attributes:
        argv: The command that was typed, ``curl`` first, with real credentials of this world.
        knows: What the person knows.
    """

    argv: tuple[str, ...] = field(repr=False)
    knows: Knows


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to be refused.

    Attributes:
        slug: The name of the cause.
        title: One sentence: what is wrong.
        how: One sentence: what the person should see and what mends it.
        mendable: Whether a client can reach 2xx from the command and what the person knows, without pasting.
        stage: Mints what the command needs in a running world.
        behaviour: How the world differs.
    """

    slug: str
    title: str
    how: str
    mendable: bool
    stage: Callable[[World], Staged] = field(repr=False)
    behaviour: Behaviour = Behaviour()
