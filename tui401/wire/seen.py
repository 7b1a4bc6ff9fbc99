"""What a report may say of one credential: its family, its defects, its claims, never its value."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tui401.model.http import HeldBack, Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import CredentialSeen, Place, Redacted, TokenShown
from tui401.model.words import Defect, Shape, TokenParts
from tui401.wire import authorization, claims_shown, handshake, jwt, proof, schemes
from tui401.wire.authorization import Authorization
from tui401.wire.echo import basic_pair
from tui401.wire.placeholder import is_placeholder
from tui401.wire.places import Located, secret_of
from tui401.wire.secretnames import Weight, is_companion_header, weigh
from tui401.wire.shapes import SURE, is_plain, is_random, public_prefix
from tui401.wire.veil import HIDDEN, Veil

_LONGEST: Final = 200
_MAX_MASKED: Final = 16_384
_DOT: Final = "●"
_TOKENS: Final = frozenset({Shape.JWT, Shape.JWE, Shape.BROKEN_JWT})
_TOKEN_FAMILIES: Final = frozenset({"bearer", "dpop", "raw"})
_VISIBLE_DEFECTS: Final = frozenset({"control-character", "non-ascii", "space-inside", "percent-encoded"})
_FAMILIES: Final = {
    **dict.fromkeys(("bearer", "jwt", "oauth2"), "bearer"),
    **dict.fromkeys(("basic", "xbasic"), "basic"),
    "digest": "digest",
    "dpop": "dpop",
    **dict.fromkeys(("negotiate", "ntlm", "kerberos", "spnego"), "negotiate"),
    **dict.fromkeys(("token", "apikey", "api-key", "x-api-key", "key", "bot", "ssws", "geniekey", "splunk"), "api-key"),
    **dict.fromkeys(("sso-key", "klaviyo-api-key", "deepl-auth-key", "kakaoak", "zoho-oauthtoken"), "api-key"),
    **dict.fromkeys(("sharedkey", "sharedkeylite", "aws", "hmac", "hawk", "signature", "mac"), "signature"),
}
_SIGNED_TEXT: Final = re.compile(r"(?i)(?:^|&|%26|[,; ])(?:sig|signature)(?:=|%3d)")
"""A list of parameters without a scheme, one of them a signature, as Azure Cosmos DB takes it."""
_BEARER_NAMES: Final = frozenset({"access_token", "accesstoken", "bearer_token", "bearer"})


class Quiet(Secret[str]):
    """A secret without a hint: the last characters of a password, encoded or not, give too much of it away."""

    __slots__ = ()

    @property
    def hint(self) -> str:
        """Always "": see the class."""
        return ""


def held_back(held: HeldBack, names: Names) -> CredentialSeen:
    """A user and password that answer a challenge, as they may be seen: that a password is there, and no more."""
    return CredentialSeen(
        name=names.name(Quiet(held.password.reveal())),
        place=Place.AUTHORIZATION,
        place_name="Authorization",
        scheme=held.schemes[0].title(),
        family=held.schemes[0],
        user=Veil(names).text(held.user.reveal(), _LONGEST),
        came_from=str(held.provenance),
        origin=held.provenance.origin.value,
    )


def matters(item: Located) -> bool:
    """Whether a report speaks of it: not of a cookie of no session nor of a CSRF token, but of a DPoP proof."""
    return item.counts or item.place_name.lower() == "dpop"


def name(item: Located, names: Names) -> str:
    """The name of a credential in reports, "" where none was sent or a placeholder stands in its place."""
    secret = secret_of(item)
    value = secret.reveal()
    if not value or is_placeholder(value):
        return ""
    if not item.counts and is_plain(value):
        return ""
    quiet = item.scheme.lower() == "basic" or weigh(item.place_name) is Weight.ALWAYS
    return names.name(Quiet(value) if quiet else secret)


def credential(item: Located, request: Request, names: Names, veil: Veil) -> CredentialSeen:
    """One credential as it may be seen."""
    value = item.value.reveal()
    of_header = item.place in {Place.AUTHORIZATION, Place.PROXY, Place.HEADER}
    line = request.headers[item.index].value.reveal() if of_header else ""
    parsed = authorization.take_apart(line, bare=item.place is Place.HEADER) if of_header else None
    kind = _family(item)
    called = name(item, names)
    unfilled: tuple[Defect, ...] = ()
    parts = jwt.take_apart(value) if kind not in {"basic", "digest", "signature", "negotiate"} else None
    if parts is not None and parts.shape not in _TOKENS and kind not in _TOKEN_FAMILIES:
        unfilled = parts.defects if parts.shape in {Shape.EMPTY, Shape.PLACEHOLDER} else ()
        parts = None
    # A signature has a grammar of its own, in which colons and commas are no damage.
    of_grammar = kind == "signature" and item.place is Place.HEADER
    whole = () if of_grammar else parsed.defects if parsed else unfilled
    if item.place_name.lower() == "dpop" and parts is not None:
        whole = (*whole, *proof.unbound(request, parts.claims))
    scheme = "" if item.place is Place.HEADER else None
    return CredentialSeen(
        name=called,
        place=item.place,
        place_name=veil.text(item.place_name, _LONGEST),
        hint=names.hints().get(called, ""),
        scheme=veil.text(item.scheme, _LONGEST),
        family=kind,
        prefix=public_prefix(value),
        user=_user(item, veil),
        defects=_clean(whole, veil),
        masked=_masked(line, parsed, parts) if parsed else "",
        canonical_differs=of_header and not of_grammar and authorization.canonical(line, scheme) is not None,
        token=token_shown(parts, veil) if parts is not None else None,
        came_from=veil.text(str(item.provenance), _LONGEST) if item.provenance else "",
        origin=item.provenance.origin.value if item.provenance else "",
        leg=handshake.kind(value) if kind == "negotiate" else "",
    )


def token_shown(parts: TokenParts, veil: Veil | None) -> TokenShown:
    """Parts of a token as they may be seen."""
    hide = cover(veil) if veil is not None else None
    return TokenShown(
        shape=parts.shape,
        header=claims_shown.shown(parts.header, hide),
        claims=claims_shown.shown(parts.claims, hide),
        defects=_clean(parts.defects, veil),
        length=parts.length,
        signature_bytes=parts.signature_bytes,
    )


def cover(veil: Veil) -> claims_shown.Cover:
    """Hides the known secrets of a case in the text of a claim."""
    return lambda text: veil.cover(text, [], len(text) + _LONGEST)


def _clean(defects: tuple[Defect, ...], veil: Veil | None) -> tuple[Defect, ...]:
    if veil is None:
        return tuple(replace(item, says=claims_shown.clean(item.says, 2 * _LONGEST)) for item in defects)
    return tuple(replace(item, says=veil.text(item.says, 2 * _LONGEST)) for item in defects)


def _family(item: Located) -> str:
    lower = item.place_name.lower()
    match item.place:
        case Place.AUTHORIZATION | Place.PROXY:
            scheme = item.scheme.lower()
            if not scheme:
                return "signature" if _SIGNED_TEXT.search(item.value.reveal()[:2000]) else "raw"
            if scheme not in {"digest", "dpop"} and schemes.has_parameters(item.scheme, item.value.reveal()):
                return "api-key" if scheme in {"token", "mediabrowser"} else "signature"
            return _FAMILIES.get(scheme, "signature" if "hmac" in scheme else "other")
        case Place.HEADER:
            if is_companion_header(item.place_name):
                return "dpop" if lower == "dpop" else "other"
            return "signature" if "signature" in lower else "api-key"
        case Place.COOKIE:
            return "cookie"
        case Place.QUERY | Place.BODY:
            if lower in _BEARER_NAMES:
                return "bearer"
            if lower in {"sig", "hmac"} or lower.endswith("signature"):
                return "signature"
            return "api-key" if weigh(lower) is Weight.TOKEN or "key" in lower else "other"
        case _:
            return "api-key"


def _user(item: Located, veil: Veil) -> Redacted:
    user = item.user.reveal()
    if not user:
        return Redacted("")
    if item.scheme.lower() == "basic":
        password = basic_pair(item.value.reveal())[1]
        if not password or password == "x-oauth-basic":
            return Redacted(HIDDEN)  # the key stands in the user's place
    if SURE.match(user) or is_random(user):
        return Redacted(HIDDEN)
    return veil.text(user, _LONGEST)


def _masked(line: str, parsed: Authorization, parts: TokenParts | None) -> str:
    """The line with all but its structure masked, of equal length."""
    if not parsed.usable and parsed.credential:
        kept = set(range(len(line)))  # a placeholder is no secret
    else:
        first, last = parsed.credential_span
        kept = set(range(*parsed.scheme_span))
        kept |= {at for at, sign in enumerate(line) if not first <= at < last and not sign.isalnum()}
        if parts is not None and parts.shape in _TOKENS:
            kept |= {at for at in range(first, last) if line[at] == "."}
        for item in parsed.defects:
            if item.name in _VISIBLE_DEFECTS and item.length <= 4:
                kept |= {
                    at
                    for at in range(item.at, item.at + item.length)
                    if not line[at].isalnum() or not line[at].isascii()
                }
    text = "".join(sign if at in kept else _DOT for at, sign in enumerate(line[:_MAX_MASKED]))
    return claims_shown.clean(text, _MAX_MASKED)
