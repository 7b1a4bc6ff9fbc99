"""What the commands around credentials at home let out: they hold them, and print none."""

from __future__ import annotations

from functools import partial
from typing import cast

from canary_case import Laden
from program import Ran, World, once, world_of
from surfaces import surface

_OWN = """
import os, sys
os.environ["AT_HOME"], word = sys.stdin.readline().split()
os.environ["TUI401_CONFIG"] = os.path.join(os.environ["HOME"], os.environ["AT_HOME"])
os.environ["TUI401_VAULT_PASSPHRASE"] = word
from tui401.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


def at_home(world: World, passphrase: str, *argv: str, given: str = "", where: str = "at-home") -> Ran:
    """The program with a configuration and a vault of its own; the vault is the encrypted file."""
    return world.run(*argv, program=_OWN, given=f"{where} {passphrase}\n{given}".encode(), state=where)


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
    return kept + (world.home / "at-home" / "config.toml").read_bytes()


used_at = partial(at_home, where="used-at-home")


def used(loaded: Laden) -> list[Ran]:
    """A kept credential judged, filled into commands, and printed by the one command that may."""

    def run(world: World) -> list[Ran]:
        word, key = world.secret("the passphrase of another vault"), world.secret("a used key")
        shouts = f"python3 -c 'import sys; print(sys.stdin.read(), file=sys.stderr); sys.exit(\"no {key}\")'"
        header = "Authorization: Bearer {{vault:used}}"
        ran = [
            used_at(world, word, "profile", "add", "used", f"origins={world.api.origin}"),
            used_at(
                world, word, "profile", "add", "shouts", f"origins={world.other.origin}", f"token_command={shouts}"
            ),
            used_at(world, word, "vault", "move", "--to", "file"),
            used_at(world, word, "vault", "store", "used", given=key),
            used_at(world, word, "guard", "used", "--min-lifetime", "5m"),
            used_at(world, word, "guard", "--format", "json", *world.command()),
            used_at(world, word, "guard", "curl", f"{world.api.origin}/v1", "-H", header),
            used_at(world, word, "guard", "curl", "http://127.0.0.1:1/v1", "-H", header),
            used_at(world, word, "diagnose", "--only-api", "curl", f"{world.api.origin}/v1", "-H", header),
            used_at(world, word, "token", "shouts"),
            used_at(world, word, "token", "used"),
        ]
        assert ran[-1].out == f"{key}\n".encode(), ran[-1].err
        assert [ran[4].code, ran[6].code, ran[7].code, ran[9].code] == [0, 0, 2, 1], [(r.code, r.err) for r in ran]
        return ran

    return cast("list[Ran]", once(loaded, "used at home", run))


@surface("guard, token and commands filled from the vault: all but the token itself")
def vault_used(loaded: Laden) -> bytes:
    *others, printed = used(loaded)
    return b"\n".join(one.out + one.err for one in others) + printed.err + b"."


@surface("doctor on a machine whose proxy has a password")
def doctor(loaded: Laden) -> bytes:
    world = world_of(loaded)
    password = world.secret("the proxy's password in the environment")
    program = _OWN.replace(
        "import os, sys", f"import os, sys\nos.environ['https_proxy'] = 'http://ada:{password}@127.0.0.1:9'"
    )
    word = world.secret("the doctor's passphrase")
    told = b""
    for options in ((), ("--format", "json")):
        argv = ("doctor", "--offline", *options)
        ran = world.run(*argv, program=program, given=f"at-the-doctor {word}\n".encode(), state="at-the-doctor")
        assert b"127.0.0.1:9" in ran.out, ran.err
        told += ran.out + ran.err
    return told
