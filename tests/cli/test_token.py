"""``tui401 token`` against the practice issuer, which takes a used refresh token for a theft and ends its session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import keyring
import pytest

from tests.vault.backends import Failing, Held, Locked
from tui401.cli import fresh
from tui401.practice import PracticeThread
from tui401.vault.store import SERVICE


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def world() -> Iterator[Any]:
    with PracticeThread() as running:
        yield running


@pytest.fixture
def prod(tui401: Callable[..., Any], world: Any) -> Callable[..., Any]:
    """Commands on a machine whose profile prod is the practice server's client."""
    made = tui401(
        *("profile", "add", "prod", f"origins={world.api}", f"issuer={world.issuer}", f"client_id={world.client.id}"),
        *(f"audience={world.audience}", "scopes=orders:read"),
    )
    assert made.code == 0, made.err
    return tui401


def secret_slot(world: Any) -> str:
    return f"client secret of {world.client.id} at {world.issuer}"


def refresh_slot(world: Any) -> str:
    return f"refresh token of {world.client.id} at {world.issuer}"


def asked(world: Any) -> list[str]:
    return [record.target for record in world.requests.issuer if record.method == "POST"]


def test_the_first_token_is_requested_and_the_next_one_is_the_kept_one(
    prod: Callable[..., Any], held: Held, world: Any
) -> None:
    held.entries[SERVICE, secret_slot(world)] = world.client.secret
    first = prod("token", "prod")
    assert (first.code, first.err) == (0, "")
    claims = jwt.decode(first.out.strip(), options={"verify_signature": False})
    assert (claims["aud"], claims["scope"]) == (world.audience, "orders:read")
    assert prod("token", "prod").out == first.out
    assert len(asked(world)) == 1
    assert prod("token", "prod", "--header").out == f"Authorization: Bearer {first.out}"
    (line,) = json.loads(prod("vault", "log", "--profile", "prod", "--format", "json").out)
    assert (line["what"], line["way"]) == ("access-token", "client_credentials")


def test_a_kept_token_that_does_not_last_is_replaced(prod: Callable[..., Any], held: Held, world: Any) -> None:
    now = int(time.time())
    held.entries[SERVICE, "prod"] = old = world.token(exp=now + 120)
    env = {"TUI401_CLIENT_SECRET": world.client.secret}
    assert prod("token", "prod", env=env).out.strip() == old
    assert prod("token", "prod", "--min-lifetime", "5m", env=env).out.strip() != old
    assert len(asked(world)) == 1


def test_a_token_that_the_issuer_makes_too_short_is_told(prod: Callable[..., Any], held: Held, world: Any) -> None:
    assert held.entries == {}
    ran = prod("token", "prod", "--min-lifetime", "52w", env={"TUI401_CLIENT_SECRET": world.client.secret})
    assert (ran.code, ran.out) == (1, "")
    assert "and 364 days are wanted" in ran.err


def test_a_refresh_stores_the_successor_and_both_are_logged(prod: Callable[..., Any], held: Held, world: Any) -> None:
    first = world.refresh_token("ada")
    held.entries[SERVICE, refresh_slot(world)] = first
    held.entries[SERVICE, secret_slot(world)] = world.client.secret
    ran = prod("token", "prod")
    assert ran.code == 0, ran.err
    assert jwt.decode(ran.out.strip(), options={"verify_signature": False})["sub"] == "ada"
    assert held.entries[SERVICE, refresh_slot(world)] not in ("", first)
    ways = [line["way"] for line in json.loads(prod("vault", "log", "--format", "json").out)]
    assert ways[0] == "refresh"


