"""What causes read off facts in common: how an answer agrees with a defect, who is named, how verdicts are made.

A defect that the request itself shows is confirmed only by an answer that agrees with it (judging.md). How far an
answer agrees is decided here, once, for all causes:

``WORDS``    the answer names this very cause;
``TOKEN``    it speaks of the credential without saying what is wrong, or experiments show that it was read;
``BARE``     a 401 that names nothing, where no experiment shows that the credential was not read;
``SILENT``   a refusal that can have other grounds: a bare 403, or one refusal for every request;
``AGAINST``  the answer names another cause, or experiments show that the credential was not read, or it is no refusal.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum
from typing import Final

from tui401.model.facts import Aspect, Contrast, Expected, Facts, Flip, Said
from tui401.model.shown import CredentialSeen, Place, Verified
from tui401.model.verdict import Strength, Verdict
from tui401.model.words import Defect, Shape
from tui401.wire import authorization, jwt
from tui401.wire.claims import numeric_date

LONG_LEEWAY: Final = 300.0
"""Seconds: the longest leeway that a widespread framework grants by default. Where an answer names nothing, a token
that is past by less may have been taken for good and refused for something else."""

HARMLESS: Final = authorization.HARMLESS | jwt.HARMLESS

VAGUE: Final = frozenset({"token-unrecognised", "header-dropped", "header-missing", "session-expired"})
"""What servers say of any refused credential; none of it speaks against another cause."""

_TOKEN_FAMILIES: Final = frozenset({"bearer", "dpop", "raw"})
_OF_APIS: Final = frozenset({"bearer", "dpop"})
_NO_OAUTH: Final = frozenset({"api-key", "basic", "digest", "cookie", "signature", "negotiate"})


class Agreement(IntEnum):
    """How far an answer agrees with a defect that the request shows."""

    AGAINST = 0
    SILENT = 1
    BARE = 2
    TOKEN = 3
    WORDS = 4


def agreement(facts: Facts, slug: str, allied: Collection[str] = ()) -> Agreement:
    """How far the answer agrees that this cause refused the request.

    Args:
        facts: The facts.
        slug: The cause.
        allied: Other causes whose words do not speak against it, besides those that are said of anything.
    """
    if not facts.refused or facts.response is None:
        return Agreement.AGAINST
    told = facts.says(slug)
    if told is not None and told.strength >= Strength.LIKELY:
        return Agreement.WORDS
    friends = {slug, *allied, *VAGUE}
    spoken = [s for s in facts.said if s.by == "api" or s.where != "grant"]
    if any(s.strength >= Strength.LIKELY and s.cause not in friends for s in spoken):
        return Agreement.AGAINST
    if facts.contrast is Contrast.NOT_READ or not scheme_offered(facts):
        return Agreement.AGAINST
    read = facts.contrast in (Contrast.READ_AND_REFUSED, Contrast.RECOGNISED, Contrast.PUBLIC)
    if read or any(s.cause in friends for s in spoken) or _bearer_error(facts):
        return Agreement.TOKEN
    if facts.meant != 401 or facts.contrast is Contrast.ALL_ALIKE or perhaps_of_a_proxy(facts):
        return Agreement.SILENT
    return Agreement.BARE


def perhaps_of_a_proxy(facts: Facts) -> bool:
    """Whether a 401 may be that of a forward proxy, which reads a request without TLS and can answer it itself.

    A proxy that asks for its own credential answers alike whatever the API's is, and never asks for a token.
    """
    if facts.meant != 401 or not facts.request.url.startswith("http:"):
        return False
    read = facts.contrast in (Contrast.READ_AND_REFUSED, Contrast.RECOGNISED, Contrast.PUBLIC)
    api = (
        read
        or facts.who.kind not in ("unknown", "proxy")
        or any(c.scheme.lower() in _OF_APIS for c in facts.challenges)
    )
    return not api and any(note.name == "proxy" for note in facts.notes)


def weigh(agrees: Agreement, *, decisive: bool = True) -> Strength:
    """The strength of a defect that the request shows, by how far the answer agrees.

    Args:
        agrees: From ``agreement``.
        decisive: Whether the defect by itself is enough for a refusal anywhere; else only words confirm it.
    """
    match agrees:
        case Agreement.WORDS:
            return Strength.CONFIRMED
        case Agreement.TOKEN | Agreement.BARE:
            return Strength.CONFIRMED if decisive else Strength.LIKELY
        case Agreement.SILENT:
            return Strength.LIKELY
        case _:
            return Strength.POSSIBLE


def answered_alike(facts: Facts, label: str) -> bool:
    """Whether that variant got the original's answer, so that what differs between the two is not at fault alone."""
    other = facts.answered(label)
    if other is None or other.response is None or facts.response is None:
        return False
    return bool(facts.response.signature) and other.response.signature == facts.response.signature


