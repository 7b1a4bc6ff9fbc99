"""credential-misplaced, csrf-token-missing, preflight-refused: what belongs elsewhere, or beside."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import answered_alike, not_applicable, quoted, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire import asked

_EVERYBODY: Final = frozenset({"address-not-allowed", "gateway-rejected", "rate-limited", "server-misconfigured"})
"""What refuses a preflight as it would refuse any request."""
_IN_AUTHORIZATION: Final = frozenset({"bearer", "token", "apikey", "api-key"})


def judge_misplaced(facts: Facts) -> Verdict:
    """The same key is accepted as another header or parameter; else the server's words decide."""
    slug = "credential-misplaced"
    if facts.credential is None:
        return unknown(slug, "") if facts.sanitised else not_applicable(slug, "the request carries no credential")
    flip = facts.flip("placement")
    if flip is not None:
        strength = Strength.CONFIRMED if flip.proved else Strength.LIKELY
        return verdict(
            slug, strength, f"{flip.varied or 'in another place'}: accepted", cites=("credential", "flip:placement")
        )
    told = facts.says(slug)
    clear = told is not None and told.strength >= Strength.LIKELY
    if not clear and (named := _named_elsewhere(facts)):
        name, by = named
        where = f"{facts.credential.place.value} {facts.credential.place_name}".strip()
        why = f"a key belongs into {name}, by {by}, and what was sent stands in {where}"
        cites = ("credential", "credential.none", "contrast", *_said_of_keys(facts))
        if answered_alike(facts, "placement"):
            return verdict(slug, Strength.POSSIBLE, why, "yet there it is refused alike", cites=cites)
        return verdict(slug, Strength.LIKELY, why, cites=cites, needs="placement")
    if not clear and _asked_elsewhere(facts):
        scheme = next(c.scheme for c in facts.challenges if c.scheme.lower() in _IN_AUTHORIZATION)
        where = f"{facts.credential.place.value} {facts.credential.place_name}".strip()
        why = f"the API asks for {scheme} in Authorization, and what was sent stands in {where}"
        # Alike without it and with a worthless one there: nothing shows that the place is read (judging.md).
        alike = facts.contrast is Contrast.ALL_ALIKE and not answered_alike(facts, "placement")
        strength = Strength.LIKELY if alike else Strength.POSSIBLE
        return verdict(slug, strength, why, cites=("credential", "scheme", "contrast"), needs="placement")
    return unknown(slug, "placement", "nothing names another place for it")


def _named_elsewhere(facts: Facts) -> tuple[str, str] | None:
    """The header that the refusal's own words name for a key, which is not where the credential stands."""
    to = asked.destination(facts)
    read = facts.contrast in (Contrast.READ_AND_REFUSED, Contrast.RECOGNISED, Contrast.PUBLIC)
    if to is None or to[0] == "Authorization" or not facts.refused or read:
        return None
    spoken = {e.by for e in facts.expects(Aspect.PLACE) if e.source in ("body", "challenge")}
    return next((pair for pair in asked.headers_named(facts) if pair[0] == to[0] and pair[1] in spoken), None)


def _said_of_keys(facts: Facts) -> tuple[str, ...]:
    told = (facts.says(cause) for cause in ("api-key-missing", "api-key-invalid", "header-missing", "header-dropped"))
    return tuple(said.fact for said in told if said is not None)


def judge_csrf(facts: Facts) -> Verdict:
    """The server says so, and the session is accepted on a read; a session alone on a change makes it possible."""
    slug = "csrf-token-missing"
    told = facts.says(slug)
    cites = ("credential", "contrast", *((told.fact,) if told is not None else ()))
    reads = facts.answered("read") or facts.answered("by-get")
    accepted = reads is not None and reads.status is not None and 200 <= reads.status < 300
    good = "by GET the same session is accepted" if accepted else ""
    if told is not None and told.strength >= Strength.LIKELY:
        strength = Strength.CONFIRMED if accepted else told.strength
        return verdict(slug, strength, quoted(told), good, cites=cites, needs="" if accepted else "read")
    by_session = bool(facts.credentials) and all(c.family == "cookie" for c in facts.credentials)
    changes = facts.request.method.upper() not in ("GET", "HEAD", "OPTIONS", "TRACE")
    if not by_session or not changes or not facts.refused:
        return unknown(slug, "") if told is not None else not_applicable(slug, "no session changes anything here")
    if any("csrf" in h.name.lower() or "xsrf" in h.name.lower() for h in facts.request.headers):
        return unknown(slug, "", "a token of that kind was sent, and only the server can tell whether it fits")
    why = "a session alone was sent with a request that can change something"
    if reads is not None and not accepted:
        return unknown(slug, "", "by GET the session is not accepted either")
    # A 401 refuses a session, or a body or method that is wrong; a check for forgery answers 403 or with its own page.
    asked_who = facts.meant == 401
    strength = Strength.LIKELY if accepted and not asked_who else Strength.POSSIBLE
    return verdict(slug, strength, why, good, cites=cites, needs="read")


