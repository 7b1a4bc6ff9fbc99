from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.model.facts import Facts, Now
from tui401.model.shown import CredentialSeen, HeaderShown, KnownSeen, Place, Redacted, RequestShown, WayShown
from tui401.model.view import CaseView
from tui401.report.curl import again

BASH = shutil.which("bash")
NOBODY = KnownSeen()


def line_of(made: Any, request: RequestShown, **changes: Any) -> str:
    view = msgspec.structs.replace(made.view, known=NOBODY)
    return again(view, msgspec.structs.replace(made.facts, request=request, **changes)).code[0]


def header(name: str, value: str) -> HeaderShown:
    return HeaderShown(name=name, value=Redacted(value))


def test_the_line_has_the_variable_where_the_secret_was(made: Any) -> None:
    line = line_of(made, made.facts.request)
    assert '-H "Authorization: Bearer $TOKEN"' in line
    assert line.startswith("curl -i 'https://api.example.com/v1/orders?limit=5&note=a|b'")
    assert "Host:" not in line


@pytest.mark.parametrize(
    ("request_shown", "line"),
    [
        (RequestShown(method="GET", url=Redacted("https://a.example/")), "curl -i https://a.example/"),
        (RequestShown(method="HEAD", url=Redacted("https://a.example/")), "curl --head https://a.example/"),
        (RequestShown(method="DELETE", url=Redacted("https://a.example/")), "curl -i -X DELETE https://a.example/"),
        (
            RequestShown(method="POST", url=Redacted("https://a.example/?k=‹secret-1›x"), body=Redacted("a=1\nb='2'")),
            "curl -i \"https://a.example/?k=${TOKEN}x\" --data-raw $'a=1\\nb=\\'2\\''",
        ),
        (
            RequestShown(
                method="PUT", url=Redacted("https://a.example/"), body=Redacted("(5,000 bytes that are no text)")
            ),
            "curl -i -X PUT https://a.example/",
        ),
    ],
)
def test_the_line_is_what_a_person_would_write(made: Any, request_shown: RequestShown, line: str) -> None:
    assert line_of(made, request_shown) == line


SHELL = st.text(st.sampled_from("ab \t\n'\"`$\\!*?~&|;<>(){}[]#%=:,./-_\u202eé€"), max_size=20)


@pytest.mark.skipif(BASH is None, reason="the line is for a shell, and there is none to ask")
@settings(max_examples=60)
@given(SHELL, SHELL, SHELL)
def test_a_shell_reads_the_line_back_and_runs_nothing_of_it(before: str, after: str, other: str) -> None:
    """The shell itself is the oracle: what it hands to curl is what was sent."""
    request = RequestShown(
        method="GET",
        url=Redacted("https://a.example/"),
        headers=(header("X-A", f"{before}‹secret-1›{after}"), header("X-B", f"{other}‹secret-2›")),
    )
    facts = Facts(attempt=1, now=Now(at=0.0, uncertainty=0.0, source="local"), local_now=0.0, request=request)
    line = again(CaseView(), facts).code[0]
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\nSECRET_1=one SECRET_2='t w$o'\n{line}\n"
    assert BASH is not None
    ran = subprocess.run(
        [BASH, "--norc", "-c", script],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": ""},
        timeout=20,
    )
    words = ran.stdout.decode().split("\0")[:-1]
    assert words == ["-i", "https://a.example/", "-H", f"X-A: {before}one{after}", "-H", f"X-B: {other}t w$o"]


def test_a_profile_gives_the_token_by_standard_input(made: Any) -> None:
    section = again(made.view, made.facts)
    line = section.code[0]
    assert line.startswith("tui401 token prod --header | curl -i 'https://api.example.com/v1/orders?limit=5&note=a|b'")
    assert " -H @- " in line
    assert "Authorization" not in line
    assert "tui401 token prod gives a token that lasts, got anew if need be" in [one.text for one in section.lines]


