from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.model.secret import Secret
from tui401.vault import Vault, VaultError
from tui401.vault import encrypted as module
from tui401.vault.encrypted import EncryptedFile, FileVaultError

RAW = "canary-4f9d2a7c81be5f3a"
PASSPHRASE = Secret("correct horse")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The real cost is some tenths of a second a test; one test keeps it.
    monkeypatch.setitem(module._COST, "n", 1 << 10)  # type: ignore[arg-type]
    return tmp_path / "state" / "credentials.sealed"


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("length", [1, 1_200, 5_000])
async def test_a_credential_is_kept_across_processes_worth_of_objects(path: Path, length: int) -> None:
    value = "".join(chr(97 + n % 26) for n in range(length))
    await Vault(EncryptedFile(path, PASSPHRASE)).store("prod", Secret(value))
    vault = Vault(EncryptedFile(path, PASSPHRASE))
    assert await vault.take("prod") == Secret(value)
    assert await vault.names() == ("prod",)
    assert await vault.delete("prod")
    assert await vault.take("prod") is None
    assert not await vault.delete("prod")


def test_the_cost_of_one_guess_is_what_is_recommended(tmp_path: Path) -> None:
    EncryptedFile(tmp_path / "a", PASSPHRASE).set_password("s", "u", RAW)
    assert json.loads((tmp_path / "a").read_bytes())["scrypt"] == {"n": 131_072, "r": 8, "p": 1}


async def test_neither_value_nor_name_nor_passphrase_stands_in_the_file(path: Path) -> None:
    await Vault(EncryptedFile(path, PASSPHRASE)).store("prod-orders", Secret(RAW))
    data = content(path)
    assert all(word not in data for word in (RAW.encode(), b"prod-orders", b"correct horse"))
    if os.name == "posix":
        assert mode(path) == 0o600
        assert mode(path.parent) == 0o700


async def test_each_writing_has_a_nonce_of_its_own(path: Path) -> None:
    file = EncryptedFile(path, PASSPHRASE)
    seen = set()
    for _ in range(3):
        file.set_password("s", "u", RAW)
        seen.add(json.loads(content(path))["sealed"])
    assert len(seen) == 3


@pytest.mark.parametrize("passphrase", [None, Secret("wrong horse")])
async def test_without_the_passphrase_nothing_is_read_or_overwritten(
    path: Path, passphrase: Secret[str] | None
) -> None:
    await Vault(EncryptedFile(path, PASSPHRASE)).store("prod", Secret(RAW))
    before = content(path)
    vault = Vault(EncryptedFile(path, passphrase))
    for call in (vault.take("prod"), vault.store("prod", Secret("other")), vault.names()):
        with pytest.raises(VaultError, match=r"locked|does not open") as caught:
            await call
        assert "wrong horse" not in str(caught.value)
    assert content(path) == before


def changed(path: Path, **fields: object) -> bytes:
    return json.dumps({**json.loads(path.read_bytes()), **fields}).encode()


def test_a_file_that_was_changed_is_told_and_not_read(path: Path) -> None:
    EncryptedFile(path, PASSPHRASE).set_password("s", "u", RAW)
    whole = json.loads(path.read_bytes())
    variants = [
        b"",
        b"not JSON",
        b"[1]",
        b"[" * 100_000,
        b"\xff\xfe",
        changed(path, tui401=2),
        changed(path, salt=whole["salt"][:-4] + "AAAA"),
        changed(path, salt=3),
        changed(path, sealed="****"),
        changed(path, sealed=""),
        changed(path, sealed=whole["sealed"][:-8] + "AAAAAAAA"),
        changed(path, scrypt={"n": 1 << 30, "r": 8, "p": 1}),
        changed(path, scrypt={"n": 1 << 10, "r": 8, "p": 1, "x": 1}),
        changed(path, scrypt={"n": True, "r": 8, "p": 1}),
        changed(path, scrypt={"n": 1 << 10, "r": 8, "p": 2}),
        changed(path, scrypt={"n": 3, "r": 8, "p": 1}),
        changed(path, scrypt=None),
    ]
    for data in variants:
        path.write_bytes(data)
        with pytest.raises(FileVaultError) as caught:
            EncryptedFile(path, PASSPHRASE).get_password("s", "u")
        assert RAW not in str(caught.value)
        assert path.read_bytes() == data


@pytest.mark.skipif(os.name != "posix", reason="a file's size is limited by POSIX means")
def test_a_full_disk_is_told_and_the_file_is_as_it_was(path: Path) -> None:
    EncryptedFile(path, PASSPHRASE).set_password("s", "u", "x")
    before = path.read_bytes()
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tui401.model.secret import Secret\n"
        "from tui401.vault.encrypted import EncryptedFile, FileVaultError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n"
        "try:\n"
        "    EncryptedFile(Path(sys.argv[1]), Secret('correct horse')).set_password('s', 'v', 'y' * 1000)\n"
        "except FileVaultError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "cannot be written: File too large. It is as it was." in ran.stdout
    assert path.read_bytes() == before


WRITE = """\
import sys
from pathlib import Path
from tui401.model.secret import Secret
from tui401.vault import encrypted
encrypted._COST["n"] = 1 << 10
file = encrypted.EncryptedFile(Path(sys.argv[1]), Secret("correct horse"))
for number in range(15):
    file.set_password("s", f"{sys.argv[2]}{number}", "value")
"""


def test_two_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITE, str(path), who]) for who in ("left", "right")]
    assert [process.wait(60) for process in running] == [0, 0]
    file = EncryptedFile(path, PASSPHRASE)
    assert all(file.get_password("s", f"{who}{n}") == "value" for who in ("left", "right") for n in range(15))
