"""An API made of Flask with Flask-JWT-Extended, and with Flask-HTTPAuth; its settings come as JSON on standard input.

It answers in the libraries' own words.
"""

from __future__ import annotations

import json
import sys

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from flask_httpauth import HTTPBasicAuth, HTTPDigestAuth, HTTPTokenAuth
from flask_jwt_extended import JWTManager, jwt_required
from werkzeug.serving import make_server

given = json.load(sys.stdin)
# {port, secret, revoked: [jti], user, password, token}

app = Flask(__name__)
app.config["SECRET_KEY"] = given["secret"]
app.config["JWT_SECRET_KEY"] = given["secret"]
app.config["JWT_TOKEN_LOCATION"] = ["headers", "cookies"]
app.config["JWT_ENCODE_AUDIENCE"] = app.config["JWT_DECODE_AUDIENCE"] = given["audience"]
app.config["JWT_DECODE_ISSUER"] = given["issuer"]
jwts = JWTManager(app)
basic, token, digest = HTTPBasicAuth(), HTTPTokenAuth(scheme="Bearer"), HTTPDigestAuth()


@jwts.token_in_blocklist_loader
def revoked(_header: dict[str, object], claims: dict[str, object]) -> bool:
    """Whether the token's identifier was put on the list."""
    return claims["jti"] in given["revoked"]


@basic.verify_password
def knows(user: str, password: str) -> str | None:
    """The user, when the password is theirs."""
    return user if (user, password) == (given["user"], given["password"]) else None


@token.verify_token
def knows_token(value: str) -> str | None:
    """The user, when the token is theirs."""
    return given["user"] if value == given["token"] else None


@digest.get_password
def password_of(user: str) -> str | None:
    """Digest needs the password itself."""
    return given["password"] if user == given["user"] else None


def orders() -> ResponseReturnValue:
    """What every resource answers."""
    return jsonify(orders=[])


app.add_url_rule("/health", "health", lambda: jsonify(ok=True))
app.add_url_rule("/orders", "orders", jwt_required(locations=["headers"])(orders))
app.add_url_rule("/cookie/orders", "cookie", jwt_required(locations=["cookies"])(orders), methods=["GET", "POST"])
app.add_url_rule("/fresh/orders", "fresh", jwt_required(fresh=True)(orders))
app.add_url_rule("/refresh/orders", "refresh", jwt_required(refresh=True)(orders))
app.add_url_rule("/basic/orders", "basic", basic.login_required(orders))
app.add_url_rule("/token/orders", "token", token.login_required(orders))
app.add_url_rule("/digest/orders", "digest", digest.login_required(orders))

make_server("127.0.0.1", given["port"], app, threaded=True).serve_forever()
