"""credential-overridden: another credential went out than the one that was meant."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import date_claim, not_applicable, ruled_out, scheme_offered, spoken, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.http import From
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "credential-overridden"
_SILENT: Final = frozenset({From.NETRC.value, From.CURLRC.value, From.CONFIG.value, From.URL.value})


def judge(facts: Facts) -> Verdict:
    """What was sent comes from netrc, a configuration or the address, and not from where the person thinks."""
    sent = facts.credential
    if sent is None:
        return unknown(SLUG, "") if facts.sanitised else not_applicable(SLUG, "the request carries no credential")
    note = next((n for n in facts.notes if n.cause == SLUG), None)
    silent = sent.origin in _SILENT
    cites = ("credential", "scheme", "provenance")
    stale = _stale_variable(facts)
    if note is None and not silent and stale:
        return verdict(SLUG, Strength.POSSIBLE if facts.refused else Strength.UNKNOWN, stale, cites=cites)
    if note is None and not silent:
        if facts.recorded or not sent.origin:
            return unknown(SLUG, "", "where the credential came from is not known")
        return ruled_out(SLUG, f"it comes from {sent.came_from or sent.origin}", cites=("provenance",))
    why = f"what was sent comes from {sent.came_from or sent.origin}"
    flip = facts.flip("named")
    if flip is not None:
        sure = flip.proved and not flip.substitute
        proof = "the credential that the command names is accepted" + (", this one refused again" if sure else "")
        strength = Strength.CONFIRMED if sure else Strength.LIKELY
        return verdict(SLUG, strength, why, proof, cites=(*cites, "flip:named"))
    if facts.answered("named") is not None:
        but = "yet the one that the command names is refused, too"
        return verdict(SLUG, Strength.POSSIBLE, why, but, cites=cites)
    if not facts.refused:
        return verdict(SLUG, Strength.POSSIBLE, why, cites=cites)
    says = note.says if note is not None else ""
    wrong_scheme = not scheme_offered(facts)
    # Replacing a credential that was named, and then being refused for it, is seen in the request itself.
    if note is not None and (wrong_scheme or silent):
        strength = Strength.CONFIRMED if wrong_scheme else Strength.LIKELY
        return verdict(SLUG, strength, says, why, cites=cites, needs="" if wrong_scheme else "named")
    return verdict(SLUG, Strength.LIKELY if wrong_scheme else Strength.POSSIBLE, why, says, cites=cites)


def _stale_variable(facts: Facts) -> str:
    """A sentence where an environment variable holds a token whose time is over; "" otherwise."""
    sent = facts.credential
    holds = next((n.says.rstrip(".") for n in facts.notes if n.name == "variable-holds"), "")
    if sent is not None and sent.origin == From.VARIABLE.value and not holds:
        holds = f"what was sent comes from {sent.came_from}"
    end = date_claim(facts, "exp")
    if not holds or end is None or facts.now.at <= end + facts.now.uncertainty:
        return ""
    return f"{holds[:1].lower()}{holds[1:]}, a token that ended {spoken(facts.now.at - end)} ago"


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.MEDIUM,
    effort=Level.EASY,
    title="Another credential was sent in place of yours",
    fix="Remove or correct the other source",
    explains=frozenset(
        {
            "scheme-wrong",
            "basic-credentials-invalid",
            "token-unrecognised",
            "token-expired",
            "api-key-invalid",
            "header-malformed",
        }
    ),
    remedies=(Remedy.NAMED, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The request carries a credential, but not the one that was meant: another source replaced it.",
        why=(
            "A netrc file, a curl configuration, userinfo in the address, an old environment variable or a cookie jar "
            "speak up without being asked, and several clients let netrc win over an explicit header."
        ),
        settle="The provenance of what was sent: it comes from another place than the command's own header.",
        mend="Remove or correct the entry, or tell the client to ignore it (curl -q, no -n), and send again.",
        example="~/.netrc: machine api.example.com login old password …",
        references=("curl manual, -n and -q",),
    ),
)
