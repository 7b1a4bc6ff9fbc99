"""An API made of FastAPI with PyJWT; its settings come as JSON on standard input."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated, Any

import httpx
import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

settings = json.load(sys.stdin)
app = FastAPI()
keys = jwt.PyJWKClient(settings["keys"], timeout=2)
bearer = HTTPBearer()


def refuse(words: str, challenge: str = "") -> HTTPException:
    """A refusal as FastAPI's tutorial words it ("tutorial"), or with the library's own words."""
    if settings["words"] == "tutorial":
        return HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": challenge or "Bearer"})
    said = challenge or f'Bearer error="invalid_token", error_description="{words}"'
    return HTTPException(401, words, {"WWW-Authenticate": said})


def signed_in(
    wanted: SecurityScopes, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> dict[str, Any]:
    """The claims of a token that verifies and has every scope that the route wants."""
    try:
        key = keys.get_signing_key_from_jwt(credentials.credentials)
        claims: dict[str, Any] = jwt.decode(
            credentials.credentials,
            key,
            algorithms=["RS256"],
            audience=settings["audience"],
            issuer=settings["issuer"],
        )
    except jwt.PyJWTError as error:
        raise refuse(str(error)) from error
    has = set(str(claims.get("scope", "")).split())
    if not set(wanted.scopes) <= has:
        # FastAPI's own manual answers 401 here, and names the scope in the challenge.
        raise HTTPException(401, "Not enough permissions", {"WWW-Authenticate": f'Bearer scope="{wanted.scope_str}"'})
    return claims


def introspected(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> dict[str, Any]:
    """What the issuer says of an opaque token (RFC 7662)."""
    answer = httpx.post(
        settings["introspection"],
        data={"token": credentials.credentials},
        auth=tuple(settings["introspection_client"]),
        timeout=2,
    )
    said: dict[str, Any] = answer.json()
    if not said.get("active"):
        raise refuse("The access token is not active")
    return said


@app.get("/health")
def health() -> dict[str, bool]:
    """Open to all, for the harness to see that the server is up."""
    return {"ok": True}


@app.get("/seen")
def seen(request: Request) -> dict[str, list[list[str]]]:
    """The headers as they arrived, for tests of what a gateway passes on."""
    return {"headers": [[name, value] for name, value in request.headers.items()]}


@app.get("/orders")
def read_orders(
    _claims: Annotated[dict[str, Any], Security(signed_in, scopes=["orders:read"])],
) -> dict[str, list[int]]:
    """Wants orders:read."""
    return {"orders": []}


@app.post("/orders")
def write_orders(
    _claims: Annotated[dict[str, Any], Security(signed_in, scopes=["orders:write"])],
) -> dict[str, int]:
    """Wants orders:write."""
    return {"order": 1}


@app.get("/strict/orders")
def read_strict(
    claims: Annotated[dict[str, Any], Security(signed_in, scopes=["orders:read"])],
) -> dict[str, list[int]]:
    """Wants somebody who signed in within the last minute (RFC 9470)."""
    if time.time() - float(claims.get("auth_time", 0)) > 60:
        words = "A more recent sign-in is required"
        challenge = f'Bearer error="insufficient_user_authentication", error_description="{words}", max_age="60"'
        raise HTTPException(401, words, {"WWW-Authenticate": challenge})
    return {"orders": []}


@app.get("/gold/orders")
def read_gold(
    claims: Annotated[dict[str, Any], Security(signed_in, scopes=["orders:read"])],
) -> dict[str, list[int]]:
    """Wants somebody who signed in as gold (RFC 9470)."""
    if claims.get("acr") != "gold":
        words = "A different authentication level is required"
        challenge = f'Bearer error="insufficient_user_authentication", error_description="{words}", acr_values="gold"'
        raise HTTPException(401, words, {"WWW-Authenticate": challenge})
    return {"orders": []}


@app.get("/opaque/orders")
def read_opaque(_said: Annotated[dict[str, Any], Depends(introspected)]) -> dict[str, list[int]]:
    """Wants an opaque token that the issuer calls active."""
    return {"orders": []}


uvicorn.run(app, host="127.0.0.1", port=settings["port"], access_log=False)
