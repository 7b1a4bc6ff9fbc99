"""Two themes: one accent colour and calm greys; red for what is broken only. Each once more for sixteen colours."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme


def _of_sixteen(
    theme: Theme, *, text: str, ground: str, quiet: str, line: str, accent: str, good: str, warn: str, bad: str
) -> Theme:
    """A theme in colours of the sixteen that every terminal has."""
    return Theme(
        name=f"{theme.name}-16",
        primary=accent,
        secondary=accent,
        accent=accent,
        success=good,
        warning=warn,
        error=bad,
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        dark=theme.dark,
        variables={
            "border": line,
            "border-blurred": line,
            "text": text,
            "text-muted": quiet,
            "text-disabled": line,
            "text-accent": accent,
            "text-success": good,
            "text-warning": warn,
            "text-error": bad,
        },
    )


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

# The nearest of sixteen colours to each of the above is grey. On white only blue and red can be read in every
# terminal's palette: the others are told by their glyph and word, as without any colour.
DARK_OF_SIXTEEN: Final = _of_sixteen(
    DARK,
    text="#ffffff",
    ground="#000000",
    quiet="#aaaaaa",
    line="#555555",
    accent="#55ffff",
    good="#55ff55",
    warn="#ffff55",
    bad="#ff5555",
)
LIGHT_OF_SIXTEEN: Final = _of_sixteen(
    LIGHT,
    text="#000000",
    ground="#ffffff",
    quiet="#555555",
    line="#555555",
    accent="#0000aa",
    good="#000000",
    warn="#000000",
    bad="#aa0000",
)
