"""Why an answer could not be read as HTTP, as a sentence: the library's words name its own states, not what to do."""

from __future__ import annotations

from typing import Final

MAX_HEAD: Final = 100  # KiB of an answer's head that the library reads

_OWNER: Final = "Tell the server's owner; curl -v shows what it sends."
_TOO_LONG: Final = (
    f"The head of what {{where}} sent is longer than {MAX_HEAD} KiB, more than is read, so its answer is not known."
    " If an HTTP server is there, tell its owner; else check the scheme and the port of the address."
)
_NOT_READ: Final = f"so it was not read. {_OWNER}"
_SAYS: Final = (
    (("receive buffer too long",), _TOO_LONG),
    (
        ("header line", "continuation line"),
        f"The answer of {{where}} has a header line that HTTP does not allow (RFC 9112, section 5), {_NOT_READ}",
    ),
    (
        ("content-length",),
        f"The answer of {{where}} tells its length in a way that cannot be read (RFC 9112, section 6.3), {_NOT_READ}",
    ),
    (
        ("transfer-encoding",),
        f"The answer of {{where}} has a transfer coding that is not understood (RFC 9112, section 6.1), {_NOT_READ}",
    ),
    (
        ("_switch_",),
        f"{{where}} wants to go on in another protocol, which nobody asked it to (status 101). {_OWNER}",
    ),
    (
        ("status line", "status_code"),
        "What {where} sent has no status line of HTTP. Check the scheme and the port of the address.",
    ),
)
_ELSE: Final = "What {where} sent is not HTTP. Check the scheme and the port of the address."


def says(words: str, where: str) -> str:
    """The sentence for an answer that is not HTTP as RFC 9112 has it.

    Args:
        words: The library's own; they may quote what came, which may echo the request, and are not shown.
        where: The server, for a person.
    """
    lower = words.lower()
    for marks, sentence in _SAYS:
        if any(mark in lower for mark in marks):
            return sentence.format(where=where)
    return _ELSE.format(where=where)
