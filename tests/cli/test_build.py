"""From options to what is known: addresses that hold a credential are refused, and no value is repeated."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tui401.cli import build
from tui401.cli.arguments import UsageError, parser_for
from tui401.model.case import Options
from tui401.model.http import Origin
from tui401.model.secret import Secret

CANARY = "canary-4f9d2a7c81be5f3a"


@pytest.fixture(autouse=True)
def _no_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path))


def options(*argv: str) -> argparse.Namespace:
    return parser_for("").parse_args(list(argv))


@pytest.mark.parametrize(
    "argv",
    [
        ("--issuer", f"https://ada:{CANARY}@login.example"),
        ("--issuer", CANARY),
        ("--credential-to", f"https://ada:{CANARY}@api.example"),
        ("--credential-to", CANARY),
    ],
)
def test_an_address_with_a_credential_is_refused_and_not_repeated(argv: tuple[str, str]) -> None:
    given = options(*argv)

    def understand() -> None:
        build.known_from(given, {})
        build.options_from(given, send_consented=False)

    with pytest.raises(UsageError) as refused:
        understand()
    assert CANARY[:8] not in str(refused.value)
    assert argv[0] in str(refused.value)


def test_the_origins_of_the_chosen_profile_are_known(tmp_path: Path) -> None:
    text = '[profile.prod]\norigins = ["https://api.example", "https://api2.example"]\n'
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    known = build.known_from(options(), {}, Origin("https", "api.example", 443))
    assert known.origins == (Origin("https", "api.example", 443), Origin("https", "api2.example", 443))
    assert build.known_from(options(), {}, Origin("https", "other.example", 443)).origins == ()


def test_requests_to_the_issuer_travel_as_the_profile_says_and_all_others_as_the_command_does(tmp_path: Path) -> None:
    text = (
        '[profile.prod]\norigins = ["https://api.example"]\nissuer = "https://login.example/t"\n'
        'ca_file = "ca.pem"\nopenapi = "orders.json"\n'
    )
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    info = {"title": "Orders", "version": "1"}
    document = {"openapi": "3.1.0", "info": info, "paths": {"/v1": {"get": {"security": []}}}}
    (tmp_path / "orders.json").write_text(json.dumps(document), encoding="utf-8")
    known = build.known_from(options(), {}, Origin("https", "api.example", 443))
    intake = build.read_argv(["-q", "--noproxy", "*", "https://api.example/v1"])
    case = build.case_from(intake, known, Options())
    assert case.way_to(Origin("https", "login.example", 443)).ca_file == str(tmp_path / "ca.pem")
    for other in (Origin("https", "login.example", 8443), Origin("https", "elsewhere.example", 443)):
        assert case.way_to(other) == intake.way_to(other)
    assert case.requirements is not None
    assert case.requirements("GET", Secret("https://api.example/v1")).source == "Orders 1"
