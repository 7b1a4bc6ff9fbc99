"""What the whole program lets out when it is run on a laden command, and who receives what."""

from __future__ import annotations

import base64
import re
import shlex
from typing import cast

from canary_case import Laden
from program import Ran, World, once, world_of
from surfaces import surface

KEPT = "kept"  # the state folder of the run whose case is looked at later

MOST_FIXES = 4

# -- headless ----------------------------------------------------------------------------------------------------


def fixed(loaded: Laden) -> Ran:
    """A recovery to its end: the token endpoint echoes, too, and the API takes what it gave."""

    def run(world: World) -> Ran:
        options = ["--all", "--yes", "--fix", "--report", "written.html", *world.knows]
        ran = world.run("diagnose", *options, *world.command(), state=KEPT)
        assert ran.code == 0, ran.err
        assert b"RECOVERED" in ran.out
        return ran

    return cast("Ran", once(loaded, "fixed", run))


def as_json(loaded: Laden) -> Ran:
    def run(world: World) -> Ran:
        ran = world.run("diagnose", "--format", "json", "--all", "--yes", *world.knows, *world.command())
        assert ran.code in (1, 3), ran.err
        return ran

    return cast("Ran", once(loaded, "json", run))


@surface("diagnose --fix --all: standard output")
def fixed_out(loaded: Laden) -> bytes:
    return fixed(loaded).out


@surface("diagnose --fix --all: standard error")
def fixed_err(loaded: Laden) -> bytes:
    return fixed(loaded).err


@surface("diagnose --fix --least: both outputs, with every token of the search echoed")
def searched(loaded: Laden) -> bytes:
    def run(world: World) -> Ran:
        options = ["--yes", "--fix", "--least", "--scope", "orders:read orders:write", *world.knows]
        ran = world.run("diagnose", *options, *world.command("-X", "GET"))
        assert ran.code == 0, ran.err
        assert b"LEAST SCOPE" in ran.out, ran.out + ran.err
        return ran

    ran = cast("Ran", once(loaded, "searched", run))
    return ran.out + ran.err


@surface("diagnose --format json --all --yes")
def json_out(loaded: Laden) -> bytes:
    return as_json(loaded).out + as_json(loaded).err


@surface("diagnose --report: the file written beside")
def report_beside(loaded: Laden) -> bytes:
    fixed(loaded)
    return (world_of(loaded).home / "written.html").read_bytes()


@surface("diagnose of a text on standard input")
def piped(loaded: Laden) -> bytes:
    world = world_of(loaded)
    text = shlex.join(world.command()).encode()
    ran = world.run("diagnose", "--all", "--yes", *world.knows, "-", given=text)
    assert b" 401" in ran.out, ran.err
    return ran.out + ran.err


@surface("diagnose through a proxy that echoes")
def proxied(loaded: Laden) -> bytes:
    world = world_of(loaded)
    proxy = loaded.request.transport.proxy
    assert proxy is not None
    assert proxy.credential is not None
    through = ["-x", f"http://{proxy.credential.reveal()}@127.0.0.1:{world.api.port}"]
    ran = world.run("diagnose", "--all", *world.knows, *world.command(*through))
    assert b" 401" in ran.out, ran.err
    return ran.out + ran.err


@surface("the process list when a request arrives")
def process_list(loaded: Laden) -> bytes:
    seen = fixed(loaded).processes
    assert len(seen) >= 4
    assert all(b"tui401" in one for one in seen)
    return b"\n".join(seen)


@surface("the journal's files while it runs and after")
def journal_files(loaded: Laden) -> bytes:
    ran = fixed(loaded)
    assert b"-wal" in ran.state[-1]
    after = world_of(loaded).on_disk()
    assert b"journal.sqlite3" in after
    return b"\n".join([*ran.state, after])


@surface("what the programs that it starts are given")
def children(loaded: Laden) -> bytes:
    fixed(loaded)
    given = world_of(loaded).started()
    assert b"PATH=" in given
    assert b"TUI401" not in given
    return given


