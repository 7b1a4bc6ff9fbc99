"""What is known of a request, in the words by which dialects say when their entries hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs

from tui401.judge import texts
from tui401.model.shown import CredentialSeen, Place, RequestShown
from tui401.wire import asked

_SIGNED: Final = re.compile(r"(?i)(?:^|[-_.])(?:sign|sig|hmac)$|signature$|[-_](?:sign|signature)[-_]")
"""Names of headers and parameters that carry a signature over the request."""
_SIGNED_BODY: Final = re.compile(
    r"(?i)[\"'<&\n](?:x_?)?(?:sign|signature|hmac|digest)[\"']?\s{0,3}[:=>]|^(?:sign|signature)="
)
"""The same in a form, in JSON or in XML: it signs a request even where no key beside it is known for one."""
_SIGN_IN: Final = re.compile(r"(?i)/(?:log-?in|sign-?in|sign_in|authenticate|sessions?)(?:/|\.\w+)?$")
_PASSWORD: Final = re.compile(r"(?i)passw(?:or)?d|passphrase|\bpwd\b")


def read(request: RequestShown, credentials: Sequence[CredentialSeen], *, sanitised: bool) -> frozenset[str]:
    """What is known of a request, in the words that dialects use in ``when`` and ``unless``."""
    found = {f"method-{request.method.lower()}"}
    carried = [c for c in credentials if c.place not in (Place.PROXY, Place.CERTIFICATE)]
    path, _, query = texts.place(request)[1].partition("?")
    path = path.rstrip("/")
    named = [h.name for h in request.headers] + [pair.partition("=")[0] for pair in query.split("&")]
    unkeyed = not carried and bool(_SIGNED_BODY.search(request.body[:4096]) or any(map(_SIGNED.search, named)))
    if carried:
        found.add("credential")
        found.add(carried[0].family)
        found.add(f"in-{carried[0].place.value}")
        if carried[0].token is not None:
            found.add(carried[0].token.shape.value)
    elif not sanitised and not unkeyed:
        found.add("none")
        if asked.perhaps_elsewhere(request) or asked.perhaps_keys(request):
            found.add("perhaps")
    named += [c.place_name for c in carried]
    as_jwt = any(c.token is not None and c.token.shape.value == "jwt" for c in carried)
    if unkeyed or (carried and not as_jwt and any(_SIGNED.search(name) for name in named)):
        found.add("signature")
    if "api-key" in found:
        named_so = f"{carried[0].place_name} {carried[0].scheme}".lower()
        found.add("own-token-header" if "token" in named_so else "key")
        if any("token" in c.place_name.lower() for c in carried[1:]):
            found.add("own-token-header")
    if "basic" not in found and (_PASSWORD.search(query) or _PASSWORD.search(request.body[:4096])):
        found.add("password")
    method = request.method.upper()
    if (method == "POST" and _SIGN_IN.search(path)) or (
        method in ("POST", "PUT", "PATCH") and _PASSWORD.search(request.body[:4096])
    ):
        found.add("sign-in")
    form = parse_qs(request.body[:4096]) if "grant_type" in request.body[:4096] else {}
    grant = next(iter(form.get("grant_type", [])), "")
    if request.method.upper() == "POST" and (grant or path.endswith(("/token", "/oauth/access_token"))):
        found.add("token-endpoint")
    if "authorize" in path and "scope=" in query:
        found.add("authorize")
    if grant:
        found.add(f"grant-{grant}")
        if grant == "password":
            found.add("password-grant")
    return frozenset(found)
