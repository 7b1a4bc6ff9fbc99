"""What a comparison of two laden requests lets out, and who receives what."""

from __future__ import annotations

import json
import shlex

from canary_case import Laden
from program import world_of
from surfaces import surface


@surface("compare: text and JSON of two commands")
def compared(loaded: Laden) -> bytes:
    world = world_of(loaded)
    command = shlex.join(world.command())
    other = f"{command} -H 'X-Another: 1'"
    text = world.run("compare", "--yes", command, other)
    made = world.run("compare", "--offline", "--format", "json", command, other)
    assert b"X-Another" in text.out, text.err
    assert [d["name"] for d in json.loads(made.out)["differences"]] == ["X-Another"]
    return text.out + text.err + made.out + made.err


@surface("compare: two commands without anything in common")
def compared_apart(loaded: Laden) -> bytes:
    world = world_of(loaded)
    bare = f"curl http://127.0.0.1:{world.api.port}/"
    ran = world.run("compare", "--yes", bare, shlex.join(world.command()))
    assert b"Differences" in ran.out, ran.err
    return ran.out + ran.err


@surface("compare: what is wrong with a side")
def complained(loaded: Laden) -> bytes:
    world = world_of(loaded)
    secret = loaded.canaries[0].secret
    ran = world.run("compare", secret, f"no command {secret}")
    assert ran.code == 2
    return ran.out + ran.err


@surface("compare: a search on a server that echoes, and what is kept of it")
def searched(loaded: Laden) -> bytes:
    world = world_of(loaded)
    url = f"http://127.0.0.1:{world.api.port}/"
    one, other = (f"curl {url} -H 'Authorization: Bearer {canary.secret}'" for canary in loaded.canaries[:2])
    ran = world.run("compare", "--yes", one, other, state="compared")
    assert b"UNDETERMINED  The request that is said to work is refused, too" in ran.out, ran.err
    kept = world.on_disk()
    assert b"journal.sqlite3" in kept
    return ran.out + ran.err + kept
