"""The column of names stays where lines begin while the others are scrolled sideways."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded, painted

from .model import TableModel
from .rows_in_sight import Span

_MOST = 0.6  # of the width: a wider column would leave no room for what is scrolled


class PinnedName:
    """Paints the column over what was scrolled below it, and says where its cells are then."""

    def __init__(
        self, view: QTableView, draw: Callable[[QPainter, QRect, Sequence[Span]], None]
    ) -> None:
        """`draw`: paints the cells of these columns in an area."""
        self._view = view
        self._draw = draw
        self._head = _PinnedHead(view.horizontalHeader(), self)
        bar = view.horizontalScrollBar()
        bar.valueChanged.connect(self.follow)

    @property
    def section(self) -> int:
        """The column that is pinned now; -1 while none is: nothing is scrolled, or it stands elsewhere."""
        view = self._view
        if not view.horizontalScrollBar().value():
            return -1
        header, model = view.horizontalHeader(), view.model()
        edge = header.width() - 1 + header.offset() if self._at_right else -header.offset()
        first = header.logicalIndexAt(edge)
        if not isinstance(model, TableModel) or first < 0 or model.column(first).key != "name":
            return -1
        fits = header.sectionSize(first) <= view.viewport().width() * _MOST
        return first if fits else -1

    def area(self, section: int) -> QRect:
        """Where the pinned column is in the viewport."""
        size = self._view.horizontalHeader().sectionSize(section)
        room = self._view.viewport()
        return QRect(room.width() - size if self._at_right else 0, 0, size, room.height())

    @property
    def _at_right(self) -> bool:
        return self._view.isRightToLeft()

    def line(self, area: QRect) -> QRect:
        """The line between the column and what is scrolled."""
        return QRect(area.left() if self._at_right else area.right(), 0, 1, area.height())

    def follow(self) -> None:
        """Repaint after a step sideways: what is scrolled takes the pinned pixels along."""
        section = self.section
        self._view.viewport().update()
        header = self._view.horizontalHeader()
        self._head.setVisible(section >= 0)
        if section >= 0:
            area = self.area(section).adjusted(-self._at_right, 0, not self._at_right, 0)
            self._head.setGeometry(area.left(), 0, area.width(), header.height())
            self._head.update()

    @guarded()
    def paint(self, event: QPaintEvent) -> None:
        """Paint the cells of the column that are in the area of this event."""
        section = self.section
        if section < 0 or not event.rect().intersects(self.area(section)):
            return
        view = self._view
        painter = QPainter(view.viewport())
        self._cells(painter, section, event.rect())
        painter.fillRect(self.line(self.area(section)), theme.current().color("line"))
        painter.end()

    @painted
    def _cells(self, painter: QPainter, section: int, area: QRect) -> None:
        column = self.area(section)
        painter.setClipRect(column.left(), area.top(), column.width(), area.height())
        painter.fillRect(painter.clipBoundingRect(), self._view.viewport().palette().base())
        self._draw(painter, area, ((section, column.left(), column.width()),))


class _PinnedHead(QWidget):
    """The title of the pinned column, over the header; a click on it sorts."""

    def __init__(self, header: QHeaderView, pinned: PinnedName) -> None:
        super().__init__(header)
        self._header, self._pinned = header, pinned
        self.hide()

    @guarded()
    def paintEvent(self, _event: QPaintEvent) -> None:
        section = self._pinned.section
        if section < 0:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._header.palette().base())
        right = self.isRightToLeft()
        area = self.rect().adjusted(right, 0, -(not right), 0)
        self._header.paintSection(painter, area, section)
        painter.fillRect(self._pinned.line(area), theme.current().color("line"))
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        section, header = self._pinned.section, self._header
        if section < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        up = header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        turned = header.sortIndicatorSection() == section and up
        order = Qt.SortOrder.DescendingOrder if turned else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(section, order)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._header.customContextMenuRequested.emit(event.pos())
