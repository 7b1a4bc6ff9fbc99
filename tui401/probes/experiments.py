"""Experiments: each varies one thing of the request and asks the API again (judging.md, "Experiments").

Pure: they yield variants and receive what came, so they run live, from a recording, or by hand in a test.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import DEFAULT_PORTS, Exchange, From, Origin, Provenance, Request
from tui401.model.probe import Experiment, Flow, ProbeSpec, Variant
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.probes import specs
from tui401.probes.redirect import elsewhere
from tui401.wire import authorization, places

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
REFUSALS: Final = frozenset({401, 403, 407})
AGAIN: Final = "original-again"
STAND_IN: Final = "stand-in"
"""A safe method in the original's place, without a credential: what follows counts only if this is refused."""
_NOT_FOR_THIS_METHOD: Final = frozenset({404, 405, 501})
_BODY_HEADERS: Final = frozenset(
    {"content-length", "content-type", "content-encoding", "content-md5", "transfer-encoding", "expect", "digest"}
)
_MOST_SCHEMES: Final = 2

Change = Callable[[Request, Facts], Request | None]


@dataclass(frozen=True, slots=True)
class Varied:
    """An experiment that sends one changed request, and the original again when the change is accepted.

    Attributes:
        spec: Its declaration.
        label: The variant's label.
        varied: What differs, for a person.
        change: The changed request, None where there is nothing to change.
        compared: Its answer is compared with the original's instead of being hoped to succeed, so it goes by the
            original's own method always.
    """

    spec: ProbeSpec
    label: str
    varied: str
    change: Change
    compared: bool = False

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        # Whoever drives an experiment asks the person before a method that can change something.
        stands_in = None if self.compared else (yield from _stand_in(case.request, facts))
        base = stands_in or case.request
        changed = self.change(base, facts)
        if changed is None or changed == base:
            return
        variant = Variant(self.label, self._says(stands_in), changed, stands_in is not None)
        yield from _proved(base, variant)

    def _says(self, stands_in: Request | None) -> str:
        return f"{self.varied}, by {stands_in.method}" if stands_in is not None else self.varied


def _proved(base: Request, variant: Variant) -> Generator[Variant, Exchange, bool]:
    """Sends a variant; when it is accepted, the original straight after. Gives back whether it was accepted."""
    came = yield variant
    if not accepted(came):
        return False
    yield Variant(AGAIN, "as sent first", base, variant.substitute)
    return True


def accepted(exchange: Exchange) -> bool:
    """Whether the answer is a success (RFC 9110, section 15.3)."""
    return exchange.response is not None and 200 <= exchange.response.status < 300


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response is not None else 0


def _stand_in(original: Request, facts: Facts) -> Generator[Variant, Exchange, Request | None]:
    """A request by a safe method in the original's place, where the original could change something.

    It counts only if it is refused without a credential (judging.md, "Consent"), so that is asked first. None where
    the original is safe itself, or nothing can stand in for it; then whoever drives the experiment asks the person.
    """
    if original.method in SAFE or any(found.place is Place.BODY for found in places.locate(original)):
        return None
    before = facts.answered(STAND_IN)
    if before is not None and before.status in REFUSALS:
        method = before.hops[0].request.method if before.hops else "GET"
        return by(original, method)
    for method in ("GET", "OPTIONS"):
        candidate = by(original, method)
        came = yield Variant(
            STAND_IN, f"without any credential, by {method}", places.without_credentials(candidate), substitute=True
        )
        if _status(came) in REFUSALS:
            return candidate
        if _status(came) not in _NOT_FOR_THIS_METHOD:
            return None
    return None


def by(original: Request, method: str) -> Request:
    """The same request by another method, without its body."""
    kept = tuple(header for header in original.headers if header.name.lower() not in _BODY_HEADERS)
    return replace(original, method=method, headers=kept, body=None)


# -- what is changed ---------------------------------------------------------------------------------------------------


def _anonymous(request: Request, _facts: Facts) -> Request:
    return places.without_credentials(request)


def _garbage(request: Request, _facts: Facts) -> Request | None:
    found = places.locate(request)
    if not found:
        return None
    return places.with_credential(
        request, found[0], places.garbage(found[0]), Provenance(From.DEFAULT, "worthless, by tui401")
    )


def _rewritten(
    request: Request, write: Callable[[str, str | None], str | None], scheme: str | None, why: str
) -> Request | None:
    """The request with the value of its credential's header written anew."""
    found = next((f for f in places.locate(request) if f.place in {Place.AUTHORIZATION, Place.HEADER}), None)
    if found is None:
        return None
    name = found.place_name or "Authorization"
    values = request.values(name)
    if not values:
        return None
    wanted = scheme if scheme is not None else ("" if found.place is Place.HEADER else None)
    written = write(values[0].reveal(), wanted)
    if written is None or written == values[0].reveal():
        return None
    return request.with_header(name, Secret(written), Provenance(From.EDIT, why))


def _canonical(request: Request, _facts: Facts) -> Request | None:
    return _rewritten(request, authorization.canonical, None, "written exactly right")


