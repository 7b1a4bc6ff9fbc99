"""Fixes that send the same credential another way: elsewhere, in another header, once, past the proxy. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.cause import Cause, Remedy
from tui401.model.facts import Facts
from tui401.model.fix import Fix, FixKind
from tui401.model.http import From, HeldBack, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place, Redacted
from tui401.probes import applies, away
from tui401.probes.experiments import to_keep, with_named
from tui401.wire import asked, authorization, keeping, places
from tui401.wire.basic import decode_basic

_FIX: Final = Provenance(From.EDIT, "fix")
_BESIDE: Final = frozenset({Place.PROXY, Place.CERTIFICATE})


def offers(case: Case, facts: Facts, known: Iterable[Cause]) -> list[Fix]:
    """The rewrites that these causes call for and that can be made, in the order of the causes."""
    made: list[Fix] = []
    for cause in known:
        for remedy in cause.remedies:
            make = _MAKERS.get(remedy)
            fix = make(case, facts, cause) if make is not None else None
            if fix is not None:
                made.append(fix)
    return made


def is_one(fix: Fix) -> bool:
    """Whether a fix is one of these."""
    return fix.id in _IDS


def applied(case: Case, facts: Facts, fix: Fix) -> Request:
    """The request as such a fix changes it; the same one where it cannot be done any more.

    Args:
        case: The case; its request is changed.
        facts: What the fix was offered on.
        fix: One of `offers`.
    """
    request = case.request
    match fix.id:
        case Remedy.FINAL_ADDRESS.value:
            where = away.final_address(facts)
            if where is None:
                return request
            origin, target = where
            transport = away.elsewhere_by(request, origin, case)
            return replace(request.without("Host"), origin=origin, target=target, transport=transport)
        case Remedy.PLACEMENT.value:
            found, to = places.locate(request), asked.destination(facts)
            return keeping.moved(request, found[0], *to, _FIX) if found and to is not None else request
        case Remedy.NEAR_PATH.value:
            meant = _near_target(facts)
            return replace(request, target=Secret(meant)) if meant else request
        case Remedy.NAMED.value:
            return with_named(request, case)
        case Remedy.DIRECT.value:
            return away.past_proxy(request)
        case Remedy.REPAIRED.value:
            mended = _mended(request)
            return request.with_header("Authorization", mended, _FIX) if mended is not None else request
        case Remedy.USE_SCHEME.value:
            held = _to_hold(request)
            return replace(request.without("Authorization"), held=held) if held is not None else request
        case _:
            kept = to_keep(request, facts)
            return keeping.with_only(request, kept) if kept is not None else request


def _final_address(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    where = away.final_address(facts)
    own = case.request.origin
    if where is None or facts.answer is None or not applies.final_address_can_help(facts):
        return None
    origin, url = where[0], facts.answer.hops[-1].request.url
    if own.scheme == "https" and origin.scheme != "https":
        return None
    return _fix(
        cause,
        Remedy.FINAL_ADDRESS,
        f"Call {origin} directly, where the redirect leads",
        before=f"{facts.request.method} {facts.answer.hops[0].request.url}",
        after=f"{facts.request.method} {url}",
        sends=(
            f"the credential, to {origin}, which your request does not name"
            if origin != own
            else f"{facts.request.method} {url}"
        ),
        facts=facts,
    )


def _placement(_case: Case, facts: Facts, cause: Cause) -> Fix | None:
    to, sent = asked.destination(facts), facts.credential
    if to is None or sent is None or not applies.placement_can_help(facts):
        return None
    name, scheme = to
    mark = f"‹{sent.name}›"
    where = f"{sent.place_name or sent.place.value}: {mark}"
    if sent.place is Place.QUERY:
        where = f"?{sent.place_name}={mark}"
    after = f"{name}: {scheme} {mark}" if scheme else f"{name}: {mark}"
    return _fix(
        cause, Remedy.PLACEMENT, f"Move it to the header {name}", before=where, after=after, sends="", facts=facts
    )


def _near_path(_case: Case, facts: Facts, cause: Cause) -> Fix | None:
    target = _near_target(facts)
    if not target or facts.flip("near-path") is None:
        return None
    before = f"{facts.request.method} {facts.request.url}"
    after = f"{facts.request.method} {_near_url(facts)}"
    return _fix(
        cause,
        Remedy.NEAR_PATH,
        f"Call {target.partition('?')[0]}",
        before=before,
        after=after,
        sends=after,
        facts=facts,
    )


def _near_url(facts: Facts) -> Redacted:
    """The address at which the same credential was accepted, "" where nothing was sent to one."""
    answer = facts.answered("near-path")
    return answer.hops[0].request.url if answer is not None and answer.hops else Redacted("")


def _near_target(facts: Facts) -> str:
    """Path and query at which the same credential was accepted, "" where they were masked."""
    url = _near_url(facts)
    if not url or not applies.is_whole(url):
        return ""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _direct(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    proxy = case.request.transport.proxy
    if proxy is None or facts.flip("direct") is None:
        return None
    before, after = f"through {proxy.url}", "without a proxy"
    return _fix(cause, Remedy.DIRECT, "Send it without the proxy", before=before, after=after, sends="", facts=facts)


def _named(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    sent = facts.credential
    if not case.shadowed or sent is None or with_named(case.request, case) == case.request:
        return None
    named = case.shadowed[0]
    before = f"{sent.place_name}: from {sent.came_from or 'another source'}"
    after = f"{named.name}: from {named.provenance}"
    title = "Send the credential that the command names"
    return _fix(cause, Remedy.NAMED, title, before=before, after=after, sends="", facts=facts)


def _once(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    sent = [c for c in facts.credentials if c.place not in _BESIDE]
    kept = to_keep(case.request, facts)
    # Several lines of one header are written anew as one, by the fix that writes headers.
    if len({(c.place, c.place_name.lower()) for c in sent}) < 2 or kept is None:
        return None
    before = ", ".join(f"{c.place.value} {c.place_name}".strip() for c in sent[:4])
    after = f"{kept.place.value} {kept.place_name}".strip()
    title = "Send one of its credentials alone"
    return _fix(cause, Remedy.SEND_ONCE, title, before=before, after=after, sends="", facts=facts)


def _repaired(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    sent, mended = facts.credential, _mended(case.request)
    if sent is None or sent.place is not Place.AUTHORIZATION or mended is None:
        return None
    basic = sent.family == "basic"
    title = "Encode user and password as base64" if basic else "Take the damage out of the credential"
    before = f"{sent.place_name}: {sent.scheme} ‹{sent.name}›".replace("  ", " ")
    after = f"{sent.place_name}: {mended.reveal().partition(' ')[0]} ‹the same, mended›"
    return _fix(cause, Remedy.REPAIRED, title, before=before, after=after, sends="", facts=facts)


def _mended(request: Request) -> Secret[str] | None:
    """The one Authorization line with the damage inside it undone; None where there is none that can be undone."""
    values = request.values("Authorization")
    mended = authorization.repaired(values[0].reveal()) if len(values) == 1 else None
    return Secret(mended) if mended is not None else None


def _digest(case: Case, facts: Facts, cause: Cause) -> Fix | None:
    """A password that was sent as Basic, and an API that asks for a proof of it (RFC 7616)."""
    sent, asks = facts.credential, {challenge.scheme.lower() for challenge in facts.challenges}
    if sent is None or sent.family != "basic" or "digest" not in asks or "basic" in asks:
        return None
    if _to_hold(case.request) is None:
        return None
    return _fix(
        cause,
        Remedy.USE_SCHEME,
        "Prove the password by Digest, as the API asks (curl --digest)",
        before=f"{sent.place_name}: {sent.scheme} ‹{sent.name}›",
        after=f"{sent.place_name}: Digest ‹a proof of the same password, made for the API's nonce›",
        sends="",
        facts=facts,
    )


def _to_hold(request: Request) -> HeldBack | None:
    """User and password of the one Basic line; None where they cannot be read."""
    values = request.values("Authorization")
    scheme, _, text = values[0].reveal().strip().partition(" ") if len(values) == 1 else ("", "", "")
    raw = decode_basic(text.strip()) if scheme.lower() == "basic" else None
    if raw is None or b":" not in raw:
        return None
    user, _, password = raw.decode("utf-8", "surrogateescape").partition(":")
    return HeldBack(Secret(user), Secret(password), ("digest",), _FIX)


def _fix(cause: Cause, remedy: Remedy, title: str, *, before: str, after: str, sends: str, facts: Facts) -> Fix:
    again = "" if sends else f"{facts.request.method} {facts.request.url} once more"
    return Fix(
        id=_LABELS.get(remedy, remedy.value),
        kind=FixKind.REWRITE,
        causes=(cause.slug,),
        title=title,
        before=(Redacted(before),),
        after=(Redacted(after),),
        sends=tuple(line for line in (sends, again) if line),
        remedies=(_LABELS.get(remedy, remedy.value),),
    )


_LABELS: Final = {Remedy.SEND_ONCE: "once"}
"""Where the experiment that an accepted fix amounts to is called otherwise than the remedy."""
_MAKERS: Final = {
    Remedy.FINAL_ADDRESS: _final_address,
    Remedy.PLACEMENT: _placement,
    Remedy.NEAR_PATH: _near_path,
    Remedy.NAMED: _named,
    Remedy.DIRECT: _direct,
    Remedy.SEND_ONCE: _once,
    Remedy.REPAIRED: _repaired,
    Remedy.USE_SCHEME: _digest,
}
_IDS: Final = frozenset(_LABELS.get(remedy, remedy.value) for remedy in _MAKERS)
