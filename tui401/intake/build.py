"""From curl's settings to the request that curl would send: method, target, headers in curl's order, and content."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Final

from tui401.intake import cookies, credentials, glob, multipart
from tui401.intake.address import Address, parse
from tui401.intake.core import IntakeError, note, plain, to_text
from tui401.intake.data import joined
from tui401.intake.files import Files
from tui401.intake.headers import given_headers
from tui401.intake.settings import Given, Settings
from tui401.intake.transport import travel
from tui401.model.http import From, Header, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Note

_DEFAULT: Final = Provenance(From.DEFAULT, "added by curl")
_FORM: Final = "application/x-www-form-urlencoded"
_LEFT_OUT: Final = {
    "time-cond": "the request carries no time condition",
    "etag-compare": "the request carries no If-None-Match",
    "crlf": "the content goes out with its own line ends",
}
_DIGITS: Final = re.compile(r"[0-9]{1,18}")
_BAD_IN_METHOD: Final = " \t\r\n\v\f"
_MANY: Final = "The command would send several requests; the first of them is taken."


@dataclass(slots=True)
class Built:
    """A request, and what came up while it was made.

    Attributes:
        request: What curl would send first.
        notes: What was noticed.
        prompts: What curl would ask for.
        shadowed: Authorization headers that the command names and another source replaced.
    """

    request: Request
    notes: list[Note] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    shadowed: tuple[Header, ...] = ()


def build(settings: Settings, files: Files, answers: dict[str, Secret[str]], *, now: float | None = None) -> Built:
    """Makes the request.

    Args:
        settings: From `Reading`.
        files: Who reads cookie files, netrc and uploads.
        answers: Answers to prompts, by the prompt's name.
        now: Seconds since the epoch, for the expiry of cookies; the machine's clock when None.

    Raises:
        IntakeError: There is no address, or an option makes no sense.
    """
    notes: list[Note] = []
    address = _address(settings, notes)
    upload = settings.value("upload-file") or None
    _one_kind_of_content(settings, upload)
    if upload and upload not in ("-", "."):
        address = address.with_file_name(upload)
    content = joined(settings.data) if settings.data else None
    if content is not None and settings.on("get"):
        address, content = address.with_query(to_text(content)), None
    elif settings.query:
        address = address.with_query("&".join(settings.query))
    _no_space(address)
    chosen = credentials.choose(settings, address, files, password=answers.get(credentials.PROMPT_USER))
    way = travel(settings, address.origin, files, proxy_password=answers.get("password for -U"))
    made = _content(settings, files, upload, content)
    own, own_notes = given_headers(settings, multipart=bool(settings.forms))
    lines = [
        *([chosen.header] if chosen.header else []),
        *_curls_own(settings, address, files, made, now=time.time() if now is None else now, notes=notes),
        *own,
        *([made.media_type] if made.media_type else []),
    ]
    request = Request(
        _method(settings, upload, made.body),
        address.origin,
        Secret(_target(settings, address)),
        tuple(lines),
        Secret(made.body) if made.body is not None else None,
        way.transport,
        chosen.held,
    )
    found = [*notes, *chosen.notes, *own_notes, *way.notes]
    return Built(request, found, [*chosen.prompts, *way.prompts], chosen.shadowed)


@dataclass(frozen=True, slots=True, repr=False)
class _Content:
    """Content and the header that names its kind. May hold secrets, so it has no repr."""

    body: bytes | None
    media_type: Header | None = None
    chunked: bool = False


def _address(settings: Settings, notes: list[Note]) -> Address:
    if not settings.urls:
        raise IntakeError("The command has no address. Add the URL of the request that was refused.")
    first = settings.urls[0]
    if len(settings.urls) > 1 or settings.more:
        notes.append(note("several-requests", _MANY))
    text = first.text
    if not settings.on("globoff"):
        text, several = glob.first(text)
        if several:
            notes.append(
                note("several-requests", f"{_MANY} Braces or brackets in the address stand for more than one.")
            )
    address = parse(text, path_as_is=settings.on("path-as-is"), default_scheme=settings.value("proto-default") or "")
    if address.guessed:
        notes.append(
            note("scheme-guessed", f"The address has no scheme; as curl does, {address.origin.scheme}:// is taken.")
        )
    if address.user is not None and settings.on("disallow-username-in-url"):
        raise IntakeError("The address holds a user name, and --disallow-username-in-url forbids that. Take one out.")
    return address


def _no_space(address: Address) -> None:
    for char in address.target.reveal():
        if char <= " " or char == "\x7f":
            raise IntakeError(
                "What -G or --url-query adds to the address holds a space or control character. Use --data-urlencode."
            )


def _one_kind_of_content(settings: Settings, upload: str | None) -> None:
    data = bool(settings.data) and not settings.on("get")
    kinds = [
        name
        for name, there in (
            ("-d", data),
            ("-F", bool(settings.forms)),
            ("-T", upload is not None),
            ("-I", settings.on("head")),
        )
        if there
    ]
    if len(kinds) > 1 and "-T" not in kinds:
        raise IntakeError(f"curl takes only one of {' and '.join(kinds)} in a request. Take one out.")


def _method(settings: Settings, upload: str | None, body: bytes | None) -> str:
    given = settings.value("request")
    if given:
        if any(char in _BAD_IN_METHOD or char < "!" for char in given):
            raise IntakeError(
                "The method of -X holds a space or control character, so no request line can be made. Correct it."
            )
        return given
    if settings.on("head"):
        return "HEAD"
    if upload is not None:
        return "PUT"
    return "POST" if body is not None else "GET"


def _target(settings: Settings, address: Address) -> str:
    given = settings.value("request-target")
    if not given:
        return address.target.reveal()
    if any(char <= " " or char == "\x7f" for char in given):
        raise IntakeError("--request-target holds a space or control character. Write %20 for a space.")
    return given


def _content(settings: Settings, files: Files, upload: str | None, data: bytes | None) -> _Content:
    given = settings.header("Content-Type")
    if upload is not None:
        body = files.read("-" if upload == "." else upload, "-T") or b""
        return _Content(body, chunked=upload in ("-", "."))
    if settings.forms:
        by = settings.forms[0].by
        kind = "multipart/form-data"
        if given is not None:
            kind = given[len("Content-Type:") :].strip(" ")
            by = next(h.by for h in settings.headers if h.text is given)
        form = kind.partition(";")[0].strip().lower() == "multipart/form-data"
        boundary, body = multipart.build(settings.forms, files, form=form, escape=settings.on("form-escape"))
        value = f"{kind}; boundary={boundary}"
        return _Content(body, Header("Content-Type", Secret(value), Provenance(by.origin, by.detail)))
    if data is None:
        return _Content(None)
    if settings.on("json") or given is not None:
        return _Content(data)
    return _Content(data, Header("Content-Type", Secret(_FORM), _DEFAULT))


def _curls_own(
    settings: Settings, address: Address, files: Files, made: _Content, *, now: float, notes: list[Note]
) -> list[Header]:
    """The headers that curl makes from options, in the order in which it writes them."""
    lines: list[Header] = []

    def add(name: str, value: str | None, by: Provenance = _DEFAULT) -> None:
        if value is not None and settings.header(name) is None:
            lines.append(Header(name, Secret(value), by))

    _range(settings, made, add_to=lines)
    agent = settings.values.get("user-agent")
    if agent is not None and agent.text:
        add("User-Agent", agent.text, agent.by)
    add("Accept", None if settings.on("json") else "*/*")
    if settings.on("tr-encoding"):
        notes.append(note("option-unsupported", "--tr-encoding is not done here: the content comes without coding."))
    add("Accept-Encoding", "deflate, gzip" if settings.on("compressed") else None)
    referer = settings.values.get("referer")
    if referer is not None:
        add("Referer", referer.text.partition(";auto")[0] or None, referer.by)
    if made.chunked and not settings.on("http1.0"):
        add("Transfer-Encoding", "chunked")
    cookie, by = _cookies(settings, address, files, now, notes)
    if cookie:
        lines.append(Header("Cookie", Secret(cookie), by))
    for name in ("time-cond", "etag-compare", "crlf"):
        if name in settings.values or settings.on(name):
            notes.append(note("option-unsupported", f"--{name} is not done here: {_LEFT_OUT[name]}."))
    return lines


def _range(settings: Settings, made: _Content, *, add_to: list[Header]) -> None:
    given = settings.values.get("range")
    resume = settings.values.get("continue-at")
    if given is not None:
        text = given.text
        digits = _DIGITS.match(text)
        if digits and "-" not in text:  # curl puts the dash that is missing
            text = f"{int(digits.group())}-"
    elif resume is not None and _DIGITS.fullmatch(resume.text) and int(resume.text):
        given, text = resume, f"{int(resume.text)}-"
    else:
        return
    if made.body is None or settings.on("head"):
        if settings.header("Range") is None:
            add_to.append(Header("Range", Secret(f"bytes={text}"), given.by))
    elif settings.header("Content-Range") is None:
        add_to.append(Header("Content-Range", Secret(f"bytes {text}/{len(made.body)}"), given.by))


def _cookies(
    settings: Settings, address: Address, files: Files, now: float, notes: list[Note]
) -> tuple[str, Provenance]:
    found: list[cookies.Cookie] = []
    texts: list[Given] = []
    by = _DEFAULT
    for given in settings.several.get("cookie", []):
        name = given.text.removeprefix("@")
        if not given.text.startswith("@") and "=" in given.text:
            texts.append(given)
        elif name == "-" or files.exists(name):
            found += cookies.read(to_text(files.read(name, "-b") or b""))
            by = Provenance(From.FILE, f"{given.by.detail} {plain(name)}".rstrip())
        elif name:
            says = "What has no “=” is a file's name to -b, and there is no such file: curl sends no cookie of it."
            notes.append(note("cookie-file-missing", says, "header-missing"))
    host = settings.header("Host")
    cookie_host = host[5:].strip().partition(":")[0] if host is not None else ""
    keep = not settings.on("junk-session-cookies")
    from_files = cookies.header(found, address, host=cookie_host, now=now, keep_session=keep)
    if texts and settings.header("Cookie") is not None:
        notes.append(
            note("cookie-overridden", "A Cookie header was given too; it stands, and the cookies of -b do not.")
        )
        texts = []
    if texts:
        by = texts[0].by
    # Several -b are joined without a space; before them stand the cookies of files, with one.
    typed = ";".join(given.text for given in texts)
    return "; ".join(part for part in (from_files, typed) if part), by
