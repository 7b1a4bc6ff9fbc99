"""``{{vault:NAME}}`` in a command: filled where the request's exact origin stands in that profile (safety.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui401.intake import Intake, IntakeError, fill
from tui401.intake.core import note
from tui401.model.http import From
from tui401.model.secret import Secret

if TYPE_CHECKING:
    from tui401.vault import Vault
    from tui401.vault.profiles import Profile

_ASKED: Final = re.compile(r"\{\{\s{0,8}vault:([A-Za-z0-9][A-Za-z0-9._-]{0,63})\s{0,8}\}\}")
_MOST: Final = 10


def names_in(words: list[str]) -> tuple[str, ...]:
    """The profiles whose credentials a command asks for, each once."""
    found = (name for word in words if "{{" in word for name in _ASKED.findall(word))
    return tuple(dict.fromkeys(found))[:_MOST]


def asked_by(intake: Intake) -> tuple[str, ...]:
    """The profiles whose credentials a draft asks for: a pasted one lists them, one from the shell carries them."""
    argv = [word.reveal() for word in intake.source.argv] if intake.source is not None else []
    return tuple(dict.fromkeys((*names_in(list(intake.unfilled)), *names_in(argv))))


def refusal(intake: Intake, name: str, profiles: Mapping[str, Profile]) -> str:
    """Why a profile's credential may not go into this request, as a sentence; "" when it may.

    No ``--yes`` outweighs it: whoever wrote the command chose its address, and the profile's owner chose the origins.
    """
    profile = profiles.get(name)
    if profile is None:
        there = f" There are {', '.join(profiles)}." if profiles else ""
        return f"{{{{vault:{name}}}}} names no profile of yours.{there}"
    origin = intake.request.origin
    if origin not in profile.origins:
        listed = ", ".join(map(str, profile.origins)) or "none"
        return (
            f"{{{{vault:{name}}}}} is not filled: the request goes to {origin}, and the origins of your profile {name} "
            f"are {listed}. Nothing was sent."
        )
    transport = intake.request.transport
    if not transport.verify:
        return (
            f"{{{{vault:{name}}}}} is not filled: -k would let anybody on the way read it. Leave -k out, or name "
            "the CA with --cacert. Nothing was sent."
        )
    elsewhere = transport.resolve or (
        transport.proxy is not None and transport.proxy.provenance.origin is not From.VARIABLE
    )
    if origin.scheme == "http" and elsewhere:
        return (
            f"{{{{vault:{name}}}}} is not filled: the command leads {origin} by a way of its own, and without https "
            "nobody can tell who answers there. Nothing was sent."
        )
    return ""


async def filled(
    intake: Intake,
    known: Callable[[], Mapping[str, Profile]],
    vault: Callable[[], Vault],
    read: Callable[[list[str]], Intake],
) -> Intake:
    """The intake with the credentials of profiles that it asks for.

    Args:
        intake: A draft, or a whole one.
        known: Your profiles; read only when one is named.
        vault: Where the credentials rest; opened only when one is asked for.
        read: Reads a command line as the shell handed it over.

    Raises:
        IntakeError: when one may not be filled, is not kept, or cannot be read.
    """
    names = asked_by(intake)
    if not names:
        return intake
    profiles = known()
    for name in names:
        says = refusal(intake, name, profiles)
        if says:
            raise IntakeError(says)
    values = {name: await _taken(vault(), profiles[name]) for name in names}
    # What comes after is another request; it has to be the same one, and the value in nobody else's part of it.
    made = _written(intake, values, read)
    for name, value in values.items():
        says = refusal(made, name, profiles) or _astray(made, name, value)
        if says:
            raise IntakeError(says)
    told = tuple(note("vault-filled", f"{{{{vault:{name}}}}} is filled from the vault.") for name in values)
    return replace(made, notes=(*made.notes, *told))


async def _taken(vault: Vault, profile: Profile) -> Secret[str]:
    from tui401.vault import VaultError  # noqa: PLC0415 - only where one is asked for

    try:
        value = await vault.take(profile.kept_as)
    except VaultError as error:
        raise IntakeError(f"{{{{vault:{profile.name}}}}} is not filled. {error}") from error
    if value is None:
        raise IntakeError(
            f"Nothing is kept as {profile.kept_as}. `tui401 vault store {profile.kept_as}` keeps a credential, "
            f"`tui401 token {profile.name}` gets one."
        )
    return value


def _written(intake: Intake, values: Mapping[str, Secret[str]], read: Callable[[list[str]], Intake]) -> Intake:
    made = intake
    for shown in intake.unfilled:
        found = _ASKED.fullmatch(shown)
        if found is not None:
            made = fill(made, shown, values[found[1]])
    argv = [word.reveal() for word in made.source.argv] if made.source is not None else []
    if not names_in(argv):
        return made
    return read([_ASKED.sub(lambda found: values[found[1]].reveal(), word) for word in argv])


def _astray(made: Intake, name: str, value: Secret[str]) -> str:
    """Why the value must not stay where it was written, as a sentence: a proxy would read it."""
    proxy = made.request.transport.proxy
    beside = [proxy.url, proxy.credential.reveal() if proxy.credential is not None else ""] if proxy is not None else []
    if any(value.reveal() in text for text in beside):
        return f"{{{{vault:{name}}}}} is not filled: a proxy would have it. It goes to the API only. Nothing was sent."
    return ""
