"""A HAR judged from its beginning to its end: every refused exchange, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui401.intake.harentry import BadEntryError, Entry, Line, hop_of, is_http
from tui401.intake.harfile import Bad, HarFile, Recorder
from tui401.model.names import Names
from tui401.offline.chains import Chains
from tui401.offline.engine import judge
from tui401.offline.knowledge import Knowledge
from tui401.offline.objects import explained

_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SANITISING: Final = frozenset({"webinspector"})
"""Recorders that leave credentials out unless they are told not to: browsers made of Chromium, since version 130."""
_MASK: Final = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9-]{0,20} +)?(?:[\[<({*]{0,3}(?:[A-Za-z]{1,20}[ _-]){0,3}"
    r"(?:redacted|masked|filtered|hidden|removed|sanitized|sanitised|omitted|scrubbed)[\])}>*]{0,3}|[*•●█]{3,})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused exchange: its object, and the hints of its secrets for a screen."""

    made: dict[str, Any]
    hints: dict[str, str]


class Recording:
    """One reading of a HAR.

    Args:
        file: The HAR, not read yet.
        knowledge: What is known around its requests.
        everything: Objects hold the causes that were ruled out, too.

    Attributes:
        entries: How many entries were read so far.
    """

    def __init__(self, file: HarFile, knowledge: Knowledge, *, everything: bool = False) -> None:
        self._file = file
        self._knowledge = knowledge
        self._everything = everything
        self._chains = Chains()
        self._seen_credentials = False
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

    def _judged(self, index: int, entry: Entry) -> Refusal | Bad | None:
        if not is_http(entry):
            return None
        sanitised = self._sanitised(entry)
        chain = [*self._chains.earlier(entry), entry]
        try:
            hops = [hop_of(one) for one in chain]
        except BadEntryError as error:
            return Bad(f"Entry {index} {error}")
        names = Names()
        around = self._knowledge.around(hops[-1].request.origin)
        facts, diagnosis = judge(hops, around, sanitised=sanitised, names=names)
        if not facts.refused:
            return None
        return Refusal(explained(index, facts, diagnosis, everything=self._everything), names.hints())

    def _sanitised(self, entry: Entry) -> bool:
        """Whether credentials that are not there may have been left out; masks are taken out of the entry."""
        masked = False
        for lines in (entry.request.headers, entry.response.headers):
            kept = [line for line in lines if not _is_mask(line)]
            masked = masked or len(kept) < len(lines)
            lines[:] = kept
        if not self._seen_credentials:
            both = (*entry.request.headers, *entry.response.headers)
            self._seen_credentials = any(line.name.lower() in _CREDENTIALS for line in both)
        return masked or (not self._seen_credentials and _leaves_out(self._file.recorder))


def _is_mask(line: Line) -> bool:
    return line.name.lower() in _CREDENTIALS and len(line.value) < 80 and bool(_MASK.fullmatch(line.value.strip()))


def _leaves_out(recorder: Recorder) -> bool:
    return recorder.creator.lower() in _SANITISING
