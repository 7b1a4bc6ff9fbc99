"""Two themes: one accent colour and calm greys; red for what is broken only."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="tui401-dark",
    primary="#6cb6c9",
    secondary="#6cb6c9",
    accent="#6cb6c9",
    success="#7fb685",
    warning="#d2a75d",
    error="#e0685f",
    foreground="#d6d8da",
    background="#15181b",
    surface="#15181b",
    panel="#1e2226",
    dark=True,
    # A muted text is otherwise computed from white, and comes out brighter than the text around it.
    variables={
        "border": "#4a5157",
        "border-blurred": "#3a4046",
        "text": "#d6d8da",
        "text-muted": "#8d959c",
        "text-disabled": "#5a6268",
        "text-accent": "#6cb6c9",
        "text-success": "#7fb685",
        "text-warning": "#d2a75d",
        "text-error": "#e57f77",
    },
)
LIGHT: Final = Theme(
    name="tui401-light",
    primary="#0f6b80",
    secondary="#0f6b80",
    accent="#0f6b80",
    success="#2c6e37",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#23272b",
    background="#f7f7f5",
    surface="#f7f7f5",
    panel="#ecece8",
    dark=False,
    variables={
        "border": "#9aa0a6",
        "border-blurred": "#c4c8cc",
        "text": "#23272b",
        "text-muted": "#62686e",
        "text-disabled": "#9aa0a6",
        "text-accent": "#0f6b80",
        "text-success": "#2c6e37",
        "text-warning": "#8a5a00",
        "text-error": "#b3261e",
    },
)
