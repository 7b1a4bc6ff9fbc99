"""A HAR judged from its beginning to its end: every refused exchange, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tui401.intake.harentry import BadEntryError, Entry, hop_of, is_http
from tui401.intake.harfile import Bad, HarFile
from tui401.model.http import Hop
from tui401.offline.chains import Chains
from tui401.offline.knowledge import Knowledge
from tui401.offline.teller import BEGINS, Teller

_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_LONGEST_KEPT: Final = 64  # characters of a name that is remembered
_MOST_NAMES: Final = 1_000
_LONGEST_MASK: Final = 80
_SANITISING: Final = frozenset({"webinspector"})
"""Recorders that leave credentials out unless they are told not to: browsers made of Chromium, since version 130."""
_MASK: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9-]{0,20} +)?(?:[\[<({*]{0,3}(?:[A-Za-z]{1,20}[ _-]){0,3}"
    r"(?:redacted|masked|filtered|hidden|removed|sanitized|sanitised|omitted|scrubbed)[\])}>*]{0,3}|[*•●█]{3,})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused exchange: the index of its entry, and its object as JSON."""

    entry: int
    data: bytes

    @property
    def made(self) -> dict[str, Any]:
        """Its object."""
        made: dict[str, Any] = msgspec.json.decode(self.data)
        return made


@dataclass(frozen=True, slots=True)
class Taken:
    """One recorded exchange, alive.

    Attributes:
        hops: All hops, at least one; the last one is the entry that was named.
        sanitised: Credentials that are not there may have been left out.
        refused: Whether its answer is a refusal.
    """

    hops: tuple[Hop, ...]
    sanitised: bool
    refused: bool


class Recording:
    """One reading of a HAR.

    Args:
        file: The HAR, not read yet.
        knowledge: What is known around its requests.
        everything: Objects hold the causes that were ruled out, too.
        memo: Whether exchanges that must be judged alike are judged once; what is said is the same either way.

    Attributes:
        entries: How many entries were read so far.
    """

    def __init__(self, file: HarFile, knowledge: Knowledge, *, everything: bool = False, memo: bool = True) -> None:
        self._file = file
        self._teller = Teller(knowledge, everything=everything, memo=memo)
        self._chains = Chains()
        self._seen_credentials = False
        self._harmless: set[str] = set()  # names of header lines that were looked at and hold no credential
        self.entries = 0

    def refusals(self) -> Iterator[Refusal | Bad]:
        """Every refused exchange, and each entry that cannot be judged.

        Raises:
            HarError: for what is no HAR, and where it breaks off.
            UsageError: for a profile that is faulty.
        """
        for run in self._file.runs():
            for index, entry in enumerate(run.entries, run.first):
                self.entries = index + 1
                found = self._judged(index, entry) if isinstance(entry, Entry) else entry
                if found is not None:
                    yield found

    def take(self, wanted: int) -> Taken | Bad:
        """The exchange of one entry, with its secrets.

        Args:
            wanted: The entry's index.

        Raises:
            HarError: for what is no HAR, and where it breaks off before that entry.
        """
        for run in self._file.runs():
            for index, entry in enumerate(run.entries, run.first):
                self.entries = index + 1
                # Those before it count as well: a redirect may lead here, a credential shows that none is left out.
                before = self._before(entry) if isinstance(entry, Entry) and is_http(entry) else None
                if index == wanted:
                    return self._alive(index, entry, before)
        name = self._file.name
        if not self.entries:
            return Bad(f"{name} has no entries.")
        return Bad(f"{name} has no entry {wanted}; the last one is {name}#{self.entries - 1}.")

    def _alive(self, index: int, entry: Entry | Bad, before: tuple[list[Entry], bool] | None) -> Taken | Bad:
        if isinstance(entry, Bad):
            return entry
        if before is None:
            return Bad(f"{self._file.name}: entry {index} records no HTTP exchange that was answered.")
        earlier, sanitised = before
        try:
            refused = self._teller.tell(entry, earlier, sanitised=sanitised) is not None
            return Taken(tuple(map(hop_of, [*earlier, entry])), sanitised, refused)
        except BadEntryError as error:
            return Bad(f"{self._file.name}: entry {index} {error}")

    def _judged(self, index: int, entry: Entry) -> Refusal | Bad | None:
        if not is_http(entry):
            return None
        earlier, sanitised = self._before(entry)
        try:
            said = self._teller.tell(entry, earlier, sanitised=sanitised)
        except BadEntryError as error:
            return Bad(f"{self._file.name}: entry {index} {error}")
        return Refusal(index, b'%s"entry":%d,%s' % (BEGINS, index, said[len(BEGINS) :])) if said is not None else None

    def _before(self, entry: Entry) -> tuple[list[Entry], bool]:
        """The hops that led to an entry, and whether credentials may have been left out of it."""
        return self._chains.earlier(entry), self._sanitised(entry)

    def _sanitised(self, entry: Entry) -> bool:
        """Whether credentials that are not there may have been left out; masks are taken out of the entry."""
        leaves_out = not self._seen_credentials and self._file.recorder.creator.lower() in _SANITISING
        masked = False
        for lines in (entry.request.headers, entry.response.headers):
            for line in lines:
                if line.name in self._harmless:
                    continue
                if line.name.lower() not in _CREDENTIALS:
                    if len(self._harmless) < _MOST_NAMES and len(line.name) <= _LONGEST_KEPT:
                        self._harmless.add(line.name)
                    continue
                if _is_mask(line.value):
                    masked = True
                elif leaves_out:
                    self._seen_credentials, leaves_out = True, False
        if masked:
            for lines in (entry.request.headers, entry.response.headers):
                lines[:] = [one for one in lines if one.name.lower() not in _CREDENTIALS or not _is_mask(one.value)]
        return masked or leaves_out


def _is_mask(value: str) -> bool:
    return len(value) < _LONGEST_MASK and _MASK.fullmatch(value.strip()) is not None
