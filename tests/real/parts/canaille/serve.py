"""Canaille as an authorization server, all of it in memory; its settings come as JSON on standard input."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from werkzeug.serving import make_server

settings = json.load(sys.stdin)
app = create_app(
    {
        "SECRET_KEY": settings["cookie_key"],
        "SERVER_NAME": f"127.0.0.1:{settings['port']}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "LOGGING": {"version": 1, "disable_existing_loggers": False},
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": settings["jwks"], "REQUIRE_NONCE": True},
    }
)


def client(registration: dict[str, Any]) -> models.Client:
    """A client as its registration says (RFC 7591), trusted, so that nobody is asked for consent."""
    keys = {"jwks": json.dumps(registration.pop("jwks"))} if "jwks" in registration else {}
    made = models.Client(
        client_name=registration["client_id"],
        client_id_issued_at=dt.datetime.now(dt.UTC),
        client_uri="http://127.0.0.1/",
        scope=["openid", "profile"],
        **registration,
        **keys,
    )
    Backend.instance.save(made)
    made.audience = [made]
    return made


with app.app_context(), Backend.instance.session():
    person = models.User(user_name="someone", formatted_name="Some One", family_name="One", password="anything")
    person.emails = ["someone@client.example"]
    Backend.instance.save(person)
    for registration in settings["clients"]:
        Backend.instance.save(client(registration))
make_server("127.0.0.1", settings["port"], app, threaded=True).serve_forever()
