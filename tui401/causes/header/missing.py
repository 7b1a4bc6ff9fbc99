"""header-missing: the request carries no credential in any place."""

from __future__ import annotations

import re
from typing import Final

from tui401.causes.header import negotiated
from tui401.causes.reading import (
    Agreement,
    agreement,
    offers_other_than_keys,
    perhaps_of_a_proxy,
    proved_by_certificate,
    quoted,
    ruled_out,
    unknown,
    verdict,
)
from tui401.judge import texts
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire import asked

SLUG: Final = "header-missing"
_FIELD: Final = re.compile(r"^[\w.\[\]$@:-]{1,80}: ")
_BESIDE: Final = re.compile(
    r"(?i)^(?:[\w.\[\]]*\.)?(?:path|uri|url|instance|type|timestamp|host|method|domain|link|href|documentation_url): "
)
"""Fields that tell of the request, and not of its refusal."""
_ADDRESS: Final = re.compile(r"\S*[/@]\S*")
_OTHER: Final = re.compile(
    r"(?i)\b(?:origin|referr?er|ip|tenants?|organi[sz]ation|devices?|country|region|captcha|maintenance|robots?|bots?"
    r"|white-?listed|allow-?listed|blocked|banned|suspended|locked|deactivated|subscription|licen[sc]e|quota|trial"
    r"|user[- ]agent|vpn|certificate|csrf|signature|timestamp|clock|password|passcode|pin|otp|email|username)\b"
)

_WRONG: Final = re.compile(
    r"(?i)\b(?:authentication|authori[sz]ation|login|log-in|sign-?in) (?:has |was )?(?:failed|failure|rejected)\b"
    r"|\b(?:invalid|incorrect|wrong|bad|unknown|rejected|expired|revoked)\b"
)
_MIXED: Final = re.compile(r"/(?=[A-Za-z]{0,40}\d)(?=\d{0,40}[A-Za-z])[A-Za-z0-9]{14,128}(?:[/?;]|\Z)")
"""A part of a path that may be a key: letters and digits without a dash."""
_OF_PASSWORDS: Final = frozenset({"password", "username"})


def judge(facts: Facts) -> Verdict:
    """No credential in any place, and a server that asks for one; the challenge's error text does not decide it."""
    told = facts.says(SLUG)
    opening = negotiated.opening_only(facts, SLUG)
    if opening is not None:
        return opening
    if facts.credential is not None:
        return ruled_out(
            SLUG, f"the request carries a credential ({facts.credential.place.value})", cites=("credential",)
        )
    if facts.sanitised:
        return unknown(SLUG, "", "the recording leaves credentials out, so their absence shows nothing")
    cites = ("credential", "credential.none", *([told.fact] if told is not None else []))
    why = "the request carries no credential in any place"
    hops = facts.answer.hops if facts.answer is not None else ()
    if any(hop.credential_sent for hop in hops[:-1]):
        lost = "an earlier hop of the redirect carried one"
        return verdict(SLUG, Strength.LIKELY, why, lost, cites=cites)
    agrees = agreement(facts, SLUG, allied=("api-key-missing", "permission-denied"))
    if not offers_other_than_keys(facts) and (facts.says("api-key-missing") or facts.says("api-key-invalid")):
        return verdict(SLUG, Strength.POSSIBLE, why, "the server names a key", cites=cites)
    asks = bool(facts.expects(Aspect.SCHEME)) or (told is not None and told.strength >= Strength.LIKELY)
    if any(n.name == "credential-held-back" for n in facts.notes):
        held = "curl would send one once the server has answered, by a scheme that is not spoken here"
        return verdict(SLUG, Strength.POSSIBLE, held, cites=cites)
    if agrees is Agreement.AGAINST:
        return verdict(SLUG, Strength.POSSIBLE, why, cites=cites)
    if not asks and facts.response is not None and facts.response.status == 403 and proved_by_certificate(facts):
        return unknown(SLUG, "", "the caller proved itself by a client certificate, and nothing else is asked for")
    perhaps = asked.perhaps_keys(facts.request)
    if perhaps:
        but = f"unless the header {perhaps[0]} is meant as one"
        return verdict(SLUG, Strength.LIKELY, why, but, quoted(told), cites=cites)
    cookie = asked.perhaps_cookie(facts.request)
    if cookie and (asks or facts.meant == 401):
        return verdict(SLUG, Strength.LIKELY, why, f"unless the cookie {cookie} carries one", quoted(told), cites=cites)
    if told is None or told.strength < Strength.CONFIRMED:
        inside = _inside(facts)
        # Where the challenge itself says that nothing came, the page below it is a stock one.
        plain = any(s.cause == SLUG and s.where == "challenge" and s.strength >= Strength.LIKELY for s in facts.said)
        other = "" if plain else _speaks_of_other(facts)
        if inside or other:
            but = f"unless {inside} carries one" if inside else f"yet the answer speaks of “{other}”"
            known = asks or facts.meant == 401
            strength = Strength.LIKELY if known else Strength.POSSIBLE
            return verdict(SLUG, strength, why, but, quoted(told), cites=cites)
    if perhaps_of_a_proxy(facts):
        return verdict(SLUG, Strength.LIKELY, why, "unless the 401 is the forward proxy's own", cites=cites)
    if asks or facts.meant == 401:
        return verdict(SLUG, Strength.CONFIRMED, why, quoted(told) or _asked(facts), cites=cites)
    if agrees >= Agreement.SILENT and _meant_to_carry_one(facts):
        meant = "what is known of this API says that it takes a token"
        return verdict(SLUG, Strength.LIKELY, why, meant, cites=cites)
    return verdict(SLUG, Strength.POSSIBLE, why, "a bare refusal can have other grounds", cites=cites)


