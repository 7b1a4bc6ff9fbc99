"""Edit: the request as it would be sent, changed line by line; a token of another audience or other scopes; send."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll

from tui401.model.fix import TokenWish
from tui401.model.http import Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Gap, Head, Para, Tone
from tui401.ui.difference import changes, request_lines
from tui401.ui.draft import (
    Draft,
    DraftError,
    body_text,
    header_line,
    request_line,
    with_body,
    with_header_at,
    with_header_moved,
    with_request_line,
    without_header_at,
)
from tui401.ui.editing import Edited, Editing
from tui401.ui.lint import lint
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Action, Toggle
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.flow import Flow
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page
from tui401.ui.widgets.valuefield import ValueField
from tui401.wire import fields, redact, spans

_LINE, _BODY, _NEW = "line", "body", "new"
_DEFAULT = "audience:"  # the issuer's own


class EditScreen(WizardScreen[Edited]):
    """Returns what was made of the request, and whether to send it."""

    CSS_PATH = "edit.tcss"
    NAME = "Edit"
    ABOUT = (
        Para("The request, line by line, as it goes on the wire. Enter edits a line, Enter again or Escape ends that."),
        Para("Nothing is repaired: what you write is what is sent. What a server may trip over is marked under it."),
        Para("A secret is one chip: the cursor steps over it, backspace takes it away, what you paste becomes one."),
        Para("v shows the secrets of the line that has the arrow, until you leave it."),
        Para("Below stands what differs from the last attempt. Leaving keeps your changes; u takes them back."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "send", "send"),
        Binding("d,delete,backspace", "remove", "remove", key_display="d"),
        Binding("v", "reveal", "reveal"),
        Binding("u,ctrl+z", "undo", "undo", key_display="u"),
        Binding("U,ctrl+y", "redo", "redo", key_display="U"),
        Binding("a", "add", "add a header", show=False),
        Binding("t", "token", "request a token", show=False),
        Binding("b", "body", "edit the body", show=False),
        Binding("K,shift+up", "move(-1)", "move the header up", show=False, key_display="K"),
        Binding("J,shift+down", "move(1)", "move the header down", show=False, key_display="J"),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._from = editing
        self._draft = editing.draft
        self._keys: list[float] = []  # when the latest keys came
        self._typed: tuple[str, Secret[str]] | None = None  # the line under the hand, as it is so far
        self._audience = next((w.value for w in editing.audiences), "")
        self._scopes = [w.value for w in editing.scopes if w.held]

    @property
    def bare(self) -> bool:
        """Whether the request as it is written carries no credential in its usual place."""
        return not self._draft.request.values("Authorization")

    # -- drawing -------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The lines, the token, and what differs."""
        yield TopLine(f"Edit · attempt {self._from.attempt}", "nothing is sent until you press s")
        yield Line()
        with Page(id="page"):
            yield Vertical(id="lines")
            with Horizontal(id="ways"):
                yield Action("Send", "send", id="send")
                yield Action("+ header", "add")
                yield Action("+ body", "body", id="body")
            with Container(id="token"):
                yield Blocks(id="about")
                yield Vertical(id="audiences")
                yield Blocks(id="scoped")
                yield Flow(id="scopes")
                if self._from.asks:
                    yield Action("Request a token with these", "token", id="request")
        yield Line()
        with VerticalScroll(id="difference", can_focus=False):
            yield Blocks(id="differs")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Fills it."""
        await self._show_lines(focus=_LINE)
        await self._show_token()

    async def _show_lines(self, *, focus: str = "", new: bool = False, write: bool = False) -> None:
        """Draws all lines anew: there are more, fewer or others.

        Args:
            focus: Which one has the arrow.
            new: There is an empty one for a header.
            write: The hand writes in the one that has the arrow.
        """
        request, names = self._draft.request, self._names()
        hints = names.hints()
        fields_: list[ValueField] = [
            ValueField(
                request_line(request), _LINE, lambda text, _at: spans.of_request_line(text, names), hints, quiet_to=" "
            )
        ]
        headers = [header_line(header) for header in request.headers]
        for number, line in enumerate([*headers, Secret("")] if new else headers):
            fields_.append(
                ValueField(
                    line,
                    f"header:{number}" if number < len(headers) else _NEW,
                    lambda text, at: spans.of_header_line(text, names, at=at),
                    hints,
                    hint="Name: value",
                    quiet_to=":",
                )
            )
        text = body_text(request)
        if text is not None and (text or focus == _BODY):
            kind = fields.media_type(request.values("Content-Type"))
            fields_.append(
                ValueField(
                    text,
                    _BODY,
                    lambda text, _at: spans.of_body(text, kind, names),
                    hints,
                    lines=True,
                    hint="the body: text, sent as UTF-8",
                )
            )
        box = self.query_one("#lines", Vertical)
        with self.app.batch_update():
            await box.remove_children()
            for field in fields_:
                await box.mount_all([field, Blocks(id=_about(field.key))])
        self.query_one("#body", Action).display = text is not None and not text and focus != _BODY
        for field in fields_:
            self._say_about(field)
        self._show_difference()
        wanted = next((f for f in fields_ if f.key == focus), None)
        if wanted is not None:
            wanted.focus()
            if write:
                wanted.begin()
        self.refresh_bindings()

    async def _show_token(self) -> None:
        known = self._from
        about = self.query_one("#about", Blocks)
        if not known.asks:
            says = "No issuer is known here that gives tokens by itself: paste another credential into its line."
            if known.ended:
                says = "This case has ended. Send the request once more, and another token can be requested here."
            about.show((Gap(), Para(says, Tone.QUIET, indent=1)) if known.tokens else ())
            return
        about.show((Gap(), Para(f"A token of {known.asks}, for", Tone.QUIET, indent=1)))
        rows = [
            Toggle(f"{wish.value}   {wish.by}", f"audience:{wish.value}", on=wish.value == self._audience, one=True)
            for wish in known.audiences
        ]
        rows.append(Toggle("the issuer's own choice of audience", _DEFAULT, on=not self._audience, one=True))
        await self.query_one("#audiences", Vertical).mount_all(rows)
        if known.scopes:
            self.query_one("#scoped", Blocks).show((Head("with the scopes"),))
            await self.query_one("#scopes", Flow).mount_all(
                [Toggle(wish.value, f"scope:{wish.value}", on=wish.value in self._scopes) for wish in known.scopes]
            )

    def _names(self) -> Names:
        """The names of the case's secrets, and for now of those that were written here."""
        names = self._from.names.copy()
        redact.request(self._draft.request, names)
        return names

    def _say_about(self, field: ValueField, problem: str = "") -> None:
        """What a server may trip over in a line, under it."""
        says: tuple[Block, ...] = (Para(problem, Tone.WARN, mark="!"),) if problem else ()
        if field.key.startswith("header:") or field.key == _NEW:
            says = (*says, *lint(field.text, self._draft.request))
        self.query_one(f"#{_about(field.key)}", Blocks).show(says)

    def _show_difference(self) -> None:
        """What differs from the last attempt, the line under the hand as it is so far."""
        request, typed = self._draft.request, self._typed
        if typed is not None:
            try:
                request = self._with(*typed)
            except DraftError:
                request, typed = self._draft.request, None
        names = self._from.names.copy()
        before = request_lines(redact.request(self._draft.base, names))
        after = list(request_lines(redact.request(request, names)))
        if typed is not None and request != self._draft.request:
            after = self._under_the_hand(after, request, *typed)
        hints = names.hints()
        made = changes(before, after, hints)
        if made:
            shown: tuple[Block, ...] = (Head("Since the last attempt"), *made)
        else:
            says = "Nothing differs yet from the last attempt."
            if request != self._draft.base:
                says = "It differs from the last attempt in what cannot be shown."
            shown = (Para(says, Tone.QUIET, indent=1),)
        self.query_one("#differs", Blocks).show(shown, hints)

    def _under_the_hand(self, after: list[str], request: Request, key: str, text: Secret[str]) -> list[str]:
        """The lines with the one that is being written covered as its field covers it: it may become a secret."""
        field = next(f for f in self.query(ValueField).results(ValueField) if f.key == key)
        covered = field.covered(text)
        if key == _BODY:
            return [*after[: 1 + len(request.headers)], *covered.split("\n")]
        at = 0 if key == _LINE else len(request.headers) if key == _NEW else 1 + int(key.partition(":")[2])
        return [*after[:at], covered, *after[at + 1 :]] if at < len(after) else after

    # -- writing -------------------------------------------------------------------------------------------------

    @on(ValueField.Changed)
    def _written(self, event: ValueField.Changed) -> None:
        event.stop()
        self._typed = (event.field.key, event.text)
        self._say_about(event.field)
        self._show_difference()

    @on(ValueField.Done)
    async def _left(self, event: ValueField.Done) -> None:
        event.stop()
        self._typed = None
        field = event.field
        if not field.is_attached:
            return
        if field.key == _NEW and not event.text.reveal().strip():
            await self._show_lines(focus=f"header:{len(self._draft.request.headers) - 1}")
            return
        try:
            request = self._with(field.key, event.text)
        except DraftError as error:
            self._say_about(field, str(error))
            if event.asked:
                field.go_on()
            else:
                field.reset()
                self.say(f"{error} The line was left as it was.", severity="warning")
            self._show_difference()
            return
        key = field.key if field.key != _NEW else f"header:{len(request.headers) - 1}"
        focused = self.focused
        await self._become(self._draft.to(request), key if focused is field else "")

    def _with(self, key: str, text: Secret[str]) -> Request:
        """The request with one line as it is written."""
        request = self._draft.request
        if key == _LINE:
            made = with_request_line(request, text, self._from.way_to)
            # Back at the command's own origin its own way there holds again.
            return _at_home(made, self._draft.base)
        if key == _BODY:
            return with_body(request, text)
        at = len(request.headers) if key == _NEW else int(key.partition(":")[2])
        return with_header_at(request, at, text)

    async def _become(self, draft: Draft, focus: str) -> None:
        same = draft.request == self._draft.request
        self._draft = draft
        if not same or focus:
            await self._show_lines(focus=focus)
        self.refresh_bindings()

    # -- what can be done ----------------------------------------------------------------------------------------

    @property
    def _field(self) -> ValueField | None:
        return self.focused if isinstance(self.focused, ValueField) else None

    @on(Action.Pressed)
    async def _pressed(self, event: Action.Pressed) -> None:
        event.stop()
        match event.key:
            case "send":
                self.action_send()
            case "add":
                await self.action_add()
            case "body":
                await self.action_body()
            case "token":
                self.action_token()
            case key if key.startswith("audience:"):
                self._audience = key.removeprefix("audience:")
                for toggle in self.query("#audiences Toggle").results(Toggle):
                    toggle.turn(on=toggle.key == key)
            case key:
                scope = key.removeprefix("scope:")
                self._scopes = (
                    [s for s in self._scopes if s != scope] if scope in self._scopes else [*self._scopes, scope]
                )
                assert isinstance(event.action, Toggle)  # noqa: S101 - only toggles have such keys
                event.action.turn(on=scope in self._scopes)

    def on_key(self, event: events.Key) -> None:
        """Notes when keys come: many at once are a paste that the terminal did not bracket."""
        self._keys = [*self._keys[-7:], event.time]

    def action_send(self) -> None:
        """Sends it as it stands, unless more keys follow at once."""
        self._go(Edited(self._draft, send=True))

    def action_token(self) -> None:
        """Asks for a token with the chosen audience and scopes, and sends the request with it."""
        if not self._from.asks:
            self.say("No issuer is known here that gives tokens by itself.", severity="warning")
            return
        wanted = {wish.value for wish in self._from.scopes}
        wish = TokenWish(audience=self._audience, scopes=tuple(s for s in self._scopes if s in wanted))
        self._go(Edited(self._draft, send=True, wish=wish))

    def _go(self, edited: Edited) -> None:
        burst = self.wizard.burst_seconds
        if not self.armed:
            return

        def go() -> None:
            # A letter that is meant stands alone; one of a paste has others beside it.
            if self.is_attached and sum(1 for at in self._keys if monotonic() - at < 3 * burst) <= 1:
                self.dismiss(edited)

        if burst:
            self.set_timer(2 * burst, go, name="a key that sends")
        else:
            self.call_later(go)

    async def action_add(self) -> None:
        """Opens an empty line for a header."""
        await self._show_lines(focus=_NEW, new=True, write=True)

    async def action_body(self) -> None:
        """To the body, an empty one where there is none."""
        if body_text(self._draft.request) is None:
            self.say("The body is no text, or too long to be edited here: it is sent as it is. d removes it.")
            return
        await self._show_lines(focus=_BODY, write=True)

    async def action_remove(self) -> None:
        """Takes the line with the arrow out of the request."""
        field = self._field
        if field is None or field.editing:
            return
        request = self._draft.request
        if field.key == _BODY:
            await self._become(self._draft.to(with_body(request, Secret(""))), _LINE)
        elif field.key.startswith("header:"):
            at = int(field.key.partition(":")[2])
            after = without_header_at(request, at)
            left = len(after.headers)
            await self._become(self._draft.to(after), f"header:{min(at, left - 1)}" if left else _LINE)

    async def action_move(self, by: int) -> None:
        """Moves the header with the arrow up or down."""
        field = self._field
        if field is None or field.editing or not field.key.startswith("header:"):
            return
        at = int(field.key.partition(":")[2])
        after = with_header_moved(self._draft.request, at, by)
        if after != self._draft.request:
            await self._become(self._draft.to(after), f"header:{at + by}")

    async def action_undo(self) -> None:
        """Takes the last change back."""
        await self._become(self._draft.undo(), self._field.key if self._field is not None else _LINE)

    async def action_redo(self) -> None:
        """Makes the change again that was taken back."""
        await self._become(self._draft.redo(), self._field.key if self._field is not None else _LINE)

    def action_reveal(self) -> None:
        """Shows the secrets of the line with the arrow, or hides them again."""
        if self._field is not None:
            self._field.reveal(shown=not self._field.revealed)
            self.refresh_bindings()

    def action_back(self) -> None:
        """Leaves; what was changed is kept."""
        self.dismiss(Edited(self._draft))

    def on_screen_suspend(self) -> None:
        """Hides what was revealed when another screen opens."""
        for field in self.query(ValueField).results(ValueField):
            field.reveal(shown=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves out what does not apply to where the arrow is."""
        field = self._field
        if field is not None and field.editing:
            return action in ("back", "help", "app.focus_next", "app.focus_previous")
        match action:
            case "remove":
                return field is not None and field.key != _LINE
            case "move":
                return field is not None and field.key.startswith("header:")
            case "reveal":
                return field is not None
            case "undo":
                return bool(self._draft.past)
            case "redo":
                return bool(self._draft.future)
            case "token":
                return bool(self._from.asks)
            case _:
                return super().check_action(action, parameters)

    def describe(self, action: str, description: str) -> str:
        """Keys by what they do to this line."""
        field = self._field
        if action == "enter" and field is not None and field.editing:
            return "new line" if field.key == _BODY else "done"
        if action == "reveal" and self._field is not None and self._field.revealed:
            return "hide"
        return description


def _about(key: str) -> str:
    return f"about-{key.replace(':', '-')}"


def _at_home(request: Request, base: Request) -> Request:
    return replace(request, transport=base.transport) if request.origin == base.origin else request
