"""What a server or issuer said, read by dialects: causes with strength and quotation, and what it expects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from tui401.dialects import Hit, package_matcher
from tui401.dialects.loader import compiled
from tui401.dialects.matcher import Matcher, Reading
from tui401.judge import answerer, envelope, marks, refusing, sentences, texts
from tui401.model.facts import PLAIN_WORDS, Aspect, Expected, Said, WhoAnswered
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
_ADVICE: Final = re.compile(r"(?i)\s?(?:please )?(?:and |also |to )?(?:make sure|ensure|see to it)\b")
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
    asked_for = {f"asks-{each.scheme.lower()}" for each in found}
    marked = marks.read(request, credentials, sanitised=sanitised) | asked_for
    meant = envelope.meant(response.status, where["header"], where["body"])
    wrapped = 200 <= response.status < 300 and meant >= 400
    failed = wrapped or envelope.tells_failure(response.status, where["body"])
    status = 403 if failed and not wrapped else meant
    told = texts.telling(response)
    where["body"] = f"{where['body']}\n{told}" if told and where["body"] else where["body"] or told
    reading = (by or package_matcher()).read(where, status=status, marks=marked)
    hits = _from_behind(_weighed(reading, status, where), where["header"])
    issuer = "token-endpoint" in marked
    said = _said(hits, where, issuer=issuer)
    if status in _GENERIC and all(hit.says.vague or strength < Strength.LIKELY for hit, strength in hits):
        plain = tuple(_sentences(reading, where, marked, status=status, issuer=issuer))
        exact = {each.cause for each, vague in plain if each.strength >= Strength.LIKELY and not vague}
        said = _best((*(_below(each, exact, hits) for each in said), *(each for each, _ in plain)))
    refused = refusing.refuses(
        request,
        response,
        said,
        challenged=bool(found),
        issuer=issuer,
        wrapped=wrapped,
        failed=failed,
        named=response.status < 400 and any(response.status in hit.says.status for hit, _ in hits),
        defective=_is_defective(credentials),
        headers=where["header"],
        body=where["body"],
    )
    if "none" in marked and "perhaps" not in marked and not issuer:
        # What was not sent has no fault: the words are said of any request (judging.md, precedence).
        said = tuple(replace(s, strength=min(s.strength, Strength.POSSIBLE)) if _of_token(s.cause) else s for s in said)
    speaking = [hit.dialect for hit, _ in hits if not hit.dialect.generic]
    who = answerer.who(speaking, reading.recognised, response, headers=where["header"], issuer=certificate)
    return Heard(said, _expected(reading, refused=refused), who, refused, tuple(found), meant)


def _is_defective(credentials: Sequence[CredentialSeen]) -> bool:
    """Whether the Authorization header holds no scheme, or a Basic pair that is none."""
    sent = next(iter(credentials), None)
    if sent is None or sent.place is not Place.AUTHORIZATION:
        return False
    return sent.family == "raw" or any(d.cause in {"basic-malformed", "header-malformed"} for d in sent.defects)


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
    return _said(_weighed(reading, 400, {"grant": text}), {"grant": text}, issuer=True)


def _weighed(reading: Reading, status: int, where: Mapping[str, str]) -> list[tuple[Hit, Strength]]:
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
        unsure = hit.where in reading.hedged or (prose and _advises(where[hit.where], hit.start))
        if unproven and unsure and hit.says.cause not in _EITHER_WAY:
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


def _advises(text: str, start: int) -> bool:
    """Whether what stands there is in a sentence that says what to see to: "make sure the token has not expired"."""
    begin = max(text.rfind(end, 0, start) for end in ("\n", ". ", "! ", ": ", "; ", ", "))
    return _ADVICE.match(text, begin + 1, start) is not None


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
) -> Iterator[tuple[Said, bool]]:
    """What sentences mean, and whether that goes with many causes; a dialect that speaks of a place has it alone."""
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
            told = Said(
                cause=meant.cause,
                strength=min(meant.strength, Strength.POSSIBLE) if weak else meant.strength,
                quote=_quote(where[place], meant.start, meant.end),
                where=place,
                dialect=PLAIN_WORDS,
                by="issuer" if issuer else "api",
                fact=f"said:{place}",
            )
            yield told, meant.vague


def _below(told: Said, exact: Collection[str], hits: Sequence[tuple[Hit, Strength]]) -> Said:
    """What generic words say that go with many causes, weaker where a sentence names another one exactly."""
    generic = any(hit.dialect.generic and hit.dialect.title == told.dialect for hit, _ in hits)
    if generic and set(exact) - {told.cause}:
        return replace(told, strength=min(told.strength, Strength.POSSIBLE))
    return told


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