def _meant_to_carry_one(facts: Facts) -> bool:
    """Whether somebody names who issues tokens for this API, and no gateway or edge was seen to answer."""
    known = facts.known
    return known is not None and bool(known.issuer) and facts.who.kind not in ("edge", "gateway", "proxy")


def _inside(facts: Facts) -> str:
    """Where in its address or body the request may carry what was refused, for a person; or "".

    Words that call something wrong are of something that came: where any field was sent, they may be of it.
    """
    found = asked.perhaps_elsewhere(facts.request)
    if found or facts.response is None or not _WRONG.search(texts.body(facts.response)):
        return found
    address, _, query = facts.request.url.partition("?")
    return "the body" if facts.request.body else "the address" if query or _MIXED.search(address) else ""


def _speaks_of_other(facts: Facts) -> str:
    """A word of the answer that is said of something else than a credential, "" for none.

    Some servers refuse by address, origin, tenant or client with a 401, in words that no dialect knows.
    """
    if facts.response is None:
        return ""
    lines = (_FIELD.sub("", line) for line in texts.body(facts.response).splitlines() if not _BESIDE.match(line))
    # Where the challenge asks for a user and password, those words are said of just what is missing.
    passwords = any(challenge.scheme.lower() in ("basic", "digest") for challenge in facts.challenges)
    found = (match.group() for line in lines for match in _OTHER.finditer(_ADDRESS.sub(" ", line)))
    return next((word for word in found if not (passwords and word.lower() in _OF_PASSWORDS)), "")


def _asked(facts: Facts) -> str:
    schemes = [value for e in facts.expects(Aspect.SCHEME) for value in e.values]
    if schemes:
        return f"the API asks for {' or '.join(dict.fromkeys(schemes))}"
    return "the API answers 401"


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="No credential was sent",
    fix="Add Authorization: Bearer <token>",
    explains=frozenset({"permission-denied", "token-unrecognised", "session-expired"}),
    remedies=(Remedy.PASTE, Remedy.NEW_TOKEN, Remedy.SIGN_IN),
    judge=judge,
    manual=Manual(
        what=(
            "The request asks for something protected and carries no credential anywhere: no header, cookie or "
            "parameter."
        ),
        why=(
            "An option was forgotten, a variable expanded to nothing so that the whole header vanished, a client drops "
            "the header after a redirect, or a browser was not told to send cookies."
        ),
        settle=(
            "The request as sent has no credential in any place, and the server asks for one. A recording that leaves "
            "credentials out shows nothing."
        ),
        mend="Send the credential in the way that the challenge names, usually Authorization: Bearer and the token.",
        example='GET /v1/orders HTTP/1.1\nHost: api.example.com\n\nHTTP/1.1 401\nWWW-Authenticate: Bearer realm="api"',
        references=("RFC 9110, section 11.6.1", "RFC 6750, section 3"),
    ),
)
