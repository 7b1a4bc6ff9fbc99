"""The curl line that asks the same again, with variables in place of the secrets. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.facts import Facts
from tui401.model.shown import CredentialSeen, HeaderShown, Place, WayShown
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.wire.visible import is_visible, visible

_OF_THE_CLIENT: Final = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding", "expect"}
)
_MARK: Final = re.compile(r"‹(secret-\d{1,6}|struck-\d{1,6}|hidden)›")
_NO_TEXT: Final = re.compile(r"\([0-9,]+ bytes that are no text\)")
_BARE: Final = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_IN_DOUBLE: Final = re.compile(r"[A-Za-z0-9@%+=:,./_?&;()<>{}|~*#'\[\]^ -]*")
_LONGEST: Final = 8_000
_USUAL: Final = WayShown()

TITLE: Final = "To reproduce"
_ACCEPT: Final = ("Accept", "*/*")
_PROXY: Final = "PROXY_LOGIN"
_PASSWORD: Final = "PASSWORD"


def again(view: CaseView, facts: Facts) -> Section:
    """The line, and what its variables stand for; an empty section where no request is known."""
    request = facts.request
    if not request.url:
        return Section(title=TITLE)
    main = facts.credential.name if facts.credential is not None else ""
    way = view.ways[facts.attempt - 1] if 0 < facts.attempt <= len(view.ways) else _USUAL
    words = ["curl", "-i", *_travel(way)]
    if request.method == "HEAD":
        words[1] = "--head"
    elif request.method != ("POST" if request.body else "GET"):
        words += ["-X", _word(request.method, main)]
    words.append(_word(request.url, main))
    headers = [h for h in request.headers if h.name.lower() not in _OF_THE_CLIENT and (h.name, h.value) != _ACCEPT]
    login = _login(facts, headers)
    taken = _from_profile(view, facts, headers)
    if login is not None or taken:
        headers = [h for h in headers if h.name.lower() != "authorization"]
    if login is not None:
        words += login
    words += ["-H", "@-"] if taken else []
    for header in headers:
        # Without a value curl would leave the header out; a semicolon keeps it.
        words += ["-H", _word(f"{header.name}: {header.value}" if header.value else f"{header.name};", main)]
    texts = [request.url, *(h.value for h in headers), f"‹{main}›" if login is not None and main else ""]
    lines: list[Line] = []
    if _NO_TEXT.fullmatch(request.body):
        lines.append(Line(text=f"The body is left out: {request.body.strip('()')}"))
    elif request.body:
        words += ["--data-raw", _word(request.body, main)]
        texts.append(request.body)
    names = dict.fromkeys(name for text in texts for name in _MARK.findall(text))
    told = [_stands_for(name, main, login=login is not None) for name in names]
    if taken:
        told.append(f"tui401 token {taken} gives a token that lasts, got anew if need be")
    if way.proxy_credential:
        told.append(f"${_PROXY} stands for user:password of the proxy")
    if way.locked:
        told.append("The client's key has a passphrase, which curl asks for")
    line = " ".join(words)
    if any(text.endswith("…") for text in texts) or len(line) > _LONGEST:
        lines.append(Line(text="The line is not whole: something in it was too long to be kept"))
    if taken:
        line = f"tui401 token {taken} --header | {line}"
    return Section(title=TITLE, lines=(*(Line(text=text) for text in told), *lines), code=(visible(line, _LONGEST),))


def _stands_for(name: str, main: str, *, login: bool) -> str:
    variable = _PASSWORD if login and name == main else _variable(name, main)
    return f"${variable} stands for ‹{name}›"


def _travel(way: WayShown) -> list[str]:
    """The options by which the request travelled, where that is not as usual."""
    words = [] if way.verify else ["-k"]
    for option, value in (("--cacert", way.ca_file), ("--cert", way.cert_file), ("--key", way.key_file)):
        words += [option, _word(value, "")] if value else []
    words += ["-x", _word(way.proxy, "")] if way.proxy else []
    words += ["-U", f'"${_PROXY}"'] if way.proxy_credential else []
    for host, port, address in way.resolve:
        words += ["--resolve", _word(f"{host}:{port}:{address}", "")]
    words += (["--location-trusted"] if way.trusted else ["-L"]) if way.follow else []
    return [*words, *(["--http1.0"] if way.http10 else [])]


def _login(facts: Facts, headers: list[HeaderShown]) -> list[str] | None:
    """``-u`` with the user and a variable, for a credential that curl makes of them; None where it is another.

    An answer to a Digest challenge holds for one request, so its header would prove nothing a second time.
    """
    credential = facts.credential
    if credential is None or credential.place is not Place.AUTHORIZATION or not credential.user:
        return None
    if credential.defects or sum(h.name.lower() == "authorization" for h in headers) > 1:
        return None
    if credential.family not in ("basic", "digest"):
        return None
    user = _word(f"{credential.user}:‹{credential.name}›", credential.name)
    user = user.removesuffix('$TOKEN"') + f'${_PASSWORD}"'
    return (["--digest"] if credential.family == "digest" else []) + ["-u", user]


def _from_profile(view: CaseView, facts: Facts, headers: list[HeaderShown]) -> str:
    """The profile that the line takes its token from; "" where the credential is none that a profile gives."""
    credential, profile = facts.credential, view.known.profile
    if not profile or not _BARE.fullmatch(profile) or credential is None or not _is_bearer(credential):
        return ""
    # One that is malformed or doubled is what has to be reproduced.
    lines = [h.value for h in headers if h.name.lower() == "authorization"]
    return profile if lines == [f"Bearer ‹{credential.name}›"] else ""


def _is_bearer(credential: CredentialSeen) -> bool:
    return credential.place is Place.AUTHORIZATION and credential.family == "bearer" and not credential.defects


def _variable(name: str, main: str) -> str:
    return "TOKEN" if name == main else name.replace("-", "_").upper()


def _word(text: str, main: str) -> str:
    """One word for bash and zsh: nothing in it expands but the variables that stand for secrets."""
    if _BARE.fullmatch(text):
        return text
    pieces = _MARK.split(text)
    between = pieces[::2]
    if len(pieces) > 1 and all(_IN_DOUBLE.fullmatch(piece) for piece in between):
        made = [between[0]]
        for name, after in zip(pieces[1::2], between[1:], strict=True):
            variable = _variable(name, main)
            made.append((f"${{{variable}}}" if after[:1].isalnum() or after[:1] == "_" else f"${variable}") + after)
        return '"' + "".join(made) + '"'
    made = []
    for place, piece in enumerate(pieces):
        made.append(f'"${_variable(piece, main)}"' if place % 2 else _quoted(piece))
    return "".join(made) or "''"


def _quoted(text: str) -> str:
    """The text in single quotes, or in ``$'…'`` where it has signs that do not show."""
    if is_visible(text):
        return "'" + text.replace("'", "'\\''") + "'" if text else ""
    made = []
    for sign in text:
        if sign in "\\'":
            made.append("\\" + sign)
        elif is_visible(sign):
            made.append(sign)
        else:
            made.append(_NAMED.get(sign) or (f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"))
    return "$'" + "".join(made) + "'"


_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
