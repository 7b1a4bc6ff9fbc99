"""Step 1: the token's shape, kind, lifetime, issuer, signature, and what its issuer says of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tui401.causes.reading import CARRIES_NOTHING
from tui401.judge.advice import advice_on
from tui401.judge.lifetimes import senseless
from tui401.model.facts import Aspect, Facts
from tui401.model.shown import (
    CredentialSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeysSeen,
    TokenShown,
    Verified,
)
from tui401.model.verdict import Status
from tui401.model.view import CaseView
from tui401.model.words import Shape
from tui401.ui.blocks import Block, Check, Compare, Para, Row, Tone
from tui401.ui.findings.common import CLOCKS, ago, contents, counted, credential_of, is_date, listed, moment, took
from tui401.ui.text import sentence, span

_SHAPES: Final = {
    Shape.JWT: "JWT: anyone can read its claims",
    Shape.JWE: "JWE: encrypted, only its audience can read it",
    Shape.BROKEN_JWT: "a damaged JWT",
    Shape.OPAQUE: "opaque: only its issuer can read it",
    Shape.EMPTY: "empty",
    Shape.PLACEHOLDER: "a placeholder, not a credential",
}
_SIGNATURES: Final = {
    Verified.GOOD: (Status.PASSED, "verifies with the issuer's published key"),
    Verified.BAD: (Status.FAILED, "does not verify with the published key of its kid"),
    Verified.NO_KEY: (Status.FAILED, "its kid is not among the published keys"),
    Verified.UNSUPPORTED: (Status.UNKNOWN, "its algorithm cannot be checked from outside"),
    Verified.UNCHECKED: (Status.UNKNOWN, "not checked"),
}
_KINDS: Final = {
    "at+jwt": "access token, by its header",
    "logout+jwt": "logout token, by its header",
    "dpop+jwt": "DPoP proof, by its header",
}
_USES: Final = {
    "access": "access token",
    "id": "ID token",
    "refresh": "refresh token",
    "bearer": "access token",
    "offline": "refresh token",
}


def found(view: CaseView, facts: Facts | None, now: float, above: str) -> Iterator[Block]:
    """The blocks. ``above``: the cause whose values stand on the same screen already."""
    credential = credential_of(view)
    if credential is None:
        yield Row("credential", "none in this request")
        return
    yield Row("credential", f"‹{credential.name}›" if credential.name else "no value", credential.came_from)
    token = credential.token
    if token is None:
        yield Row("kind", f"{CARRIES_NOTHING.get(credential.family, credential.family)}: it carries no claims to read")
        yield from _advice(view, credential, facts, now)
        return
    yield Row("shape", _SHAPES.get(token.shape, token.shape.value), counted(token.length, "character"))
    for defect in token.defects:
        yield Para(defect.says, Tone.BAD, mark="!")
    if token.shape in (Shape.OPAQUE, Shape.JWE):
        yield from _unreadable(view, token)
    yield from _kind(token)
    yield from _lifetime(token.claims, facts, now)
    yield from _advice(view, credential, facts, now)
    yield from _issuer(token.claims, facts, above)
    if "sub" in token.claims:
        yield Row("subject", listed(token.claims["sub"]))
    if token.header:
        yield Row("signed", _signed(token), f"{token.signature_bytes} bytes" if token.signature_bytes else "")
    yield from _signature(view, credential, token)
    yield from _introspection(view, credential)


def _unreadable(view: CaseView, token: TokenShown) -> Iterator[Block]:
    what = "It is encrypted" if token.shape is Shape.JWE else "It is an opaque token, which is no fault"
    yield Para(
        f"{what}: its end, its audience and its scopes cannot be read from outside. Its issuer can be asked"
        + (
            ", with the client's secret."
            if view.known.client_id
            else " (introspection, RFC 7662) once a client is known: --issuer URL --client-id ID."
        ),
        Tone.QUIET,
    )


def _kind(token: TokenShown) -> Iterator[Block]:
    typ = str(token.header.get("typ", "")).lower().removeprefix("application/")
    use = str(token.claims.get("token_use") or token.claims.get("typ") or "").lower()
    if typ in _KINDS:
        yield Row("kind", _KINDS[typ], f"typ {typ}")
    elif use in _USES:
        yield Row("kind", f"{_USES[use]}, by its claim", f"{'token_use' if 'token_use' in token.claims else 'typ'}")
    elif "at_hash" in token.claims or "c_hash" in token.claims:
        yield Row("kind", "ID token, by its claim", "at_hash" if "at_hash" in token.claims else "c_hash")
    elif token.claims:
        yield Row("kind", "nothing in it says which kind it is")


def _lifetime(claims: dict[str, Any], facts: Facts | None, now: float) -> Iterator[Block]:
    trusted = facts.now if facts is not None else None
    offset = trusted.at - facts.local_now if trusted is not None and facts is not None else 0.0
    dated = False
    for name, label in (("auth_time", "signed in"), ("iat", "issued"), ("nbf", "not before"), ("exp", "ends")):
        if name not in claims:
            continue
        value = claims[name]
        if not is_date(value):
            yield Row(label, moment(value), tone=Tone.BAD)
            continue
        dated = True
        left = float(value) - (now + offset)
        if name == "exp":
            aside = f"✗ {ago(-left)}" if left < 0 else f"✓ {span(round(left))} left"
        else:
            aside = f"✗ only in {span(round(left))}" if left > 0 else ago(-left)
        yield Row(label, moment(value), aside, Tone.BAD if "✗" in aside else Tone.PLAIN)
    if claims and "exp" not in claims:
        yield Row("ends", "it names no end")
    if is_date(claims.get("iat")) and is_date(claims.get("exp")) and claims["exp"] > claims["iat"]:
        yield Row("lives", f"{span(claims['exp'] - claims['iat'])} from issue to end")
    if dated and trusted is not None:
        unsure = max(trusted.uncertainty, 0.1)
        yield Row("judged by", f"{CLOCKS.get(trusted.source, trusted.source)}, ± {span(unsure)}")
    for odd in senseless(claims):
        yield Check(Status.FAILED, "lifetime", sentence(odd))


def _advice(view: CaseView, credential: CredentialSeen, facts: Facts | None, now: float) -> Iterator[Block]:
    """What the profile's policy wishes of its age and lifetime; its scopes stand on the page of permissions."""
    offset = facts.now.at - facts.local_now if facts is not None else 0.0
    for one in advice_on(view.known, credential, now + offset):
        if one.verb != "narrow":
            yield Para(one.says, mark="!")


