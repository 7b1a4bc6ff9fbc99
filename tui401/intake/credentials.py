"""Which of several credentials curl would send, and which it would leave out.

curl's order (its ``lib/http.c`` and ``lib/url.c``): an Authorization header that was given stands; else the token of
``--oauth2-bearer``; else Basic with ``-u``, else with netrc where ``-n`` asks for it, else with the address's own.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from tui401.intake import netrc
from tui401.intake.address import Address
from tui401.intake.core import IntakeError, note, to_bytes, to_text
from tui401.intake.files import Files
from tui401.intake.settings import Settings
from tui401.model.http import From, Header, HeldBack, Provenance
from tui401.model.secret import Secret
from tui401.model.shown import Note

PROMPT_USER: Final = "password for -u"
"""The name of the prompt for a password that ``-u`` leaves out."""

HELD_BACK: Final = "credential-held-back"
"""The note on a credential that curl would send and tui401 cannot."""
_OTHER_SCHEMES: Final = ("digest", "ntlm", "ntlm-wb", "negotiate", "anyauth")
_BEHIND: Final = frozenset({From.CURLRC, From.NETRC})  # sources that a person forgets


@dataclass(frozen=True, slots=True)
class _Offer:
    """A credential that stands ready, in curl's order."""

    what: str  # for a sentence: "the user of -u"
    by: Provenance
    header: Header


@dataclass(frozen=True, slots=True)
class Chosen:
    """What curl would put into the Authorization header by itself.

    Attributes:
        header: That header, or None when curl adds none.
        notes: What won over what, and what was not found.
        prompts: Passwords that curl would ask for.
        held: What waits for the server's challenge, or None.
        shadowed: What the command names and a source that a person forgets replaced.
    """

    header: Header | None
    notes: tuple[Note, ...] = ()
    prompts: tuple[str, ...] = ()
    held: HeldBack | None = None
    shadowed: tuple[Header, ...] = ()


def choose(settings: Settings, address: Address, files: Files, *, password: Secret[str] | None = None) -> Chosen:
    """Chooses as curl would.

    Args:
        settings: What the options say.
        address: Where the request goes; its user and password count.
        files: Who reads the netrc file.
        password: The answer to curl's own prompt, once there is one.

    Raises:
        IntakeError: A netrc file that was asked for cannot be read or is broken.
    """
    notes: list[Note] = []
    prompts: list[str] = []
    offers = [*_bearer_and_user(settings, password, prompts), *_netrc_and_url(settings, address, files, notes)]
    given = settings.header("Authorization")
    if given is not None:
        by = next(h.by for h in settings.headers if h.text is given)
        taken_away = not _has_value(given)
        notes += [_given_stands(offer, by, taken_away=taken_away) for offer in offers]
        return Chosen(None, tuple(notes), shadowed=() if taken_away else _forgotten(by, offers))
    if any(settings.on(name) for name in _OTHER_SCHEMES) or "aws-sigv4" in settings.values:
        return _held(settings, offers, notes, prompts)
    if not offers:
        return Chosen(None, tuple(notes), tuple(prompts))
    if "oauth2-bearer" in settings.values and settings.on("basic"):
        notes.append(
            note(
                "credential-held-back",
                "With --basic and --oauth2-bearer together curl sends neither at first. Take one of them out.",
                "header-missing",
            )
        )
        return Chosen(None, tuple(notes))
    won, *lost = offers
    notes += [_won(won, offer) for offer in lost]
    if won.by.origin is From.NETRC:
        notes.append(note("netrc-used", f"The user and password come from {won.by.detail}."))
    shadowed = (*_forgotten(won.by, lost), *_of_address(address, won.by))
    asked = tuple(prompts) if won.by is settings_user_by(settings) else ()
    return Chosen(won.header, tuple(notes), asked, shadowed=shadowed)


def _forgotten(won: Provenance, lost: list[_Offer]) -> tuple[Header, ...]:
    """What the command itself names, where a source that a person forgets won over it."""
    return tuple(one.header for one in lost if won.origin in _BEHIND and one.by.origin not in _BEHIND)


def _of_address(address: Address, won: Provenance) -> tuple[Header, ...]:
    """The user and password of the address, where the netrc file put its own in their place."""
    if won.origin is not From.NETRC or address.user is None or address.password is None:
        return ()
    by = Provenance(From.URL, "in the address")
    return (basic(address.user.reveal(), address.password.reveal(), by),)


def _held(settings: Settings, offers: list[_Offer], notes: list[Note], prompts: list[str]) -> Chosen:
    """What curl makes of a user and password once the server has answered: Digest, or Basic where any will do."""
    if "aws-sigv4" in settings.values:
        says = (
            "curl signs this request with --aws-sigv4; tui401 makes no such signature, so what it sends has none. "
            "Run the command with -v and give what it prints."
        )
        return Chosen(None, (*notes, note(HELD_BACK, says)))
    schemes = tuple(name for name in ("digest", "basic") if settings.on(name) or settings.on("anyauth"))
    pair = next((found for offer in offers if (found := of_basic(offer.header.value.reveal())) is not None), None)
    if "digest" not in schemes:
        says = (
            "curl holds its credential back for NTLM or Negotiate until the server has answered once; tui401 does not "
            "speak these, so what it sends has none. Run the command with -v and give what it prints."
        )
        return Chosen(None, (*notes, *([note(HELD_BACK, says)] if offers else [])))
    if pair is None:
        return Chosen(None, tuple(notes))
    by = next(offer.by for offer in offers if of_basic(offer.header.value.reveal()) == pair)
    held = HeldBack(Secret(pair[0]), Secret(pair[1]), schemes, by)
    return Chosen(None, tuple(notes), tuple(prompts), held)


