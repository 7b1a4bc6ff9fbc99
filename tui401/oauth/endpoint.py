"""What all requests to a token endpoint share: who is asked, how the client proves itself, what the answer says."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, quote_plus, urlsplit

import msgspec

from tui401.model.case import Known
from tui401.model.http import Exchange, From, Header, Provenance, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.probes.send import Client
from tui401.wire import redact, textjson

LIMIT: Final = 15.0  # seconds for one answer
TRIES: Final = 2  # a refused secret is sent twice at most
_MAX_TEXT: Final = 500  # characters of an error's description
_MAX_TOKEN: Final = 65_536  # characters of a token
_MAX_SCOPES: Final = 500
_BY_US: Final = Provenance(From.DEFAULT, "tui401")

Form = list[tuple[str, Secret[str]]]


@dataclass(frozen=True, slots=True)
class Granted:
    """What a token endpoint gave.

    Attributes:
        seen: The exchange that counts, redacted.
        access_token: The new access token, None when there is none.
        refresh_token: A refresh token that came along and differs from the one sent, None when there is none.
        earlier: Exchanges before it that the issuer refused for their form alone.
    """

    seen: GrantSeen
    access_token: Secret[str] | None = None
    refresh_token: Secret[str] | None = None
    earlier: tuple[GrantSeen, ...] = ()


def refusal(metadata: IssuerMetadataSeen, known: Known, endpoint: str, what: str) -> str:
    """Why no secret may go to an endpoint, as a sentence; "" when it may (safety.md, "Who may receive what")."""
    if not metadata.confirmed or metadata.asked.rstrip("/") != known.issuer.rstrip("/"):
        return f"Nothing was sent: nobody has confirmed the issuer {metadata.asked}. Name it with --issuer."
    if metadata.problem:
        return f"Nothing was sent: {metadata.problem}"
    if not endpoint:
        return f"The metadata of {metadata.asked} names no {what}."
    try:
        scheme, host = urlsplit(endpoint).scheme.lower(), urlsplit(endpoint).hostname
    except ValueError:
        scheme, host = "", None
    if scheme not in {"http", "https"} or not host:
        return f"The {what} of {metadata.asked} is no address that can be asked."
    if scheme == "http" and (not _is_here(host) or urlsplit(metadata.asked).scheme.lower() == "https"):
        return f"Nothing was sent: the {what} of {metadata.asked} is not https, so a secret would go in the clear."
    return ""


def _is_here(host: str) -> bool:
    """Whether a host is this very machine by its name alone (RFC 6761, section 6.3): nobody can listen in."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def methods(metadata: IssuerMetadataSeen, known: Known) -> tuple[str, ...]:
    """How to prove the client's identity, best first: () when the issuer takes none of the ways that are known here.

    What is not announced is ``client_secret_basic`` (RFC 8414, section 2), yet some servers that announce nothing
    read the form alone, so that comes second.
    """
    if known.client_secret is None:
        return ("none",)
    if not metadata.auth_methods:
        return ("client_secret_basic", "client_secret_post")
    return tuple(m for m in ("client_secret_basic", "client_secret_post") if m in metadata.auth_methods)[:1]


def proof(method: str, known: Known) -> tuple[tuple[Header, ...], Form]:
    """The header or form fields by which the client proves itself (RFC 6749, section 2.3.1)."""
    secret = known.client_secret
    if method == "client_secret_basic" and secret is not None:
        # Both are form-encoded first, so that a colon or a character beyond ASCII survives.
        pair = f"{quote_plus(known.client_id)}:{quote_plus(secret.reveal())}"
        value = "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
        return (Header("Authorization", Secret(value), _BY_US),), []
    fields: Form = [("client_id", Secret(known.client_id))]
    if method == "client_secret_post" and secret is not None:
        fields.append(("client_secret", secret))
    return (), fields


def targets(audience: str) -> tuple[tuple[str, ...], ...]:
    """The parameters to ask for an audience by, in the order to try them.

    Servers are to ignore what they do not know (RFC 6749, section 3.2), so both go first; ``resource`` only where it
    is an absolute URI (RFC 8707, section 2).
    """
    if not audience:
        return ((),)
    try:
        parts = urlsplit(audience)
    except ValueError:
        return (("audience",),)
    if parts.scheme and (parts.netloc or parts.path) and not parts.fragment:
        return (("audience", "resource"), ("audience",))
    return (("audience",),)


