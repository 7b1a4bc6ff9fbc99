"""Each part answers as the fixtures claim, asked with plain curl, ntplib and keyring; tui401 has no hand in it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from email.utils import parsedate_to_datetime

import jwt
import ntplib
import pytest

from tests.real.parts.apis import Api
from tests.real.parts.fault import curl
from tests.real.parts.nginx import Nginx
from tests.real.parts.ntp import TimeServer
from tests.real.parts.process import MissingPartError, NotStartedError, free_port, running, shifted
from tests.real.parts.provider import BILLING, ORDERS, Provider
from tests.real.parts.secret_service import SecretService

APIS = ["fastapi_api", "fastapi_tutorial", "fastify_api", "express_api", "express_bare"]


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> Api:
    part = request.getfixturevalue(request.param)
    assert isinstance(part, Api)
    return part


def decoded(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.mark.parametrize("client", ["service", "service-post"])
def test_a_token_for_a_resource_is_a_jwt_that_verifies_by_the_published_keys(provider: Provider, client: str) -> None:
    token = provider.token(client, scope="orders:read orders:write")
    key = jwt.PyJWKClient(provider.keys).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=ORDERS, issuer=provider.issuer)
    assert claims["scope"] == "orders:read orders:write"
    assert claims["client_id"] == client


def test_another_resource_is_another_audience(provider: Provider) -> None:
    assert decoded(provider.token(resource=BILLING, scope="billing:read"))["aud"] == BILLING


def test_an_audience_alone_gives_an_opaque_token(provider: Provider) -> None:
    answer = provider.post("/token", {"grant_type": "client_credentials", "audience": ORDERS})
    assert answer.status_code == 200
    assert "." not in answer.json()["access_token"]


def test_an_opaque_token_is_active_until_it_is_revoked(provider: Provider) -> None:
    token = provider.token(resource=None)
    assert provider.introspect(token)["active"] is True
    provider.revoke(token)
    assert provider.introspect(token) == {"active": False}


@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_it_neither_introspects_nor_revokes_its_own_jwts(provider: Provider, endpoint: str) -> None:
    answer = provider.post(f"/token/{endpoint}", {"token": provider.token()})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_token_type")


def test_a_wrong_client_secret_is_invalid_client(provider: Provider) -> None:
    answer = curl(("curl", f"{provider.issuer}/token", "-u", "service:wrong", "-d", "grant_type=client_credentials"))
    assert (answer.status, json.loads(answer.body)["error"]) == (401, "invalid_client")


def test_a_brief_token_is_really_over(provider: Provider) -> None:
    claims = decoded(provider.outlived())
    issued, end = claims["iat"], claims["exp"]
    assert isinstance(issued, int)
    assert isinstance(end, int)
    assert end - issued == 2
    assert end < time.time()


def test_signing_in_gives_a_refresh_token_that_rotates(provider: Provider, fastapi_api: Api) -> None:
    signed_in = provider.sign_in()
    assert decoded(signed_in["id_token"])["aud"] == "web"
    assert curl(fastapi_api.get(signed_in["access_token"])).status == 200
    first = provider.refresh(signed_in["refresh_token"])
    assert first.status_code == 200
    assert decoded(first.json()["access_token"])["aud"] == ORDERS
    assert first.json()["refresh_token"] != signed_in["refresh_token"]
    again = provider.refresh(signed_in["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_good_token_is_accepted(api: Api) -> None:
    answer = curl(api.good())
    assert (answer.status, json.loads(answer.body)) == (200, {"orders": []})


def test_a_token_signed_with_the_issuers_key_is_accepted(api: Api) -> None:
    assert curl(api.get(api.provider.sign(api.provider.claims()))).status == 200


def test_no_credential_is_refused(api: Api) -> None:
    assert curl(api.get()).status == 401


def test_an_expired_token_is_refused(api: Api) -> None:
    assert curl(api.get(api.provider.outlived())).status == 401


def test_fastapi_names_the_reason_in_its_challenge(fastapi_api: Api) -> None:
    answer = curl(fastapi_api.get(fastapi_api.provider.outlived()))
    assert answer.all("WWW-Authenticate") == ['Bearer error="invalid_token", error_description="Signature has expired"']


def test_fastapi_by_its_manual_has_one_refusal_for_all_tokens(fastapi_tutorial: Api) -> None:
    made = fastapi_tutorial.provider
    said = {curl(fastapi_tutorial.get(token)).body for token in (made.outlived(), made.forge(made.claims()), "x")}
    assert said == {'{"detail":"Could not validate credentials"}'}


def test_fastify_names_the_reason_in_its_body_and_sends_no_challenge(fastify_api: Api) -> None:
    answer = curl(fastify_api.get(fastify_api.provider.outlived()))
    assert json.loads(answer.body)["code"] == "FST_JWT_AUTHORIZATION_TOKEN_EXPIRED"
    assert answer.all("WWW-Authenticate") == []


def test_express_jwt_names_the_audience_that_it_expects(express_api: Api) -> None:
    token = express_api.provider.token(resource=BILLING, scope="billing:read")
    assert json.loads(curl(express_api.get(token)).body)["message"] == f"jwt audience invalid. expected: {ORDERS}"


def test_a_missing_scope_is_told_apart(fastapi_api: Api, fastify_api: Api, express_api: Api) -> None:
    token = fastapi_api.provider.token(scope="orders:write")
    assert [curl(api.get(token)).status for api in (fastapi_api, fastify_api, express_api)] == [401, 403, 403]


def test_a_foreign_issuers_token_is_refused(fastapi_api: Api, provider_other: Provider) -> None:
    assert curl(fastapi_api.get(provider_other.token())).status == 401


def test_apis_without_keys_blame_the_token_or_fall_over(lost_apis: tuple[Api, ...]) -> None:
    assert [curl(api.good()).status for api in lost_apis] == [401, 500, 500]


def test_orphans_have_an_issuer_that_does_not_answer(orphan_apis: tuple[Api, ...]) -> None:
    for api in orphan_apis:
        with pytest.raises(ConnectionError):
            curl(("curl", f"{api.provider.issuer}/.well-known/openid-configuration"))
        assert curl(api.get(api.provider.sign(api.provider.claims()))).status >= 400


def test_the_shifted_apis_judge_and_date_by_their_own_clock(shifted_api: Api, late_api: Api) -> None:
    for api, hours in ((shifted_api, 2), (late_api, -2)):
        answer = curl(api.good())
        assert answer.status == 401
        ahead = parsedate_to_datetime(answer.all("Date")[0]).timestamp() - time.time()
        assert ahead == pytest.approx(hours * 3600, abs=30)


def test_nginx_wants_its_password_and_says_so(nginx: Nginx) -> None:
    refused = curl(nginx.basic("wrong"))
    assert (refused.status, refused.all("WWW-Authenticate")) == (401, ['Basic realm="orders"'])
    assert curl(nginx.basic()).status == 200


def test_nginx_wants_its_key(nginx: Nginx) -> None:
    assert [curl(it).status for it in (nginx.bare("/key/"), nginx.keyed("x" * 40), nginx.keyed())] == [401, 401, 200]


def test_nginx_redirects_to_another_origin_where_curl_drops_the_password(nginx: Nginx) -> None:
    command = nginx.basic(path="/moved/")
    assert curl((*command, "-L")).status == 401
    assert curl((*command, "--location-trusted")).status == 200


def test_nginx_passes_the_token_on_or_loses_it(nginx: Nginx, provider: Provider) -> None:
    header = ("-H", f"Authorization: Bearer {provider.token()}")
    assert curl(("curl", f"{nginx.address}/behind/orders", *header)).status == 200
    assert curl(("curl", f"{nginx.address}/loses/orders", *header)).status == 401


@pytest.mark.parametrize("name", ["chrony_offset", "chrony_right"])
def test_chrony_serves_its_offset(request: pytest.FixtureRequest, name: str) -> None:
    server = request.getfixturevalue(name)
    assert isinstance(server, TimeServer)
    said = ntplib.NTPClient().request(server.host, port=server.port, version=4, timeout=5)
    assert said.offset == pytest.approx(server.offset, abs=1)


def test_the_silent_chrony_never_answers(chrony_silent: TimeServer) -> None:
    with pytest.raises(ntplib.NTPException):
        ntplib.NTPClient().request(chrony_silent.host, port=chrony_silent.port, version=4, timeout=1)


KEEP = """\
import sys, keyring
from keyring.backends.SecretService import Keyring
keyring.set_keyring(Keyring())
value = sys.stdin.read()
keyring.set_password("tui401-test", "someone", value)
assert keyring.get_password("tui401-test", "someone") == value
keyring.delete_password("tui401-test", "someone")
assert keyring.get_password("tui401-test", "someone") is None
"""


def test_the_secret_service_stores_and_gives_back_a_long_secret(secret_service: SecretService) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KEEP],
        input=secrets.token_hex(2500),
        env={**os.environ, **secret_service.environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_under_a_shifted_clock_sees_it() -> None:
    try:
        environment = {**os.environ, **shifted("+2h")}
    except MissingPartError as missing:
        pytest.skip(str(missing))
    said = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"], env=environment, capture_output=True, check=True
    )
    assert float(said.stdout) - time.time() == pytest.approx(7200, abs=30)


def test_a_part_that_ends_at_once_shows_its_log(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such setting')"]
    with (
        pytest.raises(NotStartedError, match=r"(?s)ended with code 1.*no such setting"),
        running("broken", command, folder=tmp_path_factory.mktemp("broken"), ready=lambda: False),
    ):
        pass


def test_a_part_and_its_children_are_gone_afterwards(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("family")
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
    log = folder / "family.log"
    with running(
        "family", [sys.executable, "-c", code], folder=folder, ready=lambda: log.read_text().endswith("\n")
    ) as part:
        child = int(part.log.read_text())
        os.kill(child, 0)
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        os.sched_yield()  # a signal is sent at once and obeyed a moment later
    assert not alive(child)


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 # the kernel's own file
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(20)}) == 20
