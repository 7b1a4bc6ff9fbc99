"""What servers that nobody described taught: words said of anything, refusals without a 401, odd challenges."""

from __future__ import annotations

import json

import pytest

from tests.judge.builders import API, AUDIENCE, ISSUER, KEY, NOW, OPAQUE, Bench, bearer, invalid_token, jwt
from tui401.judge import texts
from tui401.model.shown import Verified
from tui401.model.verdict import Outcome, Strength
from tui401.probes import specs

NONE = '{"error": "Authentication required"}'


def says(text: str) -> str:
    return json.dumps({"message": text})


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["token_expired", "TokenExpired", "TOKEN_EXPIRED", "TokenExpiredError"])
def test_a_code_is_read_as_the_words_it_is_made_of(code: str) -> None:
    bench = Bench(bearer(OPAQUE)).refused(json.dumps({"code": code}))
    assert bench.root() == ("token-expired", "likely")


def test_a_code_is_quoted_as_the_server_wrote_it() -> None:
    bench = Bench([("X-API-Key", KEY)]).refused(json.dumps({"error": "key_revoked"}), status=403)
    told = bench.facts().says("api-key-invalid")
    assert told is not None
    assert told.quote == "key_revoked"


def test_lines_that_are_no_codes_are_not_written_twice() -> None:
    assert texts.plain('{"message": "Token expired"}', "application/json") == "message: Token expired"


def test_a_list_of_what_may_be_wrong_names_no_cause() -> None:
    listed = {"error": "unauthorized", "causes": ["Token has expired", "The signature is invalid", "Audience mismatch"]}
    bench = Bench(bearer(jwt())).refused(json.dumps(listed))
    assert all(told.strength <= Strength.POSSIBLE for told in bench.facts().said)


def test_an_advice_with_if_names_no_cause() -> None:
    bench = Bench(bearer(OPAQUE)).refused(says("Bad request. If your token has expired, request a new one."))
    assert bench.strength("token-expired") <= Strength.POSSIBLE


@pytest.mark.parametrize("words", ["The access token expired", "jwt expired", "The token signature is invalid"])
def test_words_of_a_token_never_decide_a_request_without_one(words: str) -> None:
    bench = Bench().refused(headers=invalid_token(words))
    assert bench.root() == ("header-missing", "confirmed")


def test_a_statement_of_a_jwt_about_an_opaque_token_is_not_the_servers_unambiguous_word() -> None:
    bench = Bench(bearer(OPAQUE)).refused(says("jwt expired"))
    assert bench.strength("token-expired") <= Strength.LIKELY


def test_what_is_said_to_a_made_up_token_too_is_not_of_this_one() -> None:
    bench = Bench(bearer(OPAQUE)).refused(says("Token has expired")).anonymous(401, NONE)
    assert bench.root() == ("token-expired", "likely")
    bench.garbage(401, says("Token has expired"))
    assert bench.strength("token-expired") <= Strength.POSSIBLE
    assert bench.root() == ("token-unrecognised", "likely")


def test_rights_are_not_at_fault_where_a_made_up_token_is_told_the_same() -> None:
    words = says("You do not have permission to access this resource")
    bench = Bench(bearer(jwt())).refused(words, status=403).anonymous(403, words).garbage(403, words)
    assert bench.strength("permission-denied") <= Strength.POSSIBLE


def test_expired_is_doubted_where_the_servers_own_date_says_otherwise() -> None:
    bench = Bench(bearer(jwt())).refused(says("Token has expired"))
    assert bench.strength("token-expired") is Strength.POSSIBLE
    late = Bench(bearer(jwt())).refused(says("Token has expired"), server_clock=7200.0)
    assert late.strength("token-expired") is Strength.LIKELY


# -- refusals without a 401 --------------------------------------------------------------------------------------------


def test_a_400_that_speaks_vaguely_of_tokens_is_a_refusal() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 7200))).answer(400, (), says("missing or malformed jwt"))
    assert bench.facts().refused
    assert bench.root()[0] == "token-expired"


def test_a_400_that_speaks_of_something_else_is_none() -> None:
    assert not Bench(bearer(jwt())).answer(400, (), says("quantity must be a number")).facts().refused


def test_a_400_with_a_challenge_is_a_refusal() -> None:
    assert Bench().answer(400, [("WWW-Authenticate", "Bearer")]).root() == ("header-missing", "confirmed")


