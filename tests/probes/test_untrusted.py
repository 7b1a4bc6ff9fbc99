"""Bodies and redirects of any shape: read within their bounds, and never an exception."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from tests.probes.server import header
from tui401.model.http import Failure, Origin, Request, Response
from tui401.model.secret import Secret
from tui401.probes.body import Body
from tui401.probes.redirect import next_hop

TOKEN = "tok-8c1f7d2e9b4a6053"


@given(
    st.binary(max_size=3_000),
    st.lists(st.sampled_from(["gzip", "deflate", "identity"]), max_size=3),
    st.lists(st.integers(1, 400), min_size=1, max_size=5),
    st.integers(1, 4_000),
)
def test_a_body_is_decoded_alike_however_it_is_cut(
    plain: bytes, codings: list[str], cuts: list[int], most: int
) -> None:
    packed = plain
    for name in codings:
        packed = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}[name](packed)
    body, at, turn = Body(", ".join(codings), most), 0, 0
    while at < len(packed):
        body.feed(packed[at : at + cuts[turn % len(cuts)]])
        at, turn = at + cuts[turn % len(cuts)], turn + 1
    assert len(body.value()) <= most
    if len(plain) <= most and all(len(gzip.compress(plain)) <= most for _ in codings):
        assert body.value() == plain


@given(st.binary(max_size=2_000), st.text(max_size=40))
def test_a_body_of_anything_under_any_coding_is_read(raw: bytes, coding: str) -> None:
    for name in (coding, "gzip", "deflate", "gzip, deflate"):
        body = Body(name, 1_000)
        body.feed(raw)
        assert len(body.value()) <= 1_000


@given(st.text(max_size=300))
def test_a_location_of_anything_leads_to_a_hop_or_to_a_sentence(location: str) -> None:
    request = Request("GET", Origin("https", "api.example", 443), Secret("/a"), (header("Authorization", TOKEN),))
    answered = Response(302, (header("Location", location),), Secret(b""))
    found = next_hop(request, request, answered, stripped=False, may_cross=lambda _a, _b: False)
    if isinstance(found, Failure):
        assert found.says.endswith(".")
    elif found is not None:
        assert found.request.origin.scheme in {"http", "https"}
        assert found.request.target.reveal().startswith("/")
        assert found.stripped or found.request.origin == request.origin


def test_a_body_that_decodes_to_nothing_is_not_read_for_ever() -> None:
    empty = gzip.compress(b"")
    body, fed = Body("gzip", 1_000), 0
    while not body.truncated:
        body.feed(empty * 10)
        fed += 10 * len(empty)
        assert fed < 10_000
    assert body.value() == b""
