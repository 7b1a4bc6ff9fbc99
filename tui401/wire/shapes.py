"""What looks like a secret wherever it stands: JWTs, PEM blocks, vendors' keys, random text."""

from __future__ import annotations

import re
from typing import Final

# One alternative a vendor family; group "public" is the prefix that the vendor documents.
_VENDOR: Final = (
    r"(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}+",
    r"sk-(?:[A-Za-z]{2,8}-|[A-Za-z]{2,8}\d{2}-)?[A-Za-z0-9_-]{16,}+",
    r"gh[pousr]_[A-Za-z0-9]{16,}+",
    r"github_pat_[A-Za-z0-9_]{16,}+",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{16,}+",
    r"xox[abeoprs]-[A-Za-z0-9-]{8,}+",
    r"xapp-[A-Za-z0-9-]{10,}+",
    r"(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}+",
    r"AIza[A-Za-z0-9_-]{30,}+",
    r"ya29\.[A-Za-z0-9_.-]{8,}+",
    r"1//0[A-Za-z0-9_-]{20,}+",
    r"GOCSPX-[A-Za-z0-9_-]{16,}+",
    r"hv[sbr]\.[A-Za-z0-9_-]{16,}+",
    r"npm_[A-Za-z0-9]{16,}+",
    r"pypi-[A-Za-z0-9_-]{16,}+",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}+",
    r"shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{16,}+",
    r"do[opr]_v1_[A-Fa-f0-9]{16,}+",
    r"(?:whsec|lin_api|figd|nvapi|hf|r8|gsk|glsa|glc|ntn|sntrys|sbp|dckr_pat|rnd|pplx|xai)[_-][A-Za-z0-9_+/=-]{16,}+",
    r"(?:sq0[a-z]{3}|PMAK|NRAK|NRII|tskey|pscale_tkn|pscale_pw|rubygems)[_-][A-Za-z0-9_-]{16,}+",
    r"dapi[a-f0-9]{32}+",
    r"key-[a-f0-9]{32}+",
    r"AT[AC]TT3[A-Za-z0-9_=-]{16,}+",
    r"SSWS\ [A-Za-z0-9_-]{16,}+",
    r"EAA[A-Za-z0-9]{24,}+",
    r"pat-(?:na|eu|ap)\d-[A-Za-z0-9-]{16,}+",
    r"pdl_(?:live|sdbx)_[A-Za-z0-9_]{16,}+",
    r"rzp_(?:live|test)_[A-Za-z0-9]{8,}+",
    r"EZ[AT]K[A-Za-z0-9]{24,}+",
    r"secret_[A-Za-z0-9]{32,}+",
    r"xkeysib-[a-f0-9]{32,}+",
    r"nfp_[A-Za-z0-9]{24,}+",
    r"\d{6,12}:AA[A-Za-z0-9_-]{30,}+",
    r"v\d\.public\.[A-Za-z0-9_.-]{16,}+",
    r"v\d\.local\.[A-Za-z0-9_.-]{16,}+",
)
_PREFIX: Final = re.compile(
    r"(?:sk|pk|rk)_(?:live|test)_|sk-(?:ant-|proj-)?|gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-|xox[abeoprs]-|xapp-"
    r"|A(?:KIA|SIA)|AIza|ya29\.|GOCSPX-|hv[sbr]\.|npm_|pypi-|SG\.|shp(?:at|ss|ca|pa)_|do[opr]_v1_|whsec_|lin_api_|figd_"
    r"|nvapi-|hf_|r8_|gsk_|glsa_|glc_|ntn_|sntrys_|PMAK-|NRAK-|tskey-|dapi|AT[AC]TT3"
    r"|pat-(?:na|eu|ap)\d-|pdl_(?:live|sdbx)_|rzp_(?:live|test)_"
    r"|EZ[AT]K|secret_|xkeysib-|nfp_|sq0[a-z]{3}-|sbp_|dckr_pat_|rnd_|pplx-|xai-|lin_oauth_|rubygems_|pscale_|EAA|key-"
)
_BEFORE: Final = r"(?<![A-Za-z0-9_-])"
SURE: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{1,40}+-----.*?(?:-----END [A-Z0-9 ]{1,40}+-----|\Z)"
    r"|(?<![A-Za-z0-9+/])eyJ[A-Za-z0-9_+/=-]{8,}+(?:\.[A-Za-z0-9_+/=-]*+){0,4}+"
    rf"|{_BEFORE}(?:{'|'.join(_VENDOR)})",
    re.DOTALL,
)
"""JWTs and what begins like one, PEM blocks, and keys with a vendor's prefix. Linear in the text's length."""

RUN: Final = re.compile(r"[A-Za-z0-9_+/~-]{20,}+={0,2}")
"""Runs of characters that a random token may be; ``is_random`` judges them."""

