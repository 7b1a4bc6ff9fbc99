"""Real parts as fixtures: one start for the whole run, a skip with the reason where a part is not installed.

Each fixture gives a small typed object with addresses, and makers of tokens and of curl commands:

    provider          Provider       npm oidc-provider
    canaille          Canaille       PyPI canaille, another make of OpenID provider
    canaille_api      Api            FastAPI that trusts it by introspection
    provider_other    Provider       a second one: a foreign issuer whose tokens verify there
    fastapi_api       Api            FastAPI and PyJWT, refusing in PyJWT's words
    fastapi_tutorial  Api            the same, one refusal for all, as FastAPI's manual has it
    fastify_api       Api            fastify and @fastify/jwt
    express_api       Api            Express and express-jwt, with the error handler of its manual
    express_bare      Api            the same without an error handler
    nginx             Nginx          passwords, keys, redirects, subrequests, client certificates; APIs behind it
    haproxy           Haproxy        tokens by `jwt_verify`, rules, client certificates
    squid             Squid          a forward proxy that wants a password
    drf               Drf            Django REST framework with keys, passwords, sessions, simplejwt
    flask_api         FlaskApi       Flask-JWT-Extended and Flask-HTTPAuth
    strict_api        Strict         express-oauth2-jwt-bearer, with DPoP
    store             Store          s3rver: signed requests
    newcomers         Newcomers      Koa, hapi, Hono, passport, Litestar, aiohttp
    httpd             Web            Apache httpd: passwords, digests, addresses, client certificates
    lighttpd          Web            passwords and digests
    registry          Registry       a registry of container images with tokens of a service beside it
    chrony_offset     TimeServer     seven minutes ahead
    chrony_right      TimeServer     this machine's own time
    chrony_silent     TimeServer     never answers
    shifted_api       Api            FastAPI whose clock is two hours ahead
    late_api          Api            FastAPI whose clock is two hours behind
    lost_apis         3 of Api       one of each stack that looks for keys where nobody listens
    orphan_apis       3 of Api       one of each stack whose issuer is down
    parts             Parts          all of these that faults are made of; `all_faults(parts)` is the matrix
    faults            dict of Fault  by (server, name); `words.read()` names the same keys while tests are collected
    secret_service    SecretService  gnome-keyring on a bus of its own
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import pytest

# `pytest` alone, unlike `python -m pytest`, does not look for modules in the folder that it is called in.
if (root := str(Path(__file__).parents[2])) not in sys.path:
    sys.path.insert(0, root)

from tests.real.parts.apis import Api, start_api
from tests.real.parts.canaille_provider import Canaille, start_canaille
from tests.real.parts.fault import Fault
from tests.real.parts.haproxy import Haproxy, start_haproxy
from tests.real.parts.libraries import Drf, FlaskApi, start_drf, start_flask
from tests.real.parts.matrix import Parts, all_faults, start_lost, start_orphans
from tests.real.parts.newcomers import Newcomers, start_newcomers
from tests.real.parts.nginx import Nginx, start_nginx
from tests.real.parts.ntp import TimeServer, start_chrony
from tests.real.parts.process import MissingPartError
from tests.real.parts.provider import Provider, start_provider
from tests.real.parts.secret_service import SecretService, start_secret_service
from tests.real.parts.servers import Registry, Web, start_httpd, start_lighttpd, start_registry
from tests.real.parts.squid import Squid, start_squid
from tests.real.parts.strict import Store, Strict, start_store, start_strict

Part = TypeVar("Part")


@contextlib.contextmanager
def _or_skip(part: AbstractContextManager[Part]) -> Iterator[Part]:
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(part)
        except MissingPartError as missing:
            pytest.skip(str(missing))
        yield started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("real")


@pytest.fixture(scope="session")
def parts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="session")
def provider(parts_folder: Path) -> Iterator[Provider]:
    with _or_skip(start_provider(parts_folder / "provider")) as part:
        yield part


@pytest.fixture(scope="session")
def provider_other(parts_folder: Path) -> Iterator[Provider]:
    with _or_skip(start_provider(parts_folder / "other", name="other")) as part:
        yield part


@pytest.fixture(scope="session")
def canaille(parts_folder: Path) -> Iterator[Canaille]:
    with _or_skip(start_canaille(parts_folder / "canaille")) as part:
        yield part


@pytest.fixture(scope="session")
def canaille_api(parts_folder: Path, canaille: Canaille) -> Iterator[Api]:
    with _or_skip(start_api("fastapi", parts_folder / "canaille-api", canaille, label="canaille")) as part:
        yield part


@pytest.fixture(scope="session")
def fastapi_api(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("fastapi", parts_folder / "fastapi", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def fastapi_tutorial(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("fastapi", parts_folder / "tutorial", provider, words="tutorial")) as part:
        yield part


@pytest.fixture(scope="session")
def fastify_api(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("fastify", parts_folder / "fastify", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def express_api(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("express", parts_folder / "express", provider, words="json")) as part:
        yield part


@pytest.fixture(scope="session")
def express_bare(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("express", parts_folder / "bare", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def shifted_api(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("fastapi", parts_folder / "ahead", provider, label="ahead", shift="+2h")) as part:
        yield part


@pytest.fixture(scope="session")
def late_api(parts_folder: Path, provider: Provider) -> Iterator[Api]:
    with _or_skip(start_api("fastapi", parts_folder / "behind", provider, label="behind", shift="-2h")) as part:
        yield part


@pytest.fixture(scope="session")
def nginx(parts_folder: Path, fastapi_api: Api, fastify_api: Api) -> Iterator[Nginx]:
    with _or_skip(
        start_nginx(parts_folder / "nginx", upstream=fastapi_api.address, another=fastify_api.address)
    ) as part:
        yield part


@pytest.fixture(scope="session")
def haproxy(parts_folder: Path, provider: Provider) -> Iterator[Haproxy]:
    with _or_skip(start_haproxy(parts_folder / "haproxy", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def squid() -> Iterator[Squid]:
    with _or_skip(start_squid()) as part:
        yield part


@pytest.fixture(scope="session")
def drf(parts_folder: Path) -> Iterator[Drf]:
    with _or_skip(start_drf(parts_folder / "drf")) as part:
        yield part


@pytest.fixture(scope="session")
def flask_api(parts_folder: Path) -> Iterator[FlaskApi]:
    with _or_skip(start_flask(parts_folder / "flask")) as part:
        yield part


@pytest.fixture(scope="session")
def strict_api(parts_folder: Path, provider: Provider) -> Iterator[Strict]:
    with _or_skip(start_strict(parts_folder / "strict", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def store(parts_folder: Path) -> Iterator[Store]:
    with _or_skip(start_store(parts_folder / "store")) as part:
        yield part


@pytest.fixture(scope="session")
def newcomers(parts_folder: Path, provider: Provider) -> Iterator[Newcomers]:
    with _or_skip(start_newcomers(parts_folder / "newcomers", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def httpd() -> Iterator[Web]:
    with _or_skip(start_httpd()) as part:
        yield part


@pytest.fixture(scope="session")
def lighttpd(parts_folder: Path) -> Iterator[Web]:
    with _or_skip(start_lighttpd(parts_folder / "lighttpd")) as part:
        yield part


@pytest.fixture(scope="session")
def registry(parts_folder: Path) -> Iterator[Registry]:
    with _or_skip(start_registry(parts_folder / "registry")) as part:
        yield part


@pytest.fixture(scope="session")
def chrony_offset(parts_folder: Path) -> Iterator[TimeServer]:
    with _or_skip(start_chrony(parts_folder / "ntp-ahead", minutes=7)) as part:
        yield part


@pytest.fixture(scope="session")
def chrony_right(parts_folder: Path) -> Iterator[TimeServer]:
    with _or_skip(start_chrony(parts_folder / "ntp-right")) as part:
        yield part


@pytest.fixture(scope="session")
def chrony_silent(parts_folder: Path) -> Iterator[TimeServer]:
    with _or_skip(start_chrony(parts_folder / "ntp-silent", silent=True)) as part:
        yield part


@pytest.fixture(scope="session")
def secret_service(parts_folder: Path) -> Iterator[SecretService]:
    with _or_skip(start_secret_service(parts_folder / "keyring")) as part:
        yield part


@pytest.fixture(scope="session")
def lost_apis(parts_folder: Path, provider: Provider) -> Iterator[tuple[Api, ...]]:
    with _or_skip(start_lost(parts_folder / "lost", provider)) as part:
        yield part


@pytest.fixture(scope="session")
def orphan_apis(parts_folder: Path) -> Iterator[tuple[Api, ...]]:
    with _or_skip(start_orphans(parts_folder / "orphans")) as part:
        yield part


@pytest.fixture(scope="session")
def parts(  # noqa: PLR0917 # pytest hands fixtures over by name
    provider: Provider,
    provider_other: Provider,
    fastapi_api: Api,
    fastapi_tutorial: Api,
    fastify_api: Api,
    express_api: Api,
    express_bare: Api,
    lost_apis: tuple[Api, ...],
    orphan_apis: tuple[Api, ...],
    shifted_api: Api,
    late_api: Api,
    chrony_right: TimeServer,
    nginx: Nginx,
    haproxy: Haproxy,
    squid: Squid,
    drf: Drf,
    flask_api: FlaskApi,
    strict_api: Strict,
    store: Store,
    newcomers: Newcomers,
    httpd: Web,
    lighttpd: Web,
    registry: Registry,
) -> Parts:
    return Parts(
        provider=provider,
        other=provider_other,
        stacks=(fastapi_api, fastapi_tutorial, fastify_api, express_api, express_bare),
        lost=lost_apis,
        orphans=orphan_apis,
        ahead=shifted_api,
        late=late_api,
        right=chrony_right,
        nginx=nginx,
        haproxy=haproxy,
        squid=squid,
        drf=drf,
        flask=flask_api,
        strict=strict_api,
        store=store,
        newcomers=newcomers,
        webs=(httpd, lighttpd),
        registry=registry,
    )


@pytest.fixture(scope="session")
def faults(parts: Parts) -> dict[tuple[str, str], Fault]:
    listed = all_faults(parts)
    made = {(fault.server, fault.name): fault for fault in listed}
    assert len(made) == len(listed), "two faults of one server have the same name"
    return made


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-words", action="store_true", help="write tests/real/words.jsonl anew")
    parser.addoption("--write-table", action="store_true", help="write tests/real/README.md anew")