# -- what was kept -----------------------------------------------------------------------------------------------


def kept_case(loaded: Laden) -> str:
    found = re.search(rb"tui401 open ([0-9a-f]{8})", fixed(loaded).err)
    assert found is not None
    return found[1].decode()


@surface("cases, as text and as JSON")
def cases(loaded: Laden) -> bytes:
    case = kept_case(loaded)
    world = world_of(loaded)
    out = world.run("cases", state=KEPT).out + world.run("cases", "--format", "json", state=KEPT).out
    assert case.encode() in out
    return out


@surface("report .md")
def report_markdown(loaded: Laden) -> bytes:
    ran = world_of(loaded).run("report", kept_case(loaded), state=KEPT)
    assert ran.out.startswith(b"#"), ran.err
    return ran.out + ran.err + written_as(loaded, "kept.md")


@surface("report .json")
def report_json(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("report", kept_case(loaded), "-o", "kept.json", state=KEPT)
    assert ran.code == 0, ran.err
    return (world.home / "kept.json").read_bytes() + ran.err


@surface("report .html")
def report_html(loaded: Laden) -> bytes:
    return written_as(loaded, "kept.html")


@surface("report .har")
def report_har(loaded: Laden) -> bytes:
    made = written_as(loaded, "kept.har")
    # What stands in for a token is base64 of what may be seen of it; a secret in there would not show as it is.
    parts = {part for token in re.findall(rb"eyJ[\w.-]+", made) for part in token.split(b".")}
    assert parts
    return made + b"\n".join(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in sorted(parts))


@surface("a JSON report judged again, and one with a value struck out")
def report_again(loaded: Laden) -> bytes:
    world = world_of(loaded)
    made = written_as(loaded, "again.json")
    judged = world.run("explain", "--all", "again.json")
    assert b" 401" in judged.out, judged.err
    struck = world.run("report", kept_case(loaded), "--strike", "svc-orders", "-o", "struck.json", state=KEPT)
    assert struck.code == 0, struck.err
    left = (world.home / "struck.json").read_bytes()
    assert b"svc-orders" in made
    assert b"svc-orders" not in left
    return judged.out + judged.err + struck.err + left


def written_as(loaded: Laden, name: str) -> bytes:
    """The report of the kept case in the form that the name asks for."""
    world = world_of(loaded)
    ran = world.run("report", kept_case(loaded), "-o", name, state=KEPT)
    assert ran.code == 0, ran.err
    return (world.home / name).read_bytes() + ran.err


# -- who receives what -------------------------------------------------------------------------------------------


@surface("what another origin receives after a redirect")
def other_origin(loaded: Laden) -> bytes:
    world = world_of(loaded)
    command = world.command("-L", "--location-trusted", target="/elsewhere")
    ran = world.run("diagnose", "--yes", "--all", *world.knows, *command)
    assert world.other.seen, ran.err
    return world.other.received


@surface("diagnose of a request that is redirected to another origin")
def redirected(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("diagnose", "--all", *world.knows, *world.command("-L", "--location-trusted", target="/elsewhere"))
    assert b"401" in ran.out
    return ran.out + ran.err


@surface("what time servers receive")
def time_server(loaded: Laden) -> bytes:
    fixed(loaded)
    return b"".join(world_of(loaded).time.received)


@surface("what the issuer receives, but for its token endpoint")
def issuer(loaded: Laden) -> bytes:
    fixed(loaded)
    asked = [one for one in world_of(loaded).issuer.seen if one.target != "/token"]
    assert all(one.method == "GET" for one in asked)
    return b"\n".join(one.raw for one in asked)


@surface("what the token endpoint receives, but for the client's secret")
def token_endpoint(loaded: Laden) -> bytes:
    fixed(loaded)
    asked = [one for one in world_of(loaded).issuer.seen if one.target == "/token"]
    secret = loaded.case.known.client_secret
    assert secret is not None
    left = b"\n".join(re.sub(rb"(?im)^authorization:.*$", b"", one.raw) for one in asked)
    return left.replace(secret.reveal().encode(), b"")