def test_a_success_by_status_that_says_401_inside_is_a_refusal() -> None:
    wrapped = '{"status": "error", "code": 401, "message": "Invalid token"}'
    bench = Bench(bearer(jwt(exp=NOW - 7200))).answer(200, (), wrapped)
    assert bench.root()[0] == "token-expired"
    bench.answer(200, (), wrapped, label="original-again")
    assert bench.diagnosis().outcome is not Outcome.INTERMITTENT


def test_a_success_that_holds_the_number_401_is_none() -> None:
    assert not Bench(bearer(jwt())).answer(200, (), '{"room": {"code": 401}, "token": "lobby"}').facts().refused


def test_a_redirect_to_a_page_that_signs_in_is_a_refusal_of_a_token() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 7200))).answer(302, [("Location", "/login?next=/orders")])
    assert bench.root()[0] == "token-expired"


# -- the header --------------------------------------------------------------------------------------------------------


def test_a_challenge_that_judges_the_token_has_read_it_whatever_its_scheme_is_called() -> None:
    challenge = [("WWW-Authenticate", 'OAuth2 realm="API", error="invalid_token"')]
    bench = Bench(bearer(jwt())).refused(headers=challenge)
    assert bench.strength("scheme-wrong") < Strength.LIKELY


def test_a_scheme_that_is_refused_alike_when_it_is_used_is_not_at_fault() -> None:
    challenge = [("WWW-Authenticate", "JWT realm=zone")]
    bench = Bench(bearer(OPAQUE)).refused(headers=challenge)
    assert bench.strength("scheme-wrong") is Strength.LIKELY
    bench.answer(401, challenge, '{"message": "Unauthorized"}', label="use-scheme")
    assert bench.strength("scheme-wrong") < Strength.LIKELY


def test_a_missing_scheme_stays_possible_where_the_answer_with_one_is_the_same() -> None:
    bench = Bench([("Authorization", KEY)]).refused()
    bench.answer(401, (), '{"message": "Unauthorized"}', label="add-scheme")
    assert bench.strength("scheme-missing") is Strength.POSSIBLE


def test_a_missing_scheme_is_likely_where_the_server_sees_nothing_until_one_stands_there() -> None:
    bench = Bench([("Authorization", KEY)]).refused(says("You didn't provide an API key."))
    bench.answer(401, (), says("Incorrect API key provided"), label="add-scheme")
    assert bench.root() == ("scheme-missing", "likely")


def test_odd_writing_is_tried_where_the_words_contradict_the_request() -> None:
    bench = Bench([("Authorization", jwt())]).refused(says("Token has expired"))
    assert bench.verdict("scheme-missing").needs == "add-scheme"


def test_a_token_in_a_header_of_its_own_is_misplaced_where_the_api_asks_for_bearer() -> None:
    challenge = [("WWW-Authenticate", 'Bearer realm="api"')]
    bench = Bench([("X-API-Key", KEY)]).refused(headers=challenge)
    assert bench.strength("credential-misplaced") is Strength.POSSIBLE
    assert specs.PLACEMENT.applies(bench.facts())
    bench.anonymous(401, headers=challenge).garbage(401, headers=challenge)
    assert bench.root() == ("credential-misplaced", "likely")


def test_a_token_in_a_header_of_its_own_is_not_misplaced_where_a_made_up_one_is_answered_otherwise() -> None:
    challenge = [("WWW-Authenticate", 'Bearer realm="api"')]
    bench = Bench([("X-API-Key", KEY)]).refused(headers=challenge)
    bench.anonymous(401, says("nothing came"), challenge).garbage(401, headers=challenge)
    assert bench.strength("credential-misplaced") < Strength.POSSIBLE


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_server_that_also_takes_keys_does_not_miss_a_key() -> None:
    offers = [("WWW-Authenticate", 'Basic realm="security"'), ("WWW-Authenticate", "ApiKey")]
    assert Bench().refused(headers=offers).root() == ("header-missing", "confirmed")


def test_a_scheme_is_at_fault_where_the_api_asks_for_a_key_in_the_same_place() -> None:
    bench = Bench(bearer(KEY)).refused(headers=[("WWW-Authenticate", 'ApiKey realm="orders"')])
    assert bench.root()[0] == "scheme-wrong"


