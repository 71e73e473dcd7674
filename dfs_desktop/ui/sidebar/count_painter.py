"""Names with a count at the right end, as the sidebar shows collections and tracks."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dfs_desktop.ui.widgets.cell_painting import RIGHT, draw_icon, draw_text
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.text_lines import elided, mirrored

ID_ROLE = Qt.ItemDataRole.UserRole + 1
COUNT_ROLE = Qt.ItemDataRole.UserRole + 2
DROP_ROLE = Qt.ItemDataRole.UserRole + 20  # what is dragged would go there
NAME_ROLE = Qt.ItemDataRole.UserRole + 3
PIN_ROLE = Qt.ItemDataRole.UserRole + 4
Index = QModelIndex | QPersistentModelIndex


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
