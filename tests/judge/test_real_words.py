"""What real stacks answered to real faults (tests/real/words.jsonl), judged with what a live run would have gathered.

The words are recorded, the request is made again from the fault's name, and the keys, clocks and metadata are those
that the fault implies. Nothing may be confirmed and wrong, and the figures may not fall.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.judge.builders import AUDIENCE, ISSUER, NOW, OPAQUE, Bench, bearer, jwt
from tui401.model.shown import Verified

WORDS: Final = Path(__file__).resolve().parents[1] / "real" / "words.jsonl"
RIGHT: Final = 0.98
CONFIRMED: Final = 0.68

GOOD = jwt()
HEAD, BODY, SIGNATURE = GOOD.split(".")
HOUR: Final = 3600

# The fault's request as headers, and what the issuer's keys say of its token.
REQUESTS: Final[dict[str, tuple[list[tuple[str, str]], Verified | None]]] = {
    "missing": ([], None),
    "no-scheme": ([("Authorization", GOOD)], Verified.GOOD),
    "scheme-token": ([("Authorization", f"Token {GOOD}")], Verified.GOOD),
    "scheme-basic": ([("Authorization", "Basic cmVhZGVyOm5vdGhpbmc=")], None),
    "scheme-only": ([("Authorization", "Bearer")], None),
    "undefined": (bearer("undefined"), None),
    "unfilled": (bearer("{{token}}"), None),
    "two-spaces": (bearer(f" {GOOD}"), Verified.GOOD),
    "doubled": (bearer(f"Bearer {GOOD}"), Verified.GOOD),
    "colon": ([("Authorization", f"Bearer: {GOOD}")], Verified.GOOD),
    "quoted": (bearer(f'"{GOOD}"'), Verified.GOOD),
    "bracketed": (bearer(f"<{GOOD}>"), Verified.GOOD),
    "comma": (bearer(f"{GOOD},"), Verified.GOOD),
    "two-headers": ([("Authorization", "Basic cmVhZGVyOm5vdGhpbmc="), ("Authorization", f"Bearer {GOOD}")], None),
    "expired-long-ago": (bearer(jwt(iat=NOW - 2 * HOUR, exp=NOW - HOUR)), Verified.GOOD),
    "expired-just-now": (bearer(jwt(iat=NOW - 5, exp=NOW - 3)), Verified.GOOD),
    "expired-refresh": (bearer(jwt(iat=NOW - 2 * HOUR, exp=NOW - HOUR)), Verified.GOOD),
    "not-yet-valid": (bearer(jwt(nbf=NOW + HOUR, exp=NOW + 2 * HOUR)), Verified.GOOD),
    "audience": (bearer(jwt(aud="https://billing.example.com")), Verified.GOOD),
    "no-audience": (bearer(jwt(aud=None)), Verified.GOOD),
    "audience-slash": (bearer(jwt(aud=AUDIENCE + "/")), Verified.GOOD),
    "scope": (bearer(jwt(scope="orders:write")), Verified.GOOD),
    "no-scope": (bearer(jwt(scope=None)), Verified.GOOD),
    "signature": (bearer(GOOD), Verified.BAD),
    "edited-payload": (bearer(jwt(sub="admin")), Verified.BAD),
    "unknown-key": (bearer(jwt(header={"kid": "key-9"})), Verified.NO_KEY),
    "issuer": (bearer(jwt(header={"kid": "other-1"}, iss="https://other.example")), Verified.NO_KEY),
    "issuer-same-key": (bearer(jwt(iss="https://issuer.example")), Verified.GOOD),
    "opaque": (bearer(OPAQUE), None),
    "garbage": (bearer(OPAQUE), None),
    "cut-short": (bearer(f"{HEAD}.{BODY}.{SIGNATURE[:-40]}"), Verified.BAD),
    "two-parts": (bearer(f"{HEAD}.{BODY}"), None),
    "not-base64": (bearer(f"{HEAD}.{BODY[:20]}%3D{BODY[20:]}.{SIGNATURE}"), None),
    "id-token": (bearer(jwt(aud="web", at_hash="abc", nonce="n")), Verified.GOOD),
    "revoked": (bearer(OPAQUE), None),
    "made-up": (bearer(OPAQUE), None),
    "jwt-at-introspection": (bearer(GOOD), Verified.GOOD),
    "server-ahead": (bearer(GOOD), Verified.GOOD),
    "server-behind": (bearer(GOOD), Verified.GOOD),
    "client-ahead": (bearer(jwt(iat=NOW, nbf=NOW, exp=NOW + HOUR)), Verified.GOOD),
    "keys-unreachable": (bearer(GOOD), Verified.GOOD),
    "issuer-down": (bearer(GOOD), None),
    "basic-missing": ([], None),
    "basic-wrong": ([("Authorization", "Basic cmVhZGVyOndyb25nLXBhc3Mtd29yZA==")], None),
    "basic-bearer": (bearer(GOOD), None),
    "basic-no-colon": ([("Authorization", "Basic cmVhZGVy")], None),
    "key-missing": ([], None),
    "key-wrong": ([("X-Api-Key", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678")], None),
    "key-elsewhere": ([("X-Token", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678")], None),
    "gateway-loses": (bearer(GOOD), None),
}
# Said by the faults' own declaration to be right too, or not to be told apart by what one exchange shows.
ALSO: Final[dict[str, set[str]]] = {
    "scheme-only": {"header-malformed", "header-missing"},
    "issuer": {"signing-key-unknown", "token-signature-invalid"},
    "garbage": {"token-malformed"},
    "opaque": {"token-malformed"},
    "revoked": {"token-unrecognised"},
    "jwt-at-introspection": {"token-unrecognised"},
    "key-elsewhere": {"api-key-missing"},
}
CLOCKS: Final[dict[str, tuple[float, float, float]]] = {  # NTP, API, issuer: seconds ahead of this machine
    "server-ahead": (0.0, 2 * HOUR, 0.0),
    "server-behind": (0.0, -2 * HOUR, 0.0),
    "client-ahead": (-2 * HOUR, -2 * HOUR, -2 * HOUR),
}
TOKEN_SERVER: Final = frozenset({"provider"})


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in WORDS.read_text(encoding="utf-8").splitlines() if line.strip()]


def judged(line: dict[str, Any]) -> Bench | None:
    """A bench with all that a live run would know, or None where the fault cannot be made again from its name."""
    if line["fault"] not in REQUESTS or line["status"] < 400:
        return None
    headers, signature = REQUESTS[line["fault"]]
    bench = Bench(headers)
    ntp, api, issuer = CLOCKS.get(line["fault"], (0.0, 0.0, 0.0))
    body = (
        (line["body"] or "").replace("https://orders.example/api", AUDIENCE).replace("http://127.0.0.1:{port}", ISSUER)
    )
    bench.answer(
        line["status"],
        [("WWW-Authenticate", value) for value in line["challenge"]],
        body,
        server_clock=api,
    )
    bench.clock("ntp", ntp).clock("issuer", issuer, 1.1)
    if line["server"] != "nginx":
        bench.known(issuer=ISSUER, client_id="web", audience=AUDIENCE, scopes=("orders:read",))
        bench.issuer(failure="unreachable" if line["fault"] == "issuer-down" else "")
    if signature is not None:
        bench.keys(signature)
    return bench


@pytest.mark.skipif(not WORDS.is_file(), reason="no words of real servers are recorded in tests/real/words.jsonl")
def test_real_servers_words_lead_to_the_true_cause_and_nothing_is_confirmed_and_wrong() -> None:
    right, confirmed, total, wrong, missed = 0, 0, 0, [], []
    for line in lines():
        bench = judged(line)
        if bench is None:
            continue
        total += 1
        cause, strength = bench.root()
        good = {line["cause"], *ALSO.get(line["fault"], ())}
        right += cause in good
        confirmed += cause in good and strength == "confirmed"
        if cause not in good:
            (wrong if strength == "confirmed" else missed).append(
                f"{line['server']}/{line['fault']}: {cause} ({strength}), is {line['cause']}"
            )
    sys.stdout.write(
        "\n".join((f"real words: {right}/{total} right, {confirmed} confirmed", "WRONG", *wrong, "MISSED", *missed))
    )
    assert not wrong
    assert right >= RIGHT * total
    assert confirmed >= CONFIRMED * total
