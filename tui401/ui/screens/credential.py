"""Another credential, or a placeholder's value: masked from the first character on."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Gap, Para, Tone
from tui401.ui.ports import PortError
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page
from tui401.ui.widgets.secretfield import SecretField


class CredentialScreen(WizardScreen[Secret[str] | None]):
    """Returns what was given, None when the person went back.

    Args:
        title: What it is for.
        lines: What there is to know before.
        button: What giving it does.
        hints: Last characters of named secrets.
        ready: In an exercise, a credential that mends it.
        whole: It is taken letter by letter: a body, an address.
        optional: Nothing may be given; then what is returned is empty.
    """

    CSS_PATH = "credential.tcss"
    NAME = "Another credential"
    ABOUT = (
        Para("Paste a credential. It is masked before it reaches the screen, and kept in memory only."),
        Para("“Bearer” in front, quotes around it and line breaks inside are left out, and named."),
        Para("ctrl+u empties the field."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(
        self,
        title: str,
        lines: tuple[str, ...],
        *,
        button: str,
        hints: dict[str, str] | None = None,
        ready: Secret[str] | None = None,
        whole: bool = False,
        optional: bool = False,
    ) -> None:
        super().__init__()
        self._ready = ready
        self._whole, self._optional = whole, optional
        self._title, self._lines, self._button, self._hints = title, lines, button, hints or {}

    def compose(self) -> ComposeResult:
        """The field and its buttons."""
        yield TopLine(self._title, "masked")
        yield Line()
        with Page(id="page"):
            yield Blocks(id="says")
            yield SecretField()
            yield Blocks(id="notes")
            with Vertical(id="ways"):
                yield Action(self._button, "use")
                if self._ready is not None:
                    yield Action("Take the one that the practice server accepts", "ready")
                if self._optional:
                    yield Action("Go on without it", "without")
                yield Action("Back", "back")
            with Vertical(id="kept"):
                if self.wizard.ports.vault is not None:
                    yield Action("Take one from the keyring", "vault")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it."""
        self.query_one("#says", Blocks).show((*(Para(line, indent=1) for line in self._lines), Gap()), self._hints)
        self.query_one(SecretField).focus()

    @on(SecretField.Changed)
    def _understood(self, event: SecretField.Changed) -> None:
        if self._whole:
            return
        notes: list[Block] = [Para(note, Tone.WARN, mark="!") for note in event.given.notes]
        self.query_one("#notes", Blocks).show(tuple(notes))

    @on(SecretField.Submitted)
    def _submitted(self, _event: SecretField.Submitted) -> None:
        self._use()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        if event.key == "use":
            self._use()
        elif event.key == "back":
            self.dismiss(None)
        elif event.key == "without":
            self.dismiss(Secret(""))
        elif event.key == "ready" and self._ready is not None:
            self.query_one(SecretField).set(self._ready)
            self.query_one("#ways Action", Action).focus()
        elif event.key == "vault":
            self._list_kept()
        elif event.key.startswith("take:"):
            self._take(event.key.removeprefix("take:"))

    def _use(self) -> None:
        field = self.query_one(SecretField)
        secret = Secret(_lines(field.raw.reveal())) if self._whole else field.given.secret
        if not secret:
            self.say("Nothing was given yet: paste it into the field, or go back with Escape.", severity="warning")
            return
        self.dismiss(secret)

    @work(exit_on_error=False)
    async def _list_kept(self) -> None:
        vault = self.wizard.ports.vault
        if vault is None:
            return
        try:
            names = await vault.names()
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        if not names:
            self.say("The keyring holds nothing of tui401 yet.")
            return
        kept = self.query_one("#kept", Vertical)
        await kept.remove_children()
        await kept.mount_all([Action(f"Take {name}", f"take:{name}", classes="-wide") for name in names])
        kept.query(Action).first().focus()

    @work(exit_on_error=False)
    async def _take(self, name: str) -> None:
        vault = self.wizard.ports.vault
        if vault is None:
            return
        try:
            secret = await vault.take(name)
        except PortError as error:
            self.say(str(error), severity="warning")
            return
        self.query_one(SecretField).set(secret)
        self.query_one("#ways Action", Action).focus()


def _lines(pasted: str) -> str:
    """A pasted text with its line ends as they are typed: terminals paste them as carriage returns."""
    return pasted.replace("\r\n", "\n").replace("\r", "\n")
