"""Any token, any challenge and any body are judged, shown, reported and read back: odd values reach every cause."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import strategies as drawn
from tests.fuzz.test_readers import tries
from tui401.causes import all_causes
from tui401.cli import output
from tui401.judge import rank
from tui401.judge.facts import derive
from tui401.model.events import CaseOpened, Found, Judged
from tui401.model.http import Exchange, Header, Hop, Origin, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, IntakeSeen, IssuerMetadataSeen, KnownSeen, kind_of
from tui401.model.view import CaseView, apply
from tui401.report import as_html, as_json, as_markdown, build, from_json
from tui401.wire import redact
from tui401.wire.visible import is_visible

STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="a", max_age="{}"'
SIGNED_IN = drawn.jwt({"alg": "RS256"}, {"auth_time": 1_700_000_000, "iss": "https://i.example"})
HEADERS = st.dictionaries(st.sampled_from(("alg", "kid", "typ", "jku", "x5u", "crit", "jwk")), drawn.VALUES, max_size=4)
ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from((0, -1, 1e308, -1e308, 10**30, float("nan"), "0\x1f", "²", "9" * 5_000, "", [], {}, None)),
    drawn.VALUES,
)
NAMED = st.dictionaries(
    st.sampled_from(
        (
            "iss",
            "aud",
            "exp",
            "nbf",
            "iat",
            "auth_time",
            "scope",
            "scp",
            "roles",
            "azp",
            "client_id",
            "cnf",
            "typ",
            "acr",
            "active",
        )
    ),
    ODD,
    max_size=8,
)


@tries(80)
@given(
    st.one_of(
        st.builds(drawn.jwt, HEADERS, NAMED),
        st.just(SIGNED_IN),
        st.builds(drawn.jwt, HEADERS, drawn.CLAIMS),
        drawn.TEXTS,
    ),
    st.one_of(drawn.mutated(drawn.challenges), ODD.map(STEP_UP.format)),
    st.one_of(drawn.mutated(drawn.bodies), st.just("")),
    st.lists(
        st.tuples(st.sampled_from(("Date", "Age", "Retry-After", "Location", "Server", "X-Cache")), ODD.map(str)),
        max_size=3,
    ),
    NAMED,
)
@example(SIGNED_IN, STEP_UP.format("²"), "", [], {})
@example(SIGNED_IN, STEP_UP.format("9" * 5_000), "", [], {})
@example(drawn.jwt({"alg": "RS256"}, {"exp": "0\x1f"}), "Bearer", '{"error": "\\ud800"}', [], {"exp": "0\x1f"})
def test_whatever_a_token_and_a_server_say_is_judged_and_shown(
    token: str, challenge: str, body: str, lines: list[tuple[str, str]], claims: dict[str, object]
) -> None:
    names, origin = Names(), Origin("https", "api.example.com", 443)
    request = Request("GET", origin, Secret("/v1/orders"), (Header("Authorization", Secret(f"Bearer {token}")),))
    came = tuple(Header(name, Secret(value)) for name, value in (("WWW-Authenticate", challenge), *lines))
    response = Response(401, came, Secret(body.encode("utf-8", "surrogatepass")))
    metadata = IssuerMetadataSeen(asked="https://i.example", issuer="https://i.example", confirmed=True)
    contents = (
        IntakeSeen(),
        KnownSeen(issuer="https://i.example", scopes=("r",), audience="a", source="you"),
        redact.credentials(request, names),
        redact.answer(Exchange((Hop(request, response, 1_795_435_651.0, 0.1),)), names, label="original"),
        metadata,
    )
    shown = redact.request(request, names)
    view = apply(CaseView(), CaseOpened(case="7f3a0009", request=shown, known=KnownSeen(), at=0.0))
    for content in contents:
        piece = Evidence(kind=kind_of(content), subject="attempt:1", content=content, at=1_795_435_651.0, by="a test")
        view = apply(view, Found(evidence=piece))
    facts = derive(view.evidence, 1)
    diagnosis = rank.diagnose(facts)
    view = apply(view, Judged(diagnosis=diagnosis))
    causes = all_causes()
    text = output.as_text(view, facts, diagnosis, causes, everything=True)
    assert is_visible(text, lines=True)
    assert output.as_json(output.as_object(view, facts, diagnosis, causes, everything=True))
    report = build(view, facts, diagnosis, causes, made_at=0.0)
    assert is_visible(as_markdown(report), lines=True)
    assert as_html(report)
    again = from_json(as_json(report))
    assert rank.diagnose(derive(again.evidence, 1)) == diagnosis
    assert redact.claims(dict(claims), names) is not None
