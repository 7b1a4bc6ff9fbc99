"""One request made a step more like another, each credential staying with its own origin. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus

from tui401.model.http import Header, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.recovery.differences import Difference
from tui401.wire import places


@dataclass(frozen=True, slots=True)
class Step:
    """Differences that are taken over together, and what that does to the request that fails."""

    differences: tuple[Difference, ...]
    apply: Callable[[Request], Request]

    @property
    def title(self) -> str:
        """Their names."""
        return ", ".join(difference.title for difference in self.differences)


def steps(works: Request, fails: Request, differences: Iterable[Difference]) -> tuple[Step, ...]:
    """Steps from the one request to the other, each as small as safety allows, the weightiest first.

    A credential that one request names for its origin goes to no other one (safety.md). So where the origins differ,
    the origin and everything that is or may be a credential are one step.
    """
    every = tuple(differences)
    apart = works.origin != fails.origin
    together = tuple(d for d in every if apart and (d.place in ("origin", "transport", "body") or _may_be_secret(d)))
    made = [Step((d,), _one(works, d)) for d in every if d not in together]
    if together:
        made.insert(0, Step(together, _all([_one(works, d) for d in together])))
    return tuple(made)


def _may_be_secret(difference: Difference) -> bool:
    return difference.secret or difference.place == "cookie"


def _all(changes: Sequence[Callable[[Request], Request]]) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        for one in changes:
            request = one(request)
        return request

    return change


def _one(works: Request, difference: Difference) -> Callable[[Request], Request]:
    """What makes a request like the one that works in this one thing."""
    name = difference.name
    match difference.place:
        case "method":
            return lambda r: replace(r, method=works.method)
        case "origin":
            # How the bytes travel holds for an origin (safety.md), so it changes with it.
            return lambda r: replace(r, origin=works.origin, transport=works.transport)
        case "path":
            return lambda r: replace(r, target=_with_path(r.target, works.target))
        case "query":
            return lambda r: replace(r, target=_with_pair(r.target, works.target, name))
        case "header":
            return lambda r: _with_lines(r, works, name)
        case "cookie":
            return lambda r: _with_cookie(r, works, name)
        case "body":
            return lambda r: replace(r.without("Content-Length"), body=works.body)
        case _:
            return lambda r: replace(r, transport=replace(r.transport, **{name: getattr(works.transport, name)}))


def _with_path(target: Secret[str], other: Secret[str]) -> Secret[str]:
    _, mark, query = target.reveal().partition("?")
    return Secret(other.reveal().partition("?")[0] + mark + query)


def _with_pair(target: Secret[str], other: Secret[str], name: str) -> Secret[str]:
    """The target with that parameter as the other one has it, in the place of the first or at the end."""
    path, _, query = target.reveal().partition("?")
    new = [piece for piece in other.reveal().partition("?")[2].split("&") if piece and _named(piece, name)]
    old = [piece for piece in query.split("&") if piece]
    at = next((place for place, piece in enumerate(old) if _named(piece, name)), len(old))
    kept = [piece for piece in old if not _named(piece, name)]
    pieces = [*kept[:at], *new, *kept[at:]]
    return Secret(f"{path}?{'&'.join(pieces)}" if pieces else path)


def _named(piece: str, name: str) -> bool:
    return unquote_plus(piece.partition("=")[0]) == name


def _with_lines(request: Request, works: Request, name: str) -> Request:
    """The request with the header lines of that name as the other one has them, in the place of the first."""
    new = [header for header in works.headers if header.named(name)]
    at = next((place for place, header in enumerate(request.headers) if header.named(name)), len(request.headers))
    kept = [header for header in request.headers if not header.named(name)]
    return replace(request, headers=(*kept[:at], *new, *kept[at:]))


def _with_cookie(request: Request, works: Request, name: str) -> Request:
    def pairs(one: Request) -> list[str]:
        lines = (value.reveal() for value in one.values("Cookie"))
        return [pair.strip() for line in lines for pair in line.split(";") if pair.strip()]

    kept = [pair for pair in pairs(request) if pair.partition("=")[0].strip() != name]
    new = [pair for pair in pairs(works) if pair.partition("=")[0].strip() == name]
    line = next((h for h in (*request.headers, *works.headers) if h.named("Cookie")), None)
    bare = request.without("Cookie")
    if line is None or not (kept or new):
        return bare
    made = Header(line.name, Secret("; ".join([*kept, *new])), line.provenance)
    return replace(bare, headers=(*bare.headers, made))


def carries_only_its_own(request: Request, sides: Iterable[Request]) -> bool:
    """Whether every credential of a request is one that a side names for this very origin (safety.md)."""
    own = {item.value for one in sides if one.origin == request.origin for item in places.locate(one)}
    return all(item.value in own or not item.value or item.place is Place.PROXY for item in places.locate(request))
