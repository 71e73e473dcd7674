"""Names in the sidebar, with a count at the right end; where what is dragged would go is marked."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from dfs_desktop.artifact import visible
from dfs_desktop.ui.platform.carried_artifacts import carried
from dfs_desktop.ui.platform.local_paths import dropped_files
from dfs_desktop.ui.widgets.cell_painting import RIGHT, draw_icon, draw_text
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import elided
from dfs_desktop.workspace.copies.plan import CopyPlan

ID_ROLE = Qt.ItemDataRole.UserRole + 1
COUNT_ROLE = Qt.ItemDataRole.UserRole + 2
DROP_ROLE = Qt.ItemDataRole.UserRole + 20  # what is dragged would go there
NAME_ROLE = Qt.ItemDataRole.UserRole + 3
PIN_ROLE = Qt.ItemDataRole.UserRole + 4


def _side(option: QStyleOptionViewItem) -> int:
    return round(option.fontMetrics.height() * 0.75)


class CountPainter(QStyledItemDelegate):
    """The count is drawn over the row's right end, before it the mark of what is pinned; the name
    elides before both."""

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        count = index.data(COUNT_ROLE)
        text = "" if count is None else str(count)
        area = option.rect
        super().paint(painter, option, index)
        painter.save()
        with mirrored(painter, area, option.direction):
            if text:
                draw_text(painter, area.adjusted(0, 0, -8, 0), text, "dim", side=RIGHT)
            if index.data(PIN_ROLE):
                side = _side(option)
                area.setLeft(area.right() - 14 - option.fontMetrics.horizontalAdvance(text) - side)
                draw_icon(painter, "pin", "dim", area, side)
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(DROP_ROLE):
            option.state |= QStyle.StateFlag.State_MouseOver
        metrics = option.fontMetrics
        count = index.data(COUNT_ROLE)
        room = option.rect.width() - 24 - metrics.horizontalAdvance(str(count or "")) - 8
        room -= _side(option) + 6 if index.data(PIN_ROLE) else 0
        option.text = elided(metrics, option.text, Qt.TextElideMode.ElideMiddle, room)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), round(option.fontMetrics.height() * 1.9))


def show_in_sidebar(view: QListView) -> None:
    """Names on the ground of the sidebar, which are cut at its edge and have a menu."""
    view.setProperty("pane", True)
    view.setStyleSheet("QListView { background: transparent; }")
    view.setUniformItemSizes(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)


class Name(NamedTuple):
    """A row: whose it is, and what is told of it."""

    key: str
    name: str  # as the server has it
    many: int | None  # what is in it, where that is known
    tip: str
    spoken: str
    pinned: bool = False


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

    def show_names(self, names: Sequence[Name], current: str) -> None:
        """Show these, with the one that has this id as the chosen one; nobody is told."""
        shown = [self.item(number).data(ID_ROLE) for number in range(self.count())]
        with QSignalBlocker(self):
            if shown != [each.key for each in names]:
                self.clear()
                for _ in names:
                    self.addItem(QListWidgetItem())
            for number, each in enumerate(names):
                item = self.item(number)
                item.setText(visible(each.name))
                item.setToolTip(tooltip(each.tip))
                item.setData(ID_ROLE, each.key)
                item.setData(NAME_ROLE, each.name)
                item.setData(COUNT_ROLE, each.many)
                item.setData(PIN_ROLE, each.pinned)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, each.spoken)
            keys = [each.key for each in names]
            self.setCurrentRow(keys.index(current) if current in keys else -1)
            if current not in keys:
                self.clearSelection()

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