async def ask(
    client: Client,
    metadata: IssuerMetadataSeen,
    known: Known,
    *,
    grant: str,
    fields: Form,
    audience: str,
    scopes: Sequence[str],
    names: Names,
    tries: int = TRIES,
) -> Granted:
    """Asks a token endpoint; a refusal is a value, nothing is raised but cancellation.

    Args:
        client: Who sends.
        metadata: Of the confirmed issuer.
        known: The client and its secret.
        grant: The grant type.
        fields: The grant's own form fields.
        audience: What the token is to be for, "" for the issuer's default.
        scopes: What it is to be good for, () for the issuer's default.
        names: Gives the new secrets their names.
        tries: How often the client's secret may be refused.
    """
    empty = GrantSeen(
        grant=grant, endpoint=metadata.token_endpoint, ok=False, audience=audience, asked_scopes=tuple(scopes)
    )
    wrong = refusal(metadata, known, metadata.token_endpoint, "token endpoint")
    ways = methods(metadata, known)
    if not wrong and not known.client_id:
        wrong = "No client is known to ask as. Name it with --client-id."
    if not wrong and not ways:
        taken = ", ".join(metadata.auth_methods)
        wrong = f"{metadata.asked} takes clients by {taken} only, and there is a client secret."
    if wrong:
        return Granted(replace_problem(empty, wrong, names))
    for secret in (known.client_secret, *(value for name, value in fields if name == "refresh_token")):
        if secret:
            names.name(secret)

    form = [("grant_type", Secret(grant)), *fields]
    if scopes:
        form.append(("scope", Secret(" ".join(scopes))))
    earlier: list[GrantSeen] = []
    plans = [(ways[0], by) for by in targets(audience)]
    while True:
        way, by = plans.pop(0)
        headers, own = proof(way, known)
        asked = [*form, *((name, Secret(audience)) for name in by), *own]
        exchange = await client.fetch(metadata.token_endpoint, headers=headers, form=asked, limit=LIMIT)
        granted = read(exchange, empty, names, known.refresh_token)
        seen = granted.seen
        if seen.error == "invalid_client" and way == ways[0] and len(ways) > 1 and not earlier and tries >= TRIES:
            plans = [(ways[1], by)]  # where its place is not announced, the form is the other one
        elif not _about_the_form(seen) or not plans:
            plans = []
        if not plans:
            return replace(granted, earlier=tuple(earlier))
        earlier.append(seen)


def _about_the_form(seen: GrantSeen) -> bool:
    """Whether an issuer refused the parameter ``resource`` as such. ``invalid_target`` is its word on the audience."""
    if seen.ok or seen.status is None or not 400 <= seen.status < 500:
        return False
    return seen.error in {"invalid_request", "invalid_resource"}


def read(exchange: Exchange, empty: GrantSeen, names: Names, sent_refresh: Secret[str] | None) -> Granted:
    """A token endpoint's answer (RFC 6749, sections 5.1 and 5.2).

    Args:
        exchange: The exchange.
        empty: What is known before.
        names: Gives the new secrets their names.
        sent_refresh: The refresh token that was sent, to tell a rotation.
    """
    latency = exchange.hops[-1].elapsed if exchange.hops else 0.0
    base = _replace(empty, latency=latency)
    response = exchange.response
    if response is None:
        says = exchange.failure.says if exchange.failure is not None else "The token endpoint did not answer."
        return Granted(_replace(base, problem=str(redact.text(says, names))))
    fields = members(response)
    token = _secret(fields.get("access_token"))
    fresh = _secret(fields.get("refresh_token"))
    for secret in (token, fresh, _secret(fields.get("id_token"))):
        if secret is not None:
            names.name(secret)
    shown = redact.hop(exchange.hops[-1], names)
    base = _replace(base, status=response.status, exchange=shown)
    if not 200 <= response.status < 300 or token is None:
        return Granted(_refused(base, response, fields, names))
    rotated = fresh is not None and fresh != sent_refresh
    scope = fields.get("scope")
    granted = tuple(scope.split()[:_MAX_SCOPES]) if isinstance(scope, str) else base.asked_scopes
    seen = _replace(
        base,
        ok=True,
        granted_scopes=tuple(str(redact.text(one[:_MAX_TEXT], names)) for one in granted),
        credential=names.name(token),
        token=redact.token(token.reveal(), names),
        expires_in=_number(fields.get("expires_in")),
        rotated=rotated,
    )
    return Granted(seen, token, fresh if rotated else None)


def _refused(base: GrantSeen, response: Response, fields: dict[str, Any], names: Names) -> GrantSeen:
    error = fields.get("error")
    described = fields.get("error_description", fields.get("message", ""))
    code = str(redact.text(error[:_MAX_TEXT], names)) if isinstance(error, str) else ""
    problem = ""
    if 300 <= response.status < 400:
        problem = "The token endpoint answers with a redirect. It was not followed: no secret goes where it leads."
    elif not code and 200 <= response.status < 300:
        problem = "The token endpoint answered, but with no access token."
    elif not code:
        problem = f"The token endpoint answers {response.status} without saying why."
    text = described[:_MAX_TEXT] if isinstance(described, str) else ""
    return _replace(base, error=code, description=redact.text(text, names), problem=problem)


def members(response: Response) -> dict[str, Any]:
    """The members of an answer: JSON, or the form that some servers send in its place."""
    if response.truncated:
        return {}
    text = response.body.reveal().decode("utf-8-sig", "replace")
    kinds = response.values("content-type")
    if kinds and "x-www-form-urlencoded" in kinds[0].reveal().lower():
        try:
            return dict(parse_qsl(text, max_num_fields=100))
        except ValueError:
            return {}
    decoded = textjson.decode(text)
    return decoded.value if isinstance(decoded.value, dict) else {}


def _secret(value: object) -> Secret[str] | None:
    return Secret(value) if isinstance(value, str) and 0 < len(value) <= _MAX_TOKEN else None


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and 0 <= number < 1e10 else None


def replace_problem(seen: GrantSeen, says: str, names: Names) -> GrantSeen:
    """The same observation with a sentence on why nothing came."""
    return _replace(seen, problem=str(redact.text(says, names)))


def _replace(seen: GrantSeen, **changes: Any) -> GrantSeen:

    return msgspec.structs.replace(seen, **changes)
