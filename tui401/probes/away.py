"""Experiments that go another way or elsewhere: to where a redirect led, past the proxy, to another path. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import DEFAULT_PORTS, Origin, Request, Transport
from tui401.model.probe import Flow, ProbeSpec, Variant
from tui401.model.secret import Secret
from tui401.probes import applies, specs
from tui401.probes.conversing import AGAIN, REFUSALS, by, proved, stand_in, status_of
from tui401.probes.redirect import elsewhere
from tui401.wire import places

INVENTED: Final = "tui401-no-such-path"


@dataclass(frozen=True, slots=True)
class FinalAddress:
    """Sends the request straight to where its redirects ended. Another origin has it after a yes (safety.md)."""

    spec: ProbeSpec = specs.FINAL_ADDRESS

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        original = case.request
        stands_in = yield from stand_in(original, facts)
        base = stands_in or original
        where = final_address(facts)
        if where is None:  # the address was masked in the evidence, so it is walked once more to learn it
            came = yield Variant(AGAIN, "as sent first", base, stands_in is not None)
            if len(came.hops) < 2:
                return
            where = came.hops[-1].request.origin, came.hops[-1].request.target
        origin, target = where
        if original.origin.scheme == "https" and origin.scheme != "https":
            return
        transport = elsewhere_by(original, origin, case)
        changed = replace(base.without("Host"), origin=origin, target=target, transport=transport)
        varied = f"straight to {origin}, where the redirect led"
        yield from proved(base, Variant(self.spec.name, varied, changed, stands_in is not None))


def final_address(facts: Facts) -> tuple[Origin, Secret[str]] | None:
    """Where the redirects ended; None where the address was masked in the evidence, or is none."""
    if facts.answer is None or not facts.answer.hops:
        return None
    url = facts.answer.hops[-1].request.url
    if not applies.is_whole(url):
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


def elsewhere_by(original: Request, origin: Origin, case: Case) -> Transport:
    """How a request travels to the origin where its redirects ended."""
    if origin == original.origin:
        return original.transport
    return elsewhere(original.transport, case.way_to(origin))


@dataclass(frozen=True, slots=True)
class Direct:
    """Sends the request past the forward proxy; by https only, since else anyone on the way could read it."""

    spec: ProbeSpec = specs.DIRECT

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        if case.request.transport.proxy is None or case.request.origin.scheme != "https":
            return
        stands_in = yield from stand_in(case.request, facts)
        base = stands_in or case.request
        yield from proved(base, Variant(self.spec.name, "without the proxy", past_proxy(base), stands_in is not None))


def past_proxy(request: Request) -> Request:
    """The same request without its forward proxy, and without what was for the proxy alone."""
    return replace(request.without("Proxy-Authorization"), transport=replace(request.transport, proxy=None))


@dataclass(frozen=True, slots=True)
class InventedPath:
    """Asks for a path that cannot exist with the same credential: is it refused there, too?

    Where it is not, the same path without a credential shows whether the credential made the difference. Where it is,
    the address is tried as it may have been meant.
    """

    spec: ProbeSpec = specs.INVENTED_PATH

    def flow(self, case: Case, facts: Facts) -> Flow:  # noqa: ARG002 - the shape of every experiment
        """The conversation."""
        original = case.request
        invented = with_path(by(original, "GET"), _beside(original.target.reveal()))
        came = yield Variant(self.spec.name, "a path that cannot exist, with the same credential", invented)
        if not status_of(came):
            return
        if status_of(came) not in REFUSALS:
            bare = places.without_credentials(invented)
            yield Variant("invented-path-anonymous", "the same path without any credential", bare)
            return
        for target in applies.near_targets(original.target.reveal()):
            changed = replace(original, target=Secret(target))
            if (yield from proved(original, Variant("near-path", "the same request, its path put right", changed))):
                return


def with_path(request: Request, path: str) -> Request:
    """The same request for another path; its query stays, since a key may stand there."""
    _, mark, query = request.target.reveal().partition("?")
    return replace(request, target=Secret(f"{path}{mark}{query}"))


def _beside(target: str) -> str:
    """A path that cannot exist, beside the one that was asked for."""
    above = target.partition("?")[0].rstrip("/").rpartition("/")[0]
    return f"{above}/{INVENTED}"
