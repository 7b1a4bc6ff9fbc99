"""Step 2: the Authorization value part by part, its scheme and place, duplicates, the way it took, its origin. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import CredentialSeen, HopShown, IntakeSeen, Place
from tui401.model.view import CaseView
from tui401.model.words import Defect
from tui401.ui.blocks import Block, Compare, Marked, Para, Row, Tone
from tui401.ui.draw import short_masks
from tui401.ui.findings.common import contents, counted, credential_of

_CONTRASTS: Final = {
    Contrast.ALL_ALIKE: "not to be told: one refusal for all, with, without and with a worthless credential",
    Contrast.READ_AND_REFUSED: "yes, and refused as a worthless one is",
    Contrast.NOT_READ: "no: it answers as if no credential came; this form of it was not read",
    Contrast.RECOGNISED: "yes, and it is recognised further than a worthless one",
    Contrast.PUBLIC: "yes: without a credential the request succeeds, so the credential itself is refused",
}
_PARTS: Final = re.compile(
    r"(?P<blank>[ \t]+)|(?P<masked>●[●.]*)|(?P<word>[A-Za-z][A-Za-z0-9_-]*)|(?P<sign>[^ \tA-Za-z●])"
)
_MOST_PARTS: Final = 10
_BLANKS: Final = {" ": "space", "\t": "tab"}


def found(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    """The blocks."""
    credential = credential_of(view)
    if credential is None or credential.place is Place.NONE:
        yield Row("credential", "none in any place of this request")
    else:
        yield from _credential(credential, facts)
    if facts is not None:
        yield from _around(facts)
        yield from hops_of(facts.answer.hops if facts.answer is not None else ())
    yield from _notes(view)


def _credential(credential: CredentialSeen, facts: Facts | None) -> Iterator[Block]:
    yield Row("stands in", _place(credential))
    yield Row("came from", credential.came_from or "not known")
    if credential.masked:
        yield Row("as sent", short_masks(credential.masked), counted(len(credential.masked), "character"))
        yield from _parts(credential)
    for defect in credential.defects:
        yield Marked(credential.masked, defect.at, defect.length, f"{defect.says} (offset {defect.at})")
    offered = facts.expects(Aspect.SCHEME) if facts is not None else ()
    if credential.scheme or credential.place is Place.AUTHORIZATION:
        values = {value.lower() for e in offered for value in e.values}
        sent = credential.scheme or "none"
        if offered and sent.lower() not in values:
            pair = ("the scheme sent", sent), ("asked for", ", ".join(offered[0].values))
            yield Compare(*pair, by=offered[0].by)
        else:
            yield Row("scheme", sent)
    for wanted in facts.expects(Aspect.PLACE) if facts is not None else ():
        yield Row("place wanted", " or ".join(wanted.values), wanted.by)


def _place(credential: CredentialSeen) -> str:
    name = credential.place_name or credential.place.value
    return name if credential.place in (Place.AUTHORIZATION, Place.PROXY) else f"{credential.place.value} {name}"


def _parts(credential: CredentialSeen) -> Iterator[Block]:
    """The value in its parts, each with the offsets it covers; secrets are masked, so this counts and shows structure.

    A part that a defect touches is marked.
    """
    for number, (at, text, says) in enumerate(parts_of(credential.masked), 1):
        if number > _MOST_PARTS:
            yield Row("…", "more parts follow")
            return
        last = at + len(text) - 1
        where = f"{at}" if last == at else f"{at}–{last}"
        bad = any(_touches(defect, at, last) for defect in credential.defects)
        yield Row(f"  {where}", short_masks(text) if text.strip() else says, says if text.strip() else "", _tone(bad))


def parts_of(masked: str) -> Iterator[tuple[int, str, str]]:
    """The parts of a header's masked value: offset, text, and what it is.

    Args:
        masked: From ``CredentialSeen.masked``: structure as sent, everything secret as dots.
    """
    seen_word = False
    for match in _PARTS.finditer(masked):
        text = match.group()
        match match.lastgroup:
            case "blank":
                yield (
                    match.start(),
                    text,
                    " and ".join(counted(text.count(sign), name) for sign, name in _BLANKS.items() if sign in text),
                )
            case "masked":
                yield match.start(), text, counted(len(text), "character")
            case "word":
                yield match.start(), text, "another word" if seen_word else "scheme"
                seen_word = True
            case _:
                yield match.start(), text, "a sign of its own"


def _touches(defect: Defect, first: int, last: int) -> bool:
    return defect.at <= last and defect.at + max(defect.length, 1) > first


def _tone(bad: bool) -> Tone:  # noqa: FBT001 - a private switch
    return Tone.BAD if bad else Tone.PLAIN


def _around(facts: Facts) -> Iterator[Block]:
    if facts.response is not None:
        named = ", ".join(dict.fromkeys(c.scheme for c in facts.challenges))
        yield Row("asked for", named or "nothing: the answer names no scheme", "by the challenge" if named else "")
    for other in facts.credentials[1:]:
        yield Row("also sent", f"{other.family} in {_place(other)}", other.came_from, Tone.WARN)
    if facts.contrast is not Contrast.UNKNOWN:
        yield Row("was it read?", _CONTRASTS[facts.contrast])


def hops_of(hops: tuple[HopShown, ...]) -> Iterator[Block]:
    """Where the request went, whether the credential went along, and where on the way it vanished."""
    for number, hop in enumerate(hops if len(hops) > 1 else (), 1):
        status = str(hop.response.status) if hop.response is not None else "no answer"
        carried = "with it" if hop.credential_sent else "without it"
        yield Row(f"hop {number}", str(hop.request.url), f"{status}, {carried}", _tone(_lost(hops, number - 1)))
    for number in range(1, len(hops)):
        if _lost(hops, number):
            yield Para(f"The credential vanished on the way from hop {number} to hop {number + 1}.", Tone.BAD, mark="✗")
    for sentence in _withheld(hops):
        yield Para(sentence, Tone.WARN, mark="!")


def _lost(hops: tuple[HopShown, ...], number: int) -> bool:
    return number > 0 and hops[number - 1].credential_sent and not hops[number].credential_sent


def _withheld(hops: Iterable[HopShown]) -> Iterator[str]:
    for hop in hops:
        yield from hop.withheld


def _notes(view: CaseView) -> Iterator[Block]:
    """What was noticed at intake; what shadowed the credential that was meant stands first."""
    notes = [note for seen in contents(view, IntakeSeen) for note in seen.notes]
    for note in sorted(notes, key=lambda n: n.cause != "credential-overridden"):
        yield Para(note.says, Tone.BAD if note.cause == "credential-overridden" else Tone.WARN, mark="!")
