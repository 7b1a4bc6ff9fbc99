"""Facts from evidence: one pure function, so that a saved case judged again gives the same diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from tui401.judge import clocks as time_keeping
from tui401.judge import said as words
from tui401.judge import texts
from tui401.judge.expectations import expected
from tui401.model.facts import Contrast, Facts, Flip, Said, WhoAnswered
from tui401.model.shown import (
    AnswerSeen,
    ChangesSeen,
    ClockSeen,
    CredentialSeen,
    CredentialsSeen,
    Evidence,
    GrantSeen,
    HopShown,
    IntakeSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeysSeen,
    KnownSeen,
    MachineSeen,
    Place,
    Redacted,
    RequestShown,
    RequirementsSeen,
    ResourceMetadataSeen,
    TokenEndpointSeen,
)
from tui401.model.verdict import Strength

T = TypeVar("T")

ORIGINAL = "original"
AGAIN = "original-again"
REPEAT = "again-"
"""How the labels of further sends of the unchanged request begin."""
ONCE_MORE = "-again"
"""How the label of an accepted variant ends that was sent once more."""
_BARE = frozenset({"anonymous", "stand-in", "invented-path-anonymous"})
_NO_VARIANTS = frozenset({ORIGINAL, "stand-in", "read", "invented-path", "invented-path-anonymous"})
"""Answers whose acceptance says nothing of the original: what was asked for is something else."""
BEGUN_WITH = 1
"""The attempt that a case begins with; what was seen before it was opened is held for it, too."""
_NO_REQUEST = RequestShown(method="GET", url=Redacted(""))


def derive(evidence: Sequence[Evidence], attempt: int) -> Facts:
    """Everything that causes may read about one attempt.

    Args:
        evidence: All observations of the case, in order; of two with one kind and subject the later counts. Those of
            other attempts, of credentials that this request does not carry, and of other APIs are left out.
        attempt: Which attempt, 0 being an exchange that was seen before.
    """
    held = _Held.of(evidence, attempt)
    answers = held.all(AnswerSeen)
    original = next((a for a in answers if a.label == ORIGINAL), None)
    intake = held.last(IntakeSeen) or IntakeSeen()
    recorded = intake.recorded and attempt <= BEGUN_WITH  # whatever came later was sent by us
    seen = held.last(CredentialsSeen)
    credentials = seen.credentials if seen is not None else ()
    # Without an observation of the credentials their absence is unknown, as in a recording that leaves them out.
    sanitised = (intake.sanitised and not credentials) or seen is None
    hop = original.hops[-1] if original is not None and original.hops else None
    request = hop.request if hop is not None else _NO_REQUEST
    # A redirect may have left the credential behind; the answer is then about a request without it.
    lost = original is not None and len(original.hops) > 1 and hop is not None and not hop.credential_sent
    credential = None if lost else _counting(credentials, hop)

    clocks = _clocks(held, original, recorded=recorded)
    machine = held.last(MachineSeen)
    local_now = time_keeping.moment(original, max((e.at for e in held.kept), default=0.0))
    now = time_keeping.trusted(local_now, clocks, machine, recorded=recorded)

    heard = {a.label: _hear(a, credentials, sanitised=sanitised) for a in answers}
    first = heard.get(ORIGINAL)
    refused = first.refused if first is not None else False
    grants = held.all(GrantSeen)
    known = held.last(KnownSeen)
    resource = held.last(ResourceMetadataSeen)
    spoken: list[Said] = _of_this_credential(first.said if first is not None else (), answers)
    for grant in grants:
        spoken += words.read_grant(grant)
    spoken += _failure_words(original)
    return Facts(
        attempt=attempt,
        now=now,
        local_now=local_now,
        request=request,
        clocks=clocks,
        machine=machine,
        answer=original,
        response=original.response if original is not None else None,
        refused=refused,
        meant=first.meant if first is not None else 0,
        challenges=first.challenges if first is not None else (),
        credentials=credentials,
        credential=credential,
        token=credential.token if credential is not None else None,
        sanitised=sanitised,
        recorded=recorded,
        said=tuple(sorted(spoken, key=lambda s: -s.strength)),
        expected=expected(first, resource, known, held.last(RequirementsSeen)),
        who=first.who if first is not None else WhoAnswered(),
        contrast=_contrast(answers, heard),
        answers=answers,
        flips=_flips(answers, heard),
        keys=held.all(KeysSeen),
        issuers=held.all(IssuerMetadataSeen),
        resource=resource,
        known=known,
        grants=grants,
        introspections=held.all(IntrospectionSeen),
        token_endpoints=held.all(TokenEndpointSeen),
        notes=tuple(note for one in held.all(IntakeSeen) for note in one.notes),
        changes=tuple(change for one in held.all(ChangesSeen) for change in one.changes),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """The evidence that concerns one attempt, one piece a key."""

    kept: tuple[Evidence, ...]

    @classmethod
    def of(cls, evidence: Sequence[Evidence], attempt: int) -> _Held:
        latest = {piece.key: piece for piece in evidence}
        mine = f"attempt:{attempt}"
        of_attempt = [p for p in latest.values() if p.subject == mine]
        names = {
            c.name
            for p in of_attempt
            if isinstance(p.content, CredentialsSeen)
            for c in p.content.credentials
            if c.name
        }
        origins = {
            _origin(hop.request.url) for p in of_attempt if isinstance(p.content, AnswerSeen) for hop in p.content.hops
        }

        def concerns(piece: Evidence) -> bool:
            kind, _, what = piece.subject.partition(":")
            match kind:
                case "attempt":
                    return piece.subject == mine
                case "credential":
                    return what in names
                case "api":
                    return not origins or _origin(what) in origins
                case _:
                    content = piece.content
                    if isinstance(content, KeysSeen | IntrospectionSeen) and content.credential:
                        return content.credential in names
                    return True

        return cls(tuple(p for p in latest.values() if concerns(p)))

    def all(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(p.content for p in self.kept if isinstance(p.content, kind))

    def last(self, kind: type[T]) -> T | None:
        found = self.all(kind)
        return found[-1] if found else None


def _origin(url: str) -> str:
    host, _ = texts.place(RequestShown(method="GET", url=Redacted(url)))
    scheme = url.partition(":")[0].lower()
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80')}"


def _counting(credentials: Sequence[CredentialSeen], hop: HopShown | None) -> CredentialSeen | None:
    """The credential that the answer is about: never the proxy's, unless the proxy answered."""
    proxied = hop is not None and hop.response is not None and hop.response.status == 407
    # A client certificate goes beside what the API is asked with; an API that wants it says so by name.
    fitting = [c for c in credentials if (c.place is Place.PROXY) == proxied and c.place is not Place.CERTIFICATE]
    return fitting[0] if fitting else None


