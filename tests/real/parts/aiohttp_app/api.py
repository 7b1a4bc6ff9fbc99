"""An API made of aiohttp with aiohttp-jwt, and with aiohttp-basicauth; its settings come as JSON on standard input."""

from __future__ import annotations

import json
import sys

from aiohttp import web
from aiohttp_basicauth import BasicAuthMiddleware
from aiohttp_jwt import JWTMiddleware

given = json.load(sys.stdin)
# What it holds: port, the issuer's key as PEM, issuer, audience, user, password.
password = BasicAuthMiddleware(username=given["user"], password=given["password"], force=False)


async def health(_request: web.Request) -> web.Response:
    """Open to all, for the harness to see that the server is up."""
    return web.json_response({"ok": True})


async def orders(request: web.Request) -> web.Response:
    """Wants a token with orders:read; the library's own check of permissions does not run on a Python of today."""
    if "orders:read" not in str(request["payload"].get("scope", "")).split():
        raise web.HTTPForbidden(reason="Insufficient scopes")
    return web.json_response({"orders": []})


@password.required
async def by_password(_request: web.Request) -> web.Response:
    """Wants a user and password."""
    return web.json_response({"orders": []})


tokens = JWTMiddleware(
    given["key"],
    algorithms=["RS256"],
    audience=given["audience"],
    issuer=given["issuer"],
    request_property="payload",
    whitelist=["/health", "/basic/.*"],
)
app = web.Application(middlewares=[tokens])
app.add_routes([web.get("/health", health), web.get("/orders", orders), web.get("/basic/orders", by_password)])
web.run_app(app, host="127.0.0.1", port=given["port"], print=None)
