"""A stage painted as a chip in the cell of a table."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import draw_text
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import LONGEST


class StageChip(QStyledItemDelegate):
    """The ground is the table's, so that a selection shows around the chip."""

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text = str(index.data() or "")[:LONGEST]
        super().paint(painter, option, index)
        if not text:
            return
        metrics, colors = option.fontMetrics, theme.current()
        area = QRectF(option.rect).adjusted(6, 0, -6, 0)
        height = metrics.height() + 2
        width = min(float(metrics.horizontalAdvance(text) + 20), area.width())
        box = QRectF(area.left(), area.center().y() - height / 2, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.color("accent"))
        painter.setBrush(colors.color("hover"))
        with mirrored(painter, option.rect, option.direction):
            painter.drawRoundedRect(box, height / 2, height / 2)
            draw_text(painter, box.adjusted(7, 0, -7, 0), text, "text")
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        text = str(index.data() or "")[:LONGEST]
        size.setWidth(option.fontMetrics.horizontalAdvance(text) + 40)
        return size
