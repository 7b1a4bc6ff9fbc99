"""A kept case made alive again: what was not kept is asked for, and the recovery goes on from there."""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui401.ui.ports import Need, PortError

if TYPE_CHECKING:
    from tui401.cli.adapters import Shelf
    from tui401.model.case import Case, Known, Options
    from tui401.model.http import Origin, Request, Transport
    from tui401.model.secret import Secret
    from tui401.model.shown import KnownSeen, RequestShown, WayShown
    from tui401.model.view import CaseView

_CLIENT_SECRET = "client-secret"
_KEPT = "It was not saved. What you give is kept in memory only, and sent to this address alone."


class Resume:
    """Makes kept cases alive.

    Only those of this machine's journal: a file may come from anybody, and would choose where a secret goes.

    Args:
        shelf: Where cases are kept.
        options: What the command line says.
        known: What options like these and the environment say of a request to an origin.
        allowed: What the options allow.
    """

    def __init__(
        self,
        shelf: Shelf,
        options: argparse.Namespace,
        known: Callable[[argparse.Namespace, Origin], Known],
        allowed: Callable[[], Options],
    ) -> None:
        self._shelf = shelf
        self._options, self._known, self._allowed = options, known, allowed

    def _kept(self, case: str) -> tuple[CaseView, RequestShown]:
        """The case as this machine's journal has it, and its last request."""
        from tui401.journal import JournalError  # noqa: PLC0415 - when a case goes on
        from tui401.model.view import CaseView, apply  # noqa: PLC0415 - the same

        try:
            saved = self._shelf.journal.load(case) if self._shelf.journal is not None else None
        except JournalError as error:
            raise PortError(str(error)) from error
        view = CaseView()
        for event in saved.events if saved is not None else ():
            view = apply(view, event)
        if view.case != case or view.request is None:
            raise PortError("Of this case no request is kept on this machine. Give the command again.")
        return view, view.request

    def needs(self, case: str) -> Sequence[Need]:
        """What has to be given again."""
        from tui401.wire import refill  # noqa: PLC0415 - when a case goes on

        view, request = self._kept(case)
        made = []
        for item in refill.missing(request, view.way):
            hint = view.hints.get(item.key, "")
            lines = [_KEPT]
            if hint:
                lines.append(f"The one that was sent last ended in {hint}; another one will do, too.")
            if item.basic:
                lines.append("Give it as user:password, or encoded as it stands behind “Basic”.")
            made.append(Need(item.key, item.name[:1].upper() + item.name[1:], tuple(lines), whole=item.whole))
        if view.known.has_client_secret and not self._has_client_secret(view.known, request, view.way):
            lines = ["With it another token can be asked for; it goes to the issuer only.", view.known.issuer]
            made.append(
                Need(_CLIENT_SECRET, f"The secret of the client {view.known.client_id}", tuple(lines), optional=True)
            )
        return made

    def _has_client_secret(self, seen: KnownSeen, request: RequestShown, way: WayShown) -> bool:
        from tui401.wire import refill  # noqa: PLC0415 - the same

        if any(item.key == refill.ADDRESS for item in refill.missing(request, way)):
            return False
        return self._known_of(seen, refill.origin_of(request.url)).client_secret is not None

    def case(self, case: str, given: Mapping[str, Secret[str]]) -> Case:
        """The case, its values filled in."""
        from tui401.cli import build  # noqa: PLC0415 - the same
        from tui401.cli.arguments import UsageError  # noqa: PLC0415 - the same
        from tui401.cli.profile_way import way_to  # noqa: PLC0415 - the same
        from tui401.model.case import Case  # noqa: PLC0415 - the same
        from tui401.model.names import Names  # noqa: PLC0415 - the same
        from tui401.model.shown import IntakeSeen  # noqa: PLC0415 - the same
        from tui401.wire import refill  # noqa: PLC0415 - the same

        view, kept = self._kept(case)
        try:
            request = refill.filled(kept, view.way, given)
            known = self._known_of(view.known, request.origin)
            required = build.requirements_from(self._options.openapi)
        except (ValueError, UsageError) as error:
            raise PortError(str(error)) from error
        if _CLIENT_SECRET in given:
            known = replace(known, client_secret=given[_CLIENT_SECRET])
        names = Names()
        names.resume(view.hints, {name: given[name] for name in view.hints if _is_same(view, name, given)})
        intake = next((e.content for e in view.evidence if isinstance(e.content, IntakeSeen)), IntakeSeen())
        return Case(
            id=view.case,
            request=request,
            known=known,
            intake=intake,
            options=replace(self._allowed(), send_consented=False),
            names=names,
            opened_at=view.opened_at,
            requirements=required,
            way_to=way_to(_way_to(request), known),
        )

    def _known_of(self, seen: KnownSeen, origin: Origin) -> Known:
        """What is known now; what only the earlier run knew fills the gaps."""
        from tui401.cli.arguments import UsageError  # noqa: PLC0415 - the same

        options = copy.copy(self._options)
        options.profile = options.profile or seen.profile
        try:
            known = self._known(options, origin)
        except UsageError:
            if options.profile == self._options.profile:
                raise
            known = self._known(self._options, origin)  # the profile of then is gone
        return replace(
            known,
            issuer=known.issuer or seen.issuer,
            client_id=known.client_id or seen.client_id,
            audience=known.audience or seen.audience,
            scopes=known.scopes or seen.scopes,
            source=known.source or seen.source,
        )


def _is_same(view: CaseView, name: str, given: Mapping[str, Secret[str]]) -> bool:
    """Whether a value that was given again is the one of that name, as far as may be told.

    A token is told by its claims and length. Of an opaque value the last characters are all that was kept.
    """
    from tui401.model.shown import CredentialsSeen  # noqa: PLC0415 - the same
    from tui401.wire import redact  # noqa: PLC0415 - the same

    secret = given.get(name)
    if secret is None:
        return False
    for evidence in view.evidence:
        for seen in evidence.content.credentials if isinstance(evidence.content, CredentialsSeen) else ():
            if seen.name == name and seen.token is not None and seen.token.claims:
                return redact.token(secret.reveal()) == seen.token
    return bool(secret.hint) and secret.hint == view.hints[name]


def _way_to(request: Request) -> Callable[[Origin], Transport]:
    """How a request travels to other origins: as the environment says, and not by the command's own options."""
    from tui401.cli import build  # noqa: PLC0415 - the same

    return build.read_argv(["-q", str(request.origin)]).way_to
