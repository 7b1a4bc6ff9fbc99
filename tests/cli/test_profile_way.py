"""A profile's proxy, CA and client certificate: for its origins, where the command says nothing else, and told."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.canary.loopback import Loopback
from tests.cli.conftest import Ran
from tui401.cli import build
from tui401.cli.adapters import Reader
from tui401.cli.arguments import parser_for
from tui401.cli.profile_way import NAME
from tui401.intake import from_text
from tui401.model.case import Case, Options
from tui401.model.http import From, Origin
from tui401.model.secret import Secret

PROXY = "http://proxy.example:3128"
PROFILE = f"""
[profile.prod]
origins = ["https://api.example", "https://api2.example", "http://plain.example"]
issuer = "https://login.example"
proxy = "{PROXY}"
ca_file = "ca.pem"
client_cert_file = "me.pem"
client_key_file = "me.key"
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path))
    for name in (*(f"{kind}_proxy" for kind in ("http", "https", "all", "no")), "SSL_CERT_FILE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "config.toml").write_text(PROFILE, encoding="utf-8")
    for name in ("ca.pem", "other.pem"):
        (tmp_path / name).write_text("x", encoding="utf-8")


def case_of(*argv: str, profile: str = "") -> Case:
    options: argparse.Namespace = parser_for("").parse_args(["--profile", profile] if profile else [])
    intake = build.read_argv(["-q", *argv])
    return build.case_from(intake, build.known_from(options, {}, intake.request.origin), Options())


def says(case: Case) -> str:
    return " ".join(note.says for note in case.intake.notes if note.name == NAME)


def test_the_request_travels_as_the_profile_says_and_that_is_told(tmp_path: Path) -> None:
    case = case_of("https://api.example/v1")
    way = case.request.transport
    assert way.proxy is not None
    assert (way.proxy.url, way.proxy.provenance.origin) == (PROXY, From.CONFIG)
    assert way.proxy.provenance.detail.startswith("profile prod, ")
    assert (way.ca_file, way.cert_file, way.key_file) == tuple(
        str(tmp_path / name) for name in ("ca.pem", "me.pem", "me.key")
    )
    assert "Your profile prod sends this request through the proxy http://proxy.example:3128" in says(case)
    assert "me.pem. curl itself would not." in says(case)


def test_what_the_command_says_wins(tmp_path: Path) -> None:
    other = str(tmp_path / "other.pem")
    case = case_of("-x", "http://mine.example:1", "--cacert", other, "--cert", other, "https://api.example/v1")
    way = case.request.transport
    assert way.proxy is not None
    assert (way.proxy.url, way.ca_file, way.cert_file, way.key_file) == ("http://mine.example:1", other, other, None)
    assert says(case) == ""


@pytest.mark.parametrize(
    "argv",
    [("-x", ""), ("--noproxy", "*"), ("--noproxy", "api.example")],
)
def test_a_command_that_wants_no_proxy_has_none(argv: tuple[str, str]) -> None:
    case = case_of(*argv, "https://api.example/v1")
    assert case.request.transport.proxy is None
    assert "proxy" not in says(case)


def test_authorities_are_not_added_where_the_command_checks_none_or_names_a_folder(tmp_path: Path) -> None:
    assert case_of("-k", "https://api.example/v1").request.transport.ca_file is None
    assert case_of("--capath", str(tmp_path), "https://api.example/v1").request.transport.ca_file is None


def test_only_the_origins_of_the_profile_are_reached_so() -> None:
    case = case_of("https://elsewhere.example/v1", profile="prod")
    assert case.known.profile == "prod"
    assert (case.request.transport.proxy, case.request.transport.cert_file, says(case)) == (None, None, "")
    assert case.way_to(Origin("https", "elsewhere.example", 443)).cert_file is None


def test_certificates_play_no_part_without_tls() -> None:
    case = case_of("http://plain.example/v1")
    assert case.request.transport.proxy is not None
    assert (case.request.transport.ca_file, case.request.transport.cert_file) == (None, None)


def test_another_origin_of_the_profile_is_reached_the_same_way(tmp_path: Path) -> None:
    case = case_of("-x", "", "https://api.example/v1")
    assert case.way_to(Origin("https", "api2.example", 443)).cert_file == str(tmp_path / "me.pem")


def test_no_profile_no_note(tmp_path: Path) -> None:
    (tmp_path / "config.toml").unlink()
    case = case_of("https://api.example/v1")
    assert (case.request.transport.proxy, says(case)) == (None, "")


def test_a_pasted_request_heeds_no_proxy(tmp_path: Path) -> None:
    text = "GET /v1 HTTP/1.1\nHost: api.example\nAuthorization: Bearer x\n"
    spared = from_text(text, env={"no_proxy": "api.example"}, home=str(tmp_path), cwd=str(tmp_path))
    assert spared.decided == {"proxy"}
    assert from_text(text, env={}, home=str(tmp_path), cwd=str(tmp_path)).decided == frozenset()


def test_the_wizard_says_it_before_anything_is_sent() -> None:
    options: argparse.Namespace = parser_for("").parse_args([])
    made = Reader(
        lambda origin: build.known_from(options, {}, origin),
        lambda: build.options_from(options, send_consented=False),
    )
    reading = asyncio.run(made.read(Secret("curl -q https://api.example/v1")))
    assert any("Your profile prod sends this request through the proxy" in note for note in reading.notes)


def test_the_proxy_of_the_profile_is_asked(tui401: Callable[..., Ran], tmp_path: Path) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n"
    with Loopback(lambda _: refusal) as proxy:
        folder = tmp_path / "config"
        folder.mkdir()
        text = f'[profile.prod]\norigins = ["http://api.invalid"]\nproxy = "{proxy.origin}"\n'
        (folder / "config.toml").write_text(text, encoding="utf-8")
        ran = tui401(
            "diagnose", "--passive", "--format", "json", "curl", "-q", "http://api.invalid/v1", env={"no_proxy": ""}
        )
    assert ran.json["attempts"], ran.err
    assert [seen.target for seen in proxy.seen] == ["http://api.invalid/v1"]
