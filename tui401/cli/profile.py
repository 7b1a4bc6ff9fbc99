"""``tui401 profile``: what ``config.toml`` says, and changes to it that leave its comments alone."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui401.cli.arguments import UsageError
from tui401.cli.guards import hide_arguments
from tui401.cli.places import config_folder
from tui401.vault import editing
from tui401.vault.durations import written
from tui401.vault.fields import FIELDS
from tui401.vault.profiles import Profile, ProfileError, load
from tui401.wire.visible import visible


def run(options: argparse.Namespace) -> int:
    """One verb of ``tui401 profile``; the exit code.

    Raises:
        UsageError: for what is wrong with the file, the name or a value.
    """
    hide_arguments()  # somebody may try to put a secret there
    path = config_folder() / "config.toml"
    try:
        match options.verb:
            case "list":
                _print_all(load(path), path, as_json=options.format == "json")
            case "show":
                _print_one(named(load(path), options.name, path), as_json=options.format == "json")
            case "add":
                made = editing.add(path, options.name, _values(options.values))
                print(f"The profile {made.name} stands in {path}.")  # noqa: T201 - the output
            case "set":
                made = editing.amend(path, options.name, _values(options.values))
                print(f"The profile {made.name} is changed in {path}.")  # noqa: T201 - the same
            case _:
                before = named(load(path), options.name, path)
                editing.remove(path, options.name)
                print(f"The profile {options.name} is taken out of {path}.")  # noqa: T201 - the same
                _tell_what_stays(before)
    except ProfileError as error:
        raise UsageError(str(error)) from error
    return 0


def named(profiles: Mapping[str, Profile], name: str, path: Path) -> Profile:
    """The profile of that name.

    Raises:
        UsageError: when there is none; the sentence names those that there are.
    """
    if name not in profiles:
        there = f" There are {', '.join(profiles)}." if profiles else f" {path} names none."
        raise UsageError(f"There is no profile {name[:60]!r}.{there}")
    return profiles[name]


def _values(words: list[str]) -> dict[str, str]:
    made: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            # The word itself is not repeated: it may be a secret in a wrong place.
            raise UsageError('Give keys as KEY=VALUE, for example issuer=https://login.example.com scopes="a b".')
        made[key.strip()] = value
    return made


def _print_all(profiles: Mapping[str, Profile], path: Path, *, as_json: bool) -> None:
    if as_json:
        _write_json([_object(profile) for profile in profiles.values()])
        return
    if not profiles:
        print(f"There is no profile in {path}. `tui401 profile add NAME origins=https://…` makes one.")  # noqa: T201
    width = max((len(name) for name in profiles), default=0)
    for profile in profiles.values():
        origins = " ".join(map(str, profile.origins)) or "no origin"
        print(visible(f"{profile.name:<{width}}  {origins}  {profile.issuer or 'no issuer'}"))  # noqa: T201 - output


def _print_one(profile: Profile, *, as_json: bool) -> None:
    made = _object(profile)
    if as_json:
        _write_json(made)
        return
    print(visible(profile.where))  # noqa: T201 - the output
    width = max(map(len, FIELDS))
    for key, value in made.items():
        if key in FIELDS:
            print(visible(f"  {key:<{width}}  {_text(key, value)}"))  # noqa: T201 - the output


def _object(profile: Profile) -> dict[str, Any]:
    """What the profile says, without the keys that it leaves out."""
    given = {field.name: getattr(profile, field.name) for field in dataclasses.fields(profile)}
    given["origins"] = tuple(map(str, profile.origins))
    given["least_scopes"] = dict(profile.least_scopes)
    return {key: value for key, value in given.items() if value}


def _text(key: str, value: Any) -> str:
    if isinstance(value, float):
        return written(value)
    if key == "least_scopes":
        return "; ".join(f"{endpoint}: {' '.join(scopes)}" for endpoint, scopes in value.items())
    return value if isinstance(value, str) else " ".join(value)


def _write_json(made: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")


def _tell_what_stays(profile: Profile) -> None:
    stays = f"A credential kept as {profile.kept_as} stays in the vault: `tui401 vault delete {profile.kept_as}`."
    print(visible(stays), file=sys.stderr)  # noqa: T201 - talk
