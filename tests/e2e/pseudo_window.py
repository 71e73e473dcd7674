"""The window in the pseudo-language, in a process of its own: pseudo_window.py FOLDER.

It begins in English and changes while it is open, as a person has it: what stays English is a text
that was made too early. Every text that its menus, panels and dialogs show is written to stdout as
JSON: where it is, the text, and whether it has the room that it asks for.
`tests/e2e/test_window_languages.py` judges them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)
from support.artifacts import model_files
from support.qt.desktop import Desktop

from dfs_desktop.translation import PSEUDO

Seen = tuple[str, str, bool]  # where, text, whether it has room
# What opens a dialog or a panel, and needs nothing but one selected artifact.
OPENING = (
    "preferences", "guide", "keys", "filter_help", "about", "report", "add_server", "python", "copy_to",
    "rename_many", "tags", "new_collection", "edit_collection", "new_track", "limits", "save_view",
    "goto", "quick_look", "library", "toggle_transfers", "delete", "compare_file", "doctor", "columns",
)  # fmt: skip


def texts(widget: QWidget) -> Iterator[Seen]:
    """What a window shows now, each child asked for its own."""
    for child in [widget, *widget.findChildren(QWidget)]:
        if not child.isVisible():
            continue
        where = f"{type(child).__name__} {child.objectName()}"
        room = child.width() >= child.minimumSizeHint().width()
        if isinstance(child, QLabel | QAbstractButton):
            wide = isinstance(child, QAbstractButton) and not isinstance(child, QToolButton)
            yield where, child.text(), room or not wide
        if isinstance(child, QLineEdit):
            yield f"{where} placeholder", child.placeholderText(), True
        if isinstance(child, QGroupBox):
            yield where, child.title(), True
        if isinstance(child, QTabBar):
            yield from ((where, child.tabText(n), True) for n in range(child.count()))
        if isinstance(child, QHeaderView) and child.orientation() is Qt.Orientation.Horizontal:
            model = child.model()
            for section in range(model.columnCount() if model else 0):
                title = model.headerData(section, child.orientation())
                yield f"{where} {section}", str(title or ""), True
        if isinstance(child, QDialog | QMainWindow):
            yield f"{where} title", child.windowTitle(), True
        yield f"{where} tooltip", child.toolTip(), True
        yield f"{where} accessible name", child.accessibleName(), True
        yield f"{where} accessible description", child.accessibleDescription(), True


class Walk:
    """Opens one thing after the other, and notes what it says."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.seen: dict[Seen, None] = {}

    def note(self, prefix: str) -> None:
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                found = texts(widget)
                self.seen |= {
                    (f"{prefix}: {where}", said, room): None for where, said, room in found
                }

    def menus(self) -> None:
        actions = self.desktop.window.actions_
        for menu in self.desktop.window.menuBar().findChildren(QMenu):
            self.seen[f"menu {menu.objectName()}", menu.title(), True] = None
        for action in self.desktop.window.actions():
            self.seen[f"action {action.objectName()}", action.text(), True] = None
            self.seen[f"action {action.objectName()} tooltip", action.toolTip(), True] = None
        assert actions["upload"] in self.desktop.window.actions()

    def panels(self) -> None:
        self.note("window")
        for tabs in self.desktop.window.details.findChildren(QTabWidget):
            for number in range(tabs.count()):
                tabs.setCurrentIndex(number)
                self.desktop.refresh()
                self.note(f"tab {number}")

    def dialogs(self) -> None:
        main = self.desktop.window
        for key in OPENING:
            action = main.actions_[key]
            if not action.isEnabled():
                continue
            before = {w for w in QApplication.topLevelWidgets() if w.isVisible()}
            action.trigger()
            for _ in range(20):
                self.desktop.run(_soon())
                opened = {w for w in QApplication.topLevelWidgets() if w.isVisible()} - before
                if opened:
                    break
            self.note(key)
            for widget in opened:
                for tabs in widget.findChildren(QTabWidget):
                    for number in range(tabs.count()):
                        tabs.setCurrentIndex(number)
                        self.desktop.run(_soon())
                        self.note(f"{key} {number}")
                widget.close()
            self.desktop.run(_soon())


async def _soon() -> None:
    await asyncio.sleep(0.02)


def main() -> int:
    """Walk through the window; 0 when it ended well."""
    folder = Path(sys.argv[1])
    desktop = Desktop(folder / "home")
    desktop.ready()
    records = desktop.upload(model_files.write(folder, "some_model", weights=1000, accuracy=0.5))
    desktop.select(*records)
    before = desktop.window
    desktop.workspace.settings.language = PSEUDO
    desktop.workspace.state.language_chosen.emit()
    desktop.until(lambda: desktop.app.window is not before, "the window in the other language")
    desktop.window, desktop.table = desktop.app.window, desktop.app.window.table
    assert desktop.table.artifacts() == records
    walk = Walk(desktop)
    walk.menus()
    walk.panels()
    walk.dialogs()
    code = desktop.end()
    print(json.dumps(list(walk.seen)))
    return code


if __name__ == "__main__":
    sys.exit(main())
