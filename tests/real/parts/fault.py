"""What a fault is, and plain curl, which says what a server really answers before tui401 is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.real.parts.process import program


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a person knows beside the command: options of tui401, and secrets in the environment.

    Attributes:
        options: Stand before `curl` on tui401's command line.
        environment: Added to the environment of tui401 alone; its values are secrets.
    """

    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A request that a real server refuses.

    Attributes:
        name: With `server` its key: unique among the faults of one server.
        server: The part that refuses it.
        command: `curl` and its arguments, as the person typed them.
        cause: The true cause: a slug of the catalogue.
        also: Other slugs that are right too.
        mendable: Whether a client can reach 2xx with what is known.
        known: What the person knows.
        shift: The offset of the clock that tui401 itself runs under, for example "+2h"; empty for the true one.
        refused: False where this server, unlike others, takes the request.
        keyring: Mending uses up a refresh token, which takes a yes and a keyring for its successor.
        decidable: False where the server's answers cannot tell this cause from another.
        why: Why it is undecidable or what misleads; empty when nothing does.
    """

    name: str
    server: str
    command: tuple[str, ...] = field(repr=False)
    cause: str
    also: tuple[str, ...] = ()
    mendable: bool = True
    known: Known = field(default_factory=Known)
    shift: str = ""
    refused: bool = True
    keyring: bool = False
    decidable: bool = True
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as curl received it, without anything read into it.

    Attributes:
        status: The status code of the last hop.
        headers: Name and value pairs of the last hop, in order.
        body: The body as text; bytes that are no UTF-8 are replaced.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [value for given, value in self.headers if given.lower() == name.lower()]


def curl(command: Sequence[str], *, within: float = 15.0) -> Answer:
    """Run a curl command as it stands, in an empty configuration, and read its answer; raises MissingPartError.

    Raises:
        ConnectionError: no answer came; curl's own words say why.
    """
    assert command[0] == "curl", command
    direct = [] if "-x" in command else ["--noproxy", "*"]
    done = subprocess.run(  # the tests' own command, without a shell
        [program("curl"), "-q", "-sS", "-i", "--max-time", f"{within:g}", *direct, *command[1:]],
        capture_output=True,
        check=False,
        timeout=within + 5,
    )
    if not done.stdout:
        raise ConnectionError(done.stderr.decode(errors="replace").strip())
    rest = done.stdout.decode(errors="replace")
    while True:
        head, _, rest = rest.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        status = int(first.split()[1])
        # An interim answer and an earlier hop of a redirect are followed by another head.
        if not rest.startswith("HTTP/"):
            pairs = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
            return Answer(status=status, headers=pairs, body=rest)
