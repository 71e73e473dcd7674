"""The Help menu in the real window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from support.qt.desktop import Desktop

import dfs_desktop
from dfs_desktop.ui.help.about import AboutDialog
from dfs_desktop.ui.help.key_sheet import KeySheet


def test_all_that_can_be_done_is_found_by_its_words_or_its_keys(desktop: Desktop) -> None:
    desktop.until(desktop.window.actions_["add_to_track"].isVisible, "what the server has")
    desktop.press(desktop.table, Qt.Key.Key_F1)
    sheet = desktop.dialog(KeySheet)

    def seen() -> list[str]:
        groups = [group for group, _items in sheet._groups if not group.isHidden()]
        return [
            group.child(number).text(0)
            for group in groups
            for number in range(group.childCount())
            if not group.child(number).isHidden()
        ]

    assert set(seen()) >= {
        action.text().replace("&", "")
        for menu in desktop.window.menuBar().actions()
        for action in menu.menu().actions()
        if action.isVisible() and not action.isSeparator() and action.menu() is None
    }
    desktop.write(sheet.line, "move front")
    assert seen() == ["Move Selected Transfers to Front"]
    desktop.write(sheet.line, "Ctrl+K")
    assert seen() == ["Go to or do…"]
    desktop.write(sheet.line, "no such thing")
    assert seen() == []
    desktop.press(sheet.line, Qt.Key.Key_Escape)
    desktop.until(lambda: not desktop.dialogs(KeySheet), "the end of the sheet")

    desktop.window.actions_["about"].trigger()
    about = desktop.dialog(AboutDialog)
    desktop.click("copyAboutButton")
    assert f"Version: {dfs_desktop.__version__}" in QGuiApplication.clipboard().text()
    about.accept()
    desktop.until(lambda: not desktop.dialogs(AboutDialog), "the end of what it is about")
