"""What a recovery works with: the HTTP client, probes and grants, real unless a test brings others."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tui401.model.case import Known, straight
from tui401.model.cause import Cause
from tui401.model.demands import Demands
from tui401.model.fix import Answer, Question
from tui401.model.http import Exchange, Origin, Request, Transport
from tui401.model.names import Names
from tui401.model.probe import Experiment, Gatherer
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.recovery.rotation import Rotation

Ask = Callable[[Question], Awaitable[Answer]]
"""Puts a question to the person, or to the policy of a headless run, and brings the answer."""


class Sender(Protocol):
    """What sends a request; ``tui401.probes.send.Client`` is the real one."""

    @property
    def fetched(self) -> int:
        """Requests made so far to others than the API."""
        ...

    async def send(self, request: Request, *, may_cross: Callable[[Origin, Origin], bool]) -> Exchange:
        """Puts the request on the wire and follows redirects one at a time."""
        ...


class Granted(Protocol):
    """What a token endpoint gave."""

    @property
    def seen(self) -> GrantSeen:
        """The exchange, redacted."""
        ...

    @property
    def earlier(self) -> Sequence[GrantSeen]:
        """Tries that the issuer refused before this one, oldest first."""
        ...

    @property
    def access_token(self) -> Secret[str] | None:
        """The new access token, None when there is none."""
        ...

    @property
    def refresh_token(self) -> Secret[str] | None:
        """A new refresh token, None when there is none."""
        ...


class Grant(Protocol):
    """One way to a token from a confirmed issuer."""

    async def __call__(
        self,
        client: Any,  # the same client as `Tools.client`, by its other interface
        metadata: IssuerMetadataSeen,
        known: Known,
        *,
        audience: str,
        scopes: tuple[str, ...],
        names: Names,
        tries: int,
        demands: Demands,
        **person: Any,  # ``show`` for a grant that waits for a person
    ) -> Granted:
        """Asks the token endpoint; a refusal is a value, nothing is raised but cancellation."""
        ...


class RunCommand(Protocol):
    """Runs a token command."""

    async def __call__(self, command: Sequence[str], *, names: Names) -> Granted:
        """What it prints; a failure is a value, nothing is raised but cancellation."""
        ...


async def no_browser(_address: Secret[str]) -> str:
    """Where no browser may be started."""
    return "No browser is opened here. Open the address yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Everything that does I/O for a recovery.

    Attributes:
        client: Sends to the API.
        experiments: In the order in which they are offered.
        gatherers: Run side by side with the API's requests.
        grants: By name: ``client_credentials``, ``refresh_token``; ``authorization_code``, ``device_code``, which wait
            for a person.
        run_command: Runs a token command that was shown and agreed to; None where no program may be started.
        open_browser: Opens an address in the system's browser; a sentence when it could not, else "".
        causes: The catalogue.
        rotation: How a refresh token that may rotate is used up.
        now: Seconds since the epoch.
    """

    client: Sender
    experiments: Sequence[Experiment]
    gatherers: Sequence[Gatherer]
    grants: Mapping[str, Grant]
    causes: Mapping[str, Cause]
    run_command: RunCommand | None = None
    open_browser: Callable[[Secret[str]], Awaitable[str]] = no_browser
    rotation: Rotation = field(default_factory=Rotation)
    now: Callable[[], float] = time.time


def grants() -> Mapping[str, Grant]:
    """The real grants by name."""
    from tui401.oauth import authorization_code, client_credentials, device_code, refresh  # noqa: PLC0415 - deferred

    return {m.GRANT: m.request for m in (client_credentials, refresh, authorization_code, device_code)}


@asynccontextmanager
async def open_tools(
    *, rotation: Rotation | None = None, way_to: Callable[[Origin], Transport] = straight
) -> AsyncIterator[Tools]:
    """The real tools; the client's connections end with the block."""
    # Deferred: the wizard shows its first frame before these are loaded.
    from tui401.causes import all_causes  # noqa: PLC0415 - loaded when a recovery starts
    from tui401.oauth import token_command  # noqa: PLC0415 - the same
    from tui401.oauth.browser import open_browser  # noqa: PLC0415 - the same
    from tui401.oauth.gather import IntrospectionGatherer  # noqa: PLC0415 - the same
    from tui401.probes.experiments import EXPERIMENTS  # noqa: PLC0415 - the same
    from tui401.probes.gather import gatherers  # noqa: PLC0415 - the same
    from tui401.probes.send import Client  # noqa: PLC0415 - the same
    from tui401.probes.tokens import TOKEN_EXPERIMENTS  # noqa: PLC0415 - the same

    async with Client(way_to) as client:
        yield Tools(
            client=client,
            experiments=(*EXPERIMENTS, *TOKEN_EXPERIMENTS),
            gatherers=(*gatherers(client), IntrospectionGatherer(client)),
            grants=grants(),
            run_command=token_command.request,
            open_browser=open_browser,
            causes=all_causes(),
            rotation=rotation or Rotation(),
        )
