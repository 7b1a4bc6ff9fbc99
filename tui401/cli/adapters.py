"""The rest of the program behind the wizard's ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui401.ui.ports import PortError, Reading, Recent

# Whatever is not needed to draw the first frame is imported where it is used.
if TYPE_CHECKING:
    from tui401.cli.headless import Listener
    from tui401.journal import Journal as JournalFile
    from tui401.model.case import Case, Known, Options
    from tui401.model.events import Event, Told
    from tui401.model.facts import Facts
    from tui401.model.fix import Answer, Question
    from tui401.model.http import Origin
    from tui401.model.names import Names
    from tui401.model.saved import SavedCase
    from tui401.model.secret import Secret
    from tui401.model.shown import CredentialSeen, Evidence, Redacted
    from tui401.model.verdict import Outcome
    from tui401.model.view import CaseView
    from tui401.report import Report
    from tui401.vault import Vault as Keyring

T = TypeVar("T")


class Shelf:
    """The journal, opened when it is first needed.

    Args:
        folder: The state folder.
    """

    def __init__(self, folder: Callable[[], Path]) -> None:
        self.folder = folder
        self.trouble = ""  # why nothing is kept, or what was damaged; a sentence
        self.keeps = True  # what is shown can be opened again
        self._tried = False
        self._journal: JournalFile | None = None

    @property
    def journal(self) -> JournalFile | None:
        """The journal, or None where none can be kept."""
        if not self._tried:
            from tui401.journal import Journal, JournalError  # noqa: PLC0415 - after the first frame

            self._tried = True
            try:
                self._journal = Journal(self.folder() / "journal.sqlite3")
                self.trouble = self._journal.told
            except JournalError as error:
                self.trouble, self.keeps = str(error), False
        return self._journal

    def listener(self, case: Case, emit: Callable[[Event], None]) -> Listener:
        """What keeps a case's events; where they can no longer be kept, it is told by an event."""
        from tui401.cli.headless import Listener  # noqa: PLC0415 - after the first frame

        def failed(says: str) -> None:
            self.trouble, self.keeps = says, False
            emit(self.told())

        return Listener(case.id, self.journal, None, case.known.profile, trouble=failed)

    def told(self) -> Told:
        """What is wrong with the journal, as an event."""
        from tui401.model.events import Told  # noqa: PLC0415 - the same
        from tui401.model.shown import Redacted  # noqa: PLC0415 - the same

        return Told(text=Redacted(self.trouble))

    def close(self) -> None:
        """Closes the journal, where it was opened."""
        if self._journal is not None:
            self._journal.close()


