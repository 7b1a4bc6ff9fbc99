"""The token command: another program that prints a token, such as ``az account get-access-token``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen
from tui401.oauth.answers import MAX_TOKEN, Granted, number_of, with_problem
from tui401.oauth.browser import child_environment
from tui401.wire import redact, textjson

GRANT: Final = "command"
LIMIT: Final = 60.0  # seconds
MAX_OUTPUT: Final = 1 << 20  # bytes
_GONE: Final = 2.0  # seconds for the system to take a killed program away
_MAX_SAID: Final = 300  # characters of what it says on standard error
_TOKENS: Final = ("access_token", "accessToken", "token")
_INSIDE: Final = ("status", "credential")  # Kubernetes' exec credential, gcloud's config-helper
_ENDS: Final = ("expires_in", "expiresIn")
_MOMENTS: Final = ("expires_on", "expiresOn", "expiry", "token_expiry", "expirationTimestamp", "expiresAt")


def shown(command: Sequence[str]) -> str:
    """The command as a person would type it."""
    return shlex.join(command)


async def request(command: Sequence[str], *, names: Names, limit: float = LIMIT) -> Granted:
    """Runs a command that was shown and agreed to, without a shell; a failure is a value.

    Args:
        command: The program and its arguments. Where a person wants a shell, the shell is the program.
        names: Gives the new token its name.
        limit: Seconds that it may take.
    """
    program = str(redact.text(PurePath(command[0]).name if command else "", names))
    empty = GrantSeen(grant=GRANT, endpoint=program, ok=False)
    began = time.monotonic()
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=child_environment(),
            start_new_session=sys.platform != "win32",
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return Granted(with_problem(empty, f"The token command could not be started: {program}: {reason}.", names))
    try:
        async with asyncio.timeout(limit):
            out, said = await asyncio.gather(_read(child.stdout), _read(child.stderr))
            code = await child.wait()
    except TimeoutError:
        return Granted(with_problem(empty, f"The token command did not end within {limit:g} s and was stopped.", names))
    finally:
        await _end(child)
    if code:
        words = said.decode("utf-8", "replace").strip().splitlines()
        told = f" It said: {words[-1][:_MAX_SAID]}" if words else ""
        return Granted(with_problem(empty, f"The token command ended with code {code}.{told}", names))
    token, expires_in = parse(out.decode("utf-8-sig", "replace"))
    if token is None:
        says = "The token command ended well, but printed neither a token alone nor JSON that holds one."
        return Granted(with_problem(empty, says, names))
    seen = GrantSeen(
        grant=GRANT,
        endpoint=program,
        ok=True,
        credential=names.name(token),
        token=redact.token(token.reveal(), names),
        expires_in=expires_in,
        latency=time.monotonic() - began,
    )
    return Granted(seen, token)


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    """All of a stream up to the bound; what comes after it is read and dropped, so that the program can end."""
    kept = b""
    while stream is not None and (piece := await stream.read(65_536)):
        kept += piece[: MAX_OUTPUT - len(kept)]
    return kept


async def _end(child: asyncio.subprocess.Process) -> None:
    """Stops what still runs of it, its own children too, and waits until it is gone."""
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GONE):
            await child.wait()


def parse(output: str) -> tuple[Secret[str] | None, float | None]:
    """The token in what a command printed, and the seconds that it is good for where that is said.

    It is a line by itself, or a member ``access_token``, ``accessToken`` or ``token`` of a JSON object, also one level
    further in, as Kubernetes' credentials have it.
    """
    text = output.strip()
    if text.startswith("{"):
        fields = textjson.decode(text).value
        if not isinstance(fields, dict):
            return None, None
        for inside in (fields, *(fields[name] for name in _INSIDE if isinstance(fields.get(name), dict))):
            for name in _TOKENS:
                value = inside.get(name)
                if isinstance(value, str) and _is_token(value):
                    return Secret(value), _life(inside)
        return None, None
    text = text.strip("\"'")
    scheme, _, rest = text.partition(" ")
    if scheme.lower() in {"bearer", "dpop"}:
        text = rest.strip()
    return (Secret(text), None) if _is_token(text) else (None, None)


def _is_token(text: str) -> bool:
    # A list, a page of HTML or a piece of JSON is a line without spaces, too.
    return 0 < len(text) <= MAX_TOKEN and text.isascii() and text.isprintable() and not set(text) & set(" <>[]{}")


def _life(fields: dict[str, Any]) -> float | None:
    for name in _ENDS:
        found = number_of(fields.get(name))
        if found is not None:
            return found
    for name in _MOMENTS:
        at = _moment(fields.get(name))
        if at is not None:
            return max(0.0, at - time.time())
    return None


def _moment(value: object) -> float | None:
    """Seconds since the epoch of a number or a date; a date without a zone is this machine's own."""
    number = number_of(value)
    if number is not None:
        return number
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
