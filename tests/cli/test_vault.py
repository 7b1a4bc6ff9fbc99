from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import keyring
import keyring.backends.fail
import pytest

from tests.vault.backends import RAW, Failing, Held, Locked
from tui401.vault import encrypted
from tui401.vault.store import SERVICE

KEY = "k" * 32


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """The system's keyring for the length of a test."""
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setitem(encrypted._COST, "n", 1 << 10)  # type: ignore[arg-type]
    return backend


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def token(**claims: object) -> str:
    return jwt.encode({"iat": int(time.time()), **claims}, KEY)


def test_a_credential_is_stored_listed_and_deleted_without_ever_being_shown(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None]
) -> None:
    pipe(f"{RAW}\n")
    stored = tui401("vault", "store", "prod", "--kind", "api-key", "--note", f"rotated by ops, was {RAW}")
    assert (stored.code, stored.err) == (0, "")
    assert stored.out == "Stored in this machine's keyring as prod.\n"
    assert held.entries[SERVICE, "prod"] == RAW
    listed = tui401("vault", "list")
    assert listed.out.split()[:3] == ["prod", "api-key", "-"]
    (as_json,) = json.loads(tui401("vault", "list", "--format", "json").out)
    assert (as_json["name"], as_json["kind"], as_json["expires"], as_json["advice"]) == ("prod", "api-key", None, [])
    assert tui401("vault", "delete", "prod").out == "Deleted from this machine's keyring: prod.\n"
    assert "Nothing is kept" in tui401("vault", "list").out
    log = tui401("vault", "log")
    newest, oldest = log.out.splitlines()
    assert newest.split()[2:] == ["-", "api-key", "deleted"]
    assert oldest.split()[2:6] == ["-", "api-key", "stored", "rotated"]
    assert all(RAW[:8] not in text for ran in (stored, listed, log) for text in (ran.out, ran.err))


def test_a_token_is_recognised_its_end_is_known_and_the_policy_speaks(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None]
) -> None:
    assert held.entries == {}
    tui401("profile", "add", "prod", "longest_lifetime=1h", "least_scopes.GET /v1/orders=orders:read")
    end = int(time.time()) + 90_000
    pipe(token(exp=end, scope="orders:read admin"))
    assert tui401("vault", "store", "prod").code == 0
    (kept,) = json.loads(tui401("vault", "list", "--format", "json").out)
    assert (kept["kind"], kept["profile"], kept["expires"]) == ("access-token", "prod", end)
    assert [one["verb"] for one in kept["advice"]] == ["shorten", "narrow"]
    text = tui401("vault", "list").out
    assert "h left" in text
    assert "! Narrow it: admin" in text


def test_who_else_holds_the_credential_that_is_replaced_is_told(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None]
) -> None:
    assert held.entries == {}
    tui401("profile", "add", "jobs", "credential=jobs-key")
    for name in ("prod", "jobs-key", "stage"):
        pipe(RAW)
        said = tui401("vault", "store", name).out
    assert said.splitlines()[1:] == ["The same credential is kept as prod and jobs-key (profile jobs)."]
    pipe("another-0123456789")
    said = tui401("vault", "store", "prod").out
    assert "also kept as jobs-key (profile jobs) and stage: update these too." in said


