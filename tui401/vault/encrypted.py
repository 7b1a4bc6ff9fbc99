"""An encrypted file in the place of a keyring, where there is none: scrypt (RFC 7914) and AES-GCM (NIST SP 800-38D).

The published backend packages for this were looked at: one has had no release since 2022 and its upgrades broke
existing files, the other calls itself unfit for production, and both bring a second cryptography library.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tui401.locking import held
from tui401.model.secret import Secret
from tui401.vault.atomic import replace

_MAX_FILE: Final = 16 << 20  # bytes
_VERSION: Final = 1
# 128 MiB and some tenths of a second for one guess: the least that OWASP's cheat sheet on password storage gives.
_COST: Final = {"n": 1 << 17, "r": 8, "p": 1}
_MOST_COST: Final = 1 << 20  # a planted file must not use up the memory
_LIMIT: Final = 10.0  # seconds to wait for another writer

Entries = dict[tuple[str, str], str]


class FileVaultError(Exception):
    """The encrypted file cannot be used; its text is a sentence, free of secrets."""


class EncryptedFile:
    """The three methods of a keyring backend on one encrypted file; all names and values are in its ciphertext.

    Args:
        path: The file; it is made, with mode 0600, when something is first stored.
        passphrase: What it is encrypted with, None where it was not asked for yet: then nothing can be read.
    """

    def __init__(self, path: Path, passphrase: Secret[str] | None) -> None:
        self.path = path
        self._passphrase = passphrase
        self._keys: dict[bytes, bytes] = {}

    @property
    def exists(self) -> bool:
        """Whether something was stored already, so that the passphrase is set."""
        return self.path.exists()

    def get_password(self, service: str, username: str) -> str | None:
        """The entry's value, or None."""
        return self._read()[1].get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Enters a value; the file is replaced whole."""
        with held(self._lock, _LIMIT):
            salt, entries = self._read()
            self._write(salt, {**entries, (service, username): password})

    def delete_password(self, service: str, username: str) -> None:
        """Takes an entry out, if it is there."""
        with held(self._lock, _LIMIT):
            salt, entries = self._read()
            if entries.pop((service, username), None) is not None:
                self._write(salt, entries)

    @property
    def _lock(self) -> Path:
        return self.path.with_name(f".{self.path.name}.lock")

    def _read(self) -> tuple[bytes, Entries]:
        self._given()
        try:
            with self.path.open("rb") as file:
                data = file.read(_MAX_FILE + 1)
        except FileNotFoundError:
            return os.urandom(16), {}
        except OSError as error:
            raise FileVaultError(f"{self.path} cannot be read: {error.strerror or type(error).__name__}.") from error
        head, sealed = self._parts(data)
        salt = _bytes(head, "salt")
        opened = self._open(self._key(head, salt), sealed, _header(head, salt))
        return salt, {(service, name): value for service, name, value in json.loads(opened)}

    def _given(self) -> str:
        if self._passphrase is None:
            raise FileVaultError(f"The encrypted file {self.path} is locked: its passphrase was not given.")
        return self._passphrase.reveal()

    def _parts(self, data: bytes) -> tuple[Mapping[str, Any], bytes]:
        wrong = FileVaultError(
            f"{self.path} is no encrypted file of this version of tui401. Move it away to begin a new one."
        )
        try:
            head = json.loads(data) if len(data) <= _MAX_FILE else None
            if not isinstance(head, dict) or head.get("tui401") != _VERSION:
                raise wrong
            return head, _bytes(head, "sealed")
        except (ValueError, RecursionError) as error:
            raise wrong from error

    def _open(self, key: bytes, sealed: bytes, header: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - it loads OpenSSL, which no first frame needs
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - the same

        try:
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], header)
        except (InvalidTag, ValueError) as error:
            raise FileVaultError(
                f"The passphrase does not open {self.path}, or the file was changed. Try the passphrase again."
            ) from error

    def _write(self, salt: bytes, entries: Entries) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - the same

        head: dict[str, Any] = {"tui401": _VERSION, "scrypt": _COST}
        plain = json.dumps([[service, name, value] for (service, name), value in entries.items()]).encode()
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(self._key(head, salt)).encrypt(nonce, plain, _header(head, salt))
        made = {**head, "salt": base64.b64encode(salt).decode(), "sealed": base64.b64encode(sealed).decode()}
        try:
            replace(self.path, json.dumps(made).encode() + b"\n")
        except OSError as error:
            raise FileVaultError(
                f"{self.path} cannot be written: {error.strerror or type(error).__name__}. It is as it was."
            ) from error

    def _key(self, head: Mapping[str, Any], salt: bytes) -> bytes:
        cost = head.get("scrypt")
        fits = isinstance(cost, dict) and set(cost) == set(_COST) and all(type(v) is int for v in cost.values())
        if not fits or not 0 < cost["n"] * cost["r"] * cost["p"] <= _MOST_COST * 8:  # type: ignore[index]
            raise FileVaultError(f"{self.path} asks for more work than any file of tui401 does. It was not opened.")
        if salt not in self._keys:
            from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415 - it loads OpenSSL

            try:
                kdf = Scrypt(salt=salt, length=32, **cost)  # type: ignore[arg-type]
                self._keys[salt] = kdf.derive(self._given().encode("utf-8", "surrogatepass"))
            except (ValueError, MemoryError) as error:
                raise FileVaultError(f"{self.path} cannot be opened here ({type(error).__name__}).") from error
        return self._keys[salt]


def _header(head: Mapping[str, Any], salt: bytes) -> bytes:
    """What is not secret and must not be changed either."""
    return json.dumps([head["tui401"], head["scrypt"], base64.b64encode(salt).decode()], sort_keys=True).encode()


def _bytes(head: Mapping[str, Any], name: str) -> bytes:
    value = head.get(name)
    if not isinstance(value, str):
        raise FileVaultError(f"The encrypted file has no {name}. Move it away to begin a new one.")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise FileVaultError(f"The encrypted file's {name} was changed. Move it away to begin a new one.") from error
