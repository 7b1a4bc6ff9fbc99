"""Whether the credentials of a case are kept in the vault, and as what: compared in memory, told by their names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui401.model.events import Ended, Event, Told
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import CredentialsSeen, KeptSeen, Redacted
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView
from tui401.wire.places import locate, secret_of
from tui401.wire.seen import name as name_of
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.http import Request
    from tui401.vault import Vault
    from tui401.vault.store import Kept


@dataclass(frozen=True, slots=True, repr=False)
class KeptHere:
    """What the vault held when a case began.

    Attributes:
        held: By value, in memory only.
    """

    held: Mapping[Secret[str], tuple[Kept, ...]] = field(default_factory=dict)

    def of_request(self, request: Request, names: Names) -> tuple[KeptSeen, ...]:
        """What the credentials of a request are kept as.

        Args:
            request: The one that is sent.
            names: The names of the case's secrets.
        """
        items = [(name_of(item, names), secret_of(item)) for item in locate(request) if item.counts]
        return tuple(dict.fromkeys(seen for name, secret in items if name for seen in self._as(name, secret)))

    def sentences(self, view: CaseView, names: Names, outcome: Outcome) -> list[str]:
        """What a person has to update, too, once a case has ended.

        Args:
            view: The case.
            names: The names of its secrets.
            outcome: How it ended.
        """
        first, last = _credential(view, 1), _credential(view, view.attempt)
        by_name = {names.name(secret): secret for secret in names.known()}
        refused = [one.name for one in view.known.also_kept if one.credential == first]
        if outcome is not Outcome.RECOVERED:
            again = f"The credential is kept as {_listed(refused)}: replace it there, too, if you replace it."
            return [again] if refused and outcome is not Outcome.SUCCEEDED else []
        if last == first:
            return []
        told = []
        now = [seen.name for seen in self._as(last, by_name[last])] if last in by_name else []
        left = [name for name in refused if name not in now]
        if left:
            these = "these" if len(left) > 1 else "this"
            told.append(f"The credential that was refused is still kept as {_listed(left)}: update {these}, too.")
        if now:
            told.append(f"The one that works now is kept as {_listed(now)}.")
        return told

    def _as(self, name: str, secret: Secret[str]) -> list[KeptSeen]:
        return [
            KeptSeen(credential=name, name=kept.name, profile=kept.profile, at=kept.at)
            for kept in self.held.get(secret, ())
        ]


async def kept_here(vault: Vault) -> KeptHere:
    """What the vault holds; nothing where it cannot be read."""
    from tui401.vault import VaultError  # noqa: PLC0415 - only where a profile is

    held: dict[Secret[str], tuple[Kept, ...]] = {}
    with contextlib.suppress(VaultError):
        for kept in await vault.entries():
            secret = await vault.take(kept.name)
            if secret is not None:
                held[secret] = (*held.get(secret, ()), kept)
    return KeptHere(held)


def telling(
    emit: Callable[[Event], None], case: Case, kept: KeptHere, view: Callable[[], CaseView]
) -> Callable[[Event], None]:
    """A listener that says, just before a case ends, what else holds its credentials.

    Args:
        emit: Who listens.
        case: The case.
        kept: From `kept_here`.
        view: The case as it stands.
    """

    def tell(event: Event) -> None:
        if isinstance(event, Ended):
            for says in kept.sentences(view(), case.names, event.outcome):
                if says not in view().told:
                    emit(Told(text=Redacted(says), lasting=True))
        emit(event)

    return tell


def _credential(view: CaseView, attempt: int) -> str:
    """The name of the credential that counts in an attempt, "" where there is none."""
    seen = (
        e.content for e in view.evidence if isinstance(e.content, CredentialsSeen) and e.subject == f"attempt:{attempt}"
    )
    return next((one.name for content in seen for one in content.credentials), "")


def _listed(names: Iterable[str]) -> str:
    shown = [visible(name, 60) for name in dict.fromkeys(names)]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)
