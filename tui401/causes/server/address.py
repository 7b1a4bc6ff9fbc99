"""endpoint-wrong and gateway-rejected: the address, and what answers for it in the API's place."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import answered_alike, quoted, scheme_offered, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Contrast, Facts
from tui401.model.verdict import Step, Strength, Verdict

ENDPOINT: Final = "endpoint-wrong"
GATEWAY: Final = "gateway-rejected"
_REFUSALS: Final = frozenset({401, 403, 407})
_BETWEEN: Final = frozenset({"gateway", "edge", "proxy"})


def judge_endpoint(facts: Facts) -> Verdict:
    """The same credential is taken at another path of the origin; an invented path alone shows nothing.

    Many servers look at the credential before the path, so that every path is refused in the same words.
    """
    told = facts.says(ENDPOINT)
    cites = ("credential", "credential.none", "address", *((told.fact,) if told is not None else ()))
    flip = facts.flip("near-path")
    if flip is not None:
        sure = flip.proved and not flip.substitute
        proof = "at the address that was meant the same credential is accepted"
        return verdict(
            ENDPOINT, Strength.CONFIRMED if sure else Strength.LIKELY, proof, cites=(*cites, "flip:near-path")
        )
    if told is not None:
        alike = "an invented path is refused in the same words" if answered_alike(facts, "invented-path") else ""
        return verdict(ENDPOINT, told.strength, quoted(told), alike, cites=cites)
    if not facts.refused or not taken_elsewhere(facts):
        return unknown(ENDPOINT, "invented-path" if facts.refused and facts.credential is not None else "")
    why = "at another path of this origin the same credential is taken"
    # Another protection than the API's own answers here: it names another scheme, or has not read the credential.
    if not scheme_offered(facts) or facts.contrast is Contrast.NOT_READ or answered_alike(facts, "anonymous"):
        return verdict(ENDPOINT, Strength.LIKELY, why, "and here it is not read", cites=cites)
    return verdict(ENDPOINT, Strength.POSSIBLE, why, cites=cites)


def taken_elsewhere(facts: Facts) -> bool:
    """Whether an invented path was refused without the credential, and not with it: so it is good on this origin."""
    with_it, without = facts.answered("invented-path"), facts.answered("invented-path-anonymous")
    if with_it is None or without is None or with_it.status is None or with_it.status >= 500:
        return False
    return with_it.status not in _REFUSALS and without.status in _REFUSALS


def taken_by_safe_method(facts: Facts) -> bool:
    """Whether a safe method was refused at this address without the credential, and accepted with it: so it is good."""
    without = facts.answered("stand-in")
    if without is None or without.status not in _REFUSALS:
        return False
    asked = (facts.answered(label) for label in ("by-get", "by-options"))
    return any(one is not None and one.status is not None and 200 <= one.status < 300 for one in asked)


def judge_gateway(facts: Facts) -> Verdict:
    """The answer is a gateway's own: by its words, or the same 403 to every request."""
    told = facts.says(GATEWAY)
    cites = ("credential", "server", "contrast", *((told.fact,) if told is not None else ()))
    flip = facts.flip("direct")
    if flip is not None and not answered_alike(facts, "anonymous"):
        proof = "without the proxy it is accepted" + (", and through it refused again" if flip.proved else "")
        sure = flip.proved and not flip.substitute
        return verdict(GATEWAY, Strength.CONFIRMED if sure else Strength.LIKELY, proof, cites=(*cites, "flip:direct"))
    if told is not None:
        return verdict(GATEWAY, told.strength, quoted(told), *facts.who.reasons[:1], cites=cites)
    status = facts.response.status if facts.response is not None else 0
    if not facts.refused or facts.who.kind not in _BETWEEN or status != 403:
        return unknown(GATEWAY, "", "nothing shows that something in front of the API answered")
    if facts.contrast is Contrast.ALL_ALIKE or (facts.credential is None and answered_alike(facts, "invented-path")):
        why = f"{facts.who.name} answers every request so, whoever sends it"
        return verdict(GATEWAY, Strength.LIKELY, why, *facts.who.reasons[:1], cites=cites)
    return verdict(GATEWAY, Strength.POSSIBLE, *facts.who.reasons[:1], cites=cites, needs="anonymous")


CAUSES: Final = (
    Cause(
        slug=GATEWAY,
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="A gateway refused the request before the API saw it",
        fix="Correct the gateway's rule or route",
        explains=frozenset({"permission-denied", "token-unrecognised"}),
        remedies=(Remedy.DIRECT, Remedy.TELL_OWNER),
        judge=judge_gateway,
        manual=Manual(
            what="The answer was written by something in front of the API: a gateway, load balancer or firewall.",
            why=(
                "Firewalls block by pattern, country or client, gateways by route and policy. The API behind never "
                "sees the request, so its logs are empty."
            ),
            settle="The answer is a gateway's own: its headers, its page, its words.",
            mend="Give the gateway's owner the request identifier from the answer and ask which rule it met.",
            example="HTTP/1.1 403\nServer: cloudflare\n\nSorry, you have been blocked",
            references=("RFC 9110, section 7.6.3",),
        ),
    ),
    Cause(
        slug=ENDPOINT,
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.EASY,
        title="The address is wrong, not the credential",
        fix="Call the right address",
        explains=frozenset(
            {"header-missing", "permission-denied", "token-unrecognised", "header-dropped", "credential-misplaced"}
        ),
        remedies=(Remedy.NEAR_PATH, Remedy.TELL_OWNER),
        judge=judge_endpoint,
        manual=Manual(
            what="Nothing is served under this path or method, and the server answers with a refusal in place of 404.",
            why=(
                "Gateways check credentials before routes, and some hide what exists. A missing stage, version or "
                "slash is enough."
            ),
            settle=(
                "An invented path is refused in the same words, and the same credential succeeds at another path or "
                "method of the origin."
            ),
            mend="Compare path, version, stage and method with the documentation.",
            example='HTTP/1.1 403\n\n{"message": "Missing Authentication Token"}',
            references=("RFC 9110, section 15.5.5",),
        ),
    ),
)
