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

DESCRIPTIONS: Final = {
    "profile": "Profiles: what is known of an environment, from config.toml. Never a secret; those rest in the vault.",
    "vault": "Credentials at rest, in the system's keyring or where you chose. Only `tui401 token` prints one.",
    "token": "Prints a token of a profile that lasts: the kept one, or another by the profile's own way, kept again. "
    "The only command that prints a credential.",
    "guard": "Looks at a call before it is made, and sends nothing: present, well-formed, of this environment, issuer, "
    "audience and scopes, long enough alive, client certificate in date.",
    "doctor": "One page on this machine: keyring, profiles, clocks, proxy and certificates, the profiles' issuers, "
    "versions. No credential is sent to anybody.",
}
EPILOGS: Final = {
    "profile": """\
examples:
  tui401 profile add prod origins=https://api.example.com issuer=https://login.example.com client_id=svc-orders
  tui401 profile set prod scopes="orders:read orders:write" sign_in=browser
  tui401 profile set prod "least_scopes.GET /v1/orders=orders:read" rotation_age=90d
  tui401 profile set prod proxy=
""",
    "vault": """\
examples:
  tui401 vault store prod                      asks for the credential, masked
  printf %s "$KEY" | tui401 vault store orders-key --kind api-key --note "rotated by ops"
  tui401 vault list --watch
  tui401 vault move --to file                  where there is no keyring: an encrypted file
  tui401 vault note "ops replaced the client secret" --profile prod --kind client-secret

environment: TUI401_VAULT_PASSPHRASE opens the encrypted file where there is no terminal
""",
    "token": """\
examples:
  tui401 token prod --header | curl -H @- https://api.example.com/v1/orders
  TOKEN=$(tui401 token prod --min-lifetime 15m)

environment: TUI401_CLIENT_SECRET
exit codes: 0 a token was printed, 1 there is none to give, 2 bad usage or input
""",
    "guard": """\
examples:
  tui401 guard prod --min-lifetime 15m
  tui401 guard prod --endpoint GET /v1/orders --format json
  tui401 guard --openapi orders.yaml curl https://api.example.com/v1/orders -H "Authorization: Bearer $TOKEN"

exit codes: 0 nothing speaks against it, 1 it would be refused, 2 bad usage or input, 3 the vault cannot be read
""",
    "doctor": "exit codes: 0 all is well, 1 something will cost a call\n",
}
