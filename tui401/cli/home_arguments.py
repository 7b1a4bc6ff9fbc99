"""The command lines of what keeps credentials: profile, vault, token, guard and doctor."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from tui401.vault.profiles import BACKENDS
from tui401.vault.store import KINDS


def _profile(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|show|add|set|remove")
    listed = verbs.add_parser("list", help="the profiles, one a line")
    shown = verbs.add_parser("show", help="one profile")
    shown.add_argument("name", metavar="NAME")
    for verb in (listed, shown):
        verb.add_argument("--format", choices=("text", "json"), default="text")
    for name, what in (("add", "enter a new profile"), ("set", "change keys of a profile; KEY= takes one away")):
        verb = verbs.add_parser(name, help=what)
        verb.add_argument("name", metavar="NAME")
        verb.add_argument("values", nargs="*" if name == "add" else "+", metavar="KEY=VALUE")
    verbs.add_parser("remove", help="take a profile out").add_argument("name", metavar="NAME")


def _vault(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|store|delete|move|log|note")
    listed = verbs.add_parser("list", help="names, kinds and lifetimes; never a value")
    listed.add_argument("--watch", action="store_true", help="stay, and count the lifetimes down")
    listed.add_argument("--format", choices=("text", "json"), default="text")
    store = verbs.add_parser("store", help="keep a credential; it is asked for masked, or read from a pipe")
    store.add_argument("name", metavar="NAME")
    store.add_argument("--kind", choices=KINDS, default="", help="what it is; else by its shape")
    store.add_argument("--profile", metavar="PROFILE", default="", help="whose it is; else the one that names it")
    store.add_argument("--note", metavar="TEXT", default="", help="a word for the change log")
    verbs.add_parser("delete", help="delete a credential").add_argument("name", metavar="NAME")
    move = verbs.add_parser("move", help="move all credentials to another place, and keep new ones there")
    move.add_argument("--to", choices=BACKENDS, required=True, help="file is encrypted, its passphrase asked for")
    log = verbs.add_parser("log", help="what changed, when, by which way; newest first")
    log.add_argument("--profile", metavar="PROFILE", default=None, help="of this profile only")
    log.add_argument("--most", metavar="N", type=int, default=20, help="lines at most")
    log.add_argument("--format", choices=("text", "json"), default="text")
    note = verbs.add_parser("note", help="add a line to the change log by hand")
    note.add_argument("text", metavar="TEXT")
    note.add_argument("--profile", metavar="PROFILE", default="", help="whose credential changed")
    note.add_argument("--kind", choices=KINDS, default="other", help="what changed")


def _guard(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("of", nargs="?", default="", metavar="PROFILE | curl …")
    parser.add_argument("--min-lifetime", metavar="TIME", default="", help="how long it has to last: 90s, 15m, 1h")
    parser.add_argument("--endpoint", nargs=2, metavar=("METHOD", "PATH"), help="what a profile's credential is for")
    parser.add_argument(
        "--ntp", metavar="HOST[:PORT]", default="", help="ask this time server; else this machine's clock"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--quiet", "-q", action="store_true", help="say only what is wrong")
    known = parser.add_argument_group("what is required", "of a command; else by the profile of its origin")
    known.add_argument("--profile", metavar="NAME", default="")
    known.add_argument("--issuer", metavar="URL", default="")
    known.add_argument("--audience", metavar="AUD", default="")
    known.add_argument("--scope", metavar='"A B"', default="")
    known.add_argument("--openapi", metavar="FILE", default="", help="the API's description")
    parser.set_defaults(client_id="")


def _token(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profile", metavar="PROFILE")
    parser.add_argument("--min-lifetime", metavar="TIME", default="60s", help="how long it has to last: 90s, 15m, 1h")
    parser.add_argument("--header", action="store_true", help="print a header line, for curl -H @-")


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--offline", action="store_true", help="ask no time server and no issuer")


ADD: Final[dict[str, Callable[[argparse.ArgumentParser], None]]] = {
    "profile": _profile,
    "vault": _vault,
    "token": _token,
    "guard": _guard,
    "doctor": _doctor,
}
"""What fills each command's parser."""
