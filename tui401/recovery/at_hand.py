"""The credential that is kept for a profile: the way to another one for which nobody is asked. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.wire.claims import numeric_date
from tui401.wire.jwt import take_apart

VAULT: Final = "vault"
"""What the fix names in the place of a grant."""


def is_kept(case: Case, facts: Facts) -> bool:
    """Whether the vault holds one for this very origin that is not the one that was sent, and has not ended."""
    kept, request = case.known.kept, case.request
    if not kept or request.origin not in case.known.origins:
        return False
    value = kept.reveal()
    if any(value in header.value.reveal() for header in request.headers) or value in request.target.reveal():
        return False
    ends = numeric_date(take_apart(value).claims.get("exp"))
    return ends is None or ends > facts.now.at + facts.now.uncertainty
