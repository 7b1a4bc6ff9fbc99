"""Real vendors' long values on the step pages: nothing is clipped silently, and what is folded can be seen whole."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.judge.builders import NOW, Bench, bearer, invalid_token, jwt
from tests.ui.pages import NARROW, lines_of, view_of
from tui401.model.later import LeastScopesSeen, ScopesTried
from tui401.model.shown import (
    GrantSeen,
    IssuerMetadataSeen,
    KeysSeen,
    MachineSeen,
    PersonSaid,
    Redacted,
    ResourceMetadataSeen,
    TokenEndpointSeen,
    Verified,
)
from tui401.model.verdict import STEPS, Step
from tui401.ui.blocks import Row
from tui401.ui.draw import draw
from tui401.ui.pages import step_page
from tui401.ui.standing import standings

ISSUER = "https://login.microsoftonline.example/9188040d-6c67-4c5b-b112-36a304b66dad/"
AUDIENCE = "00000003-0000-0ff1-ce00-7d2a4c5b9e18"
SCOPES = tuple(f"https://graph.example.com/Orders.{n:02}.ReadWrite.All" for n in range(30))
WIDTHS = (34, NARROW, 94)
"""Cells of a page on terminals of 60, 80 and 120 columns."""


def bench() -> Bench:
    """A case in which every value is as long as vendors make them."""
    token = jwt(iss=ISSUER, aud=AUDIENCE, scope=" ".join(SCOPES), exp=NOW - 4000, iat=NOW - 8000)
    made = Bench(bearer(token), url=f"https://api.example.com/v1/{'orders/' * 20}lines")
    made.refused('{"message": "' + "Unauthorized " * 40 + '"}', headers=invalid_token("the token " + "x" * 90))
    made.known(issuer=ISSUER.replace("36a3", "99zz"), audience=AUDIENCE.replace("ce00", "ce01"), client_id=AUDIENCE)
    made.add(
        ResourceMetadataSeen(url=f"{ISSUER}.well-known/oauth-protected-resource", resource=f"{ISSUER}api", covers=True),
        "api:https://api.example.com",
    )
    made.add(
        IssuerMetadataSeen(asked=ISSUER, url=f"{ISSUER}.well-known/openid-configuration", issuer=ISSUER, latency=0.3),
        f"issuer:{ISSUER}",
    )
    made.add(KeysSeen(issuer=ISSUER, url=f"{ISSUER}keys", kids=("k",) * 9, signature=Verified.BAD), f"issuer:{ISSUER}")
    made.add(TokenEndpointSeen(issuer=ISSUER, url=f"{ISSUER}oauth2/v2.0/token", status=401), "issuer:endpoint")
    made.add(
        GrantSeen(
            grant="client_credentials",
            endpoint=f"{ISSUER}oauth2/v2.0/token",
            ok=False,
            error="invalid_client",
            description=Redacted("AADSTS7000215: Invalid client secret provided. " * 4),
        ),
        f"issuer:{ISSUER}",
    )
    made.add(LeastScopesSeen(endpoint=Redacted("GET x"), tried=(ScopesTried(asked=SCOPES, status=401),)), "case")
    made.add(PersonSaid(question="what changed lately?", answer=Redacted("we moved the gateway " * 20)), "case")
    made.add(
        MachineSeen(synchronised=False, service="s" * 60, timezone="Z" * 60, command="sudo " + "x" * 90), "machine"
    )
    return made.clock("ntp", 7200.0).clock("issuer", 0.0)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("step", STEPS)
def test_no_line_is_wider_than_the_page(step: Step, width: int, *, whole: bool) -> None:
    for line in lines_of(bench(), step, width=width, whole=whole):
        assert cell_len(line) <= width, line


def drawn(step: Step, *, whole: bool) -> tuple[str, bool]:
    """The page without any blank, and whether it says that something is folded."""
    made = bench()
    standing = standings(view_of(made), running=False)[STEPS.index(step)]
    content, folded = draw(step_page(view_of(made), standing, made.facts(), NOW), NARROW, whole=whole)
    return "".join(content.plain.split()), folded


@pytest.mark.parametrize(
    ("step", "value"),
    [
        (Step.TOKEN, ISSUER),
        (Step.TOKEN, ISSUER.replace("36a3", "99zz")),
        (Step.AUDIENCE, AUDIENCE),
        (Step.AUDIENCE, AUDIENCE.replace("ce00", "ce01")),
        *((Step.AUDIENCE, scope) for scope in SCOPES),
        *((Step.PERMISSIONS, scope) for scope in SCOPES),
        (Step.CLOCK, "x" * 90),
        (Step.SERVER, f"{ISSUER}oauth2/v2.0/token"),
        (Step.SERVER, "wemovedthegateway" * 20),
    ],
)
def test_every_value_can_be_seen_whole(step: Step, value: str) -> None:
    assert value in drawn(step, whole=True)[0]


def test_what_is_folded_shows_its_difference_and_says_that_there_is_more() -> None:
    text, folded = drawn(Step.TOKEN, whole=False)
    assert folded
    assert "36a304b66dad/" in text
    assert "99zz04b66dad/" in text
    assert "…" in text
    assert not drawn(Step.TOKEN, whole=True)[1]


def test_a_name_that_is_too_long_for_its_column_is_folded_visibly() -> None:
    content, _ = draw((Row("a name that is far too long for it", "value", "aside"),), 60)
    assert "…" in content.plain
    assert cell_len(content.plain) <= 60
