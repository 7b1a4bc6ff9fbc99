"""What ``--help`` says of each command: one screen of 80×24 with the prompt under it, examples included.

The pages are written by hand, since a page that fits needs to say related options together; a test holds them beside
what the parsers take.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Final

EXIT_CODES: Final[dict[str, dict[int, str]]] = {
    "diagnose": {0: "it succeeds now", 1: "a refusal stands", 2: "bad usage", 3: "undetermined"},
    "explain": {0: "no refusal", 1: "at least one", 2: "bad usage or input"},
    "compare": {
        0: "both succeed or nothing differs",
        1: "what decides is proved",
        2: "bad usage or input",
        3: "it is not proved",
    },
    "guard": {
        0: "nothing speaks against it",
        1: "it would be refused",
        2: "bad usage or input",
        3: "the vault cannot be read",
    },
    "token": {0: "a token was printed", 1: "there is none to give", 2: "bad usage or input"},
    "doctor": {0: "all is well", 1: "something will cost a call", 2: "bad usage or input"},
}
"""What each exit code means; other commands have 0 and 2. 3 of ``diagnose`` is intermittent and unreachable, too."""

_KNOWN: Final = """\
what you know (secrets come from the keyring, a prompt or the environment):
  --profile NAME         a profile of config.toml; else by the request's origin
  --issuer URL           the authorization server, confirmed by you
  --client-id ID         your OAuth client; --redirect-uri URL  its loopback one
  --audience AUD, --scope "A B"        what the endpoint needs; --openapi FILE
  --sign-in WAY          client-credentials, browser, device or command
  --token-command CMD    what prints a token; --token-shell  run it by a shell
  --ntp HOST[:PORT]      the time server to ask
  --credential-to ORIGIN another origin that may receive the credential
  --passive              send the original once and nothing else
  --only-api             fetch nothing but the API's own answers
"""

SUMMARIES: Final = {
    "": "Find out why an API answers 401 Unauthorized, prove it, and mend it.",
    "open": "Opens the wizard on a file, a pipe, or a case that was kept.",
    "practice": "Opens the wizard on a practice server with one fault, inside this process.",
    "tour": "Two minutes on the practice server that show the whole way, by one request.",
    "diagnose": "Sends the failing command, finds the cause, and with --fix mends it.",
    "explain": "Judges every refused exchange of a recording, offline; sends nothing.",
    "compare": "Shows what differs between a request that works and one that is refused.",
    "why": "Prints the manual page of a cause or a step; without one, lists them.",
    "report": "Writes a kept case as a report for support, without a secret in it.",
    "cases": "Lists the cases that were kept, newest first.",
    "profile": "Profiles: what is known of an environment. Never a secret.",
    "vault": "Credentials at rest; no value is ever printed.",
    "token": "Prints a token of a profile that lasts, got first if need be.",
    "guard": "Looks at a call before it is made, and sends nothing.",
    "doctor": "One page on this machine: keyring, clocks, proxy, issuers, versions.",
    "completions": "Prints what makes the tab key complete tui401's words in your shell.",
}
"""One line on each command; "" is the wizard."""

_USAGES: Final = {
    "": "[OPTIONS] [curl …]      or:  tui401 COMMAND …",
    "open": "open [OPTIONS] FILE|FILE.har#3|CASE|-",
    "practice": "practice [--terse] [--serve] [CAUSE]   or:  tui401 practice --list",
    "tour": "tour [--plain]",
    "diagnose": "diagnose [OPTIONS] (curl … | FILE | FILE.har#3 | -)",
    "explain": "explain [OPTIONS] FILE.har|-",
    "compare": "compare [OPTIONS] WORKS FAILS",
    "why": "why [CAUSE|STEP|401-vs-403] | --checklist | --dialects [NAME]",
    "report": "report CASE [-o FILE.md|.html|.json|.har]",
    "cases": "cases [--format text|json] [--delete CASE]",
    "profile": "profile list|show|add|set|remove …",
    "vault": "vault list|store|delete|move|log|note …",
    "token": "token [--min-lifetime TIME] [--header] PROFILE",
    "guard": "guard [OPTIONS] (PROFILE | curl …)",
    "doctor": "doctor [--offline] [--format text|json]",
    "completions": "completions bash|zsh|fish",
}

_PAGES: Final = {
    "": """\
  tui401 curl https://api.example.com/v1 -H "Authorization: Bearer $TOKEN"
  tui401 !!              the wizard on the command that has just failed
  tui401 tour            two minutes that show the whole way, on this machine

