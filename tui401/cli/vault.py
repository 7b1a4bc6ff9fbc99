"""``tui401 vault``: credentials at rest by their names, and the log of their changes. No value is ever printed."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
import time
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from tui401.cli import vaults
from tui401.cli.arguments import UsageError
from tui401.cli.guards import hide_arguments
from tui401.cli.kept_list import Line, lines_of, table, terminal_width, watch
from tui401.cli.kept_secrets import slot
from tui401.cli.places import config_folder
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import CredentialChange
from tui401.vault import Vault, VaultError
from tui401.vault.backends import survey
from tui401.vault.editing import rest_in
from tui401.vault.profiles import ProfileError, Settings
from tui401.vault.store import Kept
from tui401.wire import redact
from tui401.wire.claims import numeric_date
from tui401.wire.jwt import take_apart
from tui401.wire.visible import visible

_MOST: Final = 1 << 20  # characters of a credential

T = TypeVar("T")


def run(options: argparse.Namespace) -> int:
    """One verb of ``tui401 vault``; the exit code.

    Raises:
        UsageError: for bad input, and where the vault cannot be used.
    """
    hide_arguments()  # a note or a name may quote what it should not
    match options.verb:
        case "list":
            return _list(options)
        case "store":
            return _store(options)
        case "delete":
            return _delete(options)
        case "move":
            return _move(options.to)
        case "log":
            return _log(options)
        case _:
            changed = _change(options.kind, options.profile, "by hand", options.text)
            problem = vaults.log(changed)
            if problem:
                raise UsageError(problem)
            print("Noted.")  # noqa: T201 - the output
            return 0


def _list(options: argparse.Namespace) -> int:
    settings, vault = vaults.said(), vaults.opened()
    if options.watch:
        if options.format == "json" or not sys.stdout.isatty():
            raise UsageError("--watch counts down on a terminal. Leave it out, or leave the pipe out.")
        return watch(_done(_lines(vault, settings)))
    lines = _done(_lines(vault, settings))
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode([line.as_object() for line in lines])) + b"\n")
        return 0
    if not lines:
        print(f"Nothing is kept in {vault.where} yet. `tui401 vault store NAME` keeps a credential.")  # noqa: T201
    for text in table(lines, time.time(), terminal_width()):
        print(text)  # noqa: T201 - the output
    return 0


async def _lines(vault: Vault, settings: Settings) -> tuple[Line, ...]:
    return await lines_of(vault, settings)


def _store(options: argparse.Namespace) -> int:
    settings = vaults.said()
    owner = settings.profiles.get(options.profile or options.name)
    owner = owner or next((p for p in settings.profiles.values() if p.kept_as == options.name), None)
    profile = options.profile or (owner.name if owner is not None else "")
    if owner is not None and options.name == owner.name:
        # A secret of the client is found by client and issuer, so that its other profiles have it, too.
        options.name = slot(owner.known(), options.kind)
    vault = vaults.opened()
    if sys.stdin.isatty():
        _done(
            vault.entries()
        )  # a passphrase or a keyring that fails is told before anything is typed that would be lost
    secret = _given(options.name)
    kind, expires = recognised(secret)
    kind = options.kind or kind
    told = _done(_put(vault, Kept(name=options.name, kind=kind, expires=expires, profile=profile), secret))
    print(visible(f"Stored in {vault.where} as {options.name}."))  # noqa: T201 - the output
    for line in told:
        print(visible(line))  # noqa: T201 - the output
    problem = vaults.log(_change(kind, profile, "stored", options.note))
    if problem:
        print(visible(problem), file=sys.stderr)  # noqa: T201 - talk
    return 0


async def _put(vault: Vault, kept: Kept, secret: Secret[str]) -> list[str]:
    """Stores it, and says which others hold the one that it replaces, or the same."""
    old = await vault.take(kept.name)
    await vault.store(kept.name, secret, kind=kept.kind, expires=kept.expires, profile=kept.profile)
    return await also_kept(vault, kept.name, old, secret)


async def also_kept(vault: Vault, name: str, old: Secret[str] | None, new: Secret[str]) -> list[str]:
    """Sentences on what else holds the credential that was replaced, or the new one."""
    told = []
    if old is not None and old != new:
        others = [_known_as(kept.name, kept.profile) for kept in await vault.same_as(old) if kept.name != name]
        if others:
            told.append(f"The one that it replaces is also kept as {_listed(others)}: update these too.")
    others = [_known_as(kept.name, kept.profile) for kept in await vault.same_as(new) if kept.name != name]
    if others:
        told.append(f"The same credential is kept as {_listed(others)}.")
    return told


def _known_as(name: str, profile: str) -> str:
    return f"{name} (profile {profile})" if profile and profile != name else name


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def recognised(secret: Secret[str]) -> tuple[str, float | None]:
    """What a credential is by its shape, and when it ends: seconds since the epoch, None where it does not say."""
    parts = take_apart(secret.reveal())
    if parts.claims:
        return "access-token", numeric_date(parts.claims.get("exp"))
    return "other", None


def _given(name: str) -> Secret[str]:
    """The credential from a pipe, or masked from the terminal.

    Raises:
        UsageError: when there is none, or it is more than one line.
    """
    if sys.stdin.isatty():
        text = getpass.getpass(f"Credential to keep as {visible(name, 60)} (masked): ", stream=sys.stderr)
    else:
        text = sys.stdin.read(_MOST + 1)
    text = text.strip("\r\n")
    if not text or len(text) > _MOST or "\n" in text or "\r" in text:
        raise UsageError("Give one credential, on one line: typed at the question, or through a pipe.")
    return Secret(text)


def _delete(options: argparse.Namespace) -> int:
    vault = vaults.opened()
    kept = next((one for one in _done(vault.entries()) if one.name == options.name), None)
    if not _done(vault.delete(options.name)):
        raise UsageError(f"Nothing is kept as {options.name[:60]!r}. `tui401 vault list` names what is.")
    print(visible(f"Deleted from {vault.where}: {options.name}."))  # noqa: T201 - the output
    kind, profile = (kept.kind, kept.profile) if kept is not None else ("other", "")
    vaults.log(_change(kind, profile, "deleted", ""))
    return 0


def _move(to: str) -> int:
    """Copies all, looks that they arrived, says where new ones go, and only then deletes the old."""
    settings = vaults.said()
    if to == settings.backend:
        raise UsageError(f"Credentials rest in {vaults.chosen(to).where} already.")
    source, target = vaults.opened(settings.backend), vaults.opened(to)
    if to != "memory":
        reason = _done(_ready(target))
        if reason:
            raise UsageError(reason)
    reason = asyncio.run(source.why_not())
    moved = 0 if reason or to == "memory" else _done(_copy(source, target))
    try:
        rest_in(config_folder() / "config.toml", to)
    except ProfileError as error:
        raise UsageError(f"{error} The credentials stay in {source.where} as well.") from error
    print(visible(f"New credentials rest in {target.where}."))  # noqa: T201 - the output
    if reason:
        print(visible(f"None could be moved. {reason}"), file=sys.stderr)  # noqa: T201 - talk
    elif moved:
        _done(_clear(source, target))
        print(f"{moved} moved, and deleted from {source.where}.")  # noqa: T201 - the output
    return 0


async def _ready(target: Vault) -> str:
    reason = await target.why_not()
    if not reason:
        await target.entries()
    return reason


async def _copy(source: Vault, target: Vault) -> int:
    entries = await source.entries()
    for kept in entries:
        secret = await source.take(kept.name)
        if secret is None:
            continue
        await target.store(
            kept.name, secret, kind=kept.kind, expires=kept.expires, profile=kept.profile, at=kept.at or None
        )
        if await target.take(kept.name) != secret:
            raise VaultError(f"{kept.name} did not arrive whole in {target.where}. Nothing was deleted.")
    return len(entries)


async def _clear(source: Vault, target: Vault) -> None:
    for name in await target.names():
        await source.delete(name)


def _log(options: argparse.Namespace) -> int:
    changes = vaults.latest(max(1, options.most), options.profile)
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(changes), indent=2) + b"\n")
        return 0
    if not changes:
        print("No credential has changed yet, as far as tui401 knows. `tui401 vault note TEXT` adds a line.")  # noqa: T201
    for change in changes:
        print(visible(as_line(change)))  # noqa: T201 - the output
    return 0


def as_line(change: CredentialChange) -> str:
    """A line of the change log for a terminal, by local time."""
    when = datetime.fromtimestamp(change.at).astimezone().strftime("%Y-%m-%d %H:%M")
    note = f"  {change.note}" if change.note else ""
    return f"{when}  {change.profile or '-':<16} {change.what:<14} {change.way}{note}"


def _change(what: str, profile: str, way: str, note: str) -> CredentialChange:
    # A person may quote the value that they changed.
    return CredentialChange(at=time.time(), what=what, profile=profile, way=way, note=redact.text(note[:500], Names()))


def _done(call: Coroutine[Any, Any, T]) -> T:
    """What a call to the vault gives.

    Raises:
        UsageError: with the sentence, why each backend cannot be used, and what can be done.
    """
    try:
        return asyncio.run(call)
    except VaultError as error:
        raise UsageError(asyncio.run(explained(str(error)))) from error


async def explained(problem: str, *, of_a_session: bool = False) -> str:
    """A vault's problem with all that the person needs to choose: why no backend could be used, and the way out.

    Args:
        problem: The vault's sentence.
        of_a_session: The credential lives on in memory, and a screen offers the way out.
    """
    lines = [problem if of_a_session else problem.replace(" The credential stays in this session's memory.", "")]
    states = await survey()
    if not any(state.usable for state in states):
        lines += [f"  {state.title}: {state.why}" for state in states]
        if not of_a_session:
            lines.append("`tui401 vault move --to file` keeps credentials in an encrypted file instead.")
    return "\n".join(lines)