RACE = """\
import sys, threading
import keyring.backend
from tui401.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


def test_processes_that_want_a_token_at_once_use_one_refresh_token_once(
    prod: Callable[..., Any], world: Any, tmp_path: Path
) -> None:
    assert prod
    env = {**os.environ, "TUI401_VAULT_PASSPHRASE": "correct horse"}
    run = [sys.executable, "-c", RACE]

    def vault(*argv: str, given: str = "") -> None:
        subprocess.run([*run, "vault", *argv], env=env, input=given, text=True, check=True, capture_output=True)

    vault("move", "--to", "file")
    vault("store", "prod", "--kind", "refresh-token", given=world.refresh_token("ada"))
    vault("store", "prod", "--kind", "client-secret", given=world.client.secret)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}
    racing = [subprocess.Popen([*run, "token", "prod"], env=env, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in racing]
    assert [code for _, _, code in ended] == [0, 0, 0], ended
    assert len({out for out, _, _ in ended}) == 1
    assert len(asked(world)) == 1
    assert (tmp_path / "state").exists()


def test_a_token_command_is_shown_and_run(prod: Callable[..., Any], held: Held, world: Any) -> None:
    token = world.token()
    program = (
        f"{sys.executable} -c \"import os; print('{token}'); assert not any(n[:6] == 'TUI401' for n in os.environ)\""
    )
    assert prod("profile", "set", "prod", f"token_command={program}", "sign_in=command").code == 0
    ran = prod("token", "prod", env={"TUI401_CLIENT_SECRET": "x"})
    assert (ran.code, ran.out) == (0, f"{token}\n")
    assert ran.err.startswith("Running the token command of your profile prod: ")
    assert held.entries[SERVICE, "prod"].startswith(("ey", "tui401:parts:"))
    assert asked(world) == []


def test_a_token_command_that_fails_is_told(prod: Callable[..., Any], held: Held) -> None:
    assert held.entries == {}
    prod("profile", "set", "prod", "token_command=false", "sign_in=command")
    ran = prod("token", "prod")
    assert (ran.code, ran.out) == (1, "")
    assert "false" in ran.err


def test_a_refused_secret_is_sent_twice_and_no_third_time(prod: Callable[..., Any], held: Held, world: Any) -> None:
    assert held.entries == {}
    env = {"TUI401_CLIENT_SECRET": "wrong-0123456789"}
    for _ in range(3):
        last = prod("token", "prod", env=env)
        assert (last.code, last.out) == (1, "")
        assert "wrong-01" not in last.err
    assert len(asked(world)) == 2
    assert "could lock it" in last.err


def test_where_nothing_can_be_kept_the_token_is_given_all_the_same(
    prod: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: Any
) -> None:
    env = {"TUI401_CLIENT_SECRET": world.client.secret}
    for backend in (Failing(), Locked()):
        monkeypatch.setattr(keyring, "get_keyring", lambda backend=backend: backend)
        ran = prod("token", "prod", env=env)
        assert ran.code == 0
        assert ran.out.count(".") == 2
        assert "The keyring refused" in ran.err
        assert ran.out.strip() not in ran.err


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (["sign_in=browser"], "wants a person to sign in, and there is no terminal"),
        (["sign_in=client-credentials"], "`tui401 vault store prod --kind client-secret` keeps one."),
        (["issuer="], "names no way to a token"),
        (["issuer=http://127.0.0.1:1"], "127.0.0.1:1"),
    ],
)
def test_where_there_is_no_way_to_a_token_the_person_is_told_what_is_missing(
    prod: Callable[..., Any], held: Held, changes: list[str], says: str
) -> None:
    assert held.entries == {}
    assert prod("profile", "set", "prod", *changes).code == 0
    ran = prod("token", "prod")
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err


def test_a_kept_text_that_is_no_token_is_not_printed_as_a_header(prod: Callable[..., Any], held: Held) -> None:
    held.entries[SERVICE, "prod"] = "a\r\nX-Other: b"
    ran = prod("token", "prod", "--header")
    assert (ran.code, ran.out) == (1, "")
    assert "holds signs that no header can" in ran.err
    assert "X-Other" not in ran.err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("pord",), "There is no profile 'pord'. There are prod."),
        (("prod", "--min-lifetime", "soon"), "--min-lifetime: A time is a number"),
        ((), "arguments are required"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_two(prod: Callable[..., Any], argv: tuple[str, ...], says: str) -> None:
    ran = prod("token", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_the_wait_for_another_one_is_bounded(
    prod: Callable[..., Any], held: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tui401.locking import held as hold

    assert held.entries == {}
    monkeypatch.setattr(fresh, "LIMIT", 0.05)
    with hold(tmp_path / "state" / "token-prod.lock"):
        ran = prod("token", "prod")
    assert ran.code == 1
    assert "Another tui401 has held" in ran.err
