"""Exchanges that are judged alike are told the same as if each had been judged by itself."""

from __future__ import annotations

import ast
import base64
import io
import json
import random
import re
import string
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import tui401
from tests.benchmarks.recordings import Recorder
from tests.judge.builders import jwt
from tests.offline.hars import API, entry, har
from tui401.intake.harfile import Bad, HarFile
from tui401.offline import alike, headers, striking
from tui401.offline.knowledge import Knowledge
from tui401.offline.recording import Recording
from tui401.offline.teller import Teller
from tui401.wire import authorization, signing

MOMENT = 1_795_003_200  # 2026-11-18T12:00:00Z
UUIDS = [f"0f8fad5b-d9cb-469f-a165-{number:012}" for number in range(40)]


class Counted(Teller):
    """A teller that counts how many exchanges were truly judged."""

    judged = 0

    def _judged(self, *chain: Any, **more: Any) -> bytes | None:
        self.judged += 1
        return super()._judged(*chain, **more)


def told(data: bytes, *, memo: bool) -> tuple[list[bytes], int]:
    recording = Recording(HarFile(io.BytesIO(data), "x"), Knowledge())
    recording._teller = teller = Counted(Knowledge(), everything=True, memo=memo)
    found = list(recording.refusals())
    assert not [one for one in found if isinstance(one, Bad)]
    return [one.data for one in found if not isinstance(one, Bad)], teller.judged


def compared(entries: Iterable[Any]) -> tuple[list[bytes], int]:
    """What is said of them, after a look that it is the same without a memo; and how many were judged."""
    data = json.dumps(har(entries)).encode()
    fast, judged = told(data, memo=True)
    plain, _ = told(data, memo=False)
    assert fast == plain
    return fast, judged


