"""What a server may trip over in a header line that is written by hand. Pure; its secrets are masked."""

from __future__ import annotations

from tui401.model.http import Header, Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Marked, Para, Tone
from tui401.ui.draft import length_stated
from tui401.wire import redact
from tui401.wire.placeholder import is_placeholder


def lint(line: Secret[str], request: Request) -> tuple[Block, ...]:
    """What a server may trip over in a header line; its secrets are masked."""
    name, colon, value = line.reveal().partition(":")
    if not colon:
        return ()
    header = Header(name.strip(), Secret(value.removeprefix(" ")))
    alone = Request("GET", request.origin, Secret("/"), (header,))
    made: list[Block] = []
    for seen in redact.credentials(alone, Names()).credentials:
        made += [
            Marked(f"{header.name}: {seen.masked}", len(header.name) + 2 + d.at, d.length, d.says) for d in seen.defects
        ]
    if header.named("Authorization"):
        if not header.value and not made:
            made.append(Para("Nothing stands where the credential should.", Tone.WARN, mark="!"))
        if len(request.values("Authorization")) > 1:
            made.append(
                Para(
                    "There are two Authorization headers; servers read one, and not all the same one.",
                    Tone.WARN,
                    mark="!",
                )
            )
        if is_placeholder(header.value.reveal()):
            made.append(Para("It is sent as it stands here: no variable is filled in.", Tone.QUIET, mark="!"))
    wrong = length_stated(request) if header.named("Content-Length") else None
    if wrong is not None:
        made.append(
            Para(
                f"It says {wrong[0]}, and the body has {wrong[1]} bytes. Without this header it is counted.",
                Tone.WARN,
                mark="!",
            )
        )
    return tuple(made)
