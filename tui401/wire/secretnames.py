"""Which names of headers, parameters, cookies and fields hold secrets, which hold identifiers that support asks for."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import Final

_LONGEST: Final = 100
_NOT_ALNUM: Final = re.compile(r"[^a-z0-9]+")


class Weight(IntEnum):
    """How surely a name means a secret. Ordered: a greater one is surer."""

    IDENTIFIER = 0  # request and trace ids, key ids, subjects: kept even where they look random
    PLAIN = 1  # nothing is known of it: its value is judged by its shape
    WEAK = 2  # "code", "key": a secret unless the value is a plain word, number or sentence
    TOKEN = 3  # "access_token": a secret unless the value is a sentence or a word of refusal
    ALWAYS = 4  # "password": a secret whatever its value looks like


_ALWAYS_ENDS: Final = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "secret", "secretkey", "privatekey", "sharedkey"),
    *("secretaccesskey", "accountkey", "onetimecode", "verificationcode", "recoverycode"),
)
_ALWAYS: Final = frozenset({"pass", "pw", "pin", "otp", "totp", "mfa", "cvv", "cvc", "j_password", "mnemonic"})
_TOKEN_ENDS: Final = (
    *("token", "tokenvalue", "tokenhint", "idtokenhint", "apikey", "accesskey", "authkey", "appkey", "masterkey"),
    *(
        "applicationkey",
        "subscriptionkey",
        "functionskey",
        "licensekey",
        "userkey",
        "sessionkey",
        "sessionid",
        "sessid",
    ),
    *("sessiontoken", "jwt", "assertion", "devicecode", "usercode", "authorizationcode", "authcode", "codeverifier"),
    *("signature", "hmac", "csrf", "xsrf", "authorization", "authentication", "bearer", "samlresponse", "samlrequest"),
    *("nonce", "credential", "credentials", "cookie", "keyvalue", "restapikey", "clientkey", "webhookkey"),
)
_TOKEN: Final = frozenset(
    {
        *("sig", "hapikey", "xhoneycombteam", "fastlykey", "awsaccesskeyid", "xamzcredential", "xgoogcredential"),
        *(
            "accesskeyid",
            "googleaccessid",
            "accesstokensecret",
            "requestdigest",
            "phpsessid",
            "jsessionid",
            "connectsid",
        ),
        *("dpop", "ticket", "st", "wresult", "xrapidapikey", "xauth", "authheader", "xapi", "xcreds", "creds"),
    }
)
_WEAK: Final = frozenset(
    {
        *("code", "key", "state", "auth", "session", "sid", "hash", "appid", "opaque", "mac"),
        *(
            "relaystate",
            "sessionstate",
            "challenge",
            "codechallenge",
            "response",
            "k",
            "t",
            "h",
            "s",
            "apiid",
            "xauthuser",
        ),
        *("oauthverifier", "confirm", "confirmation", "invite", "invitation", "activation", "reset"),
    }
)
_NEVER: Final = frozenset(
    {
        # They end like secrets and are none; a pagination token is part of the question, not of who asks it.
        *(
            "idempotencykey",
            "xidempotencykey",
            "publickey",
            "secwebsocketkey",
            "surrogatekey",
            "cachekey",
            "partitionkey",
        ),
        *("pagetoken", "nextpagetoken", "nexttoken", "continuationtoken", "synctoken", "xatlassiantoken", "starttoken"),
        *("prevpagetoken", "previouspagetoken", "cursortoken", "canceltoken", "primarykey", "foreignkey", "sortkey"),
        *(
            "wwwauthenticate",
            "proxyauthenticate",
            "requirestoken",
            "missingtoken",
            "invalidtoken",
            "notoken",
            "badtoken",
        ),
        *("signatureinput", "acceptsignature", "xfulltext", "authenticationinfo", "onbehalfof", "nexttokenhint"),
    }
)
_IDENTIFIER_ENDS: Final = (
    *("requestid", "traceid", "correlationid", "spanid", "transactionid", "activityid", "invocationid", "operationid"),
    *("eventid", "logid", "errorid", "instanceid", "tenantid", "clientid", "applicationid", "accountid", "orgid"),
    *("organizationid", "projectid", "userid", "objectid", "principalid", "hostid", "messageid", "callid", "keyid"),
    *("traceparent", "tracestate", "tracecontext", "thumbprint", "fingerprint", "etag", "contentmd5", "digest", "ray"),
    *("refid", "requestref", "azureref", "uuid", "guid", "issuer", "audience", "realm", "scope", "resource", "hash256"),
)
_IDENTIFIER: Final = frozenset(
    {
        *("kid", "jti", "sub", "oid", "tid", "azp", "aud", "iss", "x5t", "x5ts256", "jkt", "athash", "chash", "shash"),
        *(
            "xamzid2",
            "xamzcfid",
            "xamznrequestid",
            "xamzntraceid",
            "cfray",
            "xvercelid",
            "xservedby",
            "xcache",
            "xtimer",
        ),
        *("xb3traceid", "xb3spanid", "xazureref", "lastmodified", "date", "reportto", "nel", "server", "via", "allow"),
        *("xgoogtrace", "xcloudtracecontext", "contenttype", "contentsecuritypolicy", "vary", "link", "altsvc"),
    }
)


@lru_cache(maxsize=4096)
def weigh(name: str) -> Weight:
    """How surely the value under this name of a header, parameter, cookie or field is a secret.

    Args:
        name: As spelled; letter case and separators do not matter. Longer names than 100 characters are cut.
    """
    plain = _NOT_ALNUM.sub("", name[:_LONGEST].lower())
    weight = _weighed(plain)
    if weight is Weight.PLAIN and plain[-1:].isdigit():  # X-Hub-Signature-256, password2
        weight = max(weight, _weighed(plain.rstrip("0123456789")))
    return weight


def _weighed(plain: str) -> Weight:
    if plain in _NEVER:
        return Weight.PLAIN
    if plain in _ALWAYS or plain.endswith(_ALWAYS_ENDS):
        return Weight.ALWAYS
    if plain in _IDENTIFIER:
        return Weight.IDENTIFIER
    if plain in _TOKEN or plain.endswith(_TOKEN_ENDS) or plain.startswith(("csrf", "xsrf", "xcsrf", "xxsrf")):
        return Weight.TOKEN
    if plain in _WEAK:
        return Weight.WEAK
    return Weight.IDENTIFIER if plain.endswith(_IDENTIFIER_ENDS) else Weight.PLAIN


_HEADER_KEYS: Final = frozenset(
    {
        *("xapikey", "apikey", "xauthtoken", "xauthkey", "xaccesstoken", "xtoken", "privatetoken", "jobtoken"),
        *("deploytoken", "xvaulttoken", "ocpapimsubscriptionkey", "xgoogapikey", "xfunctionskey", "xconsultoken"),
        *("ddapikey", "ddapplicationkey", "xhoneycombteam", "fastlykey", "circletoken", "xplextoken", "authentication"),
        *(
            "xauthorization",
            "xserverlessauthorization",
            "xjwtassertion",
            "cfaccessjwtassertion",
            "cfaccessclientsecret",
        ),
        *("signature", "xauth", "auth", "key", "token", "session", "xsession", "xkey", "xsignature"),
    }
)
_COMPANION_PARTS: Final = (
    "csrf",
    "xsrf",
    "requestverificationtoken",
    "xamzsecuritytoken",
    "dpop",
    "requestdigest",
    "nonce",
)
_NO_HEADER_KEYS: Final = frozenset({"authorization", "proxyauthorization", "cookie", "cookie2", "setcookie"})
_VENDORS_KEY: Final = re.compile(r"x-[a-z0-9]+(?:[-_][a-z0-9]+)*[-_]key|[a-z0-9]+(?:[-_][a-z0-9]+)*[-_](?:key|apikey)")
_OF_DATA: Final = re.compile(
    r"(?:idempoten\w*|cache|partition|public|surrogate|websocket|routing|shard|sort|object|message|row|group|dedup\w*"
    r"|encryption|customer|request|trace|host|event|lock)key$"
)
"""What has a key that lets nobody in."""
_SESSION_COOKIE: Final = re.compile(
    r"sess|sid\b|sid$|token|auth|jwt|login|remember|identity|\.aspnet|ticket|user_?key", re.IGNORECASE
)


@lru_cache(maxsize=1024)
def is_key_header(name: str) -> bool:
    """Whether a header of this name carries a key: X-API-Key, PRIVATE-TOKEN, X-Vault-Token and what is named alike."""
    plain = _NOT_ALNUM.sub("", name[:_LONGEST].lower())
    if plain in _NO_HEADER_KEYS or plain in _NEVER:
        return False
    return plain in _HEADER_KEYS or weigh(name) >= Weight.TOKEN


@lru_cache(maxsize=1024)
def is_vendors_key_header(name: str) -> bool:
    """Whether a header is named for a key of its vendor's, X-Appwrite-Key; what it holds then has to look like one."""
    plain = _NOT_ALNUM.sub("", name[:_LONGEST].lower())
    return _VENDORS_KEY.fullmatch(name.lower()) is not None and plain not in _NEVER and not _OF_DATA.search(plain)


@lru_cache(maxsize=1024)
def is_companion_header(name: str) -> bool:
    """Whether a header only goes beside a credential: CSRF tokens, DPoP proofs, session tokens of signed requests."""
    plain = _NOT_ALNUM.sub("", name[:_LONGEST].lower())
    return any(part in plain for part in _COMPANION_PARTS)


@lru_cache(maxsize=1024)
def is_session_cookie(name: str) -> bool:
    """Whether a cookie of this name holds a session or a token, as against a language or a colour."""
    name = name[:_LONGEST]
    csrf = "csrf" in name.lower() or "xsrf" in name.lower()
    return not csrf and _SESSION_COOKIE.search(name) is not None