def _repaired(request: Request, _facts: Facts) -> Request | None:
    return _rewritten(request, authorization.repaired, None, "damage undone")


def _placed(request: Request, facts: Facts) -> Request | None:
    """The credential in Authorization, under the scheme that the API names, and no longer where it stood."""
    found = places.locate(request)
    scheme = specs.scheme_in_authorization(facts)
    if not found or not scheme or found[0].place not in {Place.HEADER, Place.QUERY}:
        return None
    value = Secret(f"{_spelled(scheme)} {found[0].value.reveal().strip()}")
    return places.without_credentials(request).with_header("Authorization", value, Provenance(From.EDIT, "moved"))


def _bare(request: Request, _facts: Facts) -> Request | None:
    found = places.locate(request)
    if not found:
        return None
    first = found[0]
    own = {first.place_name.lower()} if first.place is Place.HEADER else set()
    if first.place is Place.AUTHORIZATION:
        own = {"authorization"}
    elif first.place is Place.COOKIE:
        own = {"cookie"}
    body = request.body if first.place is Place.BODY else None
    if body is not None:
        own.add("content-type")
    return replace(request, headers=tuple(h for h in request.headers if h.name.lower() in own), body=body)


# -- experiments with a conversation of their own ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schemes:
    """Writes the credential under the schemes that the API names, one after another until one is accepted."""

    spec: ProbeSpec
    label: str

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        stands_in = yield from _stand_in(case.request, facts)
        base = stands_in or case.request
        named = [scheme for scheme in specs.other_schemes(facts) if specs.fits(scheme, facts)]
        if not named and self.label == specs.ADD_SCHEME.name:
            named = ["Bearer"]
        for scheme in named[:_MOST_SCHEMES]:
            written = _spelled(scheme)
            changed = _rewritten(base, authorization.canonical, written, f"under the scheme {written}")
            if changed is None:
                continue
            varied = f"the same credential as {written}"
            if stands_in is not None:
                varied += f", by {stands_in.method}"
            variant = Variant(self.label, varied, changed, stands_in is not None)
            if (yield from _proved(base, variant)):
                return


def _spelled(scheme: str) -> str:
    return {"bearer": "Bearer", "basic": "Basic", "dpop": "DPoP"}.get(scheme.lower(), scheme)


@dataclass(frozen=True, slots=True)
class FinalAddress:
    """Sends the request straight to where its redirects ended. Another origin has it after a yes (safety.md)."""

    spec: ProbeSpec = specs.FINAL_ADDRESS

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        original = case.request
        stands_in = yield from _stand_in(original, facts)
        base = stands_in or original
        where = _of_facts(facts)
        if where is None:  # the address was masked in the evidence, so it is walked once more to learn it
            came = yield Variant(AGAIN, "as sent first", base, stands_in is not None)
            if len(came.hops) < 2:
                return
            where = came.hops[-1].request.origin, came.hops[-1].request.target
        origin, target = where
        if original.origin.scheme == "https" and origin.scheme != "https":
            return
        transport = (
            original.transport if origin == original.origin else elsewhere(original.transport, case.way_to(origin))
        )
        changed = replace(base.without("Host"), origin=origin, target=target, transport=transport)
        varied = f"straight to {origin}, where the redirect led"
        yield from _proved(base, Variant(self.spec.name, varied, changed, stands_in is not None))


def _of_facts(facts: Facts) -> tuple[Origin, Secret[str]] | None:
    if facts.answer is None or not facts.answer.hops:
        return None
    url = facts.answer.hops[-1].request.url
    if not specs.is_whole(url):
        return None
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return None
    if scheme not in DEFAULT_PORTS or not host:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Origin(scheme, host, port or DEFAULT_PORTS[scheme]), Secret(target)


@dataclass(frozen=True, slots=True)
class Again:
    """Sends the original once more."""

    spec: ProbeSpec = specs.AGAIN

    def flow(self, case: Case, facts: Facts) -> Flow:  # noqa: ARG002 - the shape of every experiment
        """The conversation."""
        yield Variant(AGAIN, "as sent first", case.request)


EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    Varied(specs.CANONICAL, "canonical", "the same credential, written exactly right", _canonical),
    Varied(specs.REPAIRED, "repaired", "the same credential, its damage undone", _repaired),
    Schemes(specs.ADD_SCHEME, "add-scheme"),
    Schemes(specs.USE_SCHEME, "use-scheme"),
    Varied(specs.ANONYMOUS, "anonymous", "without any credential", _anonymous, compared=True),
    Varied(specs.GARBAGE, "garbage", "a well-formed, worthless credential", _garbage, compared=True),
    Varied(specs.GARBAGE_USER, "garbage", "an invented user and password", _garbage, compared=True),
    Varied(specs.PLACEMENT, "placement", "the same credential in Authorization", _placed),
    Varied(specs.BARE, "bare", "method, address and this credential alone", _bare),
    FinalAddress(),
    Again(),
)
"""In the order in which they are offered."""