def _clocks(held: _Held, original: AnswerSeen | None, *, recorded: bool) -> tuple[ClockSeen, ...]:
    read = held.all(ClockSeen)
    if original is None or any(c.who == "api" and c.offset is not None for c in read):
        return read
    own = time_keeping.from_date(original)
    if own is None:
        return read
    # Recorders stamp with their own clock, so its distance to the Date is a reading like any other.
    return (*read, own) if not recorded or abs(own.offset or 0.0) < _CENTURY else read


_CENTURY = 3.15e9
_STATES = frozenset(
    {
        *("token-expired", "token-not-yet-valid", "token-revoked", "account-disabled", "permission-denied"),
        *("scope-insufficient", "consent-required", "step-up-required", "session-expired"),
    }
)
"""What only a credential that the server knows can be; the worthless one that was sent has good times and no rights."""


def _of_this_credential(said: Sequence[Said], answers: Sequence[AnswerSeen]) -> list[Said]:
    """The words, weaker where the server says them to a made-up credential or to none, too."""
    marks = {a.label: _signature(a) for a in answers}
    if not marks.get(ORIGINAL) or marks[ORIGINAL] not in (marks.get("anonymous"), marks.get("garbage")):
        return list(said)
    return [replace(s, strength=min(s.strength, Strength.POSSIBLE)) if s.cause in _STATES else s for s in said]


