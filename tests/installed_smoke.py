"""Tries the installed package, alone in its environment: run with that environment's Python, outside the checkout.

    VENV/bin/python tests/installed_smoke.py

It compares what was installed with the sources, prints every page, mends a fault of the practice server headless, and
opens every screen of the wizard on it. Ends with 0 and one line, or with the reason.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

SOURCES = Path(__file__).resolve().parents[1] / "tui401"
LIMIT = 60.0  # seconds for any one wait
FAULT = "token-expired"


def check(true: object, otherwise: str) -> None:
    """Ends the run with a sentence unless something holds."""
    if not true:
        raise SystemExit(f"installed package: {otherwise}")


def program(*argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed command."""
    name = "tui401.exe" if os.name == "nt" else "tui401"
    command = Path(sys.executable).parent / name
    check(command.exists(), f"there is no command {command}")
    return subprocess.run(
        [command, *argv],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", **env},
    )


def files() -> int:
    """Every module, stylesheet and data file of the sources was installed as it is, and nothing else was."""
    import tui401

    installed = Path(tui401.__file__).parent
    check(installed != SOURCES, "this is the checkout, not an installed package; run it outside of the checkout")
    wanted = {
        path.relative_to(SOURCES): path
        for path in SOURCES.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    listed = {
        Path(*file.parts[1:])
        for file in metadata.files("tui401") or ()
        if file.parts[0] == "tui401" and file.suffix != ".pyc"
    }
    check(listed == set(wanted), f"not in both: {sorted(map(str, listed ^ set(wanted)))}")
    for name, source in wanted.items():
        there = installed / name
        check(there.is_file() and there.read_bytes() == source.read_bytes(), f"{name} is not as in the sources")
    kinds = {name.suffix for name in wanted}
    check({".py", ".tcss", ".toml"} <= kinds, f"only {kinds} were looked for")
    return len(wanted)


def pages() -> int:
    """The version, and the manual page of every cause and step."""
    version = program("--version")
    check(version.stdout.strip() == f"tui401 {metadata.version('tui401')}", f"--version says {version.stdout!r}")
    from tui401.causes import all_causes
    from tui401.cli.run import run
    from tui401.model.verdict import STEPS

    topics = [*all_causes(), *(step.value for step in STEPS), "401-vs-403"]
    for topic in topics:
        printed = StringIO()
        with redirect_stdout(printed):
            code = run(["why", topic])
        check(code == 0 and len(printed.getvalue()) > 200, f"why {topic} printed {printed.getvalue()!r}")
    once = program("why", topics[0])
    check(once.returncode == 0 and once.stdout, f"the command printed no page: {once.stderr}")
    from tui401.dialects import load

    check(len(load()) == len(list((SOURCES / "dialects" / "data").glob("*.toml"))), "not every dialect is loaded")
    return len(topics)


def headless() -> None:
    """A whole recovery by the command."""
    from tui401.practice import PracticeThread

    with PracticeThread(FAULT) as world:
        knows = world.knows
        options = ["--issuer", knows.issuer, "--client-id", knows.client_id, "--ntp", knows.ntp, "--scope", knows.scope]
        given = [str(one) for one in (*options, "--audience", knows.audience)]
        secret = str(knows.client_secret)
        ran = program("diagnose", "--fix", *given, *world.argv, TUI401_CLIENT_SECRET=secret)
    check(ran.returncode == 0, f"diagnose --fix ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
    check(f"({FAULT})" in ran.stdout and "RECOVERED" in ran.stdout, f"diagnose --fix says {ran.stdout}")
    check("Traceback" not in ran.stderr, ran.stderr)


class Listed(NamedTuple):
    """A recording with one refusal, of which only the list is looked at."""

    name: str
    refused: tuple[Any, ...]
    more: int = 0
    unread: int = 0


def screen_classes() -> set[type[Any]]:
    """All screens that there are."""
    from tui401.ui import screens
    from tui401.ui.screens.base import WizardScreen

    for module in pkgutil.iter_modules(screens.__path__, f"{screens.__name__}."):
        importlib.import_module(module.name)

    def below(kind: type[Any]) -> set[type[Any]]:
        return {found for sub in kind.__subclasses__() for found in (sub, *below(sub))}

    return {kind for kind in below(WizardScreen) if kind.__module__.startswith(screens.__name__)}


async def screens(folder: Path) -> int:  # noqa: PLR0915 - one walk, told in its order
    """Opens every screen of the wizard, by its keys, on the practice server."""
    from textual.events import Paste

    from tui401.cli import adapters
    from tui401.cli.lesson import Lesson
    from tui401.cli.places import state_folder
    from tui401.cli.wizard import bare_options, ports_of
    from tui401.model.fix import Asks, Choice, Question
    from tui401.practice import PracticeThread
    from tui401.ui.app import Wizard
    from tui401.ui.ports import Recorded
    from tui401.ui.screens.failing import FailingScreen
    from tui401.ui.screens.recorded import RecordedScreen
    from tui401.ui.screens.signin import SignInScreen

    seen: set[str] = set()
    shelf, lesson = adapters.Shelf(state_folder), Lesson()
    ports = ports_of(bare_options(), shelf, lesson)
    app = Wizard(ports, burst_seconds=0.0, guard_seconds=0.0, save_folder=folder)
    try:
        async with app.run_test(size=(100, 36)) as pilot:

            async def until(name: str, true: Callable[[], object] = lambda: True) -> None:
                ends = time.monotonic() + LIMIT
                while type(app.screen).__name__ != name or not true():
                    check(time.monotonic() < ends, f"{name} was awaited, {type(app.screen).__name__} is shown")
                    fault = app.session.fault if app.session is not None else ""
                    check(not fault, fault)
                    await pilot.pause(0.02)
                await pilot.pause()
                seen.add(name)

            def waits() -> bool:
                return app.session is not None and bool(app.session.choices)

            await until("StartScreen")
            with PracticeThread("header-missing") as world:
                # A value that only the person has, asked for masked; then without a consent to send, a question.
                app.post_message(Paste(f'curl -q {world.api}/v1/orders -H "Authorization: Bearer {{{{mine}}}}"'))
                await until("StartScreen", lambda: getattr(app.focused, "id", "") == "go")
                await pilot.press("enter")
                await until("CredentialScreen")
                await pilot.press("escape")
                await until("StartScreen")
            await pilot.press("escape", "t")
            await until("PracticeScreen")
            await pilot.press("enter")
            await until("RecoveryScreen", waits)
            for key in "123456":
                await pilot.press(key)
                await pilot.pause()
            await pilot.press("c")
            for key, name in (
                ("question_mark", "HelpScreen"),
                ("x", "ExperimentsScreen"),
                ("r", "ReportScreen"),
                ("e", "EditScreen"),
                ("w", "LatelyScreen"),
                ("k", "ChecklistScreen"),
                ("y", "CopiedScreen"),
            ):
                await pilot.press(key)
                await until(name)
                await pilot.press("escape")
                await until("RecoveryScreen", waits)
            await pilot.press("f")
            await until("FixScreen")
            await pilot.press("s")
            await until("SolvedScreen")
            await pilot.press("r")
            await until("ReportScreen")
            await pilot.press("m", "j")
            await pilot.pause()
            await pilot.press("escape")
            await until("SolvedScreen")
            case = app.session.case if app.session is not None else None
            check(case is not None, "the wizard forgot its case")
            await pilot.press("escape")
            await until("RecoveryScreen")
            await pilot.press("d")
            await until("CompareScreen")
            await pilot.press("escape")
            await until("RecoveryScreen")
            stop = Choice(key="no", label="Stop")
            elsewhere = Question(asks=Asks.SIGN_IN, title="Sign in", code="WDJB-MJHT", choices=(stop,))
            kept = Listed("session.har", (Recorded(1, "GET", case.request.url.reveal(), 401),))
            for screen in (
                SignInScreen(elsewhere, {}),
                FailingScreen(case),
                RecordedScreen(kept),
            ):  # what only other cases lead to
                app.push_screen(screen)
                await until(type(screen).__name__)
                await pilot.press("escape")
                await until("RecoveryScreen")
            await pilot.press("escape")  # an exercise ends where the others are
            await until("PracticeScreen")
            await pilot.press("escape")
            await until("StartScreen")
            app.begin_again(case)  # the same once more: the consent was for one send, so it asks
            await until("QuestionScreen")
            await pilot.press("escape")
            await until("RecoveryScreen")
            check(app.return_code is None, f"the wizard ended with {app.return_code}")
    finally:
        lesson.end()
        shelf.close()
    left = {kind.__name__ for kind in screen_classes()} - seen
    check(not left, f"these screens were not opened: {sorted(left)}")
    return len(seen)


def main() -> None:
    """All of it, with folders of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # Nothing is read from or written to the folders of whoever runs this, and no keyring is asked.
        os.environ |= {
            "TUI401_STATE": str(folder / "state"),
            "TUI401_CONFIG": str(folder / "config"),
            "HOME": made,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        os.chdir(folder)
        installed, topics = files(), pages()
        headless()
        opened = asyncio.run(screens(folder))
        saved = {path.suffix for path in folder.glob("tui401-*")}
        check(saved == {".md", ".json"}, f"the wizard saved {saved}")
    says = f"installed package: {installed} files, {topics} pages, {opened} screens, 1 recovery by the command"
    print(says)  # noqa: T201 - the line that the checks show


if __name__ == "__main__":
    main()
