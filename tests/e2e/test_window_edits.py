"""What is edited in place: name, description, tags, and a new collection; saved, refused, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Key = Qt.Key


def edit(desktop: Desktop, record: ModelArtifact, name: str) -> QWidget:
    desktop.select(record)
    pane = desktop.window.details
    desktop.until(lambda: pane.artifact() is not None and pane.artifact().id == record.id)
    found = pane.findChild(QWidget, name)
    assert found is not None
    return found


def test_a_name_is_edited_in_place_and_taken_back(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    edit(desktop, record, "detailName")

    def cell() -> QLineEdit:
        desktop.press(desktop.table, Key.Key_F2)
        found = desktop.table.findChild(QLineEdit, "cellName")
        assert found.hasFocus()
        assert found.selectedText() == "resnet50"
        return found

    name = cell()
    QTest.keyClicks(name, "given up")
    desktop.press(name, Key.Key_Escape)
    assert desktop.table.hasFocus()
    desktop.until(lambda: desktop.table.findChild(QLineEdit, "cellName") is None)
    assert desktop.names() == ["resnet50"]
    name = cell()
    QTest.keyClicks(name, "better")
    desktop.refresh()
    assert name.text() == "better", "a list that comes anew does not touch what is typed"
    jobs = len(desktop.workspace.queue.jobs)
    desktop.press(name, Key.Key_Return)
    desktop.notice("The name was saved")
    assert len(desktop.workspace.queue.jobs) == jobs, "the field’s Enter does not open the row"
    desktop.until(lambda: desktop.names() == ["better"])
    assert desktop.records()[0].model_name == "better"
    desktop.click("Undo", desktop.window.main_panel.notices)
    desktop.until(lambda: desktop.names() == ["resnet50"])
    desktop.until_records(lambda found: found[0].model_name == "resnet50")
    desktop.write(desktop.window.filter, "res")
    desktop.table.setFocus()
    QTest.keyClicks(desktop.table, "n")
    assert desktop.window.filter.text() == "res n", "what is typed at the rows is another word"


def test_an_empty_name_is_not_saved(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    name = edit(desktop, record, "detailName")
    desktop.write(name, "  ")
    desktop.press(name, Key.Key_Return)
    assert name.text() == "resnet50"
    assert desktop.records()[0].model_name == "resnet50"


def test_a_description_is_saved_when_the_focus_leaves(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    text = edit(desktop, record, "descriptionEdit")
    text.setFocus()
    QTest.keyClicks(text, "Trained on Tuesday")
    desktop.table.setFocus()
    desktop.notice("The description was saved")
    assert desktop.records()[0].description == "Trained on Tuesday"


def test_tags_are_edited_in_place_and_taken_back(desktop: Desktop, model: Path) -> None:
    (record,) = desktop.upload(model)
    line = edit(desktop, record, "tagLine")
    line.setFocus()
    QTest.keyClicks(line, "prod")
    desktop.press(line, Key.Key_Return)
    desktop.notice("The tags were saved")
    desktop.until_records(lambda found: found[0].tags == ["prod"])
    desktop.until(lambda: desktop.column("tags") == ["prod"])
    desktop.click("Undo", desktop.window.main_panel.notices)
    desktop.until_records(lambda found: not found[0].tags)
    desktop.until(lambda: desktop.column("tags") == [""])


def test_a_name_without_room_is_whole_in_the_tooltip_until_it_is_typed_in(
    desktop: Desktop, make_model: Make
) -> None:
    long = "a-name-" * 20 + "v2"
    for model, cut in (("short", False), (long, True)):
        (record,) = desktop.upload(make_model("file", manifest={"name": model}))
        name = edit(desktop, record, "detailName")
        seen = name.grab().toImage()
        assert (long in name.toolTip()) is cut
        name.setFocus()
        desktop.until(name.hasFocus)
        assert name.grab().toImage() != seen
        assert not name.toolTip()
        desktop.table.setFocus()


def test_an_edit_that_is_refused_keeps_the_stored_value(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    (record,) = desktop.upload(make_model("resnet50"))
    name = edit(desktop, record, "detailName")
    relay.answer_instead("artifacts/", 403, "application/json", b'{"detail": "No"}')
    desktop.write(name, "better")
    desktop.press(name, Key.Key_Return)
    desktop.notice("The name was not saved")
    assert desktop.names() == ["resnet50"]
    relay.release()
    desktop.click("Try again", desktop.window.main_panel.notices)
    desktop.until(lambda: desktop.names() == ["better"])


def test_a_collection_is_created_in_place(desktop: Desktop) -> None:
    desktop.window.actions_["new_collection"].trigger()
    line = desktop.window.picker.name
    assert line.isVisible()
    assert line.hasFocus()
    pane = line.parentWidget()
    assert pane.minimumSizeHint().width() <= desktop.window.picker.minimumWidth(), "nothing is cut"
    QTest.keyClicks(line, "Classifiers")
    desktop.press(line, Key.Key_Return)
    desktop.until(lambda: (c := desktop.workspace.session.collection) and c.name == "Classifiers")
    desktop.ready()
    assert not line.isVisible()
    assert desktop.window.windowTitle().startswith("Classifiers — ")
    names = desktop.window.picker.collections
    assert [names.item(n).text() for n in range(names.count())] == ["Classifiers", "Models"]
    assert names.currentItem().text() == "Classifiers"
    desktop.press(names, Key.Key_Down)
    desktop.until(lambda: desktop.workspace.session.collection.name == "Models")
    desktop.ready()
