"""The HTTP library. A successor with the same interface is named here and nowhere else."""

from __future__ import annotations

import logging

import httpcore as httpcore  # noqa: PLC0414 - re-exported on purpose
import httpx as httpx  # noqa: PLC0414 - the same

for _name in ("httpx", "httpcore"):
    _logger = logging.getLogger(_name)  # they log addresses and headers, which hold credentials
    _logger.handlers = [logging.NullHandler()]
    _logger.propagate = False
    _logger.setLevel(logging.CRITICAL + 1)
