"""Every part at once, and every fault of the matrix: for the script that records words and for tests of the whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.real.parts.apis import Api, start_api
from tests.real.parts.fault import Fault
from tests.real.parts.faults import (
    clock_faults,
    header_faults,
    issuer_endpoint_faults,
    issuer_faults,
    opaque_faults,
    refresh_faults,
    token_faults,
)
from tests.real.parts.haproxy import Haproxy
from tests.real.parts.libraries import Drf, FlaskApi
from tests.real.parts.library_faults import drf_faults, flask_faults
from tests.real.parts.newcomer_faults import newcomer_faults
from tests.real.parts.newcomers import Newcomers
from tests.real.parts.nginx import Nginx
from tests.real.parts.nginx_faults import certificate_faults, nginx_faults, subrequest_faults
from tests.real.parts.ntp import TimeServer
from tests.real.parts.process import free_port
from tests.real.parts.provider import Provider, start_provider
from tests.real.parts.road_faults import haproxy_faults, squid_faults
from tests.real.parts.servers import Registry, Web
from tests.real.parts.squid import Squid
from tests.real.parts.strict import Store, Strict
from tests.real.parts.strict_faults import store_faults, strict_faults


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The parts that faults are made of.

    Attributes:
        provider: Trusted by every API but the orphans.
        other: Trusted by none.
        stacks: FastAPI, FastAPI as its manual words it, fastify, Express, Express without an error handler.
        lost: One of each stack that looks for keys where nobody listens.
        orphans: One of each stack whose issuer is down.
        ahead: An API two hours ahead.
        late: An API two hours behind.
        right: A time server to believe.
        nginx: In front of the first stack.
        haproxy: A gateway that checks tokens by itself.
        squid: A forward proxy.
        drf: Django REST framework.
        flask: Flask with two extensions.
        strict: Express with Auth0's middleware.
        store: An object store.
        newcomers: Six stacks that came when all else was there.
        webs: Apache httpd and lighttpd.
        registry: A registry of container images.
    """

    provider: Provider
    other: Provider
    stacks: tuple[Api, ...]
    lost: tuple[Api, ...]
    orphans: tuple[Api, ...]
    ahead: Api
    late: Api
    right: TimeServer
    nginx: Nginx
    haproxy: Haproxy
    squid: Squid
    drf: Drf
    flask: FlaskApi
    strict: Strict
    store: Store
    newcomers: Newcomers
    webs: tuple[Web, ...]
    registry: Registry


# What one server takes and another refuses; `refused` says so, and the recorded words hold both.
TAKEN = {
    ("fastapi", "two-spaces"),
    ("fastapi-tutorial", "two-spaces"),
    ("fastify", "no-audience"),
    ("provider", "scope-unknown"),
    ("flask", "two-spaces"),
    ("haproxy", "two-spaces"),
    ("strict", "two-headers"),
    ("hapi", "two-spaces"),
    ("hono", "two-spaces"),
    ("passport", "two-spaces"),
    ("litestar", "scheme-token"),
}


def all_faults(parts: Parts) -> list[Fault]:
    """Every fault, server by server; those that the server takes have `refused=False`."""
    # First, since proofs and signed dates hold for minutes only.
    made = [*strict_faults(parts.strict, parts.other), *store_faults(parts.store)]
    for api in parts.stacks:
        made += [*header_faults(api), *token_faults(api, parts.other), *refresh_faults(api)]
    made += opaque_faults(parts.stacks[0])
    made += clock_faults(parts.ahead, parts.late, parts.stacks[0], parts.right)
    for lost, orphan in zip(parts.lost, parts.orphans, strict=True):
        made += issuer_faults(lost, orphan)
    made += nginx_faults(parts.nginx, parts.provider)
    made += subrequest_faults(parts.nginx, parts.provider)
    made += certificate_faults(parts.nginx)
    made += issuer_endpoint_faults(parts.provider)
    made += haproxy_faults(parts.haproxy, parts.other)
    made += squid_faults(parts.squid, parts.stacks[0], parts.haproxy)
    made += drf_faults(parts.drf)
    made += flask_faults(parts.flask)
    made += newcomer_faults(parts.newcomers, parts.webs, parts.registry, parts.other)
    return [replace(fault, refused=False) if (fault.server, fault.name) in TAKEN else fault for fault in made]


@contextlib.contextmanager
def start_lost(folder: Path, provider: Provider) -> Iterator[tuple[Api, ...]]:
    """One API of each stack that trusts a living issuer and looks for its keys where nobody listens."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with contextlib.ExitStack() as stack:
        yield tuple(
            stack.enter_context(
                start_api(kind, folder / kind, provider, label="lost", words="json" if kind == "express" else "own",
                          keys=nowhere if kind == "fastify" else f"{nowhere}/jwks")
            )
            for kind in ("fastapi", "fastify", "express")
        )  # fmt: skip


@contextlib.contextmanager
def start_orphans(folder: Path) -> Iterator[tuple[Api, ...]]:
    """One API of each stack whose issuer was up and is down; nothing answers at its address any more."""
    with start_provider(folder / "gone", name="gone") as gone:
        pass
    with contextlib.ExitStack() as stack:
        yield tuple(
            stack.enter_context(
                start_api(kind, folder / kind, gone, label="orphan", words="json" if kind == "express" else "own")
            )
            for kind in ("fastapi", "fastify", "express")
        )
