"""The column of names stays where lines begin while the others are scrolled sideways."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.guarded_painting import guarded, painted

from .model import TableModel

_ENABLED, _SELECTED = QStyle.StateFlag.State_Enabled, QStyle.StateFlag.State_Selected
_MOST = 0.6  # of the width: a wider column would leave no room for what is scrolled


class PinnedName:
    """Paints the column over what was scrolled below it, and says where its cells are then."""

    def __init__(self, view: QTableView) -> None:
        self._view = view
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
        view, model, chosen = self._view, self._view.model(), self._view.selectionModel()
        column = self.area(section)
        painter.setClipRect(column.left(), area.top(), column.width(), area.height())
        painter.fillRect(painter.clipBoundingRect(), view.viewport().palette().base())
        option = QStyleOptionViewItem()
        view.initViewItemOption(option)
        row = view.rowAt(area.top())
        while 0 <= row < model.rowCount() and view.rowViewportPosition(row) <= area.bottom():
            index = model.index(row, section)
            top, height = view.rowViewportPosition(row), view.rowHeight(row)
            place = QRect(column.left(), top, column.width(), height)
            option.rect = place
            selected = chosen.isSelected(index)
            option.state = _ENABLED | _SELECTED if selected else _ENABLED
            view.itemDelegateForIndex(index).paint(painter, option, index)
            row += 1


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
