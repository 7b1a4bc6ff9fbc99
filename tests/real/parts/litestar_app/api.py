"""An API made of Litestar with its own JWT backend; its settings come as JSON on standard input."""

from __future__ import annotations

import json
import sys
from typing import Any

import uvicorn
from litestar import Litestar, Request, get
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.security.jwt import JWTAuth, Token

given = json.load(sys.stdin)
# What it holds: port, the issuer's key as PEM, issuer, audience.


async def user_of(token: Token, _connection: ASGIConnection[Any, Any, Any, Any]) -> dict[str, Any]:
    """The caller, by the token's claims."""
    return {"id": token.sub, "scopes": str(token.extras.get("scope", "")).split()}


def may_read(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Wants orders:read."""
    if "orders:read" not in connection.user["scopes"]:
        raise PermissionDeniedException


@get("/health")
async def health() -> dict[str, bool]:
    """Open to all, for the harness to see that the server is up."""
    return {"ok": True}


@get("/orders", guards=[may_read])
async def orders(request: Request[Any, Any, Any]) -> dict[str, list[int]]:  # noqa: ARG001 - Litestar's signature
    """Wants a token."""
    return {"orders": []}


tokens = JWTAuth[dict[str, Any]](
    retrieve_user_handler=user_of,
    token_secret=given["key"],
    algorithm="RS256",
    accepted_audiences=[given["audience"]],
    accepted_issuers=[given["issuer"]],
    exclude=["/health"],
)
app = Litestar([health, orders], on_app_init=[tokens.on_app_init], openapi_config=None)
uvicorn.run(app, host="127.0.0.1", port=given["port"], access_log=False)
