"""What was typed for a record goes to that record, however the person leaves the field."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from support.network.relay import Relay
from support.qt.desktop import LEFT, Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.upload_review.sheet import ReviewSheet
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.ui.widgets.fields.tag_edit import TagEdit

pytestmark = [pytest.mark.shared_window, pytest.mark.fault("RL-01")]
Make = Callable[..., Path]
Key = Qt.Key
FIELDS = {"detailName": "model_name", "descriptionEdit": "description", "tagLine": "tags"}


def value(record: ModelArtifact, field: str) -> object:
    return getattr(record, field)


def by_key(desktop: Desktop, *keys: str) -> list[ModelArtifact]:
    found = {record.id: record for record in desktop.records()}
    return [found[key] for key in keys]


def click_row(desktop: Desktop, key: str) -> None:
    number = desktop.table.table.number(key)
    assert number is not None
    place = desktop.table.visualRect(desktop.table.table.index(number, 0)).center()
    QTest.mouseClick(desktop.table.viewport(), LEFT, pos=place)


def click_other(desktop: Desktop, other: str) -> None:
    click_row(desktop, other)


def press_down(desktop: Desktop, _other: str) -> None:
    table = desktop.table
    key = Key.Key_Down if table.currentIndex().row() == 0 else Key.Key_Up
    QTest.keyClick(table, key)  # a key that comes to the table while the field has the focus


def filter_away(desktop: Desktop, _other: str) -> None:
    desktop.window.filter.setText("nothing is called so")


def switch_collection(desktop: Desktop, _other: str) -> None:
    place = desktop.workspace.session.collections
    other = next(c.id for c in place if c.id != desktop.workspace.session.place.collection)
    desktop.workspace.browser.choose_collection(other)


def look_into_a_file(desktop: Desktop, _other: str) -> None:
    desktop.window.local_files.look_into([desktop.workspace.queue.jobs[0].path])


def reconnect(desktop: Desktop, _other: str) -> None:
    desktop.workspace.connections.reopen()


LEAVES = [click_other, press_down, filter_away, switch_collection, look_into_a_file, reconnect]
# Each way out of each field; without --slow each way out of one field, and each field twice.
WAYS = [
    pytest.param(leave, name, marks=[] if n % 3 == k else [pytest.mark.slow])
    for n, leave in enumerate(LEAVES)
    for k, name in enumerate(FIELDS)
]


@pytest.mark.parametrize(("leave", "name"), WAYS)
def test_what_was_typed_goes_to_its_record(
    desktop: Desktop, make_model: Make, leave: Callable[[Desktop, str], None], name: str
) -> None:
    client, home = desktop.here, desktop.workspace.session.place.collection
    if leave is switch_collection:
        desktop.run(client.collections.create("Other", ""))
        desktop.refresh()
    first, second = desktop.upload(make_model("first", a=1), make_model("second", a=2))

    async def mark() -> None:
        for record in (first, second):
            await client.model_artifacts.update(
                record.id, collection_id=home, tags=[record.file_name[0], "Prod", "prod"],
                description=f"of {record.file_name}",
            )  # fmt: skip

    desktop.run(mark())
    pane = desktop.window.details
    desktop.refresh()
    before, other = desktop.run(_fetch(desktop, first.id, second.id, home))
    click_row(desktop, first.id)
    desktop.until(lambda: pane.artifact() is not None and pane.artifact().id == first.id)
    widget = pane.findChild(QWidget, name)
    widget.setFocus()
    QTest.keyClick(widget, Key.Key_End)
    QTest.keyClicks(widget, "X")
    leave(desktop, second.id)
    desktop.until(lambda: not desktop.workspace.editor.busy)
    desktop.ready()
    after, untouched = desktop.run(_fetch(desktop, first.id, second.id, home))
    changed = FIELDS[name]
    old = value(before, changed)
    wanted = [*old, "X"] if isinstance(old, list) else f"{old}X"
    assert value(after, changed) == wanted
    for field in FIELDS.values():
        assert value(untouched, field) == value(other, field)
        if field != changed:
            assert value(after, field) == value(before, field)


async def _fetch(desktop: Desktop, first: str, second: str, home: str) -> list[ModelArtifact]:
    artifacts = desktop.here.model_artifacts
    found = [await artifacts.get(key, collection_id=home) for key in (first, second)]
    return [record for record in found if record is not None]


@pytest.mark.fault("RL-04")
def test_a_look_at_a_field_sends_nothing(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    first, second = desktop.upload(make_model("first", a=1), make_model("second", a=2))
    odd = ["Jones, Jr.", "Prod", "prod", "a  b", " lead", "", "x\ty"]
    text = "one\r\ntwo\u2028three\u00a0four"
    desktop.run(
        desktop.here.model_artifacts.update(
            first.id, collection_id=first.collection_id, tags=odd, description=text
        )
    )
    desktop.refresh()
    seen = len(relay.seen)
    for leave in (click_other, press_down):
        for name in FIELDS:
            click_row(desktop, first.id)
            desktop.run(asyncio.sleep(0.02))
            desktop.window.details.findChild(QWidget, name).setFocus()
            leave(desktop, second.id)
            desktop.run(asyncio.sleep(0.1))
    assert not [line for line in relay.seen[seen:] if line.startswith("PATCH")]
    assert not desktop.notices()


@pytest.mark.fault("RL-01", "RL-04")
def test_escape_gives_up_what_was_typed(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    first, second = desktop.upload(make_model("first", a=1), make_model("second", a=2))
    seen = len(relay.seen)
    for name in FIELDS:
        click_row(desktop, first.id)
        desktop.run(asyncio.sleep(0.02))
        field = desktop.window.details.findChild(QWidget, name)
        field.setFocus()
        QTest.keyClicks(field, "not meant")
        QTest.keyClick(field, Key.Key_Escape)
        click_row(desktop, second.id)
        desktop.run(asyncio.sleep(0.1))
    assert not [line for line in relay.seen[seen:] if line.startswith("PATCH")]
    click_row(desktop, first.id)
    edit = desktop.window.details.findChild(QPlainTextEdit, "descriptionEdit")
    edit.setFocus()
    QTest.keyClicks(edit, "meant")
    QTest.keyClick(edit, Key.Key_Escape)
    edit.redo()  # a long text is not lost by one key
    click_row(desktop, second.id)
    desktop.until_records(lambda found: "meant" in [record.description for record in found])


def test_a_refresh_leaves_alone_what_is_being_typed(desktop: Desktop, make_model: Make) -> None:
    (record,) = desktop.upload(make_model("first"))
    desktop.select(record)
    edit = desktop.until(
        lambda: desktop.window.details.findChild(QPlainTextEdit, "descriptionEdit")
    )
    edit.setFocus()
    update = desktop.here.model_artifacts.update
    desktop.run(update(record.id, collection_id=record.collection_id, description="theirs"))
    desktop.refresh()
    assert edit.toPlainText() == "theirs", "nobody typed: the field follows"
    QTest.keyClicks(edit, "ours ")
    desktop.run(update(record.id, collection_id=record.collection_id, tags=["new"]))
    desktop.refresh()
    assert edit.toPlainText() == "ours theirs"
    desktop.table.setFocus()
    desktop.until_records(lambda found: found[0].description == "ours theirs")
    assert desktop.records()[0].tags == ["new"]


@pytest.mark.parametrize(
    "name",  # slow: the way out is the same for each, and each is left in the test above
    [
        "descriptionEdit",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("detailName", "tagLine")),
    ],
)
def test_what_was_typed_last_is_saved_when_the_window_closes(
    start: Callable[..., Desktop], make_model: Make, name: str
) -> None:
    desktop = start()
    (record,) = desktop.upload(make_model("first"))
    click_row(desktop, record.id)
    desktop.run(asyncio.sleep(0.05))
    widget = desktop.window.details.findChild(QWidget, name)
    widget.setFocus()
    QTest.keyClicks(widget, "last")
    desktop.window.close()
    assert desktop.end() == 0
    again = start()
    assert "last" in str(value(again.records()[0], FIELDS[name]))


def test_the_window_asks_before_it_leaves_a_change_that_was_refused(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(make_model("first"))
    click_row(desktop, record.id)
    desktop.run(asyncio.sleep(0.05))
    relay.answer_instead("artifacts/", 403, "application/json", b'{"detail": "No"}')
    widget = desktop.window.details.findChild(QWidget, "tagLine")
    widget.setFocus()
    QTest.keyClicks(widget, "last")
    desktop.window.close()
    question = desktop.dialog(Question)
    desktop.click("Stay", question)
    desktop.run(asyncio.sleep(0.05))
    assert not desktop.life.done()
    desktop.notice("The tags were not saved")
    relay.release()
    desktop.click("Try again", desktop.window.main_panel.notices)
    desktop.until_records(lambda found: found[0].tags == ["last"])


def test_two_quick_changes_of_one_record_both_arrive(desktop: Desktop, make_model: Make) -> None:
    (record,) = desktop.upload(make_model("first"))
    click_row(desktop, record.id)
    desktop.run(asyncio.sleep(0.05))
    line = desktop.window.details.findChild(QWidget, "tagLine")
    line.setFocus()
    QTest.keyClicks(line, "a,b,c")
    desktop.table.clearSelection()  # nothing has been answered yet
    click_row(desktop, record.id)
    line.setFocus()
    QTest.keyClicks(line, "d")
    desktop.press(line, Key.Key_Return)
    desktop.until_records(lambda found: found[0].tags == ["a", "b", "c", "d"])


def test_each_draft_of_a_review_keeps_what_was_typed_for_it(
    desktop: Desktop, make_model: Make
) -> None:
    desktop.drop(make_model("first", a=1), make_model("second", a=2))
    sheet = desktop.dialog(ReviewSheet)
    files, tags = sheet._files, sheet.findChild(TagEdit)
    for row, word in ((0, "one"), (1, "two")):
        files.setCurrentRow(row)
        tags._line.setFocus()
        QTest.keyClicks(tags._line, word)
    desktop.accept_review()
    desktop.until(lambda: not desktop.workspace.queue.busy())
    desktop.close_progress()
    found = {record.model_name: record.tags for record in desktop.records()}
    assert found == {"first": ["one"], "second": ["two"]}


@pytest.mark.fault("U-07")
def test_ctrl_z_takes_back_each_edit_of_this_session(desktop: Desktop, make_model: Make) -> None:
    (record,) = desktop.upload(make_model("first"))
    click_row(desktop, record.id)
    desktop.run(asyncio.sleep(0.05))
    pane, undo = desktop.window.details, desktop.window.actions_["undo"]
    for name, text in (("detailName", "X"), ("descriptionEdit", "Y"), ("tagLine", "z")):
        widget = pane.findChild(QWidget, name)
        widget.setFocus()
        QTest.keyClick(widget, Key.Key_End)
        QTest.keyClicks(widget, text)
        if name != "descriptionEdit":
            desktop.press(widget, Key.Key_Return)
    desktop.until(lambda: undo.text() == "Undo Change Tags")
    name = pane.findChild(QWidget, "detailName")
    for here, words in (
        (desktop.table, "Undo Change Description"),
        (name, "Undo Rename"),
        (name, "Undo"),
    ):
        here.setFocus()
        desktop.press(here, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        desktop.until(lambda words=words: undo.text() == words)
        desktop.until(lambda: not desktop.workspace.editor.busy)
    assert not undo.isEnabled()
    (found,) = desktop.records()
    assert (found.model_name, found.description or "", found.tags) == ("first", "", [])
    assert name.text() == "first"
