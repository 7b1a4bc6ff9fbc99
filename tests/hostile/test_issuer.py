"""Hostile issuers over real sockets, at each endpoint: no fault of ours, no secret elsewhere, and always an end.

``TUI401_HOSTILE=all`` plays every document and every answer at every endpoint; without it each answer is played once
somewhere, and of the documents one in four.
"""

from __future__ import annotations

import os

import pytest

import tui401.oauth.endpoint
import tui401.oauth.introspect
from tests.hostile.answers_issuer import DOCUMENTS, HTTP, SLOW
from tests.hostile.kit import Play
from tests.hostile.running import against_issuer, all_of, complaints

pytestmark = pytest.mark.timeout(300)

ALL = os.environ.get("TUI401_HOSTILE") == "all"


def sample(plays: dict[str, Play], every: int) -> dict[str, Play]:
    """All of them when everything is asked for; else one in so many, others at each endpoint."""
    return dict(plays if ALL else list(plays.items())[::every])


async def test_documents_of_any_shape_do_no_harm() -> None:
    ran = await all_of(sample(DOCUMENTS, 4), against_issuer)
    assert complaints(ran) == {}
    assert all(one.view.spent.issuer for one in ran.values()), "the issuer was asked"


async def test_strange_http_does_no_harm_at_any_endpoint() -> None:
    ran = await all_of(sample(HTTP, 5), against_issuer)  # 5 and the number of answers have no common divisor
    assert complaints(ran) == {}


async def test_an_issuer_that_drips_costs_no_more_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tui401.oauth.endpoint, tui401.oauth.introspect):
        monkeypatch.setattr(module, "LIMIT", 0.4)
    ran = await all_of(sample(SLOW, 2), lambda play: against_issuer(play, limit=0.4), beside=12)
    assert complaints(ran) == {}