def _issuer(claims: dict[str, Any], facts: Facts | None, above: str) -> Iterator[Block]:
    if "iss" not in claims:
        return
    issuer = listed(claims["iss"])
    expected = facts.expects(Aspect.ISSUER) if facts is not None else ()
    by = next((e.by for e in expected if issuer in e.values), "")
    if by or not expected or above == "issuer-mismatch":
        yield Row("issuer", issuer, f"✓ as {by} says" if by else "")
        return
    wanted = expected[0]
    yield Compare(("the token's issuer", issuer), ("expected", wanted.values[0]), by=wanted.by)


def _signed(token: TokenShown) -> str:
    return " ".join(f"{name} {token.header[name]}" for name in ("alg", "kid", "typ") if name in token.header)


def _signature(view: CaseView, credential: CredentialSeen, token: TokenShown) -> Iterator[Block]:
    asked = False
    for seen in contents(view, KeysSeen):
        if seen.credential not in ("", credential.name):
            continue
        asked = True
        state, says = _SIGNATURES[seen.signature]
        keys = f"{counted(len(seen.kids), 'key')} at {seen.url}, {took(seen.latency)}"
        yield Check(state, "signature", seen.problem or f"{sentence(says)} ({keys})")
    if not asked and token.shape is Shape.JWT and not view.running:
        yield Check(Status.UNKNOWN, "signature", "Not checked: no issuer's keys were fetched")


def _introspection(view: CaseView, credential: CredentialSeen) -> Iterator[Block]:
    asked = [seen for seen in contents(view, IntrospectionSeen) if seen.credential == credential.name]
    for seen in asked:
        if seen.active:
            yield Check(Status.PASSED, "introspection", f"Active, says {seen.endpoint}")
        elif seen.active is None:
            yield Check(Status.UNKNOWN, "introspection", seen.problem or seen.error or "no usable answer")
        elif seen.sibling is False:
            yield Check(
                Status.UNKNOWN, "introspection", "Not active, it says, and says so of a token it has just issued, too"
            )
        else:
            beside = ", and a fresh token of this client is" if seen.sibling else ""
            yield Check(Status.FAILED, "introspection", f"Not active, says {seen.endpoint}{beside}")
    if not asked and not view.running:
        yield Check(Status.UNKNOWN, "introspection", _not_asked(view))


def _not_asked(view: CaseView) -> str:
    """Why the issuer was not asked about the token."""
    metadata = [m for m in contents(view, IssuerMetadataSeen) if not m.problem]
    if not view.known.issuer:
        return "Not asked: no issuer is confirmed (--issuer URL)"
    if metadata and not any(m.introspection_endpoint for m in metadata):
        return "Not asked: its issuer names no introspection endpoint"
    if not view.known.client_id:
        return "Not asked: no client is known (--client-id ID)"
    return "Not asked: only where the rest leaves open whether it was revoked"
