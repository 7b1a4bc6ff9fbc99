"""issuer-unavailable: the authorization server is down, from here too."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from tui401.causes.reading import is_oauth, not_applicable, quoted, ruled_out, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import OWN_ADDRESS
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "issuer-unavailable"
_DEAD: Final = frozenset({"unreachable", "timeout", "dns", "refused", "tls"})


def judge(facts: Facts) -> Verdict:
    """Dead for us too: the issuer. Dead for the API only: ``server-misconfigured``."""
    told = facts.says(SLUG)
    if told is None and not is_oauth(facts):
        return not_applicable(SLUG, "no authorization server takes part in this request")
    lost = facts.says("server-misconfigured")
    spoken = (
        told is not None and max(told.strength, lost.strength if lost is not None else told.strength) >= Strength.LIKELY
    )
    cites = ("issuer", *((told.fact,) if told is not None else ()))
    dead = dead_here(facts)
    alive = alive_here(facts)
    if dead:
        alone = cut_off(facts)
        if alone and not spoken:
            return verdict(SLUG, Strength.POSSIBLE, dead, alone, cites=cites)
        sure = spoken or (bool(facts.grants) and any(g.problem or (g.status or 0) >= 500 for g in facts.grants))
        if spoken:
            return verdict(SLUG, Strength.CONFIRMED, dead, quoted(told), cites=cites)
        other = _refused_for_another_reason(facts)
        if other:
            return verdict(SLUG, Strength.POSSIBLE, dead, other, cites=cites)
        return verdict(SLUG, Strength.LIKELY if sure or _vouched(facts) else Strength.POSSIBLE, dead, cites=cites)
    if alive:
        return ruled_out(SLUG, f"from here {alive} answers", cites=("issuer",))
    if spoken and told is not None:
        return verdict(SLUG, min(told.strength, Strength.LIKELY), quoted(told), cites=cites, needs="discovery")
    return unknown(SLUG, "discovery", "no authorization server has been asked")


def dead_here(facts: Facts) -> str:
    """A sentence when an authorization server does not answer us; "" otherwise."""
    for issuer in facts.issuers:
        if issuer.failure in _DEAD or (issuer.failure == "status" and (issuer.status or 0) >= 500):
            return issuer.problem or f"{issuer.asked} does not answer from here either"
    for keys in facts.keys:
        if keys.failure in _DEAD:
            return keys.problem or f"the keys of {keys.issuer} cannot be fetched from here either"
    for endpoint in facts.token_endpoints:
        if endpoint.failure in _DEAD or endpoint.failure == "status":
            return endpoint.problem
    for grant in facts.grants:
        if not grant.ok and ((grant.status or 0) >= 500 or grant.failure in _DEAD):
            return grant.problem or f"the token endpoint answers {grant.status}"
    return ""


def cut_off(facts: Facts) -> str:
    """A sentence where it may be this machine's own network that is down; "" where something out there answered.

    An answer of 5xx is the issuer's own. An issuer on this machine needs no network.
    """
    answered = [*(i.status for i in facts.issuers), *(e.status for e in facts.token_endpoints)]
    hosts = [host_of(i.asked) for i in facts.issuers] or [host_of(k.url) for k in facts.keys]
    if any(status is not None for status in answered) or all(is_local(host) for host in hosts):
        return ""
    api = facts.response is not None and not is_local(host_of(facts.request.url))
    if api or any(clock.who == "ntp" and clock.offset is not None for clock in facts.clocks):
        return ""
    return "nothing else beyond this machine answered either, so it may be its own network: try another address"


def host_of(url: str) -> str:
    """The host of an address, "" where it is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_local(host: str) -> bool:
    """Whether a host is this very machine, by its name alone."""
    return host in {"localhost", "::1"} or host.endswith(".localhost") or host.startswith("127.")


def alive_here(facts: Facts) -> str:
    """The authorization server that answered us, "" when none did; one that nobody named may not be the API's."""
    for issuer in facts.issuers:
        if not issuer.problem and issuer.issuer and issuer.named_by != OWN_ADDRESS:
            return issuer.asked
    return next((keys.issuer for keys in facts.keys if not keys.problem and keys.kids), "")


def _refused_for_another_reason(facts: Facts) -> str:
    """What the API itself gives as the reason, where that takes no authorization server to find out; "" otherwise."""
    named = next((s for s in facts.said if s.by == "api" and s.strength >= Strength.LIKELY), None)
    if named is None or named.cause in CAUSE.explains or named.cause == SLUG:
        return ""
    return f"yet {quoted(named)}, for which it need not ask there"


def _vouched(facts: Facts) -> bool:
    return any(issuer.confirmed and issuer.failure for issuer in facts.issuers)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.SERVER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The authorization server is down",
    fix="Wait; see the issuer's status page",
    explains=frozenset({"signing-key-unknown", "token-unrecognised", "server-misconfigured"}),
    remedies=(Remedy.WAIT, Remedy.TELL_OWNER),
    judge=judge,
    manual=Manual(
        what="The server that issues and vouches for tokens does not answer, so nobody can check or renew them.",
        why="An API that asks it about each token, or cannot fetch its keys, then refuses good tokens too.",
        settle="Discovery, keys or token endpoint time out or answer 5xx from here as well, and not for the API alone.",
        mend="Wait and look at the issuer's status page. Tokens that the API can verify by itself keep working.",
        example='HTTP/1.1 401\nContent-Type: application/json\n\n{"message": "identity provider unavailable"}',
        references=("RFC 8414, section 3", "RFC 7662, section 2.3"),
    ),
)
