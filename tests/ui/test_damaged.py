from __future__ import annotations

import recording
from support import FakeJournal, Kit, text_of, until


async def test_the_start_screen_says_what_was_damaged_and_lists_what_was_saved() -> None:
    kit = Kit(recording.mismatch(), journal=FakeJournal(trouble="The file was damaged. 2 cases were saved from it."))
    app = kit.app(start=True)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "2 cases were saved" in text_of(app))
        assert "token-expired" in text_of(app)