def _asked_elsewhere(facts: Facts) -> bool:
    """Whether the API asks for a token in Authorization as if none had come, and it came in another place."""
    sent = facts.credential
    if sent is None or sent.place not in (Place.HEADER, Place.QUERY) or not facts.refused:
        return False
    if facts.contrast in (Contrast.READ_AND_REFUSED, Contrast.RECOGNISED, Contrast.PUBLIC):
        return False
    # A challenge without an error is the answer to a request in which no credential was seen (RFC 6750, section 3).
    asks = [c for c in facts.challenges if c.scheme.lower() in _IN_AUTHORIZATION]
    return bool(asks) and all(c.param("error") is None for c in asks)


def judge_preflight(facts: Facts) -> Verdict:
    """An OPTIONS preflight never carries credentials, so refusing it refuses every browser."""
    slug = "preflight-refused"
    preflight = facts.request.method.upper() == "OPTIONS" and bool(
        facts.request.values("access-control-request-method")
    )
    if not preflight:
        return not_applicable(slug, "this is no browser's preflight")
    if not facts.refused:
        return verdict(slug, Strength.RULED_OUT, "the preflight was answered")
    why, cites = "a preflight, which never carries credentials, was refused", ("credential.none", "credential")
    other = next((s for s in facts.said if s.cause in _EVERYBODY and s.strength >= Strength.LIKELY), None)
    if other is not None:
        return verdict(slug, Strength.LIKELY, why, quoted(other), cites=(*cites, other.fact))
    return verdict(slug, Strength.CONFIRMED, why, cites=cites)


CAUSES: Final = (
    Cause(
        slug="credential-misplaced",
        step=Step.HEADER,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title="The credential is in the wrong place",
        fix="Move it to where the API reads it",
        explains=frozenset(
            {"api-key-missing", "token-unrecognised", "api-key-invalid", "header-dropped", "scheme-wrong"}
        ),
        remedies=(Remedy.PLACEMENT, Remedy.PASTE),
        judge=judge_misplaced,
        manual=Manual(
            what="The credential may be right, but it stands in a header or parameter that the API does not read.",
            why=(
                "Vendors choose the place freely: Authorization, X-API-Key, a name of their own, the query. What is "
                "read nowhere counts as not sent."
            ),
            settle=(
                "The same key is accepted in another place, or the server says where it wants it. It is never tried in"
                " an address."
            ),
            mend="Move it to the header that the API's documentation or its own words name.",
            example=(
                'HTTP/1.1 401\nContent-Type: application/json\n\n{"message": "API key must be sent in the X-API-Key '
                'header"}'
            ),
            references=("OpenAPI Specification 3.1, Security Scheme Object",),
        ),
    ),
    Cause(
        slug="csrf-token-missing",
        step=Step.HEADER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="A cross-site request token is missing",
        fix="Send the token that the page or endpoint gives",
        explains=frozenset({"permission-denied"}),
        remedies=(Remedy.TELL_OWNER,),
        judge=judge_csrf,
        manual=Manual(
            what=(
                "The session is accepted, but the server wants proof that the request does not come from a foreign "
                "page."
            ),
            why=(
                "Cookies travel with every request of a browser, so servers ask for a second value that only their own"
                " pages know, on everything that changes something."
            ),
            settle="The server speaks of CSRF, XSRF or anti-forgery, and the session is accepted on a read.",
            mend=(
                "Fetch the token from the page, cookie or endpoint that gives it and send it under the name the server"
                " wants; or use a token in place of the cookie."
            ),
            example='HTTP/1.1 403\nContent-Type: application/json\n\n{"detail": "CSRF Failed: CSRF token missing."}',
            references=("OWASP Cross-Site Request Forgery Prevention Cheat Sheet",),
        ),
    ),
    Cause(
        slug="preflight-refused",
        step=Step.HEADER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The browser's preflight was refused",
        fix="Let OPTIONS through unauthenticated at the server or gateway",
        explains=frozenset({"header-missing", "api-key-missing", "permission-denied"}),
        remedies=(Remedy.TELL_OWNER,),
        judge=judge_preflight,
        manual=Manual(
            what=(
                "Before the real request a browser asks with OPTIONS whether it may send it, and that question was "
                "refused."
            ),
            why=(
                "A preflight never carries credentials. A gateway that wants them on every method locks all browsers "
                "out, while curl works."
            ),
            settle="An OPTIONS request with Access-Control-Request-Method is answered 401 or 403.",
            mend="Have the server or gateway answer OPTIONS without authentication.",
            example="OPTIONS /v1/orders HTTP/1.1\nAccess-Control-Request-Method: POST\n\nHTTP/1.1 401",
            references=("Fetch Standard, CORS-preflight fetch",),
        ),
    ),
)
