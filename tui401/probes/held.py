"""Answers a challenge with a user and password that were held back: by Digest (RFC 7616), or by Basic.

The computing of Digest is the HTTP library's; here stand only the choice and the shape of our own types.
"""

from __future__ import annotations

import base64
from dataclasses import replace

from tui401.model.http import Header, HeldBack, Request, Response
from tui401.model.secret import Secret
from tui401.probes.library import httpx
from tui401.wire import challenge


def answer(request: Request, response: Response) -> Request | None:
    """The request that curl would send after that answer, with the credential; None where it would send none.

    Args:
        request: What was sent, without the credential.
        response: A 401 with its challenges.
    """
    held = request.held
    if held is None or response.status != 401:
        return None
    asked = [value.reveal() for value in response.values("www-authenticate")]
    offered = {said.scheme.lower() for said in challenge.parse(asked)}
    for scheme in held.schemes:
        value = _of_scheme(scheme, held, request, asked) if scheme in offered else ""
        if value:
            header = Header("Authorization", Secret(value), held.provenance)
            return replace(request, headers=(header, *request.headers), held=None)
    return None


def _of_scheme(scheme: str, held: HeldBack, request: Request, asked: list[str]) -> str:
    user, password = held.user.reveal(), held.password.reveal()
    if scheme == "basic":
        return f"Basic {base64.b64encode(f'{user}:{password}'.encode('utf-8', 'surrogateescape')).decode('ascii')}"
    line = next((value for value in asked if value.strip().lower().startswith("digest")), "")
    try:
        draft = httpx.Request(request.method, request.url.reveal())
        flow = httpx.DigestAuth(user, password).auth_flow(draft)
        next(flow)
        refused = httpx.Response(401, headers=[("WWW-Authenticate", line)], request=draft)
        return str(flow.send(refused).headers["Authorization"])
    except (StopIteration, httpx.HTTPError, httpx.InvalidURL, NotImplementedError, ValueError, KeyError):
        return ""  # an algorithm or protection that nobody here can compute: the refusal stands
