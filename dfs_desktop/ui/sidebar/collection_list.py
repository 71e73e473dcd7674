"""The collections of the sidebar: chosen, renamed in place, dropped on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QMimeData, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QListWidgetItem, QWidget

from dfs_desktop.ui.platform.carried_artifacts import carried
from dfs_desktop.ui.platform.local_paths import dropped_files

from .count_painter import DROP_ROLE, ID_ROLE, NAME_ROLE, CountPainter, Index

LONGEST_NAME = 100  # what servers take


class _NameEditor(CountPainter):
    """Edits the name as the server has it, not as it is shown; who listens sends it."""

    renamed = Signal(str, str)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            name = str(index.data(NAME_ROLE) or "")
            editor.setMaxLength(max(LONGEST_NAME, len(name)))
            editor.setText(name)
            editor.setAccessibleName("Name of the collection")

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.text() != index.data(NAME_ROLE):
            self.renamed.emit(index.data(ID_ROLE), editor.text())


SPRING = 700  # milliseconds over a name until files that are dragged open its collection


class CollectionList(QListWidget):
    """The collections of the open orbit. Files dropped on a name go into that collection; files that
    rest over it open it, and may then be dropped on its rows."""

    files_dropped = Signal(list, str)  # paths, collection id
    artifacts_dropped = Signal(object, str, QPoint, bool)  # CopyPlan, id, where, with Shift
    renamed = Signal(str, str)  # collection id, the new name
    delete_requested = Signal()
    menu_requested = Signal(QPoint)  # at a global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("collectionList")
        self.setAccessibleName("Collections")
        editor = _NameEditor(self)
        editor.renamed.connect(self.renamed)
        self.setItemDelegate(editor)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_menu)
        self.may_rename = False
        self.setAcceptDrops(True)
        self._hovered = ""
        self._spring = QTimer(self)
        self._spring.setSingleShot(True)
        self._spring.setInterval(SPRING)
        self._spring.timeout.connect(self._open_hovered)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _target(self, mime: QMimeData, position: QPoint) -> QListWidgetItem | None:
        """The collection under the pointer that what is dragged can go to."""
        item, plan = self.itemAt(position), carried(mime)
        if item is None or plan is None:
            return item if dropped_files(mime) else None
        home = {artifact.collection_id for artifact in plan.artifacts}
        return None if home == {item.data(ID_ROLE)} else item

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
        self._hover(item if dropped_files(event.mimeData()) else None)
        if item is None:
            event.ignore()
        else:
            event.acceptProposedAction()

    def _hover(self, item: QListWidgetItem | None) -> None:
        """Files rest over a name, or not any more."""
        key = str(item.data(ID_ROLE)) if item is not None else ""
        if key == self._hovered:
            return
        self._hovered = key
        if key and key != self.current():
            self._spring.start()
        else:
            self._spring.stop()

    def _open_hovered(self) -> None:
        for number in range(self.count()):
            if self.item(number).data(ID_ROLE) == self._hovered:
                self.setCurrentItem(self.item(number))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(None)
        self._hover(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        item = self._target(event.mimeData(), event.position().toPoint())
        self._mark(None)
        self._hover(None)
        if item is None:
            return
        event.acceptProposedAction()
        plan = carried(event.mimeData())
        if plan is not None:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            where = self.viewport().mapToGlobal(event.position().toPoint())
            self.artifacts_dropped.emit(plan, item.data(ID_ROLE), where, shift)
            return
        paths: list[Path] = dropped_files(event.mimeData())
        self.files_dropped.emit(paths, item.data(ID_ROLE))

    def _ask_for_menu(self, place: QPoint) -> None:
        if (item := self.itemAt(place)) is not None:
            self.setCurrentItem(item)
        self.menu_requested.emit(self.viewport().mapToGlobal(place))

    def current(self) -> str:
        """The id of the collection that is chosen in the list; empty without one."""
        item = self.currentItem()
        return str(item.data(ID_ROLE)) if item is not None else ""

    def start_renaming(self) -> None:
        """Edit the name of the chosen collection in its place."""
        item = self.currentItem()
        if item is not None and self.may_rename:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.editItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.start_renaming()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)