def token(number: int) -> str:
    return "".join(random.Random(number).choices("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=40))


def refused(number: int, body: str = "", credential: str = "", **more: Any) -> dict[str, Any]:
    sent = [("Authorization", credential or f"Bearer {token(number)}")]
    return entry(401, body, sent=sent, url=f"{API}/{10_000 + number}", **more)


def signed(number: int) -> tuple[str, str]:
    scope = "AKIDEXAMPLE7Q2W9E4R1/20261118/eu-west-1/execute-api/aws4_request"
    return (
        "Authorization",
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={number:064x}",
    )


@pytest.mark.parametrize(("kinds", "spread"), [(1_000, 5), (60, 4_000)])
def test_a_fleets_refusals_are_told_as_if_each_was_judged(kinds: int, spread: int) -> None:
    entries = list(Recorder(seed=spread, kinds=kinds, spread=spread).entries(1_300))
    _, judged = compared(entries)
    assert judged < 975  # of all refusals


def test_what_repeats_is_judged_twice_and_its_own_address_is_told() -> None:
    found, judged = compared(refused(number, '{"message": "Unauthorized"}') for number in range(30))
    assert judged == 2
    assert [json.loads(one)["request"]["url"] for one in found] == [f"{API}/{10_000 + n}" for n in range(30)]
    assert [json.loads(one)["entry"] for one in found] == list(range(30))


def test_the_same_exchange_again_is_judged_once() -> None:
    assert compared([entry(401, '{"message": "Unauthorized"}')] * 9)[1] == 1


def test_identifiers_that_are_quoted_are_put_in() -> None:
    body = '{"error": "invalid_token", "error_description": "Token expired (request %s)"}'
    found, judged = compared(refused(number, body % UUIDS[number]) for number in range(20))
    assert judged == 2
    assert all(UUIDS[number].encode() in one for number, one in enumerate(found))


LABEL = "akab-6k5ovvrobmo7h5e2"

VARIANTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "the end of the token, echoed": lambda n: refused(n, f'{{"message": "expired token {token(n)[-12:]}"}}'),
    "all of the token, echoed": lambda n: refused(n, f'{{"message": "expired token {token(n)}"}}'),
    "most of the token, echoed": lambda n: refused(n, f'{{"message": "expired token {token(n)[:-8]}"}}'),
    "another's token": lambda n: refused(n, f'{{"message": "expired token {token(n + 1)}"}}'),
    "the same body, now with its own token": lambda n: refused(n % 7, f'{{"message": "expired token {token(3)}"}}'),
    "the token inside a longer run": lambda n: refused(n, f'{{"message": "expired token k7{token(n)}-{n % 3}"}}'),
    "the token twice, and a part of another's": lambda n: refused(
        n, f'{{"message": "expired token {token(n)}-{token(n)}-{token(n % 4)[:11]}"}}'
    ),
    "a host's label inside a longer one": lambda n: entry(
        401,
        f'{{"instance": "https://{LABEL}-vf7uvomu7olzqlwf{n % 2}.example.net/v1", "title": "Not authorized"}}',
        url=f"https://{LABEL}.example.net/v1/{10_000 + n}",
        sent=[("Authorization", f"Bearer {token(n)}")],
    ),
    "the token's digits in the middle of a word": lambda n: refused(n % 5, f'{{"message": "expired x{token(2)[:9]}"}}'),
    "a password or another's, echoed": lambda n: refused(
        0,
        f'{{"message": "bad password {token(n % 9)[:12]}"}}',
        f"Basic {base64.b64encode(f'user:{token(n % 4)[:12]}'.encode()).decode()}",
    ),
    "an audience that is named, or another": lambda n: refused(
        n,
        f'{{"error": "invalid_token", "error_description": "The audience {UUIDS[n % 2]} is invalid"}}',
        f"Bearer {jwt(aud=UUIDS[n % 3], exp=MOMENT + 3_000, iat=MOMENT - 60)}",
    ),
    "an audience that is named only at last": lambda n: (
        refused(
            n,
            f'{{"error": "invalid_token", "error_description": "The audience {UUIDS[n if n < 6 else 0]} is invalid"}}',
            f"Bearer {jwt(aud=UUIDS[0], exp=MOMENT + 3_000, iat=MOMENT - 60)}",
        )
        if n
        else entry(200)
    ),
    "the beginning of the token, echoed only at last": lambda n: refused(
        n, f'{{"message": "expired token {token(n + 70 if n < 6 else n)[:26]}"}}'
    ),
    "the password or another's, echoed only at last": lambda n: refused(
        0,
        f'{{"message": "password {token(90)[:12]} is wrong"}}',
        f"Basic {base64.b64encode(f'user:{token(n if n < 6 else 90)[:12]}'.encode()).decode()}",
    ),
    "an identifier that is part of the token, only at last": lambda n: refused(
        n,
        f'{{"error": "invalid_token", "error_description": "Token expired (request {UUIDS[n]})"}}',
        f"Bearer {token(n)}" if n < 6 else f"Bearer {token(n)[:20]}{UUIDS[n][-12:]}x9",
    ),
    "a key that is a UUID, echoed or not": lambda n: entry(
        401, f'{{"message": "invalid key {UUIDS[n % 2]}"}}', sent=[("X-API-Key", UUIDS[n % 3])]
    ),
    "a path whose number is the key": lambda n: entry(
        401, '{"message": "x"}', url=f"https://api.example.com/webhooks/{10_000 + n}/{token(n)}"
    ),
    "a number that is a status": lambda n: refused(
        n, f'{{"path": "/v1/{4000 + n}", "message": "denied /{10_000 + n}/"}}'
    ),
    "a session cookie": lambda n: entry(401, "", sent=[("Cookie", f"sid={token(n)}; theme=dark")]),
    "a cookie of hexadecimal digits": lambda n: entry(401, "", sent=[("Cookie", f"JSESSIONID={n:032x}")]),
    "a nonce": lambda n: entry(401, "", came=[("WWW-Authenticate", f'Digest realm="x", nonce="{token(n)}"')]),
    "a key in the query": lambda n: entry(401, "", url=f"{API}?api_key={token(n)}&page={n}"),
    "a form": lambda n: entry(
        400,
        '{"error": "invalid_grant"}',
        url="https://login.example.com/token",
        method="POST",
        post=f"grant_type=refresh_token&refresh_token={token(n)}&client_id={UUIDS[n]}",
    ),
    "words that only some have": lambda n: refused(n, ['{"message": "jwt expired"}', '{"message": "no"}'][n % 2]),
    "a header that a dialect reads": lambda n: refused(n, "", came=[("Server", ["nginx", "cloudflare"][n % 2])]),
    "a server's clock": lambda n: refused(n, "", came=[("Date", f"Wed, 18 Nov 2026 12:{n:02}:00 GMT")]),
    "a broken date": lambda n: refused(n, "", came=[("Date", f"Wed, 99 Nov 2026 12:{n:02}:00 GMT")]),
    "an answer that came late": lambda n: (
        refused(n, "", came=[("Date", "Wed, 18 Nov 2026 12:00:00 GMT")]) | {"time": n * 700}
    ),
    "no time": lambda n: refused(n, "", at=""),
    "a stamp": lambda n: entry(403, "", sent=[("X-Amz-Date", f"20261118T12{n:02}00Z")]),
    "a signed request": lambda n: entry(403, "", sent=[("X-Amz-Date", f"20261118T12{n:02}00Z"), signed(n)]),
    "a signed address": lambda n: entry(
        403, "", url=f"{API}?X-Amz-Date=20261118T11{n:02}00Z&X-Amz-Expires={900 + n % 2}&X-Amz-Signature={n:064x}"
    ),
    "a request that is signed in another way": lambda n: entry(
        401, "", sent=[("Authorization", f'OAuth oauth_timestamp="{MOMENT - 30 * n}", oauth_signature="{token(n)}"')]
    ),
    "a signature with its own times": lambda n: entry(
        401,
        "",
        sent=[
            ("Signature-Input", f'sig=("date");created={MOMENT - 40 * n};expires={MOMENT + 200 - 40 * n}'),
            ("Signature", f"sig=:{token(n)}:"),
            ("Date", f"Wed, 18 Nov 2026 11:{59 - n}:00 GMT"),
        ],
    ),
    "a signature dated by a header": lambda n: entry(
        403, "", sent=[("Authorization", f"HMAC key-1:{token(n)}"), ("Date", f"Wed, 18 Nov 2026 11:{59 - n}:00 GMT")]
    ),
    "a proof": lambda n: entry(
        401, "", sent=[("Authorization", f"DPoP {jwt(jti=UUIDS[n])}"), ("DPoP", jwt(iat=MOMENT - 60 * n, jti=UUIDS[n]))]
    ),
    "lives of any length": lambda n: refused(
        n, "", f"Bearer {jwt(exp=MOMENT + 900, iat=MOMENT - 37 * n * n, nbf=MOMENT - 11 * n)}"
    ),
    "a time of signing in": lambda n: refused(
        n,
        "",
        f"Bearer {jwt(auth_time=MOMENT - 60 * n, exp=MOMENT + 900)}",
        came=[("WWW-Authenticate", 'Bearer error="insufficient_user_authentication", max_age="600"')],
    ),
    "Basic that is broken": lambda n: refused(n, "", f"Basic {token(n)}"),
    "a user in the address": lambda n: entry(401, "", url=f"https://svc:{token(n)}@api.example.com/v1"),
    "letter case": lambda n: refused(n, "", ["bearer", "Bearer", "BEARER"][n % 3] + f" {token(n)}"),
    "a colon too much": lambda n: refused(n, "", f"Bearer: {token(n)}"),
    "a placeholder among tokens": lambda n: refused(n, "", "Bearer YOUR_API_TOKEN_GOES_HERE" if n % 2 else ""),
    "a vendor's prefix": lambda n: refused(n, "", ["Bearer ghp_", "Bearer glpat-"][n % 2] + token(n)),
    "a redirect before": lambda n: entry(
        302 if n % 2 else 401, "", url=f"{API}/{n // 2}", came=[("Location", f"{API}/{n // 2}/")] if n % 2 else ()
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_however_exchanges_differ_each_is_told_its_own(name: str) -> None:
    found, _ = compared(VARIANTS[name](number) for number in range(40))
    shown = b"".join(found).decode()
    if "another's" not in name and "now with" not in name:
        assert not [n for n in range(40) if token(n)[:12] in shown]


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("body", ["", '{"message": "jwt expired"}', '{"message": "token not active yet"}'])
def test_wherever_a_time_lies_it_is_told_how_far(claim: str, body: str) -> None:
    distances = [*range(-12, 13), *range(-400, 400, 31), 58, 59, 60, 61, 62, 63, 299, 300, 301, 302, 303, -302, 3_600]
    distances += [7_200, 86_399, 86_400, 172_700, 172_900, 5_000_000, 40_000_000, -3_600, -7_201, -86_500, -5_000_000]
    entries = []
    for place, apart in enumerate([*distances, *(d + 1 for d in distances), *distances]):
        claims = {"exp": MOMENT + 90_000, "iat": MOMENT - 90_000, claim: MOMENT + apart, "jti": UUIDS[place % 40]}
        at = f"2026-11-18T12:00:00.{(place * 37) % 1000:03}Z"
        entries.append(refused(place, body, f"Bearer {jwt(**claims)}", at=at))
    compared(entries)


def literals(*folders: str) -> set[str]:
    """Every text in the code of these rooms."""
    root = Path(tui401.__file__).parent
    files = [file for folder in folders for file in (root / folder).rglob("*.py")]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_cause_reads_a_claim_that_is_struck_out() -> None:
    common = {"name", "email", "sub", "jti"}  # names of other things, too; of the identifier only that it is there
    assert not literals("causes", "judge") & (set(striking.UNREAD_CLAIMS) - common)
    read = re.compile(r"""claim\w*(?:\.get\(|\[|\(facts, )["'](\w+)["']""")
    root = Path(tui401.__file__).parent
    named = {
        found[1]
        for folder in ("causes", "judge")
        for file in (root / folder).rglob("*.py")
        for found in read.finditer(file.read_text())
    }
    assert named
    assert not named & set(striking.UNREAD_CLAIMS) - {"jti"}


def test_every_header_that_judgement_reads_by_name_is_compared() -> None:
    read = re.compile(r"""\b(facts\.request|request|response|answer\.response)\.values\(["']([a-z-]+)["']\)""")
    root = Path(tui401.__file__).parent
    named = {
        (found[1].endswith("request"), found[2])
        for folder in ("causes", "judge")
        for file in (root / folder).rglob("*.py")
        for found in read.finditer(file.read_text())
    }
    assert len(named) > 3
    credentials = {"authorization", "proxy-authorization", "dpop", "cookie"}
    assert {name for of_request, name in named if of_request} <= alike.READ_OF_REQUESTS | credentials
    assert {name for of_request, name in named if not of_request} <= alike.READ_OF_ANSWERS


def test_a_host_whose_label_is_repeated_in_a_longer_one_is_judged_twice() -> None:
    made = VARIANTS["a host's label inside a longer one"]
    assert compared(made(2 * number) for number in range(20))[1] == 2


def test_a_basic_credential_that_is_written_right_has_no_defect() -> None:
    chosen = random.Random(401)
    users = ["svc", "ada lovelace", "x@y.example", "ü", "", "your-user", "\n", "a\tb", "eyJhbGciOiJIUzI1NiJ9", "token"]
    right = 0
    for _ in range(4_000):
        fresh = "".join(chosen.choices(string.printable, k=chosen.randrange(14))).replace(":", "")
        user, password = chosen.choice([*users, fresh]), token(chosen.randrange(10**6))[: chosen.randrange(8, 30)]
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        pair = pair.rstrip("=") if chosen.random() < 0.1 else pair
        value = f"{chosen.choice(['Basic', 'basic'])} {pair}"
        if headers.written_right(value, pair, user):
            right += 1
            assert authorization.take_apart(value).defects == ()
    assert right > 500


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("Authorization", headers.Sort.AUTHORIZATION),
        ("X-API-Key", headers.Sort.CREDENTIAL),
        ("cookie", headers.Sort.CREDENTIAL),
        ("Signature-Input", headers.Sort.SIGNATURE),
        ("X-Amz-Date", headers.Sort.DATED),
        ("Accept", headers.Sort.OTHER),
    ],
)
def test_a_header_line_is_sorted_by_its_name(name: str, sort: headers.Sort) -> None:
    assert headers.sort_of(name)[0] is sort


def test_every_header_that_dates_a_signature_is_known() -> None:
    assert set(signing._DATED) == headers.DATED


def test_nothing_of_a_secret_is_printed_with_a_likeness() -> None:
    made = striking.Likeness(b"", ["hole"], [token(1)])
    assert token(1) not in repr(made)
