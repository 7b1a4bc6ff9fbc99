"""When each probe can help, given the facts so far. Pure; imports nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from tui401.model.facts import Aspect, Facts
from tui401.model.shown import Place, Redacted
from tui401.model.verdict import Strength
from tui401.model.words import Defect, Shape
from tui401.wire import asked

ONE_TIME: Final = frozenset({"dpop", "digest", "signature", "negotiate"})
"""Families whose credential holds for one request only: sent again it is a replay (judging.md, "Consent")."""

PASSWORDS: Final = frozenset({"basic", "digest"})
"""Families that an account can be locked by."""

_USUAL: Final = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
_TOKEN_SHAPES: Final = frozenset({Shape.JWT})
_SCHEMES_OF_TOKENS: Final = frozenset({"bearer", "token", "jwt", "apikey", "api-key"})
_MOST_NEAR: Final = 2
_SLASHES: Final = re.compile(r"/{2,}|/(?:\./)+")
_BEHIND: Final = re.compile(r"(?:%20|%22|[,;.)\]'\"])+\Z", re.IGNORECASE)
_SECRET_MARK: Final = "‹"


def is_one_time(facts: Facts) -> bool:
    """Whether the request carries a credential that a second send cannot use."""
    return any(credential.family in ONE_TIME for credential in facts.credentials)


def has_credential(facts: Facts) -> bool:
    """Whether a credential was sent that can be left out or replaced."""
    return facts.refused and facts.credential is not None and facts.credential.place is not Place.CERTIFICATE


def garbage_can_help(facts: Facts) -> bool:
    """Whether a worthless credential can stand in the place of the one that was sent; an invented user asks first."""
    return has_credential(facts) and not is_one_time(facts) and not _is_basic(facts) and _is_filled(facts)


def garbage_user_can_help(facts: Facts) -> bool:
    """Whether an invented user can stand in the place of the one that was sent."""
    return has_credential(facts) and _is_basic(facts) and _is_filled(facts)


def _is_basic(facts: Facts) -> bool:
    return facts.credential is not None and facts.credential.family in PASSWORDS


def _is_filled(facts: Facts) -> bool:
    """A placeholder stands for garbage itself."""
    return facts.credential is not None and bool(facts.credential.name)


def _in_header(facts: Facts) -> bool:
    return (
        has_credential(facts)
        and facts.credential is not None
        and facts.credential.place in {Place.AUTHORIZATION, Place.HEADER}
        and not is_one_time(facts)
        and _is_filled(facts)
    )


def canonical_can_help(facts: Facts) -> bool:
    """Whether the same credential can be written more exactly."""
    credential = facts.credential
    if not _in_header(facts) or credential is None or not credential.canonical_differs:
        return False
    # Without a scheme the canonical form adds one: that is an experiment of its own, which differs in that alone.
    return credential.place is not Place.AUTHORIZATION or bool(credential.scheme)


def repaired_can_help(facts: Facts) -> bool:
    """Whether the damage inside the credential can be undone."""

    def damaged(defect: Defect) -> bool:
        return defect.cause in {"token-malformed", "basic-malformed"}

    credential = facts.credential
    if not _in_header(facts) or credential is None:
        return False
    return any(damaged(defect) for defect in credential.defects)


def add_scheme_can_help(facts: Facts) -> bool:
    """Whether the credential stands in Authorization without a scheme."""
    credential = facts.credential
    if not _in_header(facts) or credential is None:
        return False
    return credential.place is Place.AUTHORIZATION and not credential.scheme


def other_schemes(facts: Facts) -> tuple[str, ...]:
    """The schemes that the API names and the request does not use, in the API's own spelling and order.

    Where it names none, a JWT under another word is tried as Bearer, which is what most APIs read (RFC 6750).
    """
    used = facts.credential.scheme.lower() if facts.credential is not None else ""
    said = [value for wanted in facts.expects(Aspect.SCHEME) for value in wanted.values]
    named = {scheme.lower(): scheme for scheme in (*(c.scheme for c in facts.challenges), *said) if scheme}
    if not named and used not in {"", "bearer", "dpop"} and _is_token(facts):
        named = {"bearer": "Bearer"}
    return tuple(spelled for name, spelled in named.items() if name != used)


def use_scheme_can_help(facts: Facts) -> bool:
    """Whether the API names another scheme that fits this credential."""
    credential = facts.credential
    if not _in_header(facts) or credential is None or not credential.scheme:
        return False
    used = credential.scheme.lower()
    if any(c.scheme.lower() == used for c in facts.challenges) or credential.place is not Place.AUTHORIZATION:
        return False
    return any(fits(scheme, facts) for scheme in other_schemes(facts))


def fits(scheme: str, facts: Facts) -> bool:
    """Whether the credential can be written under that scheme: a token not as Basic, a password not as Bearer."""
    if facts.credential is None:
        return False
    if scheme.lower() == "basic":
        return facts.credential.family in {"basic", "raw"} and not _is_token(facts)
    if facts.credential.family == "basic":
        return _is_token(facts)
    return scheme.lower() in _SCHEMES_OF_TOKENS or scheme.lower() not in {"digest", "negotiate", "ntlm", "dpop"}


def _is_token(facts: Facts) -> bool:
    return facts.token is not None and facts.token.shape in {Shape.JWT, Shape.JWE}


def bare_can_help(facts: Facts) -> bool:
    """Whether the request carries more than its address and this credential."""
    if not has_credential(facts) or facts.credential is None or is_one_time(facts):
        return False
    own = facts.credential.place_name.lower()
    return any(h.name.lower() not in _USUAL | {"authorization", own} for h in facts.request.headers)


def again_can_help(facts: Facts) -> bool:
    """Whether the same request can be sent once more."""
    return facts.refused and not is_one_time(facts) and facts.answered("original-again") is None


def final_address_can_help(facts: Facts) -> bool:
    """Whether a redirect left the credential behind."""
    if facts.answer is None or not facts.refused or len(facts.answer.hops) < 2 or is_one_time(facts):
        return False
    first, last = facts.answer.hops[0], facts.answer.hops[-1]
    downgraded = first.request.url.startswith("https:") and last.request.url.startswith("http:")
    return first.credential_sent and not last.credential_sent and not downgraded


def placement_can_help(facts: Facts) -> bool:
    """Whether the API names another header for this credential."""
    if not has_credential(facts) or is_one_time(facts) or not _is_filled(facts):
        return False
    # Beside another credential more than the place would differ.
    beside = [c for c in facts.credentials if c.place not in {Place.PROXY, Place.CERTIFICATE}]
    return len(beside) == 1 and asked.destination(facts) is not None


def once_can_help(facts: Facts) -> bool:
    """Whether several credentials stand in the request, of which one alone could be sent."""
    several = [c for c in facts.credentials if c.place not in {Place.PROXY, Place.CERTIFICATE}]
    return has_credential(facts) and not is_one_time(facts) and len(several) > 1


def named_can_help(facts: Facts) -> bool:
    """Whether another source replaced the credential that the command names."""
    return facts.refused and any(note.cause == "credential-overridden" for note in facts.notes)


def near_targets(target: str) -> Iterator[str]:
    """The address as it may have been meant: without doubled slashes, signs behind it, a slash at its end."""
    path, mark, query = target.partition("?")
    meant = _BEHIND.sub("", _SLASHES.sub("/", path)) or "/"
    found = [one for one in dict.fromkeys((meant, meant.rstrip("/"))) if one and one != path]
    yield from (f"{one}{mark}{query}" for one in found[:_MOST_NEAR])


def _is_odd(url: str) -> bool:
    """Whether the path of an address may have been meant otherwise."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    return any(True for _ in near_targets(path))


