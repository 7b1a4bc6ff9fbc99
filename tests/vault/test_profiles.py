from __future__ import annotations

import dataclasses
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.model.http import Origin
from tui401.vault.fields import FIELDS
from tui401.vault.profiles import MAX_FILE, Profile, ProfileError, choose, load, settings
from tui401.vault.tomllines import lines_of

CANARY = "c4n4ry-9f3e7a21c5b8"
WHOLE = """\
# where our APIs are
[profile.prod]
origins = [
  "https://api.example.com",  # the API
  "https://API.example.com:8443/",
]
issuer = "https://login.example.com/tenant"
audience = "https://api.example.com"
scopes = ["orders:read", "orders:write"]
client_id = "svc-orders"
ntp = "time.example.net:1123"
client_auth = "private_key_jwt"
private_key_file = "svc-orders.pem"
key_id = "k7"
sign_in = "client-credentials"
token_command = "gcloud auth 'print access token'"
credential = "orders"
proxy = "http://proxy.example.com:3128/"
ca_file = "/etc/ca.pem"
client_cert_file = "client.pem"
client_key_file = "client.key"
openapi = "orders.yaml"
longest_lifetime = "1h"
rotation_age = "90d"
[profile.prod.least_scopes]
"GET /v1/orders" = ["orders:read"]

[vault]
backend = "file"

[profile."stage.eu"]
origins = ["http://localhost:8080", "https://[::1]:8443"]
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ProfileError) as caught:
        load(written(tmp_path, text))
    said = str(caught.value)
    assert said == "\n".join(caught.value.problems)
    assert all(problem.startswith(str(tmp_path)) for problem in caught.value.problems)
    return said.replace(str(tmp_path / "config.toml"), "FILE")


def test_a_whole_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    profiles = load(path)
    assert list(profiles) == ["prod", "stage.eu"]
    assert profiles["prod"] == Profile(
        name="prod",
        origins=(Origin("https", "api.example.com", 443), Origin("https", "api.example.com", 8443)),
        issuer="https://login.example.com/tenant",
        audience="https://api.example.com",
        scopes=("orders:read", "orders:write"),
        client_id="svc-orders",
        ntp="time.example.net:1123",
        client_auth="private_key_jwt",
        private_key_file=str(tmp_path / "svc-orders.pem"),
        key_id="k7",
        sign_in="client-credentials",
        token_command=("gcloud", "auth", "print access token"),
        credential="orders",
        proxy="http://proxy.example.com:3128",
        ca_file="/etc/ca.pem",
        client_cert_file=str(tmp_path / "client.pem"),
        client_key_file=str(tmp_path / "client.key"),
        openapi=str(tmp_path / "orders.yaml"),
        longest_lifetime=3_600.0,
        rotation_age=7_776_000.0,
        least_scopes=(("GET /v1/orders", ("orders:read",)),),
        where=f"{path}, line 2",
    )
    assert profiles["stage.eu"].origins == (Origin("http", "localhost", 8080), Origin("https", "::1", 8443))
    assert profiles["stage.eu"].where == f"{path}, line 31"


def test_a_file_with_windows_line_ends_and_a_mark_reads_the_same(tmp_path: Path) -> None:
    plain = load(written(tmp_path, WHOLE))
    assert load(written(tmp_path, b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())) == plain


def test_where_credentials_rest_is_read_beside_the_profiles(tmp_path: Path) -> None:
    assert settings(written(tmp_path, WHOLE)).backend == "file"
    assert settings(written(tmp_path, "")).backend == "keyring"


def test_requests_to_the_issuer_travel_as_the_profile_says(tmp_path: Path) -> None:
    way = load(written(tmp_path, WHOLE))["prod"].known().to_issuer
    assert way is not None
    assert way.proxy is not None
    assert (way.proxy.url, way.ca_file, way.verify) == ("http://proxy.example.com:3128", "/etc/ca.pem", True)
    assert (way.cert_file, way.key_file) == (str(tmp_path / "client.pem"), str(tmp_path / "client.key"))
    assert Profile(name="bare").known().to_issuer is None


def test_no_file_means_no_profiles(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == {}
    assert load(written(tmp_path, "")) == {}


def test_every_field_of_a_profile_can_stand_in_the_file() -> None:
    assert set(FIELDS) == {field.name for field in dataclasses.fields(Profile)} - {"name", "where"}


def test_what_a_profile_knows_is_told_as_its_own() -> None:
    profile = Profile(
        name="prod", issuer="https://login.example.com", scopes=("a",), client_id="c", audience="x", ntp="t"
    )
    known = profile.known()
    assert (known.profile, known.source) == ("prod", "your profile prod")
    assert (known.issuer, known.scopes, known.client_id) == ("https://login.example.com", ("a",), "c")
    assert (known.audience, known.ntp) == ("x", "t")
    assert known.client_secret is None


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[profile.prod]\nissuer = \n", 2, "This is not TOML"),
        ("[profile.prod]\nissuer = 'x", 2, "This is not TOML"),
        (
            "[profile.prod]\n\n\nisuer = 'https://a.example'\n",
            4,
            "Did you mean issuer?",
        ),
        ("[profile.prod]\ncolour = 1\n", 2, "“colour” is no key of a profile. A profile has origins, issuer"),
        ("theme = 'dark'\n", 1, "There is no “theme” here."),
        ("\nprofile = 3\n", 2, "“profile” is not a table."),
        ("[profile]\nprod = 3\n", 2, "The profile “prod” is not a table."),
        ("\n[[profile.prod]]\nissuer = 'https://a.example'\n", 2, "The profile “prod” is not a table."),
        ("[profile.'a b']\n", 1, "“a b” cannot name a profile"),
        ('[profile."\\u001b[31m"]\n', 1, "“␛[31m” cannot name a profile"),
        ("[profile.p]\norigins = 'https://a.example'\n", 2, "origins takes a list of texts"),
        ("[profile.p]\norigins = ['https://a.example', 3]\n", 2, "origins takes a list of texts"),
        ("[profile.p]\norigins = ['https://a.example', 'https://b.example/v1']\n", 2, "no origin as its entry 2"),
        ("[profile.p]\nissuer = 3\n", 2, "issuer takes a text in quotes."),
        ("[profile.p]\nissuer = 'login.example.com'\n", 2, "issuer takes the address"),
        ("[profile.p]\naudience = ''\n", 2, "audience is empty"),
        ('[profile.p]\nclient_id = "a\\nb"\n', 2, "client_id is empty, too long"),
        ("[profile.p]\nscopes = 'a b'\n", 2, "scopes takes a list of texts"),
        ("[profile.p]\nscopes = ['a b']\n", 2, "scopes has no single scope as its entry 1"),
        ("[profile.p]\nntp = 'time.example.net:99999'\n", 2, "ntp takes a time server"),
        ("[profile.p]\nntp = 123\n", 2, "ntp takes a text"),
        ("[profile.p]\nsign_in = 'magic'\n", 2, "sign_in takes one of client-credentials, browser, device, command."),
        ("[profile.p]\nsign_in = ['browser']\n", 2, "sign_in takes one of"),
        ("[profile.p]\nclient_auth = 'basic'\n", 2, "client_auth takes one of client_secret_basic"),
        ('[profile.p]\ntoken_command = "az \'login"\n', 2, "token_command has a quote that is not closed."),
        ("[profile.p]\ntoken_command = []\n", 2, "token_command names no program."),
        ("[profile.p]\nproxy = 'http://u:p@proxy.example.com'\n", 2, "proxy names a user or password"),
        ("[profile.p]\nproxy = 'proxy.example.com:3128'\n", 2, "proxy takes a proxy such as"),
        ("[profile.p]\nrotation_age = 'soon'\n", 2, "rotation_age takes a time such as"),
        ("[profile.p]\nlongest_lifetime = 3600\n", 2, "longest_lifetime takes a text"),
        ("[profile.p]\nleast_scopes = ['a']\n", 2, "least_scopes takes a table of endpoints"),
        ("[profile.p.least_scopes]\n'/v1' = ['a']\n", 1, "least_scopes has no endpoint as its entry 1"),
        ("[profile.p.least_scopes]\n'GET /v1' = ['a b']\n", 1, "least_scopes has no single scope as its entry 1"),
        ("\n[vault]\nbackend = 'usb'\n", 3, "backend takes one of keyring, file, memory."),
        ("\n[vault]\ncolour = 'red'\n", 3, "takes “backend” and nothing else."),
        ("vault = 3\n", 1, "takes “backend” and nothing else."),
        ("profile.p.issuer = 1\n", 1, "issuer takes a text"),
        ("[profile]\n\np = { issuer = 1 }\n", 3, "issuer takes a text"),
        (b"[profile.p]\nissuer = '\xff'\n", 2, "This is not UTF-8."),
        ("a = " + "[" * 5_000, 1, "This is not TOML"),
        ("a = " + "9" * 5_000, 1, "This is not TOML"),
        (b"#" * (MAX_FILE + 1), 0, "is larger than profiles can be"),
    ],
)
def test_every_fault_is_a_sentence_with_file_and_line(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    said = refused(tmp_path, text)
    assert said.startswith(f"FILE, line {line}: " if line else "FILE ")
    assert says in said


@pytest.mark.parametrize(
    "origin",
    [
        "api.example.com", "ftp://api.example.com", "https://", "https://u:p@api.example.com", "https://api.example.com?x",
        "https://api.example.com/#", "https://api.example.com:99999", "https://api.example.com:0", "https://a b", "https://[::1",
        " https://api.example.com", "https://api.example.com\n", "https://*.example.com", "https://exämple.com", "",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(tmp_path: Path, origin: str) -> None:
    import json

    said = refused(tmp_path, f"[profile.p]\norigins = [{json.dumps(origin)}]\n")
    assert "origins has no origin as its entry 1" in said


@pytest.mark.parametrize(
    "issuer",
    ["https://u:p@a.example", "https://a.example?x=1", "https://a.example/#f", "https://a.example:x", "https:///x"],
)
def test_what_is_no_issuer_is_refused(tmp_path: Path, issuer: str) -> None:
    assert "issuer takes the address" in refused(tmp_path, f"[profile.p]\nissuer = '{issuer}'\n")


@pytest.mark.parametrize(
    "key",
    [
        "client_secret",
        "token",
        "password",
        "access_token",
        "refresh-token",
        "api_key",
        "ApiKey",
        "private_key",
        "key",
        "cookie",
    ],
)
def test_a_secret_is_refused_without_being_repeated(tmp_path: Path, key: str) -> None:
    said = refused(tmp_path, f"[profile.prod]\nclient_id = 'a'\n{key} = '{CANARY}'\n")
    assert said.startswith(f"FILE, line 3: In the profile prod, “{key}” names a secret")
    assert "store it in the keyring" in said
    assert CANARY[:8] not in said


VALUES = [f"'{CANARY} x\t'", f"['{CANARY} x']", f"{{ a = '{CANARY}' }}", f"['{CANARY}', 1]"]


@pytest.mark.parametrize(
    ("key", "value"),
    # A program may have a space in its name.
    [(k, v) for k in (*FIELDS, "other") for v in VALUES if (k, v) != ("token_command", VALUES[1])],
)
def test_no_sentence_repeats_a_value(tmp_path: Path, key: str, value: str) -> None:
    assert CANARY[:8] not in refused(tmp_path, f"[profile.p]\n{key} = {value}\n")


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    said = refused(tmp_path, "x = 1\n[profile.b]\nissuer = 1\nntp = 2\n[profile.a]\ntoken = 'x'\n").splitlines()
    assert [line.partition(":")[0] for line in said] == ["FILE, line 1", "FILE, line 3", "FILE, line 4", "FILE, line 6"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="every file can be read here")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    path.chmod(0)
    with pytest.raises(ProfileError, match="cannot be read: Permission denied"):
        load(path)


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        (Origin("https", "api.example.com", 443), "prod"),
        (Origin("https", "api.example.com", 8443), "prod"),
        (Origin("http", "localhost", 8080), "stage.eu"),
        (Origin("http", "api.example.com", 443), None),
        (Origin("https", "api.example.com", 80), None),
        (Origin("https", "sub.api.example.com", 443), None),
        (Origin("https", "api.example.com.evil.example", 443), None),
    ],
)
def test_a_profile_is_chosen_by_the_exact_origin(tmp_path: Path, origin: Origin, name: str | None) -> None:
    chosen = choose(load(written(tmp_path, WHOLE)), origin)
    assert (chosen.name if chosen is not None else None) == name


def test_two_profiles_of_one_origin_are_both_named() -> None:
    origin = Origin("https", "api.example.com", 443)
    profiles = {name: Profile(name=name, origins=(origin,)) for name in ("reader", "admin", "jobs")}
    with pytest.raises(
        ProfileError, match=r"reader, admin and jobs all have the origin https://api\.example\.com\. .*--profile"
    ):
        choose(profiles, origin)


# -- lines -------------------------------------------------------------------------------------------------------------

ODD = '''\
a."b.c".'d' = """
[x]
y = 1 \\"""" # not a table
["t".u] # [v]
k = [ "]", # ]
  { m = "}" }, \'\'\'
n = 1
\'\'\' ]
l = { o.p = 1 }
[[w]]
q = 1979-05-27T07:32:00Z
[[w]]
q = 2
'''


def test_lines_are_found_behind_strings_comments_and_brackets() -> None:
    tomllib.loads(ODD)
    assert lines_of(ODD) == {
        ("a",): 1,
        ("a", "b.c"): 1,
        ("a", "b.c", "d"): 1,
        ("t",): 4,
        ("t", "u"): 4,
        ("t", "u", "k"): 5,
        ("t", "u", "l"): 9,
        ("w",): 10,
        ("w", "q"): 11,
    }


@given(st.text("ab[]{}=.,\"'#\\\n\r\t 1", max_size=60))
def test_any_text_gives_lines_of_its_own_and_ends(text: str) -> None:
    lines = lines_of(text)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(document) == {path[0] for path in lines}


@given(
    st.recursive(
        st.integers(0, 9) | st.text("a\"'[]#=\n\\", max_size=6), lambda inner: st.lists(inner, max_size=3), max_leaves=5
    ),
    st.integers(0, 4),
)
def test_a_key_behind_any_value_is_found_on_its_line(value: Any, empty: int) -> None:
    import json

    text = f"first = {json.dumps(value, indent=1) if isinstance(value, list) else json.dumps(value)}\n" + "\n" * empty
    text += "[profile.p]\nkey = 1\n"
    tomllib.loads(text)
    assert text.splitlines()[lines_of(text)["profile", "p", "key"] - 1] == "key = 1"
