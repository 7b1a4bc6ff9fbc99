"""``tui401 token``: a profile's token on standard output, and everything else on standard error."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import sys
import time
from typing import Final

from tui401.cli import build, vaults
from tui401.cli.arguments import UsageError
from tui401.cli.fresh import Getting, NoTokenError
from tui401.cli.profile import named
from tui401.model.case import Known
from tui401.model.demands import Elsewhere
from tui401.model.secret import Secret
from tui401.vault.durations import seconds_of
from tui401.vault.profiles import Profile
from tui401.wire.visible import visible

NONE: Final = 1
_FOREVER: Final = 86_400.0  # seconds; the grant ends the waiting


def run(options: argparse.Namespace) -> int:
    """Prints the token, or says why there is none; the exit code.

    Raises:
        UsageError: for a profile that does not exist, a faulty ``config.toml``, or a time that is none.
    """
    profile = named(vaults.said().profiles, options.profile, build.config_path())
    try:
        lasts = seconds_of(options.min_lifetime)
    except ValueError as error:
        raise UsageError(f"--min-lifetime: {error}") from error
    getting = Getting(
        profile=profile,
        known=_known(profile),
        vault=vaults.opened(),
        min_lifetime=lasts,
        tell=_tell,
        show=_show if sys.stderr.isatty() else None,
    )
    try:
        fresh = asyncio.run(getting.fresh(), debug=False)
    except NoTokenError as error:
        _tell(str(error))
        return NONE
    value = fresh.token.reveal()
    if not value.isascii() or not value.isprintable():
        # A line break in it would make a second header of its rest.
        _tell(f"What is kept as {profile.kept_as} is no token: it holds signs that no header can. Store it again.")
        return NONE
    sys.stdout.write(f"Authorization: Bearer {value}\n" if options.header else f"{value}\n")
    sys.stdout.flush()
    return 0


def _known(profile: Profile) -> Known:
    """What the profile says, with the client's secret of the environment; a refresh token of it is not used unasked."""
    secret = os.environ.get(build.CLIENT_SECRET)
    return dataclasses.replace(
        profile.known(),
        client_secret=Secret(secret) if secret else None,
        private_key=os.environ.get(build.CLIENT_KEY) or profile.private_key_file,
    )


def _tell(sentence: str) -> None:
    print(visible(sentence), file=sys.stderr)  # noqa: T201 - talk


async def _show(elsewhere: Elsewhere) -> None:
    """Says where to sign in, opens a browser where one is wanted, and waits until the grant is done."""
    from tui401.oauth.browser import open_browser  # noqa: PLC0415 - only where a person signs in

    if elsewhere.opened:
        problem = await open_browser(elsewhere.address)
        if problem:
            _tell(problem)
    code = f" and type the code {elsewhere.code}" if elsewhere.code else ""
    _tell(f"Sign in at {elsewhere.issuer}: open {elsewhere.address.reveal()}{code}. Ctrl+C gives up.")
    await asyncio.sleep(max(0.0, min(_FOREVER, elsewhere.until - time.time())) if elsewhere.until else _FOREVER)
