"""The review offers what was used last, and says before a byte is sent how long it may take."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QLabel
from support.artifacts import model_files
from support.qt.widgets import find
from support.registries.workspace import connected

from dfs_desktop.api import Ledger, LogEntry, Scope, UploadRecord
from dfs_desktop.settings import Settings
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.workspace.transfers.speeds import measure
from dfs_desktop.workspace.uploads.draft import Draft, LastUsed, last_used, remember

MB = 10**6


@pytest.mark.usefixtures("light")
def test_what_was_used_last_is_one_click_away_and_never_in_the_way() -> None:
    settings = Settings()
    assert last_used(settings, "team") == LastUsed()
    remember(
        settings, "team", Draft(Path("a.fnnx"), "bert v1", "bert v1, <b>tuned</b>", ["prod", "nlp"])
    )
    remember(settings, "team", Draft(Path("b.fnnx"), "other"))
    settings.layout["last_upload:local"] = "[no json"
    assert last_used(settings, "local") == LastUsed()
    last = last_used(settings, "team")
    drafts = [Draft(Path("c.fnnx"), "bert v2", size=240 * MB, tags=["nlp"])]
    sheet = ReviewSheet(None, drafts, "Models", [], last=last, seconds=lambda size: size / MB)
    sheet.show()
    form = sheet._form
    assert find(sheet, QLabel, "reviewNote").text() == "Takes about 4 min"
    assert form.last_tags.text() == "Add the last tags: prod"
    form.last_tags.click()
    assert drafts[0].tags == form.tags.tags() == ["nlp", "prod"]
    assert form.last_tags.isHidden()
    assert form.last_words.text() == "Use the last one: “bert v2, <b>tuned</b>”"
    below = form.tags.y()
    form.last_words.click()
    assert drafts[0].description == "bert v2, <b>tuned</b>"
    assert form.last_words.isHidden()
    assert form.tags.y() == below
    form.description.clear()
    assert not form.last_words.isHidden()
    shiboken6.delete(sheet)


@pytest.mark.usefixtures("light")
def test_offered_words_make_the_form_no_wider_than_the_sheet() -> None:
    """Also hidden they keep their place; wide letters and other languages need more room."""
    last = LastUsed(
        "bert v1", "\N{CJK UNIFIED IDEOGRAPH-6A21}" * 40, ("\N{CJK UNIFIED IDEOGRAPH-578B}" * 40,)
    )
    sheet = ReviewSheet(None, [Draft(Path("c.fnnx"), "bert v2")], "Models", [], last=last)
    sheet.show()
    form, area = sheet._form, sheet._form._area
    for button in (form.last_words, form.last_tags):
        assert not button.isHidden()
        assert 0 < button.width() <= area.viewport().width()
        button.setText(button.text() * 3)
    body = area.widget()
    assert body is not None
    assert body.minimumSizeHint().width() <= area.viewport().width()
    shiboken6.delete(sheet)


def test_an_upload_teaches_the_time_and_the_words_of_the_next_one(tmp_path: Path) -> None:
    async def journey() -> None:
        async with connected(tmp_path) as room:
            workspace = room.workspace
            assert workspace.speeds.seconds(MB) is None
            (draft,) = await workspace.uploads.review(
                [model_files.write(tmp_path, "a", weights=5 * MB)]
            )
            draft.tags = ["prod"]
            (job,) = workspace.uploads.submit([draft])
            await room.until(lambda: job.state is State.DONE)
            learned = workspace.speeds.seconds(100 * MB)
            assert learned is not None
            assert 0 < learned < 60
            workspace.limits.use_rate(Kind.UPLOAD, MB)
            assert workspace.speeds.seconds(100 * MB) == 100
            assert workspace.uploads.begin().last.tags == ("prod",)

    asyncio.run(asyncio.wait_for(journey(), 60))


@pytest.mark.parametrize(
    ("entries", "speed"),
    [
        ([("sending", 0, 10 * MB), ("confirming", 2, 0), ("done", 9, 0)], 5 * MB),
        ([("sending", 0, 10 * MB)], None),
        ([("sending", 0, 1 * MB), ("done", 2, 0)], None),
        ([("sending", 0, 10 * MB), ("sending", 1, 10 * MB), ("done", 2, 0)], None),
        ([("sending", 0, 10 * MB), ("stumbled", 1, 0), ("recovered", 2, 0), ("done", 3, 0)], None),
        ([("sending", 5, 10 * MB), ("done", 1, 0)], None),
        ([], None),
    ],
)
def test_only_an_undisturbed_upload_is_a_measurement(
    entries: list[tuple[str, float, int]], speed: float | None
) -> None:
    job = Job("a", Ledger(UploadRecord("a.fnnx", "a", Scope("o", "b", "c"))))
    for what, at, amount in entries:
        job.log.add(LogEntry(at, what, amount))
    assert measure(job) == speed
