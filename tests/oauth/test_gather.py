"""The issuer's own word on a token: when it is asked for, beside which sibling, and what is concluded."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.judge.builders import ISSUER, NOW, OPAQUE, Bench, Headers, bearer, jwt
from tests.oauth.issuing import SECRET, Issuer, gives, issuing, refuses
from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.shown import IntrospectionSeen, IssuerMetadataSeen, Verified
from tui401.model.verdict import Strength
from tui401.oauth.gather import IntrospectionGatherer, can_help
from tui401.probes.send import Client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


def metadata(**more: Any) -> IssuerMetadataSeen:
    given = {"asked": ISSUER, "issuer": ISSUER, "introspection_endpoint": f"{ISSUER}/introspect", "confirmed": True}
    return IssuerMetadataSeen(**{**given, **more})


def bench(
    token: str = OPAQUE, found: IssuerMetadataSeen | None = None, headers: Headers | None = None, **known: Any
) -> Bench:
    made = Bench(bearer(token) if headers is None else headers).refused()
    made.add((found or metadata()), f"issuer:{ISSUER}")
    return made.known(**{"issuer": ISSUER, "client_id": "cli", "has_client_secret": True, **known})


def test_it_is_asked_for_where_it_would_tell_more() -> None:
    assert can_help(bench().facts())
    assert can_help(bench(jwt()).facts())
    assert can_help(bench(has_client_secret=False, has_client_key=True).facts())


@pytest.mark.parametrize(
    "made",
    [
        bench(has_client_secret=False),
        bench(client_id=""),
        bench(issuer="https://other.example"),
        bench(found=metadata(confirmed=False)),
        bench(found=metadata(introspection_endpoint="")),
        bench(found=metadata(problem="It is another's.")),
        bench(jwt(exp=NOW - 3_000)),
        Bench()
        .refused()
        .add(metadata(), f"issuer:{ISSUER}")
        .known(issuer=ISSUER, client_id="c", has_client_secret=True),
        Bench([("X-API-Key", "9f8e7d6c5b4a39281706f5e4d3c2b1a0")])
        .refused()
        .add(metadata(), f"issuer:{ISSUER}")
        .known(issuer=ISSUER, client_id="c", has_client_secret=True),
    ],
    ids=["no secret", "no client", "another", "unconfirmed", "no endpoint", "problem", "expired", "nothing", "a key"],
)
def test_it_is_not_asked_for_where_it_cannot_help(made: Bench) -> None:
    assert not can_help(made.facts())


# -- what it asks ------------------------------------------------------------------------------------------------------


def live(issuer: Issuer, token: str, **more: Any) -> tuple[Case, Facts]:
    made = Bench(bearer(token)).refused()
    found = issuer.metadata(**more)
    made.add(found, f"issuer:{issuer.address}")
    known = issuer.known(client_secret=SECRET)
    made.add(known.shown())
    case = Case(id="7f3a0000", request=made.request, known=known, names=made.names)
    return case, made.facts()


async def word(client: Client, case: Case, facts: Facts) -> IntrospectionSeen | None:
    found = await IntrospectionGatherer(client).run(case, facts)
    return next((piece.content for piece in found if isinstance(piece.content, IntrospectionSeen)), None)


async def test_an_inactive_token_is_held_against_a_sibling_that_is_revoked_again(client: Client) -> None:
    replies = {
        "/introspect": [("200 OK", {"active": False}), ("200 OK", {"active": True})],
        "/revoke": [("200 OK", {})],
    }
    async with issuing(replies) as issuer:
        sibling = jwt(iss=issuer.address)
        issuer.replies["/token"] = [gives(access_token=sibling)]
        case, facts = live(issuer, jwt(iss=issuer.address, jti="sent"))
        seen = await word(client, case, facts)
        asked = [form["token"] for form in issuer.asked("/introspect")]
        revoked = [form["token"] for form in issuer.asked("/revoke")]
    assert seen is not None
    assert (seen.active, seen.sibling) == (False, True)
    assert asked == [case.names.known()[0].reveal(), sibling]
    assert revoked == [sibling]


@pytest.mark.parametrize(
    ("token", "sibling", "grants"),
    [
        (OPAQUE, jwt(), ()),
        (jwt(), jwt({"typ": "at+jwt"}), ()),
        (jwt(nonce="n"), jwt(client_id="cli", jti="x"), ()),
        (jwt(), jwt(), ("authorization_code",)),
        (jwt(), OPAQUE, ()),
    ],
    ids=["opaque", "another kind", "an ID token", "no grant without a person", "an opaque sibling"],
)
async def test_only_a_token_of_the_same_kind_is_a_sibling(
    client: Client, token: str, sibling: str, grants: tuple[str, ...]
) -> None:
    replies = {"/introspect": [("200 OK", {"active": False}), ("200 OK", {"active": True})]}
    async with issuing(replies) as issuer:
        issuer.replies["/token"] = [gives(access_token=sibling)]
        case, facts = live(issuer, token, grants=grants, revocation_endpoint="")
        seen = await word(client, case, facts)
    assert seen is not None
    assert (seen.active, seen.sibling) == (False, None)


async def test_an_active_token_needs_no_sibling(client: Client) -> None:
    async with issuing({"/introspect": [("200 OK", {"active": True, "scope": "a"})]}) as issuer:
        case, facts = live(issuer, jwt())
        seen = await word(client, case, facts)
        assert not issuer.asked("/token")
    assert seen is not None
    assert (seen.active, seen.claims) == (True, {"scope": "a"})


async def test_a_refused_client_is_not_proved_here_again(client: Client) -> None:
    async with issuing({"/introspect": [refuses("invalid_client", status="401 Unauthorized")]}) as issuer:
        case, facts = live(issuer, OPAQUE)
        gatherer = IntrospectionGatherer(client)
        (first,) = await gatherer.run(case, facts)
        assert isinstance(first.content, IntrospectionSeen)
        assert first.content.client_refused
        assert await gatherer.run(case, facts) == ()
        assert len(issuer.asked("/introspect")) == 1


async def test_a_client_that_was_refused_in_another_run_is_not_proved_here(client: Client) -> None:
    async with issuing({"/introspect": [("200 OK", {"active": False})]}) as issuer:
        case, facts = live(issuer, OPAQUE)
        lately = {(issuer.address, "cli"): 1}
        case.options = dataclasses.replace(case.options, refused_lately=lately)
        assert await word(client, case, facts) is None
        assert not issuer.server.arrived


# -- what is concluded -------------------------------------------------------------------------------------------------


def concluded(token: str, *, sibling: bool | None, good: bool = True) -> Strength:
    made = Bench(bearer(token)).refused()
    if good:
        made.keys(Verified.GOOD)
    name = made.facts().credential
    assert name is not None
    made.add(
        IntrospectionSeen(endpoint=f"{ISSUER}/introspect", credential=name.name, active=False, sibling=sibling),
        f"credential:{name.name}",
    )
    return made.strength("token-revoked")


@pytest.mark.parametrize(
    ("token", "sibling", "good", "strength"),
    [
        (jwt(), True, True, Strength.CONFIRMED),
        (jwt(), None, True, Strength.LIKELY),
        (jwt(), False, True, Strength.UNKNOWN),
        (jwt(), True, False, Strength.POSSIBLE),
        (jwt(at_hash="x"), True, True, Strength.POSSIBLE),
        (OPAQUE, None, False, Strength.POSSIBLE),
    ],
    ids=["proved", "without a sibling", "calls all inactive", "not verified", "an ID token", "opaque"],
)
def test_inactive_is_not_yet_revoked(token: str, *, sibling: bool | None, good: bool, strength: Strength) -> None:
    assert concluded(token, sibling=sibling, good=good) is strength
