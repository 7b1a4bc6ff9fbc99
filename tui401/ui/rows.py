"""Buttons in rows. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from tui401.ui.headline import Offer


def in_rows(made: tuple[Offer, ...], room: int) -> list[list[Offer]]:
    """Buttons in rows that fit; each takes its label, brackets and a gap."""
    rows: list[list[Offer]] = []
    used = 0
    for offer in made:
        size = cell_len(offer.label) + 5
        if not rows or used + size > room:
            rows.append([])
            used = 0
        rows[-1].append(offer)
        used += size
    return rows
