"""``tui401 completions SHELL``: what makes the tab key complete our words, and curl's own behind ``curl``.

The scripts are made by shtab from the very parsers that read a command line. Names of profiles and cases are asked for
when the key is pressed; all else stands in the script, so that the key answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from typing import Any, Final

from tui401.cli.arguments import COMMANDS, SHELLS, UsageError, parser_for
from tui401.cli.help_pages import SUMMARIES
from tui401.cli.places import config_folder, state_folder

_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MOST_CASES: Final = 50
_FILES: Final = frozenset({"openapi", "report", "output", "file"})
_CASES: Final = frozenset({"case", "delete"})
_PROFILES: Final = frozenset({"profile"})
# `command` passes by an alias and a function of our name.
_ASK: Final = "command tui401 completions --names {} 2>/dev/null"

_FUNCTIONS: Final = {
    "bash": """\
_shtab_tui401_profiles() { compgen -W "$(PROFILES)" -- "$1"; }
_shtab_tui401_cases() { compgen -W "$(CASES)" -- "$1"; }
_shtab_tui401_curl_or_file() { compgen -W curl -- "$1"; compgen -f -- "$1"; }
_shtab_tui401_case_or_file() { compgen -W "$(CASES)" -- "$1"; compgen -f -- "$1"; }
_shtab_tui401_profile_or_curl() { compgen -W "curl $(PROFILES)" -- "$1"; }
""",
    "zsh": """\
_shtab_tui401_profiles() { compadd -- $(PROFILES) }
_shtab_tui401_cases() { compadd -- $(CASES) }
_shtab_tui401_curl_or_file() { compadd curl; _files }
_shtab_tui401_case_or_file() { compadd -- $(CASES); _files }
_shtab_tui401_profile_or_curl() { compadd -- curl $(PROFILES) }
""",
    "fish": """\
function _shtab_tui401_profiles; PROFILES; end
function _shtab_tui401_cases; CASES; end
function _shtab_tui401_curl_or_file; echo curl; __fish_complete_path (commandline -ct); end
function _shtab_tui401_case_or_file; CASES; __fish_complete_path (commandline -ct); end
function _shtab_tui401_profile_or_curl; echo curl; PROFILES; end
""",
}
"""What completes from this machine, asked for when the key is pressed and never while the script is read."""

# Behind `curl` the words are curl's: its own completion takes over, where the shell has one.
_BEHIND_CURL: Final = {
    "bash": """
_tui401() {
  local at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${COMP_WORDS[at]} in
      curl | */curl)
        if declare -F _command_offset >/dev/null; then _command_offset "$at"; else compopt -o default; fi
        return
        ;;
    esac
  done
  _shtab_tui401 "$@"
}
complete -o bashdefault -F _tui401 tui401
""",
    "zsh": """
_tui401() {
  local at=$words[(I)(curl|*/curl)]
  if (( at > 1 && at < CURRENT )); then
    words=("${(@)words[at,-1]}")
    (( CURRENT -= at - 1 ))
    _normal
  else
    _shtab_tui401 "$@"
  fi
}
compdef _tui401 tui401
""",
    "fish": """
function _tui401_curl_at
  set -l words (commandline -opc)
  contains -i -- curl $words[2..]
end
function _tui401_behind_curl
  set -l at (_tui401_curl_at)
  set -l words (commandline -opc)
  complete -C (string join ' ' -- (string escape -- $words[(math $at + 1)..]) (commandline -ct))
