"""Takes the value of an Authorization field apart (RFC 9110, section 11.4; RFC 6750, section 2.1; RFC 7617).

It finds the credential in whatever a person, a shell or a library made of the header, and names each defect with its
place. `canonical` writes the same credential as it should stand; `repaired` also mends damage inside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tui401.model.secret import Secret
from tui401.model.words import Defect
from tui401.wire import schemes
from tui401.wire.around import BLANK, Cut, quality
from tui401.wire.basic import basic_defects, looks_basic, repaired_basic
from tui401.wire.placeholder import is_placeholder
from tui401.wire.tokentext import TokenText

PLACEHOLDER: Final = "credential-placeholder"
HARMLESS: Final = frozenset({"leading-space", "trailing-space", "basic-padding"})
"""Defects that most servers overlook, so that alone they conclude nothing."""

_MOST_DOUBLED: Final = 8

_FIELD_NAME: Final = re.compile(r"(?:proxy-)?authorization[ \t]*+[:=]", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*+")
_GLUED: Final = re.compile(r"(bearer|dpop|jwt)(?=eyJ)", re.IGNORECASE)
_ENCODED_SPACE: Final = re.compile(r"(?:%20|%09|\+)++")
_TOKEN_SCHEMES: Final = frozenset({"bearer", "basic", "dpop", "jwt", "token"})
_SECOND: Final = re.compile(r",[ \t]*+(?:bearer|basic|dpop|token|jwt|digest|apikey)[ \t]++(?=[^ \t])", re.IGNORECASE)
_AFTER_SCHEME: Final = "=%+,e<[{(\"'`“‘"  # "e" as in BearereyJ…
_SENDABLE: Final = re.compile(r"[\x20-\x7e]++")
_TO_URL_SAFE: Final = str.maketrans("+/", "-_")


@dataclass(frozen=True, slots=True)
class Authorization:
    """A header's value taken apart.

    Attributes:
        scheme: The scheme as it was spelled; "" when there is none.
        meant: The scheme as it should be spelled; "" when there is none.
        credential: What is left when all around it is taken away; empty when nothing was sent.
        scheme_span: Where the scheme stands in the value: first offset and the one behind the last.
        credential_span: Where the credential stands, in the same way.
        defects: What is wrong, in the order of the value. When the credential is empty or a placeholder, that only.
    """

    scheme: str
    meant: str
    credential: Secret[str]
    scheme_span: tuple[int, int]
    credential_span: tuple[int, int]
    defects: tuple[Defect, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether a credential is there: neither nothing nor a placeholder."""
        return bool(self.credential) and all(defect.cause != PLACEHOLDER for defect in self.defects)


_OWN_FORM: Final = re.compile(
    r"(?i)(?:api|access|auth|app|user|service|secret)?[-_]?(?:key|token|id|login|auth) [^ ]{4,}$"
)
"""What some services want in a header of their own: a word that says what follows, a space, and that."""


def take_apart(value: str, *, bare: bool = False) -> Authorization:
    """Takes a value apart; never raises, in time linear in its length.

    Args:
        value: The value of an Authorization or Proxy-Authorization line, as it was sent.
        bare: True for a header that carries a key without a scheme, such as X-API-Key.
    """
    cut = Cut(value)
    cut.trim()
    _field_name(cut)
    lead = _SCHEME.match(value, cut.start, cut.end)
    if lead is None:  # a quote or bracket stands around all of it
        cut.unwrap(names=False)
    scheme, meant, span = _bare_scheme(cut) if bare else _scheme(cut)
    listed = schemes.has_parameters(scheme, cut.text)
    if not listed:
        if scheme or bare:
            _doubled(cut)
            _second(cut)
        cut.unwrap(names=not scheme or scheme.lower() in _TOKEN_SCHEMES - {"token"})
    text, at = cut.text, cut.start
    filler = _filler(value, text, at)
    if filler is None:
        if not scheme and not bare:
            says = "No scheme stands before the credential; a token wants Bearer and one space there."
            cut.say("scheme-missing", at, 0, says, "scheme-missing")
        basic = scheme.lower() == "basic" or meant == "Basic"
        own = bare and _OWN_FORM.match(text) is not None
        cut.inside("basic-malformed" if basic else "token-malformed", spaces=not (listed or own))
        if basic:
            found = basic_defects(text, at)
            filler = next((defect for defect in found if defect.cause == PLACEHOLDER), None)
            cut.defects.extend(found)
    defects = (filler,) if filler else tuple(sorted(cut.defects, key=lambda defect: (defect.at, defect.length)))
    return Authorization(scheme, meant, Secret(text), span, (at, cut.end), defects)


