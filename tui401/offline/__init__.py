"""Judging what was recorded: exchanges of a HAR, of a gateway's log, of somebody's own tests. Sends nothing.

Everything here is a pure function of what it is given; nothing is fetched, kept or written.
"""

from __future__ import annotations