_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_SPLIT: Final = re.compile(r"[-_+/=~]+")
_TURNS: Final = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_CASES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")
_WORDS: Final = re.compile(r"[a-z]{2,}(?:[A-Z][a-z]+)+|(?:[A-Z][a-z]+){2,}")
_ONE_WORD: Final = re.compile(r"[A-Z]?[a-z]{1,19}")
_VOWEL: Final = re.compile(r"[aeiouyAEIOUY]")
_LONG_ON_AVERAGE: Final = 4  # letters; between two capitals of a random run stand two on average
_PUBLIC_IDS: Final = (
    "req_",
    "req-",
    "evt_",
    "trace-",
    "err_",
    "resp_",
    "msg_",
    "acct_",
    "cus_",
    "org-",
    "proj_",
    "arn",
)
_MAX_ID_HEX: Final = 36
_SHORTEST_VALUE: Final = 8


def is_random(run: str) -> bool:
    """Whether a run of at least 20 token characters looks drawn by chance: no words, no UUID, no trace identifier.

    Identifiers that support asks for (UUIDs, trace ids, hexadecimal up to 36 characters, ``req_…``) are not counted.
    """
    if len(run) < 20 or run.startswith(_PUBLIC_IDS):
        return False
    pieces = [piece for piece in _SPLIT.split(run) if piece]
    if not pieces:
        return False
    if all(map(_HEX.fullmatch, pieces)):
        return max(map(len, pieces)) > _MAX_ID_HEX
    if all(map(_is_worded, pieces)):
        return False
    turns = len(_TURNS.findall(run))
    if max(map(len, pieces)) < 10:
        return turns >= 5 and len(run) >= 28  # words and numbers with separators, as in paths and host names
    if turns >= 4:
        return True
    cases = len(_CASES.findall(run))
    return (turns >= 2 and cases >= 5) or cases >= 9


def _is_worded(piece: str) -> bool:
    """Whether letters are words written together, as error codes are: ``UserNotInCurrentOrganization``."""
    if _WORDS.fullmatch(piece) is None:
        return False
    words = _ONE_WORD.findall(piece)
    return len(piece) >= _LONG_ON_AVERAGE * len(words) and all(_VOWEL.search(word) for word in words)


def public_prefix(value: str) -> str:
    """The part of a vendor's documented key prefix that may be shown, at most seven characters; "" for none."""
    found = _PREFIX.match(value)
    return found.group()[:7] if found and len(value) >= found.end() + 8 else ""


_WORD: Final = re.compile(r"(?:[A-Za-z][a-z]{0,19}|[A-Z]{1,20})(?:[ _.:/-]?(?:[A-Z]?[a-z]{1,20}|[A-Z]{1,16}))*+[!.?]?")
_CODE: Final = re.compile(r"[A-Za-z_-]{0,24}\d{1,8}")
_SENTENCE: Final = re.compile(r"[^\s]{1,24}(?:\s+[^\s]{1,40}){1,80}")
_RANDOM_PIECE: Final = re.compile(r"[^\s]{16,}")


def is_sentence(value: str) -> bool:
    """Whether a value is words for a person: at least two, none of which could be a key."""
    if len(value) > 2_000 or not _SENTENCE.fullmatch(value.strip()):
        return False
    return not any(is_random(run.ljust(20, "a")) for run in _RANDOM_PIECE.findall(value)) and SURE.search(value) is None


def is_plain(value: str) -> bool:
    """Whether a value is a word, an error code, a small number or a sentence, and so no secret under a weak name."""
    value = value.strip()
    if len(value) > 200:
        return is_sentence(value)
    return (
        len(value) <= 1
        or _CODE.fullmatch(value) is not None
        or (_WORD.fullmatch(value) is not None and sum(1 for _ in _CASES.finditer(value)) <= 12)
        or all(_is_worded(piece) or _ONE_WORD.fullmatch(piece) for piece in value.split("."))
        or is_sentence(value)
    )


_REFUSAL: Final = frozenset(
    {
        *(
            "",
            "missing",
            "invalid",
            "required",
            "expired",
            "revoked",
            "unknown",
            "none",
            "null",
            "true",
            "false",
            "bearer",
        ),
        *(
            "wrong",
            "bad",
            "absent",
            "unauthorized",
            "forbidden",
            "denied",
            "inactive",
            "disabled",
            "empty",
            "malformed",
        ),
        *("incorrect", "not_found", "notfound", "undefined", "string", "header", "query", "cookie", "body", "basic"),
        *("invalid_token", "expired_token", "token_expired", "invalid_api_key", "access_token", "refresh_token", "jwt"),
        *(
            "id_token",
            "blank",
            "unset",
            "rejected",
            "ok",
            "error",
            "failed",
            "redacted",
            "hidden",
            "optional",
            "0",
            "1",
        ),
    }
)


def is_refusal(value: str) -> bool:
    """Whether the value under a token's name is what a server says about the token, not the token."""
    return value.strip().strip("[]\"'.!").lower() in _REFUSAL or is_sentence(value)


def is_bare_value(value: str) -> bool:
    """Whether a value inside an object with a secret's name may be the secret: no word, address or mail address."""
    return len(value) >= _SHORTEST_VALUE and "://" not in value and "@" not in value and not is_plain(value)