def read_can_help(facts: Facts) -> bool:
    """Whether a session was refused on a request that can change something, and could be tried on a read."""
    changes = facts.request.method.upper() not in {"GET", "HEAD", "OPTIONS", "TRACE"}
    by_session = facts.credential is not None and facts.credential.family == "cookie"
    asked = any(facts.answered(label) is not None for label in ("by-get", "by-options"))  # by the safe method
    return facts.refused and changes and by_session and not asked and _is_filled(facts)


def invented_path_can_help(facts: Facts) -> bool:
    """Whether another path of the same origin can be asked with this credential; a password is not risked for it."""
    sent = facts.credential
    if not has_credential(facts) or sent is None or is_one_time(facts) or not _is_filled(facts):
        return False
    if sent.family in PASSWORDS or sent.place is Place.PATH or any(s.strength >= Strength.LIKELY for s in facts.said):
        return False
    if facts.response is not None and facts.response.status == 403:
        return True
    # Where the answer differs from that to a request without it, the credential was read here.
    return answered_alike(facts, "anonymous") and (_is_token(facts) or _is_odd(facts.request.url))


def answered_alike(facts: Facts, label: str) -> bool:
    """Whether that variant got the original's very answer."""
    other = facts.answered(label)
    if other is None or other.response is None or facts.response is None:
        return False
    return bool(facts.response.signature) and other.response.signature == facts.response.signature


def direct_can_help(facts: Facts) -> bool:
    """Whether the request went through a forward proxy, and could go without it: by https only (judging.md)."""
    through = any(note.name == "proxy" for note in facts.notes)
    return through and facts.refused and facts.request.url.startswith("https:") and not is_one_time(facts)


def is_whole(url: Redacted) -> bool:
    """Whether a redacted address is the true one: nothing in it was masked."""
    return _SECRET_MARK not in url and "…" not in url


def token_can_be_verified(facts: Facts) -> bool:
    """Whether the token carries a signature that can be checked from outside."""
    return facts.token is not None and facts.token.shape in _TOKEN_SHAPES


def issuer_is_named(facts: Facts) -> bool:
    """Whether somebody names an issuer."""
    known = facts.known is not None and bool(facts.known.issuer)
    named = facts.token is not None and bool(facts.token.claims.get("iss"))
    listed = facts.resource is not None and bool(facts.resource.authorization_servers)
    return known or named or listed


def issuer_is_confirmed(facts: Facts) -> bool:
    """Whether somebody vouches for an issuer."""
    return facts.known is not None and bool(facts.known.issuer)


def speaks_oauth(facts: Facts) -> bool:
    """Whether metadata of the API can concern this request: not one by API key, Basic or signature."""
    schemes = {challenge.scheme.lower() for challenge in facts.challenges}
    if schemes & {"bearer", "dpop"}:
        return True
    family = facts.credential.family if facts.credential is not None else ""
    return facts.refused and family in {"bearer", "dpop", "raw"}
