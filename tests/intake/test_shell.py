"""Pasted commands: words as the shell would hand them over, with bash itself as the measure where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tui401.intake import Intake, IntakeError, fill, from_text, read_files
from tui401.intake.shell import take
from tui401.intake.variables import Filler
from tui401.model.http import From
from tui401.model.secret import Secret

BASH = shutil.which("bash")
ENV = {"TOKEN": "tok-from-env", "EMPTY": "", "https_proxy": ""}


def words(text: str, env: dict[str, str] | None = None) -> list[str]:
    return [word.text for word in take(text, Filler(env or ENV, {}), "/home/me").words]


def paste(text: str, env: dict[str, str] | None = None, cwd: str = "/nowhere") -> Intake:
    return from_text(text, env=env or ENV, home="/nowhere", cwd=cwd)


def sent(intake: Intake, name: str) -> list[str]:
    return [value.reveal() for value in intake.request.values(name)]


def names(intake: Intake) -> list[str]:
    return [note.name for note in intake.notes]


AS_BASH = [
    "curl a b  c\td",
    'curl \'single $TOKEN \\n\' "double $TOKEN \\" \\$x \\\\ \\n" bare\\ space',
    'curl "a"\'b\'c"d e"',
    "curl -H 'it'\\''s'",
    "curl \\\n  -H 'a: b' \\\n  -d x",
    'curl "line \\\ncontinued"',
    "curl $'a\\tb\\x41\\101\\u00e9\\'q\\\\' $'\\xc3\\xa9' $\"x $TOKEN\"",
    'curl "${TOKEN}x" $TOKEN.y "${UNSET:-some default}" "${TOKEN:-no}" "${EMPTY:-when empty}x" "${EMPTY-when unset}y"',
    "curl a # a comment 'with quote",
    "curl a#b '#c'",
    "curl a;true",
    "curl a && true",
    "curl a || true",
    "curl a >/dev/null b 2>/dev/null c",
    "curl a 2>&1 b &>/dev/null c",
    "curl '' \"\" a",
    "curl a\\\nb",
    "  curl   a  ",
    "curl http://h/?a=1\\&b=2 'x&y'",
    "curl é 'ü' \"ñ\"",
    "X=1 Y='two three' curl a",
    "command curl a",
    'V=abc\ncurl $V "$V"',
    "export V=abc W=x\ncurl $V$W",
    "curl [a-z]? {1} a*nothing",
    "curl -- -a --b=c",
    'curl "$" "a$" $ "5$%"',
    "curl ~/x a~ '~'",
    "curl 'two\nlines' \"and\nmore\"",
    "curl -d @- <<< 'here string'",
    "curl a <<EOF b\ntext $TOKEN\nEOF",
    "true; false; curl last",
]


@pytest.mark.skipif(BASH is None, reason="bash is not installed, and it is the measure here")
@pytest.mark.parametrize("text", AS_BASH)
def test_words_are_those_that_bash_hands_over(text: str, tmp_path: Path) -> None:
    assert BASH is not None
    output = tmp_path / "words"
    script = 'curl() { printf \'%s\\0\' "$@"; printf \'END\\0\'; } >> "$WORDS"\ncommand() { "$@"; }\n' + text
    env = {**ENV, "HOME": "/home/me", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "WORDS": str(output)}
    subprocess.run([BASH, "-c", script], env=env, cwd=tmp_path, timeout=10, check=False)
    expected = output.read_bytes().split(b"END\0")[0].split(b"\0")[:-1]

    assert [word.encode() for word in words(text)] == expected


def test_heredoc_and_here_string_become_standard_input() -> None:
    one = paste('curl https://h.example --json @- <<EOF\n{"t": "$TOKEN", "l": "\\$x"}\nEOF\n')
    assert one.request.body == Secret(b'{"t": "tok-from-env", "l": "$x"}\n')
    assert one.reads == ()
    two = paste("curl https://h.example -d @- <<'EOF' | jq .\n$TOKEN\nEOF\necho done")
    assert two.request.body == Secret(b"$TOKEN")
    assert paste("curl https://h.example --data-binary @- <<< 'x y'").request.body == Secret(b"x y\n")


def test_a_redirected_file_is_listed_and_read_only_after_a_yes(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text("{}")
    intake = paste("curl https://h.example --json @- < in.json", cwd=str(tmp_path))
    assert intake.reads == (str(tmp_path / "in.json"),)
    assert intake.pending
    assert read_files(intake).request.body == Secret(b"{}")


@pytest.mark.parametrize(
    "prompt",
    [
        "$ ",
        "% ",
        "❯ ",
        "user@host:~$ ",
        "[me@box dir]$ ",
        "(venv) me@box:~/x$ ",
        "root@box:/# ",
        "➜  ",
        "PS C:\\Users> ",
    ],
)
def test_a_prompt_before_the_command_is_left_out_and_named(prompt: str) -> None:
    intake = paste(f'{prompt}curl https://h.example -H "X-A: 1"')
    assert sent(intake, "X-A") == ["1"]
    assert "prompt" in names(intake)


def test_prompts_of_continued_lines_are_left_out_too() -> None:
    intake = paste("$ curl https://h.example \\\n>   -H 'X-A: 1' \\\n> -d x")
    assert (sent(intake, "X-A"), intake.request.body) == (["1"], Secret(b"x"))


def test_smart_quotes_around_words_are_read_as_quotes_and_named() -> None:
    intake = paste("curl https://h.example -H “Authorization: Bearer abc” –data ‘x=1’ —json '{}'")
    assert sent(intake, "Authorization") == ["Bearer abc"]
    assert {"smart-quotes", "dash"} <= set(names(intake))


def test_smart_quotes_inside_quotes_stay_in_the_value_and_are_named() -> None:
    intake = paste('curl https://h.example -H "Authorization: Bearer “abc”"')
    assert sent(intake, "Authorization") == ["Bearer “abc”"]
    note = next(note for note in intake.notes if note.name == "smart-quotes")
    assert note.cause == "header-malformed"
    assert "abc" not in note.says


@pytest.mark.parametrize(
    ("value", "name", "cause"),
    [
        ("Bearer\u00a0abc", "non-breaking-space", "header-malformed"),
        ("Bearer ab\u200bc", "invisible-character", "token-malformed"),
        ("Bearer ab\nc", "line-break-inside", "token-malformed"),
        ("Bearer abc\n", "line-break-at-end", "token-malformed"),
        ("Bearer a–c", "dash", "token-malformed"),
    ],
)
def test_what_a_copy_left_in_the_header_is_a_finding_and_is_sent(value: str, name: str, cause: str) -> None:
    intake = paste(f'curl https://h.example -H "Authorization: {value}"')
    assert sent(intake, "Authorization") == [value]
    assert [(note.name, note.cause) for note in intake.notes] == [(name, cause)]


def test_odd_spaces_between_words_are_read_as_spaces_and_named() -> None:
    intake = paste("curl\u00a0https://h.example\u00a0-H 'X-A: 1'")
    assert sent(intake, "X-A") == ["1"]
    assert "non-breaking-space" in names(intake)


def test_line_ends_of_a_terminal_conclude_nothing() -> None:
    intake = paste("curl https://h.example \\\r  -H 'X-A: 1' \\\r\n  -H 'X-B: 2'\r")
    assert (sent(intake, "X-A"), sent(intake, "X-B")) == (["1"], ["2"])
    assert intake.notes == ()


def test_a_lost_backslash_is_undone_and_named() -> None:
    assert "continuation-missing" in names(paste("curl https://h.example\n  -H 'X-A: 1'"))
    assert "continuation-missing" in names(paste("curl -H 'X-A: 1'\nhttps://h.example"))
    assert "space-behind-backslash" in names(paste("curl https://h.example \\ \n  -H 'X-A: 1'"))


def test_an_unquoted_ampersand_ends_the_command_as_in_a_shell() -> None:
    intake = paste('curl https://h.example/?a=1&b=2 -H "Authorization: Bearer x"')
    assert intake.request.target == Secret("/?a=1")
    assert sent(intake, "Authorization") == []
    assert [(n.name, n.cause) for n in intake.notes] == [("cut-at-ampersand", "header-missing")]


def test_escapes_of_a_web_page_stay_and_are_named() -> None:
    intake = paste("curl 'https://h.example/?a=1&amp;b=2'")
    assert intake.request.target == Secret("/?a=1&amp;b=2")
    assert names(intake) == ["html-escaped"]


def test_pipes_and_redirections_are_left_out_and_named() -> None:
    intake = paste("curl -s https://h.example -o out 2>/dev/null | jq .token")
    assert names(intake) == ["cut-at-operator"]


def test_a_variable_is_filled_from_the_environment_and_said() -> None:
    intake = paste('curl https://h.example -H "Authorization: Bearer $TOKEN" -H "X: ${TOKEN}"')
    assert sent(intake, "Authorization") == ["Bearer tok-from-env"]
    header = intake.request.headers[-1]
    assert (header.provenance.origin, header.provenance.detail) == (From.VARIABLE, "$TOKEN in -H")
    assert intake.variables == ("TOKEN",)
    assert names(intake) == ["variable-filled"]


def test_a_variable_without_a_value_is_listed_and_can_be_filled() -> None:
    intake = paste('curl https://h.example -H "Authorization: Bearer $MISSING" -d "{{client_secret}}"')
    assert intake.unfilled == ("$MISSING", "{{client_secret}}")
    assert not intake.ready
    once = fill(intake, "$MISSING", Secret("given"))
    assert once.unfilled == ("{{client_secret}}",)
    both = fill(once, "{{client_secret}}", Secret("other"))
    assert both.ready
    assert sent(both, "Authorization") == ["Bearer given"]
    assert both.request.body == Secret(b"other")
    assert both.request.headers[1].provenance.origin is From.PROMPT
    with pytest.raises(IntakeError, match="Nothing of that name"):
        fill(both, "$MISSING", Secret("x"))


def test_an_empty_variable_is_a_finding() -> None:
    intake = paste('curl https://h.example -H "Authorization: Bearer $EMPTY"')
    assert [(n.name, n.cause) for n in intake.notes] == [("variable-empty", "credential-placeholder")]


def test_a_variable_in_single_quotes_is_sent_as_it_stands() -> None:
    intake = paste("curl https://h.example -H 'Authorization: Bearer $TOKEN'")
    assert sent(intake, "Authorization") == ["Bearer $TOKEN"]
    assert ("variable-in-single-quotes", "credential-placeholder") in [(n.name, n.cause) for n in intake.notes]


def test_a_command_substitution_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for text in (f"$(touch {mark})", f"`touch {mark}`", f"<(touch {mark})"):
        intake = paste(f"curl https://h.example -H X-T:{text}")
        assert len(intake.unfilled) == 1
    assert not mark.exists()


def test_a_secret_inside_a_command_substitution_is_not_listed() -> None:
    intake = paste('curl https://h.example -H "X: $(curl -u me:hunter2secret https://idp.example | jq -r .t)"')
    assert intake.unfilled == ("$(curl …)",)
    assert paste('curl https://h.example -H "X: $(cat token.txt)"').unfilled == ("$(cat token.txt)",)
    filled = fill(intake, "$(curl …)", Secret("abc"))
    assert sent(filled, "X") == ["abc"]


def test_a_variable_set_on_the_commands_own_line_comes_too_late() -> None:
    assert "variable-set-too-late" in names(paste('T1=x curl https://h.example -H "Authorization: Bearer $T1"'))


def test_a_proxy_set_before_the_command_counts() -> None:
    intake = paste("https_proxy=http://proxy.example:3128 curl https://h.example")
    assert intake.request.transport.proxy is not None
    assert intake.request.transport.proxy.url == "http://proxy.example:3128"


CHROME_CMD = (
    'curl ^"https://h.example/a?b=1^&c=^%^7B^" ^\r\n'
    '  -H ^"authorization: Bearer %TOKEN%^" ^\r\n'
    '  --data-raw ^"^{^\\^"a^\\^":^\\^"x y^\\^"^}^"'
)


def test_cmd_is_read_with_its_carets() -> None:
    intake = paste(CHROME_CMD)
    assert intake.request.target == Secret("/a?b=1&c=%7B")
    assert sent(intake, "authorization") == ["Bearer tok-from-env"]
    assert intake.request.body == Secret(b'{"a":"x y"}')
    assert intake.request.values("authorization")
    assert intake.request.headers[1].provenance.detail == "%TOKEN% in -H"


def test_a_percent_sign_that_cmd_is_told_to_leave_is_left() -> None:
    assert words('curl https://h.example -d ^"^%TOKEN^%^" -d "%TOKEN%"')[-3:] == ["%TOKEN%", "-d", "tok-from-env"]


def test_cmd_reads_doubled_quotes_and_cuts_at_operators() -> None:
    text = 'C:\\Windows\\System32\\curl.exe "https://h.example" -d "{""a"": ""b\\\\""}" | more'
    assert words(text) == ["https://h.example", "-d", '{"a": "b\\"}']


def test_powershell_is_read_with_its_backticks() -> None:
    intake = paste(
        "PS C:\\> curl.exe 'https://h.example/it''s' `\n"
        '  -H "Authorization: Bearer $env:TOKEN" `\n  -d \'{\\"a\\": 1}\''
    )
    assert intake.request.target == Secret("/it's")
    assert sent(intake, "Authorization") == ["Bearer tok-from-env"]
    assert intake.request.body == Secret(b'{"a": 1}')


def test_powershells_own_commands_are_named_as_not_understood() -> None:
    with pytest.raises(IntakeError, match="PowerShell"):
        paste('Invoke-RestMethod -Uri "https://h.example" -Headers @{Authorization="Bearer x"}')


@pytest.mark.parametrize(
    "text", ["curl 'abc", 'curl "abc', "curl $(abc", "curl `abc", "curl ${abc", "curl $'abc", "curl “abc"]
)
def test_what_is_never_closed_is_said(text: str) -> None:
    with pytest.raises(IntakeError, match="never closed"):
        paste(text)
