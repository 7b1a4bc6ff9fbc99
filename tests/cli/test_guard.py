"""The guard over all practice faults: what can be seen before sending is caught, and nobody is sent a byte."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import keyring
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.vault.backends import Held, Locked
from tui401.practice import PracticeThread, catalogue
from tui401.vault.store import SERVICE

SEEN_BEFORE = {
    "token-expired": "lifetime",
    "token-not-yet-valid": "lifetime",
    "token-malformed": "well-formed",
    "credential-placeholder": "present",
    "issuer-mismatch": "issuer",
    "token-type-wrong": "kind",
    "header-missing": "present",
    "scheme-missing": "well-formed",
    "header-malformed": "well-formed",
    "api-key-missing": "present",
    "audience-mismatch": "audience",
    "scope-insufficient": "scopes",
    "algorithm-rejected": "well-formed",
    "header-duplicated": "well-formed",
    "credential-overridden": "well-formed",
    "basic-malformed": "well-formed",
    "preflight-refused": "present",
    "environment-mismatch": "environment",
    "sender-constraint-unmet": "other",
    "request-signature-invalid": "other",
    "dpop-proof-invalid": "other",
}
"""The check that fails, by the fault's slug; the others show nothing before an answer, or to a clock that is asked."""
CALLED = {"api-key-missing": "header-missing", "preflight-refused": "header-missing"}
"""What a fault is called before an answer, where that is another cause than its own."""
BY_THE_CLOCK = ("clock-skew-client",)
BY_THE_DESCRIPTION = ("scheme-wrong",)
NEEDS_AN_ANSWER = {
    *("token-signature-invalid", "signing-key-unknown", "token-unrecognised", "api-key-invalid"),
    *("basic-credentials-invalid", "permission-denied", "clock-skew-server", "issuer-unavailable"),
    *("server-misconfigured", "token-revoked", "session-expired", "keys-stale-at-server"),
    *("header-stripped-on-redirect", "header-dropped", "credential-misplaced", "csrf-token-missing"),
    *("scope-rejected", "step-up-required", "consent-required"),
    *("account-disabled", "client-rejected", "grant-rejected"),
    *("gateway-rejected", "address-not-allowed", "rate-limited", "endpoint-wrong"),
    *("client-certificate-required", "proxy-authentication-required"),
}
KEY = "k" * 32


def options(world: Any, *, clock: bool = False) -> list[str]:
    """What a person would say is required."""
    knows, given = world.knows, []
    wanted = [("--issuer", knows.issuer), ("--audience", knows.audience), ("--scope", knows.scope)]
    for option, value in (*wanted, *([("--ntp", knows.ntp)] if clock else [])):
        given += [option, value] if value else []
    return given


def failed(ran: Any) -> set[str]:
    return {check["check"] for check in ran.json["checks"] if check["status"] == "failed"}


def test_every_practice_fault_has_its_place_here() -> None:
    here = {*SEEN_BEFORE, *BY_THE_CLOCK, *BY_THE_DESCRIPTION, *NEEDS_AN_ANSWER}
    assert here == {fault.slug for fault in catalogue()}


@pytest.mark.parametrize("slug", SEEN_BEFORE)
def test_what_can_be_seen_before_sending_is_caught_without_sending(slug: str, tui401: Callable[..., Any]) -> None:
    with PracticeThread(slug) as world:
        ran = tui401("guard", "--format", "json", *options(world), *world.argv)
        assert not world.requests.api
        assert not world.requests.issuer
    assert SEEN_BEFORE[slug] in failed(ran)
    assert (ran.code, ran.json["passed"], ran.json["clock"]) == (1, False, "local")
    assert CALLED.get(slug, slug) in {check["cause"] for check in ran.json["checks"] if check["status"] == "failed"}


@pytest.mark.parametrize("slug", BY_THE_CLOCK)
def test_what_only_a_time_server_shows_is_caught_where_one_is_named(slug: str, tui401: Callable[..., Any]) -> None:
    with PracticeThread(slug) as world:
        alone = tui401("guard", "--format", "json", *options(world), *world.argv)
        asked = tui401("guard", "--format", "json", *options(world, clock=True), *world.argv)
        assert not world.requests.api
    assert (alone.code, failed(alone)) == (0, set())
    assert (asked.code, failed(asked), asked.json["clock"]) == (1, {"lifetime"}, "ntp")


