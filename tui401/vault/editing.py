"""Changes to ``config.toml``: comments survive, two writers lose nothing, and a half-written file is never seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui401.locking import LockError, held
from tui401.vault.atomic import replace
from tui401.vault.fields import FIELDS, WrongError
from tui401.vault.profiles import BACKENDS, NAME, Profile, ProfileError, Settings, read_settings, text_of, unknown_key
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Table

_LISTS: Final = ("origins", "scopes")
_TABLE: Final = "least_scopes"


def add(path: Path, name: str, values: Mapping[str, str]) -> Profile:
    """Enters a new profile.

    Args:
        path: ``config.toml``; made where there is none.
        name: The profile's.
        values: By key as a person writes them: lists with spaces between their entries; ``least_scopes.GET /v1`` for
            one endpoint of a table.

    Raises:
        ProfileError: when there is one of that name, or a value is not what its key takes; nothing was written.
    """
    if not NAME.fullmatch(name):
        raise ProfileError(
            f"“{visible(name, 60)}” cannot name a profile: use up to 64 letters, digits, dots, hyphens and underscores."
        )
    made = _read(name, values)

    def enter(document: TOMLDocument) -> None:
        import tomlkit  # noqa: PLC0415 - only where the file is changed

        profiles = _table_of(document, "profile", super_table=True)
        if name in profiles:
            raise ProfileError(f"There is a profile {name} already. `tui401 profile set {name} KEY=VALUE` changes it.")
        table = tomlkit.table()
        _put(table, made)
        profiles[name] = table

    return change(path, enter).profiles[name]


def amend(path: Path, name: str, values: Mapping[str, str]) -> Profile:
    """Changes keys of a profile; an empty value takes the key away.

    Raises:
        ProfileError: when there is no such profile, or a value is not what its key takes; nothing was written.
    """
    made = _read(name, values)

    def enter(document: TOMLDocument) -> None:
        _put(_profile(document, name, path), made)

    return change(path, enter).profiles[name]


def remove(path: Path, name: str) -> None:
    """Takes a profile out.

    Raises:
        ProfileError: when there is none of that name; nothing was written.
    """

    def take(document: TOMLDocument) -> None:
        _profile(document, name, path)
        del document["profile"][name]

    change(path, take)


def rest_in(path: Path, backend: str) -> None:
    """Says where credentials rest from now on: one of ``BACKENDS``."""
    if backend not in BACKENDS:
        raise ProfileError(f"Credentials rest in one of {', '.join(BACKENDS)}; {visible(backend, 60)} is none of them.")

    def enter(document: TOMLDocument) -> None:
        _table_of(document, "vault")["backend"] = backend

    change(path, enter)


def change(path: Path, edit: Callable[[TOMLDocument], None]) -> Settings:
    """Edits the file under a lock; what it says then.

    Raises:
        ProfileError: when the file cannot be read or written, or would say something that it cannot; it stays as it is.
    """
    import tomlkit  # noqa: PLC0415 - only where the file is changed
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - the same

    # A dotfile that is a link stays one: what it leads to is replaced.
    real = path.resolve()
    try:
        with held(real.with_name(f".{real.name}.lock")):
            text = text_of(real)
            read_settings(path, text)
            windows = "\r\n" in text
            try:
                document = tomlkit.parse(text.replace("\r\n", "\n"))
                edit(document)
                new = tomlkit.dumps(document)
            except TOMLKitError as error:
                raise ProfileError(f"{path} cannot be changed ({type(error).__name__}). Edit it by hand.") from error
            said = read_settings(path, new)
            replace(real, (new.replace("\n", "\r\n") if windows else new).encode())
    except LockError as error:
        raise ProfileError(str(error)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProfileError(f"{path} cannot be written: {reason}. It is as it was.") from error
    return said


def _read(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The TOML values of what a person wrote; None takes a key away."""
    made: dict[str, Any] = {}
    problems: list[str] = []
    for key, text in values.items():
        field, dot, endpoint = key.partition(".")
        table = field == _TABLE and bool(dot)
        if key not in FIELDS and not table:
            problems.append(unknown_key(key, name))
            continue
        value: Any = None if not text else _words(text) if field in (*_LISTS, _TABLE) else text
        try:
            if value is not None:
                FIELDS[field]({endpoint: value} if table else value)
        except WrongError as wrong:
            problems.append(f"In the profile {name}, {field} {wrong}")
        if table:
            made.setdefault(_TABLE, {})[endpoint] = value
        else:
            made[key] = value
    if problems:
        raise ProfileError(*problems)
    return made


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _profile(document: TOMLDocument, name: str, path: Path) -> Any:
    profiles: Mapping[str, Any] = document.get("profile", {})
    if name not in profiles:
        there = f" There are {', '.join(profiles)}." if profiles else f" {path} names none."
        raise ProfileError(f"There is no profile {visible(name, 60)!r}.{there}")
    return profiles[name]


def _table_of(document: TOMLDocument, key: str, *, super_table: bool = False) -> Any:
    import tomlkit  # noqa: PLC0415 - only where the file is changed

    if key not in document:
        document[key] = tomlkit.table(is_super_table=super_table)
    return document[key]


def _put(table: Table, values: Mapping[str, Any]) -> None:
    import tomlkit  # noqa: PLC0415 - only where the file is changed

    for key, value in values.items():
        if isinstance(value, dict):
            if key not in table:
                table[key] = tomlkit.table()
            inner = table[key]
            _put(inner, value)
            if not inner:
                del table[key]
        elif value is None:
            table.pop(key, None)
        else:
            table[key] = _multiline(value) if isinstance(value, list) else value


def _multiline(values: Sequence[str]) -> Any:
    import tomlkit  # noqa: PLC0415 - only where the file is changed

    made = tomlkit.array()
    made.extend(values)
    return made.multiline(len(values) > 2)
