"""Paints the lines and the column heads of a comparison: plain text, bars, and words beside colours."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import is_figures
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import END, RIGHT, draw_bar, draw_icon, draw_text
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import tabular

from .table_rows import Kind, Line, measured, said

PADDING = 12


# Of the column of a side: the words below its name, their icon and colour, and those beside it.
Words = Callable[[int], tuple[str, str, str, str]]


class LinePainter(QStyledItemDelegate):
    """Reads the lines of the model; colours come from the theme."""

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        painter.setFont(option.font)
        area: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.current().color("selection"))
        with mirrored(painter, area, option.direction):
            self._line(painter, area, line, index.column())

    def _line(self, painter: QPainter, cell: QRect, line: Line, column: int) -> None:
        area = cell.adjusted(PADDING, 0, -PADDING, 0)
        if line.kind is Kind.HEAD:
            self._head(painter, area, line)
        elif line.kind is Kind.REMARK:
            if not line.action:  # the others are widgets
                self._remark(painter, area, line)
        elif column == 0:
            draw_text(painter, area, visible(line.text), "dim")
        elif line.row is not None and column > len(line.row.values):
            draw_text(painter, area, line.note, line.note_color, cut=END)
        else:
            self._value(painter, cell, area, line, column - 1)

    def _head(self, painter: QPainter, area: QRect, line: Line) -> None:
        colors = theme.current()
        painter.setPen(colors.color("line"))
        painter.drawLine(area.left() - PADDING, area.top(), area.right() + PADDING, area.top())
        font = painter.font()
        plain = QFont(font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        width = draw_text(painter, area, line.text, "text")
        painter.setFont(plain)
        draw_text(painter, area.adjusted(width + 10, 0, 0, 0), line.detail, "dim")

    def _remark(self, painter: QPainter, area: QRect, line: Line) -> None:
        side = painter.fontMetrics().height()
        if line.icon:
            draw_icon(painter, line.icon, line.color, area, side)
        color = line.color if line.icon in ("warning", "check") else "text"
        color = "dim" if line.color == "dim" else color
        rest = area.adjusted(side + 8, 0, 0, 0)
        draw_text(painter, rest, line.text, color, cut=END)

    def _value(self, painter: QPainter, cell: QRect, area: QRect, line: Line, place: int) -> None:
        if (row := line.row) is None:
            return
        value = row.values[place]
        if place and row.differs and value != row.values[0] and place not in line.unknown:
            tint = QColor(theme.current().color("waiting"))
            tint.setAlphaF(0.10)
            painter.fillRect(cell.adjusted(1, 1, -1, -1), tint)
        if value is None:
            draw_text(painter, area, said(line, place), "dim")
            return
        if measured(row, place) is not None:
            self._measure(painter, area, line, place, best=place in row.best)
            return
        text, figures = visible(value), is_figures(value)
        if figures and painter.fontMetrics().horizontalAdvance(text) > area.width():
            text = text.partition(" (")[0]  # a size without its exact bytes
        draw_text(painter, area, text, "text", whole=figures)

    def _measure(
        self, painter: QPainter, area: QRect, line: Line, place: int, *, best: bool
    ) -> None:
        """A bar, the number right-aligned, and the word for the best."""
        if (row := line.row) is None:
            return
        font = tabular(painter.font())
        painter.setFont(font)
        metrics = painter.fontMetrics()  # before the bold: bars begin and end alike in all rows
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        word = QFontMetrics(bold).horizontalAdvance(tr("best")) + 8
        digits = metrics.horizontalAdvance("0.0000000")
        numbers = [measured(row, side) for side in range(len(row.values))]
        mine = numbers[place]
        text = QRect(area)
        text.setRight(area.right() - word)
        if best:
            painter.setFont(bold)
        draw_text(painter, text, said(line, place), "text", side=RIGHT, whole=True)
        if best:
            draw_text(painter, area, tr("best"), "good", side=RIGHT)
        known = [each for each in numbers if each is not None]
        room = text.width() - digits - 12
        if mine is None or min(known) < 0 or max(known) <= 0 or room < 24:
            return
        top = 1.0 if max(known) <= 1 else max(known)
        track = QRectF(area.left(), area.center().y() - 2, room, 5)
        draw_bar(painter, track, 1000 * mine / top)


class SideHeader(QHeaderView):
    """The names of the sides, and under each what is to be said of it in a word or two."""

    def __init__(self, table: QTableView, words: Words) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._words = words
        self.setSectionsClickable(True)

    def sizeHint(self) -> QSize:
        return QSize(100, round(self.fontMetrics().height() * 3.2))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        colors = theme.current()
        painter.fillRect(rect, colors.color("base"))
        painter.setPen(colors.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        with mirrored(painter, rect, self.layoutDirection()):
            self._content(painter, rect, section)
        painter.restore()

    def _content(self, painter: QPainter, rect: QRect, section: int) -> None:
        name = self.model().headerData(section, Qt.Orientation.Horizontal) or ""
        last = self.model().columnCount() - 1
        area = rect.adjusted(PADDING, 4, -PADDING, -6)
        upper, lower = QRect(area), QRect(area)
        upper.setBottom(area.center().y())
        lower.setTop(area.center().y() + 1)
        font = QFont(self.font())
        if 0 < section < last:
            text, icon, color, aside = self._words(section - 1)
            room = painter.fontMetrics().horizontalAdvance(aside) + 8 if aside else 0
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            width = draw_text(painter, upper.adjusted(0, 0, -room, 0), str(name), "text")
            font.setWeight(QFont.Weight.Normal)
            painter.setFont(font)
            draw_text(painter, upper.adjusted(width + 8, 0, 0, 0), aside, "dim")
            side = painter.fontMetrics().height()
            if icon:
                draw_icon(painter, icon, color, lower, side)
                lower.setLeft(lower.left() + side + 6)
            draw_text(painter, lower, text, color, cut=END)
        elif section == last:
            painter.setFont(font)
            draw_text(painter, upper, str(name), "dim")
