"""Texts that are recognised for what they are: transcripts, raw requests, addresses, credentials alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui401.intake import Intake, IntakeError, Kind, from_file, from_text, recognise
from tui401.intake.core import MAX_TEXT
from tui401.model.secret import Secret

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"

VERBOSE = f"""\
$ curl -v https://api.example.com/v1/orders -H "Authorization: Bearer {TOKEN}"
* Host api.example.com:443 was resolved.
*   Trying 192.0.2.7:443...
* Connected to api.example.com (192.0.2.7) port 443
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / RSASSA-PSS
* using HTTP/2
* [HTTP/2] [1] [authorization: Bearer {TOKEN}]
> GET /v1/orders?page=2 HTTP/2
> Host: api.example.com
> User-Agent: curl/8.5.0
> Accept: */*
> Authorization: Bearer {TOKEN}
>
  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0
< HTTP/2 401
< date: Mon, 23 Nov 2026 15:28:34 GMT
< www-authenticate: Bearer error="invalid_token"
< content-length: 23
<
{{ [23 bytes data]
{{"error":"unauthorized"}}* Connection #0 to host api.example.com left intact
"""

REDIRECTED = """\
* Connected to api.example.com (192.0.2.7) port 80 (#0)
> GET /a HTTP/1.1
> Host: api.example.com
> Authorization: Bearer abc
>
< HTTP/1.1 301 Moved Permanently
< Location: http://www.example.com/a
<
* Connected to www.example.com (192.0.2.8) port 80 (#1)
> GET /a HTTP/1.1
> Host: www.example.com
>
< HTTP/1.1 401 Unauthorized
<
no
"""


def paste(text: str, cwd: str = "/nowhere") -> Intake:
    return from_text(text, env={"TOKEN": "tok-env"}, home="/nowhere", cwd=cwd)


def test_the_output_of_curl_v_gives_request_and_answer() -> None:
    intake = paste(VERBOSE)
    request = intake.request
    assert (intake.via, request.method, str(request.origin)) == ("transcript", "GET", "https://api.example.com")
    assert request.target == Secret("/v1/orders?page=2")
    assert request.values("authorization") == (Secret(f"Bearer {TOKEN}"),)
    assert intake.seen is not None
    response = intake.seen.response
    assert response is not None
    assert (response.status, response.body) == (401, Secret(b'{"error":"unauthorized"}'))
    assert response.values("WWW-Authenticate") == (Secret('Bearer error="invalid_token"'),)
    assert intake.shown().recorded


def test_every_hop_of_a_redirect_is_kept() -> None:
    intake = paste(REDIRECTED)
    assert intake.seen is not None
    assert [str(hop.request.origin) for hop in intake.seen.hops] == ["http://api.example.com", "http://www.example.com"]
    assert [hop.response.status for hop in intake.seen.hops if hop.response] == [301, 401]
    assert intake.request.values("Authorization") == (Secret("Bearer abc"),)


def test_interim_answers_and_a_proxys_connect_are_left_out() -> None:
    text = (
        "> CONNECT api.example.com:443 HTTP/1.1\n> Host: api.example.com:443\n>\n"
        "< HTTP/1.1 200 Connection established\n<\n"
        "* SSL connection using TLSv1.3\n"
        "> POST /x HTTP/1.1\n> Host: api.example.com\n> Content-Length: 3\n>\n"
        "< HTTP/1.1 100 Continue\n<\n< HTTP/1.1 401 Unauthorized\n< A: b\n<\nbody\n"
    )
    intake = paste(text)
    assert (intake.request.method, str(intake.request.origin)) == ("POST", "https://api.example.com")
    assert intake.seen is not None
    assert intake.seen.response is not None
    assert intake.seen.response.status == 401
    assert "body-not-shown" in [note.name for note in intake.notes]


def test_times_before_the_marks_are_understood() -> None:
    lines = ("> GET /x HTTP/1.1", "> Host: h.example", ">", "< HTTP/1.1 401 No", "")
    text = "".join(f"15:28:34.123456 {line}\n" for line in lines)
    assert paste(text).request.target == Secret("/x")


def test_a_command_with_the_answer_that_i_prints() -> None:
    intake = paste("$ curl -i https://h.example/x -H 'X-Key: k'\nHTTP/1.1 401 Unauthorized\nX-Id: 7\n\n{\"m\": 1}\n")
    assert intake.request.values("X-Key") == (Secret("k"),)
    assert intake.seen is not None
    assert intake.seen.response is not None
    assert (intake.seen.response.status, intake.seen.response.body) == (401, Secret(b'{"m": 1}'))


def test_a_raw_request_is_read_with_its_variables_and_its_answer() -> None:
    text = (
        "POST /v1/x?k={{token}} HTTP/1.1\r\nHost: api.example.com:8443\r\nAuthorization: Bearer $TOKEN\r\n"
        'Content-Length: 99\r\nConnection: close\r\n\r\n{"a": 1}\r\n\r\nHTTP/1.1 401 Unauthorized\r\nA: b\r\n\r\nno'
    )
    intake = paste(text)
    request = intake.request
    assert (intake.via, request.method, str(request.origin)) == ("http", "POST", "https://api.example.com:8443")
    assert request.target == Secret("/v1/x?k=tok-env")
    assert [(h.name, h.value.reveal()) for h in request.headers] == [("Authorization", "Bearer tok-env")]
    assert request.body == Secret(b'{"a": 1}')
    assert intake.seen is not None
    assert intake.seen.response is not None
    assert intake.seen.response.body == Secret(b"no")


def test_a_browsers_list_of_headers_is_a_request() -> None:
    intake = paste(":authority: api.example.com\n:method: PUT\n:path: /v1?x=1\n:scheme: https\nauthorization: Bearer x")
    assert (intake.request.method, intake.request.url) == ("PUT", Secret("https://api.example.com/v1?x=1"))
    assert intake.request.values("Authorization") == (Secret("Bearer x"),)


def test_a_raw_request_without_a_host_is_said() -> None:
    with pytest.raises(IntakeError, match="names no host"):
        paste("GET /v1 HTTP/1.1\nAuthorization: Bearer x\n\n")


def test_a_bare_address_is_a_request() -> None:
    assert paste("https://api.example.com/v1?x={1}[2]").request.url == Secret("https://api.example.com/v1?x={1}[2]")
    assert paste(" <https://api.example.com/v1> ").request.method == "GET"
    guessed = paste("api.example.com/v1")
    assert str(guessed.request.origin) == "http://api.example.com"
    assert "scheme-guessed" in [note.name for note in guessed.notes]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f'"{TOKEN}"',
        "Authorization: Bearer abc",
        f"Bearer {TOKEN}",
        "X-Api-Key: abc",
        "sk_live_51Habcdefghijklmnop",
    ],
)
def test_a_credential_alone_asks_for_its_request_and_is_not_repeated(text: str) -> None:
    assert recognise(text) is Kind.CREDENTIAL
    with pytest.raises(IntakeError, match="credential alone") as caught:
        paste(text)
    assert "eyJ" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing was pasted"),
        (" \n\t", "Nothing was pasted"),
        ("hello there, it does not work", "No request was found"),
        ("./failing.har", "no such file here"),
        ("orders.json", "no such file here"),
        ("HTTP/1.1 401 Unauthorized\nDate: x\n\n", "an answer without its request"),
        ('{"log": {"version": "1.2"}}', "recording of a browser"),
        ("x" * (MAX_TEXT + 1), "longer than a million"),
    ],
)
def test_what_is_no_request_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        paste(text)


def test_a_files_path_is_opened_and_listed(tmp_path: Path) -> None:
    file = tmp_path / "failing.txt"
    file.write_text("curl https://h.example -d @body.json")
    intake = paste("failing.txt", cwd=str(tmp_path))
    assert recognise("failing.txt", cwd=str(tmp_path)) is Kind.FILE
    assert intake.request.url == Secret("https://h.example/")
    assert intake.reads == (str(file), str(tmp_path / "body.json"))
    assert intake.pending


def test_files_that_hold_no_request_are_said(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01\x02")
    (tmp_path / "words.txt").write_text("just words")
    (tmp_path / "name.txt").write_text("words.txt")
    for name, says in (
        ("x.bin", "no text"),
        ("words.txt", "No request"),
        ("name.txt", "No request"),
        ("none", "cannot be read"),
    ):
        with pytest.raises(IntakeError, match=says):
            from_file(name, env={}, home="/nowhere", cwd=str(tmp_path))


def test_a_byte_order_mark_and_a_code_block_are_left_out_and_named() -> None:
    intake = paste("\ufeff```bash\ncurl https://h.example\n```\n")
    assert [note.name for note in intake.notes] == ["byte-order-mark", "code-fence"]


def test_no_note_of_a_paste_holds_its_secret() -> None:
    text = f"curl 'https://h.example/?k=zzSECRETzz' -H 'Authorization: Bearer {TOKEN}“' -u me:hunter2 -b zzSECRETzz=1"
    intake = paste(text)
    said = repr(intake) + "".join(note.says for note in intake.notes)
    for secret in ("zzSECRETzz", "hunter2", TOKEN[:8], TOKEN[-8:]):
        assert secret not in said


def test_a_name_of_the_vault_is_filled_by_nothing_of_the_environment() -> None:
    env = {"vault:prod": "canary-4f9d", "prod": "canary-4f9d", "VAULT_PROD": "canary-4f9d", "PROD": "canary-4f9d"}
    text = 'curl -q https://api.example/ -H "Authorization: Bearer {{vault:prod}}"'
    intake = from_text(text, env=env, home="/", cwd="/")
    assert intake.unfilled == ("{{vault:prod}}",)
    assert "canary" not in intake.request.headers[-1].value.reveal()
