"""Any input gives a request or a sentence: never another exception."""

from __future__ import annotations

import contextlib
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui401.intake import IntakeError, config, cookies, fill, from_argv, from_text, glob, netrc, proxies, recognise
from tui401.intake.curl_options import LETTERS, OPTIONS
from tui401.model.secret import Secret

ENV: Final = {"TOKEN": "tok", "https_proxy": "http://p:1", "HOME": "/nowhere", "no_proxy": "localhost"}
ARGUMENTS: Final = (
    [f"--{name}" for name in OPTIONS]
    + [f"-{letter}" for letter in LETTERS]
    + ["--no-get", "--", "-sXPOST", "--expand-data"]
)
FRAGMENTS: Final = [
    *(
        "http://h.example/",
        "https://[::1]:8080/x?y#z",
        "h",
        "a=b",
        "@x",
        "@-",
        "-",
        "x:y",
        "a=@f;type=x/y,g",
        "=(",
        "=)",
    ),
    *(
        "Authorization: Bearer abc",
        "X;",
        "X:",
        "1-3",
        "[1-3]{a,b}",
        "%zz",
        "\ud800",
        "é",
        "h:80:127.0.0.1",
        "::",
        "9" * 30,
    ),
    *(
        "curl ",
        "'",
        '"',
        "\\\n",
        "$TOKEN",
        "${X:-y}",
        "$(a b)",
        "`c`",
        "<<EOF\nx\nEOF\n",
        "^\n",
        '^"',
        "`\n",
        "{{token}}",
    ),
    *(
        "> GET / HTTP/1.1\n",
        "> Host: h\n",
        "< HTTP/1.1 401 No\n",
        "GET / HTTP/1.1\nHost: h\n\n",
        "HTTP/1.1 401 x\n\n",
        "* ",
    ),
    *(
        "“",
        "–d ",
        "\u00a0",
        "\u200b",
        "&amp;",
        "|",
        "&",
        ";",
        "(",
        "$'\\x",
        "\r",
        "\n",
        "PS C:\\> ",
        "$ ",
        "curl.exe ",
        "iwr ",
    ),
]

text = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=25).map("".join)
word = st.one_of(st.sampled_from(ARGUMENTS), st.sampled_from(FRAGMENTS), st.text(max_size=20))


@settings(max_examples=400, deadline=None)
@given(st.lists(word, max_size=12))
@example(["-u", "a", "http://h"])
@example(["-F", 'a="', "http://h"])
@example(["--resolve", "h:80:[::1]", "http://h"])
@example(["http://h", "-r", "٣"])
@example(["http://1٣.1/"])
@example(["http://h:٣/"])
@example(["-C", "²", "http://h"])
@example(["--max-redirs", "-9", "-L", "http://h"])
def test_any_command_line_gives_a_request_or_a_sentence(argv: list[str]) -> None:
    with contextlib.suppress(IntakeError):
        intake = from_argv(["curl", "-q", *argv], env=ENV, home="/nowhere", cwd="/nowhere", stdin=b"x=1\n")
        assert intake.request.target.reveal()


@settings(max_examples=400, deadline=None)
@given(text)
@example("curl ^")
@example("curl \\")
@example("curl `")
@example("curl $")
@example("curl http://h $'\\U00110000'")
@example("curl <<E")
@example("> GET / HTTP/1.1\n< HTTP/1.1 1")
def test_any_text_gives_a_request_or_a_sentence(pasted: str) -> None:
    recognise(pasted, cwd="/nowhere")
    with contextlib.suppress(IntakeError):
        intake = from_text(pasted, env=ENV, home="/nowhere", cwd="/nowhere")
        for name in (*intake.unfilled, *intake.prompts):
            intake = fill(intake, name, Secret("value"))


@settings(max_examples=300, deadline=None)
@given(text)
def test_a_pasted_curl_command_gives_a_request_or_a_sentence(pasted: str) -> None:
    with contextlib.suppress(IntakeError):
        from_text(f"curl http://h.example {pasted}", env=ENV, home="/nowhere", cwd="/nowhere")


@given(st.text(max_size=200))
def test_files_of_every_kind_are_read_without_a_crash(content: str) -> None:
    assert list(config.entries(content)) is not None
    assert cookies.read(content) is not None
    with contextlib.suppress(IntakeError):
        netrc.find(content, "h")
    with contextlib.suppress(IntakeError):
        glob.first(content)
    assert proxies.spares(content, "h.example") in (True, False)


def test_long_input_of_every_fragment_ends() -> None:
    for fragment in FRAGMENTS:
        long = fragment * (60_000 // len(fragment))
        for pasted in (long, f"curl http://h.example {long}", f'curl http://h.example -H "{long}"'):
            with contextlib.suppress(IntakeError):
                from_text(pasted, env=ENV, home="/nowhere", cwd="/nowhere")
        for argv in (
            [long],
            ["-H", long, "http://h"],
            ["-F", long, "http://h"],
            ["-b", long, "http://h"],
            ["-x", long, "http://h"],
        ):
            with contextlib.suppress(IntakeError):
                from_argv(["-q", *argv], env=ENV, home="/nowhere", cwd="/nowhere")
