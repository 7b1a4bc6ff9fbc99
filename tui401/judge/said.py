"""What a server or issuer said, read by dialects: causes with strength and quotation, and what it expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from msgspec.structs import replace

from tui401.dialects import Hit, package_matcher
from tui401.dialects.loader import compiled
from tui401.dialects.matcher import Matcher, Reading
from tui401.judge import answerer, envelope, refusing, sentences, texts
from tui401.model.facts import Aspect, Expected, Said, WhoAnswered
from tui401.model.shown import (
    CredentialSeen,
    GrantSeen,
    Place,
    Redacted,
    RequestShown,
    ResponseShown,
)
from tui401.model.verdict import Strength
from tui401.model.words import Challenge
from tui401.wire import asked
from tui401.wire import challenge as wire_challenge

_GENERIC: Final = frozenset({400, 401, 402, 403, 407, 412, 418, 419, 422, 423, 429, 440, 498, 499, 500, 502, 503})
"""Where generic words are read: a 404 or a 200 that speaks of tokens refuses nobody, unless a dialect knows better."""
_MAX_QUOTE: Final = 200
_LIST: Final = 3
"""So many causes named in one place, each exactly: a list of what may be wrong, as help texts have it."""
_OF_TOKENS: Final = frozenset(
    {
        *("algorithm-rejected", "audience-mismatch", "issuer-mismatch", "keys-stale-at-server", "scope-insufficient"),
        *("sender-constraint-unmet", "session-expired", "signing-key-unknown"),
    }
)
_SIGNED: Final = re.compile(r"(?i)(?:^|[-_.])(?:sign|sig|hmac)$|signature$|[-_](?:sign|signature)[-_]")
"""Names of headers and parameters that carry a signature over the request."""
_SIGN_IN: Final = re.compile(r"(?i)/(?:log-?in|sign-?in|sign_in|authenticate|sessions?)(?:/|\.\w+)?$")
_PASSWORD: Final = re.compile(r"(?i)passw(?:or)?d|passphrase|\bpwd\b")
_EITHER_WAY: Final = frozenset({"csrf-token-missing"})
"""Causes that a hedge leaves as they are: "missing or incorrect" is said of one and the same token."""
_NARROWER: Final = {
    "account-disabled": frozenset({"address-not-allowed"}),
    "audience-mismatch": frozenset({"client-certificate-required"}),
    "token-revoked": frozenset({"session-expired", "consent-required"}),
    "token-expired": frozenset({"session-expired", "consent-required", "csrf-token-missing"}),
    "token-unrecognised": frozenset({"csrf-token-missing", "session-expired"}),
}
"""Causes whose generic words are also part of words for another, which then is meant."""
_PLAIN_WORDS: Final = "plain words"
"""Who read what no dialect reads."""
_WEIGHT: Final = {"confirmed": Strength.CONFIRMED, "likely": Strength.LIKELY, "possible": Strength.POSSIBLE}


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one answer says.

    Attributes:
        said: Causes that its words name, strongest first.
        expected: What it says it expects.
        who: Who answered, as far as it can be told.
        refused: Whether it is a refusal.
        challenges: Its challenges.
        meant: The status that it means, see ``tui401.judge.envelope``.
    """

    said: tuple[Said, ...]
    expected: tuple[Expected, ...]
    who: WhoAnswered
    refused: bool
    challenges: tuple[Challenge, ...]
    meant: int = 0


def read(
    request: RequestShown,
    response: ResponseShown,
    credentials: Sequence[CredentialSeen],
    *,
    sanitised: bool = False,
    certificate: str = "",
    by: Matcher | None = None,
) -> Heard:
    """What an answer says.

    Args:
        request: What was sent on the hop that was answered.
        response: The answer.
        credentials: What the request carried, the one that counts first.
        sanitised: Credentials may have been left out of the recording.
        certificate: Who issued the server's certificate, "" where that is not known.
        by: The dialects to read with; those of the package when None.
    """
    found = wire_challenge.parse([*response.values("www-authenticate"), *response.values("proxy-authenticate")])
    host, path = texts.place(request)
    where = {
        "host": host,
        "path": path,
        "header": texts.headers(response),
        "challenge": texts.challenges(found),
        "body": texts.body(response),
        "certificate": certificate,
    }
    marked = marks(request, credentials, sanitised=sanitised) | {f"asks-{each.scheme.lower()}" for each in found}
    meant = envelope.meant(response.status, where["header"], where["body"])
    wrapped = 200 <= response.status < 300 and meant >= 400
    failed = wrapped or envelope.tells_failure(response.status, where["body"])
    status = 403 if failed and not wrapped else meant
    told = texts.telling(response)
    where["body"] = f"{where['body']}\n{told}" if told and where["body"] else where["body"] or told
    reading = (by or package_matcher()).read(where, status=status, marks=marked)
    hits = _from_behind(_weighed(reading, status), where["header"])
    issuer = "token-endpoint" in marked
    said = _said(hits, where, issuer=issuer)
    if status in _GENERIC and not any(s.strength >= Strength.LIKELY for s in said):
        said = _best((*said, *_sentences(reading, where, marked, status=status, issuer=issuer)))
    refused = refusing.refuses(
        request,
        response,
        said,
        challenged=bool(found),
        issuer=issuer,
        wrapped=wrapped,
        failed=failed,
        named=response.status < 400 and any(response.status in hit.says.status for hit, _ in hits),
        headers=where["header"],
        body=where["body"],
    )
    if "none" in marked and "perhaps" not in marked and not issuer:
        # What was not sent has no fault: the words are said of any request (judging.md, precedence).
        said = tuple(replace(s, strength=min(s.strength, Strength.POSSIBLE)) if _of_token(s.cause) else s for s in said)
    speaking = [hit.dialect for hit, _ in hits if not hit.dialect.generic]
    who = answerer.who(speaking, reading.recognised, response, headers=where["header"], issuer=certificate)
    return Heard(said, _expected(reading, refused=refused), who, refused, tuple(found), meant)


