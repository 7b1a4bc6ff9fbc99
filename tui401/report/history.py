"""What happened over time: every send with the server's identifiers, and every change of a credential. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.events import Sent
from tui401.model.facts import Facts
from tui401.model.shown import AnswerSeen, ChangesSeen, CredentialChange, CredentialsSeen, GrantSeen, PersonSaid
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.report.texts import listed, short, spoken, utc
from tui401.wire.claims import numeric_date
from tui401.wire.ids import identifiers

_NEAR: Final = 1.0  # seconds between what is told of a send and the hop that was kept of it


def attempts(view: CaseView) -> Section:
    """Every request that went to the API, in order."""
    rows = tuple(
        (
            str(sent.number),
            utc(sent.at).removesuffix(" UTC"),
            f"{sent.attempt or 'search'}: {sent.method}, {sent.varied or sent.label}",
            str(sent.status) if sent.status is not None else "no answer",
            spoken(sent.elapsed),
            _identifier(view, sent),
        )
        for sent in view.sends
    )
    return Section(
        title="Attempts",
        head=("no.", "sent (UTC)", "attempt and what was sent", "status", "took", "identifier"),
        rows=rows,
    )


def _identifier(view: CaseView, sent: Sent) -> str:
    """The first identifier of the answer to this send, "" where its answer was not kept."""
    for piece in view.evidence:
        content = piece.content
        if not isinstance(content, AnswerSeen) or content.label != sent.label or not content.hops:
            continue
        near = abs(content.hops[0].started_at - sent.at) <= _NEAR
        if piece.subject == f"attempt:{sent.attempt}" and near and content.response is not None:
            found = identifiers((h.name, h.value) for h in content.response.headers)
            return short(f"{found[0][0]} {found[0][1]}", 80) if found else ""
    return ""


def changes(view: CaseView, facts: Facts) -> Section:
    """What changed about credentials lately, oldest first: issued, signed in, granted, replaced, told by the person."""
    found: list[tuple[float, Line]] = []
    claims = facts.token.claims if facts.token is not None else {}
    for name, what in (("auth_time", "the sign-in behind the token"), ("iat", "the refused token was issued")):
        moment = numeric_date(claims.get(name))
        if moment is not None:
            apart = facts.now.at - moment
            when = f"{spoken(apart)} before the request" if apart >= 0 else f"{spoken(apart)} after the request"
            found.append((moment, Line(text=f"{utc(moment)}: {what}, {when}")))
    for piece in view.evidence:
        if isinstance(piece.content, GrantSeen):
            found.append((piece.at, Line(text=f"{utc(piece.at)}: {_grant(piece.content)}")))
        elif isinstance(piece.content, ChangesSeen):
            found += [(one.at, _logged(one, facts)) for one in piece.content.changes]
        elif isinstance(piece.content, PersonSaid):
            said = piece.content
            found.append(
                (piece.at, Line(text=f"{utc(piece.at)}: asked “{said.question}”, you said", value=said.answer))
            )
    for change in view.changes:
        sent = next((s for s in view.sends if s.attempt == change.attempt), None)
        when = f"{utc(sent.at)}: " if sent is not None else ""
        found.append((sent.at if sent is not None else view.opened_at, Line(text=f"{when}{change.by}")))
    lines = tuple(line for _, line in sorted(found, key=lambda item: item[0]))
    return Section(title="Recent credential changes", lines=(*lines, *(Line(text=text) for text in view.lasting)))


def _logged(change: CredentialChange, facts: Facts) -> Line:
    """A line of the change log."""
    whose = f" of profile {change.profile}" if change.profile else ""
    apart = facts.now.at - change.at
    when = f"{spoken(apart)} before the request" if apart >= 0 else f"{spoken(apart)} after the request"
    text = f"{utc(change.at)}: {change.what}{whose} changed ({change.way}), {when}"
    return Line(text=f"{text}, noted", value=change.note) if change.note else Line(text=text)


def _grant(grant: GrantSeen) -> str:
    asked = "".join(
        (
            f" for audience {grant.audience}" if grant.audience else "",
            f" for scopes {' '.join(grant.asked_scopes)}" if grant.asked_scopes else "",
        )
    )
    if not grant.ok:
        why = " ".join(part for part in (grant.error, grant.description or grant.problem) if part) or "no reason given"
        return f"{grant.grant}{asked} at {grant.endpoint} was refused: {why}"
    got = f", with scopes {' '.join(grant.granted_scopes)}" if grant.granted_scopes else ""
    rotated = "; the refresh token was replaced by a new one" if grant.rotated else ""
    return f"{grant.grant}{asked} at {grant.endpoint} gave {grant.credential or 'a new token'}{got}{rotated}"


def left_out(view: CaseView) -> Section:
    """Which secrets stand under which name, so that the reader knows what a mark means."""
    named: dict[str, str] = {}
    for piece in view.evidence:
        content = piece.content
        if isinstance(content, CredentialsSeen):
            for credential in content.credentials:
                if credential.name:
                    kind = credential.scheme or credential.family
                    where = f" in {credential.place_name}" if credential.place_name else ""
                    named.setdefault(credential.name, f"{kind} credential{where}")
        elif isinstance(content, GrantSeen) and content.credential:
            named.setdefault(content.credential, f"token from {content.grant}")
    if not named:
        return Section(title="Left out")
    told = listed(f"‹{name}› ({what})" for name, what in named.items())
    return Section(title="Left out", lines=(Line(text=f"Secrets are not in this report. Their names: {told}"),))
