"""The state of the credential that was refused: what it is, where it came from, until when it holds. Pure."""

from __future__ import annotations

from typing import Final

from tui401.judge.advice import advice_on
from tui401.model.facts import Aspect, Facts
from tui401.model.shown import CredentialSeen, KeysSeen, Place, TokenShown, Verified
from tui401.model.words import Shape
from tui401.report.parts import Line, Section
from tui401.report.texts import CLOCK_OF, claim, listed, spoken, utc, word
from tui401.wire.claims import audiences, numeric_date, roles, scopes

_SHAPES: Final = {
    Shape.JWT: "JWT",
    Shape.JWE: "encrypted JWT, its claims cannot be read",
    Shape.BROKEN_JWT: "damaged JWT",
    Shape.OPAQUE: "opaque, only its issuer can read it",
    Shape.EMPTY: "empty",
    Shape.PLACEHOLDER: "a placeholder, no value was filled in",
}
_CLAIMS: Final = ("iss", "aud", "sub", "client_id", "azp", "appid", "scope", "scp", "roles", "tid", "env", "jti")
_TIMES: Final = {"iat": "issued (iat)", "nbf": "valid from (nbf)", "exp": "valid until (exp)", "auth_time": "signed in"}
_SIGNED: Final = {
    Verified.GOOD: "it verifies",
    Verified.BAD: "it does not verify: the key of its kid is there, and the signature is not that key's",
    Verified.NO_KEY: "its kid is not among the keys",
    Verified.UNSUPPORTED: "its algorithm cannot be checked from outside",
    Verified.UNCHECKED: "it was not checked",
}


def token_state(facts: Facts) -> Section:
    """The credential, its claims and times, its signature, and what introspection says."""
    credential = facts.credential
    if credential is None:
        return Section(title="Token state", lines=(Line(text=f"Credential: {_none(facts)}"),))
    lines = [
        Line(text=f"Credential: {_kind(credential)}"),
        Line(text=f"Where it stands: {_place(credential)}"),
        Line(text=f"Where it came from: {credential.came_from or 'not known'}"),
    ]
    if credential.user:
        lines.append(Line(text="User name", value=credential.user))
    token = facts.token
    defects = (*credential.defects, *(token.defects if token is not None else ()))
    lines += [Line(text=f"Defect: {defect.says}") for defect in dict.fromkeys(defects)]
    if token is not None:
        lines += _token(token, facts)
    if facts.known is not None:
        wishes = advice_on(facts.known, credential, facts.now.at)
        lines += [Line(text=f"By the policy of the profile {facts.known.profile}: {one.says}") for one in wishes]
    lines += [_signature(keys) for keys in facts.keys]
    for answer in facts.introspections:
        said = {True: "active", False: "not active", None: f"no usable answer; {answer.problem}"}[answer.active]
        lines.append(Line(text=f"Introspection says {said}, asked at", value=answer.endpoint))
    others = [other for other in facts.credentials if other != credential]
    lines += [Line(text=f"Also sent: {_kind(other)}, {_place(other)}") for other in others]
    return Section(title="Token state", lines=tuple(dict.fromkeys(lines)))


def in_one_line(facts: Facts) -> str:
    """The credential for the summary: name, kind, issuer, scopes, time left."""
    credential, token = facts.credential, facts.token
    if credential is None:
        return f"Credential: {_none(facts)}"
    parts = [f"{credential.name or 'no value'}, {_kind(credential, named=False)}"]
    if token is not None:
        issuer = word(token.claims.get("iss"))
        issued = numeric_date(token.claims.get("iat"))
        if issuer:
            parts.append(f"issued by {issuer}" + (f" at {utc(issued)}" if issued is not None else ""))
        granted = scopes(token.claims)
        if granted:
            parts.append(f"scopes {' '.join(granted[:8])}")
    left = validity(facts)
    if left:
        parts.append(left)
    return ("Token: " if token is not None else "Credential: ") + ", ".join(parts)


def validity(facts: Facts) -> str:
    """How long the token still holds or how long it has been over, by the trusted clock; "" where it does not say."""
    until = numeric_date(facts.token.claims.get("exp")) if facts.token is not None else None
    if until is None:
        return ""
    left = until - facts.now.at
    by = CLOCK_OF.get(facts.now.source, "")
    return f"valid for another {spoken(left)} {by}" if left >= 0 else f"expired {spoken(left)} before the request, {by}"


def _none(facts: Facts) -> str:
    if facts.sanitised:
        return "not known, the recording leaves credentials out"
    return "none, the request carries no credential"


def _kind(credential: CredentialSeen, *, named: bool = True) -> str:
    families = {"api-key": "API key", "basic": "user name and password (Basic)", "raw": "value without a scheme"}
    kind = families.get(credential.family) or credential.scheme or credential.family
    made = [credential.name or "no value", kind] if named else [kind]
    token = credential.token
    if token is not None:
        made.append(_SHAPES[token.shape])
        made += [f"{name} {value}" for name in ("alg", "kid", "typ") if (value := word(token.header.get(name)))]
    if credential.prefix:
        made.append(f"beginning with {credential.prefix}")
    return ", ".join(made)


def _place(credential: CredentialSeen) -> str:
    return {
        Place.AUTHORIZATION: "the Authorization header",
        Place.PROXY: "the Proxy-Authorization header",
        Place.HEADER: f"the header {credential.place_name}",
        Place.QUERY: f"the query parameter {credential.place_name}",
        Place.COOKIE: f"the cookie {credential.place_name}",
        Place.BODY: f"the body, {credential.place_name}".removesuffix(", "),
        Place.PATH: "the path of the address",
        Place.CERTIFICATE: "the client certificate",
        Place.NONE: "nowhere",
    }[credential.place]


def _token(token: TokenShown, facts: Facts) -> list[Line]:
    state = validity(facts)
    lines = [Line(text=f"State: {state}")] if state else []
    lines += [Line(text=f"Claim {name}", value=claim(token.claims[name])) for name in _CLAIMS if name in token.claims]
    for name, label in _TIMES.items():
        moment = numeric_date(token.claims.get(name))
        if moment is not None:
            apart = moment - facts.now.at
            way = "after" if apart > 0 else "before"
            lines.append(Line(text=f"Time {label}: {utc(moment)}, {spoken(apart)} {way} this request"))
    if token.shape is Shape.JWT and "exp" not in token.claims:
        lines.append(Line(text="It does not say when it expires"))
    side_by_side = (
        (Aspect.AUDIENCE, audiences(token.claims)),
        (Aspect.SCOPE, scopes(token.claims)),
        (Aspect.ROLE, roles(token.claims)),
    )
    for aspect, has in side_by_side:
        for expected in facts.expects(aspect):
            missing = [value for value in expected.values if value not in has]
            fits = not missing if aspect is Aspect.SCOPE else len(missing) < len(expected.values)
            label = f"Expected {aspect.value}, by {expected.by}" + ("" if fits else ", which the token does not have")
            lines.append(Line(text=label, value=listed(expected.values)))
    return lines


def _signature(keys: KeysSeen) -> Line:
    said = keys.problem or _SIGNED[keys.signature]
    trusted = "" if keys.trusted else " (an issuer that the token names, and nobody vouched for)"
    return Line(text=f"Signature against the keys of {keys.issuer}{trusted}: {said}")
