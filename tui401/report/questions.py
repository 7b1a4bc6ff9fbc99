"""What to ask whoever owns the issuer or the API, given what is still open. Pure."""

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
_NO_ISSUER: Final = frozenset({"api-key", "basic", "digest", "cookie", "signature", "negotiate"})


def questions(facts: Facts, diagnosis: Diagnosis, outcome: Outcome) -> Section:
    """Questions that name what their reader needs to answer them; none where the request succeeds."""
    name = "Questions for the owners"
    if outcome in (Outcome.RECOVERED, Outcome.SUCCEEDED) or (facts.response is not None and not facts.refused):
        return Section(title=name)
    lines: list[Line] = []
    family = facts.credential.family if facts.credential is not None else ""
    if family not in _NO_ISSUER:
        lines.append(Line(text=f"To the owner of the issuer{_named(_issuer(facts))}"))
        lines += [Line(text=text, level=1) for text in _to_the_issuer(facts)]
    lines.append(Line(text="To the owner of the API"))
    lines += [Line(text=text, level=1) for text in _to_the_api(facts, diagnosis)]
    return Section(title=name, lines=tuple(lines))


def _to_the_issuer(facts: Facts) -> list[str]:
    token = facts.token
    claims = token.claims if token is not None else {}
    token_id = word(claims.get("jti"))
    client = word(claims.get("client_id")) or word(claims.get("azp")) or (facts.known.client_id if facts.known else "")
    which = f"the token with jti {token_id}" if token_id else "this token"
    asked = [f"Is {which} active, or does it stand on a revocation list?"] if facts.credential is not None else []
    asked.append(f"Is the client{_named(client)} enabled, and are its secret and its grants current?")
    wanted = [
        f"{aspect.value} {listed(dict.fromkeys(v for e in facts.expects(aspect) for v in e.values))}"
        for aspect in (Aspect.AUDIENCE, Aspect.SCOPE)
        if facts.expects(aspect)
    ]
    if wanted:
        asked.append(f"May it ask for {' and '.join(wanted)}, and how?")
    kid = word(token.header.get("kid")) if token is not None else ""
    if kid:
        asked.append(f"Is {kid} a current signing key, and when were the keys last changed?")
    asked.append(f"Was there an outage or a change{_around(facts)}?")
    return asked


def _to_the_api(facts: Facts, diagnosis: Diagnosis) -> list[str]:
    found = ids_of(facts)
    which = f"with {found[0][0]} {found[0][1]}" if found else "described above"
    asked = [f"What do your logs say of the request {which}{_around(facts)}?"]
    open_steps = [
        ranked.step
        for ranked in diagnosis.causes
        if ranked.verdict.strength >= Strength.POSSIBLE and ranked.explained_by is None
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
