"""What to ask whoever owns the issuer or the API, given the cause or what is still open. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.facts import Aspect, Facts
from tui401.model.verdict import Diagnosis, Outcome, Step, Strength
from tui401.report.parts import Line, Section
from tui401.report.texts import ids_of, listed, sent_at, utc, word

_OF_THE_API: Final = {
    Step.TOKEN: "Which issuer and which keys does the API trust, and when did it last fetch the keys?",
    Step.HEADER: "In which header and with which scheme does the API read the credential, and what arrives there?",
    Step.AUDIENCE: "Which audience and which scopes does this endpoint require, and where is that written?",
    Step.CLOCK: "What time does the API's machine have, is it synchronised, and which leeway does the check grant?",
    Step.PERMISSIONS: "Which role or permission does this caller need for this endpoint, and does it have it?",
    Step.SERVER: "Did the API, its gateway or their rules change lately?",
}
_KEY_OF_THE_API: Final = "Is the {kind} that ends in {hint} active, or was it revoked, rotated or restricted lately?"
_NO_ISSUER: Final = frozenset({"api-key", "basic", "digest", "cookie", "signature", "negotiate", "certificate"})
_OPEN: Final = ("status", "revoked", "client", "wanted", "keys", "outage")
"""What is asked of the issuer while no cause is known."""

# What is asked of the issuer once a cause is known: what its owner alone can say of it. A cause that is not here lies
# with the request or the API.
_FITTING: Final[dict[str, tuple[str, ...]]] = {
    "account-disabled": ("account", "status", "client"),
    "algorithm-rejected": ("algorithm", "keys"),
    "audience-mismatch": ("wanted", "client"),
    "client-rejected": ("client", "outage"),
    "clock-skew-client": ("lifetime",),
    "clock-skew-server": ("clock",),
    "consent-required": ("consent", "client"),
    "dpop-proof-invalid": ("binding",),
    "environment-mismatch": ("environment", "wanted"),
    "grant-rejected": ("grant", "revoked", "client", "outage"),
    "issuer-mismatch": ("environment", "wanted"),
    "issuer-unavailable": ("outage",),
    "keys-stale-at-server": ("keys",),
    "permission-denied": ("account", "wanted"),
    "scope-insufficient": ("wanted", "client"),
    "scope-rejected": ("wanted", "client"),
    "sender-constraint-unmet": ("binding", "client"),
    "server-misconfigured": ("status", "keys"),
    "session-expired": ("status", "lifetime"),
    "signing-key-unknown": ("keys", "outage"),
    "step-up-required": ("step-up",),
    "token-expired": ("lifetime", "client"),
    "token-not-yet-valid": ("clock",),
    "token-revoked": ("revoked", "account", "client"),
    "token-signature-invalid": ("keys",),
    "token-type-wrong": ("kind",),
    "token-unrecognised": ("status", "revoked", "client", "outage"),
}


def questions(facts: Facts, diagnosis: Diagnosis, outcome: Outcome) -> Section:
    """Questions that name what their reader needs to answer them; none where the request succeeds."""
    name = "Questions for the owners"
    if outcome in (Outcome.RECOVERED, Outcome.SUCCEEDED) or (facts.response is not None and not facts.refused):
        return Section(title=name)
    lines: list[Line] = []
    to_the_issuer = _to_the_issuer(facts, diagnosis)
    if to_the_issuer:
        lines.append(Line(text=f"To the owner of the issuer{_named(_issuer(facts))}"))
        lines += [Line(text=text, level=1) for text in to_the_issuer]
    lines.append(Line(text="To the owner of the API"))
    lines += [Line(text=text, level=1) for text in _to_the_api(facts, diagnosis)]
    return Section(title=name, lines=tuple(lines))


def _known_cause(diagnosis: Diagnosis) -> str:
    root = diagnosis.root
    return root.cause if root is not None and root.strength >= Strength.LIKELY else ""


def _to_the_issuer(facts: Facts, diagnosis: Diagnosis) -> list[str]:
    cause = _known_cause(diagnosis)
    family = facts.credential.family if facts.credential is not None else ""
    if family in _NO_ISSUER and cause not in _FITTING:
        return []
    wanted = _FITTING.get(cause, ()) if cause else _OPEN
    every = _every(facts)
    return [every[one] for one in wanted if every[one]]


def _every(facts: Facts) -> dict[str, str]:
    """All questions by name; "" for one that has nothing to name."""
    token = facts.token
    claims = token.claims if token is not None else {}
    token_id = word(claims.get("jti"))
    client = word(claims.get("client_id")) or word(claims.get("azp")) or (facts.known.client_id if facts.known else "")
    subject = word(claims.get("sub"))
    which = f"the token with jti {token_id}" if token_id else "this token"
    needs = [
        f"{aspect.value} {listed(dict.fromkeys(v for e in facts.expects(aspect) for v in e.values))}"
        for aspect in (Aspect.AUDIENCE, Aspect.SCOPE, Aspect.ROLE)
        if facts.expects(aspect)
    ]
    kid = word(token.header.get("kid")) if token is not None else ""
    algorithm = word(token.header.get("alg")) if token is not None else ""
    who = f" {subject}" if subject and subject != client else ""
    sent = facts.credential is not None
    needed = (
        f"May the client{_named(client)} ask for {' and '.join(needs)}, and how?"
        if needs
        else f"For which audiences and scopes may the client{_named(client)} ask?"
    )
    return {
        "account": f"Is the account{who or _named(client)} enabled, and which roles does it have?",
        "algorithm": f"It signs with {algorithm}; can it sign with another algorithm for this API?"
        if algorithm
        else "",
        "binding": "To which key or certificate are tokens of this client bound, and since when?",
        "client": f"Is the client{_named(client)} enabled, and are its secret and its grants current?",
        "clock": "What time does the issuer's machine have, and is it synchronised?",
        "consent": f"Which consent does the client{_named(client)} lack, and who can give it?",
        "environment": "Which issuer and which client belong to the environment of this API?",
        "grant": "Why is the grant no longer accepted: was it used twice, revoked, or did it expire?",
        "keys": f"Is {kid} a current signing key, and when were the keys last changed?"
        if kid
        else "When were the signing keys last changed?",
        "kind": "Which grant and which parameters give an access token for this API?",
        "lifetime": "How long do tokens for this client hold, and may it refresh them?",
        "outage": f"Was there an outage or a change{_around(facts)}?",
        "revoked": f"Does {which} stand on a revocation list, and who revoked it when?" if sent else "",
        "status": f"What is the status of {which}: active, expired, revoked, unknown?" if sent else "",
        "step-up": "How does a client ask for the stronger or fresher sign-in, and who may have it?",
        "wanted": needed,
    }


def _to_the_api(facts: Facts, diagnosis: Diagnosis) -> list[str]:
    found = ids_of(facts)
    which = f"with {found[0][0]} {found[0][1]}" if found else "described above"
    asked = [f"What do your logs say of the request {which}{_around(facts)}?"]
    credential = facts.credential
    if credential is not None and credential.family == "api-key" and credential.hint:
        asked.append(_KEY_OF_THE_API.format(kind="key", hint=credential.hint))
    cause = _known_cause(diagnosis)
    open_steps = [
        ranked.step
        for ranked in diagnosis.causes
        if ranked.verdict.strength >= Strength.POSSIBLE
        and ranked.explained_by is None
        and (not cause or ranked.verdict.cause == cause)
    ]
    return asked + [_OF_THE_API[step] for step in dict.fromkeys((*open_steps, Step.SERVER))][:4]


def _issuer(facts: Facts) -> str:
    own = word(facts.token.claims.get("iss")) if facts.token is not None else ""
    return own or (facts.known.issuer if facts.known is not None else "")


def _named(name: str) -> str:
    return f" {name}" if name else ""


def _around(facts: Facts) -> str:
    at = sent_at(facts)
    return f" at about {utc(at)}" if at is not None else ""
