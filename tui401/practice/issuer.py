"""The authorization server's endpoints over HTTP (RFC 6749, 7009, 7662, 8414, 8707)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from tui401.practice.answers import Answer, Request, as_json, basic, challenge, plain
from tui401.practice.ledger import ACCESS_LIFE, Client, OAuthError, Realm

_NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_KEYS_FRESH = ("Cache-Control", "public, max-age=300")
_METADATA = ("oauth-authorization-server", "openid-configuration")


class Issuer:
    """Serves one or more realms of one origin.

    Attributes:
        down: While true every request is answered with 503.
    """

    def __init__(self, origin: str, realms: Iterable[Realm], *, resources: Iterable[str] = ()) -> None:
        self.down = False
        self._origin = origin
        self._realms = {urlsplit(realm.issuer).path: realm for realm in realms}
        self._resources = tuple(resources)

    async def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        answer = self._route(request)
        return answer.plus(("X-Request-Id", secrets.token_hex(8)))

    def _route(self, request: Request) -> Answer:
        if self.down:
            return as_json(503, {"message": "Service unavailable: the authorization server is down"}, *_NO_STORE)
        path = request.path
        for prefix, realm in self._realms.items():
            # Both well-known forms: inserted before the path (RFC 8414) and appended to it (OpenID Connect).
            for name in _METADATA:
                if path in (f"/.well-known/{name}{prefix}", f"{prefix}/.well-known/{name}"):
                    return _get(request, as_json(200, self._metadata(realm), _KEYS_FRESH))
            if path == f"{prefix}/jwks":
                return _get(request, as_json(200, {"keys": [key.jwk() for key in realm.keys]}, _KEYS_FRESH))
            endpoint = {"token": self._token, "introspect": _introspect, "revoke": _revoke}.get(
                path.removeprefix(f"{prefix}/") if path.startswith(f"{prefix}/") else ""
            )
            if endpoint is not None:
                return _post(request, realm, endpoint)
        return as_json(404, {"message": "There is nothing here"})

    def _metadata(self, realm: Realm) -> dict[str, Any]:
        at = realm.issuer
        methods = ["client_secret_basic", "client_secret_post"]
        return {
            "issuer": at,
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "introspection_endpoint": f"{at}/introspect",
            "revocation_endpoint": f"{at}/revoke",
            "scopes_supported": sorted(realm.scopes),
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials", "refresh_token"],
            "token_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": sorted({key.alg for key in realm.keys}),
            "protected_resources": list(self._resources),
        }

    def _token(self, realm: Realm, client: Client, form: dict[str, list[str]]) -> Answer:
        grant = _one(form, "grant_type")
        if not grant:
            raise OAuthError("invalid_request", "The parameter grant_type is missing")
        if grant not in ("client_credentials", "refresh_token"):
            raise OAuthError("unsupported_grant_type", f"The grant type {plain(grant, 60)} is not supported")
        if grant not in client.grants:
            raise OAuthError("unauthorized_client", f"The client may not use the grant {grant}")
        audience = _audience(client, form)
        asked = (_one(form, "scope") or "").split()
        if grant == "client_credentials":
            scope = _granted(realm, client, asked)
            claims = realm.claims(client, subject=client.id, scope=scope, audience=audience or client.audiences[0])
            return _issued(realm.issue(client, claims), scope)
        token = _one(form, "refresh_token")
        if not token:
            raise OAuthError("invalid_request", "The parameter refresh_token is missing")
        # The scope is judged before the token is used up, so that a mistake there does not cost the grant.
        before = realm.peek(client, token)
        if before is not None and not set(asked) <= set(before.scope):
            raise OAuthError("invalid_scope", "A refresh cannot widen the scope of the grant")
        family = realm.redeem(client, token)
        scope = tuple(asked) or family.scope
        claims = realm.claims(client, subject=family.subject, scope=scope, audience=audience or family.audience)
        return _issued(realm.issue(client, claims, family), scope, realm.refreshable(family))


def _issued(token: str, scope: Iterable[str], refresh: str | None = None) -> Answer:
    content = {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_LIFE, "scope": " ".join(scope)}
    if refresh is not None:
        content["refresh_token"] = refresh
    return as_json(200, content, *_NO_STORE)


def _granted(realm: Realm, client: Client, asked: list[str]) -> tuple[str, ...]:
    """The asked scopes that the client may have, in order; narrowing is silent but for the answer's scope."""
    if not asked:
        return client.default_scope
    unknown = [scope for scope in asked if scope not in realm.scopes]
    if unknown:
        raise OAuthError("invalid_scope", f"There is no scope {plain(unknown[0], 60)}")
    granted = tuple(dict.fromkeys(scope for scope in asked if scope in client.scopes))
    if not granted:
        raise OAuthError("invalid_scope", "The client may have none of these scopes")
    return granted


