"""api-key-missing and api-key-invalid: keys outside OAuth."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    KEY_SCHEMES,
    Agreement,
    agreement,
    is_token,
    not_applicable,
    offers_other_than_keys,
    quoted,
    ruled_out,
    unknown,
    verdict,
)
from tui401.causes.server.address import taken_by_safe_method
from tui401.dialects import package_matcher
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import PLAIN_WORDS, Aspect, Contrast, Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire import asked

MISSING: Final = "api-key-missing"
INVALID: Final = "api-key-invalid"


def judge_missing(facts: Facts) -> Verdict:
    """The server asks for a key, and the request has none in any place."""
    told = facts.says(MISSING)
    offered = {v.lower() for e in facts.expects(Aspect.SCHEME) for v in e.values}
    challenged = bool(offered) and offered <= KEY_SCHEMES
    cites = ("credential", "credential.none", *([told.fact] if told is not None else []))
    if any(c.family == "api-key" for c in facts.credentials):
        if told is not None and told.strength >= Strength.LIKELY:
            return verdict(MISSING, Strength.POSSIBLE, quoted(told), "yet a key was sent", cites=cites)
        return ruled_out(MISSING, "the request carries a key", cites=("credential",))
    if facts.credential is None and facts.sanitised:
        return unknown(MISSING, "", "the recording leaves credentials out")
    unread = False
    if told is not None and told.strength < Strength.LIKELY and offers_other_than_keys(facts):
        return not_applicable(MISSING, "the server names keys, and offers other schemes")
    if told is None and not challenged:
        # Words about a wrong key, said to a request without any, ask for one; or they are of one that we do not know.
        told = facts.says(INVALID) if facts.credential is None else None
        if told is None:
            return not_applicable(MISSING, "nothing asks for an API key")
        if asked.perhaps_keys(facts.request) or asked.perhaps_elsewhere(facts.request):
            # A wrong key is one that came: where something that may be it was sent, none is missing.
            return verdict(MISSING, Strength.POSSIBLE, quoted(told), f"unless {_named(facts)} carries it", cites=cites)
        unread = "?" in facts.request.url
    words = quoted(told) or "its challenge asks for an API key"
    if facts.credential is not None:
        sent = facts.credential.scheme or facts.credential.place.value
        if facts.credential.place is Place.AUTHORIZATION and (challenged or not facts.credential.scheme):
            # It stands where keys are read, so it may be the key: then its scheme is at fault.
            if told is None:
                return unknown(MISSING, "use-scheme", words)
            return verdict(MISSING, Strength.POSSIBLE, words, "yet something stands in Authorization", cites=cites)
        # Basic is where many services read a key, as the user's name.
        most = Strength.LIKELY if told is None or told.strength >= Strength.LIKELY else told.strength
        if facts.credential.family == "basic" and most < Strength.LIKELY:
            return ruled_out(MISSING, words, "the user's name that was sent may be the key", cites=cites)
        return verdict(MISSING, most, words, f"the request carries another credential ({sent})", cites=cites)
    perhaps = asked.perhaps_keys(facts.request)
    inside = asked.perhaps_elsewhere(facts.request) if told is None or told.strength < Strength.CONFIRMED else ""
    but = (
        f"unless the header {perhaps[0]} is meant as one"
        if perhaps
        else f"unless {inside} carries it"
        if inside
        else ""
    )
    sure = (
        not unread
        and not perhaps
        and not inside
        and facts.refused
        and (challenged or (told is not None and told.strength >= Strength.LIKELY and told.dialect != PLAIN_WORDS))
    )
    return verdict(
        MISSING,
        Strength.CONFIRMED if sure else Strength.LIKELY,
        "the request carries no credential in any place",
        but,
        words,
        cites=cites,
    )


def judge_invalid(facts: Facts) -> Verdict:
    """The server says so; refused as garbage is, it is likely at most."""
    told = facts.says(INVALID)
    sent = facts.credential
    if sent is None:
        if facts.sanitised:
            return unknown(INVALID, "", "the recording leaves credentials out")
        perhaps = asked.perhaps_keys(facts.request) or asked.perhaps_elsewhere(facts.request)
        if told is not None and perhaps:
            return unknown(INVALID, "", f"what may be the key stands in {_named(facts)}")
        return not_applicable(INVALID, "the request carries no key")
    known = package_matcher().key(sent.prefix) if sent.prefix else None
    if told is None and is_token(sent):
        return not_applicable(INVALID, "a token was sent, and no API key")
    is_key = sent.family == "api-key" or (known is not None and known[1].kind == "api-key")
    if not is_key and told is None:
        return not_applicable(INVALID, "the credential is no API key")
    cites = ("credential", "contrast", *([told.fact] if told is not None else []))
    clear = told is not None and told.strength is Strength.CONFIRMED
    if taken_by_safe_method(facts) and not clear:
        return ruled_out(INVALID, "a method that can change nothing is accepted with it here", cites=cites)
    match facts.contrast:
        case Contrast.RECOGNISED if not clear:
            return verdict(
                INVALID,
                Strength.POSSIBLE,
                "the server answers otherwise to it than to a made-up key",
                quoted(told),
                cites=cites,
            )
        case Contrast.READ_AND_REFUSED:
            return verdict(
                INVALID,
                Strength.LIKELY,
                "the server answers to it as to a made-up key, and otherwise to none",
                quoted(told),
                cites=cites,
            )
        case Contrast.PUBLIC:
            why = "without it the address answers, with it it refuses"
            return verdict(INVALID, Strength.LIKELY, why, quoted(told), cites=cites)
        case Contrast.NOT_READ if not clear:
            return ruled_out(INVALID, "in this place the server did not read it at all", cites=cites)
        case Contrast.ALL_ALIKE if not clear:
            why = "the server has one refusal for every request, so it tells nothing of this key"
            return verdict(INVALID, Strength.POSSIBLE, why, quoted(told), cites=cites)
        case _:
            why = "how the server answers to a made-up key is not known yet"
            if told is None and agreement(facts, INVALID) > Agreement.SILENT:
                return verdict(INVALID, Strength.POSSIBLE, "a key was refused", why, cites=cites, needs="garbage")
            return unknown(INVALID, "garbage", why)


def _named(facts: Facts) -> str:
    """What of the request may be a key that is not known for one."""
    perhaps = asked.perhaps_keys(facts.request)
    return f"the header {perhaps[0]}" if perhaps else asked.perhaps_elsewhere(facts.request)


CAUSES: Final = (
    Cause(
        slug=MISSING,
        step=Step.HEADER,
        likelihood=Level.HIGH,
        effort=Level.EASY,
        title="The API key is missing",
        fix="Add the API key",
        explains=frozenset({"header-missing", "api-key-invalid", "permission-denied"}),
        remedies=(Remedy.PASTE,),
        judge=judge_missing,
        manual=Manual(
            what="The server asks for an API key, and the request carries none in any place.",
            why=(
                "Keys travel in headers of their own (X-API-Key), in the query, or as a Bearer token, as each vendor "
                "likes. A key under a name that the server does not read counts as none."
            ),
            settle=(
                "The server names a key in its words or challenge, and the request has none in header, query, cookie "
                "or body."
            ),
            mend="Add the key under exactly the name that the API's documentation gives.",
            example='HTTP/1.1 401\nContent-Type: application/json\n\n{"message": "No API key found in request"}',
            references=("RFC 9110, section 11", "OpenAPI Specification 3.1, Security Scheme Object"),
        ),
    ),
    Cause(
        slug=INVALID,
        step=Step.HEADER,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title="The API key is not valid here",
        fix="Use a key of this environment and product",
        explains=frozenset({"token-unrecognised", "permission-denied"}),
        remedies=(Remedy.PASTE,),
        judge=judge_invalid,
        manual=Manual(
            what="A key arrived where the server reads it, and the server does not accept it.",
            why=(
                "It may be mistyped, deleted, of another product, project, region or environment, or not switched on "
                "yet. Vendors mark test and live keys by a prefix."
            ),
            settle="The server says so. Refused just as a made-up key is, it is likely and no more.",
            mend=(
                "Compare its first and last characters with the key shown by the vendor, check environment and "
                "product, or make a new one."
            ),
            example=(
                'HTTP/1.1 401\nContent-Type: application/json\n\n{"error": {"message": "Invalid API Key provided"}}'
            ),
            references=("OpenAPI Specification 3.1, Security Scheme Object",),
        ),
    ),
)
