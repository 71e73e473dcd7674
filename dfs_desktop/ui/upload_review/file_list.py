"""The files of a review as a list: verdict, name and size of each."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.cell_painting import RIGHT, draw_icon, draw_text
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.uploads.draft import Draft

_COLORS = {"error": "failed", "warning": "waiting"}
_SIZE, _ICON = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class _Painter(QStyledItemDelegate):
    """Icon, name cut in the middle, size at the right; plain text only."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(line * 8, round(line * 1.9))

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            role = QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Midlight
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(role))
            painter.drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), 6, 6)
        with mirrored(painter, option.rect, option.direction):
            self._content(painter, option.rect.adjusted(8, 0, -8, 0), index, selected=selected)

    def _content(self, painter: QPainter, area: QRect, index: Index, *, selected: bool) -> None:
        metrics = painter.fontMetrics()
        side = max(16, metrics.height())
        icon, size = str(index.data(_ICON)), str(index.data(_SIZE))
        draw_icon(painter, icon, _COLORS.get(icon, "dim"), area, side)
        draw_text(painter, area, size, "onSelection" if selected else "dim", side=RIGHT)
        names = area.adjusted(side + 8, 0, -metrics.horizontalAdvance(size) - 8, 0)
        whole = str(index.data(Qt.ItemDataRole.DisplayRole))
        draw_text(painter, names, whole, "onSelection" if selected else "text")


class ReviewFiles(QListWidget):
    """Row numbers are those of the drafts. Delete asks to take the selected file off the list."""

    removal_requested = Signal()

    def __init__(self, drafts: list[Draft]) -> None:
        super().__init__()
        named(self, "reviewFiles", reads=tr("Files"))
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        for draft in drafts:
            self.addItem(_item(draft))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 34, metrics.height() * 16)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 24, metrics.height() * 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removal_requested.emit()
        else:
            super().keyPressEvent(event)


def _item(draft: Draft) -> QListWidgetItem:
    item = QListWidgetItem(visible(draft.path.name))
    item.setData(_SIZE, quantities.size(draft.size))
    judge(item, draft)
    return item


def judge(item: QListWidgetItem, draft: Draft) -> None:
    """The icon and the words for what is known of a file now."""
    name, obstacle = visible(draft.path.name), draft.obstacle
    warned = any(each.level == "warning" for each in draft.findings)
    item.setData(_ICON, "error" if obstacle else "warning" if warned else "artifact")
    found = obstacle or "\n".join(each.title for each in draft.findings)
    item.setToolTip(tooltip("\n".join(filter(None, [str(draft.path), found]))))
    verdict = tr("cannot be uploaded: {reason}", reason=obstacle) if obstacle else tr("ready")
    if warned and not obstacle:
        verdict = tr("ready, with warnings")
    size = quantities.size(draft.size)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, visible(f"{name}, {size}, {verdict}"))