def settings_user_by(settings: Settings) -> Provenance | None:
    """Where the last ``-u`` comes from."""
    return settings.users[-1].by if settings.users else None


def basic(user: str, password: str, by: Provenance) -> Header:
    """An Authorization header of Basic (RFC 7617)."""
    pair = base64.b64encode(to_bytes(f"{user}:{password}")).decode("ascii")
    return Header("Authorization", Secret(f"Basic {pair}"), by)


def of_basic(value: str) -> tuple[str, str] | None:
    """User and password of a Basic value, or None when it is none."""
    scheme, _, pair = value.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = to_text(base64.b64decode(pair.strip(), validate=True)).partition(":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


def _bearer_and_user(settings: Settings, password: Secret[str] | None, prompts: list[str]) -> list[_Offer]:
    offers: list[_Offer] = []
    bearer = settings.values.get("oauth2-bearer")
    if bearer is not None:
        header = Header("Authorization", Secret(f"Bearer {bearer.text}"), bearer.by)
        offers.append(_Offer("the token of --oauth2-bearer", bearer.by, header))
    for given in reversed(settings.users):
        user, colon, word = given.text.partition(":")
        if not colon and bearer is None and given is settings.users[-1]:
            if password is None:
                prompts.append(PROMPT_USER)
            word = password.reveal() if password is not None else ""
        offers.append(_Offer("the user of -u", given.by, basic(user, word, given.by)))
    return offers


def _netrc_and_url(settings: Settings, address: Address, files: Files, notes: list[Note]) -> list[_Offer]:
    found = _netrc(settings, address, files, notes) if _wants_netrc(settings) else None
    in_url = _from_url(address, found, settings, notes)
    offers: list[_Offer] = []
    # A user in the address needs netrc only for the password; without one, netrc gives both.
    if found is not None and address.user is None:
        login, by = found
        offers.append(_Offer("the netrc entry", by, basic(_text(login.user), _text(login.password), by)))
    if in_url is not None:
        offers.append(in_url)
    return offers


def _wants_netrc(settings: Settings) -> bool:
    return settings.on("netrc") or settings.on("netrc-optional") or "netrc-file" in settings.values


def _netrc(
    settings: Settings, address: Address, files: Files, notes: list[Note]
) -> tuple[netrc.Login, Provenance] | None:
    named = settings.values.get("netrc-file")
    home = files.world.env.get("HOME") or files.world.home
    path = named.text if named else f"{home}/.netrc"
    optional = settings.on("netrc-optional")
    if named is None and not files.exists(path):
        if not optional:
            notes.append(note("netrc-missing", "-n asks for ~/.netrc, and there is none that can be read."))
        return None
    option = "--netrc-file" if named else "-n"
    content = files.read(path, option)
    user = address.user.reveal() if address.user is not None else None
    try:
        login = netrc.find(to_text(content or b""), address.origin.host, user)
    except IntakeError as error:
        if settings.users:  # curl does not open it at all then
            return None
        raise IntakeError(str(error)) from None
    shown = "the file of --netrc-file" if named else "~/.netrc"
    if login is None:
        if not files.pending and not settings.users:
            notes.append(
                note("netrc-no-entry", f"{shown[0].upper()}{shown[1:]} has no entry for {address.origin.host}.")
            )
        return None
    entry = "its default entry" if login.is_default else f"line {login.line}"
    return login, Provenance(From.NETRC, f"{shown}, {entry}")


def _from_url(
    address: Address, found: tuple[netrc.Login, Provenance] | None, settings: Settings, notes: list[Note]
) -> _Offer | None:
    if address.user is None:
        return None
    user, password, by = address.user.reveal(), address.password, Provenance(From.URL, "in the address")
    what = "the user in the address"
    complete = password is not None and not settings.on("netrc")
    if found is not None and not complete and found[0].password is not None and not settings.users:
        login, netrc_by = found
        if password is not None and password != login.password:
            notes.append(
                note(
                    "netrc-overrides",
                    f"{netrc_by.detail} put another password in place of the one in the address: -n does that.",
                    "credential-overridden",
                )
            )
        if not user:
            user = _text(login.user)
        password, by, what = login.password, netrc_by, "the netrc entry"
    return _Offer(what, by, basic(user, _text(password), by))


def _has_value(line: str) -> bool:
    return line[len("Authorization") :].strip(" \t\r\n\v\f:") != ""


def _given_stands(offer: _Offer, by: Provenance, *, taken_away: bool) -> Note:
    if taken_away:
        says = (
            f"A header line without a value ({by}) takes Authorization away, so {offer.what} ({offer.by}) is not sent."
        )
        return note("credential-removed", says, "header-missing")
    says = f"The Authorization header ({by}) stands, so {offer.what} ({offer.by}) is not sent."
    forgotten = by.origin in _BEHIND and offer.by.origin not in _BEHIND
    return note("credential-overrides", says, "credential-overridden" if forgotten else "")


def _won(won: _Offer, lost: _Offer) -> Note:
    says = f"Sent is {won.what} ({won.by}), and {lost.what} ({lost.by}) is not: curl takes one of them."
    forgotten = won.by.origin in _BEHIND and lost.by.origin not in _BEHIND
    return note(
        "netrc-overrides" if won.by.origin is From.NETRC else "credential-overrides",
        says,
        "credential-overridden" if forgotten else "",
    )


def _text(secret: Secret[str] | None) -> str:
    return secret.reveal() if secret is not None else ""
