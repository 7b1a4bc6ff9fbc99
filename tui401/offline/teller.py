"""What is said of one recorded exchange: judged, or remembered from others that must be judged alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from tui401.intake.harentry import Entry, hop_of
from tui401.offline.alike import Likener
from tui401.offline.engine import judge
from tui401.offline.knowledge import Knowledge
from tui401.offline.memo import Memo
from tui401.offline.objects import SCHEMA, explained
from tui401.offline.passing import may_refuse

BEGINS: Final = b'{"schema":%d,' % SCHEMA
"""What the JSON of every refusal begins with; its entry is put in behind it."""


class Teller:
    """Tells one exchange after another.

    Args:
        knowledge: What is known around the requests.
        everything: Objects hold the causes that were ruled out, too.
        memo: Whether exchanges that must be judged alike are judged once; what is said is the same either way.
    """

    def __init__(self, knowledge: Knowledge, *, everything: bool = False, memo: bool = True) -> None:
        self._knowledge = knowledge
        self._everything = everything
        # A description of the API may read any part of an address.
        self._likener = Likener() if memo and not knowledge.described else None
        self._memo = Memo()

    def tell(self, entry: Entry, earlier: Sequence[Entry] = (), *, sanitised: bool = False) -> bytes | None:
        """The object of a refusal as JSON, without an entry's index; None for what is none.

        Args:
            entry: The exchange.
            earlier: The hops of a redirect that led to it.
            sanitised: Credentials that are not there may have been left out.

        Raises:
            BadEntryError: for an address that names no host.
        """
        if not may_refuse(entry):
            return None
        if self._likener is None or earlier:
            return self._judged([*earlier, entry], sanitised=sanitised)
        alike = self._likener.likeness(entry, sanitised=sanitised)
        if alike is None:
            return self._judged([entry], sanitised=sanitised)
        known, said = self._memo.recall(alike)
        if not known:
            said = self._judged([entry], sanitised=sanitised)
            self._memo.learn(alike, said)
        return said

    def _judged(self, chain: Sequence[Entry], *, sanitised: bool) -> bytes | None:
        hops = [hop_of(one) for one in chain]
        facts, diagnosis = judge(hops, self._knowledge.around(hops[-1].request.origin), sanitised=sanitised)
        if not facts.refused:
            return None
        return msgspec.json.encode(explained(None, facts, diagnosis, everything=self._everything))
