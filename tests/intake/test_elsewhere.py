"""The way to an issuer is the environment's: no option of the command, and nothing that a paste assigns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui401.intake import from_argv, from_text
from tui401.model.http import From, Origin, Transport

ISSUER = Origin("https", "login.example", 443)
PROXY = "http://ada:proxy-pass-77ab21@proxy.example:3128"


def way(argv: list[str], env: dict[str, str]) -> Transport:
    return from_argv(["-q", "https://api.example/", *argv], env=env, home="/", cwd="/").way_to(ISSUER)


def test_an_environments_proxy_leads_to_the_issuer_with_its_provenance() -> None:
    proxy = way([], {"HTTPS_PROXY": PROXY}).proxy
    assert proxy is not None
    assert proxy.url == "http://proxy.example:3128"
    assert proxy.provenance.origin is From.VARIABLE
    assert proxy.provenance.detail == "HTTPS_PROXY"


def test_who_is_spared_the_proxy_is_asked_straight() -> None:
    assert way([], {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example"}).proxy is None


def test_no_option_of_the_command_holds_for_the_issuer(tmp_path: Path) -> None:
    (tmp_path / "f.pem").write_text("")
    file = str(tmp_path / "f.pem")
    options = ["-k", "-x", PROXY, "--cacert", file, "--cert", file, "--resolve", "login.example:443:127.0.0.1"]
    assert way(options, {}) == Transport()


def test_a_pasted_assignment_holds_for_the_commands_own_request_alone(tmp_path: Path) -> None:
    (tmp_path / "evil.pem").write_text("")
    text = f"HTTPS_PROXY={PROXY} SSL_CERT_FILE={tmp_path}/evil.pem curl https://api.example/"
    intake = from_text(text, env={}, home="/", cwd="/")
    assert intake.request.transport.proxy is not None
    assert intake.way_to(ISSUER) == Transport()


@pytest.mark.parametrize(
    "text", ["curl -q https://api.example/", "https://api.example/", "GET / HTTP/1.1\nHost: a.b\n"]
)
def test_every_way_in_reads_the_environment_around(text: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    env = {"HTTPS_PROXY": PROXY, "SSL_CERT_FILE": f"{tmp_path}/ca.pem"}
    found = from_text(text, env=env, home="/", cwd="/").way_to(ISSUER)
    assert found.proxy is not None
    assert found.ca_file == f"{tmp_path}/ca.pem"
    assert found.verify


def test_the_person_is_told_of_a_proxy_that_only_others_take() -> None:
    argv = ["-q", "http://api.example/"]
    notes = from_argv(argv, env={"HTTPS_PROXY": PROXY}, home="/", cwd="/").notes
    told = next(note for note in notes if note.name == "proxy-elsewhere")
    assert "proxy.example:3128" in told.says
    assert "HTTPS_PROXY" in told.says
    assert "proxy-pass" not in told.says