def test_a_key_under_a_name_that_is_not_known_is_not_called_missing_for_sure() -> None:
    bench = Bench(url=f"{API}?appid=0123456789abcdef").refused(says("Invalid API key"))
    assert bench.strength("api-key-missing") <= Strength.LIKELY


@pytest.mark.parametrize(("query", "strength"), [("api_key", "confirmed"), ("appid", "likely")])
def test_a_placeholder_in_the_query_is_seen(query: str, strength: str) -> None:
    bench = Bench(url=f"{API}?{query}=YOUR_API_KEY").refused(says("Unauthorized"))
    assert bench.verdict("credential-placeholder").strength.word == strength


def test_a_jwt_in_a_header_of_its_own_is_no_api_key() -> None:
    bench = Bench([("X-Access-Token", jwt())]).refused().anonymous(401, NONE).garbage(401)
    assert bench.strength("api-key-invalid") < Strength.POSSIBLE


# -- the token ---------------------------------------------------------------------------------------------------------


def test_a_token_that_lost_its_beginning_is_damaged() -> None:
    bench = Bench(bearer(jwt()[5:])).refused()
    assert bench.root() == ("token-malformed", "confirmed")


def test_a_shared_secret_is_not_what_an_issuer_of_public_keys_signs_with() -> None:
    bench = Bench(bearer(jwt({"alg": "HS256", "kid": None}))).refused().known(issuer=ISSUER)
    bench.keys(Verified.UNSUPPORTED)
    assert bench.strength("algorithm-rejected") is Strength.LIKELY


@pytest.mark.parametrize(
    ("url", "iss", "aud"),
    [
        ("http://127.0.0.1:8080/orders", "https://login.staging.example.com", "https://api.staging.example.com"),
        ("https://api.example.com/orders", "https://login.example.dev", "https://api.example.test"),
    ],
)
def test_a_local_address_and_a_last_label_name_no_environment(url: str, iss: str, aud: str) -> None:
    bench = Bench(bearer(jwt(iss=iss, aud=aud)), url=url).refused()
    assert bench.strength("environment-mismatch") < Strength.POSSIBLE


def test_at_a_local_address_what_is_expected_names_the_environment() -> None:
    staged = jwt(iss="https://login.staging.example.com", aud="https://api.staging.example.com")
    bench = Bench(bearer(staged), url="http://127.0.0.1:8080/orders").refused()
    bench.known(issuer="https://login.example.com", audience="https://api.example.com")
    assert bench.strength("environment-mismatch") >= Strength.LIKELY


def test_an_audience_that_is_expected_is_no_mark_of_another_environment() -> None:
    aud = "https://api.staging.example.com"
    bench = Bench(bearer(jwt(iss="https://login.staging.example.com", aud=aud))).refused()
    assert bench.strength("environment-mismatch") >= Strength.LIKELY
    bench.known(audience=aud)
    assert bench.strength("environment-mismatch") < Strength.POSSIBLE


def test_a_public_address_tells_nothing_of_a_token_that_can_be_read() -> None:
    bench = Bench(bearer(jwt(aud=AUDIENCE))).refused(says("Invalid token")).anonymous(200, '{"orders": []}')
    assert bench.strength("token-unrecognised") is Strength.POSSIBLE


# -- a password where a token is read ----------------------------------------------------------------------------------

BASIC = ("Authorization", "Basic cmVhZGVyOm5vdGhpbmctaGVyZQ==")


def test_a_password_that_is_read_as_a_token_stands_under_the_wrong_scheme() -> None:
    assert Bench([BASIC]).refused(says("Not enough segments")).root() == ("scheme-wrong", "likely")


def test_two_headers_that_are_read_as_one_token_are_two_headers_still() -> None:
    bench = Bench([BASIC, *bearer(jwt())]).refused(says("Not enough segments"))
    assert bench.root()[0] == "header-duplicated"


def test_a_jwt_under_an_unusual_scheme_is_not_called_a_wrong_key() -> None:
    bench = Bench([("Authorization", f"Token {jwt()}")]).refused(says("invalid credentials structure"))
    assert bench.strength("api-key-invalid") < Strength.LIKELY


def test_a_placeholder_under_an_unknown_name_explains_that_the_key_is_called_invalid() -> None:
    bench = Bench(url=f"{API}?appid=YOUR_API_KEY").refused(says("Invalid API key"))
    assert bench.root()[0] == "credential-placeholder"
