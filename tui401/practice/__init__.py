"""A practice world: an authorization server and an API on loopback that really validate, with every fault on a switch.

It knows nothing of the rest of the package, and the rest knows nothing of it but how to start it.
"""

from __future__ import annotations

from tui401.practice.faults import Fault, Knows, catalogue, named, names
from tui401.practice.limits import Limits
from tui401.practice.world import Practice, PracticeError, PracticeThread

__all__ = ["Fault", "Knows", "Limits", "Practice", "PracticeError", "PracticeThread", "catalogue", "named", "names"]
