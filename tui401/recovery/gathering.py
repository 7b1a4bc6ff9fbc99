"""Gatherers run side by side with the API's requests, each with its own limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from tui401.model import events
from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.probe import Gatherer, ProbeSpec, Touches
from tui401.model.shown import Evidence
from tui401.recovery.ledger import Ledger

_LASTING: Final = frozenset({"clock", "machine"})  # an edit of the request does not touch what these found


class Gathering:
    """Starts gatherers as soon as they can help, and never twice for one attempt.

    Args:
        gatherers: All there are.
        ledger: Where their evidence goes.
        ended: Called after each has ended.
        brought: Called with each piece of evidence, once it is held.
    """

    def __init__(
        self,
        gatherers: Sequence[Gatherer],
        ledger: Ledger,
        ended: Callable[[], None],
        brought: Callable[[Evidence], None] = lambda _piece: None,
    ) -> None:
        self._gatherers = gatherers
        self._ledger = ledger
        self._ended = ended
        self._brought = brought
        self._launched: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._specs: dict[str, ProbeSpec] = {}

    def launch(self, case: Case, facts: Facts) -> None:
        """Starts every gatherer that can help by now and is allowed."""
        if case.options.passive:
            return
        for gatherer in self._gatherers:
            spec = gatherer.spec
            if spec.name in self._launched or not spec.applies(facts):
                continue
            if case.options.only_api and spec.touches is not Touches.MACHINE:
                continue
            self._launched.add(spec.name)
            self._specs[spec.name] = spec
            self._ledger.emit(
                events.ProbeStarted(probe=spec.name, title=spec.title, at=self._ledger.now(), limit=spec.limit)
            )
            task = asyncio.create_task(self._run(gatherer, case, facts), name=f"gather {spec.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def forget(self) -> None:
        """Lets all but the lasting ones run again: the request has changed."""
        self._launched &= _LASTING

    @property
    def running(self) -> bool:
        """Whether any has not ended yet."""
        return bool(self._tasks)

    def may_settle(self, causes: set[str]) -> bool:
        """Whether one that runs already may settle what an experiment would cost a request for."""
        return any(spec.separates & causes for spec in self._specs.values())

    async def one_ended(self) -> None:
        """Waits until at least one of those that run has ended."""
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # a fault of ours must not pass in silence

    async def stop(self) -> None:
        """Cancels those that run and waits for their end."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, gatherer: Gatherer, case: Case, facts: Facts) -> None:
        spec, problem = gatherer.spec, ""
        try:
            async with asyncio.timeout(spec.limit):
                for piece in await gatherer.run(case, facts):
                    self._ledger.hold(piece)
                    self._brought(piece)
        except TimeoutError:
            problem = f"No answer within {spec.limit:g} s."
        except Exception as error:  # noqa: BLE001 - one broken look around must not end a recovery; it is told
            # The type alone: a message may hold what was looked at.
            problem = f"It met a fault of its own ({type(error).__name__}), so it brought nothing."
        finally:
            self._specs.pop(spec.name, None)
            self._ledger.emit(events.ProbeEnded(probe=spec.name, at=self._ledger.now(), problem=problem))
            self._ended()
