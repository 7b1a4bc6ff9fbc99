"""What a token endpoint's answer says (RFC 6749, sections 5.1 and 5.2), and what it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from tui401.model.http import Exchange, FailureKind, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen
from tui401.wire import redact, textjson

MAX_TOKEN: Final = 65_536  # characters of a token
_MAX_TEXT: Final = 500  # characters of an error's description
_MAX_SCOPES: Final = 500
_FAILURES: Final = {FailureKind.TIMEOUT: "timeout", FailureKind.UNSENDABLE: "forbidden"}


@dataclass(frozen=True, slots=True)
class Granted:
    """What a token endpoint gave.

    Attributes:
        seen: The exchange that counts, redacted.
        access_token: The new access token, None when there is none.
        refresh_token: A refresh token that came along and differs from the one sent, None when there is none.
        earlier: Exchanges before it: what the issuer refused for its form alone, or what led up to it.
    """

    seen: GrantSeen
    access_token: Secret[str] | None = None
    refresh_token: Secret[str] | None = None
    earlier: tuple[GrantSeen, ...] = ()


def read(exchange: Exchange, empty: GrantSeen, names: Names, sent_refresh: Secret[str] | None) -> Granted:
    """A token endpoint's answer (RFC 6749, sections 5.1 and 5.2).

    Args:
        exchange: The exchange.
        empty: What is known before.
        names: Gives the new secrets their names.
        sent_refresh: The refresh token that was sent, to tell a rotation.
    """
    latency = exchange.hops[-1].elapsed if exchange.hops else 0.0
    base = replaced(empty, latency=latency)
    response = exchange.response
    if response is None:
        says = exchange.failure.says if exchange.failure is not None else "The token endpoint did not answer."
        kind = exchange.failure.kind if exchange.failure is not None else None
        failure = _FAILURES.get(kind, "unreachable") if kind is not None else "unreachable"
        return Granted(replaced(base, problem=str(redact.text(says, names)), failure=failure))
    fields = members(response)
    token = secret_of(fields.get("access_token"))
    fresh = secret_of(fields.get("refresh_token"))
    for secret in (token, fresh, *(secret_of(fields.get(name)) for name in ("id_token", "device_code"))):
        if secret is not None:
            names.name(secret)
    shown = redact.hop(exchange.hops[-1], names)
    base = replaced(base, status=response.status, exchange=shown)
    if not 200 <= response.status < 300 or token is None:
        return Granted(_refused(base, response, fields, names))
    rotated = fresh is not None and fresh != sent_refresh
    scope, kind = fields.get("scope"), fields.get("token_type")
    granted = tuple(scope.split()[:_MAX_SCOPES]) if isinstance(scope, str) else base.asked_scopes
    seen = replaced(
        base,
        ok=True,
        granted_scopes=tuple(str(redact.text(one[:_MAX_TEXT], names)) for one in granted),
        credential=names.name(token),
        token=redact.token(token.reveal(), names),
        expires_in=number_of(fields.get("expires_in")),
        rotated=rotated,
        token_type=str(redact.text(kind[:_MAX_TEXT], names)) if isinstance(kind, str) else "",
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
    return replaced(base, error=code, description=redact.text(text, names), problem=problem)


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


def secret_of(value: object) -> Secret[str] | None:
    """A member that is a token; None where it is none."""
    return Secret(value) if isinstance(value, str) and 0 < len(value) <= MAX_TOKEN else None


def number_of(value: object) -> float | None:
    """A member that is a number of seconds, also where it stands as a text; None where it is none."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and 0 <= number < 1e10 else None


def with_problem(seen: GrantSeen, says: str, names: Names) -> GrantSeen:
    """The same observation with a sentence on why nothing came."""
    return replaced(seen, problem=str(redact.text(says, names)))


def replaced(seen: GrantSeen, **changes: Any) -> GrantSeen:
    """The same observation with some of it changed."""
    return msgspec.structs.replace(seen, **changes)