def scheme_offered(facts: Facts) -> bool:
    """Whether the scheme that was sent is among those that the challenges name; True where none is named.

    True, too, where the credential is refused alike under the scheme that is named: some servers name another one
    than they read.
    """
    if answered_alike(facts, "use-scheme") or _read_as_bearer(facts):
        return True
    sent = facts.credential
    offered = {value.lower() for e in facts.expects(Aspect.SCHEME) for value in e.values}
    if sent is None or sent.place is not Place.AUTHORIZATION or not sent.scheme or not offered:
        return True
    return sent.scheme.lower() in offered or (sent.family == "dpop" and "bearer" in offered)


_OF_PASSWORDS: Final = re.compile(r"(?i)\b(?:pass\w*|user(?:name)?|login|account|e-?mail)\b")


def of_a_token(facts: Facts, told: Said) -> bool:
    """Whether words that are read as of a password are no such: the challenge asks for a token, and they name neither.

    "Invalid credentials" is said of whatever came.
    """
    offered = {challenge.scheme.lower() for challenge in facts.challenges if challenge.scheme}
    alone = bool(offered) and offered <= {"bearer", "dpop"}
    return told.cause == "basic-credentials-invalid" and alone and not _OF_PASSWORDS.search(told.quote)


KEY_SCHEMES: Final = frozenset({"apikey", "api-key", "key", "x-api-key"})


def offers_other_than_keys(facts: Facts) -> bool:
    """Whether the challenges name a scheme that is none of an API key."""
    return any(value.lower() not in KEY_SCHEMES for e in facts.expects(Aspect.SCHEME) for value in e.values)


def _read_as_bearer(facts: Facts) -> bool:
    """Whether the challenge judges a Bearer token, whatever its own scheme is called (RFC 6750, section 3.1)."""
    sent = facts.credential
    if sent is None or sent.family != "bearer":
        return False
    return any(c.param("error") in ("invalid_token", "insufficient_scope") for c in facts.challenges)


def _bearer_error(facts: Facts) -> bool:
    return any(c.param("error") == "invalid_token" for c in facts.challenges)


def verdict(
    slug: str,
    strength: Strength,
    *because: str,
    cites: tuple[str, ...] = (),
    needs: str = "",
    near_miss: str = "",
    expected: str = "",
    provided: str = "",
    expected_by: str = "",
) -> Verdict:
    """A verdict with its sentences, the empty ones left out."""
    return Verdict(
        cause=slug,
        strength=strength,
        because=tuple(b for b in because if b),
        cites=cites,
        needs=needs,
        near_miss=near_miss,
        expected=expected,
        provided=provided,
        expected_by=expected_by,
    )


def ruled_out(slug: str, *because: str, cites: tuple[str, ...] = ()) -> Verdict:
    """The cause is shown not to be so."""
    return verdict(slug, Strength.RULED_OUT, *because, cites=cites)


def unknown(slug: str, needs: str, *because: str) -> Verdict:
    """What the cause needs is missing; ``needs`` is the probe that would bring it, or ""."""
    return verdict(slug, Strength.UNKNOWN, *because, needs=needs)


def not_applicable(slug: str, why: str) -> Verdict:
    """The cause cannot concern this request."""
    return Verdict(cause=slug, strength=Strength.RULED_OUT, because=(why,), applies=False)


def no_token(facts: Facts, slug: str) -> Verdict | None:
    """The verdict of a cause that concerns tokens on a request that carries none; None where it carries one."""
    sent = facts.credential
    if sent is None:
        if facts.sanitised:
            return unknown(slug, "", "the recording leaves credentials out")
        return not_applicable(slug, "the request carries no token")
    if not is_token(sent):
        return not_applicable(slug, f"not applicable: {CARRIES_NOTHING.get(sent.family, 'it')} carries no claims")
    return None


CARRIES_NOTHING: Final = {
    "api-key": "an API key",
    "basic": "a password",
    "digest": "a Digest credential",
    "cookie": "a cookie",
    "signature": "a signed request",
    "negotiate": "a Negotiate credential",
}


