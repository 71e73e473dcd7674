"""The table's header: the sort arrow stands beside the title, never over it; up is ascending."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.text_lines import elided

_PADDING = 8  # as in the style sheet
_ARROW = 4.0  # half its width
_ROOM = 14


class SortHeader(QHeaderView):
    """Styles draw the arrow over the title where that stands at the right, and point it down for
    ascending on some systems."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def _sorted(self, section: int) -> bool:
        return self.isSortIndicatorShown() and section == self.sortIndicatorSection()

    def _right(self, section: int) -> bool:
        side = self.model().headerData(
            section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
        )
        return bool(int(side or 0) & Qt.AlignmentFlag.AlignRight.value)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        option.sortIndicator = QStyleOptionHeader.SortIndicator.None_
        room = self.sectionSize(section) - 2 * _PADDING - (_ROOM if self._sorted(section) else 0)
        option.text = elided(
            self.fontMetrics(), option.text, Qt.TextElideMode.ElideRight, max(room, 0)
        )

    @painted
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        super().paintSection(painter, rect, section)
        if not self._sorted(section):
            return
        title = self.model().headerData(section, Qt.Orientation.Horizontal)
        room = max(rect.width() - 2 * _PADDING - _ROOM, 0)
        metrics = self.fontMetrics()
        text = elided(metrics, str(title), Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(text) + _ROOM / 2 + _ARROW / 2
        right = self._right(section) or self.isRightToLeft()
        across = rect.right() - _PADDING - width if right else rect.left() + _PADDING + width
        up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        middle, tall = rect.center().y() + 0.5, _ARROW / 2 * (-1 if up else 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color("accent"))
        tips = [(-_ARROW, -tall), (_ARROW, -tall), (0.0, tall * 1.4)]
        painter.drawPolygon(QPolygonF([QPointF(across + x, middle + y) for x, y in tips]))
