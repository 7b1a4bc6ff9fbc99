"""The tour: one request on the practice server is found out, mended, broken by hand and mended again. Pure.

The person works in the real wizard, and a line says at each stage what there is to see and which key leads on; whoever
takes another way is only told how to come back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from tui401.causes.steps import STEP_PAGES
from tui401.model.verdict import STEPS, Step

FAULT: Final = "audience-mismatch"
"""The exercise that it is made on."""
_RECOVERY, _FIX, _SOLVED, _EDIT = "Recovery", "Fix", "Solved", "Edit"
_MENDED: Final = 2  # the attempt that the first fix makes
_BROKEN: Final = 3  # and the one that is broken by hand


class Scene(NamedTuple):
    """What stands on the screen.

    Attributes:
        screen: The screen's name.
        attempt: The attempt that the case is at, 0 before any.
        waiting: The recovery waits for the person to choose, or has ended.
        step: The step whose page is open.
        moved: The person opened it.
        bare: The request in the editor carries no credential any more.
    """

    screen: str
    attempt: int = 0
    waiting: bool = False
    step: Step | None = None
    moved: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what is said, and where."""

    says: str
    here: Callable[[Scene], bool]


def _chooses(scene: Scene) -> bool:
    return scene.screen == _RECOVERY and scene.waiting


def _step_stage(number: int, step: Step) -> Stage:
    page = STEP_PAGES[step]
    on = f"Next: {number + 1}." if number < len(STEPS) else "Now f shows the fix."
    return Stage(
        f"{number} {page.name}: {page.question} {_SEEN[step]} {on}",
        lambda scene: _chooses(scene) and scene.attempt < _MENDED and scene.moved and scene.step is step,
    )


_SEEN: Final = {
    Step.TOKEN: "Its claims stand here; what is left of its life counts down at the left.",
    Step.HEADER: "A credential in the wrong form is refused like a bad one.",
    Step.AUDIENCE: "✗ Here: this token names another API.",
    Step.CLOCK: "A wrong clock makes good tokens look expired.",
    Step.PERMISSIONS: "Too few rights are refused; more than needed are a risk.",
    Step.SERVER: "Some refusals are not yours to mend.",
}
STAGES: Final = (
    Stage(
        "One request goes to a server inside this program. It will be refused, and you find out why.",
        lambda scene: scene.screen == _RECOVERY and not scene.waiting and scene.attempt < _MENDED,
    ),
    Stage(
        "401. The verdict stands on top; the six steps at the left led to it. Press 1 (or click Token).",
        lambda scene: _chooses(scene) and scene.attempt < _MENDED and not scene.moved,
    ),
    *(_step_stage(number, step) for number, step in enumerate(STEPS, 1)),
    Stage(
        "What would change, and who receives what. Nothing is sent before you choose: Enter fixes and sends.",
        lambda scene: scene.screen == _FIX and scene.attempt < _MENDED,
    ),
    Stage(
        "200: mended, and proved for this request. Now break it yourself: e opens the request.",
        lambda scene: scene.screen in (_SOLVED, _RECOVERY) and scene.waiting and scene.attempt == _MENDED,
    ),
    Stage(
        "Go down to the line Authorization and press d (click it, then esc, then “d remove”).",
        lambda scene: scene.screen == _EDIT and not scene.bare,
    ),
    Stage(
        "The credential is gone; u would undo that. s sends the request without it.",
        lambda scene: scene.screen == _EDIT and scene.bare,
    ),
    Stage(
        "Sent without a credential. What does the server say now?",
        lambda scene: scene.screen == _RECOVERY and not scene.waiting and scene.attempt >= _MENDED,
    ),
    Stage(
        "401 again, and this time step 2 knows: nothing was carried. f shows the fix.",
        lambda scene: _chooses(scene) and scene.attempt == _BROKEN,
    ),
    Stage(
        "Enter requests a token, puts it in, and sends.",
        lambda scene: scene.screen == _FIX and scene.attempt == _BROKEN,
    ),
    Stage(
        "Mended twice. Your own call: tui401 curl …; every fault to practise: tui401 practice. d ends the tour.",
        lambda scene: scene.screen == _SOLVED and scene.attempt > _BROKEN,
    ),
)
_ASIDE: Final = "This is beside the tour. Go on as you like: esc leads back, and T leaves the tour."


class Tour:
    """How far the person has come.

    Attributes:
        at: The stage, from 0.
    """

    def __init__(self) -> None:
        self.at = 0

    def look(self, scene: Scene) -> str:
        """What is said of a scene. Of each one stage is told at most, so that whoever goes back is led from there."""
        found = next((n for n, stage in enumerate(STAGES) if stage.here(scene)), None)
        if found is None:
            return _ASIDE
        self.at = found
        return STAGES[found].says