commands (tui401 COMMAND --help has examples):
  open FILE|CASE|-       the wizard on a file, a recording, a pipe, a kept case
  practice [CAUSE]       the wizard on the practice server with that fault
  diagnose curl …        without a screen; --fix also mends and sends again
  explain FILE.har       judges every refusal of a recording; sends nothing
  compare WORKS FAILS    “it works there, not here”: the difference that decides
  why [CAUSE|STEP]       the manual page of a cause or a step
  cases, report CASE     what was kept, and a report of it
  profile, vault         what is known of your environments; credentials
  token PROFILE          prints a token that lasts, for curl -H @-
  guard, doctor          looks at a call before it is made; at this machine
  completions SHELL      the tab key in bash, zsh and fish

options: --plain  lines, no screens; others: tui401 open --help; -V, --version
zsh: alias tui401='noglob tui401' keeps a ? in an address. Quote one with an &.
""",
    "open": f"""\
  tui401 open failing.txt        a command, a curl -v transcript, an .http file
  tui401 open session.har        choose among what was refused in it
  tui401 open session.har#17     that entry
  tui401 open 7f3a               a kept case goes on
  pbpaste | tui401 open -

  --plain                lines in place of screens, for screen readers; so does
                         TUI401_PLAIN=1
{_KNOWN}""",
    "diagnose": f"""\
  tui401 diagnose curl https://api.example.com/v1 -H "Authorization: Bearer $T"
  tui401 diagnose --fix --issuer https://login.example.com --client-id me curl …
  --fix, --least         mend it and send again; find the least scopes that work
  --yes                  consent to what would be asked; what is firm stays so
  --format text|json, --all            ruled-out causes too
  --report FILE          write a report as well: .md .html .json .har
  -q, --quiet            only the result;  -v, --verbose  each check, with times
{_KNOWN}environment: TUI401_CLIENT_SECRET, TUI401_REFRESH_TOKEN, TUI401_CLIENT_KEY=FILE
""",
    "explain": """\
  tui401 explain session.har
  tui401 explain --format json --audience https://api.example.com session.har
  mitmdump -nr flows --set hardump=- | tui401 explain --format ndjson -

  --format text|json|ndjson   ndjson: a line for each refusal as it is judged,
                              in memory that does not grow with the file
  --all                       what was ruled out, and the steps, too
  -q, --quiet                 of the text only the line that counts
  --profile NAME              a profile of config.toml; else by the origin
  --issuer URL                the authorization server
  --audience AUD              the audience that the API wants
  --scope "A B"               the scopes that the endpoint needs
  --openapi FILE              the API's description, for what it requires
""",
    "compare": """\
  tui401 compare "curl https://api.example.com/v1 -H 'X-Tenant: a'" \\
                 "curl https://api.example.com/v1"
  tui401 compare works.har#3 fails.har#17
  tui401 compare --offline --format json works.txt 7f3a

WORKS and FAILS: a quoted curl command, a file with one, FILE.har#3, or a case.
With a yes, differences are taken out by halves until the one that decides is
left.

  --yes                  send what the search needs, without asking
  --offline              compare only; send nothing and do not ask
  --format text|json
  -q, --quiet            only the result; nothing on standard error
  -v, --verbose          every request with its time
""",
    "practice": """\
  tui401 practice                          choose a fault on the screen
  tui401 practice audience-mismatch
  tui401 practice --serve token-expired    for a second terminal

  --plain                lines in place of screens, as for a screen reader
  --terse                the server gives no reasons, as many do
  --serve                only serve, and print the command that fails
  --list                 list the faults

Everything stays on this machine: the server listens on loopback only, its
credentials are made up, and they die with it.
""",
    "tour": """\
  tui401 tour

A request to a server inside this program is refused. You find out why by the
six steps, mend it, break it yourself and mend it again, in the real wizard; a
line above the keys says what there is to see. T leaves the tour at any time.

  --plain                lines in place of screens: the same exercise
""",
    "why": """\
  tui401 why                         all causes, by step
  tui401 why token-expired
  tui401 why clock                   a step
  tui401 why 401-vs-403
  tui401 why --checklist             the six steps as a list to print
  tui401 why --dialects              the servers whose words are known
  tui401 why --dialects nginx
