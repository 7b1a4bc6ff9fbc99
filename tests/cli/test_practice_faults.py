"""Every fault of the practice server: the cause is named, and mended where a client can mend it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tui401.cli import build
from tui401.practice import PracticeThread, catalogue

FAULTS = {fault.slug: fault for fault in catalogue()}
MENDABLE = [slug for slug, fault in FAULTS.items() if fault.mendable]
MOST_REQUESTS = 8


def known(world: Any) -> tuple[list[str], dict[str, str]]:
    """The options and the environment that tell what a person would know."""
    knows, options = world.knows, []
    for option, value in (
        ("--issuer", knows.issuer),
        ("--client-id", knows.client_id),
        ("--audience", knows.audience),
        ("--scope", knows.scope),
        ("--ntp", knows.ntp),
    ):
        options += [option, value] if value else []
    env = {build.CLIENT_SECRET: knows.client_secret} if knows.client_secret else {}
    return options, env


@pytest.mark.parametrize("slug", FAULTS)
def test_the_cause_is_named_without_being_mended(slug: str, tui401: Callable[..., Any]) -> None:
    with PracticeThread(slug) as world:
        options, env = known(world)
        ran = tui401("diagnose", "--format", "json", *options, *world.argv, env=env)
    made = ran.json
    assert made["verdict"], ran.err
    assert made["verdict"]["cause"] == slug, (made["verdict"], made["causes"][:4])
    assert made["verdict"]["strength"] in ("confirmed", "likely")
    assert made["outcome"] == "diagnosed"
    assert ran.code == 1
    assert made["requests_sent"]["api"] <= MOST_REQUESTS


@pytest.mark.parametrize("slug", MENDABLE)
def test_what_a_client_can_mend_is_mended(slug: str, tui401: Callable[..., Any]) -> None:
    with PracticeThread(slug) as world:
        options, env = known(world)
        ran = tui401("diagnose", "--format", "json", "--fix", *options, *world.argv, env=env)
    made = ran.json
    assert made["outcome"] == "recovered", (made["verdict"], made["attempts"], ran.err)
    assert ran.code == 0
    assert made["verdict"]["cause"] == slug
    assert any(sent["status"] == 200 for sent in made["attempts"])


@pytest.mark.parametrize("slug", FAULTS)
def test_a_server_that_gives_no_reasons_is_never_judged_wrongly_with_confidence(
    slug: str, tui401: Callable[..., Any]
) -> None:
    with PracticeThread(slug, terse=True) as world:
        options, env = known(world)
        ran = tui401("diagnose", "--format", "json", *options, *world.argv, env=env)
    verdict = ran.json["verdict"]
    if verdict is not None and verdict["strength"] in ("confirmed", "likely"):
        assert verdict["cause"] == slug, verdict


def test_a_healthy_request_is_not_called_a_refusal(tui401: Callable[..., Any]) -> None:
    with PracticeThread() as world:
        ran = tui401("diagnose", "--format", "json", *world.argv)
    assert (ran.json["outcome"], ran.json["verdict"], ran.code) == ("succeeded", None, 0)


def test_a_password_that_was_refused_twice_lately_is_not_sent_by_a_third_run(tui401: Callable[..., Any]) -> None:
    with PracticeThread("basic-credentials-invalid") as world:
        for _ in range(3):
            last = tui401("diagnose", "--format", "json", *world.argv)
        given = world.argv[world.argv.index("-u") + 1]
        encoded = base64.b64encode(given.encode()).decode()
        carried = [record for record in world.requests.api if record.carried(encoded)]
    assert len(carried) == 2
    assert last.json["attempts"] == []
    assert last.code == 3
    assert "could lock the account" in last.err
