"""Answers that were given before: exchanges that must be judged alike are judged twice, and then never again.

The first two exchanges of a likeness are both judged. Where what was said of them is the same but for their own
identifiers, that becomes a form into which others of the likeness only put theirs. Where it is not, the likeness missed
something that the judge reads, and its exchanges are judged one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tui401.offline.runs import any_in, parts, together
from tui401.offline.striking import Likeness

_MOST: Final = 4_096  # forms; each is a few thousand bytes
_MOST_WAITING: Final = 2_048
_TRIES: Final = 3
_TELLING: Final = re.compile(rb"(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{8,}")

Said = bytes | None
"""The JSON of a refusal without its entry, or None for what is none."""


@dataclass(slots=True)
class _Waiting:
    """What was said of the last exchange of a likeness that has no form yet."""

    marked: Said
    holes: list[str] = field(repr=False)
    tries: int = 1


@dataclass(slots=True)
class _Form:
    """What is said of each exchange of a likeness; None in ``pieces`` for what is no refusal.

    ``pieces`` are texts and, between them, the numbers of holes. ``fixed``: holes that were the same whenever it was
    judged, so that nobody knows yet where they are put. ``telling``: parts of the texts that could be a part of
    somebody's secret. ``shown``: the holes that are put in.
    """

    pieces: tuple[bytes | int, ...] | None
    telling: tuple[str, ...] = ()
    shown: tuple[int, ...] = ()
    fixed: dict[int, str] = field(default_factory=dict, repr=False)


class Memo:
    """Remembers a bounded number of forms, the oldest given up first."""

    def __init__(self) -> None:
        self._forms: dict[bytes, _Form | None] = {}
        self._waiting: dict[bytes, _Waiting] = {}

    def recall(self, alike: Likeness) -> tuple[bool, Said]:
        """Whether this is known, and what is said of it then."""
        form = self._forms.get(alike.digest)
        if form is None:
            return False, None
        if form.pieces is None:
            return True, None
        holes = alike.holes
        if form.fixed and any(holes[place] != value for place, value in form.fixed.items()):
            return False, None
        if alike.secrets:
            secrets = together(alike.secrets)
            if any_in(form.telling, secrets) or any(any_in(parts(holes[place]), secrets) for place in form.shown):
                return False, None
        return True, b"".join([holes[piece].encode() if isinstance(piece, int) else piece for piece in form.pieces])

    def learn(self, alike: Likeness, said: Said) -> None:
        """Takes note of what the judge said of an exchange that was not known."""
        digest = alike.digest
        form = self._forms.get(digest)
        if form is not None:
            self._loosen(form, alike, said)
            return
        if digest in self._forms:
            return
        if alike.whole:
            self._keep(digest, _form(said, {}))
            return
        marked = _marked(said, alike.holes)
        before = self._waiting.get(digest)
        if before is None:
            self._waiting[digest] = _Waiting(marked, alike.holes)
            if len(self._waiting) > _MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            return
        before.tries += 1
        if marked == before.marked:
            same = {
                place: one
                for place, (one, other) in enumerate(zip(before.holes, alike.holes, strict=True))
                if one == other
            }
            self._keep(digest, _form(marked, same))
        elif before.tries > _TRIES:
            self._keep(digest, None)
        else:
            before.marked, before.holes = marked, alike.holes

    def _loosen(self, form: _Form, alike: Likeness, said: Said) -> None:
        """Frees holes that were the same so far, where this exchange shows that they are only put in."""
        if form.pieces is None or said is None:
            return
        marked = b"".join(p if isinstance(p, bytes) else b"\x01%d\x01" % p for p in form.pieces)
        if _marked(said, alike.holes) == marked:
            form.fixed = {place: value for place, value in form.fixed.items() if alike.holes[place] == value}

    def _keep(self, digest: bytes, form: _Form | None) -> None:
        self._waiting.pop(digest, None)
        self._forms[digest] = form
        if len(self._forms) > _MOST:
            del self._forms[next(iter(self._forms))]


def _marked(said: Said, holes: list[str]) -> Said:
    """What was said with a mark in the place of each identifier."""
    if said is None or not holes:
        return said
    places = {value.encode(): place for place, value in enumerate(holes)}
    pattern = re.compile(b"|".join(re.escape(value) for value in sorted(places, key=len, reverse=True)))
    return pattern.sub(lambda found: b"\x01%d\x01" % places[found.group()], said)


def _form(marked: Said, same: dict[int, str]) -> _Form:
    """The form of what was said alike of two exchanges, and of their holes those that were the same."""
    if marked is None:
        return _Form(None)
    parts = marked.split(b"\x01")
    pieces = tuple(int(part) if number % 2 else part for number, part in enumerate(parts))
    shown = tuple({piece for piece in pieces if isinstance(piece, int)})
    # A hole that is not shown may still be: its value may only have been too common to be seen as one.
    return _Form(pieces, _telling(marked), shown, same)


def _telling(said: bytes) -> tuple[str, ...]:
    """Parts of runs of letters and digits, which could be part of a secret as well; words of ours hold no digits."""
    return tuple({part for found in _TELLING.findall(said) for part in parts(found.decode())})