""",
    "report": """\
  tui401 report 7f3a                 Markdown on standard output
  tui401 report 7f3a -o incident.html
  tui401 report 7f3a -o case.json    `tui401 open case.json` judges it again
  tui401 report 7f3a -o case.har     for browsers, proxies and tui401 explain
  tui401 report --schema             the JSON Schema of .json reports

  -o, --output FILE      its ending says which kind: .md, .html, .json or .har
  --strike VALUE         strike it out, in all forms and in the kept case
  --schema [report|diagnosis]        diagnosis: of what --format json prints
""",
    "cases": """\
  tui401 cases
  tui401 cases --format json
  tui401 cases --delete 7f3a         removes it from the disk
  tui401 open 7f3a                   goes on with it
""",
    "profile": """\
  tui401 profile add prod origins=https://api.example.com \\
      issuer=https://login.example.com client_id=svc-orders
  tui401 profile set prod scopes="orders:read orders:write" sign_in=browser
  tui401 profile set prod "least_scopes.GET /v1/orders=orders:read"
  tui401 profile set prod proxy=     takes the key away

  list                   the profiles, one a line      (--format text|json)
  show NAME              one profile                   (--format text|json)
  add NAME KEY=VALUE …   enter a new profile
  set NAME KEY=VALUE …   change keys of a profile
  remove NAME            take a profile out

Profiles stand in config.toml of the configuration folder, and keep the comments
that you write there. A request's own origin chooses the profile.
""",
    "vault": """\
  tui401 vault store prod            asks for the credential, masked
  printf %s "$KEY" | tui401 vault store orders-key --kind api-key
  tui401 vault move --to file        no keyring: an encrypted file
  tui401 vault note "ops replaced the client secret" --profile prod

  list       names, kinds, lifetimes    --watch counts down; --format text|json
  store NAME    keep one, from a prompt or a pipe   --kind --profile --note TEXT
  delete NAME   delete one
  move       move all, and keep new ones there       --to keyring|file|memory
  log        what changed, newest first    --profile --most N --format text|json
  note TEXT  add a line to the log by hand           --profile --kind

environment: TUI401_VAULT_PASSPHRASE opens the encrypted file without a terminal
""",
    "token": """\
  tui401 token prod --header | curl -H @- https://api.example.com/v1/orders
  TOKEN=$(tui401 token prod --min-lifetime 15m)

  --min-lifetime TIME    how long it has to last: 90s, 15m, 1h
  --header               print a header line, for curl -H @-

It is the kept one, or another by the profile's own way, kept again. No other
command prints a credential.

environment: TUI401_CLIENT_SECRET
""",
    "guard": """\
  tui401 guard prod --min-lifetime 15m
  tui401 guard prod --endpoint GET /v1/orders --format json
  tui401 guard --openapi orders.yaml curl https://api.example.com/v1/orders …

Present, well-formed, of this environment, issuer, audience and scopes, long
enough alive, client certificate in date: for CI, and before a long job.

  --min-lifetime TIME    how long it has to last: 90s, 15m, 1h
  --endpoint METHOD PATH what a profile's credential is for
  --ntp HOST[:PORT]      ask this time server; else this machine's clock
  --format text|json
  -q, --quiet            say only what is wrong
  --profile NAME, --issuer URL, --audience AUD, --scope "A B", --openapi FILE
                         what is required of a command
""",
    "doctor": """\
  tui401 doctor
  tui401 doctor --offline            asks no time server and no issuer
  tui401 doctor --format json

No credential is sent to anybody.
""",
    "completions": """\
  eval "$(tui401 completions bash)"            in ~/.bashrc
  eval "$(tui401 completions zsh)"             in ~/.zshrc, behind compinit
  tui401 completions fish | source             in ~/.config/fish/config.fish

Commands, options, causes, profiles, kept cases and files complete; behind curl
it is curl's own completion, where your shell has one.
""",
}


def page(command: str) -> str:
    """The help page of a command; "" is the wizard's, which lists all commands."""
    codes = EXIT_CODES.get(command or "diagnose")
    return f"usage: tui401 {_USAGES[command]}\n{SUMMARIES[command]}\n\n{_PAGES[command]}{_coded(codes, command)}"


def _coded(codes: Mapping[int, str] | None, command: str) -> str:
    if codes is None:
        return ""
    told = "exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in codes.items())
    lines = textwrap.wrap(told, 79, subsequent_indent=" " * 12)
    return "\n".join([*([] if command in ("", "diagnose") else [""]), *lines]) + "\n"
