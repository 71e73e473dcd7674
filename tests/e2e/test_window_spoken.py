"""For those who hear the window: rows are sentences, Tab goes as one reads, F6 from pane to pane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from support.qt.desktop import Desktop

from dfs_desktop.ui.help.key_sheet import KeySheet
from dfs_desktop.ui.main_window.pane_focus import FocusRing, PaneFocus

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
ROLE = Qt.ItemDataRole
NAME, DESCRIPTION = QAccessible.Text.Name, QAccessible.Text.Description


def heard(widget: QWidget) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(widget)


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def stops(desktop: Desktop, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where Tab leads from here, once around."""
    first = focus()
    found = [first]
    while True:
        desktop.press(focus(), key)
        if focus() is first:
            return found
        assert focus() not in found, "Tab goes around without coming back"
        found.append(focus())


def test_a_row_is_one_sentence_and_the_window_is_heard_as_it_is_read(
    desktop: Desktop, make_model: Make
) -> None:
    (good,) = desktop.upload(make_model("resnet50 v3", F1=0.91))
    desktop.upload(make_model("old", F1=0.5))
    desktop.until(desktop.app.prepared.is_set, "what the start left out")
    window, table = desktop.window, desktop.table.table
    number = table.number(good.id)
    assert number is not None
    columns = [column.key for column in table.columns()]
    says = lambda key: table.index(number, columns.index(key)).data(ROLE.AccessibleTextRole)  # noqa: E731
    sentence = says("name")
    assert sentence.startswith("resnet50 v3, model, Uploaded, 4.6 kilobytes, F1 0.9")
    assert sentence.endswith("on this computer")
    assert says("metric:F1").endswith(", the best")
    assert says("tags") == "Tags: none"

    desktop.select(good)
    window.toggle_transfers()
    order = stops(desktop)
    bad = [
        w for w in order if heard(w).role() == QAccessible.Role.Client or not heard(w).text(NAME)
    ]
    assert not bad, "a stop that says nothing"
    named = [widget.objectName() for widget in order if widget.objectName()]
    wanted = [
        "artifactTable", "detailName", "detailTabBar", "descriptionEdit", "transfersList",
        "transfersButton", "filterEdit", "connectionButton", "collectionList",
    ]  # fmt: skip
    assert [name for name in named if name in wanted] == wanted
    overview = window.details.overview
    inside = [widget for widget in order if overview.isAncestorOf(widget)]
    ends = [widget.mapTo(overview, widget.rect().bottomLeft()).y() for widget in inside]
    assert len(ends) > 3
    assert ends == sorted(ends), "Tab goes down the page"
    assert stops(desktop, Qt.Key.Key_Backtab) == [order[0], *order[:0:-1]]
    every = [window, *window.findChildren(QWidget)]
    told = {heard(w).text(part) for w in every for part in (NAME, DESCRIPTION)}
    assert not [text for text in told if "<qt>" in text or "<br>" in text]

    top = [heard(window).child(n).role() for n in range(heard(window).childCount())]
    roles = QAccessible.Role
    seen = [roles.MenuBar, roles.ToolBar, roles.Client, roles.StatusBar]
    assert list(dict.fromkeys(role for role in top if role in seen)) == seen

    desktop.table.setFocus()
    window._focus._last.clear()  # nobody was in any of them
    panes = [window.picker, window.main_panel, window.details, window.transfers]
    visited = []
    for key, steps in ((Qt.Key.Key_F6, (2, 3, 0, 1)), (Qt.Key.Key_F6, (2, 3))):
        for step in steps:
            desktop.press(focus(), key)
            assert panes[step].isAncestorOf(focus())
            visited.append(focus())
    assert visited[2] is window.picker.collections, "first to what a pane is there for"
    desktop.press(focus(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    window.details.tabs.bar.setFocus()
    desktop.press(focus(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert focus() is desktop.table
    desktop.press(focus(), Qt.Key.Key_F6)
    assert focus() is window.details.tabs.bar
    window.actions_["show_details"].trigger()
    desktop.press(focus(), Qt.Key.Key_F6)
    assert isinstance(window.findChild(PaneFocus), PaneFocus)
    assert not window.details.isAncestorOf(focus())

    ring = window.findChild(FocusRing)
    assert isinstance(ring, FocusRing)
    desktop.select(good)
    desktop.table.clearSelection()  # the row is current, and nothing is selected
    window.filter.setFocus()
    while focus() is not desktop.table:
        desktop.press(focus(), Qt.Key.Key_F6)
    assert ring.isVisible(), "the keyboard is in the table"
    assert ring.geometry().size() == desktop.table.size()
    desktop.press(focus(), Qt.Key.Key_Down)
    assert len(desktop.table.artifacts()) == 1
    QTest.mouseClick(desktop.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    window.filter.setFocus()
    desktop.table.setFocus()
    assert not ring.isVisible(), "the mouse needs no line"

    window.actions_["keys"].trigger()
    sheet = desktop.dialog(KeySheet)
    sheet.line.setFocus()
    desktop.press(sheet.line, Qt.Key.Key_Tab)
    around = sheet.findChild(FocusRing)
    assert isinstance(around, FocusRing)
    assert (sheet.tree.hasFocus(), around.isVisible()) == (True, True), "as in the window"
    desktop.press(sheet.tree, Qt.Key.Key_Tab)
    assert not around.isVisible()
    sheet.close()
    desktop.activate()

    name = window.details.findChild(QWidget, "detailName")
    assert name is not None
    window.actions_["show_details"].trigger()
    desktop.select(good)
    desktop.until(name.isVisible)
    name.setFocus()
    name.setEnabled(False)
    desktop.until(lambda: window.details.isAncestorOf(focus()), "the keyboard stays near")
    name.setEnabled(True)
    assert window.actions_["quit"].shortcutContext() is Qt.ShortcutContext.ApplicationShortcut
