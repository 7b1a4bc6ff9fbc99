"""The faults of nginx: its own refusals, those of whom it asks, and what it loses on the way."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from tests.real.parts.fault import Fault, Known
from tests.real.parts.nginx import Nginx
from tests.real.parts.provider import BILLING, HOUR, Provider


def nginx_faults(nginx: Nginx, provider: Provider) -> list[Fault]:
    """Passwords, keys, redirects to another origin, and a gateway that loses the credential."""

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="nginx", command=command, cause=cause, also=also, mendable=False)

    alike = "nginx answers a wrong password as it answers an invented user"
    asks = "mended only after a yes that names both origins, which no option of a headless run gives afterwards"
    bearer = ("-H", f"Authorization: Bearer {provider.token()}")
    listed = Known(options=("--credential-to", nginx.other))
    moved = (*nginx.basic(path="/moved/"), "-L")
    return [
        fault("basic-missing", nginx.bare("/basic/"), "header-missing"),
        replace(fault("basic-wrong", nginx.basic("wrong-pass-word"), "basic-credentials-invalid"), why=alike),
        fault("basic-bearer", (*nginx.bare("/basic/"), *bearer), "scheme-wrong"),
        fault(
            "basic-no-colon", (*nginx.bare("/basic/"), "-H", "Authorization: Basic cmVhZGVy"), "basic-malformed"
        ),
        fault("key-missing", nginx.bare("/key/"), "api-key-missing"),
        fault("key-wrong", nginx.keyed(secrets.token_hex(20)), "api-key-invalid"),
        fault("key-elsewhere", nginx.keyed(name="X-Token"), "credential-misplaced", "api-key-missing"),
        fault(
            "key-as-bearer", (*nginx.bare("/key/"), "-H", f"Authorization: Bearer {nginx.key}"),
            "credential-misplaced", "api-key-missing",
        ),
        replace(fault("redirected", moved, "header-stripped-on-redirect"), why=asks),
        replace(fault("redirected-listed", moved, "header-stripped-on-redirect"), known=listed, mendable=True),
        replace(
            fault("token-redirected", (*nginx.bare("/moved-api/"), *bearer, "-L"), "header-stripped-on-redirect"),
            known=listed, mendable=True,
        ),
        fault("gateway-loses", (*nginx.bare("/loses/orders"), *bearer), "header-dropped"),
    ]  # fmt: skip


def subrequest_faults(nginx: Nginx, provider: Provider) -> list[Fault]:
    """What `auth_request` makes of an API's refusals: the challenge is the API's, the page is nginx's own."""
    now = int(time.time())

    def fault(name: str, path: str, token: str | None, cause: str, *also: str) -> Fault:
        sent = ("-H", f"Authorization: Bearer {token}") if token is not None else ()
        command = (*nginx.bare(path), *sent)
        return Fault(name=name, server="nginx", command=command, cause=cause, also=also, known=provider.known())

    stale = provider.sign(provider.claims(iat=now - 2 * HOUR, exp=now - HOUR))
    good = provider.token()
    return [
        fault("asked-missing", "/asked/", None, "header-missing"),
        fault("asked-expired", "/asked/", stale, "token-expired"),
        fault("asked-audience", "/asked/", provider.token(resource=BILLING, scope="billing:read"), "audience-mismatch"),
        fault("asked-scope", "/asked/", provider.token(scope="orders:write"), "scope-insufficient"),
        fault("asked-forged", "/asked/", provider.forge(provider.claims()), "token-signature-invalid"),
        replace(
            fault("asked-without", "/unasked/", good, "header-dropped"),
            mendable=False,
            why="the one that judges never sees the credential, so every request is refused alike",
        ),
        replace(
            fault("asked-forbidden", "/forbidden/", provider.token(scope="orders:write"), "scope-insufficient"),
            why="the API's words are lost: what is left is nginx's own 403",
        ),
        replace(
            fault("asked-nobody", "/stranded/", good, "server-misconfigured", "gateway-rejected"),
            mendable=False,
            decidable=False,
            why="nginx says 500 and no more, as for any other fault of its own",
        ),
    ]


def certificate_faults(nginx: Nginx) -> list[Fault]:
    """Client certificates: one that must be shown, and one that a rule asks for afterwards."""
    held = nginx.certificates

    def fault(name: str, command: tuple[str, ...], *also: str, cause: str = "client-certificate-required") -> Fault:
        return Fault(name=name, server="nginx", command=command, cause=cause, also=also, mendable=False)

    bare = "the refusal is a bare 403, and says nothing of certificates"
    return [
        fault("certificate-missing", held.get(f"{nginx.certain}/orders")),
        fault("certificate-past", held.get(f"{nginx.certain}/orders", held.past)),
        fault("certificate-strange", held.get(f"{nginx.certain}/orders", held.stranger)),
        replace(
            fault(
                "certificate-of-another-team", held.get(f"{nginx.certain}/other-team/", held.client),
                "gateway-rejected", "client-certificate-required", cause="permission-denied",
            ),
            why=bare,
        ),
        replace(fault("certificate-asked", held.get(f"{nginx.optional}/orders")), why=bare),
        fault("certificate-worded", held.get(f"{nginx.optional}/worded/")),
        fault("certificate-asked-past", held.get(f"{nginx.optional}/orders", held.past)),
    ]  # fmt: skip
