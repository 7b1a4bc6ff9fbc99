"""Which keyring backends this machine has, and why each of the others cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui401.threads import in_daemon
from tui401.wire.visible import visible

_LIMIT: Final = 5.0  # seconds; looking for a Secret Service may wait for a message bus
_SYSTEMS: Final = {"keyring.backends.macOS": "darwin", "keyring.backends.Windows": "win32"}
_TITLES: Final = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "libsecret",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Locker",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendState:
    """One backend of this machine.

    Attributes:
        title: What a person calls it.
        usable: It can be used as it stands.
        chosen: It is the one that is used.
        why: Why it cannot be used, as a sentence; "" where it can.
    """

    title: str
    usable: bool
    chosen: bool = False
    why: str = ""


async def survey() -> tuple[BackendState, ...]:
    """All backends that may exist on a system such as this one, the chosen one first; reads no entry."""
    try:
        return await in_daemon(_look, limit=_LIMIT)
    except TimeoutError:
        why = f"No keyring said within {_LIMIT:g} seconds whether it can be used; one may be waiting to be unlocked."
        return (BackendState(title="the system's keyring", usable=False, why=why),)
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        return (BackendState(title="the system's keyring", usable=False, why=words_for(error)),)


def unusable(backend: Any) -> str:
    """Why a backend that ``keyring`` chose cannot keep a credential, as a sentence; "" when it can."""
    module = type(backend).__module__
    if module == "keyring.backends.fail":
        return "No keyring was found on this machine (no Secret Service, KWallet, macOS Keychain or Windows store)."
    if module == "keyring.backends.null":
        return "The keyring is switched off by its configuration (the null backend)."
    if module.startswith("keyrings.alt") and "Plaintext" in type(backend).__name__:
        return "The configured keyring would write credentials to a file in plain text, which tui401 does not do."
    return ""


def words_for(error: Exception) -> str:
    """What went wrong in a backend, as a sentence. Its own words are not repeated: they may quote the credential."""
    from tui401.vault.encrypted import FileVaultError  # noqa: PLC0415 - only where something failed
    from tui401.vault.pieces import PartError  # noqa: PLC0415 - the same

    if isinstance(error, FileVaultError | PartError):
        return str(error)
    return f"The keyring refused ({type(error).__name__}); unlock it or choose another."


def _look() -> tuple[BackendState, ...]:
    import keyring  # noqa: PLC0415 - slow to import, and needed in this thread only
    from keyring.backend import KeyringBackend, get_all_keyring  # noqa: PLC0415 - the same

    get_all_keyring()  # loads those that other packages bring, too
    chosen = keyring.get_keyring()
    used = getattr(chosen, "backends", None) or [chosen]  # the chainer asks several, the first of them before others
    found: dict[str, BackendState] = {}
    for kind in _kinds(KeyringBackend):
        title, state = _state(kind, used)
        if state is not None and (title not in found or state.usable):
            found[title] = state
    return tuple(sorted(found.values(), key=lambda s: (not s.chosen, not s.usable, s.title)))


def _state(kind: Any, used: list[Any]) -> tuple[str, BackendState | None]:
    module = kind.__module__
    title = _TITLES.get(module, f"{module}.{kind.__name__}")
    ours = module in ("keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer")
    foreign = module in _SYSTEMS and sys.platform != _SYSTEMS[module]
    if ours or foreign or not module.startswith("keyring"):
        return title, None
    try:
        priority = float(kind.priority)
    except Exception as error:  # noqa: BLE001 - a backend says by raising that it cannot be used
        said = visible(str(error), 200).rstrip(".")
        return title, BackendState(title=title, usable=False, why=f"{said or type(error).__name__}.")
    chosen = any(type(one) is kind for one in used)
    why = "" if priority > 0 else "It ranks itself below use."
    return title, BackendState(title=title, usable=priority > 0, chosen=chosen and priority > 0, why=why)


def _kinds(kind: Any) -> Iterator[Any]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)
