"""A curl command that a shell has taken apart already, as in ``tui401 curl …``, to the request that curl would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui401.intake import elsewhere, holders, surface, unquoted
from tui401.intake.build import build
from tui401.intake.called import Called, called, for_curl, notes
from tui401.intake.core import Intake, IntakeError, Source, World
from tui401.intake.files import Files
from tui401.intake.reading import Reading
from tui401.intake.transport import decided
from tui401.intake.words import Word
from tui401.model.http import From
from tui401.model.secret import Secret
from tui401.model.shown import Note


def from_argv(
    argv: Sequence[str], *, env: Mapping[str, str], home: str, cwd: str, stdin: bytes | None = None
) -> Intake:
    """Reads a curl command.

    Args:
        argv: Its words, ``curl`` left out, first, or behind what may stand before it (``sudo``, ``NAME=…``). The
            shell has expanded them, so they are taken as they stand.
        env: The environment: proxies, certificate files, CURL_HOME and HOME count as curl counts them.
        home: The home folder, for ``.curlrc`` and ``.netrc`` where HOME is not set.
        cwd: The folder that relative file names start from.
        stdin: What stands on standard input, for ``@-``; None for nothing.

    Returns:
        The intake. Files that the command names have been read.

    Raises:
        IntakeError: A sentence on what is wrong. Nothing else is ever raised.
    """
    return from_argv_source(Source(Secret(""), World(env, home, cwd, stdin), tuple(Secret(text) for text in argv)))


def from_argv_source(source: Source) -> Intake:
    """Makes the intake of a command's words again, with what was filled in since; see `from_argv`."""
    given = [secret.reveal() for secret in source.argv]
    line = called(given) or Called(tuple(given))
    world = source.world
    if line.assigned:
        world = replace(world, env={**world.machine, **for_curl(line.assigned)}, around=world.machine)
    words = [Word(text) for text in line.words]
    return from_words(words, replace(source, world=world), via="curl", origin=From.COMMAND, notes=notes(line))


def from_words(
    words: Sequence[Word],
    source: Source,
    *,
    via: str,
    origin: From,
    notes: Sequence[Note] = (),
    unfilled: Sequence[str] = (),
    variables: Sequence[str] = (),
) -> Intake:
    """Makes the intake of a command's words behind ``curl``; see `from_argv` and `tui401.intake.paste`."""
    if not words:
        raise IntakeError("curl stands there alone. Put the whole command that was refused behind it.")
    files = Files(source.world)
    reading = Reading(files, origin)
    settings = reading.command(words)
    reading.notes += unquoted.notes(settings)
    built = build(settings, files, dict(source.filled))
    reading.notes[:0] = surface.inspect(words)
    way = elsewhere.way_to(source.world.machine, files)
    held = holders.notes(built.request, source.world.machine) if via == "curl" else ()
    return Intake(
        request=built.request,
        notes=(*notes, *reading.notes, *built.notes, *held, *elsewhere.notes(way, built.request.transport)),
        unfilled=tuple(unfilled),
        prompts=tuple(built.prompts),
        reads=tuple(files.reads),
        pending=files.pending,
        variables=tuple(dict.fromkeys((*variables, *reading.used))),
        via=via,
        source=source,
        way_to=way,
        shadowed=built.shadowed,
        decided=decided(settings, built.request.origin, source.world.env),
    )
