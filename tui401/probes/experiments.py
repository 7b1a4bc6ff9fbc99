"""Experiments: each varies one thing of the request and asks the API again (judging.md, "Experiments").

Pure: they yield variants and receive what came, so they run live, from a recording, or by hand in a test.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tui401.model.case import Case
from tui401.model.facts import Aspect, Facts
from tui401.model.http import From, Provenance, Request
from tui401.model.probe import Experiment, Flow, ProbeSpec, Variant
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.probes import applies, specs
from tui401.probes.away import Direct, FinalAddress, InventedPath
from tui401.probes.conversing import accepted, again, by, proved, stand_in
from tui401.probes.safe import SafeMethod
from tui401.wire import asked, authorization, keeping, places

_MOST_SCHEMES: Final = 2
_MOST_ALONE: Final = 2
_UNASKED: Final = frozenset({From.CURLRC, From.NETRC})
_MOST_AGAIN: Final = 4
_ENOUGH: Final = 2

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
        stands_in = None if self.compared else (yield from stand_in(case.request, facts))
        base = stands_in or case.request
        changed = self.change(base, facts)
        if changed is None or changed == base:
            return
        variant = Variant(self.label, self._says(stands_in), changed, stands_in is not None)
        if not self.compared:
            yield from proved(base, variant)
        elif accepted((yield variant)):
            yield Variant(again(1), "as sent first", base)

    def _says(self, stands_in: Request | None) -> str:
        return f"{self.varied}, by {stands_in.method}" if stands_in is not None else self.varied


# -- what is changed ---------------------------------------------------------------------------------------------------


def _anonymous(request: Request, _facts: Facts) -> Request:
    return places.without_credentials(request)


def _garbage(request: Request, _facts: Facts) -> Request | None:
    if request.held is not None:
        nobody = replace(request.held, user=Secret("tui401-probe"), password=Secret(secrets.token_hex(8)))
        return replace(request, held=nobody)
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
    """The credential in the header that the API names, and no longer where it stood."""
    found, to = places.locate(request), asked.destination(facts)
    if not found or to is None:
        return None
    return keeping.moved(request, found[0], *to, Provenance(From.EDIT, "moved"))


def to_keep(request: Request, facts: Facts) -> places.Located | None:
    """Of several credentials the one to keep: a signed address as it is, else one of the scheme that the API names."""
    found = [item for item in places.locate(request) if item.counts and item.place is not Place.PROXY]
    signed = [item for item in found if item.place is Place.QUERY and item.place_name.lower().endswith("signature")]
    named = {value.lower() for e in facts.expects(Aspect.SCHEME) for value in e.values}
    offered = [item for item in found if item.place is Place.AUTHORIZATION and item.scheme.lower() in named]
    # Of two that are alike the one that was typed, and not the one of a file that is read unasked.
    typed = [item for item in offered or found if item.provenance is None or item.provenance.origin not in _UNASKED]
    if not offered:
        # Where nobody says which is wanted, a password is risked last: it may be sent twice at most.
        typed.sort(key=lambda item: item.scheme.lower() in applies.PASSWORDS)
    return next(iter(signed or typed or offered or found), None)


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
        stands_in = yield from stand_in(case.request, facts)
        base = stands_in or case.request
        named = [scheme for scheme in applies.other_schemes(facts) if applies.fits(scheme, facts)]
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
            if (yield from proved(base, variant)):
                return


def _spelled(scheme: str) -> str:
    return {"bearer": "Bearer", "basic": "Basic", "dpop": "DPoP"}.get(scheme.lower(), scheme)


@dataclass(frozen=True, slots=True)
class Named:
    """Sends the credential that the command names in the place of what another source put there."""

    spec: ProbeSpec = specs.NAMED

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        if not case.shadowed:
            return
        stands_in = yield from stand_in(case.request, facts)
        base = stands_in or case.request
        changed = with_named(base, case)
        varied = f"the credential that the command names ({case.shadowed[0].provenance})"
        yield from proved(base, Variant(self.spec.name, varied, changed, stands_in is not None))


def with_named(request: Request, case: Case) -> Request:
    """The request with the credential that the command names, as it stands there."""
    if not case.shadowed:
        return request
    named = case.shadowed[0]
    return request.with_header("Authorization", named.value, named.provenance)


@dataclass(frozen=True, slots=True)
class Read:
    """Asks for the same address by GET; it differs in more than one thing, so it proves nothing of the original."""

    spec: ProbeSpec = specs.READ

    def flow(self, case: Case, facts: Facts) -> Flow:  # noqa: ARG002 - the shape of every experiment
        """The conversation."""
        yield Variant("read", "the same address by GET", by(case.request, "GET"), substitute=True)


@dataclass(frozen=True, slots=True)
class Again:
    """Sends the original once more; where it is accepted now, some more times, so that it can be said how often."""

    spec: ProbeSpec = specs.AGAIN

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        once_accepted = False
        # Two nodes in turn: the one that refused first has its turn at every other request, so one of the next two
        # goes to the other node; which of them is known by how many were sent.
        enough = 1 if len(facts.answers) % 2 else _ENOUGH
        for number in range(1, _MOST_AGAIN + 1):
            came = yield Variant(again(number), "as sent first", case.request)
            once_accepted = once_accepted or accepted(came)
            if number == enough and not once_accepted:
                return


@dataclass(frozen=True, slots=True)
class Once:
    """Sends each of the request's credentials alone, until one is accepted."""

    spec: ProbeSpec = specs.ONCE

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        stands_in = yield from stand_in(case.request, facts)
        base = stands_in or case.request
        best = to_keep(base, facts)
        others = (
            item for item in places.locate(base) if item.counts and item.place is not Place.PROXY and item != best
        )
        kept = [item for item in (best, *others) if item is not None]
        for item in kept[:_MOST_ALONE]:
            varied = "one of its credentials alone" + (f", by {stands_in.method}" if stands_in is not None else "")
            changed = keeping.with_only(base, item)
            if changed == base:
                continue
            if (yield from proved(base, Variant(self.spec.name, varied, changed, stands_in is not None))):
                return


EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    Varied(specs.CANONICAL, "canonical", "the same credential, written exactly right", _canonical),
    Varied(specs.REPAIRED, "repaired", "the same credential, its damage undone", _repaired),
    Schemes(specs.ADD_SCHEME, "add-scheme"),
    Schemes(specs.USE_SCHEME, "use-scheme"),
    Varied(specs.ANONYMOUS, "anonymous", "without any credential", _anonymous, compared=True),
    Varied(specs.GARBAGE, "garbage", "a well-formed, worthless credential", _garbage, compared=True),
    Varied(specs.GARBAGE_USER, "garbage", "an invented user and password", _garbage, compared=True),
    Varied(specs.PLACEMENT, "placement", "the same credential in the header that the API names", _placed),
    Once(),
    Varied(specs.BARE, "bare", "method, address and this credential alone", _bare),
    Read(),
    SafeMethod(),
    Named(),
    InventedPath(),
    FinalAddress(),
    Direct(),
    Again(),
)
"""In the order in which they are offered."""
