"""Credentials at rest: in the operating system's keyring, or nowhere."""

from tui401.vault.store import Vault, VaultError

__all__ = ["Vault", "VaultError"]
