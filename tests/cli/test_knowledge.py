"""What a person tells beyond the command: profiles, an OpenAPI description, and which outranks which."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui401.cli import build
from tui401.practice import PracticeThread


def description(server: str) -> dict[str, Any]:
    oauth = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {"orders:read": ""}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "servers": [{"url": server}],
        "components": {"securitySchemes": {"oauth": oauth}},
        "paths": {"/v1/orders": {"get": {"security": [{"oauth": ["orders:read"]}], "responses": {}}}},
    }


def test_a_profile_is_chosen_by_the_requests_origin_and_mends(tui401: Callable[..., Any], tmp_path: Path) -> None:
    with PracticeThread("token-expired") as world:
        folder = tmp_path / "config"
        folder.mkdir()
        knows = world.knows
        lines = [
            "[profile.lesson]",
            f'origins = ["{world.api}"]',
            f'issuer = "{knows.issuer}"',
            f'client_id = "{knows.client_id}"',
            f'audience = "{knows.audience}"',
            f'ntp = "{world.ntp}"',
        ]
        (folder / "config.toml").write_text("\n".join(lines))
        env = {build.CLIENT_SECRET: knows.client_secret}
        ran = tui401("diagnose", "--fix", "--format", "json", *world.argv, env=env)
    assert ran.json["outcome"] == "recovered", ran.err


def test_a_profile_that_does_not_exist_is_named_and_nothing_is_sent(tui401: Callable[..., Any]) -> None:
    ran = tui401("diagnose", "--profile", "prdo", "curl", "http://127.0.0.1:1/")
    assert ran.code == 2
    assert "no profile 'prdo'" in ran.err


def test_a_description_tells_which_scope_the_token_lacks(tui401: Callable[..., Any], tmp_path: Path) -> None:
    with PracticeThread("scope-insufficient", terse=True) as world:
        file = tmp_path / "openapi.json"
        file.write_text(json.dumps(description(world.api)))
        ran = tui401("diagnose", "--format", "json", "--openapi", str(file), "--ntp", world.ntp, *world.argv)
    verdict = ran.json["verdict"]
    assert verdict["cause"] == "scope-insufficient", ran.json["causes"][:4]
    assert verdict["strength"] != "confirmed"  # a document is not the server's word on this refusal
    assert "Orders" in verdict["expected_by"]


def test_a_file_that_describes_nothing_is_told(tui401: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text("[]")
    ran = tui401("diagnose", "--openapi", str(file), "curl", "http://127.0.0.1:1/")
    assert ran.code == 2
    assert "no OpenAPI description" in ran.err
    assert tui401("diagnose", "--openapi", str(tmp_path / "none"), "curl", "http://127.0.0.1:1/").code == 2
