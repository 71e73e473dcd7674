"""One box for every place and every action: type a part of the name, Enter goes there or does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from dfs_desktop.artifact import visible
from dfs_desktop.natural_order import natural_key
from dfs_desktop.ui.theme.icon_files import icons

if TYPE_CHECKING:
    from .window import MainWindow

_MOST = 50
Entry = tuple[str, str, Callable[[], object]]  # icon, text, what to do


class GotoBox(QDialog):
    """A list over the window; Up and Down move in it while the typing goes on."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("gotoBox")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._entries = self._places() + self._actions()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        self.line = QLineEdit()
        self.line.setObjectName("gotoEdit")
        self.line.setAccessibleName("Go to a place or do something")
        self.line.setPlaceholderText("Go to a collection, an orbit, a server; or do something")
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._show)
        self.list = QListWidget()
        self.list.setAccessibleName("Places and actions")
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(lambda _item: self._go())
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self._show("")

    def open_at_top(self) -> None:
        window = self._window
        em = window.fontMetrics().averageCharWidth()
        self.resize(min(em * 72, window.width() - 32), em * 50)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + em * 8)
        self.show()
        self.line.setFocus()

    def _places(self) -> list[Entry]:
        workspace = self._window.workspace
        session, browsing = workspace.session, workspace.browser
        entries: list[Entry] = []
        for collection in session.collections:
            go = partial(browsing.choose_collection, collection.id)
            entries.append(("collection", visible(collection.name), go))
        for orbit in sorted(session.orbits, key=lambda each: natural_key(each.name)):
            go = partial(browsing.choose_orbit, orbit.id)
            entries.append(("orbit", visible(orbit.name), go))
        for organization in sorted(session.organizations, key=lambda each: natural_key(each.name)):
            go = partial(browsing.choose_organization, organization.id)
            entries.append(("organization", visible(organization.name), go))
        entries += [
            ("server", visible(profile.name), partial(workspace.connections.open, profile))
            for profile in workspace.profiles()
        ]
        return entries

    def _actions(self) -> list[Entry]:
        names = {"goto"}
        return [
            (
                "chevron-right",
                f"{action.text().rstrip('…')}   {action.shortcut().toString()}".strip(),
                action.trigger,
            )
            for action in self._window.actions_.all()
            if action.isEnabled() and action.objectName().removeprefix("action_") not in names
        ]

    def _show(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for number, (icon, name, _run) in enumerate(self._entries):
            if all(word in name.casefold() for word in words) and self.list.count() < _MOST:
                item = QListWidgetItem(icons.get(icon), name)
                item.setData(Qt.ItemDataRole.UserRole, number)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = (self.list.currentRow() + step) % max(1, self.list.count())
                self.list.setCurrentRow(row)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._go()
                return True
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._entries[item.data(Qt.ItemDataRole.UserRole)][2]()
