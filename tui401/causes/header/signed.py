"""request-signature-invalid: requests that prove a key by signing themselves."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import agreement, not_applicable, quoted, spoken, unknown, verdict, weigh
from tui401.judge.texts import place
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire import signing
from tui401.wire.signing import Signing

SLUG: Final = "request-signature-invalid"
_WINDOW: Final = {"aws": 900.0, "oauth1": 300.0, "message": 300.0, "other": 900.0}
"""Seconds by which the time of a signature may be off: what AWS documents, and what is usual elsewhere."""
_SIGNED: Final = frozenset({"signature", "digest"})


def judge(facts: Facts) -> Verdict:
    """Compares what the signature says of itself with the request, and weighs what the server says of it."""
    told = facts.says(SLUG)
    sent = next((c for c in facts.credentials if c.family in _SIGNED), None)
    if sent is None:
        return unknown(SLUG, "") if told is not None else not_applicable(SLUG, "the request is not signed")
    cites = ("credential", "signature", "clock.local", *((told.fact,) if told is not None else ()))
    read = signing.read(facts.request) if sent.family != "digest" else None
    found = _digest(facts) if sent.family == "digest" else _odd(facts, read) if read is not None else []
    agrees = agreement(facts, SLUG, allied=("environment-mismatch",))
    if found:
        sure = any(decisive for _, decisive in found)
        says = tuple(sentence for sentence, _ in found[:3])
        return verdict(SLUG, weigh(agrees, decisive=sure), *says, quoted(told), cites=cites)
    if told is not None:
        return verdict(SLUG, told.strength, quoted(told), cites=cites)
    if sent.family == "digest" or not facts.refused:
        return unknown(SLUG, "", "only the server can compute the signature again")
    why = "a signed request was refused, and nothing in it shows why"
    return verdict(SLUG, Strength.POSSIBLE, why, cites=cites)


def _odd(facts: Facts, read: Signing) -> list[tuple[str, bool]]:
    """Sentences on what does not fit, each with whether it is enough for a refusal anywhere."""
    found: list[tuple[str, bool]] = []
    gone = signing.absent(facts.request, read)
    if gone:
        # A recording may have left a header out; what we sent ourselves is whole.
        found.append(
            (f"it signs the header {', '.join(gone[:4])}, which the request does not have", not facts.recorded)
        )
    if read.lacking:
        found.append((f"it lacks {', '.join(read.lacking[:4])}, which its scheme requires", True))
    if read.scope is not None:
        found += _misplaced(facts, read)
    return [*found, *_untimely(facts, read)]


def _misplaced(facts: Facts, read: Signing) -> list[tuple[str, bool]]:
    """Region, service and day of the credential scope against the host and the time of signing."""
    scope, host = read.scope, place(facts.request)[0]
    if scope is None:
        return []
    service, region = signing.of_host(host)
    found = []
    if region and scope.region not in (region, "*"):
        found.append((f"it is signed for the region {scope.region}, and {host} is in {region}", False))
    if service and scope.service != service:
        found.append((f"it is signed for the service {scope.service}, and {host} is that of {service}", False))
    if read.stamped is not None and signing.day(read.stamped) != scope.day:
        found.append((f"its scope is of the day {scope.day}, and it is stamped on {signing.day(read.stamped)}", True))
    return found


def _untimely(facts: Facts, read: Signing) -> list[tuple[str, bool]]:
    margin = facts.now.uncertainty
    if read.ends is not None:
        past = facts.now.at - read.ends
        return [(f"it ended {spoken(past)} ago", past > margin + facts.leeway)] if past > margin else []
    if read.stamped is None:
        return []
    off = facts.now.at - read.stamped
    window = _WINDOW[read.kind]
    if abs(off) <= window + margin:
        return []
    when = f"{spoken(off)} {'ago' if off > 0 else 'ahead'}"
    # Whose clock is wrong, or how old the copy is, a time alone does not show.
    return [(f"it was signed {when}, and servers take {spoken(window)} at most", False)]


def _digest(facts: Facts) -> list[tuple[str, bool]]:
    """An answer to a Digest challenge that is none to this one (RFC 7616, section 3.3)."""
    asked = next((c for c in facts.challenges if c.scheme.lower() == "digest"), None)
    if asked is not None and (asked.param("stale") or "").lower() == "true":
        return [("it answers an older challenge: the server calls its nonce stale", True)]
    value = next(iter(facts.request.values("authorization")), "")
    given = signing.parameters(value)
    found = []
    uri, target = given.get("uri", ""), place(facts.request)[1]
    if uri and not uri.lower().endswith(target):
        found.append(("it was computed for another address than the one that is asked", True))
    realm = (asked.param("realm") or "") if asked is not None else ""
    if asked is not None and given.get("realm", realm) != realm:
        found.append(("it answers for another realm than the one that the server names", True))
    return found


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The request's signature does not match",
    fix="Sign the request as sent; check key, region, date",
    explains=frozenset({"token-unrecognised", "permission-denied", "environment-mismatch"}),
    remedies=(Remedy.PASTE, Remedy.TELL_OWNER),
    judge=judge,
    manual=Manual(
        what="The request is signed, and the server computes another signature over what arrived.",
        why=(
            "Anything that changes after signing breaks it: a proxy that rewrites a header, another encoding of "
            "the path, a body changed by one byte, a wrong region, a wrong secret."
        ),
        settle=(
            "A signed scheme whose signature the server refuses. A copy sent later is a replay, whose refusal says"
            " nothing of the original. Region, service, day and time of signing are read from the request itself."
        ),
        mend=(
            "Compare what was signed with what was sent, byte by byte; many servers print the text they signed. "
            "Check key, region, service and date."
        ),
        example="HTTP/1.1 403\n\n<Code>SignatureDoesNotMatch</Code>",
        references=("RFC 9421, section 3.2", "RFC 5849, section 3.2", "RFC 7616, section 3.3"),
    ),
)
