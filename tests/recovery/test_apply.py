"""A credential that a person pastes, put into the request."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from tests.judge.builders import Bench
from tui401.model.http import From, HeldBack, Provenance
from tui401.model.secret import Secret
from tui401.recovery import apply, fixes


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def pasted(before: str | None, given: str, scheme: str = "Bearer") -> str:
    request = Bench([("Authorization", before)] if before is not None else []).request
    changed = apply.with_pasted(request, Secret(given), scheme)
    return changed.values("Authorization")[0].reveal()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("open-sesame", "reader:open-sesame"),
        ("writer:open-sesame", "writer:open-sesame"),
        ("pässword", "reader:pässword"),
        (basic("writer:open-sesame").partition(" ")[2], "writer:open-sesame"),
        (basic("writer:open-sesame"), "writer:open-sesame"),
    ],
)
def test_a_password_or_a_pair_is_encoded_and_what_is_encoded_stays(given: str, sent: str) -> None:
    assert pasted(basic("reader:wrong"), given) == basic(sent)


def test_a_pair_that_was_never_encoded_gives_its_user_too() -> None:
    assert pasted("Basic reader:wrong", "open-sesame") == basic("reader:open-sesame")


def test_a_password_of_nobody_is_sent_as_it_is() -> None:
    assert pasted(None, "open-sesame", "Basic") == "Basic open-sesame"


def test_where_nothing_was_sent_the_scheme_is_the_one_that_the_api_asks_for() -> None:
    bench = Bench([]).refused(headers=[("WWW-Authenticate", 'Basic realm="files"')])
    scheme = fixes.scheme_to_write(bench.facts())
    assert pasted(None, "reader:open-sesame", scheme) == basic("reader:open-sesame")


def test_a_token_is_never_encoded() -> None:
    assert pasted("Bearer old", "a:b") == "Bearer a:b"


@pytest.mark.parametrize(
    ("given", "user", "password"),
    [("open-sesame", "reader", "open-sesame"), ("writer:open:sesame", "writer", "open:sesame")],
)
def test_under_digest_a_password_or_a_pair_waits_for_the_challenge_and_stands_in_no_header(
    given: str, user: str, password: str
) -> None:
    held = HeldBack(Secret("reader"), Secret("wrong"), ("digest",), Provenance(From.COMMAND, "-u"))
    request = replace(Bench([]).request, held=held)
    changed = apply.with_pasted(request, Secret(given))
    assert changed.values("Authorization") == ()
    assert changed.held is not None
    assert (changed.held.user.reveal(), changed.held.password.reveal()) == (user, password)
    assert changed.held.schemes == ("digest",)


def test_a_credential_of_another_scheme_takes_the_place_of_what_was_held_back() -> None:
    held = HeldBack(Secret("reader"), Secret("wrong"), ("digest",), Provenance(From.COMMAND, "-u"))
    changed = apply.with_pasted(replace(Bench([]).request, held=held), Secret("Bearer another-token-1234"))
    assert changed.held is None
    assert changed.values("Authorization")[0].reveal() == "Bearer another-token-1234"