def _of_token(cause: str) -> bool:
    return cause.startswith("token-") or cause in _OF_TOKENS


def read_grant(grant: GrantSeen, *, by: Matcher | None = None) -> tuple[Said, ...]:
    """What a token endpoint's refusal says (RFC 6749, section 5.2); () for a success or where no answer came."""
    if grant.ok or not (grant.error or grant.description):
        return ()
    text = f"error: {grant.error}\nerror_description: {texts.plain(grant.description)}"
    host = texts.place(RequestShown(method="POST", url=Redacted(grant.endpoint)))[0]
    marked = {"token-endpoint", f"grant-{grant.grant}", *(["password-grant"] if grant.grant == "password" else [])}
    # A code without a status stands for the one that RFC 6749, section 5.2, gives it.
    status = grant.status or 400
    reading = (by or package_matcher()).read({"host": host, "grant": text}, status=status, marks=marked)
    return _said(_weighed(reading, 400), {"grant": text}, issuer=True)


def marks(request: RequestShown, credentials: Sequence[CredentialSeen], *, sanitised: bool) -> frozenset[str]:
    """What is known of a request, in the words that dialects use in ``when`` and ``unless``."""
    found = {f"method-{request.method.lower()}"}
    carried = [c for c in credentials if c.place not in (Place.PROXY, Place.CERTIFICATE)]
    signed = not carried and any(_SIGNED.search(h.name) for h in request.headers)
    if carried:
        found.add("credential")
        found.add(carried[0].family)
        found.add(f"in-{carried[0].place.value}")
        if carried[0].token is not None:
            found.add(carried[0].token.shape.value)
    elif not sanitised and not signed:
        found.add("none")
        if asked.perhaps_elsewhere(request) or asked.perhaps_keys(request):
            found.add("perhaps")
    path, _, query = texts.place(request)[1].partition("?")
    path = path.rstrip("/")
    named = [h.name for h in request.headers] + [pair.partition("=")[0] for pair in query.split("&")]
    named += [c.place_name for c in carried]
    as_jwt = any(c.token is not None and c.token.shape.value == "jwt" for c in carried)
    if signed or (carried and not as_jwt and any(_SIGNED.search(name) for name in named)):
        found.add("signature")
    if "api-key" in found:
        named_so = f"{carried[0].place_name} {carried[0].scheme}".lower()
        found.add("own-token-header" if "token" in named_so else "key")
    if "basic" not in found and (_PASSWORD.search(query) or _PASSWORD.search(request.body[:4096])):
        found.add("password")
    if request.method.upper() == "POST" and (_SIGN_IN.search(path) or _PASSWORD.search(request.body[:4096])):
        found.add("sign-in")
    form = parse_qs(request.body[:4096]) if "grant_type" in request.body[:4096] else {}
    grant = next(iter(form.get("grant_type", [])), "")
    if request.method.upper() == "POST" and (grant or path.endswith(("/token", "/oauth/access_token"))):
        found.add("token-endpoint")
    if grant:
        found.add(f"grant-{grant}")
        if grant == "password":
            found.add("password-grant")
    return frozenset(found)


def _weighed(reading: Reading, status: int) -> list[tuple[Hit, Strength]]:
    """The hits with their strength, after the generic ones gave way."""
    spoken_for = {hit.where for hit in reading.hits if not hit.dialect.generic}
    kept: list[tuple[Hit, Strength]] = []
    for hit in reading.hits:
        if not hit.says.cause:
            continue
        if hit.dialect.generic and (hit.where in spoken_for or not (status in _GENERIC or status in hit.says.status)):
            continue
        strength = _WEIGHT[hit.says.strength]
        # Words that are a mark by themselves may stand in a longer sentence of another server.
        # A code of a standard is no sentence, so no sentence beside it takes from it.
        prose = hit.dialect.generic and strength is not Strength.CONFIRMED
        unproven = prose or (hit.says.alone and hit.dialect not in reading.recognised)
        if unproven and hit.where in reading.hedged and hit.says.cause not in _EITHER_WAY:
            strength = min(strength, Strength.POSSIBLE)
        kept.append((hit, strength))
    kept = [(hit, strength) for hit, strength in kept if not _gives_way(hit, reading.hits)]
    exact = {hit.says.cause for hit, strength in kept if not hit.says.vague and strength >= Strength.LIKELY}
    listed = _lists(kept)
    kept = [
        (hit, min(strength, Strength.POSSIBLE) if hit.dialect.generic and hit.where in listed else strength)
        for hit, strength in kept
    ]
    return [
        (hit, min(strength, Strength.POSSIBLE) if hit.says.vague and exact - {hit.says.cause} else strength)
        for hit, strength in kept
    ]