class Reader:
    """Understands what a person pastes, types or names.

    Args:
        known: What a profile and the options say of a request to an origin.
        options: What the options allow.
        openapi: A file that describes the API, "" for none.
    """

    def __init__(self, known: Callable[[Origin], Known], options: Callable[[], Options], openapi: str = "") -> None:
        self._known = known
        self._options = options
        self._openapi = openapi
        self._listed: dict[Secret[str], tuple[str, ...]] = {}  # what a text was found to use, beyond the first look

    async def read(self, text: Secret[str]) -> Reading:
        """What can be recognised; sends nothing."""
        from tui401.cli.arguments import UsageError  # noqa: PLC0415 - after the first frame
        from tui401.cli.build import read_text  # noqa: PLC0415 - the same
        from tui401.cli.from_vault import asked_by, names_in, refusal  # noqa: PLC0415 - the same
        from tui401.cli.profile_way import request_by  # noqa: PLC0415 - the same
        from tui401.cli.vaults import said  # noqa: PLC0415 - the same
        from tui401.intake import IntakeError  # noqa: PLC0415 - the same
        from tui401.model.names import Names  # noqa: PLC0415 - the same
        from tui401.model.shown import Redacted  # noqa: PLC0415 - the same
        from tui401.wire import redact  # noqa: PLC0415 - the same

        names = Names()
        try:
            intake = read_text(text.reveal())
        except IntakeError as error:
            shown = redact.text(text.reveal(), names)
            return Reading(shown=shown, secrets=_by_name(names), problem=str(error))
        request = redact.request(intake.request, names)
        credentials = redact.credentials(intake.request, names).credentials
        shown = redact.text(text.reveal(), names)
        host = intake.request.origin.authority
        known: Known | None = None
        try:
            known = self._known(intake.request.origin)
            says = next((says for name in asked_by(intake) if (says := refusal(intake, name, said().profiles))), "")
        except UsageError as error:
            says = str(error)
        if says or known is None:
            return Reading(shown=shown, secrets=_by_name(names), problem=says)
        _, by_profile = request_by(intake.request, known, intake.decided)
        about = [f"{request.method} {host}", *map(_credential, credentials[:1])]
        if known.profile:
            about.append(f"profile {known.profile}")
        return Reading(
            shown=shown,
            secrets=_by_name(names),
            recognised=Redacted(" · ".join(about)),
            notes=tuple(note.says for note in (*intake.notes, *by_profile)),
            will_ask=_will_ask(host, known, self._options()),
            reads=(*intake.reads, *intake.variables),
            unfilled=(*(name for name in intake.unfilled if not names_in([name])), *intake.prompts),
        )

    async def start(self, text: Secret[str], *, filled: Mapping[str, Secret[str]], send: bool) -> Case:
        """The case to recover."""
        from dataclasses import replace  # noqa: PLC0415 - after the first frame

        from tui401.cli.arguments import UsageError  # noqa: PLC0415 - the same
        from tui401.cli.build import case_from, read_argv, read_text, requirements_from  # noqa: PLC0415 - the same
        from tui401.cli.from_vault import filled as from_vault  # noqa: PLC0415 - the same
        from tui401.cli.vaults import at_hand, said  # noqa: PLC0415 - the same
        from tui401.intake import IntakeError, fill, read_files  # noqa: PLC0415 - the same

        try:
            intake = read_text(text.reveal())
            for name, value in filled.items():
                intake = fill(intake, name, value)
            # The start screen has listed what this reading uses, and the person went on.
            listed = {*intake.reads, *intake.variables, *self._listed.get(text, ())}
            while intake.pending and listed.issuperset(intake.reads):
                intake = read_files(intake)
            more = [name for name in (*intake.reads, *intake.variables) if name not in listed]
            if more:
                self._listed[text] = (*intake.reads, *intake.variables)
                raise PortError(
                    f"A file that the command reads wants more of this machine: {', '.join(more)}. "
                    "Nothing was sent. Go on once more to allow that."
                )
            intake = await from_vault(intake, lambda: said().profiles, at_hand, read_argv)
            known = self._known(intake.request.origin)
            required = requirements_from(self._openapi)
        except (IntakeError, UsageError) as error:
            raise PortError(str(error)) from error
        if not intake.ready:
            raise PortError(f"A value is missing for {', '.join((*intake.unfilled, *intake.prompts))}.")
        return case_from(intake, known, replace(self._options(), send_consented=send), required)


def _by_name(names: Names) -> dict[str, Secret[str]]:
    return {names.name(secret): secret for secret in names.known()}


def _credential(credential: CredentialSeen) -> str:
    token = credential.token
    issuer = token.claims.get("iss") if token is not None else None
    shape = f" {token.shape.value.upper()}" if token is not None and token.shape.value in ("jwt", "jwe") else ""
    return f"{credential.scheme or credential.family}{shape}" + (f" of {issuer}" if isinstance(issuer, str) else "")


def _will_ask(host: str, known: Known, options: Options) -> tuple[Redacted, ...]:
    from tui401.model.shown import Redacted  # noqa: PLC0415 - after the first frame

    lines = [f"{host}, once, with this credential"]
    if not options.passive and not options.only_api:
        if known.issuer:
            lines.append(f"{known.issuer}, for its metadata and keys, without a credential")
        lines.append(f"{known.ntp or 'pool.ntp.org'}, for the time")
    return tuple(map(Redacted, lines))


class Recover:
    """The recovery with the journal listening.

    Args:
        shelf: Where events are kept.
        keyring: Where a refresh token's successor goes.
    """

    def __init__(self, shelf: Shelf, keyring: Callable[[], Keyring]) -> None:
        self._shelf = shelf
        self._keyring = keyring

    async def __call__(
        self, case: Case, *, ask: Callable[[Question], Awaitable[Answer]], emit: Callable[[Event], None]
    ) -> Outcome:
        """Runs until the case ends."""
        from dataclasses import replace  # noqa: PLC0415 - after the first frame

        from tui401.cli.build import count_passwords, remember_scopes  # noqa: PLC0415 - after the first frame
        from tui401.cli.changelog import tell_changes  # noqa: PLC0415 - the same
        from tui401.cli.kept_here import KeptHere, kept_here, telling  # noqa: PLC0415 - the same
        from tui401.cli.kept_secrets import with_kept  # noqa: PLC0415 - the same
        from tui401.cli.successor import rotation_for  # noqa: PLC0415 - the same
        from tui401.cli.warm import warm_up  # noqa: PLC0415 - the same
        from tui401.recovery.loop import recover  # noqa: PLC0415 - after the first frame

        if case.known.profile:
            vault = self._keyring()
            case.known = await with_kept(case.known, vault)
            held = await kept_here(vault)
            case.known = replace(case.known, also_kept=held.of_request(case.request, case.names))
        else:
            held = KeptHere()
        count_passwords(case, self._shelf.journal)
        remember_scopes(case, self._shelf.journal)
        tell_changes(case, self._shelf.journal)
        kept = self._shelf.listener(case, emit)

        def tell(event: Event) -> None:
            kept(event)
            emit(event)

        if self._shelf.trouble:
            tell(self._shelf.told())
        rotation = await rotation_for(self._keyring, case, self._shelf.folder())
        telling_too = telling(tell, case, held, lambda: kept.view)
        warming = asyncio.ensure_future(warm_up())
        try:
            return await recover(case, ask=ask, emit=telling_too, rotation=rotation)
        finally:
            warming.cancel()


