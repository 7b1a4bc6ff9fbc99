"""What a thing and its state mean together, beside what the request carried: the table of ``judge.sentences``. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.verdict import Strength

Meaning = tuple[str, Strength, bool]
"""A cause, how surely the words mean it, and whether they go with many causes."""

_LIKELY: Final = Strength.LIKELY
_POSSIBLE: Final = Strength.POSSIBLE
_WRONG: Final = frozenset({"invalid", "expired", "revoked", "disabled", "malformed", "elsewhere"})
_ANY: Final = frozenset({*_WRONG, "missing", "denied"})

_PLAIN: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "rate": ("rate-limited", frozenset({"limited", "denied"})),
    "csrf": ("csrf-token-missing", _ANY),
    "step-up": ("step-up-required", frozenset({"missing", "invalid", "expired"})),
    "consent": ("consent-required", _ANY - {"malformed"}),
    "certificate": ("client-certificate-required", _ANY),
    "address": ("address-not-allowed", _ANY - {"expired", "malformed"}),
    "place": ("address-not-allowed", frozenset({"denied"})),
    "agent": ("gateway-rejected", frozenset({"missing", "denied", "invalid", "disabled"})),
}
"""Things whose every trouble is one cause, whatever was sent, with the states that are trouble."""

_OF_TOKENS: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "audience": ("audience-mismatch", frozenset({"invalid", "missing", "denied", "elsewhere"})),
    "issuer": ("issuer-mismatch", frozenset({"invalid", "missing", "denied", "elsewhere"})),
    "signing-key": ("signing-key-unknown", frozenset({"invalid", "missing"})),
    "algorithm": ("algorithm-rejected", frozenset({"invalid", "denied"})),
    "scope": ("scope-insufficient", frozenset({"missing", "denied", "invalid"})),
}
_PLAN: Final = re.compile(r"plan|subscription|licen|package|trial")
"""What is bought: what it lacks, its owner has no right to."""
_CLIENTS: Final = frozenset({"client", "key", "credential"})
_GRANTS: Final = frozenset({"grant", "token"})


def meaning(thing: str, state: str, words: str, marks: frozenset[str], status: int) -> Meaning | None:
    """What that state of that thing means; None where it means nothing that refuses.

    Args:
        thing: Of ``the vocabulary's things``.
        state: Of ``its states``.
        words: The thing as the sentence names it.
        marks: What is known of the request.
        status: The answer's status.
    """
    if "token-endpoint" in marks:
        told = _at_a_token_endpoint(thing, state, marks)
        if told is not None:
            return told
    if thing == "scope" and "authorize" in marks and state in ("invalid", "denied"):
        return "scope-rejected", _LIKELY, False
    if thing in _PLAIN and state in _PLAIN[thing][1]:
        return _PLAIN[thing][0], _LIKELY, False
    if thing in _OF_TOKENS:
        cause, troubles = _OF_TOKENS[thing]
        return (cause, _LIKELY, False) if state in troubles and "credential" in marks else None
    match thing:
        case "clock":
            return _clock(state, marks)
        case "signature":
            return _signature(state, marks)
        case "proof":
            return _proof(state, marks)
        case "session":
            return _session(state, marks)
        case "key":
            return _key(state, marks)
        case "client" if "bearer" not in marks or state != "invalid":
            return _key(state, marks) if state not in ("disabled", "denied") else _account(state, marks, status)
        case "token" | "grant":
            return _token(state, marks)
        case "password":
            return _password(state, marks)
        case "credential":
            return _credential(state, marks)
        case "header":
            return _header(state, marks)
        case "place" if state == "disabled":
            return "account-disabled", _POSSIBLE, True  # some vendors call a customer's branch a location
        case "right":
            return _right(state, marks)
        case "account":
            if state in ("missing", "denied") and _PLAN.search(words) and "credential" in marks:
                return "permission-denied", _LIKELY, False
            return _account(state, marks, status, you=words == "you")
        case _:
            return None


def _at_a_token_endpoint(thing: str, state: str, marks: frozenset[str]) -> Meaning | None:
    """There words of a client are of who asks, and words of a token of the grant (RFC 6749, section 5.2)."""
    grant = any(mark.startswith("grant-") for mark in marks)
    password = "password-grant" in marks or ("password" in marks and not grant)
    if thing == "password" and state == "disabled" and password:
        return "account-disabled", _LIKELY, False
    if thing == "password" or (thing in ("credential", "account") and password and state == "invalid"):
        cause = "basic-credentials-invalid" if password else "client-rejected"
        return (cause, _LIKELY, False) if state in _ANY else None
    if thing in _CLIENTS and state in _ANY:
        return "client-rejected", _LIKELY, False
    if thing in _GRANTS and state in _ANY and "grant-client_credentials" not in marks:
        return "grant-rejected", _LIKELY, False
    if thing == "account" and state in ("missing", "denied"):
        return "client-rejected", _POSSIBLE, True
    if thing == "scope" and state in ("invalid", "denied"):
        return "scope-rejected", _LIKELY, False
    if thing == "audience" and state in ("invalid", "denied", "missing"):
        return "audience-mismatch", _LIKELY, False
    return None


def _clock(state: str, marks: frozenset[str]) -> Meaning | None:
    if state == "missing":
        return ("request-signature-invalid", _LIKELY, False) if "signature" in marks else None
    return ("clock-skew-client", _LIKELY, False) if state in _ANY or state == "early" else None


def _proof(state: str, marks: frozenset[str]) -> Meaning | None:
    """A proof that a token is bound to: one that came and was refused, or none (RFC 9449, section 7.1)."""
    if "credential" not in marks or state not in _ANY:
        return None
    refused = "dpop" in marks and state != "missing"
    return ("dpop-proof-invalid" if refused else "sender-constraint-unmet"), _LIKELY, False


def _signature(state: str, marks: frozenset[str]) -> Meaning | None:
    if state not in _ANY:
        return None
    if "signature" in marks:
        return ("clock-skew-client" if state == "expired" else "request-signature-invalid"), _LIKELY, False
    if "jwt" in marks:
        return ("token-signature-invalid", _LIKELY, False) if state != "missing" else None
    return "request-signature-invalid", (_POSSIBLE if "bearer" in marks else _LIKELY), False


def _session(state: str, marks: frozenset[str]) -> Meaning | None:
    if "none" in marks:
        return ("header-missing", _LIKELY, True) if state in {"missing", *_WRONG} else None
    return ("session-expired", _LIKELY, False) if state in {"missing", *_WRONG} else None


def _key(state: str, marks: frozenset[str]) -> Meaning | None:
    if state == "missing":
        if "api-key" in marks:
            return "credential-misplaced", _POSSIBLE, False
        return ("api-key-missing", _LIKELY, False) if "signature" not in marks else None
    if state == "denied":
        return ("permission-denied", _LIKELY, False) if "credential" in marks else None
    if state in _WRONG:
        return "api-key-invalid", _LIKELY, False
    return None


def _token(state: str, marks: frozenset[str]) -> Meaning | None:
    if "none" in marks and not ("perhaps" in marks and state in _WRONG):
        if state == "missing":
            return "header-missing", _LIKELY, True
        return ("header-missing", _POSSIBLE, True) if state in _WRONG else None
    if "key" in marks and "own-token-header" not in marks and state in _WRONG:
        return "api-key-invalid", _LIKELY, False
    match state:
        case "early":
            return "token-not-yet-valid", _LIKELY, False
        case "expired":
            return ("session-expired" if "cookie" in marks else "token-expired"), _LIKELY, False
        case "revoked" | "disabled":
            return "token-revoked", _LIKELY, False
        case "malformed":
            return "token-malformed", _LIKELY, False
        case "invalid":
            sure = not {"opaque", "own-token-header", "perhaps"}.isdisjoint(marks)
            return "token-unrecognised", (_LIKELY if sure else _POSSIBLE), True
        case "elsewhere":
            return "environment-mismatch", _LIKELY, False
        case "denied":
            return "permission-denied", _LIKELY, True
        case "missing":
            return "header-dropped", _POSSIBLE, True
        case _:
            return None


def _password(state: str, marks: frozenset[str]) -> Meaning | None:
    if "bearer" in marks or state not in _ANY:
        return None
    if state == "missing" and "none" in marks and "sign-in" not in marks:
        return "header-missing", _LIKELY, True
    if state == "disabled":
        return "account-disabled", _LIKELY, False
    return ("basic-credentials-invalid", _LIKELY, False) if state in ("invalid", "expired", "malformed") else None


def _credential(state: str, marks: frozenset[str]) -> Meaning | None:
    if "none" in marks and marks.isdisjoint({"sign-in", "perhaps"}):
        if state == "missing":
            return "header-missing", _LIKELY, True
        return ("header-missing", _POSSIBLE, True) if state in _WRONG else None
    if state not in _WRONG:
        return None
    if not marks.isdisjoint({"basic", "sign-in", "password"}):
        return "basic-credentials-invalid", _LIKELY, True
    if "signature" in marks:
        return "request-signature-invalid", _POSSIBLE, True
    if "api-key" in marks or "perhaps" in marks:
        return "api-key-invalid", _LIKELY, True
    if state in ("expired", "revoked"):
        return f"token-{state}", _LIKELY, False
    return "token-unrecognised", _POSSIBLE, True


def _header(state: str, marks: frozenset[str]) -> Meaning | None:
    if state == "missing":
        return ("header-missing", _LIKELY, True) if "none" in marks else None
    if state not in ("malformed", "invalid") or "credential" not in marks:
        return None
    return "header-malformed", _LIKELY, state == "invalid"


def _right(state: str, marks: frozenset[str]) -> Meaning | None:
    troubles = state in ("missing", "denied", "invalid", "disabled", "revoked")
    return ("permission-denied", _LIKELY, True) if troubles and "credential" in marks else None


def _account(state: str, marks: frozenset[str], status: int, *, you: bool = False) -> Meaning | None:
    match state:
        case "disabled" | "expired" | "revoked" if not you or state == "disabled":
            return "account-disabled", _LIKELY, False
        case "denied" if "credential" in marks:
            return "permission-denied", _LIKELY, True
        case "missing" if "credential" in marks and status == 403:
            return "permission-denied", _LIKELY, True
        case "elsewhere":
            return "environment-mismatch", _LIKELY, False
        case "invalid" if not you:
            if not marks.isdisjoint({"basic", "sign-in", "password"}):
                return "basic-credentials-invalid", _LIKELY, True
            return ("account-disabled", _POSSIBLE, True) if "credential" in marks else None
        case _:
            return None
