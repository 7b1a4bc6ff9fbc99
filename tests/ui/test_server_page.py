"""Step 6 as a person reads it: who answered, the issuer's endpoints with latency, the client, what changed lately."""

from __future__ import annotations

import pytest

from tests.judge.builders import ISSUER, NOW, OPAQUE, Bench, bearer, jwt
from tests.ui.pages import section, text_of
from tui401.model.facts import WhoAnswered
from tui401.model.later import ChangesSeen, CredentialChange
from tui401.model.shown import (
    GrantSeen,
    IssuerMetadataSeen,
    KeysSeen,
    PersonSaid,
    Redacted,
    TokenEndpointSeen,
    Verified,
)
from tui401.model.verdict import Step
from tui401.ui.blocks import Para, Row
from tui401.ui.findings.server import _who

STEP = Step.SERVER
CHANGED = "What changed lately"


def refused(token: str = OPAQUE) -> Bench:
    return Bench(bearer(token)).refused()


@pytest.mark.parametrize(
    ("kind", "says", "talk"),
    [
        ("application", "X: the application itself", False),
        ("framework", "X: the application's framework", False),
        ("gateway", "X: a gateway in front of the API", True),
        ("edge", "X: the edge of a network, before the API", True),
        ("proxy", "X: a proxy on the way", True),
        ("unknown", "Not to be told: the answer bears no mark of a known server or gateway", False),
    ],
)
def test_who_answered_is_named_with_every_reason(kind: str, says: str, *, talk: bool) -> None:
    blocks = list(_who(WhoAnswered(kind=kind, name="X", reasons=("its words are those of X", "Server: x"))))
    assert blocks[0] == Row("who answered", says)
    told = [block.text for block in blocks if isinstance(block, Para)]
    assert told[:2] == ["Its words are those of X", "Server: x"]
    assert (len(told) == 3) is talk


def test_a_gateway_is_recognised_by_its_own_words() -> None:
    page = "<html><head><title>401 Authorization Required</title></head><body><center>nginx</center></body></html>"
    text = text_of(Bench(bearer(OPAQUE)).answer(401, [("Server", "nginx")], page), STEP)
    assert "nginx: a gateway in front of the API" in text
    assert "whoever runs it" in text


def test_discovery_keys_token_endpoint_and_client_stand_with_their_latency() -> None:
    bench = refused().known(issuer=ISSUER, client_id="svc-orders")
    bench.add(
        IssuerMetadataSeen(
            asked=ISSUER, url=f"{ISSUER}/.well-known/x", issuer=ISSUER, latency=0.084, confirmed=True, named_by="you"
        ),
        f"issuer:{ISSUER}",
    )
    bench.add(
        KeysSeen(issuer=ISSUER, url=f"{ISSUER}/keys", kids=("a", "b"), signature=Verified.GOOD, latency=1.26),
        f"issuer:{ISSUER}",
    )
    bench.add(
        TokenEndpointSeen(issuer=ISSUER, url=f"{ISSUER}/token", status=401, latency=0.042), f"issuer:{ISSUER} endpoint"
    )
    text = text_of(bench, STEP)
    assert f"✓ discovery {ISSUER}/.well-known/x, 84 ms named by you" in text
    assert f"✓ keys 2 keys at {ISSUER}/keys, 1.3 s" in text
    assert f"✓ token endpoint Answers 401 without a client, 42 ms, at {ISSUER}/token" in text
    assert "? client svc-orders was not tried: no token was asked for" in text


@pytest.mark.parametrize(
    ("grant", "says"),
    [
        ({"ok": True, "latency": 0.2}, "✓ grant Client credentials: a token, 200 ms ✓ client svc is accepted"),
        ({"ok": False, "error": "invalid_client"}, "✗ client svc is refused by its token endpoint"),
        ({"ok": False, "error": "invalid_scope"}, "? client svc was not tried"),
    ],
)
def test_the_client_stands_as_its_token_endpoint_answers(grant: dict[str, object], says: str) -> None:
    seen = GrantSeen(grant="client_credentials", endpoint=f"{ISSUER}/token", status=200, **grant)  # type: ignore[arg-type]
    text = text_of(refused().known(issuer=ISSUER, client_id="svc").add(seen, f"issuer:{ISSUER}"), STEP)
    assert says in text


def test_an_issuer_that_does_not_answer_and_one_that_nobody_vouches_for() -> None:
    bench = refused().issuer(failure="unreachable")
    assert f"✗ discovery {ISSUER} does not answer" in text_of(bench, STEP)
    assert "shown only: nobody vouches for it" in text_of(refused().issuer(confirmed=False), STEP)


def test_no_known_issuer_says_how_to_name_one() -> None:
    assert "? discovery No issuer is known. Name it with --issuer URL" in text_of(refused(), STEP)


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        (NOW - 86_400, "its certificate ended 24 h ago"),
        (NOW + 5 * 86_400, "its certificate ends in 5 days"),
        (NOW + 1e7, ""),
    ],
)
def test_a_certificate_that_ends_is_told(ends: float, says: str) -> None:
    seen = IssuerMetadataSeen(asked=ISSUER, url=ISSUER, issuer=ISSUER, confirmed=True, certificate_not_after=ends)
    text = text_of(refused().add(seen, f"issuer:{ISSUER}"), STEP)
    assert says in text if says else "certificate" not in text.partition("What was checked")[0]


def test_what_changed_lately_holds_dates_the_log_and_the_persons_words() -> None:
    bench = refused(jwt(iat=NOW - 3600, auth_time=NOW - 7200))
    log = ChangesSeen(
        changes=(
            CredentialChange(at=NOW - 600, what="client-secret", profile="prod", way="noted", note=Redacted("by ops")),
            *(CredentialChange(at=NOW - 9000 - n, what="access-token", way="refresh") for n in range(9)),
        )
    )
    bench.add(log).add(PersonSaid(question="what changed lately?", answer=Redacted("a new gateway rule")))
    says = section(bench, STEP, CHANGED)
    assert "token issued 2026-11-18 10:06:40Z 1 h ago" in says.replace("60 min", "1 h")
    assert "signed in 2026-11-18" in says
    assert "client secret noted (prod): by ops 10 min ago" in says
    assert "2 earlier ones are in the log" in says
    assert "you said a new gateway rule" in says
    assert "w asks what changed lately" not in says


def test_it_is_offered_where_it_was_not_answered_and_can_be() -> None:
    assert "w asks what changed lately, once, and keeps it in the case." in section(refused(), STEP, CHANGED, "changed")
    assert section(refused(), STEP, CHANGED) == "Nothing is known of it."