def canonical(value: str, scheme: str | None = None) -> str | None:
    """The same credential written exactly right: the scheme, one space, the credential as it is.

    Args:
        value: The value of an Authorization line.
        scheme: The scheme to write; "" for none (a header that carries a bare key). By default the one in the value, or
            where none is, Basic for what decodes to user and password and Bearer for all else.

    Returns:
        The value, or None when it already stands so, when there is no credential, or when no header can carry it.
    """
    parsed = take_apart(value, bare=scheme == "")
    credential = parsed.credential.reveal()
    if not parsed.usable or not _SENDABLE.fullmatch(credential):
        return None
    written = _written(parsed, credential, scheme)
    return None if written == value else written


def repaired(value: str, scheme: str | None = None) -> str | None:
    """What `canonical` writes, with damage inside the credential mended too: a guess, to be called so.

    Takes out white space and characters that cannot be seen, undoes percent-encoding, writes a JWT in base64url and
    encodes a Basic credential anew. None when there is nothing of that sort to mend.
    """
    parsed = take_apart(value, bare=scheme == "")
    credential = parsed.credential.reveal()
    if not parsed.usable or schemes.has_parameters(parsed.scheme, credential):
        return None
    mended: str | None
    if parsed.meant == "Basic":
        mended = repaired_basic(credential)
    else:
        mended = TokenText.of(credential).clean
        if mended.startswith("ey") and "." in mended:
            mended = ".".join(part.translate(_TO_URL_SAFE).rstrip("=") for part in mended.split("."))
    if mended is None or mended == credential or not mended or not _SENDABLE.fullmatch(mended):
        return None
    return _written(parsed, mended, scheme)


def _written(parsed: Authorization, credential: str, scheme: str | None) -> str:
    name = parsed.meant if scheme is None else scheme
    if scheme is None and not name:
        name = "Basic" if looks_basic(credential) else "Bearer"
    return f"{name} {credential}" if name else credential


def _filler(value: str, text: str, at: int) -> Defect | None:
    if not text:
        return Defect("empty-value", PLACEHOLDER, min(at, len(value)), 0, "Nothing stands where the credential should.")
    if is_placeholder(text):
        says = "A placeholder stands where the credential should: its value was never filled in."
        return Defect("placeholder", PLACEHOLDER, at, len(text), says)
    return None


def _field_name(cut: Cut) -> None:
    found = _FIELD_NAME.match(cut.value, cut.start, cut.end)
    if found:
        says = "The header's own name stands in its value."
        cut.say("header-name-inside", cut.start, found.end() - cut.start, says)
        cut.start = found.end()
        _skip_blanks(cut)


def _skip_blanks(cut: Cut) -> int:
    """Moves behind the blanks at the start; gives how many there were."""
    before = cut.start
    while cut.start < cut.end and cut.value[cut.start] in BLANK:
        cut.start += 1
    return cut.start - before


def _scheme(cut: Cut) -> tuple[str, str, tuple[int, int]]:
    """Reads the scheme, if there is one, and moves behind what follows it."""
    value, start = cut.value, cut.start
    found = _GLUED.match(value, start, cut.end) or _SCHEME.match(value, start, cut.end)
    if found is None:
        return "", "", (start, start)
    word, end = found.group(), found.end()
    guess = schemes.misspelled(word)
    if not _is_scheme(word, value[end : min(end + 1, cut.end)], known=guess is not None or schemes.is_known(word)):
        return "", "", (start, start)
    if guess is not None:
        says = f"The scheme is misspelled; {guess} is one letter away."
        cut.say("scheme-misspelled", start, len(word), says, "scheme-wrong")
    cut.start = end + (value[end : end + 1] == ",")
    _separator(cut)
    return word, guess or schemes.canonical_name(word), (start, end)


