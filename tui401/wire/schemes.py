"""Names of authentication schemes as requests carry them, and names that nearly are one."""

from __future__ import annotations

import re
from typing import Final

from tui401.wire.challenge import KNOWN_SCHEMES

# Spelled as their owners spell them. What a challenge may name is in KNOWN_SCHEMES; these are seen in requests only.
_REQUEST_ONLY: Final = frozenset(
    {
        *("aws", "apikey", "api-key", "bot", "key", "oauth2", "sso-key", "sharedaccesssignature", "sharedkeylite"),
        *("googlelogin", "geniekey", "splunk", "klaviyo-api-key", "zoho-oauthtoken", "deepl-auth-key"),
        *("kakaoak", "snowflake", "mediabrowser", "x-api-key"),
        *("elastic", "nostr", "l402", "lsat", "spnego", "saml", "saml2", "x509"),
    }
)
_ALL: Final = KNOWN_SCHEMES | _REQUEST_ONLY
_PARAMETERS: Final = frozenset(
    {
        *("digest", "aws4-hmac-sha256", "hmac", "hawk", "mac", "signature", "oauth", "vapid", "wsse", "mutual", "hoba"),
        *("scram-sha-1", "scram-sha-256", "concealed", "gnap", "snowflake", "mediabrowser", "sharedaccesssignature"),
        *("googlelogin", "privatetoken", "acs-hmac-sha256", "aws4-ecdsa-p256-sha256", "l402", "lsat"),
    }
)
_TOKEN_ONLY: Final = frozenset({"bearer", "basic", "dpop", "jwt"})
_PARAMETER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*+[ \t]*+=")
_QUOTED_PARAMETER: Final = re.compile(r'[A-Za-z_][A-Za-z0-9_-]*+[ \t]*+=[ \t]*+"')
_CANONICAL: Final = {"bearer": "Bearer", "basic": "Basic", "dpop": "DPoP", "digest": "Digest"}
_LIKE_A_NAME: Final = re.compile(r"[A-Za-z]{2,14}[0-9]{0,2}(?:[-_][A-Za-z]{1,14}[0-9]{0,3}|[-_][0-9]{1,3})*")
_LONGEST: Final = 28


def is_known(word: str) -> bool:
    """Whether a word is a scheme that is known, in any case."""
    return word.lower() in _ALL


def may_be_scheme(word: str) -> bool:
    """Whether an unknown word before a space may be a scheme; a piece of a key must never pass for one and be shown."""
    return len(word) <= _LONGEST and _LIKE_A_NAME.fullmatch(word) is not None


def has_parameters(scheme: str, text: str) -> bool:
    """Whether what stands behind a scheme is a list of parameters (RFC 9110, section 11.4) and not one token.

    Some schemes are used both ways: OAuth 1.0 has parameters, and "OAuth TOKEN" is seen, too.
    """
    lower = scheme.lower()
    if "hmac" in lower:
        return True
    if lower in _PARAMETERS:
        return _PARAMETER.match(text) is not None
    return bool(scheme) and lower not in _TOKEN_ONLY and _QUOTED_PARAMETER.match(text) is not None


def canonical_name(scheme: str) -> str:
    """A scheme as its registration spells it; one that is not known stays as it is."""
    return _CANONICAL.get(scheme.lower(), scheme)


def misspelled(word: str) -> str | None:
    """The scheme that was meant by a word one slip away from Bearer or Basic, else None."""
    lower = word.lower()
    if lower in _ALL or not 3 <= len(lower) <= 8 or not lower.isascii():
        return None
    return next((name for name in ("Bearer", "Basic") if _one_slip(lower, name.lower())), None)


def _one_slip(word: str, name: str) -> bool:
    """One letter left out, doubled, added, changed, or two neighbours swapped."""
    if abs(len(word) - len(name)) > 1:
        return False
    same = 0
    while same < min(len(word), len(name)) and word[same] == name[same]:
        same += 1
    if len(word) == len(name):
        swapped = word[same : same + 2][::-1] + word[same + 2 :]
        return word[same + 1 :] == name[same + 1 :] or swapped == name[same:]
    return word[same + 1 :] == name[same:] or word[same:] == name[same + 1 :]