def _gives_way(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether generic words are part of a statement of something narrower: "client IP is blocked" blocks no client."""
    narrower = _NARROWER.get(hit.says.cause, ())
    return hit.dialect.generic and any(
        other.says.cause in narrower and other.where == hit.where and other.start < hit.end and hit.start < other.end
        for other in hits
    )


def _from_behind(hits: list[tuple[Hit, Strength]], header: str) -> list[tuple[Hit, Strength]]:
    """The hits, those of a gateway that handed the request on weaker: what stands behind it may have said so."""
    passed = {
        hit.dialect.name
        for hit, _ in hits
        if hit.dialect.passed and not hit.says.alone and compiled(hit.dialect.passed).search(header)
    }
    return [
        (hit, min(strength, Strength.LIKELY) if hit.dialect.name in passed and not hit.says.alone else strength)
        for hit, strength in hits
    ]


def _lists(kept: Sequence[tuple[Hit, Strength]]) -> frozenset[str]:
    """The places whose generic words name so many causes exactly that they are a list of what may be wrong."""
    named: dict[str, set[str]] = {}
    for hit, strength in kept:
        if hit.dialect.generic and not hit.says.vague and strength >= Strength.LIKELY:
            named.setdefault(hit.where, set()).add(hit.says.cause)
    return frozenset(place for place, causes in named.items() if len(causes) >= _LIST)


def _sentences(
    reading: Reading, where: dict[str, str], marked: frozenset[str], *, status: int, issuer: bool
) -> Iterator[Said]:
    """What the sentences mean where no dialect reads a cause in them; a dialect that speaks of a place has it alone."""
    spoken_for = {hit.where for hit in reading.hits if not hit.dialect.generic}
    for place in ("challenge", "body"):
        if place in spoken_for or not where[place]:
            continue
        read = sentences.read(where[place], marked, status=status)
        sure = [meant for meant in read if meant.strength >= Strength.LIKELY]
        exact = {meant.cause for meant in sure if not meant.vague}
        doubtful = place in reading.hedged or len({meant.cause for meant in sure}) >= _LIST
        for meant in read:
            weak = doubtful or (meant.vague and bool(exact - {meant.cause}))
            yield Said(
                cause=meant.cause,
                strength=min(meant.strength, Strength.POSSIBLE) if weak else meant.strength,
                quote=_quote(where[place], meant.start, meant.end),
                where=place,
                dialect=_PLAIN_WORDS,
                by="issuer" if issuer else "api",
                fact=f"said:{place}",
            )


def _said(hits: Sequence[tuple[Hit, Strength]], where: dict[str, str], *, issuer: bool) -> tuple[Said, ...]:
    return _best(
        Said(
            cause=hit.says.cause,
            strength=strength,
            quote=_quote(where[hit.where], hit.start, hit.end),
            where=hit.where,
            dialect=hit.dialect.title,
            by="issuer" if issuer else "api",
            fact=f"said:{hit.where}",
        )
        for hit, strength in hits
    )


def _best(found: Iterable[Said]) -> tuple[Said, ...]:
    """The strongest of each cause and place, the strongest first."""
    best: dict[tuple[str, str], Said] = {}
    for said in found:
        held = best.get((said.cause, said.where))
        if held is None or said.strength > held.strength:
            best[said.cause, said.where] = said
    return tuple(sorted(best.values(), key=lambda s: -s.strength))


def _quote(text: str, start: int, end: int) -> str:
    """The line around the match, without its name, cut to a readable length around the match."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    label = text.find(": ", begin, min(begin + 80, stop))
    if begin < label < start and " " not in text[begin:label]:
        begin = label + 2
    # A line that was written apart is quoted as the server wrote it.
    opens = text.find(texts.OPENS, begin, stop)
    if opens >= 0 and text.endswith(texts.CLOSES, begin, stop):
        return text[opens + 1 : stop - 1]
    if stop - begin > _MAX_QUOTE:
        begin = max(begin, start - 40)
        stop = min(stop, begin + _MAX_QUOTE)
    return text[begin:stop].strip()


def _expected(reading: Reading, *, refused: bool) -> tuple[Expected, ...]:
    if not refused:
        return ()
    found = [
        Expected(
            aspect=Aspect(wanted.expects.aspect),
            values=wanted.values,
            by=wanted.expects.by,
            source=wanted.where,
            strength=_WEIGHT[wanted.expects.strength],
        )
        for wanted in reading.wanted
    ]
    return tuple(dict.fromkeys(found))
