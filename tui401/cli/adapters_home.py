"""Vault, encrypted file and profiles behind the wizard's ports."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from tui401.ui.ports import PortError

# Whatever is not needed to draw the first frame is imported where it is used.
if TYPE_CHECKING:
    from tui401.model.secret import Secret
    from tui401.vault import Vault as Keyring

T = TypeVar("T")


class Keyrings:
    """Gives the vault where the person chose that credentials rest.

    Attributes:
        passphrase: Of the encrypted file, once the person gave it on a screen.
    """

    def __init__(self) -> None:
        self.passphrase: Secret[str] | None = None

    def __call__(self) -> Keyring:
        """The vault; it is opened by its first use."""
        from tui401.cli.arguments import UsageError  # noqa: PLC0415 - after the first frame
        from tui401.cli.vaults import chosen, from_environment, said  # noqa: PLC0415 - the same

        try:
            return chosen(said().backend, self.passphrase or from_environment())
        except UsageError as error:
            raise PortError(str(error)) from error


class Vault:
    """The vault for the screens.

    Args:
        keyring: Gives it.
    """

    def __init__(self, keyring: Keyrings) -> None:
        self._keyring = keyring

    async def store(self, name: str, secret: Secret[str]) -> str:
        """Keeps a credential under a name; sentences on where it went, and on what else holds the one before."""
        return await stored(self._keyring(), name, secret)

    async def names(self) -> Sequence[str]:
        """The names that credentials are kept under."""
        from tui401.vault.fingerprints import NAME  # noqa: PLC0415 - after the first frame

        return [name for name in await told(self._keyring().names()) if name != NAME]

    async def take(self, name: str) -> Secret[str]:
        """The credential of that name."""
        secret = await told(self._keyring().take(name))
        if secret is None:
            raise PortError(f"The keyring holds nothing under {name}.")
        return secret


class Sealed:
    """The encrypted file for the screens.

    Args:
        keyring: Is told the passphrase.
    """

    def __init__(self, keyring: Keyrings) -> None:
        self._keyring = keyring

    @property
    def new(self) -> bool:
        """Whether its passphrase is chosen now."""
        from tui401.cli.vaults import encrypted_path  # noqa: PLC0415 - after the first frame

        return not encrypted_path().exists()

    async def store(self, name: str, secret: Secret[str], passphrase: Secret[str]) -> str:
        """Keeps it there, and enters in ``config.toml`` that all others go there, too."""
        from tui401.cli.build import config_path  # noqa: PLC0415 - after the first frame
        from tui401.cli.vaults import chosen  # noqa: PLC0415 - the same
        from tui401.vault.editing import rest_in  # noqa: PLC0415 - the same
        from tui401.vault.profiles import ProfileError  # noqa: PLC0415 - the same

        says = await stored(chosen("file", passphrase), name, secret)
        try:
            rest_in(config_path(), "file")
        except ProfileError as error:
            raise PortError(f"{says} {error}") from error
        self._keyring.passphrase = passphrase
        return f"{says} New ones go there from now on."


class Profiles:
    """``config.toml`` for the screens."""

    async def keep(self, name: str, values: Mapping[str, str]) -> str:
        """Enters a new profile."""
        from tui401.cli.build import config_path  # noqa: PLC0415 - after the first frame
        from tui401.vault.editing import add  # noqa: PLC0415 - the same
        from tui401.vault.profiles import ProfileError  # noqa: PLC0415 - the same

        try:
            add(config_path(), name, values)
        except ProfileError as error:
            raise PortError(str(error)) from error
        return f"The profile {name} stands in {config_path()}."


async def stored(vault: Keyring, name: str, secret: Secret[str]) -> str:
    """Keeps a credential, logs that, and says where it went, what else holds the one before, what its policy wishes.

    Args:
        vault: Where to.
        name: A profile's, or any other.
        secret: It.
    """
    from tui401.cli.arguments import UsageError  # noqa: PLC0415 - after the first frame
    from tui401.cli.kept_list import life_of  # noqa: PLC0415 - the same
    from tui401.cli.vault import also_kept, recognised  # noqa: PLC0415 - the same
    from tui401.cli.vaults import log, said  # noqa: PLC0415 - the same
    from tui401.judge.advice import advice  # noqa: PLC0415 - the same
    from tui401.model.shown import CredentialChange  # noqa: PLC0415 - the same
    from tui401.vault.store import Kept  # noqa: PLC0415 - the same

    try:
        profile = said().profiles.get(name)
    except UsageError as error:
        raise PortError(str(error)) from error
    kept_as, owner = (profile.kept_as, profile.name) if profile is not None else (name, "")
    kind, expires = recognised(secret)
    old = await told(vault.take(kept_as))
    await told(vault.store(kept_as, secret, kind=kind, expires=expires, profile=owner))
    others = await told(also_kept(vault, kept_as, old, secret))
    now = time.time()
    problem = log(CredentialChange(at=now, what=kind, profile=owner, way="stored"))
    if profile is not None:
        life = life_of(Kept(name=kept_as, kind=kind, at=now, expires=expires), secret)
        others += [one.says for one in advice(profile.policy, life, now)]
    return " ".join([f"Stored in {vault.where} as {kept_as}.", *others, *([problem] if problem else [])])


async def told(call: Awaitable[T]) -> T:
    """What a call to the vault gives, its error as one that screens know, with all reasons a line each."""
    from tui401.cli.vault import explained  # noqa: PLC0415 - after the first frame
    from tui401.vault import VaultError  # noqa: PLC0415 - the same

    try:
        return await call
    except VaultError as error:
        raise PortError(await explained(str(error), of_a_session=True)) from error
