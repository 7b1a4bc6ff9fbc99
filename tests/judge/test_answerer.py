"""Who answered: words before marks, what was only passed on, edges that speak for nobody, and what opens TLS."""

from __future__ import annotations

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer
from tui401.dialects import package_matcher
from tui401.judge import answerer
from tui401.model.facts import WhoAnswered
from tui401.model.shown import HeaderShown, Redacted, ResponseShown

JSON = '{"message": "Unauthorized"}'
PAGE = "<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>"


def who(body: str = JSON, *headers: tuple[str, str], status: int = 401) -> WhoAnswered:
    return Bench(bearer(OPAQUE)).answer(status, list(headers), body).facts().who


def test_words_count_before_marks() -> None:
    told = who('{"message": "No API key found in request"}', ("CF-RAY", "8d1f"), ("Server", "kong/3.4"))
    assert (told.kind, told.name) == ("gateway", "Kong")
    assert told.reasons[0] == "its words are those of Kong"


def test_a_gateway_that_handed_the_request_on_did_not_answer() -> None:
    own = who(JSON, ("X-Kong-Response-Latency", "1"), ("Via", "kong/3.4"))
    assert (own.kind, own.name) == ("gateway", "Kong")
    passed = who(JSON, ("X-Kong-Upstream-Latency", "12"), ("X-Kong-Proxy-Latency", "1"), ("Via", "kong/3.4"))
    assert passed.kind == "application"
    assert "Kong handed the request on and only brought the answer" in passed.reasons


@pytest.mark.parametrize(
    ("header", "edge"),
    [
        (("CF-RAY", "8d1f-FRA"), "Cloudflare"),
        (("X-Amz-Cf-Id", "abc"), "Amazon CloudFront"),
        (("X-Azure-Ref", "0abc"), "Azure Front Door"),
        (("X-Served-By", "cache-fra1"), "Fastly"),
    ],
)
def test_an_edge_answers_with_a_page_and_only_passes_on_what_an_api_writes(header: tuple[str, str], edge: str) -> None:
    page = who("<html><body><h1>Access denied</h1></body></html>", header, status=403)
    assert (page.kind, page.name) == ("edge", edge)
    api = who(JSON, header)
    assert (api.kind, api.name) == ("application", "")
    assert f"it came through {edge}" in api.reasons


def test_the_server_itself_writes_its_page() -> None:
    told = who(PAGE, ("Server", "nginx"), status=403)
    assert (told.kind, told.name) == ("gateway", "nginx")
    assert "its body is a web page, as servers, gateways and proxies write it" in told.reasons


def test_a_missing_challenge_is_a_reason() -> None:
    assert any("without a challenge" in reason for reason in who(JSON).reasons)
    assert not any("without a challenge" in reason for reason in who(JSON, ("WWW-Authenticate", "Bearer")).reasons)


def test_an_empty_answer_without_a_mark_is_nobodys() -> None:
    assert who("", ("Date", "x")).kind == "unknown"


def answered(body: str, media_type: str, issuer: str) -> WhoAnswered:
    headers = (HeaderShown(name="Content-Type", value=Redacted(media_type)),)
    response = ResponseShown(status=403, headers=headers, body=Redacted(body), media_type=media_type)
    texts = {"host": "api.example.com", "body": body, "certificate": issuer}
    reading = package_matcher().read(texts, status=403, marks={"credential"})
    return answerer.who((), reading.recognised, response, headers="", issuer=issuer)


@pytest.mark.parametrize(
    "issuer", ["CN=Zscaler Intermediate Root CA,O=Zscaler Inc.", "CN=mitmproxy", "CN=FortiGate CA"]
)
def test_a_certificate_of_a_proxy_that_opens_tls_names_it(issuer: str) -> None:
    page = answered("<html>blocked</html>", "text/html", issuer)
    assert (page.kind, page.name) == ("proxy", "a proxy that inspects TLS")
    api = answered(JSON, "application/json", issuer)
    assert api.kind == "application"
    assert any("something on the way opens TLS" in reason for reason in api.reasons)


def test_a_certificate_of_a_public_authority_names_nobody() -> None:
    assert answered("<html>x</html>", "text/html", "CN=R11,O=Let's Encrypt,C=US").kind == "unknown"
