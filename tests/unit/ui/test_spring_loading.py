"""Files that rest over a collection's name open it; passing over opens nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent
from PySide6.QtWidgets import QApplication, QListWidgetItem
from pytestqt.qtbot import QtBot

from dfs_desktop.ui.platform.local_paths import url_of
from dfs_desktop.ui.sidebar.collection_list import ID_ROLE, CollectionList


def test_files_that_rest_over_a_name_open_it(qtbot: QtBot, tmp_path: Path) -> None:
    names = CollectionList()
    qtbot.addWidget(names)
    for key in ("one", "two", "three"):
        item = QListWidgetItem(key)
        item.setData(ID_ROLE, key)
        names.addItem(item)
    names.setCurrentRow(0)
    names.show()
    files, words = QMimeData(), QMimeData()
    files.setUrls([url_of(tmp_path / "a.fnnx")])
    words.setText("no files")
    opened: list[str] = []
    names.currentItemChanged.connect(lambda item: opened.append(item.data(ID_ROLE)))

    def move(row: int, mime: QMimeData) -> None:
        at: QPoint = names.visualItemRect(names.item(row)).center()
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        for kind in (QDragEnterEvent, QDragMoveEvent):
            event = kind(at, copy, mime, Qt.MouseButton.LeftButton, none)
            QApplication.sendEvent(names.viewport(), event)

    move(1, files)
    move(2, files)
    assert opened == [], "passing over opens nothing"
    qtbot.waitUntil(lambda: opened == ["three"], timeout=5000)
    move(1, files)
    QApplication.sendEvent(names.viewport(), QDragLeaveEvent())
    assert not names._spring.isActive()
    move(0, words)
    assert not names._spring.isActive(), "words go nowhere"
    assert opened == ["three"]
