"""Identifiers of a request in an answer's headers: what support asks for first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MAX_IDS: Final = 24
MAX_LENGTH: Final = 256
MIN_BODY_LENGTH: Final = 7  # shorter values under such names in bodies are numbers of error kinds

# By lower-case name, those first that say most to the owner of the API.
_NAMES: Final = (
    # Anyone's.
    *("x-request-id", "request-id", "x-requestid", "requestid", "x-req-id", "req-id", "x-correlation-id"),
    *("correlation-id", "x-correlationid", "x-trace-id", "trace-id", "x-traceid", "x-transaction-id", "transaction-id"),
    *("x-operation-id", "x-log-id", "x-error-id", "x-event-id", "x-call-id", "x-message-id", "x-ray-id"),
    # Trace Context (W3C) and what came before it.
    *("traceparent", "traceresponse", "x-b3-traceid", "b3", "uber-trace-id", "x-datadog-trace-id", "sentry-trace"),
    # Clouds.
    *("x-amzn-requestid", "x-amz-request-id", "x-amz-id-2", "x-amzn-trace-id", "x-amz-apigw-id", "apigw-requestid"),
    *("x-amz-cf-id", "x-amzn-remapped-x-amzn-requestid"),
    *("x-ms-request-id", "x-ms-client-request-id", "x-ms-correlation-request-id", "x-ms-routing-request-id"),
    *("x-ms-ags-diagnostic", "client-request-id", "x-azure-ref", "apim-request-id", "x-ms-activity-id", "activityid"),
    *("x-cloud-trace-context", "x-goog-request-id", "x-guploader-uploadid", "x-goog-trace-id", "x-google-request-id"),
    *("opc-request-id", "x-oss-request-id", "x-acs-request-id", "x-tt-logid", "x-tt-trace-id", "x-ibm-request-id"),
    # Edges, gateways and meshes.
    *("cf-ray", "x-akamai-request-id", "akamai-grn", "x-akamai-session-info", "x-fastly-request-id", "x-served-by"),
    *("fly-request-id", "x-vercel-id", "x-nf-request-id", "x-railway-request-id", "rndr-id", "x-render-origin-server"),
    *(
        "x-kong-request-id",
        "x-envoy-request-id",
        "x-envoy-attempt-count",
        "x-apigee-message-id",
        "x-iinfo",
        "x-sucuri-id",
    ),
    *("x-heroku-request-id", "x-varnish", "x-cache-request-id", "x-edge-request-id", "x-azure-fdid"),
    # Vendors that name it after themselves.
    *(
        "x-github-request-id",
        "x-gitlab-meta",
        "x-okta-request-id",
        "x-auth0-requestid",
        "x-slack-req-id",
        "stripe-request-id",
    ),
    *("x-shopify-request-id", "x-shopify-stage", "paypal-debug-id", "x-fb-trace-id", "x-fb-debug", "x-fb-request-id"),
    *(
        "x-twitter-response-tags",
        "x-transaction",
        "x-openai-request-id",
        "anthropic-request-id",
        "x-contentful-request-id",
    ),
    *(
        "x-dropbox-request-id",
        "x-arequestid",
        "atl-traceid",
        "atl-request-id",
        "x-zendesk-request-id",
        "x-hubspot-correlation-id",
    ),
    *(
        "x-sfdc-request-id",
        "x-sap-request-id",
        "x-vcap-request-id",
        "x-discourse-request-id",
        "intuit_tid",
        "x-spotify-request-id",
    ),
    *("x-linkedin-id", "x-li-uuid", "x-restli-id", "twilio-request-id", "x-square-request-id", "x-docusign-tracetoken"),
)
_RANK: Final = {name: rank for rank, name in enumerate(dict.fromkeys(_NAMES))}
# Names that nobody listed and whose ending says what they are.
_ENDS: Final = re.compile(r"(?:request|req|correlation|trace|transaction|debug|ray)[-_]?id\Z")
_SHAPE: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")


def identifiers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The request and trace identifiers of an answer, those first that say most to the API's owner.

    Args:
        headers: Name and value pairs of the answer.

    Returns:
        Names as they were spelled, with their values; at most MAX_IDS of at most MAX_LENGTH characters. A value that is
        empty, longer, or holds anything but visible ASCII and spaces is no identifier and is left out.
    """
    found: dict[tuple[str, str], tuple[int, str, str]] = {}
    for name, value in headers:
        lower, text = name.strip().lower(), value.strip()
        rank = _RANK.get(lower)
        if rank is None:
            rank = len(_RANK) if len(lower) <= 64 and _ENDS.search(lower) else None
        if rank is None or len(text) > MAX_LENGTH or not _SHAPE.fullmatch(text):
            continue
        found.setdefault((lower, text), (rank, name.strip(), text))
    ranked = sorted(found.values(), key=lambda item: item[0])
    return tuple((name, text) for _, name, text in ranked[:MAX_IDS])


# What bodies call them, once all but letters is gone: request-id, requestId, RequestID, HostId, trace_id …
_BODY_NAMES: Final = re.compile(
    r"(?:client|x)?(?:request|req|correlation|trace|transaction|operation|activity|error|log|host|event|debug|incident|ray)id"
)
_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_IN_PROSE: Final = re.compile(
    r"\b((?:request|correlation|trace|transaction|incident|reference|ray) id)"
    r"[ \t]{0,4}[:=#][ \t]{0,4}([0-9A-Za-z][0-9A-Za-z._-]{6,80}+)",
    re.IGNORECASE,
)


def identifiers_in(texts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The request and trace identifiers in the texts of a body, by their names and in prose ("Trace ID: …").

    Args:
        texts: Path and text, as wire.bodies gives them.

    Returns:
        Paths (or the words before it) and values in the order of the body; bounds as those of `identifiers`.
    """
    found: dict[str, str] = {}  # value to path, so that each value comes once
    for path, text in texts:
        last = _NOT_LETTERS.sub("", re.split(r"[.@:]", path[-120:])[-1].lower())
        if _BODY_NAMES.fullmatch(last):
            value = text.strip()
            if MIN_BODY_LENGTH <= len(value) <= MAX_LENGTH and _SHAPE.fullmatch(value):
                found.setdefault(value, path)
            continue
        for prose in _IN_PROSE.finditer(text):
            found.setdefault(prose.group(2), prose.group(1))
    return tuple((path, value) for value, path in found.items())[:MAX_IDS]
