"""Two calls beside one another: what is sent, from where its credential came, and how it travels. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui401.model.case import Case
from tui401.model.http import Request, Transport
from tui401.model.names import Names
from tui401.ui.blocks import Block, Gap, Head, Para, Row, Tone
from tui401.ui.difference import changes, request_lines
from tui401.wire import redact


def call_lines(request: Request, names: Names) -> tuple[str, ...]:
    """A call as lines: the request, redacted, then where its credentials came from and how it travels.

    Args:
        request: The call.
        names: The case's secrets; those of this call are added, so that equal ones have one name.
    """
    shown = redact.request(request, names)
    held = redact.credentials(request, names).credentials
    sources = (f"credential in {c.place_name or c.place.value} from {c.came_from or 'an unknown place'}" for c in held)
    return (*request_lines(shown), *sources, *_way(request.transport))


def _way(transport: Transport) -> Iterator[str]:
    if transport.proxy is not None:
        yield f"through the proxy {transport.proxy.url}"
    if not transport.verify:
        yield "without verifying the server's certificate (-k)"
    if transport.ca_file:
        yield f"trusting the CA in {transport.ca_file}"
    if transport.cert_file:
        yield f"with the client certificate {transport.cert_file}"
    for host, port, address in transport.resolve:
        yield f"{host}:{port} taken to be at {address}"
    if transport.follow:
        yield "following redirects"


def beside(here: Case, there: Case) -> tuple[Block, ...]:
    """What differs between the call that succeeds here and the one that fails.

    Args:
        here: The case; its names take in the other call's secrets.
        there: The failing call, as it was read; nothing of it was sent.
    """
    ours, theirs = call_lines(here.request, here.names), call_lines(there.request, here.names)
    blocks: list[Block] = []
    if there.seen is not None and there.seen.response is not None:
        blocks.append(Row("it answered", str(there.seen.response.status), "as you gave it"))
    blocks.append(Head("What differs: - here, + in the failing one"))
    found = changes(ours, theirs, here.names.hints())
    blocks += found or (
        Para(
            "Nothing: the two calls are alike, so what differs is around them: the machine, its network, its clock, "
            "or the moment.",
            Tone.WARN,
        ),
    )
    return (*blocks, Gap())