end
complete -c tui401 -n '_tui401_curl_at >/dev/null' -xa '(_tui401_behind_curl)'
""",
}


def run(options: argparse.Namespace) -> int:
    """Prints a script, or names for one that runs; the exit code.

    Raises:
        UsageError: when no shell is named.
    """
    if options.names:
        names = _profiles() if options.names == "profiles" else _cases()
        sys.stdout.write("".join(f"{name}\n" for name in names))
        return 0
    if not options.shell:
        raise UsageError(f"Name your shell: {', '.join(SHELLS)}. `tui401 completions --help` says where it goes.")
    sys.stdout.write(script(options.shell))
    return 0


def script(shell: str) -> str:
    """The completion script for one of ``SHELLS``."""
    import shtab  # noqa: PLC0415 - nothing else needs it

    asking = _FUNCTIONS[shell].replace("CASES", _ASK.format("cases")).replace("PROFILES", _ASK.format("profiles"))
    made: str = shtab.complete(_whole(), shell, preamble=asking)
    return f"{made.rstrip()}\n{_BEHIND_CURL[shell]}"


def _profiles() -> list[str]:
    """Names of profiles that no shell reads as anything but a word: bash expands what it is given to choose from."""
    from tui401.vault.profiles import ProfileError, load  # noqa: PLC0415 - only for this question

    with contextlib.suppress(ProfileError):
        return [name for name in load(config_folder() / "config.toml") if _SAFE.fullmatch(name)]
    return []


def _cases() -> list[str]:
    path = state_folder() / "journal.sqlite3"
    if not path.exists():
        return []  # the tab key writes nothing
    from tui401.journal import Journal, JournalError  # noqa: PLC0415 - only for this question

    with contextlib.suppress(JournalError), Journal(path) as journal:
        return [line.id for line in journal.cases(_MOST_CASES) if _SAFE.fullmatch(line.id)]
    return []


def _whole() -> argparse.ArgumentParser:
    """The wizard's parser with all commands below it, each action with what completes it."""
    root = parser_for("")
    commands = root.add_subparsers(parser_class=argparse.ArgumentParser)
    commands.add_parser("curl", help="the wizard on the command that failed")
    for command in COMMANDS:
        parser = parser_for(command)
        commands.add_parser(command, help=SUMMARIES[command])
        commands.choices[command] = parser
        _mark(parser, command)
    _mark(root, "")
    return root


def _mark(parser: argparse.ArgumentParser, command: str) -> None:
    """Says of each action what completes it, and gives those that are read elsewhere their choices."""
    import shtab  # noqa: PLC0415 - nothing else needs it

    for action in parser._actions:  # noqa: SLF001 - shtab reads them the same way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            for verb in action.choices.values() if command else ():
                _mark(verb, command)
            continue
        if action.option_strings:
            action.metavar = action.dest.replace("_", " ")  # quotes and brackets would be read by zsh
        completed = _completed(command, action.dest, shtab)
        if isinstance(completed, list):
            action.choices = completed
        elif completed is not None:
            action.complete = completed  # type: ignore[attr-defined] # that is shtab's interface


def _completed(command: str, dest: str, shtab: Any) -> Any:
    """A list of words, or what shtab makes of it; None for what nobody can complete."""
    match command, dest:
        case "why", "topic":
            return _topics()
        case "practice", "cause":
            from tui401.practice import catalogue  # noqa: PLC0415 - only for scripts

            return sorted(fault.slug for fault in catalogue())
        case "diagnose", "command":
            return _function("curl_or_file")
        case ("open", "what") | ("compare", "works" | "fails"):
            return _function("case_or_file")
        case "guard", "of":
            return _function("profile_or_curl")
        case ("profile" | "vault", "name"):
            return _function("profiles")
    if dest in _FILES:
        return shtab.FILE
    if dest in _CASES:
        return _function("cases")
    return _function("profiles") if dest in _PROFILES else None


def _function(name: str) -> dict[str, str]:
    """How each shell's script calls one of ``_FUNCTIONS``."""
    called = f"_shtab_tui401_{name}"
    return {"bash": called, "zsh": called, "fish": f"({called})"}


def _topics() -> list[str]:
    from tui401.causes import all_causes  # noqa: PLC0415 - only for scripts
    from tui401.model.verdict import STEPS  # noqa: PLC0415 - the same

    return [*all_causes(), *(step.value for step in STEPS), "401-vs-403"]
