"""What a recording lets out when its refused exchanges are chosen from, opened and judged: nothing of it is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from camera import Camera, wizard
from canary_case import Laden
from program import Ran, World, once, world_of
from surfaces import surface
from wizard import settle, until

from tui401.cli.arguments import parser_for
from tui401.cli.recordings import OpenRecording

NAME = "laden.har"
STATE = "recordings"


def written(loaded: Laden) -> Path:
    """The laden request with answers that give all of it back, in a body and in a header."""
    request = loaded.request
    sent = [{"name": line.name, "value": line.value.reveal()} for line in request.headers]
    post = request.body.reveal().decode() if request.body is not None else ""
    asked: dict[str, Any] = {"method": request.method, "url": request.url.reveal(), "headers": sent}
    asked["postData"] = {"mimeType": "application/json", "text": post}
    echo = json.dumps({"error": "unauthorized", "url": asked["url"], "headers": sent, "body": post})
    answers = [
        {"status": 401, "headers": [], "content": {"mimeType": "application/json", "text": echo}},
        {"status": 403, "headers": [{"name": f"X-{one['name']}", "value": one["value"]} for one in sent]},
        {"status": 401, "headers": [], "content": {"mimeType": "text/html", "text": f"<p>{asked['url']}</p>{post}"}},
    ]
    entries = [{"startedDateTime": "2026-11-18T12:00:00Z", "request": asked, "response": one} for one in answers]
    path = world_of(loaded).home / NAME
    path.write_text(json.dumps({"log": {"entries": entries}}))
    return path


def judged(loaded: Laden) -> list[Ran]:
    def run(world: World) -> list[Ran]:
        written(loaded)
        before = len(world.api.seen)
        listed = OpenRecording(str(written(loaded)), parser_for("open").parse_args([NAME]))
        listed.read()
        entries = [one.entry for one in listed.refused]
        ran = [
            world.run("diagnose", "--all", "--format", form, f"{NAME}#{entry}", state=STATE)
            for form, entry in zip(("text", "json", "text"), entries, strict=True)
        ]
        assert all(one.code in (1, 3) for one in ran), [one.err for one in ran]
        ran += [world.run("diagnose", what, state=STATE) for what in (NAME, f"{NAME}#99999")]
        assert [one.code for one in ran[-2:]] == [2, 2]
        assert len(world.api.seen) == before
        return ran

    return cast("list[Ran]", once(loaded, "recorded exchanges", run))


@surface("diagnose of recorded exchanges: standard output and error")
def recorded_told(loaded: Laden) -> bytes:
    return b"\n".join(one.out + one.err for one in judged(loaded))


@surface("what is kept of recorded exchanges that were judged")
def recorded_kept(loaded: Laden) -> bytes:
    judged(loaded)
    kept = world_of(loaded).on_disk()
    assert b'"via":"har"' in kept
    return kept


@surface("the choice among recorded exchanges, and one of them judged without sending")
async def recorded_screens(loaded: Laden) -> str:
    with patch.dict(os.environ, {"HOME": str(world_of(loaded).home)}):
        opened = OpenRecording(str(written(loaded)), parser_for("open").parse_args([NAME]))
        opened.read()
    async with wizard(world_of(loaded), recording=opened) as (app, pilot):
        camera = Camera(app)
        await settle(pilot)
        for _ in opened.refused:
            await pilot.press("down")
            await settle(pilot)
            camera.take()
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None and app.session.question is not None)
        camera.take()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        for key in "123456v":
            await pilot.press(key)
            await settle(pilot)
            camera.take()
        held = repr(app.session)
    assert {"RecordedScreen", "RecoveryScreen"} <= set(camera.names), camera.names
    return "\n".join([held, *camera.text, *camera.svg[::5], *camera.held])