def proved_by_certificate(facts: Facts) -> bool:
    """Whether the server asked for a client certificate in the handshake and took the one that was shown."""
    hop = facts.answer.hops[-1] if facts.answer is not None and facts.answer.hops else None
    shown = any(c.place is Place.CERTIFICATE for c in facts.credentials)
    return shown and hop is not None and hop.certificate_asked and hop.response is not None


def is_token(sent: CredentialSeen) -> bool:
    """Whether a credential is a token: sent as one, or of a JWT's shape wherever it stands."""
    shaped = sent.token is not None and sent.token.shape in (Shape.JWT, Shape.JWE, Shape.BROKEN_JWT)
    return shaped or sent.family in _TOKEN_FAMILIES or (sent.family == "other" and sent.place is Place.AUTHORIZATION)


def is_oauth(facts: Facts) -> bool:
    """Whether the request can be one of OAuth at all; a request without credential can."""
    sent = facts.credential
    return sent is None or is_token(sent) or sent.family not in _NO_OAUTH


def readable(facts: Facts) -> bool:
    """Whether the token's claims can be read."""
    return facts.token is not None and facts.token.shape is Shape.JWT


def date_claim(facts: Facts, name: str) -> float | None:
    """A time from the token's claims, or from an active introspection of it; seconds since the epoch."""
    if facts.token is not None and name in facts.token.claims:
        return numeric_date(facts.token.claims[name])
    for answer in facts.introspections:
        if answer.active and name in answer.claims:
            return numeric_date(answer.claims[name])
    return None


NEW_TOKENS: Final = frozenset({"fresh", "other-audience", "other-scopes", "other-issuer", "other-token"})
"""Labels of accepted requests with another token, by the one thing in which it differs (``other-token``: in more)."""


def proved(facts: Facts, *labels: str) -> Flip | None:
    """The first of these variants that was accepted, by the original's own method, with the original refused again."""
    flips = (facts.flip(label) for label in labels)
    return next((flip for flip in flips if flip is not None and flip.proved and not flip.substitute), None)


def otherwise_sound(facts: Facts) -> bool:
    """Whether nothing but what the claims say can be held against the token.

    Another token is newer too; that it is accepted shows what is wrong with the claims of this one only where this one
    is alive and was signed by the issuer that the API trusts, or its issuer calls it active.
    """
    end, begin = date_claim(facts, "exp"), date_claim(facts, "nbf")
    if end is not None and end <= facts.now.at + facts.now.uncertainty:
        return False
    if begin is not None and begin > facts.now.at - facts.now.uncertainty:
        return False
    if any(k.trusted and k.signature in {Verified.BAD, Verified.NO_KEY} for k in facts.keys):
        return False
    verifies = any(k.trusted and k.signature is Verified.GOOD for k in facts.keys)
    return verifies or any(answer.active for answer in facts.introspections)


def claim_text(facts: Facts, name: str) -> str:
    """A claim that is a text, "" where it is none or not there."""
    value = facts.token.claims.get(name) if facts.token is not None else None
    return value if isinstance(value, str) else ""


def defects(facts: Facts, slug: str) -> tuple[Defect, ...]:
    """What is visibly wrong with the credential that speaks for this cause, the harmless left out."""
    sent = facts.credential
    if sent is None:
        return ()
    both = (*sent.defects, *(sent.token.defects if sent.token is not None else ()))
    found = {d.name: d for d in both if d.cause == slug and d.name not in HARMLESS}
    return tuple(found.values())


def wanted(facts: Facts, aspect: Aspect) -> tuple[Expected, ...]:
    """What is expected, without values that only show that a server was never configured."""
    empty = {"undefined", "null", "none", ""}
    return tuple(e for e in facts.expects(aspect) if any(v.lower() not in empty for v in e.values))


def quoted(told: Said | None) -> str:
    """The words as evidence, "" for none."""
    if told is None or not told.quote:
        return ""
    who = "the issuer says" if told.by == "issuer" else "the API says"
    return f"{who} “{told.quote}”"


def spoken(seconds: float) -> str:
    """A length of time for a person: ``41 min``, ``7 s``, ``2 h 5 min``, ``3 days``."""
    whole = int(abs(seconds) + 0.5)
    if whole < 90:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} days"


CLOCK_NAMES: Final = {
    "ntp": "by network time",
    "api": "by the server's clock",
    "issuer": "by the issuer's clock",
    "local": "by this machine's clock",
    "recording": "at the time of the recording",
}


def clock_name(facts: Facts) -> str:
    """Whose time is trusted, for a person."""
    return CLOCK_NAMES.get(facts.now.source, "by the trusted clock")
