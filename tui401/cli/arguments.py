"""What may stand on the command line: options before ``curl``, the person's own command after it, untouched."""

from __future__ import annotations

import argparse
from typing import Final, NoReturn

from tui401 import __version__

HOME: Final = ("profile", "vault", "token", "guard", "doctor")
"""Commands whose options stand in ``home_arguments``."""
SIGN_INS: Final = ("client-credentials", "browser", "device", "command")
COMMANDS: Final = ("diagnose", "explain", "compare", "open", "practice", "why", "report", "cases", *HOME)

_EXAMPLES: Final = """\
examples:
  tui401 curl https://api.example.com/v1/orders -H "Authorization: Bearer $TOKEN"
  tui401 practice token-expired          learn it on a server that runs inside tui401
  tui401 diagnose --format json curl …   the same without a screen
  tui401 why audience-mismatch           the page on one cause; tui401 why lists all

commands:
  curl …            the wizard on the command that failed
  open FILE|CASE    the wizard on a file with a command, a transcript or a recording, or on a kept case; - is a pipe
  practice [CAUSE]  the wizard on the embedded practice server with that fault
  diagnose          headless and live; --fix also recovers
  explain FILE.har  judges the exchanges of a recording; sends nothing
  compare WORKS FAILS   “it works there, not here”: what differs, and with a yes what decides
  why [CAUSE]       the manual page of a cause or a step; --dialects lists the servers it knows
  report CASE       writes a kept case as .md or .json
  cases             the cases that were kept
  profile           what is known of your environments: add, set, show, list, remove
  vault             credentials at rest: store, list, delete, move, log, note
  token PROFILE     prints a token that lasts, got first if need be; --header for curl -H @-
  guard             looks at a call before it is made, and sends nothing
  doctor            one page on this machine: keyring, clocks, proxy, issuers, versions

exit codes: 0 it succeeds now, 1 a refusal stands, 2 bad usage or input, 3 undetermined, intermittent or unreachable
"""


class UsageError(Exception):
    """The command line is not understood; its text is a sentence."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows what there is.")


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


def parser_for(command: str) -> argparse.ArgumentParser:
    """The parser of one command; "" is the wizard itself."""
    if command in HOME:
        return _home_parser(command)
    parser = _Parser(
        prog=f"tui401 {command}".rstrip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        description=_DESCRIPTIONS[command],
        epilog=_EXAMPLES if not command else _EPILOGS.get(command),
    )
    match command:
        case "" | "open":
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
            parser.add_argument("--report", metavar="FILE", default="", help="write a .md or .json report as well")
            parser.add_argument("--quiet", "-q", action="store_true", help="no progress on standard error")
            _knowledge(parser)
            parser.add_argument("command", nargs=argparse.REMAINDER, metavar="curl … | FILE | FILE.har#3 | -")
        case "explain":
            parser.add_argument("--format", choices=("text", "json", "ndjson"), default="text")
            parser.add_argument("--all", action="store_true", help="show what was ruled out too")
            _about_the_api(parser.add_argument_group("what you know"))
            parser.set_defaults(client_id="", ntp="")
            parser.add_argument("file", metavar="FILE.har|-")
        case "compare":
            parser.add_argument("--format", choices=("text", "json"), default="text")
            parser.add_argument("--yes", action="store_true", help="send what the search needs, without asking")
            parser.add_argument("--offline", action="store_true", help="compare only; send nothing and do not ask")
            parser.add_argument("--quiet", "-q", action="store_true", help="no progress on standard error")
            parser.add_argument(
                "works", metavar="WORKS", help="a quoted curl command, a file with one, FILE.har#3, a case"
            )
            parser.add_argument("fails", metavar="FAILS", help="the same, of the request that is refused")
        case "practice":
            parser.add_argument("cause", nargs="?", default="", metavar="CAUSE")
            parser.add_argument("--terse", action="store_true", help="the server gives no reasons")
            parser.add_argument("--serve", action="store_true", help="only serve, and print the command that fails")
            parser.add_argument("--list", action="store_true", help="list the faults")
        case "why":
            parser.add_argument("topic", nargs="?", default="", metavar="CAUSE|STEP|401-vs-403")
            parser.add_argument(
                "--dialects", action="store_true", help="list the servers it knows, or one: --dialects NAME"
            )
        case "report":
            parser.add_argument("case", metavar="CASE")
            parser.add_argument("--output", "-o", metavar="FILE", default="", help=".md or .json; standard output else")
        case "cases":
            parser.add_argument("--format", choices=("text", "json"), default="text")
            parser.add_argument("--delete", metavar="CASE", default="", help="remove one case from the disk")
        case _:
            raise UsageError(f"There is no command {command!r}. `tui401 --help` shows what there is.")
    return parser


def _home_parser(command: str) -> argparse.ArgumentParser:
    from tui401.cli import home_arguments as home  # noqa: PLC0415 - only these commands pay for it

    parser = _Parser(
        prog=f"tui401 {command}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        description=home.DESCRIPTIONS[command],
        epilog=home.EPILOGS.get(command),
    )
    home.ADD[command](parser)
    return parser


_DESCRIPTIONS: Final = {
    "": "Find out why an API answers 401 Unauthorized, prove it, and mend it.",
    "open": "Opens the wizard on a file, a pipe (-), or a case that was kept.",
    "diagnose": "Sends the failing command, finds the cause, and with --fix mends it. No screen; progress on "
    "standard error, the result on standard output.",
    "explain": "Judges every refused exchange of a recording (HAR), offline: sends nothing and keeps nothing.",
    "compare": "Shows what differs between a request that works and one that is refused; with a yes, removes the "
    "differences by halves until the smallest that decides stands alone.",
    "practice": "Opens the wizard on a practice server with one fault, inside this process and on loopback only.",
    "why": "Prints the page on a cause or a step. Without one, lists them.",
    "report": "Writes a kept case as a report for support: Markdown by default, JSON that can be judged again.",
    "cases": "Lists the cases that were kept, newest first.",
}
_EPILOGS: Final = {
    "diagnose": """\
