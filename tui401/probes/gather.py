"""All gatherers: they run side by side, each with its own limit, and a failure is an observation."""

from __future__ import annotations

from tui401.model.probe import Gatherer
from tui401.probes.clock import ClockGatherer
from tui401.probes.discovery import DiscoveryGatherer, Issuers
from tui401.probes.health import TokenEndpointGatherer
from tui401.probes.keys import KeysGatherer
from tui401.probes.machine import MachineGatherer
from tui401.probes.resource import ResourceGatherer
from tui401.probes.send import Client


def gatherers(client: Client) -> tuple[Gatherer, ...]:
    """The gatherers of one recovery, sharing what they fetch.

    Args:
        client: Who sends for them.
    """
    issuers = Issuers(client)
    return (
        ClockGatherer(),
        MachineGatherer(),
        DiscoveryGatherer(issuers),
        KeysGatherer(client, issuers),
        ResourceGatherer(client, issuers),
        TokenEndpointGatherer(client, issuers),
    )
