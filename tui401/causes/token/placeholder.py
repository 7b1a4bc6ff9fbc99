"""credential-placeholder: what was sent stands for a credential and is none."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tui401.causes.reading import not_applicable, quoted, ruled_out, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import CredentialSeen, Place
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape
from tui401.wire.placeholder import is_mask, is_placeholder

SLUG: Final = "credential-placeholder"
_OF_A_REAL_ONE: Final = frozenset(
    {
        *("account-disabled", "address-not-allowed", "audience-mismatch", "client-certificate-required"),
        *("consent-required", "csrf-token-missing", "issuer-mismatch", "rate-limited", "scope-insufficient"),
        *("step-up-required", "token-expired", "token-not-yet-valid", "token-revoked"),
    }
)
"""What a server says once it has read a credential, or before it looks for one: a placeholder is not refused so."""


def judge(facts: Facts) -> Verdict:
    """An empty or wholly placeholder value is enough for any refusal, whatever the words."""
    sent = facts.credential
    if sent is None:
        if facts.sanitised:
            return unknown(SLUG, "", "the recording leaves credentials out")
        if facts.refused and _in_query(facts):
            why = f"the parameter {_in_query(facts)} holds a placeholder"
            return verdict(SLUG, Strength.LIKELY, why, cites=("credential", *(s.fact for s in facts.said)))
        return not_applicable(SLUG, "no credential was sent, not even a placeholder")
    defect = next((d for d in sent.defects if d.cause == SLUG), None)
    inside = next((d for d in sent.token.defects if d.cause == SLUG), None) if sent.token is not None else None
    empty = sent.token is not None and sent.token.shape in (Shape.EMPTY, Shape.PLACEHOLDER)
    cites = ("credential", "credential.value", "token.shape")
    if defect is None and inside is None and not empty:
        return ruled_out(SLUG, "what was sent is no placeholder", cites=cites)
    shown = defect or inside
    says = shown.says if shown is not None else "nothing real stands where the credential should"
    told = next((s for s in facts.said if s.strength >= Strength.LIKELY), None)
    read = next((s for s in facts.said if s.cause in _OF_A_REAL_ONE and s.strength >= Strength.LIKELY), None)
    covered = facts.recorded and _is_covered(facts, sent)
    if facts.refused and (covered or read is not None):
        why = (
            "what was sent may have been covered in the recording" if covered else "yet the answer names another reason"
        )
        strength = Strength.LIKELY if read is None or not covered else Strength.POSSIBLE
        return verdict(SLUG, strength, says, why, quoted(told), cites=(*cites, *([told.fact] if told else [])))
    if facts.refused and facts.response is not None and facts.response.status < 500:
        why = next((n.says for n in facts.notes if n.cause == SLUG), "")
        return verdict(
            SLUG, Strength.CONFIRMED, says, quoted(told), why, cites=(*cites, *([told.fact] if told else []))
        )
    return verdict(SLUG, Strength.LIKELY if facts.refused else Strength.POSSIBLE, says, cites=cites)


def _is_covered(facts: Facts, sent: CredentialSeen) -> bool:
    """Whether what stands there is what people write over a credential before they show a request to others."""
    if sent.family == "basic" or sent.place not in (Place.AUTHORIZATION, Place.HEADER):
        return False
    value = next(iter(facts.request.values(sent.place_name.lower())), "").strip()
    return is_mask(value.removeprefix(sent.scheme).strip())


def _in_query(facts: Facts) -> str:
    """The name of a query parameter whose value is a placeholder, under a name that is not known for keys; or ""."""
    try:
        pairs = parse_qsl(urlsplit(facts.request.url).query, max_num_fields=100)
    except ValueError:
        return ""
    return next((name for name, value in pairs if is_placeholder(value) and "_" in value), "")


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="A placeholder was sent in place of the credential",
    fix="Set the variable; send the real value",
    explains=frozenset(
        {
            "token-malformed",
            "token-unrecognised",
            "token-signature-invalid",
            "token-expired",
            "token-type-wrong",
            "header-malformed",
            "header-missing",
            "header-dropped",
            "scheme-missing",
            "scheme-wrong",
            "api-key-invalid",
            "api-key-missing",
            "credential-misplaced",
            "basic-credentials-invalid",
            "basic-malformed",
            "permission-denied",
            "session-expired",
        }
    ),
    remedies=(Remedy.PASTE, Remedy.NEW_TOKEN),
    judge=judge,
    manual=Manual(
        what="Where the credential should stand, the request carries nothing, or a word that was meant to be replaced.",
        why=(
            "A shell variable that was never set leaves an empty value. Single quotes keep $TOKEN as it is. A program "
            "turns a missing value into undefined, null or None. An example was copied with its YOUR_API_KEY."
        ),
        settle=(
            "The value as a whole is empty or a placeholder. A real key inside brackets or quotes is another matter."
        ),
        mend=(
            "Set the variable and look at what it holds before sending; in a shell, use double quotes around the "
            "header."
        ),
        example="GET /v1/orders HTTP/1.1\nAuthorization: Bearer undefined",
        references=("RFC 6750, section 2.1",),
    ),
)
