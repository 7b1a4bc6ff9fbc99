"""Step 6: who answered and in which words, the issuer's endpoints with their latency, what changed lately. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui401.model.facts import Facts, WhoAnswered
from tui401.model.shown import (
    ChangesSeen,
    GrantSeen,
    IssuerMetadataSeen,
    KeysSeen,
    KnownSeen,
    PersonSaid,
    TokenEndpointSeen,
)
from tui401.model.verdict import Status
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Check, Gap, Head, Para, Row, Tone
from tui401.ui.findings.common import ago, contents, counted, credential_of, is_date, moment, took
from tui401.ui.text import sentence, span

_MOST_WORDS: Final = 300  # characters of the body; the report has more
_MOST_CHANGES: Final = 8
_SOON: Final = 14 * 86_400.0  # seconds; a certificate that ends sooner is told
_WHO: Final = {
    "application": "the application itself",
    "framework": "the application's framework",
    "issuer": "the authorization server",
    "gateway": "a gateway in front of the API",
    "edge": "the edge of a network, before the API",
    "proxy": "a proxy on the way",
}
_CLIENTS: Final = frozenset({"invalid_client", "unauthorized_client"})


def found(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    """The blocks."""
    if facts is not None and facts.response is not None:
        yield from _answered(facts)
    yield from _issuers(view, facts)
    yield Gap()
    yield Head("What changed lately")
    yield from _changes(view, facts)


def _answered(facts: Facts) -> Iterator[Block]:
    response = facts.response
    if response is None:
        return
    yield from _who(facts.who)
    for value in response.values("www-authenticate"):
        yield Row("challenge", value)
    if response.body:
        words = " ".join(response.body.split())
        more = " … (whole in the report)" if len(words) > _MOST_WORDS else ""
        yield Row("its words", words[:_MOST_WORDS] + more)


def _who(who: WhoAnswered) -> Iterator[Block]:
    name = f"{who.name}: " if who.name else ""
    says = _WHO.get(who.kind, "not to be told: the answer bears no mark of a known server or gateway")
    yield Row("who answered", f"{name}{says}" if who.kind in _WHO else sentence(says))
    for reason in who.reasons:
        yield Para(sentence(reason), Tone.QUIET, indent=5)
    if who.kind in ("gateway", "edge", "proxy"):
        yield Para("The one to talk to is whoever runs it: the API itself may never have seen the request.")


def _issuers(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    at = facts.now.at if facts is not None else None
    metadata = tuple(contents(view, IssuerMetadataSeen))
    if not metadata and facts is not None and not view.running:
        yield Check(
            Status.UNKNOWN, "discovery", _no_issuer(view.known, "iss" in (facts.token.claims if facts.token else {}))
        )
    for seen in metadata:
        state = Status.FAILED if seen.problem else Status.PASSED
        yield Check(state, "discovery", seen.problem or f"{seen.url or seen.asked}, {took(seen.latency)}")
        who = f"named by {seen.named_by}" if seen.named_by else ""
        confirmed = "" if seen.confirmed else "shown only: nobody vouches for it, so it gets no credential"
        told = "; ".join(part for part in (who, confirmed) if part)
        if told:
            yield Para(told, Tone.QUIET, indent=5)
        yield from _certificate(seen.certificate_not_after, at)
    for keys in contents(view, KeysSeen):
        state = Status.FAILED if keys.problem else Status.PASSED
        says = f"{counted(len(keys.kids), 'key')} at {keys.url}, {took(keys.latency)}"
        yield Check(state, "keys", keys.problem or says)
    for endpoint in contents(view, TokenEndpointSeen):
        state = Status.FAILED if endpoint.failure else Status.PASSED
        says = f"answers {endpoint.status} without a client, {took(endpoint.latency)}, at {endpoint.url}"
        yield Check(state, "token endpoint", endpoint.problem or sentence(says))
        yield from _certificate(endpoint.certificate_not_after, at)
    yield from _client(view)


def _no_issuer(known: KnownSeen, named: bool) -> str:  # noqa: FBT001 - a private switch
    if known.issuer:
        return f"Not asked: {known.issuer}"
    where = "; the token names one as iss" if named else ""
    return f"No issuer is known. Name it with --issuer URL, or keep it in a profile{where}"


def _certificate(ends: float | None, at: float | None) -> Iterator[Block]:
    if ends is None or at is None or ends - at > _SOON:
        return
    says = f"its certificate ended {span(at - ends)} ago" if ends < at else f"its certificate ends in {span(ends - at)}"
    yield Para(says, Tone.BAD if ends < at else Tone.WARN, indent=5, mark="!")


def _client(view: CaseView) -> Iterator[Block]:
    """The client as the token endpoint sees it: its answers to grants."""
    grants = tuple(contents(view, GrantSeen))
    for seen in grants:
        words = seen.problem or f"{seen.error} {seen.description}".strip() or f"answered {seen.status}"
        state = Status.PASSED if seen.ok else Status.FAILED
        says = f"{seen.grant.replace('_', ' ')}: {'a token' if seen.ok else words}"
        yield Check(state, "grant", f"{sentence(says)}, {took(seen.latency)}" if seen.latency else sentence(says))
    known = view.known
    if any(seen.ok for seen in grants):
        yield Check(Status.PASSED, "client", f"{known.client_id or 'It'} is accepted by its token endpoint")
    elif any(seen.error in _CLIENTS for seen in grants):
        yield Check(Status.FAILED, "client", f"{known.client_id or 'It'} is refused by its token endpoint")
    elif known.client_id:
        yield Check(Status.UNKNOWN, "client", f"{known.client_id} was not tried: no token was asked for")
    elif known.issuer:
        yield Check(Status.UNKNOWN, "client", "No client is known (--client-id ID), so none was tried")


def _changes(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    """Dates that something bears, the change log, and what the person said."""
    credential = credential_of(view)
    claims = credential.token.claims if credential is not None and credential.token is not None else {}
    now = facts.now.at if facts is not None else None
    any_found = False
    for name, label in (("iat", "token issued"), ("auth_time", "signed in")):
        if is_date(claims.get(name)):
            any_found = True
            when = ago(now - claims[name]) if now is not None and now >= claims[name] else ""
            yield Row(label, moment(claims[name]), when)
    logged = [change for seen in contents(view, ChangesSeen) for change in seen.changes]
    for change in logged[:_MOST_CHANGES]:
        any_found = True
        note = f": {change.note}" if change.note else ""
        whose = f" ({change.profile})" if change.profile else ""
        when = ago(now - change.at) if now is not None and now >= change.at else ""
        yield Row(change.what.replace("-", " "), f"{change.way or 'changed'}{whose}{note}", when)
    if len(logged) > _MOST_CHANGES:
        yield Row("", f"{len(logged) - _MOST_CHANGES} earlier ones are in the log")
    said = tuple(contents(view, PersonSaid))
    for words in said:
        yield Row("you said", words.answer)
    if not said and view.question is not None and any(c.key == "changed" for c in view.question.choices):
        yield Para("You may know more: w asks what changed lately, once, and keeps it in the case.")
    elif not said and not any_found:
        yield Para("Nothing is known of it.", Tone.QUIET)
