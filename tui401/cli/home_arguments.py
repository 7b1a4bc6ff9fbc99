"""The command lines of what keeps credentials: profile, vault, token, guard and doctor."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final


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


ADD: Final[dict[str, Callable[[argparse.ArgumentParser], None]]] = {"profile": _profile}
"""What fills each command's parser."""

DESCRIPTIONS: Final = {
    "profile": "Profiles: what is known of an environment, from config.toml. Never a secret; those rest in the vault.",
}
EPILOGS: Final = {
    "profile": """\
examples:
  tui401 profile add prod origins=https://api.example.com issuer=https://login.example.com client_id=svc-orders
  tui401 profile set prod scopes="orders:read orders:write" sign_in=browser
  tui401 profile set prod "least_scopes.GET /v1/orders=orders:read" rotation_age=90d
  tui401 profile set prod proxy=
""",
}