def _hear(answer: AnswerSeen, credentials: Sequence[CredentialSeen], *, sanitised: bool) -> words.Heard | None:
    response = answer.response
    if response is None:
        return None
    hop = answer.hops[-1]
    carried = credentials if answer.label not in _BARE and (hop.credential_sent or len(answer.hops) == 1) else ()
    return words.read(hop.request, response, carried, sanitised=sanitised, certificate=hop.certificate_issuer)


def _failure_words(original: AnswerSeen | None) -> list[Said]:
    failure = original.failure if original is not None else None
    if failure is None or failure.proxy_status != 407:
        return []
    return [
        Said(
            cause="proxy-authentication-required",
            strength=Strength.CONFIRMED,
            quote=f"407 to CONNECT: {failure.says}",
            where="status",
            dialect="HTTP",
            fact="said:status",
        )
    ]


def _accepted(answer: AnswerSeen, heard: dict[str, words.Heard | None]) -> bool:
    told = heard.get(answer.label)
    return told is not None and answer.status is not None and 200 <= answer.status < 300 and not told.refused


def _flips(answers: Sequence[AnswerSeen], heard: dict[str, words.Heard | None]) -> tuple[Flip, ...]:
    by_label = {a.label: a for a in answers}
    first, again = heard.get(ORIGINAL), heard.get(AGAIN)
    refused = first is not None and first.refused
    if not refused:
        return ()
    found = []
    for answer in answers:
        if not _is_variant(answer.label) or not _accepted(answer, heard):
            continue
        sure = again is not None and again.refused and _later(by_label[AGAIN], answer)
        proved = sure and not contradicted(answer, answers, heard)
        found.append(Flip(label=answer.label, varied=answer.varied, proved=proved, substitute=answer.substitute))
    return tuple(found)


def contradicted(
    answer: AnswerSeen, answers: Sequence[AnswerSeen], heard: dict[str, words.Heard | None] | None = None
) -> bool:
    """Whether the same variant was accepted at first and refused when it was sent once more."""
    more = next((a for a in answers if a.label == f"{answer.label}{ONCE_MORE}"), None)
    if more is None or more.response is None:
        return False
    if heard is not None:
        return not _accepted(more, heard)
    return not 200 <= more.response.status < 300


def _is_variant(label: str) -> bool:
    """Whether an acceptance of that label says something of the original: one thing was varied, for the first time."""
    return label not in _NO_VARIANTS and not is_repeat(label) and not label.endswith(ONCE_MORE)


def is_repeat(label: str) -> bool:
    """Whether an answer of that label is one to the unchanged request, sent once more."""
    return label == AGAIN or label.startswith(REPEAT)


def _later(one: AnswerSeen, other: AnswerSeen) -> bool:
    """Whether it was sent after the other; unknown times count as their order in the evidence."""
    if not one.hops or not other.hops:
        return False
    ours, theirs = one.hops[0].started_at, other.hops[0].started_at
    return ours >= theirs or not ours or not theirs


def _contrast(answers: Sequence[AnswerSeen], heard: dict[str, words.Heard | None]) -> Contrast:
    by_label = {a.label: a for a in answers}
    first = heard.get(ORIGINAL)
    if first is None or not first.refused:
        return Contrast.UNKNOWN
    mark = _signature(by_label.get(ORIGINAL))
    if any(is_repeat(a.label) and not a.substitute and _signature(a) not in ("", mark) for a in answers):
        return Contrast.UNKNOWN  # the same request is answered otherwise by now, so differences tell nothing
    anonymous, garbage = by_label.get("anonymous"), by_label.get("garbage")
    if anonymous is not None and _accepted(anonymous, heard):
        return Contrast.PUBLIC
    marks = [_signature(by_label.get(label)) for label in (ORIGINAL, "anonymous", "garbage")]
    if anonymous is None or garbage is None or not all(marks) or _accepted(garbage, heard):
        return Contrast.UNKNOWN
    o, a, g = marks
    if o == a == g:
        return Contrast.ALL_ALIKE
    if o == g:
        return Contrast.READ_AND_REFUSED
    return Contrast.NOT_READ if o == a else Contrast.RECOGNISED


def _signature(answer: AnswerSeen | None) -> str:
    response = answer.response if answer is not None else None
    return response.signature if response is not None else ""
