"""Names of the sidebar on which files and artifacts are dropped; where they would go is marked."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from dfs_desktop.ui.platform.carried_artifacts import carried
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.workspace.copies.plan import CopyPlan

from .count_painter import DROP_ROLE, ID_ROLE


def show_in_sidebar(view: QListView) -> None:
    """Names on the ground of the sidebar, which are cut at its edge and have a menu."""
    view.setProperty("pane", True)
    view.setStyleSheet("QListView { background: transparent; }")
    view.setUniformItemSizes(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)


class DropList(QListWidget):
    """Each row has an id. What may be dropped on it, and what rests over it, is for its kind. F2:
    `edit_requested`. Delete: `delete_requested`."""

    files_dropped = Signal(list, str)  # paths, id
    artifacts_dropped = Signal(object, str, QPoint, bool)  # CopyPlan, id, where, with Shift
    edit_requested = Signal()
    delete_requested = Signal()
    menu_requested = Signal(QPoint)  # of the row that is chosen by it, at a global position

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        show_in_sidebar(self)
        self.customContextMenuRequested.connect(self._ask_for_menu)

    def _ask_for_menu(self, place: QPoint) -> None:
        if (item := self.itemAt(place)) is not None:
            self.setCurrentItem(item)
        self.menu_requested.emit(self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.edit_requested.emit()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)

    def takes(self, plan: CopyPlan, key: str) -> bool:
        """Whether dragged artifacts can go there."""
        raise NotImplementedError

    def hover(self, item: QListWidgetItem | None) -> None:
        """Files rest over a name, or not any more."""

    def current(self) -> str:
        """The id that is chosen in the list; empty without one."""
        item = self.currentItem()
        return str(item.data(ID_ROLE)) if item is not None else ""

    def _target(self, mime: QMimeData, position: QPoint) -> QListWidgetItem | None:
        """The row under the pointer that what is dragged can go to."""
        item, plan = self.itemAt(position), carried(mime)
        if item is None or plan is None:
            return item if dropped_files(mime) else None
        return item if self.takes(plan, str(item.data(ID_ROLE))) else None

    def _mark(self, item: QListWidgetItem | None) -> None:
        """Show where what is dragged would go."""
        with QSignalBlocker(self):
            for number in range(self.count()):
                each = self.item(number)
                if bool(each.data(DROP_ROLE)) != (each is item):
                    each.setData(DROP_ROLE, each is item)
        self.viewport().update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()) or carried(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        item = self._target(event.mimeData(), event.position().toPoint())
        self._mark(item)
        self.hover(item if dropped_files(event.mimeData()) else None)
        if item is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(None)
        self.hover(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        item = self._target(event.mimeData(), event.position().toPoint())
        self._mark(None)
        self.hover(None)
        if item is None:
            return
        event.acceptProposedAction()
        if (plan := carried(event.mimeData())) is not None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            where = self.viewport().mapToGlobal(event.position().toPoint())
            self.artifacts_dropped.emit(plan, item.data(ID_ROLE), where, shift)
            return
        paths: list[Path] = dropped_files(event.mimeData())
        self.files_dropped.emit(paths, item.data(ID_ROLE))
