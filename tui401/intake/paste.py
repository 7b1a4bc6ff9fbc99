"""A pasted or opened text: recognised for what it is, and made into one request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from tui401.intake import address, elsewhere, glob, rawhttp, shell, surface, transcript
from tui401.intake.argv import from_argv_source, from_words
from tui401.intake.core import MAX_TEXT, Intake, IntakeError, Source, World, note, to_text
from tui401.intake.files import Files
from tui401.intake.settings import Settings
from tui401.intake.transport import decided
from tui401.intake.variables import Filler
from tui401.intake.words import Word
from tui401.model.http import From
from tui401.model.secret import Secret
from tui401.model.shown import Note

_URL: Final = re.compile(r"(?i)https?://\S+")
_HOST: Final = re.compile(
    r"(?i)(?:[a-z0-9-]{1,63}\.){1,10}[a-z]{2,24}(?::[0-9]{1,5})?(?:[/?]\S*)?|localhost(?::[0-9]{1,5})?(?:[/?]\S*)?"
)
_CREDENTIAL: Final = re.compile(
    r"(?i)\W{0,3}(?:(?:proxy-)?authorization\s*[:=].*|(?:bearer|basic|token|dpop|apikey)\s+\S+\W{0,3}|x-[a-z-]{0,20}(?:key|token)\s*:.*)"
)
_JWT: Final = re.compile(r"[\"'<]?eyJ[A-Za-z0-9_=-]{5,}(?:\.[A-Za-z0-9_=-]*){1,4}[\"'>]?")
_KEY: Final = re.compile(r"[\"']?[A-Za-z0-9_\-+/=.~]{20,}[\"']?")
_PATH: Final = re.compile(
    r"(?:~|\.{0,2})/[^\s]{1,4000}|[A-Za-z]:\\[^\n]{1,4000}|[\w.-]{1,200}\.(?:har|http|rest|txt|json|ya?ml|log|sh|md|curl)"
)
_ANSWER: Final = re.compile(r"HTTP/[0-9](?:\.[0-9])? [1-5][0-9]{2}\b")
_RECORDING: Final = re.compile(r'\s{0,50}\{\s{0,50}"log"\s{0,50}:')


class Kind(StrEnum):
    """What a text is."""

    CURL = "curl"
    TRANSCRIPT = "transcript"
    HTTP = "http"
    URL = "url"
    FILE = "file"
    NO_FILE = "no-file"
    CREDENTIAL = "credential"
    ANSWER = "answer"
    RECORDING = "recording"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


_REFUSALS: Final[Mapping[Kind, str]] = {
    Kind.CREDENTIAL: "This is a credential alone. What request did it fail on? Paste the curl command or the URL.",
    Kind.ANSWER: "This is an answer without its request. Paste the command that brought it, or the request's URL.",
    Kind.RECORDING: "This is a recording of a browser (HAR). Open it: tui401 open FILE.har, or copy one as cURL.",
    Kind.NO_FILE: "This looks like a file's path, and there is no such file here. Correct it, or paste its text.",
    Kind.NOTHING: "Nothing was pasted. Paste a curl command, its -v output, a raw HTTP request or a URL.",
    Kind.UNKNOWN: "No request was found in this text. Paste a curl command, its -v output, raw HTTP or a URL.",
}


def recognise(text: str, *, cwd: str = "", home: str = "") -> Kind:
    """What a text is, without reading more than the text.

    Args:
        text: Any text.
        cwd: The folder that a file's name may start from; "" leaves files out.
        home: What ``~`` stands for.
    """
    if len(text) > MAX_TEXT:
        return Kind.UNKNOWN
    return _kind(surface.cleaned(text)[0], cwd, home)


def from_text(text: str, *, env: Mapping[str, str], home: str, cwd: str) -> Intake:
    """Reads a pasted text: a curl command, what ``curl -v`` or ``-i`` printed, a raw request, a URL, a file's path.

    Nothing is run, nothing is sent, and of files only one whose path is all that was pasted is read. Files that a
    command names are listed in `Intake.reads`; `read_files` reads them once the person has agreed.

    Args:
        text: Up to MAX_TEXT characters.
        env: The environment, for variables, proxies and the folders of ``.curlrc``.
        home: The home folder.
        cwd: The folder that relative file names start from.

    Raises:
        IntakeError: A sentence on what it is instead, or on what is wrong. Nothing else is ever raised.
    """
    return _from_source(Source(Secret(text), World(env, home, cwd, trusted=False)))


def from_file(name: str, *, env: Mapping[str, str], home: str, cwd: str) -> Intake:
    """Reads a file as `from_text` reads a paste.

    Raises:
        IntakeError: It cannot be read, is too large, or holds no request.
    """
    files = Files(World(env, home, cwd))
    content = files.read(name, "the command")
    text = to_text(content or b"")
    if "\0" in text[:4096]:
        raise IntakeError("This file is no text. Open one that holds a curl command, its -v output or a raw request.")
    if len(text) <= MAX_TEXT and _kind(surface.cleaned(text)[0], "") in (Kind.UNKNOWN, Kind.NOTHING, Kind.NO_FILE):
        raise IntakeError(
            "No request was found in this file. It should hold a curl command, its -v output or a raw request."
        )
    intake = _from_source(Source(Secret(text), World(env, home, cwd, trusted=False)), files=False)
    return replace(intake, reads=(*files.reads, *(name for name in intake.reads if name not in files.reads)))


def fill(intake: Intake, name: str, value: Secret[str]) -> Intake:
    """The intake with one of its `unfilled` or `prompts` given.

    Args:
        intake: From `from_text`, `from_file` or `from_argv`.
        name: As it stands in `unfilled` or `prompts`.
        value: What the person gave.

    Raises:
        IntakeError: Nothing of that name is missing.
    """
    if intake.source is None or name not in (*intake.unfilled, *intake.prompts):
        raise IntakeError("Nothing of that name is missing in the request. Fill in one of those that are listed.")
    filled = (*((n, v) for n, v in intake.source.filled if n != name), (name, value))
    return _again(replace(intake.source, filled=filled))


def read_files(intake: Intake) -> Intake:
    """The intake with the files read that it lists, after the person has agreed.

    A file that was read may name further ones (``-K``). They are listed in their turn, and the intake is still pending.

    Raises:
        IntakeError: One of them cannot be read.
    """
    if intake.source is None or not intake.pending:
        return intake
    allowed = intake.source.world.allowed | set(intake.reads)
    return _again(replace(intake.source, world=replace(intake.source.world, allowed=allowed)))


def _again(source: Source) -> Intake:
    return from_argv_source(source) if source.argv else _from_source(source)


def _from_source(source: Source, *, files: bool = True) -> Intake:
    text = source.text.reveal()
    if len(text) > MAX_TEXT:
        raise IntakeError(
            "The text is longer than a million characters. Paste the one command or request that was refused."
        )
    cleaned, notes = surface.cleaned(text)
    kind = _kind(cleaned, source.world.cwd if files else "", source.world.home)
    if kind is Kind.FILE:
        world = source.world
        return from_file(_path(cleaned, world.home), env=world.env, home=world.home, cwd=world.cwd)
    if kind in _REFUSALS:
        raise IntakeError(_REFUSALS[kind])
    filler = Filler(source.world.env, dict(source.filled))
    match kind:
        case Kind.CURL:
            return _from_command(cleaned, source, filler, notes)
        case Kind.URL:
            return _from_url(cleaned, source, filler, notes)
        case Kind.TRANSCRIPT:
            shown: transcript.Shown | rawhttp.Shown = transcript.read(cleaned, filler)
        case _:
            shown = rawhttp.read(cleaned, filler)
    return Intake(
        request=shown.request,
        notes=(*notes, *filler.notes, *shown.notes),
        unfilled=tuple(filler.unfilled),
        variables=tuple(filler.variables),
        seen=shown.seen,
        via=kind.value,
        source=source,
        way_to=elsewhere.way_to(source.world.machine, Files(source.world)),
        decided=decided(Settings(), shown.request.origin, source.world.env),
    )


def _from_command(text: str, source: Source, filler: Filler, notes: list[Note]) -> Intake:
    at = rawhttp.answer_in(text)  # what -i printed behind the command
    taken = shell.take(text[:at] if at >= 0 else text, filler, source.world.home)
    world = replace(
        source.world,
        env={**source.world.env, **taken.env},
        around=source.world.env,
        stdin=taken.stdin,
        stdin_file=taken.stdin_file,
    )
    intake = from_words(
        taken.words,
        replace(source, world=world),
        via=Kind.TRANSCRIPT.value if at >= 0 else "paste",
        origin=From.PASTE,
        notes=(*notes, *taken.notes, *filler.notes),
        unfilled=tuple(filler.unfilled),
        variables=tuple(filler.variables),
    )
    seen = rawhttp.seen(intake.request, text[at:]) if at >= 0 else None
    return replace(intake, seen=seen, source=source)


def _from_url(text: str, source: Source, filler: Filler, notes: list[Note]) -> Intake:
    url, fills = filler.templates(text.strip("\"'<>").strip())
    # A browser or a document wrote this address, so braces and brackets in it are no pattern of curl's.
    word = Word(url, fills)
    intake = from_words(
        [Word("-q"), Word("-g"), word],
        source,
        via=Kind.URL.value,
        origin=From.PASTE,
        notes=(*notes, *filler.notes),
        unfilled=tuple(filler.unfilled),
        variables=tuple(filler.variables),
    )
    if glob.opens(url):
        return replace(intake, notes=(*intake.notes, note("braces-kept", "Braces and brackets in the address stay.")))
    return intake


def _path(text: str, home: str) -> str:
    """A pasted path without quotes, and with the home folder in place of ``~``."""
    bare = text.strip().strip("\"'")
    return home + bare[1:] if home and bare.startswith("~/") else bare


def _kind(text: str, cwd: str, home: str = "") -> Kind:
    if not text.strip():
        return Kind.NOTHING
    if _RECORDING.match(text):
        return Kind.RECORDING
    if transcript.is_transcript(text):
        return Kind.TRANSCRIPT
    if rawhttp.is_request(text):
        return Kind.HTTP
    bare = text.strip().strip("\"'<>").strip()
    one_line = "\n" not in bare and len(bare) < 65_536
    if one_line and " " not in bare and _URL.fullmatch(bare):
        return Kind.URL
    if _ANSWER.match(text):
        return Kind.ANSWER
    if one_line and cwd and len(bare) < 4096 and Files(World({}, "", cwd)).exists(_path(bare, home)):
        return Kind.FILE
    if surface.calls_curl(text):
        return Kind.CURL
    if shell.is_cmdlet(text):
        return Kind.CURL
    if one_line and (_CREDENTIAL.fullmatch(bare) or _JWT.fullmatch(bare)):
        return Kind.CREDENTIAL
    if one_line and _PATH.fullmatch(bare):
        return Kind.NO_FILE
    if one_line and _HOST.fullmatch(bare) and address.looks_like_host(bare):
        return Kind.URL
    return Kind.CREDENTIAL if one_line and _KEY.fullmatch(bare) else Kind.UNKNOWN