def _audience(client: Client, form: dict[str, list[str]]) -> str | None:
    """The one resource that was asked for by ``resource`` (RFC 8707) or ``audience``, or None."""
    asked = list(dict.fromkeys([*form.get("resource", []), *form.get("audience", [])]))
    asked = [one for one in asked if one]
    if len(asked) > 1:
        raise OAuthError("invalid_target", "A token is issued for one resource at a time")
    if asked and asked[0] not in client.audiences:
        raise OAuthError("invalid_target", f"The resource {plain(asked[0])} is unknown or not for this client")
    return asked[0] if asked else None


def _introspect(realm: Realm, client: Client, form: dict[str, list[str]]) -> Answer:
    token = _one(form, "token")
    if not token:
        raise OAuthError("invalid_request", "The parameter token is missing")
    return as_json(200, realm.introspect(client, token), *_NO_STORE)


def _revoke(realm: Realm, client: Client, form: dict[str, list[str]]) -> Answer:
    token = _one(form, "token")
    if not token:
        raise OAuthError("invalid_request", "The parameter token is missing")
    realm.revoke(client, token)
    return Answer(200, _NO_STORE)


def _one(form: dict[str, list[str]], name: str) -> str | None:
    return next(iter(form.get(name, [])), None)


def _get(request: Request, answer: Answer) -> Answer:
    if request.method in ("GET", "HEAD"):
        return answer
    return as_json(405, {"message": "Only GET is answered here"}, ("Allow", "GET, HEAD"))


def _post(request: Request, realm: Realm, endpoint: Any) -> Answer:
    if request.method != "POST":
        return as_json(405, {"message": "Only POST is answered here"}, ("Allow", "POST"))
    try:
        form = _form(request)
        client = _client(request, realm, form)
        answer: Answer = endpoint(realm, client, form)
    except OAuthError as error:
        extra = (challenge("Basic", ("realm", "clients")),) if error.status == 401 else ()
        content = {"error": error.code, "error_description": error.description}
        return as_json(error.status, content, *_NO_STORE, *extra)
    return answer


def _form(request: Request) -> dict[str, list[str]]:
    fields = request.form()
    if fields is None:
        raise OAuthError("invalid_request", "The body is no application/x-www-form-urlencoded form")
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    for name, values in form.items():
        # RFC 6749, section 3.2, forbids repetition; RFC 8707 allows it for resource.
        if len(values) > 1 and name not in ("resource", "audience"):
            raise OAuthError("invalid_request", f"The parameter {plain(name, 60)} came more than once")
    return form


def _client(request: Request, realm: Realm, form: dict[str, list[str]]) -> Client:
    header, posted = request.all("authorization"), _one(form, "client_secret")
    named = _one(form, "client_id")
    if header and posted:
        raise OAuthError("invalid_request", "The client authenticated in two ways at once")
    if header:
        pair = basic(header[0])
        if pair is None:
            raise OAuthError("invalid_client", "The Authorization header is no readable Basic credential", 401)
        client_id, secret = (unquote_plus(part) for part in pair)  # RFC 6749, section 2.3.1
        if named is not None and named != client_id:
            raise OAuthError("invalid_request", "The client_id of the form is not that of the header")
        return realm.authenticate(client_id, secret)
    if named is None or posted is None:
        raise OAuthError("invalid_client", "The client did not authenticate", 401)
    return realm.authenticate(named, posted)
