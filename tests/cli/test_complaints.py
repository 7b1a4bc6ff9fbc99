"""A complaint about the command line never repeats a credential that stands in a wrong place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CANARY = "canary4f9d2a7c81be5f3a"
BEARER = f"Bearer {CANARY}"
URL = f"https://api.example/v1?access_token={CANARY}"


@pytest.mark.parametrize(
    "argv",
    [
        (URL,),
        ("diagnose", URL),
        ("diagnose", BEARER),
        ("diagnose", URL, "-H", f"Authorization: {BEARER}"),
        ("diagnose", "--format", BEARER, "curl"),
        ("diagnose", "--profile", BEARER, "curl", "-q", "http://127.0.0.1:1/"),
        ("open", BEARER),
        ("why", BEARER),
        ("report", BEARER),
        ("practice", "--list", "--no-such", BEARER),
        ("diagnose", "curl", "-q", "--no-such-option", BEARER, URL),
        ("diagnose", "curl", "-q", "http://"),
    ],
)
def test_a_credential_in_a_wrong_place_is_not_repeated(argv: tuple[str, ...], tui401: Callable[..., Any]) -> None:
    ran = tui401(*argv)
    assert ran.code == 2
    assert ran.err.strip()
    assert not [at for at in range(len(CANARY) - 7) if CANARY[at : at + 8] in ran.err + ran.out]