def test_a_passphrase_is_settled_before_the_credential_is_asked_for(
    tui401: Callable[..., Any], held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert held.entries == {}
    assert tui401("vault", "move", "--to", "file", env={"TUI401_VAULT_PASSPHRASE": "correct horse"}).code == 0
    asked: list[str] = []
    answers: list[str] = []

    def getpass(prompt: str, stream: Any = None) -> str:
        assert stream is not None
        asked.append(prompt)
        return answers.pop(0)

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    answers[:] = ["correct horse", "correct house"]
    assert "The two passphrases differ" in tui401("vault", "store", "prod").err
    answers[:] = ["correct horse", "correct horse", RAW]
    assert tui401("vault", "store", "prod").code == 0
    answers[:] = ["wrong"]
    assert "The passphrase does not open" in tui401("vault", "store", "jobs").err
    assert [prompt.startswith("Credential") for prompt in asked] == [False, False, False, False, True, False]


class Terminal(io.StringIO):
    """A standard input that somebody sits at."""

    def isatty(self) -> bool:
        return True


def test_all_moves_to_the_encrypted_file_and_back(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None], tmp_path: Path
) -> None:
    value = "".join(chr(97 + n % 26) for n in range(5_000))
    pipe(value)
    assert tui401("vault", "store", "prod", "--kind", "password").code == 0
    before = json.loads(tui401("vault", "list", "--format", "json").out)
    env = {"TUI401_VAULT_PASSPHRASE": "correct horse"}
    moved = tui401("vault", "move", "--to", "file", env=env)
    assert (moved.code, moved.err) == (0, "")
    assert "1 moved, and deleted from this machine's keyring." in moved.out
    assert {name for _, name in held.entries} == {"tui401:names"}
    assert 'backend = "file"' in (tmp_path / "config" / "config.toml").read_text()
    assert json.loads(tui401("vault", "list", "--format", "json", env=env).out) == before
    locked = tui401("vault", "list")
    assert locked.code == 2
    assert "its passphrase was not given" in locked.err
    assert "rest in" in tui401("vault", "move", "--to", "file", env=env).err
    assert tui401("vault", "move", "--to", "keyring", env=env).code == 0
    assert json.loads(tui401("vault", "list", "--format", "json").out) == before
    files = b"".join(file.read_bytes() for file in (tmp_path / "state").iterdir())
    assert value[:20].encode() not in files


def test_a_move_that_fails_deletes_nothing(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        pipe(RAW)
        tui401("vault", "store", name)
    env = {"TUI401_VAULT_PASSPHRASE": "correct horse"}
    monkeypatch.setattr(encrypted.EncryptedFile, "set_password", Failing(2).set_password)
    failed = tui401("vault", "move", "--to", "file", env=env)
    assert failed.code == 2
    assert held.entries[SERVICE, "one"] == held.entries[SERVICE, "two"] == RAW
    assert [kept["name"] for kept in json.loads(tui401("vault", "list", "--format", "json").out)] == ["one", "two"]


@pytest.mark.parametrize(
    ("backend", "says"),
    [
        (Locked(), "The keyring refused (KeyringLocked)"),
        (Failing(), "The keyring refused (PasswordSetError)"),
        (keyring.backends.fail.Keyring(), "No keyring was found on this machine"),  # type: ignore[no-untyped-call]
    ],
)
def test_where_nothing_can_be_stored_each_reason_and_the_way_out_are_told(
    tui401: Callable[..., Any],
    pipe: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    backend: Any,
    says: str,
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    pipe(RAW)
    ran = tui401("vault", "store", "prod")
    assert ran.code == 2
    assert says in ran.err
    assert RAW[:8] not in ran.err
    if sys.platform == "linux":
        assert "\n  Secret Service: " in ran.err
        assert "tui401 vault move --to file" in ran.err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("store", "prod"), "Give one credential"),
        (("store", " "), "Choose another name"),
        (("delete", "prod"), "Nothing is kept as 'prod'"),
        (("move", "--to", "keyring"), "rest in this machine's keyring already"),
        (("move", "--to", "usb"), "invalid choice"),
        (("list", "--watch"), "--watch counts down on a terminal"),
        (("log", "--most", "x"), "invalid int value"),
        ((), "arguments are required"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_two(
    tui401: Callable[..., Any],
    held: Held,
    pipe: Callable[[str], None],
    argv: tuple[str, ...],
    says: str,
) -> None:
    assert held.entries == {}
    pipe("" if "prod" in argv else RAW)
    ran = tui401("vault", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_more_than_one_line_is_no_credential(
    tui401: Callable[..., Any], held: Held, pipe: Callable[[str], None]
) -> None:
    pipe(f"{RAW}\n{RAW}")
    ran = tui401("vault", "store", "prod")
    assert (ran.code, held.entries) == (2, {})
    assert RAW[:8] not in ran.err


def test_a_note_of_the_persons_joins_the_log_of_its_profile(tui401: Callable[..., Any]) -> None:
    for profile in ("prod", "stage"):
        noted = tui401("vault", "note", f"ops did it in {profile}", "--profile", profile, "--kind", "client-secret")
        assert (noted.code, noted.out) == (0, "Noted.\n")
    (line,) = json.loads(tui401("vault", "log", "--profile", "prod", "--format", "json").out)
    assert (line["what"], line["way"], line["note"]) == ("client-secret", "by hand", "ops did it in prod")
    assert len(tui401("vault", "log", "--most", "1").out.splitlines()) == 1
