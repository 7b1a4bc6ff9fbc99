"""scheme-missing and scheme-wrong: the word before the credential."""

from __future__ import annotations

from typing import Final

from tui401.causes.header import negotiated
from tui401.causes.reading import (
    Agreement,
    agreement,
    answered_alike,
    defects,
    not_applicable,
    of_a_token,
    quoted,
    ruled_out,
    scheme_offered,
    unknown,
    verdict,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape

MISSING: Final = "scheme-missing"
WRONG: Final = "scheme-wrong"
REGISTERED: Final = frozenset(
    {
        *("basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "oauth"),
        *("privatetoken", "scram-sha-1", "scram-sha-256", "vapid"),
    }
)
"""The schemes of the IANA registry (RFC 9110, section 16.4.1), and NTLM, which is used as one."""
_VAGUE_ALLIES: Final = ("header-malformed", "scheme-wrong", "scheme-missing", "token-malformed")


def judge_missing(facts: Facts) -> Verdict:
    """A bare token stands in the Authorization header, and the server wants a scheme before it."""
    sent = facts.credential
    if sent is None:
        return _without(facts, MISSING)
    if sent.place is not Place.AUTHORIZATION:
        return not_applicable(MISSING, "the credential does not stand in the Authorization header")
    if sent.family != "raw":
        return ruled_out(MISSING, f"the scheme {sent.scheme} stands before it", cites=("scheme",))
    told = facts.says(MISSING)
    cites = ("scheme", "credential", *([told.fact] if told is not None else []))
    why = "no scheme stands before the credential"
    flip = facts.flip("add-scheme") or facts.flip("canonical")
    if flip is not None:
        proof = f"{flip.varied or 'written with a scheme'}: accepted"
        if flip.proved:
            return verdict(
                MISSING,
                Strength.CONFIRMED,
                why,
                proof + ", and as sent refused again",
                cites=(*cites, f"flip:{flip.label}"),
            )
        return verdict(
            MISSING, Strength.LIKELY, why, proof, cites=(*cites, f"flip:{flip.label}"), needs="original-again"
        )
    agrees = agreement(facts, MISSING, _VAGUE_ALLIES)
    if agrees is Agreement.WORDS:
        return verdict(MISSING, Strength.CONFIRMED, why, quoted(told), cites=cites)
    if answered_alike(facts, "add-scheme"):
        return verdict(MISSING, Strength.POSSIBLE, why, "yet with a scheme it is refused alike", cites=cites)
    if facts.contrast in (Contrast.READ_AND_REFUSED, Contrast.RECOGNISED):
        return verdict(MISSING, Strength.POSSIBLE, why, "yet the server read it", cites=cites, needs="add-scheme")
    with_scheme, missed = facts.answered("add-scheme"), _said_to_be_missing(facts)
    if with_scheme is not None and with_scheme.response is not None and missed:
        seen = "with a scheme before it the server no longer says so"
        return verdict(MISSING, Strength.LIKELY, why, missed, seen, cites=cites)
    offered = [value for e in facts.expects(Aspect.SCHEME) for value in e.values]
    if agrees is Agreement.AGAINST and facts.contrast is not Contrast.NOT_READ:
        return verdict(MISSING, Strength.POSSIBLE, why, cites=cites, needs="add-scheme")
    if offered:
        asked = f"the API asks for {' or '.join(dict.fromkeys(offered))}"
        # A challenge without an error is the answer to a request in which no credential was seen (RFC 6750, section 3).
        unseen = all(c.param("error") is None for c in facts.challenges) and facts.meant == 401
        return verdict(
            MISSING,
            Strength.CONFIRMED if unseen else Strength.LIKELY,
            why,
            asked,
            cites=cites,
            needs="" if unseen else "add-scheme",
        )
    # Many APIs read a bare key there; a JWT is no key.
    token = facts.token is not None and facts.token.shape is not Shape.OPAQUE
    likely = facts.refused and (token or told is not None)
    return verdict(MISSING, Strength.LIKELY if likely else Strength.POSSIBLE, why, cites=cites, needs="add-scheme")


def _judged_as_token(facts: Facts, offered: tuple[str, ...]) -> bool:
    """Whether words judge the token itself, so that it was read under the scheme that was sent.

    Under a challenge of no registered scheme any word of tokens shows it, since its name is decoration; under another
    only words that find a fault inside a Bearer token, for a server that reads user names calls no token malformed.
    """
    if any(value.lower() in REGISTERED for value in offered):
        bearer = facts.credential is not None and facts.credential.scheme.lower() == "bearer"
        inside = facts.says("token-malformed")
        return bearer and inside is not None and inside.strength >= Strength.LIKELY and inside.where == "body"
    return any(s.cause.startswith("token-") for s in facts.said)


def _said_to_be_missing(facts: Facts) -> str:
    """The words by which the server says that nothing came, "" for none."""
    told = (facts.says(cause) for cause in ("header-missing", "header-dropped", "api-key-missing"))
    return next((quoted(said) for said in told if said is not None), "")


def judge_wrong(facts: Facts) -> Verdict:
    """The scheme that was sent is not among those that the challenges name."""
    sent = facts.credential
    if sent is None:
        return _without(facts, WRONG)
    if sent.place is not Place.AUTHORIZATION:
        return not_applicable(WRONG, "the credential does not stand in the Authorization header")
    if not sent.scheme:
        return ruled_out(WRONG, "no scheme was sent at all", cites=("scheme",))
    inside = negotiated.ntlm_inside(facts, WRONG)
    if inside is not None:
        return inside
    told = facts.says(WRONG)
    cites = ("scheme", "credential", *([told.fact] if told is not None else []))
    offered = tuple(dict.fromkeys(v for e in facts.expects(Aspect.SCHEME) for v in e.values))
    misspelled = next(iter(defects(facts, WRONG)), None)
    flip = facts.flip("use-scheme") or (facts.flip("canonical") if misspelled else None)
    why = misspelled.says if misspelled else f"the scheme {sent.scheme} was sent"
    if flip is not None:
        proof = f"{flip.varied or 'with another scheme'}: accepted"
        strength = Strength.CONFIRMED if flip.proved else Strength.LIKELY
        return verdict(
            WRONG,
            strength,
            why,
            proof,
            cites=(*cites, f"flip:{flip.label}"),
            needs="" if flip.proved else "original-again",
        )
    as_token = facts.says("token-malformed") if sent.family == "basic" else None
    if not offered and as_token is not None and as_token.strength >= Strength.LIKELY:
        why = "a user name and password were sent, and the server reads them as a token"
        return verdict(WRONG, Strength.LIKELY, why, quoted(as_token), cites=(*cites, as_token.fact))
    if told is not None and told.strength is Strength.CONFIRMED and misspelled is None:
        return verdict(WRONG, Strength.CONFIRMED, why, quoted(told), cites=cites)
    if scheme_offered(facts) and misspelled is None:
        if not offered and facts.refused and _unusual(facts):
            what = "a token" if sent.family != "basic" else "a user name and password"
            why = f"{what} was sent under the scheme {sent.scheme}, and most APIs of OAuth read Bearer"
            strength = min(told.strength, Strength.LIKELY) if told is not None else Strength.POSSIBLE
            return verdict(WRONG, strength, why, quoted(told), cites=cites, needs="use-scheme")
        if not offered:
            return unknown(WRONG, "anonymous", "the server has not named the schemes that it takes")
        return ruled_out(WRONG, f"the API names {sent.scheme} among its schemes", cites=cites)
    agrees = agreement(facts, WRONG, _VAGUE_ALLIES)
    asked = f"the API asks for {' or '.join(offered)}" if offered else ""
    by = next((e.by for e in facts.expects(Aspect.SCHEME)), "")
    values = {
        "expected": ", ".join(offered),
        "provided": sent.scheme,
        "expected_by": by,
    }
    if agrees is Agreement.WORDS:
        return verdict(WRONG, Strength.CONFIRMED, why, asked, quoted(told), cites=cites, **values)
    if facts.contrast is Contrast.RECOGNISED:
        seen = "yet the server answers otherwise to it than to a made-up one of the same scheme"
        return verdict(WRONG, Strength.POSSIBLE, why, asked, seen, cites=cites, **values)
    named = [
        s
        for s in facts.said
        if s.strength >= Strength.LIKELY and s.cause not in (WRONG, *_VAGUE_ALLIES) and not of_a_token(facts, s)
    ]
    if named or not facts.refused or _judged_as_token(facts, offered):
        return verdict(WRONG, Strength.POSSIBLE, why, asked, cites=cites, **values)
    if answered_alike(facts, "use-scheme"):
        return verdict(
            WRONG, Strength.POSSIBLE, why, asked, "yet under that scheme it is refused alike", cites=cites, **values
        )
    if any(e.source == "body" for e in facts.expects(Aspect.SCHEME)):
        # The server's own sentence on what the header must begin with, and the request shows that it does not.
        return verdict(WRONG, Strength.CONFIRMED, why, asked, cites=cites, **values)
    # Some servers offer another scheme only because the token lacks a right, and some name one scheme of several.
    return verdict(WRONG, Strength.LIKELY, why, asked, cites=cites, needs="use-scheme", **values)


def _unusual(facts: Facts) -> bool:
    """Whether a JWT stands behind another word than those that are made for it, or OAuth is spoken and Basic came."""
    sent = facts.credential
    if sent is None or sent.family in ("bearer", "dpop", "signature", "digest", "negotiate"):
        return False
    if sent.family == "basic":
        return facts.known is not None and bool(facts.known.issuer)
    return facts.token is not None and facts.token.shape is Shape.JWT


def _without(facts: Facts, slug: str) -> Verdict:
    if facts.sanitised:
        return unknown(slug, "", "the recording leaves credentials out")
    return not_applicable(slug, "the request carries no credential")


CAUSES: Final = (
    Cause(
        slug=MISSING,
        step=Step.HEADER,
        likelihood=Level.HIGH,
        effort=Level.EASY,
        title="The scheme keyword is missing",
        fix="Put Bearer before the token",
        explains=frozenset(
            {"header-malformed", "token-unrecognised", "header-dropped", "scheme-wrong", "token-malformed"}
        ),
        remedies=(Remedy.ADD_SCHEME, Remedy.CANONICAL),
        judge=judge_missing,
        manual=Manual(
            what="The Authorization header holds the token alone, without the word that says how to read it.",
            why=(
                "The header's form is a scheme, one space, the credential. Without the scheme a server looks for the "
                "one it knows and finds none, as if nothing had been sent. A few APIs do want a bare key there."
            ),
            settle=(
                "The value is a bare token and the server's challenge or words want a scheme; or the same token with "
                "the scheme is accepted."
            ),
            mend="Write Authorization: Bearer, one space, the token.",
            example="GET /v1/orders HTTP/1.1\nAuthorization: eyJhbGciOi…",
            references=("RFC 9110, section 11.6.2", "RFC 6750, section 2.1"),
        ),
    ),
    Cause(
        slug=WRONG,
        step=Step.HEADER,
        likelihood=Level.HIGH,
        effort=Level.EASY,
        title="The server wants another scheme",
        fix="Use a scheme that the challenge names",
        explains=frozenset(
            {"token-unrecognised", "header-malformed", "header-dropped", "basic-credentials-invalid", "api-key-invalid"}
        ),
        remedies=(Remedy.USE_SCHEME, Remedy.CANONICAL, Remedy.PASTE),
        judge=judge_wrong,
        manual=Manual(
            what="The credential was announced with a scheme that this server does not take.",
            why=(
                "Bearer, Basic, DPoP, Digest, and words of single frameworks such as Token or JWT are told apart "
                "before anything else is looked at. A netrc file can put Basic where Bearer was meant."
            ),
            settle=(
                "The scheme is not among those that the challenge names, and the credential is otherwise right; or "
                "with another scheme it is accepted."
            ),
            mend="Send the scheme that the challenge names, with the kind of credential that belongs to it.",
            example=(
                "GET /v1/orders HTTP/1.1\nAuthorization: Basic dXNlcjpw…\n\nHTTP/1.1 401\nWWW-Authenticate: Bearer "
                'realm="api"'
            ),
            references=("RFC 9110, section 11.1", "RFC 6750, section 3"),
        ),
    ),
)
