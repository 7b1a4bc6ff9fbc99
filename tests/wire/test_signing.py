from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.model.shown import HeaderShown, Redacted, RequestShown
from tui401.wire import signing
from tui401.wire.signing import Scope

AWS = (
    "AWS4-HMAC-SHA256 Credential=‹secret-2›/20261118/us-east-1/s3/aws4_request, "
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=‹secret-1›"
)


def request(*headers: tuple[str, str], url: str = "https://s3.us-east-1.amazonaws.com/b/k") -> RequestShown:
    shown = tuple(HeaderShown(name=name, value=Redacted(value)) for name, value in headers)
    return RequestShown(method="GET", url=Redacted(url), headers=shown)


def test_a_signature_of_aws_shows_scope_time_and_what_it_covers() -> None:
    sent = request(("Authorization", AWS), ("X-Amz-Date", "20261118T120000Z"))
    read = signing.read(sent)
    assert read is not None
    assert (read.kind, read.scope, read.stamped) == ("aws", Scope("20261118", "us-east-1", "s3"), 1795003200.0)
    assert signing.absent(sent, read) == ("x-amz-content-sha256",)
    assert signing.day(1795003200.0) == "20261118"


def test_a_signed_address_shows_when_it_ends() -> None:
    url = (
        "https://b.s3.eu-west-1.amazonaws.com/k?X-Amz-Credential=%E2%80%B9secret-2%E2%80%BA%2F20261118%2Feu-west-1%2Fs3"
        "%2Faws4_request&X-Amz-Date=20261118T120000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=x"
    )
    read = signing.read(request(url=url))
    assert read is not None
    assert read.scope == Scope("20261118", "eu-west-1", "s3")
    assert read.ends == 1795003200.0 + 900


def test_a_signature_of_oauth_1_shows_its_time_and_what_it_lacks() -> None:
    value = 'OAuth oauth_consumer_key="k", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1795003200"'
    read = signing.read(request(("Authorization", value)))
    assert read is not None
    assert (read.kind, read.stamped) == ("oauth1", 1795003200.0)
    assert read.lacking == ("oauth_signature", "oauth_nonce")


@pytest.mark.parametrize(
    "headers",
    [
        [
            ("Signature-Input", 'sig1=("@method" "content-digest" "date");created=1795003200;expires=1795003260'),
            ("Signature", "sig1=:‹secret-1›:"),
        ],
        [
            (
                "Authorization",
                'Signature keyId="k",created=1795003200,expires=1795003260,headers="content-digest date",signature="s"',
            )
        ],
    ],
)
def test_a_signed_message_shows_its_times_and_the_headers_that_it_covers(headers: list[tuple[str, str]]) -> None:
    sent = request(*headers)
    read = signing.read(sent)
    assert read is not None
    assert (read.kind, read.stamped, read.ends) == ("message", 1795003200.0, 1795003260.0)
    assert signing.absent(sent, read) == ("content-digest", "date")


def test_a_request_without_a_signature_is_none() -> None:
    assert signing.read(request(("Authorization", "Bearer ‹secret-1›"))) is None
    assert signing.read(request(("Authorization", "OAuth ‹secret-1›"))) is None


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        ("s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("bucket.s3-eu-west-1.amazonaws.com", "s3", "eu-west-1"),
        ("abc123.execute-api.us-east-1.amazonaws.com:443", "execute-api", "us-east-1"),
        ("search-x.us-east-1.es.amazonaws.com", "es", "us-east-1"),
        ("sts.amazonaws.com", "sts", ""),
        ("runtime.sagemaker.us-gov-west-1.amazonaws.com", "", "us-gov-west-1"),
        ("s3.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1"),
        ("api.example.com", "", ""),
        ("s3.eu-west-1.amazonaws.com.example.com", "", ""),
    ],
)
def test_a_host_of_aws_shows_its_service_and_region(host: str, service: str, region: str) -> None:
    assert signing.of_host(host) == (service, region)


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_makes_the_reader_fail(value: str, inputs: str) -> None:
    sent = request(("Authorization", value), ("Signature-Input", inputs), ("Date", value), url=f"https://a/?{inputs}")
    read = signing.read(sent)
    assert read is None or isinstance(signing.absent(sent, read), tuple)
