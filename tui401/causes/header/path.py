"""header-stripped-on-redirect and header-dropped: credentials lost on the way."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tui401.causes.reading import answered_alike, not_applicable, quoted, unknown, verdict
from tui401.judge import texts
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

STRIPPED: Final = "header-stripped-on-redirect"
DROPPED: Final = "header-dropped"
_LISTED: Final = re.compile(
    r"(?m)^(?:[\w.]+\.)?(?:headers|request_headers|requestheaders)\.([A-Za-z0-9-]+): ", re.IGNORECASE
)
_LEAST_LISTED: Final = 2  # headers of the request that a list must hold to be one of what was received


def judge_stripped(facts: Facts) -> Verdict:
    """An earlier hop carried the credential, and the one on another origin that refused does not."""
    hops = facts.answer.hops if facts.answer is not None else ()
    if len(hops) < 2:
        return not_applicable(STRIPPED, "no redirect was followed")
    carried = any(hop.credential_sent for hop in hops[:-1])
    if not carried or hops[-1].credential_sent:
        return not_applicable(STRIPPED, "the hop that refused carried what the first one did")
    cites = ("redirect", "credential", "credential.none")
    one, other = _host(hops[0].request.url), _host(hops[-1].request.url)
    why = f"the redirect from {one} to {other} dropped the credential"
    flip = facts.flip("final-address")
    if flip is not None:
        strength = Strength.CONFIRMED if flip.proved else Strength.LIKELY
        return verdict(
            STRIPPED,
            strength,
            why,
            "straight to the final address it is accepted",
            cites=(*cites, "flip:final-address"),
        )
    return verdict(
        STRIPPED, Strength.LIKELY if facts.refused else Strength.POSSIBLE, why, cites=cites, needs="final-address"
    )


def judge_dropped(facts: Facts) -> Verdict:
    """The server says that none came though one was sent; servers say that to refused tokens too."""
    told = facts.says(DROPPED)
    if facts.credential is None:
        return (
            unknown(DROPPED, "")
            if facts.sanitised
            else not_applicable(DROPPED, "no credential was sent that could be dropped")
        )
    cites = ("credential", "contrast", *((told.fact,) if told is not None else ()))
    flip = facts.flip("direct")
    if flip is not None and (told is not None or answered_alike(facts, "anonymous")):
        proof = "without the proxy it is accepted" + (", and through it refused again" if flip.proved else "")
        strength = Strength.CONFIRMED if flip.proved and not flip.substitute else Strength.LIKELY
        return verdict(DROPPED, strength, proof, quoted(told), cites=(*cites, "flip:direct"))
    listed = _not_among_those_listed(facts)
    if listed:
        return verdict(DROPPED, Strength.CONFIRMED, listed, quoted(told), cites=cites)
    if told is None:
        return unknown(DROPPED, "anonymous", "the server does not say that nothing came")
    strength = max(told.strength, Strength.POSSIBLE)
    why = "though one was sent; some servers say so of every refused credential"
    return verdict(DROPPED, strength, quoted(told), why, cites=cites, needs="anonymous")


def _not_among_those_listed(facts: Facts) -> str:
    """A sentence where the answer lists the headers that it received, and the credential's is not among them."""
    sent = facts.credential
    if sent is None or facts.response is None or sent.place not in (Place.AUTHORIZATION, Place.HEADER):
        return ""
    listed = {name.lower() for name in _LISTED.findall(texts.body(facts.response))}
    own = {header.name.lower() for header in facts.request.headers} & listed
    if sent.place_name.lower() in listed or len(own) < _LEAST_LISTED or "host" not in listed:
        return ""
    return f"the answer lists {len(listed)} headers that it received, and {sent.place_name} is not among them"


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc or url[:60]
    except ValueError:
        return url[:60]


CAUSES: Final = (
    Cause(
        slug=STRIPPED,
        step=Step.HEADER,
        likelihood=Level.MEDIUM,
        effort=Level.EASY,
        title="A redirect dropped the credential",
        fix="Call the final address directly",
        explains=frozenset({"header-missing", "api-key-missing", "permission-denied"}),
        remedies=(Remedy.FINAL_ADDRESS,),
        judge=judge_stripped,
        manual=Manual(
            what=(
                "The first address redirects to another origin, and the client rightly did not take the credential "
                "along."
            ),
            why=(
                "Clients drop credentials on the way to another host, port or scheme, since anyone could be there. "
                "http to https and a missing www. count as another origin too."
            ),
            settle=(
                "An earlier hop carried the credential, the hop that refused did not, and the final address accepts it."
            ),
            mend="Call the final address directly. If it is not the API's own, find out why it redirects there.",
            example="HTTP/1.1 301\nLocation: https://www.example.com/v1/orders",
            references=("RFC 9110, section 15.4",),
        ),
    ),
    Cause(
        slug=DROPPED,
        step=Step.HEADER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="Something on the way dropped the credential",
        fix="Pass the header through; rename it; send it without the proxy",
        remedies=(Remedy.TELL_OWNER,),
        judge=judge_dropped,
        manual=Manual(
            what="The credential left here, and the application behind says that none arrived.",
            why=(
                "Web servers that start an application through CGI leave the Authorization header out by default, "
                "gateways use it up themselves, and proxies filter headers with underscores."
            ),
            settle=(
                "The server says that nothing came, and another spelling, path or way without the proxy succeeds; or "
                "it reports the headers it received."
            ),
            mend=(
                "Have the server pass the header on (CGIPassAuth, WSGIPassAuthorization, proxy_set_header), or use "
                "another way for the credential that the API offers."
            ),
            example=(
                'HTTP/1.1 401\nContent-Type: application/json\n\n{"detail": "Authentication credentials were not '
                'provided."}'
            ),
            references=("Apache HTTP Server, CGIPassAuth", "mod_wsgi, WSGIPassAuthorization"),
        ),
    ),
)
