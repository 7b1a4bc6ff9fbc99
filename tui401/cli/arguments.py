"""What may stand on the command line: options before ``curl``, the person's own command after it, untouched."""

from __future__ import annotations

import argparse
from typing import Final, NoReturn

from tui401 import __version__
from tui401.cli.help_pages import SUMMARIES, page

HOME: Final = ("profile", "vault", "token", "guard", "doctor")
"""Commands whose options stand in ``home_arguments``."""
SIGN_INS: Final = ("client-credentials", "browser", "device", "command")
SHELLS: Final = ("bash", "zsh", "fish")
COMMANDS: Final = (
    *("diagnose", "explain", "compare", "open", "practice", "tour", "why", "report", "cases", "completions"),
    *HOME,
)


class UsageError(Exception):
    """The command line is not understood; its text is a sentence."""


class _Parser(argparse.ArgumentParser):
    command: str | None = None

    def format_help(self) -> str:
        # A verb below a command (`vault store`) has the few lines that argparse makes of it.
        return super().format_help() if self.command is None else page(self.command)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows what there is.")


def _parser(command: str) -> _Parser:
    parser = _Parser(prog=f"tui401 {command}".rstrip(), allow_abbrev=False, description=SUMMARIES[command])
    parser.command = command
    return parser


def _about_the_api(known: argparse._ArgumentGroup) -> None:
    known.add_argument("--profile", metavar="NAME", default="", help="a profile of config.toml; else by the origin")
    known.add_argument("--issuer", metavar="URL", default="", help="the authorization server, confirmed by you")
    known.add_argument("--audience", metavar="AUD", default="", help="the audience that the API wants")
    known.add_argument("--scope", metavar='"A B"', default="", help="the scopes that the endpoint needs")
    known.add_argument("--openapi", metavar="FILE", default="", help="the API's description, for what it requires")


def _knowledge(parser: argparse.ArgumentParser) -> None:
    known = parser.add_argument_group("what you know", "secrets come from the keyring, a prompt, or the environment")
    _about_the_api(known)
    known.add_argument("--client-id", metavar="ID", default="", help="your OAuth client")
    known.add_argument("--sign-in", choices=SIGN_INS, default="", help="the way to another token that you prefer")
    known.add_argument("--redirect-uri", metavar="URL", default="", help="your client's loopback redirect")
    known.add_argument("--token-command", metavar="CMD", default="", help="what prints a token; shown before it is run")
    known.add_argument("--token-shell", action="store_true", help="run the token command by a shell")
    known.add_argument("--ntp", metavar="HOST[:PORT]", default="", help="the time server to ask")
    known.add_argument(
        "--credential-to",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="another origin that may receive the credential",
    )
    limits = parser.add_argument_group("limits")
    limits.add_argument("--passive", action="store_true", help="send the original once and nothing else")
    limits.add_argument("--only-api", action="store_true", help="fetch nothing but the API's own answers")


def _loudness(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--quiet", "-q", action="store_true", help="only the result; nothing on standard error")
    one.add_argument("--verbose", "-v", action="store_true", help="every check with its time, on standard error")


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--yes", action="store_true", help="send what the search needs, without asking")
    parser.add_argument("--offline", action="store_true", help="compare only; send nothing and do not ask")
    _loudness(parser)
    parser.add_argument("works", metavar="WORKS", help="a quoted curl command, a file with one, FILE.har#3, a case")
    parser.add_argument("fails", metavar="FAILS", help="the same, of the request that is refused")


def _plain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="lines in place of screens, as for a screen reader")


def _of_practice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cause", nargs="?", default="", metavar="CAUSE")
    _plain(parser)
    parser.add_argument("--terse", action="store_true", help="the server gives no reasons")
    parser.add_argument("--serve", action="store_true", help="only serve, and print the command that fails")
    parser.add_argument("--list", action="store_true", help="list the faults")


def parser_for(command: str) -> argparse.ArgumentParser:
    """The parser of one command; "" is the wizard itself."""
    if command in HOME:
        return _home_parser(command)
    if command not in SUMMARIES:
        raise UsageError(f"There is no command {command!r}. `tui401 --help` shows what there is.")
    parser = _parser(command)
    match command:
        case "" | "open":
            _plain(parser)
            _knowledge(parser)
            if command:
                parser.add_argument("what", metavar="FILE|FILE.har#3|CASE|-")
            else:
                parser.add_argument("--version", "-V", action="version", version=f"tui401 {__version__}")
        case "diagnose":
            parser.add_argument("--format", choices=("text", "json"), default="text")
            parser.add_argument("--fix", action="store_true", help="apply fixes and send again until it succeeds")
            parser.add_argument("--least", action="store_true", help="then find the least scopes that it succeeds with")
            parser.add_argument("--yes", action="store_true", help="consent to experiments and sends that would ask")
            parser.add_argument("--all", action="store_true", help="show what was ruled out too")
            parser.add_argument(
                "--report", metavar="FILE", default="", help="write a report as well: .md, .html, .json or .har"
            )
            _loudness(parser)
            _knowledge(parser)
            parser.add_argument("command", nargs=argparse.REMAINDER, metavar="curl … | FILE | FILE.har#3 | -")
        case "explain":
            parser.add_argument("--format", choices=("text", "json", "ndjson"), default="text")
            parser.add_argument("--all", action="store_true", help="show what was ruled out too")
            parser.add_argument("--quiet", "-q", action="store_true", help="of the text only the line that counts")
            _about_the_api(parser.add_argument_group("what you know"))
            parser.set_defaults(client_id="", ntp="")
            parser.add_argument("file", metavar="FILE.har|-")
        case "compare":
            _compare(parser)
        case "practice":
            _of_practice(parser)
        case "tour":
            _plain(parser)
        case "why":
            parser.add_argument("--checklist", action="store_true", help="the six steps as a list to print")
            parser.add_argument("topic", nargs="?", default="", metavar="CAUSE|STEP|401-vs-403")
            parser.add_argument(
                "--dialects", action="store_true", help="list the servers it knows, or one: --dialects NAME"
            )
        case "report":
            _report(parser)
        case "cases":
            parser.add_argument("--format", choices=("text", "json"), default="text")
            parser.add_argument("--delete", metavar="CASE", default="", help="remove one case from the disk")
        case "completions":
            parser.add_argument("shell", nargs="?", choices=SHELLS, metavar="bash|zsh|fish")
            parser.add_argument("--names", choices=("profiles", "cases"), help=argparse.SUPPRESS)
    return parser


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", nargs="?", default="")
    parser.add_argument(
        "--output", "-o", metavar="FILE", default="", help=".md, .html, .json or .har; standard output else"
    )
    parser.add_argument(
        "--strike", action="append", metavar="VALUE", help="strike a value out, of the kept case as well"
    )
    parser.add_argument(
        "--schema",
        nargs="?",
        const="report",
        choices=("report", "diagnosis"),
        help="print the JSON Schema of .json reports, or of what --format json prints",
    )


def _home_parser(command: str) -> argparse.ArgumentParser:
    from tui401.cli import home_arguments as home  # noqa: PLC0415 - only these commands pay for it

    parser = _parser(command)
    home.ADD[command](parser)
    return parser
