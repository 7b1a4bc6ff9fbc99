"""environment-mismatch: the credential belongs to another environment."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from tui401.causes.audience import audience
from tui401.causes.reading import agreement, not_applicable, quoted, ruled_out, unknown, verdict, weigh
from tui401.causes.token import issuer
from tui401.dialects import package_matcher
from tui401.dialects.loader import compiled
from tui401.judge.texts import place
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "environment-mismatch"
_HOST: Final = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
_STAGES: Final = re.compile(r"(?<![a-z])(sandbox|staging|stage|test|dev|development|preprod|qa|uat)(?![a-z])")


def judge(facts: Facts) -> Verdict:
    """Two independent marks, or a documented key prefix, name another environment than the request's."""
    sent = facts.credential
    if sent is None:
        return unknown(SLUG, "") if facts.sanitised else not_applicable(SLUG, "the request carries no credential")
    told = facts.says(SLUG)
    fact = (told.fact,) if told is not None else ()
    cites = ("credential", "token.iss", "token.aud", *fact)
    host = place(facts.request)[0]
    known = package_matcher().key(sent.prefix) if sent.prefix else None
    agrees = agreement(
        facts, SLUG, allied=("api-key-invalid", "issuer-mismatch", "audience-mismatch", "token-unrecognised")
    )
    if known is not None and known[1].hosts and host and not compiled(known[1].hosts).search(host):
        why = f"its prefix {known[1].prefix} is that of {known[1].title}, and {host} is no host of it"
        return verdict(SLUG, min(weigh(agrees, decisive=False), Strength.LIKELY), why, quoted(told), cites=cites)
    marks = _marks(facts, host)
    if len(marks) >= 2:
        # Two marks say more than either cause that one of them would be, so it is as sure as the surer of these.
        single = (issuer.judge(facts), audience.judge(facts))
        strength = max(weigh(agrees, decisive=False), *(one.strength for one in single))
        cites = tuple(dict.fromkeys((*cites, *(fact for one in single for fact in one.cites))))
        return verdict(SLUG, strength, *marks, quoted(told), cites=cites)
    spoken = told is not None and told.strength >= Strength.LIKELY
    if known is not None and known[1].hosts and host and not spoken and not marks:
        why = f"its prefix {known[1].prefix} is that of {known[1].title}, and {host} is a host of it"
        return ruled_out(SLUG, why, cites=cites)
    if not marks and not spoken and _belongs_here(facts):
        why = "both its issuer and its audience are those that are expected here, and neither names another environment"
        return ruled_out(SLUG, why, cites=cites)
    return unknown(SLUG, "", "nothing, or one mark only, names another environment")


def _belongs_here(facts: Facts) -> bool:
    """Whether the two parts of a token that could name another environment are shown to be right."""
    single = (issuer.judge(facts), audience.judge(facts))
    return all(one.applies and one.strength is Strength.RULED_OUT for one in single)


def marks_of(facts: Facts) -> tuple[str, ...]:
    """Every mark of another environment that the token bears, as sentences; one alone proves nothing (judging.md)."""
    return tuple(_marks(facts, place(facts.request)[0]))


def _marks(facts: Facts, host: str) -> list[str]:
    """Sentences, one for each part of the token that names a stage which the host does not."""
    here = _stage(host)
    found: list[str] = []
    local = _is_local(host)
    for claim, aspect in (("iss", Aspect.ISSUER), ("aud", Aspect.AUDIENCE)):
        value = facts.token.claims.get(claim) if facts.token is not None else None
        text = value if isinstance(value, str) else ""
        named = _stage(text)
        expected = facts.expects(aspect)
        if not text or any(text in e.values for e in expected):
            continue
        if not local and named != here:
            found.append(f"its {claim} names {named or 'no stage'}, and the request goes to {here or 'no stage'}")
        # An address of this machine names no environment; what is expected of the token may.
        if local and expected and named != _stage(expected[0].values[0]):
            other = _stage(expected[0].values[0]) or "no stage"
            found.append(f"its {claim} names {named or 'no stage'}; expected, by {expected[0].by}, is one of {other}")
    return found


def _stage(text: str) -> str:
    """The stage that a host or an identifier names, "" for none; a last label (.dev, .test) names a registry."""
    where = text.lower()
    if "://" in where:
        host, slash, path = where.partition("://")[2].partition("/")
        where = _without_last_label(host) + slash + path
    elif _HOST.fullmatch(where):
        where = _without_last_label(where)
    match = _STAGES.search(where)
    return match.group(1) if match else ""


def _without_last_label(host: str) -> str:
    return host.partition(":")[0].rpartition(".")[0]


def _is_local(host: str) -> bool:
    name = host.strip("[]").partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.AUDIENCE,
    likelihood=Level.MEDIUM,
    effort=Level.MEDIUM,
    title="The credential belongs to another environment",
    fix="Use this environment's credential and address",
    explains=frozenset(
        {
            "issuer-mismatch",
            "audience-mismatch",
            "signing-key-unknown",
            "token-signature-invalid",
            "api-key-invalid",
            "token-unrecognised",
        }
    ),
    remedies=(Remedy.NEW_TOKEN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what=(
            "Credential and address belong to different environments: test and live, staging and production, one "
            "tenant and another."
        ),
        why="Each environment has its own issuer, keys and accounts, and configuration is copied between them.",
        settle=(
            "Two independent marks (issuer, audience, host, tenant, region), or a documented key prefix, name another "
            "environment than the request's. One mark keeps its own cause."
        ),
        mend="Take credential and address from the same environment.",
        example=(
            'HTTP/1.1 404\n\n{"error": {"message": "No such charge; a similar object exists in live mode, but a test '
            'mode key was used"}}'
        ),
        references=("RFC 8414, section 2",),
    ),
)
