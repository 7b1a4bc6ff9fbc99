"""The tour's line above the keys: what there is to see, what leads on, and the way out of the tour."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from tui401.ui.blocks import Para, Tone
from tui401.ui.tour import STAGES, Scene, Tour
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks

if TYPE_CHECKING:
    from tui401.ui.app import Wizard


class Leave(Action, can_focus=False):
    """A button for the mouse alone; the key is ``T``, so that Tab and Enter stay with the screen below."""


class Guide(Widget):
    """Follows the screen that it stands on.

    Args:
        tour: The tour.
    """

    DEFAULT_CSS = """
    Guide {
        height: 3; width: 1fr; background: $panel;
        Horizontal { height: 1; }
        Blocks { width: 1fr; height: auto; }
        #far { width: 1fr; height: 1; }
    }
    """

    def __init__(self, tour: Tour) -> None:
        super().__init__()
        self._tour = tour

    def compose(self) -> ComposeResult:
        """How far it is, the way out, and the line."""
        with Horizontal():
            yield Blocks(id="far")
            yield Leave("Leave the tour: T", "leave-the-tour")
        yield Blocks(id="says")

    def on_mount(self) -> None:
        """Follows what can be done on the screen, which changes with all that happens there."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.look())
        self.look()

    def look(self) -> None:
        """Says the stage that the screen is at, unless another one lies over it or it goes away just now."""
        if self.app.screen is not self.screen or not self.query("#far"):
            return
        says = self._tour.look(scene_of(cast("Wizard", self.app)))
        far = f"Tour, {self._tour.at + 1} of {len(STAGES)}"
        self.query_one("#far", Blocks).show((Para(far, Tone.ACCENT, indent=1),))
        self.query_one("#says", Blocks).show((Para(says, indent=1),))

    @on(Action.Pressed)
    def _leave(self, event: Action.Pressed) -> None:
        event.stop()
        cast("Wizard", self.app).end_tour()


def scene_of(app: Wizard) -> Scene:
    """What stands on the screen now."""
    screen, session = app.screen, app.session
    return Scene(
        screen=getattr(screen, "NAME", ""),
        attempt=session.view.attempt if session is not None else 0,
        waiting=session is not None and (bool(session.choices) or not session.running),
        step=getattr(screen, "step", None),
        moved=getattr(screen, "moved", False),
        bare=getattr(screen, "bare", False),
    )
