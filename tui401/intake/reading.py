"""Command lines and configuration files of curl, walked option by option into settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui401.intake import config
from tui401.intake.core import IntakeError, note, plain, quoted, to_text
from tui401.intake.curl_options import Option, Use, long_option, meaning, short_option
from tui401.intake.curl_variables import Variables
from tui401.intake.data import data, query_part
from tui401.intake.files import Files
from tui401.intake.settings import Given, Settings
from tui401.intake.words import Word
from tui401.model.http import From, Provenance
from tui401.model.shown import Note

_MAX_DEPTH = 8  # configuration files that name configuration files
_DATA = frozenset({"data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"})
_SEVERAL = frozenset({"resolve", "connect-to", "cookie"})
_NO_REQUEST = {"help": "prints help", "manual": "prints the manual", "version": "prints a version"}


@dataclass(slots=True)
class Reading:
    """Walks options into settings.

    Attributes:
        files: Who reads the files that options name.
        origin: COMMAND for a command that was typed, PASTE for one that was pasted.
        notes: What was noticed.
        settings: The first transfer, whose address is sent.
        used: Environment variables that curl's own ``--expand-…`` put in.
    """

    files: Files
    origin: From = From.COMMAND
    notes: list[Note] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    used: dict[str, None] = field(default_factory=dict)
    _depth: int = 0
    _variables: Variables = field(init=False)

    def __post_init__(self) -> None:
        self._variables = Variables(self.files)

    def command(self, words: Sequence[Word]) -> Settings:
        """Reads a whole command line without its first word ``curl``, and the person's ``.curlrc`` before it."""
        first = words[0].text if words else ""
        if words and not first.startswith("-q") and first.lower() != "--disable":
            self._curlrc()
        at, options_end = 0, False
        while at < len(words) and not self.settings.more:
            word = words[at]
            following = words[at + 1] if at + 1 < len(words) else None
            at += 1
            if options_end or not word.text.startswith("-") or word.text == "-":
                self._url(Given(word.text, self._by(word, "the address"), "url"))
            elif word.text == "--":
                options_end = True
            elif word.text.startswith("--"):
                at += self._long(word, following)
            else:
                at += self._short(word, following)
        return self.settings

    def _long(self, word: Word, following: Word | None) -> int:
        option, on = long_option(word.text[2:].removeprefix("expand-"))
        if not option.takes_value:
            self._switch(option, on=on, by=self._by(word, f"--{option.name}"))
            return 0
        if following is None:
            raise IntakeError(f"--{option.name} wants a value and none follows. Add it and try again.")
        by = self._by(following, f"--{option.name}")
        self._value(option, *self._expanded(word.text[2:], following.text, by))
        return 1

    def _expanded(self, name: str, value: str, by: Provenance) -> tuple[str, Provenance]:
        if not name.startswith("expand-"):
            return value, by
        value, used = self._variables.expand(value)
        self.used.update(dict.fromkeys(used))
        names = ", ".join(f"${name}" for name in dict.fromkeys(used))
        return value, Provenance(From.VARIABLE, f"{names} in {by.detail}") if names else by

    def _short(self, word: Word, following: Word | None) -> int:
        for at, letter in enumerate(word.text[1:], start=1):
            option = short_option(letter)
            if not option.takes_value:
                self._switch(option, on=True, by=self._by(word, option.shown))
                continue
            if at + 1 < len(word.text):
                self._value(option, word.text[at + 1 :], self._by(word, option.shown))
                return 0
            if following is None:
                raise IntakeError(f"{option.shown} wants a value and none follows. Add it and try again.")
            self._value(option, following.text, self._by(following, option.shown))
            return 1
        return 0

    def _by(self, word: Word, detail: str) -> Provenance:
        return word.provenance(self.origin, detail)

    def _curlrc(self) -> None:
        world = self.files.world
        path = config.curlrc(world.env, world.home, self.files.exists)
        if path is None:
            return
        name = config.short_name(path, world.home)
        self.notes.append(note("curlrc", f"{name} is read before the command, as curl does; -q leaves it out."))
        self._config(path, From.CURLRC, name)

    def _config(self, path: str, origin: From, name: str) -> None:
        if self._depth >= _MAX_DEPTH:
            raise IntakeError("Configuration files name each other more than eight times over. Take a -K out of one.")
        content = self.files.read(path, name if origin is From.CURLRC else "-K")
        self._depth += 1
        for entry in config.entries(to_text(content or b"")):
            by = Provenance(origin, f"{name} line {entry.line}")
            try:
                self._entry(entry, by)
            except IntakeError as error:  # curl warns of a bad line and reads on
                self.notes.append(note("config-line", f"{name} line {entry.line} is not understood: {error}"))
            if self.settings.more:
                break
        self._depth -= 1

    def _entry(self, entry: config.Entry, by: Provenance) -> None:
        if entry.option.startswith("-") and not entry.option.startswith("--"):
            option, on = short_option(entry.option[1:2]), True
            value = entry.option[2:] or entry.value
        else:
            name = entry.option.removeprefix("--")
            option, on = long_option(name.removeprefix("expand-"))
            value = entry.value
            if value is not None:
                value, by = self._expanded(name, value, by)
        if not option.takes_value:
            self._switch(option, on=on, by=by)
        elif value is None:
            raise IntakeError(f"--{option.name} wants a value.")
        else:
            self._value(option, value, by)
        if entry.unquoted:
            self.notes.append(
                note("config-space", f"{by.detail}: the value of {option.name} holds a space and no quotes: cut there.")
            )

    def _switch(self, option: Option, *, on: bool, by: Provenance) -> None:
        settings = self.settings
        if option.use is Use.REFUSED:
            raise (
                IntakeError(f"{option.shown} {_NO_REQUEST[option.name]} and sends no request. Take it out.")
                if on
                else (IntakeError(f"--no-{option.name} has no meaning here. Take it out."))
            )
        if option.name == "next":
            settings.more = bool(settings.urls)
            return
        if option.use is Use.UNSUPPORTED and on:
            self._unsupported(option)
        settings.switches[option.name] = on
        settings.switched_by[option.name] = by
        if option.name in ("location-trusted", "follow"):
            settings.switches["location"] = on
        for version in ("http1.0", "http1.1"):
            if option.name != version and option.name.startswith("http") and option.name != "http0.9":
                settings.switches[version] = False

    def _value(self, option: Option, value: str, by: Provenance) -> None:
        settings, name = self.settings, option.name
        given = Given(value, by, name)
        if option.use is Use.REFUSED:
            self._refuse(option)
        elif option.use is Use.UNSUPPORTED:
            self._unsupported(option)
        elif name == "url":
            self._url(given)
        elif name == "config":
            self._config(value, From.CONFIG, quoted(value, instead="the file of -K").strip("“”"))
        elif name in _DATA:
            settings.data.append((name, data(name, value, self.files)))
            settings.data_by = by
            if name == "json":
                settings.switches["json"] = True
        elif name == "variable":
            self._variables.set(value)
        elif name == "url-query":
            settings.query.append(query_part(value, self.files))
        elif name in ("form", "form-string"):
            settings.forms.append(given)
        elif name == "header":
            self._header(given)
        else:
            if name == "user":
                settings.users.append(given)
            if name in _SEVERAL:
                settings.several.setdefault(name, []).append(given)
            settings.values[name] = given

    def _url(self, given: Given) -> None:
        self.settings.urls.append(given)

    def _header(self, given: Given) -> None:
        if not given.text.startswith("@"):
            self.settings.headers.append(given)
            return
        name = given.text[1:]
        content = self.files.read(name, "-H @…") or b""
        shown = "standard input" if name == "-" else plain(name) or "a file"
        for number, line in enumerate(to_text(content).replace("\r", "\n").split("\n"), start=1):
            if line:
                by = Provenance(From.FILE, f"{given.by.detail} {shown} line {number}")
                self.settings.headers.append(Given(line, by, "header"))

    def _refuse(self, option: Option) -> None:
        if option.name in _NO_REQUEST:
            raise IntakeError(f"{option.shown} {_NO_REQUEST[option.name]} and sends no request. Take it out.")
        raise IntakeError(
            f"--{option.name} is not supported, and without it the request would go elsewhere. "
            "Make the service reachable by an ordinary address, and take the option out."
        )

    def _unsupported(self, option: Option) -> None:
        self.notes.append(note("option-unsupported", f"{option.shown} is not done here: {meaning(option)}."))
