"""A fix that did not succeed is judged anew; a request that is accepted as it was is no proof of anything."""

from __future__ import annotations

import base64
import hashlib
import json
import time

from tests.judge.builders import jwt
from tests.recovery.driving import fix_first, plain_case, reply, scripted, told
from tests.recovery.scoped import world
from tui401.model.events import Judged
from tui401.model.fix import Answer, Asks, Question
from tui401.model.verdict import Outcome, Strength

EXPIRED = reply("401 Unauthorized", 'WWW-Authenticate: Bearer error="invalid_token", error_description="expired"')
BOUND = "opaque-9c1f7e4ab2d85063"


def part(value: dict[str, object] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_proof(url: str) -> tuple[str, ...]:
    """A bound token and a proof of this moment, good in all that can be seen of it (RFC 9449, section 4.2)."""
    key = {"kty": "EC", "crv": "P-256", "x": "a" * 43, "y": "b" * 43}
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key}
    ath = part(hashlib.sha256(BOUND.encode()).digest())
    body = {"htm": "GET", "htu": url, "iat": int(time.time()), "jti": "77aa10c4", "ath": ath}
    return "-H", f"Authorization: DPoP {BOUND}", "-H", f"DPoP: {part(head)}.{part(body)}.{'c' * 86}"


def every_new_token(question: Question) -> Answer:
    """Takes the first fix that asks for a token, as long as one is offered."""
    if question.asks is not Asks.NEXT:
        return Answer("yes")
    return Answer(next((c.key for c in question.choices if c.key.startswith("fix:new-token")), "stop"))


async def test_a_fault_that_a_fix_uncovers_has_the_next_fix_and_each_retry_carries_its_own_token() -> None:
    async with world(needs=frozenset({"orders:write"})) as shop:
        case = shop.case("worn-out-77aa10c4e2b95d38", scopes=("orders:read",))
        ran = await told(case, every_new_token)
        asked = [form["scope"][0].split() for form in shop.asked]
        given = list(shop.tokens)
        carried = [value.partition(" ")[2] for arrived in shop.api for value in arrived.values("authorization")]
    assert ran.outcome is Outcome.RECOVERED
    assert asked[0] == ["orders:read"]
    assert "orders:write" in asked[-1], "a new token after insufficient_scope carries the scope that is missing"
    assert [token for token in carried if token in given] == given
    roots = [d.root.cause for d in ran.view.judgements if d.root is not None]
    assert "scope-insufficient" in roots


async def test_the_same_request_accepted_later_leaves_nothing_confirmed() -> None:
    expired = jwt(exp=int(time.time()) - 7_200, iat=int(time.time()) - 10_800)
    async with scripted(EXPIRED, reply("200 OK")) as server:
        seen: list[Strength] = []

        def again(question: Question) -> Answer:
            return Answer("again" if question.asks is Asks.NEXT else "no")

        ran = await told(plain_case(server.url, "-H", f"Authorization: Bearer {expired}"), again)
        seen += [d.root.strength for d in (e.diagnosis for e in ran.events if isinstance(e, Judged)) if d.root]
    assert Strength.CONFIRMED in seen, "its words confirm it, until it is accepted as it was"
    assert ran.outcome is Outcome.INTERMITTENT
    assert ran.view.diagnosis is not None
    assert ran.view.diagnosis.outcome is Outcome.INTERMITTENT
    assert all(ranked.verdict.strength < Strength.CONFIRMED for ranked in ran.view.diagnosis.causes)


async def test_a_one_time_credential_is_not_sent_again_to_prove_a_fix() -> None:
    async with world(needs=frozenset()) as shop:
        case = shop.case("worn-out-77aa10c4e2b95d38", scopes=("a",))
        intake = plain_case(shop.url, *with_proof(shop.url))
        case.request = intake.request
        ran = await told(case, fix_first("new-token"))
    assert 200 in [sent.status for sent in ran.view.sends]
    assert "original-again" not in [sent.label for sent in ran.view.sends]
