"""What was found for each step, with its source: from evidence and facts to blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import (
    ClockSeen,
    CredentialSeen,
    CredentialsSeen,
    GrantSeen,
    IntakeSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeysSeen,
    MachineSeen,
    Place,
    ResourceMetadataSeen,
    Verified,
)
from tui401.model.verdict import Status, Step, Strength
from tui401.model.view import CaseView
from tui401.model.words import Shape
from tui401.ui.blocks import Block, Check, Command, Compare, Marked, Para, Row, Tone
from tui401.ui.draw import short_masks
from tui401.ui.text import span

_SHAPES = {
    Shape.JWT: "JWT",
    Shape.JWE: "JWE: only its audience can read it",
    Shape.BROKEN_JWT: "damaged JWT",
    Shape.OPAQUE: "opaque: only its issuer can read it",
    Shape.EMPTY: "empty",
    Shape.PLACEHOLDER: "a placeholder, not a credential",
}
_SIGNATURES = {
    Verified.GOOD: (Status.PASSED, "verifies with the issuer's published key"),
    Verified.BAD: (Status.FAILED, "does not verify with the key of its kid"),
    Verified.NO_KEY: (Status.FAILED, "its kid is not among the issuer's published keys"),
    Verified.UNSUPPORTED: (Status.UNKNOWN, "its algorithm cannot be checked from outside"),
    Verified.UNCHECKED: (Status.UNKNOWN, "not checked"),
}
_CONTRASTS = {
    Contrast.ALL_ALIKE: "the server has one refusal for all: with, without and with a worthless credential",
    Contrast.READ_AND_REFUSED: "the credential was read and refused, as a worthless one is",
    Contrast.NOT_READ: "the server answers as if no credential came: this form of it was not read",
    Contrast.RECOGNISED: "the credential was recognised further than a worthless one",
    Contrast.PUBLIC: "without a credential the request succeeds: the credential itself is refused",
}
_CLOCKS = {
    "ntp": "a time server's clock",
    "api": "the API's clock",
    "issuer": "the issuer's clock",
    "local": "this machine's clock",
    "recording": "the recording's clock",
}
_LATEST = 10_000_000_000  # later than this a date in seconds is one in milliseconds


def of_step(step: Step, view: CaseView, facts: Facts | None, now: float, *, above: str = "") -> Iterator[Block]:
    """What was found for this step so far. ``above``: the cause whose values stand on the same screen already."""
    match step:
        case Step.TOKEN:
            return _token(view, facts, now)
        case Step.HEADER:
            return _header(view, facts)
        case Step.AUDIENCE:
            return _audience(view, facts, above)
        case Step.CLOCK:
            return _clock(view, facts, now)
        case Step.PERMISSIONS:
            return _permissions(view)
        case Step.SERVER:
            return _server(view, facts)


def credential_of(view: CaseView) -> CredentialSeen | None:
    """The credential that counts in the current attempt, or None."""
    subject = f"attempt:{view.attempt}"
    for evidence in view.evidence:
        if isinstance(evidence.content, CredentialsSeen) and evidence.subject == subject:
            return next(iter(evidence.content.credentials), None)
    return None


def expires_at(view: CaseView) -> float | None:
    """When the current token ends by its own claim, in seconds since the epoch, or None."""
    credential = credential_of(view)
    value = credential.token.claims.get("exp") if credential is not None and credential.token is not None else None
    return float(value) if isinstance(value, int | float) and 0 < value < _LATEST else None


def _moment(value: Any) -> str:
    if not isinstance(value, int | float) or not 0 <= value < _LATEST:
        return f"{value!r}, which is no date in seconds"
    return datetime.fromtimestamp(float(value), UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value)


def _token(view: CaseView, facts: Facts | None, now: float) -> Iterator[Block]:
    credential = credential_of(view)
    if credential is None:
        yield Row("credential", "none in this request")
        return
    mark = f"‹{credential.name}›" if credential.name else "no value"
    yield Row("credential", mark, credential.came_from)
    token = credential.token
    if token is None:
        yield Row("kind", f"{credential.family}: it carries no claims to read")
        return
    yield Row("shape", _SHAPES.get(token.shape, token.shape.value), f"{token.length} characters")
    for defect in token.defects:
        yield Para(defect.says, Tone.BAD, mark="!")
    yield from _lifetime(token.claims, facts, now)
    for name, label in (("iss", "issuer"), ("sub", "subject"), ("typ", "type"), ("token_use", "kind")):
        if name in token.claims:
            yield Row(label, _listed(token.claims[name]))
    header = " ".join(f"{name} {token.header[name]}" for name in ("alg", "kid", "typ") if name in token.header)
    if header:
        yield Row("header", header)
    yield from _signature(view, credential)
    for evidence in view.evidence:
        seen = evidence.content
        if isinstance(seen, IntrospectionSeen) and seen.credential == credential.name:
            state = {True: Status.PASSED, False: Status.FAILED, None: Status.UNKNOWN}[seen.active]
            says = {True: "active, says its issuer", False: "not active, says its issuer", None: seen.problem}
            yield Check(state, "introspection", says[seen.active])


def _lifetime(claims: dict[str, Any], facts: Facts | None, now: float) -> Iterator[Block]:
    trusted = facts.now if facts is not None else None
    offset = trusted.at - facts.local_now if trusted is not None and facts is not None else 0.0
    dated = False
    for name, label in (("nbf", "not before"), ("iat", "issued"), ("exp", "ends")):
        if name not in claims:
            continue
        value = claims[name]
        if not isinstance(value, int | float) or not 0 <= value < _LATEST:
            yield Row(label, _moment(value), tone=Tone.BAD)
            continue
        dated = True
        left = float(value) - (now + offset)
        if name == "exp":
            aside = f"✗ {span(left)} ago" if left < 0 else f"✓ {span(left)} left"
        else:
            aside = f"✗ only in {span(left)}" if left > 0 else ""
        yield Row(label, _moment(value), aside, Tone.BAD if "✗" in aside else Tone.PLAIN)
    if dated and trusted is not None:
        yield Row("judged by", f"{_CLOCKS.get(trusted.source, trusted.source)}, ± {span(trusted.uncertainty)}")


def _signature(view: CaseView, credential: CredentialSeen) -> Iterator[Block]:
    for evidence in view.evidence:
        seen = evidence.content
        if not isinstance(seen, KeysSeen) or seen.credential not in ("", credential.name):
            continue
        state, says = _SIGNATURES[seen.signature]
        yield Check(state, "signature", seen.problem or f"{says} ({seen.issuer})")


def _header(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    credential = credential_of(view)
    if credential is None or credential.place is Place.NONE:
        yield Row("credential", "none in any place of this request")
    else:
        where = f"{credential.place_name or credential.place.value}"
        yield Row("stands in", where, credential.came_from)
        if credential.scheme or credential.place is Place.AUTHORIZATION:
            yield Row("scheme", credential.scheme or "none")
        if credential.defects:
            for defect in credential.defects:
                yield Marked(credential.masked, defect.at, defect.length, defect.says)
        elif credential.masked:
            yield Row("as sent", short_masks(credential.masked))
    if facts is not None:
        named = ", ".join(dict.fromkeys(c.scheme for c in facts.challenges))
        if facts.response is not None:
            yield Row("asked for", named or "nothing: the answer names no scheme", "by the challenge" if named else "")
        if len(facts.credentials) > 1:
            yield Row("also sent", ", ".join(f"{c.family} in {c.place_name}" for c in facts.credentials[1:]))
        if facts.contrast is not Contrast.UNKNOWN:
            yield Row("contrast", _CONTRASTS[facts.contrast])
        yield from _hops(facts)
    yield from _notes(view)


def _hops(facts: Facts) -> Iterator[Block]:
    hops = facts.answer.hops if facts.answer is not None else ()
    for number, hop in enumerate(hops if len(hops) > 1 else (), 1):
        status = hop.response.status if hop.response is not None else "no answer"
        carried = "with a credential" if hop.credential_sent else "without a credential"
        yield Row(f"hop {number}", f"{hop.request.url}", f"{status}, {carried}")
    for hop in hops:
        for sentence in hop.withheld:
            yield Para(sentence, Tone.WARN, mark="!")


def _notes(view: CaseView) -> Iterator[Block]:
    for evidence in view.evidence:
        if isinstance(evidence.content, IntakeSeen):
            for note in evidence.content.notes:
                yield Para(note.says, Tone.WARN, mark="!")


def _audience(view: CaseView, facts: Facts | None, above: str) -> Iterator[Block]:
    compared: set[str] = set()
    for ranked in view.diagnosis.causes if view.diagnosis is not None else ():
        verdict = ranked.verdict
        if ranked.step is Step.AUDIENCE and verdict.expected and verdict.strength >= Strength.POSSIBLE:
            compared.add(verdict.cause)
            if verdict.cause == above:
                continue
            pair = ("the token has", verdict.provided or "none"), ("the API expects", verdict.expected)
            yield Compare(*pair, by=verdict.expected_by)
    credential = credential_of(view)
    claims = credential.token.claims if credential is not None and credential.token is not None else {}
    if credential is not None and credential.token is None:
        yield Para(f"Not applicable: {credential.family} carries no claims.", Tone.QUIET)
    for name, label in (("aud", "audience"), ("scope", "scope"), ("scp", "scope"), ("roles", "roles")):
        if name in claims and not (name == "aud" and "audience-mismatch" in compared):
            yield Row(label, _listed(claims[name]), "in the token")
    if facts is not None:
        for aspect, label in ((Aspect.AUDIENCE, "audience"), (Aspect.SCOPE, "scope")):
            for expected in facts.expects(aspect):
                if not (aspect is Aspect.AUDIENCE and "audience-mismatch" in compared):
                    yield Row(f"{label} wanted", " ".join(expected.values), expected.by)
    for evidence in view.evidence:
        if isinstance(evidence.content, ResourceMetadataSeen):
            resource = evidence.content
            yield Row("API's metadata", resource.problem or resource.resource)


def _clock(view: CaseView, facts: Facts | None, now: float) -> Iterator[Block]:
    yield Row("this machine", datetime.fromtimestamp(now, UTC).strftime("%H:%M:%S UTC"))
    names = {"api": "the API", "issuer": "the issuer", "ntp": "time server"}
    held = tuple(e.content for e in view.evidence if isinstance(e.content, ClockSeen))
    for clock in facts.clocks if facts is not None and facts.clocks else held:
        if clock.offset is None:
            yield Row(names.get(clock.who, clock.who), clock.problem or "did not answer", tone=Tone.WARN)
            continue
        at = datetime.fromtimestamp(now + clock.offset, UTC).strftime("%H:%M:%S")
        agrees = abs(clock.offset) <= max(clock.uncertainty, 1.0)
        off = "agrees" if agrees else f"{span(clock.offset)} {'ahead' if clock.offset > 0 else 'behind'}"
        cached = ", from a cache" if clock.cached else ""
        tone = Tone.PLAIN if agrees else Tone.BAD
        yield Row(
            names.get(clock.who, clock.who), f"{at}  {off}{cached}", f"± {span(max(clock.uncertainty, 0.1))}", tone
        )
    for evidence in view.evidence:
        seen = evidence.content
        if isinstance(seen, MachineSeen):
            yield from _machine(seen)


def _machine(seen: MachineSeen) -> Iterator[Block]:
    kept = {True: "runs", False: "does not run", None: "cannot be told"}[seen.synchronised]
    service = f" ({seen.service})" if seen.service else ""
    yield Row("time service", f"{kept}{service}", tone=Tone.BAD if seen.synchronised is False else Tone.PLAIN)
    if seen.timezone:
        yield Row("time zone", seen.timezone)
    if seen.hardware_clock_local:
        yield Row("hardware", "its clock keeps local time, which shifts twice a year", tone=Tone.WARN)
    if seen.synchronised is False and seen.command:
        yield Para("What mends it here:")
        yield Command(seen.command)


def _permissions(view: CaseView) -> Iterator[Block]:
    for sent in view.sends:
        if sent.attempt == view.attempt:
            status = str(sent.status) if sent.status is not None else "no answer"
            yield Row(f"send {sent.number}", sent.varied or sent.label, status)
    last = next((s.status for s in reversed(view.sends) if s.label == "original"), None)
    if last == 401:
        yield Para("401 speaks of who is calling: the credential is missing, or not accepted.")
    elif last == 403:
        yield Para("403 speaks of what the caller may do: the credential was accepted, the right is missing.")


def _server(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    if facts is not None and facts.response is not None:
        who = facts.who
        if who.kind != "unknown":
            reasons = f": {who.reasons[0]}" if who.reasons else ""
            yield Row("answered by", f"{who.name or 'its'} {who.kind}{reasons}")
        for value in facts.response.values("www-authenticate"):
            yield Row("challenge", value)
        if facts.response.body:
            yield Row("its words", " ".join(facts.response.body.split())[:300])
    for evidence in view.evidence:
        seen = evidence.content
        if isinstance(seen, IssuerMetadataSeen):
            state = Status.FAILED if seen.problem else Status.PASSED
            yield Check(state, "metadata", seen.problem or f"{seen.asked}, {span(seen.latency)}")
            if seen.named_by:
                yield Para(f"named by {seen.named_by}", Tone.QUIET, indent=5)
        elif isinstance(seen, KeysSeen):
            state = Status.FAILED if seen.problem else Status.PASSED
            says = f"{len(seen.kids)} at {seen.url}, {span(seen.latency)}"
            yield Check(state, "keys", seen.problem or says)
        elif isinstance(seen, GrantSeen):
            state = Status.PASSED if seen.ok else Status.FAILED
            words = seen.problem or f"{seen.error} {seen.description}".strip()
            yield Check(state, "token endpoint", f"{seen.grant}: {'a token' if seen.ok else words}")
