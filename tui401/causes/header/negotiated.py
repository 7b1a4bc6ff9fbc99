"""What Negotiate and NTLM tell: which leg of the handshake was sent, and whether the server goes on with it. Pure.

RFC 4559, section 4; MS-NTHT, section 1.3. tui401 speaks neither, so it judges them and sends nothing.
"""

from __future__ import annotations

import re
from typing import Final

from tui401.causes.reading import quoted, verdict
from tui401.model.facts import Facts
from tui401.model.verdict import Strength, Verdict
from tui401.wire import handshake

FAMILY: Final = "negotiate"
_GOES_ON: Final = re.compile(r"(?i)\b(?:negotiate|ntlm|kerberos)[ \t]+[^\s,=]{4,}(?=$|[\s,=])")
"""A challenge with data behind its scheme: the server's own message."""


def opening_only(facts: Facts, slug: str) -> Verdict | None:
    """The first message of NTLM, which says nothing of who asks; None for every other credential."""
    sent = facts.credential
    if sent is None or sent.family != FAMILY or sent.leg != handshake.OPENING or not facts.refused:
        return None
    cites = ("credential", "scheme")
    why = "NTLM's first message was sent, which proves nobody yet"
    if _goes_on(facts):
        went = "the server answers with its challenge, and no third message followed in this exchange"
        return verdict(slug, Strength.LIKELY, why, went, cites=cites)
    return verdict(slug, Strength.POSSIBLE, why, cites=cites)


def refused_proof(facts: Facts, slug: str) -> Verdict | None:
    """The third message of NTLM, refused; None for every other credential."""
    sent = facts.credential
    if sent is None or sent.family != FAMILY or sent.leg != handshake.PROOF or not facts.refused or _goes_on(facts):
        return None
    told = facts.says(slug)
    why = "NTLM's third message came, which proves the password, and the server begins anew"
    status = facts.meant
    strength = Strength.LIKELY if status in (401, 407) else Strength.POSSIBLE
    return verdict(slug, strength, why, quoted(told), cites=("credential", "contrast"))


def refused_ticket(facts: Facts, slug: str) -> Verdict | None:
    """A Kerberos ticket, refused; None for every other credential."""
    sent = facts.credential
    if sent is None or sent.family != FAMILY or sent.leg != handshake.TICKET or not facts.refused or _goes_on(facts):
        return None
    told = facts.says(slug)
    why = "a Kerberos ticket came and was refused: made for another service name, for a key that the server has not"
    status = facts.meant
    strength = Strength.LIKELY if status == 401 else Strength.POSSIBLE
    return verdict(slug, strength, f"{why}, or out of its time", quoted(told), cites=("credential", "contrast"))


def ntlm_inside(facts: Facts, slug: str) -> Verdict | None:
    """NTLM inside Negotiate at a server that does not offer NTLM: the client had no ticket and fell back."""
    sent = facts.credential
    if sent is None or sent.family != FAMILY or not facts.refused or _goes_on(facts):
        return None
    offered = {challenge.scheme.lower() for challenge in facts.challenges}
    inside = sent.scheme.lower() == FAMILY and sent.leg in (handshake.OPENING, handshake.PROOF)
    if not inside or not offered or "ntlm" in offered:
        return None
    why = "NTLM was sent inside Negotiate, as clients do that have no Kerberos ticket, and the API does not offer NTLM"
    return verdict(slug, Strength.LIKELY, why, cites=("credential", "scheme"))


def _goes_on(facts: Facts) -> bool:
    """Whether the answer holds the server's own message: then the handshake goes on, and nothing was refused yet."""
    if facts.response is None:
        return False
    values = (*facts.response.values("www-authenticate"), *facts.response.values("proxy-authenticate"))
    return any(_GOES_ON.search(value) for value in values)
