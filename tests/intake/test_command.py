"""What a command's options mean beside the bytes on the wire: precedence, transport, prompts, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui401.intake import Intake, IntakeError, fill, from_argv
from tui401.intake.curl_options import LETTERS, OPTIONS, Use
from tui401.model.http import From
from tui401.model.secret import Secret

URL = "https://api.example.com/v1"


def read(*argv: str, env: dict[str, str] | None = None, home: str = "/nowhere", stdin: bytes | None = None) -> Intake:
    return from_argv(["curl", *argv], env=env or {}, home=home, cwd=home, stdin=stdin)


def said(intake: Intake) -> dict[str, str]:
    return {note.name: note.cause for note in intake.notes}


def authorization(intake: Intake) -> tuple[str, From]:
    header = next(h for h in intake.request.headers if h.named("Authorization"))
    return header.value.reveal(), header.provenance.origin


def test_a_plain_command_is_noted_with_nothing() -> None:
    intake = read(URL, "-H", "Authorization: Bearer abc")
    assert intake.notes == ()
    assert (intake.ready, intake.via, intake.pending, intake.reads) == (True, "curl", False, ())
    assert authorization(intake) == ("Bearer abc", From.COMMAND)


def test_an_authorization_header_stands_over_the_user() -> None:
    intake = read(URL, "-u", "a:b", "-H", "Authorization: Bearer abc")
    assert authorization(intake)[0] == "Bearer abc"
    assert said(intake) == {"credential-overrides": ""}


def test_a_header_of_curlrc_that_shadows_the_named_user_is_the_override(tmp_path: Path) -> None:
    (tmp_path / ".curlrc").write_text('header = "Authorization: Bearer stale"\n')
    intake = read(URL, "-u", "a:b", home=str(tmp_path))
    assert authorization(intake) == ("Bearer stale", From.CURLRC)
    assert said(intake)["credential-overrides"] == "credential-overridden"
    assert str(tmp_path / ".curlrc") in intake.reads
    header = next(h for h in intake.request.headers if h.named("Authorization"))
    assert header.provenance.detail == "~/.curlrc line 1"


def test_curlrc_is_left_out_by_q_only_as_the_first_word(tmp_path: Path) -> None:
    (tmp_path / ".curlrc").write_text("-H X-Rc:1\n")
    assert read("-q", URL, home=str(tmp_path)).request.values("X-Rc") == ()
    assert read(URL, "-q", home=str(tmp_path)).request.values("X-Rc") == (Secret("1"),)


def test_curlrc_is_looked_for_where_curl_looks(tmp_path: Path) -> None:
    for folder in ("one", "two", "two/.config", "three"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ("curlrc" if "config" in folder else ".curlrc")).write_text(f"-H X-From:{folder}\n")
    (tmp_path / "two" / ".curlrc").unlink()
    one, two, three = (str(tmp_path / name) for name in ("one", "two", "three"))
    for env, expected in (
        ({"CURL_HOME": one, "HOME": three}, "one"),
        ({"XDG_CONFIG_HOME": one, "HOME": three}, "one"),
        ({"HOME": two}, "two/.config"),
        ({"HOME": three, "CURL_HOME": "/nowhere"}, "three"),
    ):
        assert read(URL, env=env).request.values("X-From") == (Secret(expected),)


def test_netrc_in_place_of_the_password_in_the_address_is_the_override(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine api.example.com login me password other\n")
    intake = read("-n", "https://me:mine@api.example.com/", home=str(tmp_path))
    assert authorization(intake) == ("Basic bWU6b3RoZXI=", From.NETRC)
    assert said(intake)["netrc-overrides"] == "credential-overridden"


def test_netrc_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("# mine\nmachine api.example.com login me password other\n")
    intake = read("-n", URL, home=str(tmp_path))
    header = next(h for h in intake.request.headers if h.named("Authorization"))
    assert str(header.provenance) == "netrc (~/.netrc, line 2)"
    assert "netrc-used" in said(intake)


def test_netrc_that_is_missing_or_has_no_entry_is_said(tmp_path: Path) -> None:
    assert "netrc-missing" in said(read("-n", URL, home=str(tmp_path)))
    (tmp_path / ".netrc").write_text("machine other login a password b\n")
    assert "netrc-no-entry" in said(read("-n", URL, home=str(tmp_path)))
    (tmp_path / ".netrc").write_text('machine api.example.com login "a\n')
    with pytest.raises(IntakeError, match="Line 1 of the netrc file"):
        read("-n", URL, home=str(tmp_path))
    with pytest.raises(IntakeError, match="cannot be read"):
        read("--netrc-file", "none", URL, home=str(tmp_path))


def test_a_password_that_curl_would_ask_for_is_a_prompt() -> None:
    intake = read("-u", "me", URL)
    assert intake.prompts == ("password for -u",)
    assert not intake.ready
    filled = fill(intake, "password for -u", Secret("pw"))
    assert filled.ready
    assert authorization(filled)[0] == "Basic bWU6cHc="
    assert read("-u", "me", "--oauth2-bearer", "t", URL).ready
    assert read("-x", "http://p:1", "-U", "me", URL).prompts == ("password for -U",)


def test_schemes_that_wait_for_a_challenge_send_nothing_at_first() -> None:
    for option, schemes in (("--digest", ("digest",)), ("--anyauth", ("digest", "basic"))):
        intake = read(option, "-u", "a:b", URL)
        assert intake.request.values("Authorization") == ()
        held = intake.request.held
        assert held is not None
        assert (held.user.reveal(), held.password.reveal(), held.schemes) == ("a", "b", schemes)
        assert said(intake) == {}
    for option in ("--ntlm", "--negotiate"):
        intake = read(option, "-u", "a:b", URL)
        assert intake.request.values("Authorization") == ()
        assert intake.request.held is None
        assert {"option-unsupported", "credential-held-back"} <= set(said(intake))


def test_a_signature_that_curl_would_make_is_told_and_not_sent() -> None:
    intake = read("--aws-sigv4", "aws:amz:eu-west-1:s3", "-u", "a:b", URL)
    assert intake.request.values("Authorization") == ()
    assert "credential-held-back" in said(intake)


def test_header_lines_that_curl_does_not_send_are_said() -> None:
    assert said(read(URL, "-H", "Authorization Bearer abc")) == {"header-without-colon": "header-missing"}
    assert said(read(URL, "-u", "a:b", "-H", "Authorization:")) == {"credential-removed": "header-missing"}
    assert said(read(URL, "-b", "sessiontoken")) == {"cookie-file-missing": "header-missing"}


def test_smart_quotes_typed_into_a_terminal_are_sent_and_named() -> None:
    intake = read(URL, "-H", "Authorization: Bearer “abc”")
    assert authorization(intake)[0] == "Bearer “abc”"
    assert said(intake) == {"smart-quotes": "header-malformed"}


def test_transport_options_are_carried(tmp_path: Path) -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        (tmp_path / name).write_text("pem")
    intake = read(
        *(
            "-k",
            "--cacert",
            "ca.pem",
            "--cert",
            "client.pem:pass\\:word",
            "--key",
            "client.key",
            "-L",
            "--max-redirs",
            "7",
        ),
        *("-m", "2.5", "--connect-timeout", "1", "-0", "--resolve", "api.example.com:443:192.0.2.1,[2001:db8::1]"),
        *("-x", "http://me:p%40ss@proxy.example:3128", "-X", "GET", "--location-trusted", URL),
        home=str(tmp_path),
    )
    way = intake.request.transport
    assert (way.verify, way.follow, way.trusted, way.http10, way.keep_method) == (False, 7, True, True, True)
    assert (way.total_limit, way.connect_limit) == (2.5, 1.0)
    assert (way.ca_file, way.cert_file) == (str(tmp_path / "ca.pem"), str(tmp_path / "client.pem"))
    assert (way.key_file, way.key_password) == (str(tmp_path / "client.key"), Secret("pass\\:word"))
    assert way.resolve == (("api.example.com", 443, "192.0.2.1"), ("api.example.com", 443, "2001:db8::1"))
    assert way.proxy is not None
    assert (way.proxy.url, way.proxy.credential) == ("http://proxy.example:3128", Secret("me:p@ss"))
    assert set(intake.reads) == {str(tmp_path / name) for name in ("ca.pem", "client.pem", "client.key")}


def test_defaults_are_curls() -> None:
    way = read(URL).request.transport
    assert (way.verify, way.follow, way.trusted, way.http10, way.proxy) == (True, 0, False, False, None)
    assert read("-L", URL).request.transport.follow == 30


@pytest.mark.parametrize(
    ("env", "url", "proxy"),
    [
        ({"http_proxy": "p:1"}, "http://h.example/", "http://p:1"),
        ({"HTTP_PROXY": "p:1"}, "http://h.example/", None),
        ({"HTTPS_PROXY": "p:1"}, "https://h.example/", "http://p:1"),
        ({"https_proxy": "socks5h://p", "HTTPS_PROXY": "q:1"}, "https://h.example/", "socks5h://p:1080"),
        ({"https_proxy": "http://p"}, "http://h.example/", None),
        ({"ALL_PROXY": "https://p"}, "http://h.example/", "https://p:443"),
        ({"ALL_PROXY": "p:1", "NO_PROXY": "example"}, "http://h.example/", None),
        ({"ALL_PROXY": "p:1", "NO_PROXY": ".example, other"}, "http://h.example/", None),
        ({"ALL_PROXY": "p:1", "no_proxy": "ample"}, "http://h.example/", "http://p:1"),
        ({"ALL_PROXY": "p:1", "no_proxy": "192.0.2.0/24"}, "http://192.0.2.9/", None),
        ({"ALL_PROXY": "p:1", "no_proxy": "*"}, "http://h.example/", None),
        ({"ALL_PROXY": "p:1", "no_proxy": "::1"}, "http://[::1]/", None),
    ],
)
def test_proxies_of_the_environment_count_as_for_curl(env: dict[str, str], url: str, proxy: str | None) -> None:
    intake = read(url, env=env)
    found = intake.request.transport.proxy
    assert (found.url if found else None) == proxy
    if found:
        assert found.provenance.origin is From.VARIABLE
        assert "proxy" in said(intake)


def test_certificates_named_by_the_environment_are_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("pem")
    intake = read(URL, env={"SSL_CERT_FILE": str(file)})
    assert intake.request.transport.ca_file == str(file)
    assert "ca-from-environment" in said(intake)
    assert read("http://h.example", env={"SSL_CERT_FILE": str(file)}).request.transport.ca_file is None
    with pytest.raises(IntakeError, match="CURL_CA_BUNDLE names a file"):
        read(URL, env={"CURL_CA_BUNDLE": "/nowhere/x"})


def test_what_would_send_several_requests_takes_the_first() -> None:
    for argv in ((URL, URL + "/2"), (URL, "--next", URL), (URL + "/{a,b}",), (URL + "/[1-3]",)):
        intake = read(*argv)
        assert intake.request.origin.host == "api.example.com"
        assert "several-requests" in said(intake)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "curl stands there alone"),
        (["-s"], "no address"),
        ([""], "No address"),
        (["ftp://h/x"], "no http or https"),
        (["ftp.example.com"], "no http or https"),
        (["file:///etc/passwd"], "no http or https"),
        (["mailto:me@h"], "no http or https"),
        (["https://h:99999/"], "port behind “?h”?"),
        (["https://h:x/"], "not a number from 0 to 65535"),
        (["https://"], "no host"),
        (["https:////h"], "too many slashes"),
        (["https://h/a b"], "a space, as its character 12"),
        (["https://h/a\nb"], "a line break"),
        (["https://[::1/x", "-g"], "IPv6"),
        (["https://h/{a"], "never closed"),
        (["https://h/{{id}}"], "placeholder"),
        (["https://h/]"], "closes nothing"),
        ([URL, "--heder", "x"], "Did you mean --header"),
        ([URL, "--data=x"], "--data and its value with a space"),
        ([URL, "--no-request"], "cannot be switched off"),
        ([URL, "--dat", "x"], "ambiguous"),
        ([URL, "-y0", "-½"], "no option -½"),
        ([URL, "-H"], "wants a value"),
        ([URL, "-d", "@missing"], "“missing” that -d names cannot be read"),
        ([URL, "-F", "x"], "name=content"),
        ([URL, "-F", "a=1", "-d", "x"], "only one of -d and -F"),
        ([URL, "-X", "GET /"], "method of -X"),
        ([URL, "--max-time", "soon"], "number of seconds"),
        ([URL, "--resolve", "h:80"], "host:port:address"),
        ([URL, "-x", "ht!tp://"], "The proxy"),
        ([URL, "--unix-socket", "/s"], "go elsewhere"),
        ([URL, "--connect-to", "::other.example:443"], "go elsewhere"),
        ([URL, "--cert", "missing.pem"], "--cert names cannot be read"),
        ([URL, "--version"], "sends no request"),
        ([URL, "-d", "@-"], "standard input"),
        ([URL, "-K", "missing.cfg"], "-K names cannot be read"),
    ],
)
def test_bad_input_gets_a_sentence(argv: list[str], says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        read(*argv)


# Their values are hosts, methods and files' names, which may be shown.
NAMES = {"url", "request", "proxy", "proxy1.0", "socks4", "socks4a", "socks5", "socks5-hostname"} | {
    *("config", "netrc-file", "upload-file")
}


def test_no_sentence_and_no_note_repeats_a_value(tmp_path: Path) -> None:
    canary = "zQ7canaryV9x"
    names = [o for o in OPTIONS.values() if o.takes_value and o.name not in NAMES]
    for option in names:
        for value in (canary, f"X-A: {canary} “x”", f"u:{canary}@h:1", f"=({canary}", f"{canary}=1"):
            for argv in ([f"--{option.name}", value, URL], [f"-{option.letter or 'H'}{value}", URL]):
                try:
                    intake = read(*argv, home=str(tmp_path))
                    text = repr(intake) + "".join(n.says for n in intake.notes)
                except IntakeError as error:
                    text = str(error)
                assert canary not in text, (option, argv)


def test_curls_own_variables_are_put_in(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(" from file\n")
    intake = read(
        *("--variable", "%TOKEN", "--variable", "f@t", "--variable", 'q[1-3]="é\\x', "--variable", "%NONE=other"),
        *("--expand-header", "Authorization: Bearer {{TOKEN}}", "--expand-url", URL + "/{{f:trim:url}}"),
        *(
            "--expand-data",
            "{{f:trim}}|{{f:b64}}|{{NONE}}|{{unset}}|\\{{f}}|{{bad name}}",
            "--expand-variable",
            "v={{f:trim}}!",
        ),
        *("--expand-user-agent", "{{v}}"),
        env={"TOKEN": "tok"},
        home=str(tmp_path),
    )
    assert authorization(intake) == ("Bearer tok", From.VARIABLE)
    assert intake.request.url == Secret(URL + "/from%20file")
    assert intake.request.body == Secret(b"from file|IGZyb20gZmlsZQo=|other||{{f}}|{{bad name}}")
    assert intake.request.values("User-Agent") == (Secret("from file!"),)
    for bad in ("x y=1", "%ABSENT", "name"):
        with pytest.raises(IntakeError, match="--variable wants"):
            read("--variable", bad, URL)
    with pytest.raises(IntakeError, match="a function that curl does not have"):
        read("--variable", "a=b", "--expand-url", "https://h/{{a:rot13}}")


def test_every_option_has_one_meaning() -> None:
    assert len(OPTIONS) > 250
    assert len(LETTERS) > 45
    assert {option.use for option in OPTIONS.values()} == set(Use)
    assert OPTIONS["data"].letter == "d"
    assert LETTERS["H"].takes_value
