"""Step 2 as a person reads it: the value part by part, scheme, place, duplicates, hops, and what shadowed what."""

from __future__ import annotations

import pytest

from tests.judge.builders import API, KEY, OPAQUE, Bench, bearer, note, request
from tests.ui.pages import lines_of, text_of
from tui401.causes import all_causes
from tui401.model.http import From
from tui401.model.shown import RequirementsSeen, SchemeRequired
from tui401.model.shown_base import Place
from tui401.model.verdict import Step
from tui401.ui.findings.header import parts_of
from tui401.wire import redact

STEP = Step.HEADER
BEARER = [("WWW-Authenticate", 'Bearer realm="api"')]


def sent(value: str, *more: tuple[str, str]) -> Bench:
    return Bench([("Authorization", value), *more]).refused(headers=BEARER)


def test_the_value_is_taken_apart_with_offsets_and_without_a_secret() -> None:
    bench = sent(f"Bearer {OPAQUE}")
    text = text_of(bench, STEP)
    assert "as sent Bearer ●●●● 40 characters" in text
    assert "0–5 Bearer scheme 6 1 space 7–39 ●●●● 33 characters" in text
    assert not any(OPAQUE[at : at + 8] in text for at in range(len(OPAQUE) - 7))


def test_a_defect_is_marked_under_the_very_place() -> None:
    lines = lines_of(sent(f"Bearer  {OPAQUE}"), STEP)
    at = next(number for number, line in enumerate(lines) if line.strip() == "^")
    assert lines[at - 1][lines[at].index("^") - 1 :].startswith("  ●●●●")
    assert "two spaces" in lines[at + 1].lower() or "space" in " ".join(lines[at + 1 : at + 3])
    assert "(offset 7)" in " ".join(lines[at + 1 : at + 4])


@pytest.mark.parametrize(
    ("masked", "parts"),
    [
        ("Bearer ●●●●.●●.●", [(0, "scheme"), (6, "1 space"), (7, "9 characters")]),
        ("Bearer \t●●", [(0, "scheme"), (6, "1 space and 1 tab"), (8, "2 characters")]),
        (
            'Bearer "●●"',
            [(0, "scheme"), (6, "1 space"), (7, "a sign of its own"), (8, "2 characters"), (10, "a sign of its own")],
        ),
        (
            "Bearer Bearer ●●",
            [(0, "scheme"), (6, "1 space"), (7, "another word"), (13, "1 space"), (14, "2 characters")],
        ),
        ("●●●●", [(0, "4 characters")]),
        ("", []),
    ],
)
def test_parts_of_a_masked_value(masked: str, parts: list[tuple[int, str]]) -> None:
    found = list(parts_of(masked))
    assert [(at, says) for at, _, says in found] == parts
    assert "".join(text for _, text, _ in found) == masked


def test_a_scheme_that_is_not_asked_for_stands_beside_the_one_that_is() -> None:
    text = text_of(sent(f"Token {OPAQUE}"), STEP)
    assert "the scheme sent Token" in text
    assert "asked for Bearer" in text
    assert "expected by the API's challenge" in text
    assert "the scheme sent" not in text_of(sent(f"bearer {OPAQUE}"), STEP)


def test_the_place_that_a_description_names_is_told_with_its_source() -> None:
    scheme = SchemeRequired(name="key", kind="apiKey", place=Place.HEADER, place_name="X-API-Key")
    seen = RequirementsSeen(source="Orders 1.2", operation="GET /v1/orders", alternatives=((scheme,),))
    bench = Bench(bearer(OPAQUE)).refused().add(seen, "attempt:1")
    assert "place wanted header X-API-Key the API's description (Orders 1.2)" in text_of(bench, STEP)


def test_a_second_credential_is_told_with_where_it_stands() -> None:
    text = text_of(sent(f"Bearer {OPAQUE}", ("X-API-Key", KEY)), STEP)
    assert "also sent api-key in header X-API-Key" in text


def test_hops_show_where_on_the_way_the_credential_vanished() -> None:
    bench = Bench(bearer(OPAQUE))
    bench.hops(
        (request(bearer(OPAQUE), "https://api.example.com/v1/orders"), 302, [("Location", "https://a.example.com/x")]),
        (request((), "https://a.example.com/x"), 302, [("Location", "https://b.example.com/y")]),
        (request((), "https://b.example.com/y"), 401, BEARER),
    )
    text = text_of(bench, STEP)
    assert "hop 1 https://api.example.com/v1/orders 302, with it" in text
    assert "hop 2 https://a.example.com/x 302, without it" in text
    assert "hop 3 https://b.example.com/y 401, without it" in text
    assert text.count("The credential vanished") == 1
    assert "✗ The credential vanished on the way from hop 1 to hop 2." in text


def test_one_hop_is_no_list() -> None:
    assert "hop 1" not in text_of(sent(f"Bearer {OPAQUE}"), STEP)


def test_what_shadowed_the_credential_that_was_meant_stands_first_among_the_notes() -> None:
    bench = Bench(bearer(OPAQUE)).refused()
    bench.intake(
        note("smart-quotes", "Typographic quotes were read as plain ones.", ""),
        note("netrc-overrides", "Sent is the netrc entry, and the -u user is not.", "credential-overridden"),
    )
    text = text_of(bench, STEP)
    assert text.index("the -u user is not") < text.index("Typographic quotes")


def test_where_it_came_from_is_told() -> None:
    bench = Bench(bearer(OPAQUE))
    bench.request = request(bearer(OPAQUE), API, origin=From.NETRC)
    bench.add(redact.credentials(bench.request, bench.names), "attempt:1").refused()
    assert "came from netrc" in text_of(bench, STEP)


@pytest.mark.parametrize(
    ("anonymous", "garbage", "says"),
    [
        ("a", "o", "was it read? yes, and refused as a worthless one is"),
        ("o", "g", "was it read? no: it answers as if no credential came"),
        ("a", "g", "was it read? yes, and it is recognised further than a worthless one"),
        ("o", "o", "was it read? not to be told: one refusal for all"),
    ],
)
def test_whether_it_was_read_is_told_by_what_the_server_says_without_it(
    anonymous: str, garbage: str, says: str
) -> None:
    bench = Bench(bearer(OPAQUE)).refused("o").anonymous(401, anonymous).garbage(401, garbage)
    assert says in text_of(bench, STEP)


def test_no_credential_at_all_is_said() -> None:
    assert "credential none in any place of this request" in text_of(Bench().refused(headers=BEARER), STEP)


def test_what_only_words_could_tell_is_no_check() -> None:
    text = text_of(sent(f"Bearer {OPAQUE}"), Step.SERVER)
    silent = [slug for slug, cause in all_causes().items() if cause.step is Step.SERVER and cause.judge is None]
    assert silent
    assert f"– not spoken of {', '.join(sorted(silent))}: only the server's words would tell" in text
    assert not any(f"? {slug}" in text for slug in silent)


def test_the_experiments_that_would_tell_are_named_as_they_are_offered() -> None:
    text = text_of(sent(f"Bearer {OPAQUE}"), STEP, "probe:anonymous", "probe:bare")
    assert "x offers: anonymous." in text  # "bare" fills another step
