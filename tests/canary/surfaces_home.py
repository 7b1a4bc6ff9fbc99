"""What the commands around credentials at home let out: they hold them, and print none."""

from __future__ import annotations

from typing import cast

from canary_case import Laden
from program import Ran, World, once, world_of
from surfaces import surface

_OWN = """
import os, sys
os.environ["TUI401_CONFIG"] = os.path.join(os.environ["HOME"], "config-at-home")
os.environ["TUI401_VAULT_PASSPHRASE"] = sys.stdin.readline().rstrip("\\n")
from tui401.cli.run import run
sys.exit(run(sys.argv[1:]))
"""
STATE = "at-home"


def at_home(world: World, passphrase: str, *argv: str, given: str = "") -> Ran:
    """The program with a configuration and a vault of its own; the vault is the encrypted file."""
    return world.run(*argv, program=_OWN, given=f"{passphrase}\n{given}".encode(), state=STATE)


def vault(loaded: Laden) -> tuple[str, list[Ran]]:
    """Every verb of profile and vault on two credentials, one of which replaces another that a third name holds too."""

    def run(world: World) -> tuple[str, list[Ran]]:
        word = world.secret("the vault's passphrase")
        first, second = world.secret("a stored key"), world.secret("another stored key")
        ran = [
            at_home(world, word, "profile", "add", "prod", f"origins={world.api.origin}", "rotation_age=90d"),
            at_home(world, word, "profile", "set", "prod", f"client_secret={first}"),
            at_home(world, word, "profile", "set", "prod", second),
            at_home(world, word, "profile", "show", "prod"),
            at_home(world, word, "vault", "move", "--to", "file"),
            at_home(world, word, "vault", "store", "prod", "--note", f"it was {second}", given=first),
            at_home(world, word, "vault", "store", "jobs", given=first),
            at_home(world, word, "vault", "store", "prod", given=second),
            at_home(world, word, "vault", "store", "bad", given=f"{first}\n{second}"),
            at_home(world, word, "vault", "list"),
            at_home(world, word, "vault", "list", "--format", "json"),
            at_home(world, word, "vault", "note", f"ops changed {first}", "--profile", "prod"),
            at_home(world, word, "vault", "log"),
            at_home(world, word, "vault", "log", "--format", "json"),
            at_home(world, first, "vault", "list"),
            at_home(world, word, "vault", "delete", "jobs"),
            at_home(world, word, "vault", "delete", second),
            at_home(world, word, "profile", "remove", "prod"),
        ]
        codes = [one.code for one in ran]
        assert codes == [0, 2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 2, 0], [(one.code, one.err) for one in ran]
        return word, ran

    return cast("tuple[str, list[Ran]]", once(loaded, "at home", run))


@surface("profile and vault: standard output and error")
def vault_told(loaded: Laden) -> bytes:
    _, ran = vault(loaded)
    told = b"\n".join(one.out + one.err for one in ran)
    assert b"update these too" in told
    assert b"ops changed" in told
    return told


@surface("the encrypted file, the change log and config.toml on the disk")
def vault_at_rest(loaded: Laden) -> bytes:
    vault(loaded)
    world = world_of(loaded)
    kept = world.on_disk()
    assert b"credentials.sealed" in kept
    return kept + (world.home / "config-at-home" / "config.toml").read_bytes()
