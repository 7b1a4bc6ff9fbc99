"""The Python interface: the same judge for an exchange at hand, in tests, in notebooks, over a fleet's logs.

Everything here is pure but for the clock: nothing is sent, and nothing is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from tui401.intake.harentry import BadEntryError
from tui401.judge.unrefused import MOVED
from tui401.model.case import Known
from tui401.model.verdict import Diagnosis
from tui401.offline.engine import Around, judge
from tui401.offline.exchanges import entry_of, hops_of
from tui401.offline.knowledge import Knowledge
from tui401.offline.objects import SCHEMA
from tui401.offline.teller import Teller

Profile = str | Mapping[str, Any] | Known | None
"""What is known of the API: a profile's name in ``config.toml``, or a mapping with ``issuer``, ``audience``,
``scopes`` and ``client_id``."""

Told = Callable[[Any, Diagnosis], object]

_FIELDS = frozenset({"issuer", "audience", "scopes", "client_id"})
_TELLERS = threading.local()
_MOST_TELLERS = 16


def explain(request: Any, response: Any, *, at: datetime | float | None = None, profile: Profile = None) -> Diagnosis:
    """Why an answer refuses, as far as the exchange alone can tell.

    Args:
        request: The request that was sent, of httpx, of requests, or anything with ``method``, ``url``, ``headers`` and
            a body as ``content`` or ``body``; None where the response knows its own.
        response: The answer, with ``status_code`` (or ``status``), ``headers`` and ``content``.
        at: When it had come, for recordings: tokens are judged by that moment. This moment when None.
        profile: What is known of the API.

    Returns:
        The diagnosis. Its ``outcome`` is ``succeeded`` for an answer that refuses nothing; ``root`` is the verdict that
        stands first, with its reasons in ``because``, none of which holds a secret.

    Raises:
        ValueError: for objects that lack what is needed, and for a profile that does not exist.
    """
    known = _known(profile)
    asked = request if request is not None else getattr(response, "request", None)
    _, diagnosis = judge(hops_of(asked, response, at, time.time()), Around(known), via="python")
    return diagnosis


def explain_record(record: Mapping[str, Any], *, profile: Profile = None) -> dict[str, Any]:
    """The same over a plain record, for engines that map a function over a log.

    Args:
        record: ``url`` and ``status``, and what else is known: ``method``, ``request_headers``, ``response_headers``,
            ``request_body``, ``response_body``, ``at``, ``elapsed``; or an entry of a HAR.
        profile: What is known of the API.

    Returns:
        What ``tui401 explain --format json`` prints of an exchange, and ``refused``; what refuses nothing has no
        verdict. Plain values, so it can be pickled, as can this function.

    Raises:
        ValueError: for a record that lacks its address or status, and for a profile that does not exist.
    """
    entry, sanitised = entry_of(record)
    try:
        said = _teller(_known(profile)).tell(entry, sanitised=sanitised)
    except BadEntryError as error:
        raise ValueError(f"The record {error}") from error
    if said is None:
        return {"schema": SCHEMA, "refused": False, "status": entry.response.status, "verdict": None, "causes": []}
    made: dict[str, Any] = msgspec.json.decode(said)
    return {"refused": True, **made}


def response_hook(*, profile: Profile = None, then: Told | None = None) -> Callable[..., None]:
    """A hook that gives each refusal its diagnosis, for ``httpx.Client(event_hooks={"response": [hook]})``.

    Args:
        profile: What is known of the API.
        then: Called with each refusing response and its diagnosis, for example to log it.

    Returns:
        The hook; for requests it goes into ``session.hooks["response"]``. The diagnosis stands in
        ``response.extensions["tui401"]``, or as ``response.tui401`` where a response has no extensions. An answer that
        refuses nothing has none. Whatever is wrong with the exchange, the hook raises nothing but what ``then`` raises.
    """

    def hook(response: Any, *_: Any, **__: Any) -> None:
        if _worth_a_look(response):
            read = getattr(response, "read", None)
            if callable(read):
                read()
            _attach(response, profile, then)

    return hook


def async_response_hook(*, profile: Profile = None, then: Told | None = None) -> Callable[[Any], Awaitable[None]]:
    """The same for ``httpx.AsyncClient``; the arguments are those of ``response_hook``."""

    async def hook(response: Any) -> None:
        if _worth_a_look(response):
            await response.aread()
            _attach(response, profile, then)

    return hook


def _worth_a_look(response: Any) -> bool:
    """Whether a body may be read to its end: successes may be streams that somebody else reads."""
    status = getattr(response, "status_code", 0)
    return isinstance(status, int) and (status >= 400 or status in MOVED)


def _attach(response: Any, profile: Profile, then: Told | None) -> None:
    known = _known(profile)
    try:
        hops = hops_of(getattr(response, "request", None), response, None, time.time())
    except ValueError:
        return
    facts, diagnosis = judge(hops, Around(known), via="python")
    if not facts.refused:
        return
    extensions = getattr(response, "extensions", None)
    if isinstance(extensions, dict):
        extensions["tui401"] = diagnosis
    else:
        response.tui401 = diagnosis
    if then is not None:
        then(response, diagnosis)


def _known(profile: Profile) -> Known:
    if profile is None:
        return Known()
    if isinstance(profile, Known):
        return profile
    if isinstance(profile, str):
        return _named(profile)
    strange = sorted(set(profile) - _FIELDS)
    if strange:
        raise ValueError(f"A profile has no {strange[0]!r}. It has {', '.join(sorted(_FIELDS))}.")
    scopes = profile.get("scopes", ())
    return Known(
        issuer=str(profile.get("issuer", "")),
        audience=str(profile.get("audience", "")),
        scopes=tuple(scopes.split() if isinstance(scopes, str) else scopes),
        client_id=str(profile.get("client_id", "")),
        source="your options",
    )


def _named(name: str) -> Known:
    from tui401.cli.places import config_folder  # noqa: PLC0415 - only where a name is given
    from tui401.vault.profiles import load  # noqa: PLC0415 - the same

    profiles = load(config_folder() / "config.toml")
    if name not in profiles:
        there = f" There are {', '.join(profiles)}." if profiles else ""
        raise ValueError(f"There is no profile {name[:60]!r}.{there}")
    return profiles[name].known()


def _teller(known: Known) -> Teller:
    """The teller of this thread for requests around which this is known."""
    held: dict[Known, Teller] = _TELLERS.__dict__.setdefault("held", {})
    if known not in held:
        if len(held) >= _MOST_TELLERS:
            held.clear()
        held[known] = Teller(Knowledge(lambda _origin: known))
    return held[known]