class Least:
    """The search for the least scopes, the journal listening.

    Args:
        shelf: Where events are kept.
        keyring: Where a refresh token's successor goes.
    """

    def __init__(self, shelf: Shelf, keyring: Callable[[], Keyring]) -> None:
        self._shelf = shelf
        self._keyring = keyring

    def why_not(self, case: Case, view: CaseView) -> str:
        """Why there can be none, as a sentence; "" when there can."""
        from tui401.recovery.afterwards import why_not  # noqa: PLC0415 - after a recovery

        return why_not(case, view)

    async def __call__(
        self,
        case: Case,
        view: CaseView,
        *,
        ask: Callable[[Question], Awaitable[Answer]],
        emit: Callable[[Event], None],
    ) -> None:
        """Searches, after a yes to what it costs."""
        from tui401.cli.successor import rotation_for  # noqa: PLC0415 - the same
        from tui401.recovery.afterwards import least_scopes  # noqa: PLC0415 - the same

        kept = self._shelf.listener(case, emit)

        def tell(event: Event) -> None:
            kept(event)
            emit(event)

        rotation = await rotation_for(self._keyring, case, self._shelf.folder())
        await least_scopes(case, view, ask=ask, emit=tell, rotation=rotation)


class Reporter:
    """Builds the report of a case.

    Args:
        shelf: Where cases are kept; None for nowhere.
    """

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf

    def build(self, view: CaseView) -> Report:
        """The report, which `render` makes a file of."""
        from tui401.cli import reports  # noqa: PLC0415 - when a report is wanted

        return reports.of(view)

    def render(self, report: Report, form: str) -> bytes:
        """The report's bytes in one of its forms."""
        from tui401.report import render  # noqa: PLC0415 - the same

        return render(report, form)

    def struck(self, view: CaseView, values: Sequence[str], lines: Sequence[str]) -> CaseView:
        """The case without these values and lines."""
        from tui401.cli.striking import struck  # noqa: PLC0415 - when something is struck out

        return struck(view, values, lines)[0]

    def keep(self, view: CaseView, values: Sequence[str], lines: Sequence[str]) -> None:
        """Strikes them out of the kept case, too.

        Raises:
            PortError: when that could not be done.
        """
        from tui401.cli.striking import strike_kept, struck  # noqa: PLC0415 - when something is struck out
        from tui401.journal import JournalError  # noqa: PLC0415 - the same

        journal = self._shelf.journal if self._shelf is not None else None
        if journal is None:
            return
        try:
            strike_kept(journal, *struck(view, values, lines))
        except JournalError as error:
            raise PortError(str(error)) from error


def derive(evidence: Sequence[Evidence], attempt: int) -> Facts:
    """The facts of an attempt."""
    from tui401.judge.facts import derive as real  # noqa: PLC0415 - after the first frame

    return real(evidence, attempt)


class Cases:
    """The journal for the screens."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def recent(self, limit: int) -> Sequence[Recent]:
        """The latest cases, newest first."""
        journal = self._shelf.journal
        if journal is None:
            raise PortError(self._shelf.trouble)
        from tui401.journal import JournalError  # noqa: PLC0415 - after the first frame
        from tui401.model.shown import Redacted  # noqa: PLC0415 - the same
        from tui401.model.verdict import Outcome  # noqa: PLC0415 - the same

        try:
            lines = journal.cases(limit)
        except JournalError as error:
            raise PortError(str(error)) from error
        outcomes = {outcome.value: outcome for outcome in Outcome}
        return [
            Recent(
                case=line.id,
                at=line.changed,
                method=line.method,
                url=Redacted(line.url),
                outcome=outcomes.get(line.outcome),
                cause=line.cause,
            )
            for line in lines
        ]

    def damaged(self) -> str:
        """What was damaged and saved."""
        return self._shelf.trouble

    async def load(self, case: str) -> SavedCase:
        """A case with its events."""
        journal = self._shelf.journal
        if journal is None:
            raise PortError(self._shelf.trouble)
        from tui401.journal import JournalError  # noqa: PLC0415 - after the first frame

        try:
            return journal.load(case)
        except JournalError as error:
            raise PortError(str(error)) from error
