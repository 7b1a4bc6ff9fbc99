"""permission-denied: the caller is known, and not allowed."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    Agreement,
    agreement,
    not_applicable,
    proved_by_certificate,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
    wanted,
)
from tui401.causes.server.address import taken_by_safe_method, taken_elsewhere
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Contrast, Facts, Said
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire.claims import roles

SLUG: Final = "permission-denied"
_NO_ROLE: Final = frozenset(
    {
        *("to", "for", "in", "on", "with", "that", "which", "is", "are", "and", "or", "of", "the", "this", "has"),
        *("have", "from", "by", "at", "assigned", "before", "not", "as", "was", "a", "an", "any", "when", "you"),
        *("your", "must", "missing", "required", "needed"),
    }
)
"""Words that stand behind “role” in a sentence and name none."""
_ALIKE: Final = frozenset({Contrast.ALL_ALIKE, Contrast.READ_AND_REFUSED, Contrast.NOT_READ})


def judge(facts: Facts) -> Verdict:
    """403 against 401: a known caller is forbidden, an unknown one is asked who they are (RFC 9110, section 15.5.4)."""
    told = facts.says(SLUG)
    if facts.credential is None:
        if facts.sanitised:
            return unknown(SLUG, "", "the recording leaves credentials out")
        if told is None and not proved_by_certificate(facts):
            return not_applicable(SLUG, "without a credential there is no caller to be denied")
    status = facts.meant
    cites = ("credential", "status", *((told.fact,) if told is not None else ()))
    lacking = _roles(facts, told, cites)
    if lacking is not None:
        return lacking
    if told is not None and told.strength >= Strength.LIKELY:
        return verdict(SLUG, told.strength, quoted(told), cites=cites)
    if taken_by_safe_method(facts):
        known = status == 403 and facts.credential is not None and facts.credential.family != "cookie"
        why = "by a method that can change nothing the same credential is accepted here"
        return verdict(SLUG, Strength.LIKELY if known else Strength.POSSIBLE, why, cites=cites)
    if status != 403:
        if status == 401 and told is None:
            return unknown(SLUG, "anonymous", "a 401 asks who the caller is, and says nothing of rights")
        return unknown(SLUG, "anonymous", "the answer does not speak of rights")
    if _perhaps_forged(facts):
        why = (
            "a session alone was sent with a request that can change something, so a forgery check may have refused it"
        )
        return verdict(SLUG, Strength.POSSIBLE, why, cites=cites, needs="read")
    if facts.contrast is Contrast.RECOGNISED:
        return verdict(
            SLUG, Strength.LIKELY, "the server knows this credential from a made-up one, and forbids", cites=cites
        )
    if taken_elsewhere(facts):
        why = "at another path of this origin the same credential is taken, and here it is forbidden"
        return verdict(SLUG, Strength.LIKELY, why, cites=(*cites, "address"))
    if facts.contrast in _ALIKE:
        return ruled_out(SLUG, "the server answers alike to a made-up credential or to none", cites=cites)
    if agreement(facts, SLUG) is Agreement.AGAINST:
        return unknown(SLUG, "", "the answer names something else")
    return verdict(
        SLUG,
        Strength.POSSIBLE,
        "a bare 403 can be a firewall, a missing key or an allowlist too",
        cites=cites,
        needs="invented-path" if facts.answered("anonymous") is not None else "anonymous",
    )


def _roles(facts: Facts, told: Said | None, cites: tuple[str, ...]) -> Verdict | None:
    """The roles that are needed beside those that the token names; None where one side is not known.

    What an API calls a role may be another than the token's: a token that has it is no proof that the caller may.
    """
    needed = wanted(facts, Aspect.ROLE)
    if not needed or not facts.refused or not readable(facts) or facts.token is None:
        return None
    held = roles(facts.token.claims)
    named = ((each, tuple(r for r in each.values if r.lower().rstrip(":") not in _NO_ROLE)) for each in needed)
    first, named_roles = next((pair for pair in named if pair[1]), (needed[0], ()))
    if not named_roles:
        return None
    values = {"expected": " or ".join(named_roles), "provided": " ".join(held), "expected_by": first.by}
    spoken = told is not None and told.strength >= Strength.LIKELY
    one = next((role for role in named_roles if _bare(role) in {_bare(own) for own in held}), "")
    if one:
        strength = told.strength if told is not None and spoken else Strength.POSSIBLE
        why = f"the token names the role {one}, which {first.by} asks for, so the API may look it up elsewhere"
        return verdict(SLUG, strength, quoted(told), why, cites=cites, **values)
    has = f"the token names {' '.join(held[:12])}" if held else "the token names no role"
    why = f"{has}; needed, by {first.by}, is {' or '.join(named_roles)}"
    strength = Strength.CONFIRMED if spoken and held and facts.meant == 403 else Strength.LIKELY
    return verdict(SLUG, strength, quoted(told), why, cites=(*cites, "token.scope"), **values)


def _bare(role: str) -> str:
    """A role without the prefix that Spring writes before it, letter case ignored."""
    return role.lower().removeprefix("role_")


def _perhaps_forged(facts: Facts) -> bool:
    """Whether a server that checks for forged requests may refuse this one: by a session, changing, without a token."""
    session = bool(facts.credentials) and all(c.family == "cookie" for c in facts.credentials)
    reads = facts.request.method.upper() in ("GET", "HEAD", "OPTIONS", "TRACE")
    return (
        session
        and not reads
        and not any("csrf" in h.name.lower() or "xsrf" in h.name.lower() for h in facts.request.headers)
    )


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.PERMISSIONS,
    likelihood=Level.MEDIUM,
    effort=Level.MEDIUM,
    title="The caller is known but not allowed",
    fix="Have the role or permission granted",
    explains=frozenset(),
    remedies=(Remedy.TELL_OWNER, Remedy.NEW_TOKEN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The server knows who is calling and does not allow this to them.",
        why=(
            "Roles, groups, project membership and plans are checked after the credential was accepted. A new token "
            "changes nothing while the grant is missing. 401 asks who you are, 403 says that you may not; some servers "
            "mix the two up."
        ),
        settle=(
            "The server names the caller or the missing right, or a narrower request with the same credential succeeds."
        ),
        mend=(
            "Ask whoever owns the resource for the role or permission that it names, and say which identity the "
            "credential has."
        ),
        example=(
            'HTTP/1.1 403\nContent-Type: application/json\n\n{"message": "User jane does not have the role '
            'orders-admin"}'
        ),
        references=("RFC 9110, sections 15.5.2 and 15.5.4",),
    ),
)
