"""What stands before curl on a line that a shell has expanded, and what a shell does to words without quotes."""

from __future__ import annotations

import pytest

from tui401.intake import Intake, IntakeError, fill, from_argv, from_text
from tui401.intake.called import called
from tui401.intake.unquoted import cut_short

URL = "https://api.example.com/v1"
HEADER = ["-H", "Authorization: Bearer q7Zx9Wv2Kp0Lm4Rt8Yb3Nc6Hd1Jf5"]


def read(*argv: str, **env: str) -> Intake:
    return from_argv(argv, env=env, home="/nonexistent", cwd="/")


def names(intake: Intake) -> list[str]:
    return [note.name for note in intake.notes]


@pytest.mark.parametrize(
    ("before", "noted"),
    [
        ([], []),
        (["curl"], []),
        (["/usr/bin/curl"], []),
        (["time", "curl"], []),
        (["env", "-i", "curl"], []),
        (["noglob", "curl"], []),
        (["sudo", "curl"], ["wrapper-left-out"]),
        (["sudo", "-u", "root", "curl"], ["wrapper-left-out"]),
        (["proxychains4", "-q", "curl"], ["wrapper-left-out"]),
        (["TOKEN=abc", "curl"], ["variable-set-too-late"]),
        (["TOKEN=abc", "sudo", "-E", "curl"], ["wrapper-left-out", "variable-set-too-late"]),
    ],
)
def test_the_same_request_whatever_runs_curl(before: list[str], noted: list[str]) -> None:
    made = read(*before, URL, *HEADER)
    assert made.request.url.reveal() == URL
    assert [header.name for header in made.request.headers] == ["Accept", "Authorization"]
    assert names(made) == noted


def test_a_variable_that_curl_reads_holds_for_this_command_alone() -> None:
    made = read("https_proxy=http://127.0.0.1:9", "curl", URL)
    assert made.request.transport.proxy is not None
    assert names(made) == ["proxy"]
    assert made.way_to(read(URL).request.origin).proxy is None


def test_it_still_holds_once_a_value_was_filled_in() -> None:
    made = read("https_proxy=http://127.0.0.1:9", "TOKEN=x", "curl", URL, "-u", "ada")
    again = fill(made, made.prompts[0], made.request.url)
    assert again.ready
    assert again.request.transport.proxy is not None
    assert names(again) == ["variable-set-too-late", "proxy"]


@pytest.mark.parametrize("words", [["xargs", "curl", URL], ["sudo", "wget", URL], [URL], [], ["x"] * 40 + ["curl"]])
def test_any_other_line_is_left_as_it_is(words: list[str]) -> None:
    assert called(words) is None


def test_a_header_that_the_shell_cut_is_told_before_anything_is_sent() -> None:
    with pytest.raises(IntakeError, match=r'Quote it whole: -H "Authorization: …"'):
        read("curl", "-H", "Authorization:", "Bearer", "q7Zx9Wv2Kp0Lm4Rt", URL)
    made = read("curl", URL, "-H", "Authorization:", "Bearer", "q7Zx9Wv2Kp0Lm4Rt")
    told = next(note for note in made.notes if note.name == "header-split")
    assert told.cause == "header-missing"
    pasted = from_text(f"curl {URL} -H Authorization: Bearer abc", env={}, home="/nonexistent", cwd="/")
    assert "header-split" in names(pasted)


@pytest.mark.parametrize(
    ("header", "noted"),
    [
        ("X-Api-Key: ", True),
        ("Authorization: ", True),
        ("Authorization:", False),  # that is how curl is told to send none
        ("Accept: ", False),
        ("X-Api-Key: abc", False),
    ],
)
def test_a_header_that_an_empty_variable_left_without_a_value_is_told(header: str, noted: bool) -> None:  # noqa: FBT001 - a row of a table
    assert ("header-empty" in names(read("curl", URL, "-H", header))) is noted


def test_an_empty_token_is_told() -> None:
    made = read("curl", URL, "-H", "Authorization: Bearer ")
    assert [(note.name, note.cause) for note in made.notes] == [("value-empty", "credential-placeholder")]


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        (f"{URL}?page=1", True),
        (f"{URL}?page=", True),
        (f"{URL}?page=1&size=2", False),
        (f"{URL}?page", False),
        (f"{URL}?page=1#top", False),
        (URL, False),
    ],
)
def test_an_address_that_ends_as_a_cut_one_does_is_known(address: str, cut: bool) -> None:  # noqa: FBT001 - a row of a table
    assert cut_short(address) is cut
