"""Identifiers of a request, out of an answer's headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.wire.ids import MAX_IDS, MAX_LENGTH, identifiers

UUID = "6f1c2d3e-0000-4000-8000-1234567890ab"


@pytest.mark.parametrize(
    "name",
    [
        *("X-Request-Id", "x-request-id", "X-Amzn-RequestId", "x-amz-request-id", "x-amz-id-2", "X-Amzn-Trace-Id"),
        *("CF-Ray", "X-Correlation-ID", "traceparent", "x-ms-request-id", "request-id", "X-GitHub-Request-Id"),
        *("X-Kong-Request-Id", "X-Trace-Id", "x-b3-traceid", "Fly-Request-Id", "x-vercel-id", "X-Served-By"),
        *(
            "x-cloud-trace-context",
            "X-GUploader-UploadID",
            "x-goog-request-id",
            "x-envoy-request-id",
            "X-Acme-Request-Id",
        ),
    ],
)
def test_a_common_identifier_is_found_and_spelled_as_it_came(name: str) -> None:
    assert identifiers([("Content-Type", "text/html"), (name, UUID)]) == ((name, UUID),)


def test_the_most_telling_come_first_and_each_once() -> None:
    headers = [("CF-Ray", "a-FRA"), ("x-vendor-debug-id", "d"), ("X-Request-Id", "r"), ("x-request-id", "r")]
    assert identifiers(headers) == (("X-Request-Id", "r"), ("CF-Ray", "a-FRA"), ("x-vendor-debug-id", "d"))


def test_two_values_of_one_name_are_both_kept() -> None:
    assert identifiers([("X-Request-Id", "a"), ("X-Request-Id", "b")]) == (("X-Request-Id", "a"), ("X-Request-Id", "b"))


@pytest.mark.parametrize("value", ["", "  ", "x" * (MAX_LENGTH + 1), "a\x1b[31m", "a\u202eb", "ü"])
def test_what_is_no_identifier_is_left_out(value: str) -> None:
    assert identifiers([("X-Request-Id", value)]) == ()


@pytest.mark.parametrize(
    "name", ["Set-Cookie", "Authorization", "Date", "X-Client-Id", "X-Session-Id", "ETag", "X-User-Id"]
)
def test_other_headers_are_none(name: str) -> None:
    assert identifiers([(name, UUID)]) == ()


@given(st.lists(st.tuples(st.text() | st.sampled_from(["x-request-id", "cf-ray"]), st.text()), max_size=60))
def test_any_headers_are_read_and_the_result_is_bounded(headers: list[tuple[str, str]]) -> None:
    found = identifiers(headers)
    assert len(found) <= MAX_IDS
    assert all(0 < len(value) <= MAX_LENGTH and value.isascii() and value.isprintable() for _, value in found)