@pytest.mark.parametrize("value", ["bearer ‹secret-1›", "Bearer  ‹secret-1›", "‹secret-1›", "Bearer ‹secret-1›,"])
def test_what_is_malformed_is_reproduced_as_it_was_and_not_from_a_profile(made: Any, value: str) -> None:
    request = RequestShown(method="GET", url=Redacted("https://a.example/"), headers=(header("Authorization", value),))
    line = again(made.view, msgspec.structs.replace(made.facts, request=request)).code[0]
    assert f'-H "Authorization: {value.replace("‹secret-1›", "$TOKEN")}"' in line


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (WayShown(), []),
        (WayShown(verify=False), ["-k"]),
        (WayShown(ca_file="/etc/my ca.pem"), ["--cacert", "/etc/my ca.pem"]),
        (WayShown(cert_file="c.pem", key_file="k.pem"), ["--cert", "c.pem", "--key", "k.pem"]),
        (WayShown(proxy="http://proxy.example:3128"), ["-x", "http://proxy.example:3128"]),
        (
            WayShown(proxy="http://proxy.example:3128", proxy_credential=True),
            ["-x", "http://proxy.example:3128", "-U", "$PROXY_LOGIN"],
        ),
        (WayShown(resolve=(("a.example", 443, "192.0.2.1"),)), ["--resolve", "a.example:443:192.0.2.1"]),
        (WayShown(follow=5), ["-L"]),
        (WayShown(follow=5, trusted=True), ["--location-trusted"]),
        (WayShown(http10=True), ["--http1.0"]),
    ],
)
def test_the_request_travels_as_it_did(made: Any, way: WayShown, words: list[str]) -> None:
    view = msgspec.structs.replace(made.view, known=NOBODY, ways=(way, WayShown(verify=False, proxy="http://later:1")))
    section = again(view, made.facts)
    line = shlex.split(section.code[0])
    assert line[: 2 + len(words)] == ["curl", "-i", *words]
    assert "http://later:1" not in line
    assert any("PROXY_LOGIN stands for" in one.text for one in section.lines) == way.proxy_credential


def test_a_key_with_a_passphrase_is_told(made: Any) -> None:
    view = msgspec.structs.replace(made.view, ways=(WayShown(cert_file="c.pem", locked=True),))
    assert "The client's key has a passphrase, which curl asks for" in [
        one.text for one in again(view, made.facts).lines
    ]


@pytest.mark.parametrize(("family", "option"), [("basic", ""), ("digest", " --digest")])
def test_a_user_and_password_stand_in_u_and_an_old_answer_to_digest_nowhere(
    made: Any, family: str, option: str
) -> None:
    credential = CredentialSeen(
        name="secret-1", place=Place.AUTHORIZATION, scheme=family.title(), family=family, user=Redacted("o'svc")
    )
    value = (
        "Basic ‹secret-1›" if family == "basic" else 'Digest username="o\'svc", nonce="‹hidden›", response="‹hidden›"'
    )
    for headers in ((header("Authorization", value),), ()):
        request = RequestShown(method="GET", url=Redacted("https://a.example/"), headers=headers)
        facts = msgspec.structs.replace(made.facts, request=request, credential=credential)
        section = again(made.view, facts)
        assert section.code[0] == f'curl -i https://a.example/{option} -u "o\'svc:$PASSWORD"'
        assert "$PASSWORD stands for ‹secret-1›" in [one.text for one in section.lines]


def test_a_basic_credential_with_a_defect_stands_as_it_was(made: Any) -> None:
    from tui401.model.words import Defect

    defect = Defect("basic-no-colon", "basic-malformed", 0, 0, "there is no colon")
    credential = CredentialSeen(
        name="secret-1", place=Place.AUTHORIZATION, family="basic", user=Redacted("svc"), defects=(defect,)
    )
    request = RequestShown(
        method="GET", url=Redacted("https://a.example/"), headers=(header("Authorization", "Basic ‹secret-1›"),)
    )
    line = line_of(made, request, credential=credential)
    assert line == 'curl -i https://a.example/ -H "Authorization: Basic $TOKEN"'


def test_a_header_without_a_value_keeps_its_semicolon(made: Any) -> None:
    request = RequestShown(method="GET", url=Redacted("https://a.example/"), headers=(header("X-Empty", ""),))
    assert line_of(made, request).endswith("-H 'X-Empty;'")
