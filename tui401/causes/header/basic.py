"""basic-credentials-invalid and basic-malformed: user names and passwords (RFC 7617)."""

from __future__ import annotations

import re
from typing import Final

from tui401.causes.header import negotiated
from tui401.causes.reading import (
    Agreement,
    agreement,
    defects,
    not_applicable,
    of_a_token,
    quoted,
    ruled_out,
    unknown,
    verdict,
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

INVALID: Final = "basic-credentials-invalid"
MALFORMED: Final = "basic-malformed"
_PASSWORD: Final = re.compile(r"(?i)pass(?:word|wd|phrase|code)|\b(?:pwd|pin)\b")


def judge_invalid(facts: Facts) -> Verdict:
    """The server says so; refused as an invented user is, it is likely at most: disabled accounts look the same."""
    told = facts.says(INVALID)
    if told is None and facts.refused and facts.meant == 401:
        name = _password_in_body(facts)
        if name and agreement(facts, INVALID) > Agreement.AGAINST:
            why = f"{name} came in the body, and the answer is a 401"
            return verdict(INVALID, Strength.POSSIBLE, why, cites=("credential", "contrast"))
    proof = negotiated.refused_proof(facts, INVALID)
    if proof is not None:
        return proof
    missing = None if told is not None and told.by == "issuer" else _no_basic(facts, INVALID, "basic", "digest")
    if missing is not None:
        return missing
    cites = ("credential", "contrast", *([told.fact] if told is not None else []))
    if facts.credential is not None and facts.credential.family == "digest":
        return _of_digest(facts, cites)
    clear = told is not None and told.strength is Strength.CONFIRMED
    if told is not None and not clear and of_a_token(facts, told):
        why = "the API asks for a token, and names no user or password"
        return verdict(INVALID, Strength.POSSIBLE, quoted(told), why, cites=cites)
    if facts.contrast is Contrast.RECOGNISED and not clear:
        return verdict(
            INVALID,
            Strength.POSSIBLE,
            "the server answers otherwise to it than to an invented user",
            quoted(told),
            cites=cites,
        )
    if facts.contrast is Contrast.NOT_READ and not clear:
        return ruled_out(INVALID, "in this form the server did not read it at all", cites=cites)
    if facts.contrast is Contrast.READ_AND_REFUSED:
        return verdict(
            INVALID,
            Strength.LIKELY,
            "the server answers to it as to an invented user, and otherwise to none",
            quoted(told),
            cites=cites,
        )
    offered = any(v.lower() in ("basic", "digest") for e in facts.expects(Aspect.SCHEME) for v in e.values)
    agrees = agreement(facts, INVALID, allied=("token-unrecognised",))
    if offered and agrees >= Agreement.SILENT and facts.meant == 401:
        why = "a well-formed user and password came, and the API asks for them again"
        return verdict(INVALID, Strength.LIKELY, why, quoted(told), cites=cites, needs="garbage-user")
    why = "how the server answers to an invented user is not known yet"
    if told is None and agrees > Agreement.SILENT:
        return verdict(
            INVALID, Strength.POSSIBLE, "a user and password were refused", why, cites=cites, needs="garbage-user"
        )
    return unknown(INVALID, "garbage-user", why)


def _of_digest(facts: Facts, cites: tuple[str, ...]) -> Verdict:
    """An answer to the server's own challenge, refused with the same challenge again (RFC 7616, section 3.3)."""
    told = facts.says(INVALID)
    asked = next((c for c in facts.challenges if c.scheme.lower() == "digest"), None)
    if asked is None or (asked.param("stale") or "").lower() == "true":
        return unknown(INVALID, "", "a Digest answer holds for one challenge, so it cannot be tried again")
    why = "an answer to its Digest challenge came, and the API asks again"
    return verdict(INVALID, Strength.LIKELY, why, quoted(told), cites=cites)


def judge_malformed(facts: Facts) -> Verdict:
    """Not base64, no colon inside, or a line break encoded into it."""
    told = facts.says(MALFORMED)
    missing = _no_basic(facts, MALFORMED, "basic") if told is None else None
    if missing is not None:
        return missing
    found = defects(facts, MALFORMED)
    cites = ("credential", "credential.form", *([told.fact] if told is not None else []))
    if not found:
        if told is not None and told.strength >= Strength.LIKELY:
            return verdict(MALFORMED, Strength.POSSIBLE, quoted(told), "yet it can be decoded", cites=cites)
        return ruled_out(MALFORMED, "it decodes to a user name and a password", cites=cites)
    agrees = agreement(facts, MALFORMED, allied=("header-malformed", "token-malformed", INVALID))
    return verdict(
        MALFORMED, weigh(agrees, decisive=_decisive(found)), *(d.says for d in found[:3]), quoted(told), cites=cites
    )


def _password_in_body(facts: Facts) -> str:
    """The name under which the body carries a password and nothing else carries a credential, "" for none."""
    if any(c.place is not Place.BODY for c in facts.credentials):
        return ""
    return next((c.place_name for c in facts.credentials if _PASSWORD.search(c.place_name)), "")


def _decisive(found: tuple[object, ...]) -> bool:
    # A trailing line break inside the password is refused only where the password is compared whole, which is usual.
    return bool(found)


def _no_basic(facts: Facts, slug: str, *families: str) -> Verdict | None:
    sent = facts.credential
    if sent is None and facts.sanitised:
        return unknown(slug, "", "the recording leaves credentials out")
    if sent is None or sent.family not in families:
        return not_applicable(slug, "the request carries no user name and password")
    return None


CAUSES: Final = (
    Cause(
        slug=INVALID,
        step=Step.HEADER,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title="The user name or password is wrong",
        fix="Correct or rotate the password",
        explains=frozenset({"token-unrecognised"}),
        remedies=(Remedy.PASTE,),
        judge=judge_invalid,
        manual=Manual(
            what="A user name and password arrived in good form, and the server does not accept them together.",
            why=(
                "A typing error, a changed password, a user of another directory, a service that wants an app password "
                "or token in place of the person's own. Disabled accounts are usually answered in the same words."
            ),
            settle="The server says so. Refused just as an invented user is, it is likely and no more.",
            mend=(
                "Check user and password by signing in elsewhere, and try at most once more: many servers lock an "
                "account after a few failures."
            ),
            example='HTTP/1.1 401\nWWW-Authenticate: Basic realm="files"',
            references=("RFC 7617, section 2",),
        ),
    ),
    Cause(
        slug=MALFORMED,
        step=Step.HEADER,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title="The Basic credential is malformed",
        fix="Encode user:password as base64, without the line break",
        explains=frozenset({INVALID, "header-malformed", "token-unrecognised", "token-malformed"}),
        remedies=(Remedy.CANONICAL, Remedy.REPAIRED, Remedy.PASTE),
        judge=judge_malformed,
        manual=Manual(
            what="What follows the word Basic does not decode to a user name, a colon and a password.",
            why=(
                "The pair was sent without encoding, or encoded twice, or with the line break that echo adds: the "
                "password then ends in an invisible character."
            ),
            settle="It is not base64, has no colon inside, or holds a line break.",
            mend="Encode with printf '%s' 'user:password' | base64, or let the client do it (curl -u user).",
            example="GET /files HTTP/1.1\nAuthorization: Basic user:password",
            references=("RFC 7617, section 2", "RFC 4648, section 4"),
        ),
    ),
)
