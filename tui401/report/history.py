"""What changed about credentials, and which of them a report leaves out. Pure."""

from __future__ import annotations

from tui401.model.facts import Facts
from tui401.model.shown import ChangesSeen, CredentialChange, CredentialsSeen, GrantSeen, PersonSaid
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.report.texts import listed, sent_at, spoken, utc
from tui401.wire.claims import numeric_date


def changes(view: CaseView, facts: Facts) -> Section:
    """What changed about credentials, oldest first: issued, signed in, logged, told by the person, got since."""
    lines = tuple(line for _, line in _changes(view, facts))
    return Section(title="Recent credential changes", lines=(*lines, *(Line(text=text) for text in view.lasting)))


def last_before(view: CaseView, facts: Facts) -> Line | None:
    """The latest change of a credential that the refused request may have met, None where none is known."""
    at = sent_at(facts) or facts.local_now
    return next((line for moment, line in reversed(_changes(view, facts)) if moment <= at), None)


def _changes(view: CaseView, facts: Facts) -> list[tuple[float, Line]]:
    found: list[tuple[float, Line]] = []
    claims = facts.token.claims if facts.token is not None else {}
    for name, what in (("auth_time", "the sign-in behind the token"), ("iat", "the refused token was issued")):
        moment = numeric_date(claims.get(name))
        if moment is not None:
            found.append((moment, Line(text=f"{utc(moment)}: {what}, {_apart(moment, facts)}")))
    for piece in view.evidence:
        content = piece.content
        if isinstance(content, GrantSeen):
            found.append((piece.at, Line(text=f"{utc(piece.at)}: {grant_in_words(content)}")))
        elif isinstance(content, ChangesSeen):
            found += [(one.at, _logged(one, facts)) for one in content.changes]
        elif isinstance(content, PersonSaid):
            text = f"{utc(piece.at)}: asked “{content.question}”, the person said"
            found.append((piece.at, Line(text=text, value=content.answer)))
    found += _replaced(view)
    return sorted(found, key=lambda item: item[0])


def _replaced(view: CaseView) -> list[tuple[float, Line]]:
    """Credentials that were put in the place of others by hand; what a grant brought is told with the grant."""
    found = []
    for change in view.changes:
        before, after = _credential(view, change.attempt - 1), _credential(view, change.attempt)
        sent = next((s for s in view.sends if s.attempt == change.attempt), None)
        if not after or before == after or sent is None or _granted(view, after):
            continue
        found.append((sent.at, Line(text=f"{utc(sent.at)}: {after} was sent in the place of {before or 'none'}")))
    return found


def _credential(view: CaseView, attempt: int) -> str:
    """The name of the credential that counts in an attempt, "" where there is none."""
    seen = (p.content for p in view.evidence if p.subject == f"attempt:{attempt}")
    every = (one.name for content in seen if isinstance(content, CredentialsSeen) for one in content.credentials)
    return next(every, "")


def _granted(view: CaseView, name: str) -> bool:
    return any(isinstance(p.content, GrantSeen) and p.content.credential == name for p in view.evidence)


def _apart(moment: float, facts: Facts) -> str:
    apart = facts.now.at - moment
    return f"{spoken(apart)} {'before' if apart >= 0 else 'after'} the request"


def _logged(change: CredentialChange, facts: Facts) -> Line:
    """A line of the change log."""
    whose = f" of profile {change.profile}" if change.profile else ""
    text = f"{utc(change.at)}: {change.what}{whose} changed ({change.way}), {_apart(change.at, facts)}"
    return Line(text=f"{text}, noted", value=change.note) if change.note else Line(text=text)


def grant_in_words(grant: GrantSeen) -> str:
    """What was asked of a token endpoint, and what it gave."""
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
