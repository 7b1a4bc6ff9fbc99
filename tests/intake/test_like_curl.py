"""What is sent first is what curl would send: both are run against a recording server and compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui401.intake import from_argv

CURL = shutil.which("curl")
pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed, and it is the measure here")

# How these are spelled is the client's business (the issue's own exception).
ASIDE = {"user-agent", "accept-encoding", "connection", "expect"}
# These are the client's own and not in our request; the body and Host are compared by themselves.
OWN = {"host", "content-length"}
BOUNDARY = re.compile(rb"-{24}[0-9A-Za-z]{16,22}")

URL = "http://HOST/v1/orders"
COMMANDS: list[str | list[str]] = [
    [URL],
    ["HOST/v1/orders"],
    ["-sSv", URL],
    ["-X", "PATCH", URL],
    ["-sXDELETE", URL],
    ["--request", "OPTIONS", "--url", URL],
    ["-I", URL],
    ["-I", "-X", "GET", URL],
    [URL, "-H", "Authorization: Bearer tok-123"],
    [URL, "-HAuthorization: Bearer tok-123"],
    [URL, "-H", "Authorization:Bearer tok-123"],
    [URL, "-H", "Authorization:  Bearer  tok-123 "],
    [URL, "-H", "authorization: bearer tok-123", "-H", "Authorization: Bearer two"],
    [URL, "-H", "X-Empty;", "-H", "X-Gone:", "-H", "Accept:"],
    [URL, "-H", "X-Empty; ", "-H", "NoColonHere", "-H", ": nameless"],
    [URL, "-H", "Accept: application/json", "-H", "Content-Type: text/plain", "-d", "x"],
    [URL, "-H", "Host: other.example"],
    [URL, "-H", "Host: a.example", "-H", "Host: b.example"],
    [URL, "-H", "X-Ünï: wörld"],
    [URL, "-H", "@headers.txt"],
    [URL, "-d", "a=1", "-d", "b=2"],
    [URL, "--data", "a=1", "--data-raw", "@not-a-file", "--data-binary", "c=3"],
    [URL, "-d", "@body.txt"],
    [URL, "--data-binary", "@body.txt"],
    [URL, "--data-ascii", "@body.txt", "-d", "@body.txt"],
    [URL, "-d", ""],
    [URL, "-d", "naïve=é"],
    [URL, "--data-urlencode", "a b&c=ü", "--data-urlencode", "=a=b c", "--data-urlencode", "n=v w/~"],
    [URL, "--data-urlencode", "@body.txt", "--data-urlencode", "file@body.txt"],
    [URL, "--data-urlencode", "name@empty.txt", "-d", "x"],
    [URL, "--json", '{"a": 1}'],
    [URL, "--json", '{"a":', "--json", " 1}", "-H", "Accept: text/plain"],
    [URL, "--json", "@body.txt", "-X", "PUT"],
    ["-G", URL, "-d", "a=1", "--data-urlencode", "q=Ä b/c"],
    ["-G", URL + "?x=y", "-d", "a=1", "-I"],
    ["-G", URL + "?x=y&", "-d", "a=%2F%aF"],
    [URL + "?x=1", "--url-query", "q=a b", "--url-query", "+raw&more", "-d", "body"],
    [URL + "?", "-H", "A: b"],
    [URL + "?x=1#frag"],
    [URL + "/./a/../b/%2e%2E/c/.."],
    ["--path-as-is", URL + "/./a/../b"],
    ["--request-target", "*", "-X", "OPTIONS", URL],
    [URL + "/%7Euser/a%2fb;v=1,2|x"],
    ["http://HOST"],
    ["http://HOST?q=1"],
    ["http:/HOST/one-slash"],
    ["http:///HOST/three"],
    ["HTTP://HOST/upper"],
    ["http://127.1:PORT/short"],
    ["http://0x7f000001:PORT/hex"],
    ["http://user:p%40ss@HOST/in-url"],
    ["http://user@HOST/in-url"],
    ["http://:only@HOST/in-url"],
    ["-u", "user:pass", URL],
    ["-u", "user:pa:ss", "http://other:one@HOST/"],
    ["-uuser:", URL],
    ["-u", ":", URL],
    ["-u", "ü:é", URL],
    ["-u", "user:pass", "-H", "Authorization: Bearer x", URL],
    ["-u", "user:pass", "-H", "Authorization:", URL],
    ["-u", "a:b", "-u", "c:d", URL],
    ["--oauth2-bearer", "tok-456", URL],
    ["--oauth2-bearer", "tok-456", "-u", "user:pass", URL],
    ["--oauth2-bearer", "tok-456", "-H", "Authorization: Token y", URL],
    ["--oauth2-bearer", "tok-456", "--basic", "-u", "user:pass", URL],
    ["--oauth2-bearer", "tok-456", "-n", URL],
    ["-n", URL],
    ["-n", "-u", "user:pass", URL],
    ["-n", "http://alice@HOST/"],
    ["-n", "http://alice:own@HOST/"],
    ["--netrc-optional", "http://alice:own@HOST/"],
    ["--netrc-optional", "http://alice@HOST/"],
    ["--netrc-optional", URL],
    ["--netrc-file", "other.netrc", URL],
    ["--netrc-file", "quoted.netrc", URL],
    ["--netrc-file", "default.netrc", URL],
    ["-n", "-H", "Authorization: Bearer mine", URL],
    ["-b", "a=1; b=2", URL],
    ["-b", "a=1", "-b", "c=3", URL],
    ["-b", "jar.txt", URL],
    ["-b", "jar.txt", "-b", "x=y", "http://HOST/deep/er"],
    ["-j", "-b", "jar.txt", "http://HOST/deep/er"],
    ["-b", "jar.txt", "-H", "Cookie: own=1", URL],
    ["-b", "a=1", "-H", "Cookie: own=1", URL],
    ["-b", "headers.jar", URL],
    ["-b", "no-such-jar", URL],
    ["-A", "my agent/1", "-e", "http://from.example/", URL],
    ["-e", "http://from.example/;auto", URL],
    ["-e", ";auto", "-A", "", URL],
    ["-r", "0-99", URL],
    ["-r", "500", URL],
    ["-r", "0-9", "-d", "x", URL],
    ["-C", "17", URL],
    ["--compressed", URL],
    ["-0", URL],
    ["--http1.1", "-k", "-L", "--max-time", "5", "--connect-timeout", "2", URL],
    ["-T", "body.txt", URL],
    ["-T", "body.txt", URL + "/"],
    ["-T", "body.txt", "http://HOST"],
    ["-T", "-", URL],
    ["-T", "body.txt", "-X", "POST", "-H", "Content-Type: text/x", URL],
    ["-d", "@-", URL],
    ["--data-binary", "@-", URL],
    ["-H", "@-", URL],
    ["-F", "a=1", "-F", "b=two words", URL],
    ["-F", "f=@body.txt", "-F", "g=@picture.png", URL],
    ["-F", "f=@body.txt;type=application/json;filename=other.json", URL],
    ["-F", 'f=@body.txt;filename="q\\"uote.txt"', URL],
    ["-F", "f=<body.txt", "-F", 'j={"a":1};type=application/json', URL],
    ["-F", 'f=x;headers=X-One: 1;headers="X-Two: 2"', URL],
    ["-F", "f=x;headers=@part-headers.txt", URL],
    ["-F", "f=@body.txt,picture.png", "-F", "=(;type=multipart/mixed", "-F", "a=1", "-F", "=)", URL],
    ["--form-string", "a=@x;type=y", URL],
    ["-F", "a=1", "-H", "Content-Type: multipart/related", URL],
    ["-F", "f=@body.txt;encoder=base64", URL],
    ["-F", 'a"b=1', URL],
    ["-F", "f=@-", URL],
    ["-d", "x", "-H", "Transfer-Encoding: chunked", URL],
    ["-d", "x", "-H", "Content-Type:", URL],
    ["-d", "x", "-H", "Content-Type;", URL],
    ["-X", "GET", "-d", "x", URL],
    ["-K", "request.cfg"],
    ["-K", "request.cfg", "-H", "X-Later: 1"],
    ["-K", "-"],
    ["http://HOST/{one,two}/[1-3]x"],
    ["-g", "http://HOST/{one}/[1]"],
    ["http://HOST/a\\{b\\}[]"],
    [URL, "http://HOST/second"],
    [URL, "--next", "-d", "x", "http://HOST/second"],
    ["-d", "x", "--", URL],
    ["--no-silent", "--data-raw", "x", "--no-get", "--get", URL],
    ["--tlsv1.2", "--proto", "=http", "-4", URL],
    ["--user-a", "prefix/1", "--referer", "http://r.example", URL],
    ["-x", "", URL],
    ["--digest", "-u", "user:pass", URL],
    ["-G", "--data-urlencode", "x= ", URL],
    ["-G", "-d", "", URL],
    ["-G", "-d", "", URL + "?"],
]


@pytest.fixture
def folder(tmp_path: Path, recorder: Any) -> Path:
    """A working folder, that is also the home folder, with the files that commands name."""
    files = {
        "body.txt": "line one\r\nline two & more=1\n",
        "empty.txt": "",
        "headers.txt": "X-One: 1\r\nAuthorization: Bearer from-file\n\nX-Two: 2\n",
        ".netrc": (
            "machine other.example login o password p\n"
            "macdef init\nmachine 127.0.0.1 login macro password wrong\n\n"
            "machine 127.0.0.1\n  login alice # a comment\n  password s3cret\n"
        ),
        "other.netrc": "machine x login y password z machine 127.0.0.1 login bob password hunter account a\n",
        "quoted.netrc": 'machine 127.0.0.1 login "bob by" password "a\\"b\\tc"\n',
        "default.netrc": "machine x login y password z\ndefault login any password one\n",
        "jar.txt": (
            "# Netscape HTTP Cookie File\n"
            "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tv1\n"
            "127.0.0.1\tFALSE\t/deep\tFALSE\t4102444800\tdeep\tv2\n"
            "127.0.0.1\tFALSE\t/\tFALSE\t1000000000\tpast\tv3\n"
            "127.0.0.1\tFALSE\t/\tTRUE\t4102444800\tsecure\tv4\n"
            "#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t4102444800\thttponly\tv5\n"
            "other.example\tTRUE\t/\tFALSE\t4102444800\tother\tv6\n"
            "broken line\n"
        ),
        "headers.jar": "HTTP/1.1 200 OK\r\nSet-Cookie: sid=abc; Path=/; HttpOnly\r\n",
        "part-headers.txt": "# comment\nX-Part: 1\n folded\nX-Other: 2\n",
        "request.cfg": (
            '# a comment\nurl = "http://HOST/from/config"\n-H "X-Quoted: a \\"b\\" c"\n'
            'header: X-Colon:1\n--request PUT\nuser-agent=plain rest ignored\ndata "x=\\ty"\n\nsilent\n'
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text.replace("HOST", f"127.0.0.1:{recorder.port}"), newline="")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c)[:70])
def test_sends_what_curl_sends(
    command: list[str], folder: Path, recorder: Any, on_the_wire: Callable[[Any], Any]
) -> None:
    assert CURL is not None
    words = [w.replace("HOST", f"127.0.0.1:{recorder.port}").replace("PORT", str(recorder.port)) for w in command]
    stdin = f'url="http://127.0.0.1:{recorder.port}/"\n' if "-K" in words else "X-In: 1\r\nsecond line\n"
    env = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    recorder.got.clear()
    subprocess.run(
        [CURL, *words], env=env, cwd=folder, input=stdin.encode(), timeout=20, check=False, capture_output=True
    )
    assert recorder.got, "curl sent nothing"
    expected = recorder.got[0]

    ours = on_the_wire(
        from_argv(["curl", *words], env=env, home=str(folder), cwd=str(folder), stdin=stdin.encode()).request
    )

    assert (ours.method, ours.target) == (expected.method, expected.target)
    assert host(ours) == host(expected)
    assert comparable(ours) == comparable(expected)


def host(sent: Any) -> list[bytes]:
    return [value for name, value in sent.headers if name.lower() == "host"]


def comparable(sent: Any) -> tuple[list[tuple[str, bytes]], bytes]:
    """Headers and content without what the issue sets aside, and with boundaries by their order."""
    names: dict[bytes, bytes] = {}

    def by_order(found: re.Match[bytes]) -> bytes:
        return names.setdefault(found.group(), b"boundary-%d" % len(names))

    headers = [
        # Newer versions of curl put a space between several -b.
        (name, BOUNDARY.sub(by_order, value.replace(b"; ", b";") if name == "Cookie" else value))
        for name, value in sent.headers
        if name.lower() not in ASIDE | OWN
    ]
    return headers, BOUNDARY.sub(by_order, sent.body)


def test_compares_at_least_sixty_commands() -> None:
    assert len(COMMANDS) >= 60