def _is_scheme(word: str, sign: str, *, known: bool) -> bool:
    """Whether the first word of a value is its scheme, by the sign that stands behind it."""
    if not sign:
        return known
    if sign in BLANK:
        return known or schemes.may_be_scheme(word)
    if sign == ":":
        return known
    if sign == "," and "hmac" in word.lower():
        return True  # some vendors write a comma behind the name of their own signed scheme
    # FCM really has "key=…", and a bare key may hold any sign; so only behind the names of token schemes.
    return known and (word.lower() in _TOKEN_SCHEMES or not schemes.is_known(word)) and sign in _AFTER_SCHEME


def _separator(cut: Cut) -> None:
    """Moves behind what stands between scheme and credential, which should be one space."""
    at = cut.start
    blanks = _skip_blanks(cut)
    if cut.start >= cut.end:
        return
    sign = cut.value[cut.start]
    encoded = _ENCODED_SPACE.match(cut.value, cut.start, cut.end) if not blanks else None
    if sign in ":=" and cut.end - cut.start > 1:
        name = "colon-after-scheme" if sign == ":" else "equals-after-scheme"
        cut.say(name, cut.start, 1, "A sign stands behind the scheme; one space alone belongs there.")
        cut.start += 1
        _skip_blanks(cut)
    elif encoded:
        says = "The space behind the scheme is encoded, as in an address; a header carries it plain."
        cut.say("percent-encoded", at, encoded.end() - at, says)
        cut.start = encoded.end()
    elif not blanks:
        cut.say("space-missing", at, 0, "No space stands between scheme and credential.")
    elif cut.value[at : cut.start] != " ":
        _blanks(cut, at, cut.value[at : cut.start])


def _blanks(cut: Cut, at: int, run: str) -> None:
    name = quality(run)
    if name == "control-character":
        cut.say(name, at, len(run), "A line break or another control character stands behind the scheme.")
    elif name == "non-ascii":
        says = "The space behind the scheme is no plain space, but a character outside ASCII that looks like one."
        cut.say(name, at, len(run), says)
    elif "\t" in run:
        cut.say("tab-after-scheme", at, len(run), "A tab stands behind the scheme; one space belongs there.")
    else:
        says = f"{len(run)} spaces stand behind the scheme; one belongs there."
        cut.say("two-spaces", at + 1, len(run) - 1, says)


def _doubled(cut: Cut) -> None:
    """Takes off schemes that stand before the credential once more."""
    for _ in range(_MOST_DOUBLED):
        found = _SCHEME.match(cut.value, cut.start, cut.end)
        if found is None or found.group().lower() not in _TOKEN_SCHEMES or found.end() == cut.end:
            return
        if cut.value[found.end()] not in BLANK:
            return
        at, cut.start = cut.start, found.end()
        _skip_blanks(cut)
        cut.say(
            "scheme-doubled", at, cut.start - at, "The scheme stands there twice; the server reads it as the token."
        )


def _second(cut: Cut) -> None:
    """Takes off a second credential behind the first, as a library makes one line of two headers."""
    found = _SECOND.search(cut.value, cut.start, cut.end)
    if found is not None and found.start() > cut.start:
        says = "A second credential stands behind the first: two headers were joined into one."
        cut.say("two-credentials", found.start(), cut.end - found.start(), says, "header-duplicated")
        cut.end = found.start()


def _bare_scheme(cut: Cut) -> tuple[str, str, tuple[int, int]]:
    """A header for bare keys has no scheme; one that stands there all the same is a defect."""
    found = _SCHEME.match(cut.value, cut.start, cut.end)
    if (
        found is not None
        and found.group().lower() in _TOKEN_SCHEMES
        and cut.value[found.end() : found.end() + 1] == " "
    ):
        says = "A scheme stands before the key; this header carries the key alone."
        cut.say("scheme-unexpected", cut.start, found.end() - cut.start, says)
        cut.start = found.end()
        _skip_blanks(cut)
    return "", "", (cut.start, cut.start)
