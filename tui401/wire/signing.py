"""What a signed request shows of its own signing: scope, times, and what is signed. Never the signature itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tui401.model.shown import RequestShown

_PARAMETER: Final = re.compile(r"""([A-Za-z_][A-Za-z0-9_-]*)\s*=\s*(?:"([^"]*)"|([^",\s]+))""")
_ISO_BASIC: Final = re.compile(r"\d{8}T\d{6}Z")
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d")
_AWS: Final = re.compile(r"(?:^|\.)amazonaws\.com(?:\.cn)?\Z")
_DATED: Final = ("x-amz-date", "x-ms-date", "x-date", "date")
_OAUTH1: Final = (
    *("oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce"),
)
_BY_CLIENT: Final = frozenset({"host", "content-length", "user-agent", "accept", "accept-encoding", "connection"})
"""Headers that a client adds by itself, so that their absence in a command shows nothing."""
_SERVICES: Final = frozenset(
    {
        *("s3", "execute-api", "lambda", "dynamodb", "sqs", "sns", "sts", "kms", "ec2", "es", "aoss", "iam"),
        *("secretsmanager", "logs", "cloudformation", "kinesis", "firehose", "events", "states", "ecs", "athena"),
    }
)
"""Services whose name in the address is the one that they are signed for."""
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Scope:
    """The credential scope of an AWS signature (Signature Version 4): the day, the region and the service."""

    day: str
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signed request says of its signing.

    Attributes:
        kind: ``aws`` (Signature Version 4), ``oauth1`` (RFC 5849), ``message`` (RFC 9421 and its drafts), ``other``.
        scope: Of ``aws``.
        stamped: When it was signed, seconds since the epoch; None where it does not say.
        ends: When it says that it ends; None where it does not.
        signed: The names of the headers that it says are signed, lower case.
        lacking: Parameters that its scheme requires and that are not there.
    """

    kind: str
    scope: Scope | None = None
    stamped: float | None = None
    ends: float | None = None
    signed: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def read(request: RequestShown) -> Signing | None:
    """How a request is signed; None for one that is not."""
    value = next(iter(request.values("authorization")), "")
    scheme = value.partition(" ")[0]
    given = parameters(value)
    lower = scheme.lower()
    query = _query(request.url)
    if lower.startswith("aws4-") or "x-amz-signature" in query:
        return _aws(request, given or query, query)
    if lower == "oauth" and any(name.startswith("oauth_") for name in given):
        return Signing(
            "oauth1",
            stamped=_number(given.get("oauth_timestamp", "")),
            lacking=tuple(name for name in _OAUTH1 if name not in given),
        )
    inputs = next(iter(request.values("signature-input")), "")
    if inputs or lower == "signature" or request.values("signature"):
        return _message(inputs, given)
    if "signature" in lower or "hmac" in lower or lower in ("sharedkey", "sharedkeylite", "aws", "hawk", "mac"):
        stamp = _number(given.get("ts", "")) or _dated(request)
        named = re.split(r"[ ;]", given.get("headers", given.get("signedheaders", "")).lower())
        return Signing("other", stamped=stamp, signed=tuple(name for name in named if name)[:_MOST])
    return None


def parameters(value: str) -> dict[str, str]:
    """The parameters of an Authorization value behind its scheme, names in lower case (RFC 9110, section 11.4)."""
    return _pairs(value.partition(" ")[2])


def day(at: float) -> str:
    """The day of a moment as a credential scope writes it: ``20261118``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%d")


def absent(request: RequestShown, signing: Signing) -> tuple[str, ...]:
    """Headers that the signature covers and the request does not have; those that a client adds are left out."""
    there = {header.name.lower() for header in request.headers} | _BY_CLIENT
    return tuple(name for name in signing.signed if name[:1].isalpha() and name not in there)


def of_host(host: str) -> tuple[str, str]:
    """The service and the region that an AWS host name shows, "" where it shows none.

    Only services whose name in the address is the one that they are signed for are told.
    """
    name = host.partition(":")[0].lower()
    if not _AWS.search(name):
        return "", ""
    labels = _AWS.sub("", name).replace("s3-", "s3.").split(".")
    region = next((label for label in labels if _REGION.fullmatch(label)), "")
    service = next((label for label in reversed(labels) if label in _SERVICES), "")
    return service, region


def _aws(request: RequestShown, given: dict[str, str], query: dict[str, str]) -> Signing:
    credential = given.get("credential") or query.get("x-amz-credential", "")
    parts = credential.split("/")
    scope = Scope(*parts[-4:-1]) if len(parts) >= 5 and parts[-1] == "aws4_request" else None
    stamp = query.get("x-amz-date") or next(iter(request.values("x-amz-date")), "")
    stamped = _basic(stamp) if stamp else _dated(request)
    life = _number(query.get("x-amz-expires", ""))
    signed = (given.get("signedheaders") or query.get("x-amz-signedheaders", "")).lower().split(";")
    return Signing(
        "aws",
        scope=scope,
        stamped=stamped,
        ends=stamped + life if stamped is not None and life is not None else None,
        signed=tuple(name for name in signed if name)[:_MOST],
    )


def _message(inputs: str, given: dict[str, str]) -> Signing:
    """An HTTP message signature: by Signature-Input (RFC 9421, section 4.1), or by parameters as its drafts had it."""
    if inputs:
        covered = re.findall(r'"([^"]{1,60})"', inputs.partition("(")[2].partition(")")[0])
        given = _pairs(inputs.partition(")")[2].replace(";", " "))
    else:
        covered = given.get("headers", "").split()
    return Signing(
        "message",
        stamped=_number(given.get("created", "")),
        ends=_number(given.get("expires", "")),
        signed=tuple(name.lower() for name in covered)[:_MOST],
    )


def _pairs(text: str) -> dict[str, str]:
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(text[:8192])}


def _query(url: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=200)
    except ValueError:
        return {}
    return {name.lower(): value for name, value in pairs}


def _dated(request: RequestShown) -> float | None:
    values: Iterable[str] = (value for name in _DATED for value in request.values(name))
    return next((at for value in values if (at := _basic(value) or _http_date(value)) is not None), None)


def _basic(text: str) -> float | None:
    if not _ISO_BASIC.fullmatch(text.strip()):
        return None
    try:
        return datetime.strptime(text.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _http_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _number(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