examples:
  tui401 diagnose curl https://api.example.com/v1/orders -H "Authorization: Bearer $TOKEN"
  TUI401_CLIENT_SECRET=… tui401 diagnose --fix --issuer https://login.example.com --client-id svc-orders curl …
  pbpaste | tui401 diagnose --format json -
  tui401 diagnose session.har#17   judges that entry; --yes sends it, too

environment: TUI401_CLIENT_SECRET, TUI401_REFRESH_TOKEN; TUI401_CLIENT_KEY, a file with the client's private key
exit codes: 0 it succeeds now, 1 a refusal stands, 2 bad usage or input, 3 undetermined, intermittent or unreachable
""",
    "explain": """\
examples:
  tui401 explain session.har
  tui401 explain --format json --audience https://api.example.com session.har
  mitmdump -nr flows --set hardump=- | tui401 explain --format ndjson -

--format ndjson prints a line as soon as a refusal is judged, in memory that does not grow with the file.
exit codes: 0 no refusal, 1 at least one, 2 bad usage or input
""",
    "compare": """\
examples:
  tui401 compare "curl https://api.example.com/v1 -H 'X-Tenant: a'" "curl https://api.example.com/v1"
  tui401 compare works.har#3 fails.har#17
  tui401 compare --offline --format json works.txt 7f3a

exit codes: 0 both succeed or nothing differs, 1 the difference that decides is proved, 2 bad usage, 3 it is not
""",
    "practice": """\
examples:
  tui401 practice                    choose a fault on the screen
  tui401 practice audience-mismatch
  tui401 practice --serve token-expired
""",
    "why": """\
examples:
  tui401 why token-expired
  tui401 why clock
  tui401 why 401-vs-403
""",
    "report": "example:\n  tui401 report 7f3a -o incident.md\n",
    "open": "examples:\n  tui401 open failing.txt\n  tui401 open session.har      choose among what was refused in it\n"
    "  tui401 open session.har#17   that entry\n  tui401 open 7f3a\n  pbpaste | tui401 open -\n",
}
