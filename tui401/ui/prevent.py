"""So that it does not come back: the profile to keep, and the line that checks the next call. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from tui401.model.view import CaseView
from tui401.ui.curl import command
from tui401.ui.findings import credential_of

_LIFETIME: Final = frozenset({"token-expired", "token-not-yet-valid", "session-expired"})
_CLOCK: Final = frozenset({"clock-skew-client", "clock-skew-server"})
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")


def profile_name(view: CaseView) -> str:
    """What a profile of this request would be called: its host; "" where it has one already, or no host."""
    if view.known.profile or view.request is None:
        return ""
    host = urlsplit(view.request.url).netloc.rpartition("@")[2]
    return _NO_NAME.sub("-", host).strip("-.")[:64]


def profile_values(view: CaseView) -> Mapping[str, str]:
    """What that profile would say, by its keys: what is confirmed, and what the accepted credential says of itself.

    An issuer that only a token names is left out: standing in a profile would confirm it.
    """
    if view.request is None:
        return {}
    parts, known, claims = urlsplit(view.request.url), view.known, _claims(view)
    audience, scope = claims.get("aud"), claims.get("scope")
    values = {
        "origins": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        "issuer": known.issuer,
        "client_id": known.client_id,
        "audience": known.audience or (audience if isinstance(audience, str) else ""),
        "scopes": " ".join(known.scopes) or (scope if isinstance(scope, str) else ""),
    }
    return {key: value for key, value in values.items() if value}


def guard_line(view: CaseView, profile: str = "") -> str:
    """The line that would have caught it before it was sent, for a pipeline; "" where there is no request.

    Args:
        view: The case.
        profile: A profile that was just kept; else the case's own.
    """
    request = view.request
    if request is None:
        return ""
    root = view.diagnosis.root.cause if view.diagnosis is not None and view.diagnosis.root is not None else ""
    options = ["--min-lifetime", "5m"] if root in _LIFETIME else []
    options += ["--ntp", "pool.ntp.org"] if root in _CLOCK else []
    name = profile or view.known.profile
    if name:
        parts = urlsplit(request.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return shlex.join(["tui401", "guard", name, *options, "--endpoint", request.method, path])
    values = profile_values(view)
    for option, key in (("--issuer", "issuer"), ("--audience", "audience"), ("--scope", "scopes")):
        options += [option, values[key]] if key in values else []
    return f"{shlex.join(['tui401', 'guard', *options])} {command(request)}"


def _claims(view: CaseView) -> Mapping[str, object]:
    credential = credential_of(view)
    return credential.token.claims if credential is not None and credential.token is not None else {}
