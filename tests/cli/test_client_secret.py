"""The client's secret: asked for where somebody sits at the terminal, and Enter means that there is none."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tui401.cli import diagnose
from tui401.model.case import Known
from tui401.model.secret import Secret

CLIENT = Known(issuer="https://login.example", client_id="cli")


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The prompts that were made; each is answered with the next of ``answers``."""
    made: list[str] = []

    def getpass(prompt: str, stream: Any = None) -> str:
        assert stream is sys.stderr, "standard output is the report's"
        made.append(prompt)
        return "s3cret-0011223344556677" if len(made) == 1 else ""

    monkeypatch.setattr("getpass.getpass", getpass)
    return made


def at_terminal(monkeypatch: pytest.MonkeyPatch, *, stdin: bool, stderr: bool) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: stdin, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: stderr, raising=False)


def test_at_a_terminal_it_is_asked_for_and_enter_means_none(
    monkeypatch: pytest.MonkeyPatch, prompts: list[str]
) -> None:
    at_terminal(monkeypatch, stdin=True, stderr=True)
    assert diagnose._with_secret(CLIENT).client_secret == Secret("s3cret-0011223344556677")
    assert diagnose._with_secret(CLIENT) == CLIENT
    assert prompts == ["Secret of client cli (masked; Enter means none): "] * 2


@pytest.mark.parametrize(("stdin", "stderr"), [(False, True), (True, False), (False, False)])
def test_without_a_terminal_a_public_client_is_never_asked(
    monkeypatch: pytest.MonkeyPatch, prompts: list[str], *, stdin: bool, stderr: bool
) -> None:
    at_terminal(monkeypatch, stdin=stdin, stderr=stderr)
    assert diagnose._with_secret(CLIENT) == CLIENT
    assert not prompts


@pytest.mark.parametrize(
    "known",
    [
        Known(client_id="cli"),
        Known(issuer="https://login.example"),
        Known(issuer="https://login.example", client_id="cli", client_auth="none"),
        Known(issuer="https://login.example", client_id="cli", sign_in="browser"),
        Known(issuer="https://login.example", client_id="cli", private_key="key.pem"),
        Known(issuer="https://login.example", client_id="cli", refresh_token=Secret("refresh-0011223344")),
    ],
)
def test_who_needs_no_secret_is_not_asked(monkeypatch: pytest.MonkeyPatch, prompts: list[str], known: Known) -> None:
    at_terminal(monkeypatch, stdin=True, stderr=True)
    assert diagnose._with_secret(known) == known
    assert not prompts