@pytest.mark.parametrize("slug", BY_THE_DESCRIPTION)
def test_what_only_the_apis_description_shows_is_caught_where_it_is_given(
    slug: str, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    with PracticeThread(slug) as world:
        origin, _, path = next(w for w in world.argv if w.startswith("http")).partition("/v1")
        document = {
            "openapi": "3.1.0",
            "info": {"title": "Practice", "version": "1"},
            "servers": [{"url": origin}],
            "components": {"securitySchemes": {"key": {"type": "http", "scheme": "Token"}}},
            "paths": {f"/v1{path}": {"get": {"security": [{"key": []}]}}},
        }
        (tmp_path / "api.json").write_text(json.dumps(document))
        ran = tui401("guard", "--format", "json", "--openapi", str(tmp_path / "api.json"), *world.argv)
        assert not world.requests.api
    assert (ran.code, failed(ran)) == (1, {"well-formed"})


@pytest.mark.parametrize("slug", [None, *sorted(NEEDS_AN_ANSWER)])
def test_a_request_in_which_nothing_can_be_seen_passes(slug: str | None, tui401: Callable[..., Any]) -> None:
    with PracticeThread(slug) if slug else PracticeThread() as world:
        ran = tui401("guard", "--format", "json", *options(world), *world.argv)
        assert not world.requests.api
    assert (ran.code, failed(ran), ran.json["passed"]) == (0, set(), True)


def test_the_healthy_request_passes_in_words_and_its_token_is_not_shown(tui401: Callable[..., Any]) -> None:
    with PracticeThread() as world:
        ran = tui401("guard", "--min-lifetime", "1m", *options(world, clock=True), *world.argv)
        quiet = tui401("guard", "--quiet", *options(world), *world.argv)
        short = tui401("guard", "--min-lifetime", "52w", *options(world), *world.argv)
        token = next(word for word in world.argv if "Bearer " in word).partition("Bearer ")[2]
    assert ran.code == 0
    assert [line.split()[:2] for line in ran.out.splitlines()[1:]] == [
        *(["✓", name] for name in ("present", "well-formed", "kind", "environment", "issuer", "audience", "scopes")),
        ["✓", "lifetime"],
        ["–", "certificate"],
    ]
    assert "by network time" in ran.out
    assert token.split(".")[2] not in ran.out
    assert (quiet.code, quiet.out) == (0, "")
    assert short.code == 1
    assert "are wanted" in short.out
    assert "by this machine's clock" in short.out


# -- of a profile ------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def token(**claims: object) -> str:
    now = int(time.time())
    made = {"iss": "https://login.example.com", "aud": "https://api.example.com", "scope": "a b", "iat": now}
    return jwt.encode({**made, "exp": now + 600, **claims}, KEY)


@pytest.fixture
def prod(tui401: Callable[..., Any]) -> Callable[..., Any]:
    tui401(
        *("profile", "add", "prod", "origins=https://api.example.com", "issuer=https://login.example.com"),
        *("audience=https://api.example.com", "scopes=a b c", "least_scopes.GET /v1=a b"),
    )
    return tui401


@pytest.mark.parametrize(
    ("claims", "more", "wrong"),
    [
        ({}, ["--endpoint", "GET", "/v1"], set()),
        ({}, [], {"scopes"}),
        ({}, ["--endpoint", "GET", "/v1", "--min-lifetime", "15m"], {"lifetime"}),
        ({"exp": 1}, ["--endpoint", "GET", "/v1"], {"lifetime"}),
        ({"aud": "https://api.stage.example.com", "scope": "a b c"}, [], {"audience"}),
        ({"iss": "https://other.example.org", "scope": "a b c"}, [], {"issuer"}),
    ],
)
def test_a_kept_token_is_judged_by_its_profile(
    prod: Callable[..., Any], held: Held, claims: dict[str, object], more: list[str], wrong: set[str]
) -> None:
    held.entries[SERVICE, "prod"] = token(**claims)
    held.entries[SERVICE, "tui401:names"] = '[{"name":"prod","kind":"access-token"}]'
    ran = prod("guard", "--format", "json", "prod", *more)
    assert failed(ran) == wrong
    assert (ran.code, ran.json["profile"]) == (1 if wrong else 0, "prod")


def test_an_opaque_key_is_judged_by_what_the_vault_knows_of_it(prod: Callable[..., Any], held: Held) -> None:
    held.entries[SERVICE, "prod"] = "opaque-0123456789abcdef"
    for expires, code in (("", 0), (f',"expires":{time.time() + 30}', 1), (f',"expires":{time.time() + 900}', 0)):
        held.entries[SERVICE, "tui401:names"] = f'[{{"name":"prod","kind":"api-key"{expires}}}]'
        assert prod("guard", "prod", "--min-lifetime", "5m").code == code


def certificate(path: Path, *, begins: float, ends: float) -> str:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "svc")])
    at = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at + dt.timedelta(days=begins))
        .not_valid_after(at + dt.timedelta(days=ends))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.mark.parametrize(
    ("begins", "ends", "wrong"), [(-2, 2, set()), (-2, -1, {"certificate"}), (1, 2, {"certificate"})]
)
def test_a_client_certificate_out_of_date_is_caught(
    tui401: Callable[..., Any], tmp_path: Path, begins: float, ends: float, wrong: set[str]
) -> None:
    file = certificate(tmp_path / "client.pem", begins=begins, ends=ends)
    ran = tui401(
        *("guard", "--format", "json", "curl", "-q", "--cert", file, "https://api.example.com/v1"),
        *("-H", f"Authorization: Bearer {token()}"),
    )
    assert failed(ran) == wrong


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_client_certificate_that_cannot_be_read_is_told(
    prod: Callable[..., Any], held: Held, tmp_path: Path, content: bytes | None
) -> None:
    held.entries[SERVICE, "prod"] = token(scope="a b c")
    file = tmp_path / "client.pem"
    if content is not None:
        file.write_bytes(content)
    prod("profile", "set", "prod", f"client_cert_file={file}")
    ran = prod("guard", "--format", "json", "prod")
    assert failed(ran) == {"certificate"}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ((), "Give a profile, or a curl command"),
        (("prod", "curl", "https://api.example.com"), "Give a profile, or a curl command"),
        (("pord",), "There is no profile 'pord'"),
        (("prod",), "Nothing is kept as prod"),
        (("--min-lifetime", "soon", "prod"), "--min-lifetime: A time is a number"),
        (("curl",), "curl stands there alone"),
        (("curl", "https://api.example.com", "-u", "ada"), "A value is missing for password"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_two(
    prod: Callable[..., Any], held: Held, argv: tuple[str, ...], says: str
) -> None:
    assert held.entries == {}
    ran = prod("guard", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_a_vault_that_cannot_be_read_is_no_verdict(prod: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Locked)
    ran = prod("guard", "prod")
    assert (ran.code, ran.out) == (3, "")
    assert "KeyringLocked" in ran.err
