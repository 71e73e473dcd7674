"""Rows are grouped by tag or by the beginning of names in the sidebar, by the keys alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from support.qt.desktop import Desktop

from dfs_desktop.ui.main_window.go_to import GotoBox
from dfs_desktop.ui.sidebar.name_list import COUNT_ROLE

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
Key = Qt.Key


def listed(groups: QListView) -> dict[str, int]:
    model = groups.model()
    rows = [model.index(number, 0) for number in range(model.rowCount())]
    return {index.data(): index.data(COUNT_ROLE) for index in rows}


def test_groups_are_walked_with_the_keys_and_found_again(start: Start, make_model: Make) -> None:
    desktop = start()
    names = ["resnet-1", "resnet-2", "bert-1"]
    desktop.upload(*[make_model(name) for name in names])
    for record in desktop.records():
        tags = {"resnet-1": ["prod"], "resnet-2": ["prod", "old"]}.get(record.model_name or "")
        if tags:
            desktop.run(desktop.here.model_artifacts.update(record.id, tags=tags))
    desktop.refresh()
    window, groups = desktop.window, desktop.workspace.groups

    tip = window.picker.collections.item(0).toolTip()
    assert f"Updated {datetime.now().astimezone():%Y}" in tip or "Updated today" in tip, tip

    # By the go-to box: no mouse.
    window.actions_["goto"].trigger()
    box = next(iter(window.findChildren(GotoBox)))
    QTest.keyClicks(box.line, "group tag")
    QTest.keyClick(box.line, Key.Key_Return)
    assert window.picker.groups is not None
    section = window.picker.groups
    desktop.until(lambda: listed(section.list) == {"All": 3, "old": 1, "prod": 2, "No tag": 1})
    desktop.activate()
    assert section.list.hasFocus()
    for wanted, rows in (("old", 1), ("prod", 2), ("No tag", 1)):
        QTest.keyClick(section.list, Key.Key_Down)
        assert section.list.currentIndex().data() == wanted
        assert len(desktop.names()) == rows
    assert window.filter.text() == 'tag=""'
    QTest.keyClicks(section.list, "pr")  # letters go to the one that begins so
    assert window.filter.text() == 'tag="prod"'
    QTest.keyClick(section.list, Key.Key_Return)
    assert desktop.table.hasFocus()

    # The rest of the line narrows the counts; Escape in the list shows all again.
    window.filter.setText('resnet-2, tag="prod"')
    desktop.until(lambda: listed(section.list) == {"All": 1, "old": 1, "prod": 1})
    assert section.list.currentIndex().data() == "prod"
    QTest.keyClick(section.list, Key.Key_Escape)
    assert window.filter.text() == "resnet-2"
    assert desktop.table.hasFocus()
    window.filter_handlers.clear()

    window.actions_["group_prefix"].trigger()
    desktop.until(lambda: listed(section.list) == {"All": 3, "bert": 1, "resnet": 2})
    groups.choose("resnet")
    assert sorted(desktop.names()) == ["resnet-1", "resnet-2"]
    desktop.end()

    desktop = start()
    window = desktop.window
    assert window.picker.groups is not None
    assert window.actions_["group_prefix"].isChecked()
    found = window.picker.groups
    desktop.until(lambda: listed(found.list) == {"All": 3, "bert": 1, "resnet": 2})
    assert found.list.currentIndex().data() == "resnet"
    desktop.click("closeGroupsButton")
    assert found.isHidden()
    assert window.filter.text() == ""
    assert window.actions_["group_none"].isChecked()
