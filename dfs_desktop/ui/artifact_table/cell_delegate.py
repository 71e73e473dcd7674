"""Paints the cells that are more than text: progress, a status with its icon, tags."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from dfs_desktop.api import ModelArtifactStatus
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.number_text import decimals
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import draw_bar, draw_icon
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded, painted
from dfs_desktop.ui.widgets.right_to_left_painting import in_mirror, mirrored, upright
from dfs_desktop.ui.widgets.text_lines import LONGEST, TextLines, tabular
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.listing.row import MOST_TAGS, Row, status_text
from dfs_desktop.workspace.transfers.progress_text import phase_word

from .model import TableModel

Status = ModelArtifactStatus
PADDING = 8

_ICONS = {
    Status.PENDING_UPLOAD: ("waiting", "waiting"),
    Status.PENDING_DELETION: ("waiting", "waiting"),
    Status.UPLOAD_FAILED: ("warning", "failed"),
    Status.DELETION_FAILED: ("warning", "failed"),
}


_SEARCHED = ("name", "file")  # columns in which what the filter found is marked


def _room_behind(lines: TextLines, column: Column, text: str) -> int:
    """Pixels at the right of a number, so that decimal signs of a column stand below each other."""
    lacking = column.decimals() - (own := decimals(text))
    if lacking <= 0 or not text[-1:].isdecimal():
        return 0
    return int(lines.width("0") * lacking + (0 if own else lines.width(".")))


def _faint(token: str) -> QColor:
    color = theme.current().color(token)
    color.setAlphaF(0.22)
    return color


class CellPainter(QStyledItemDelegate):
    """Paints whole cells: colours from the theme, one padding, so that text lines up with headers.

    Drawing here instead of through the style sheet also halves the time of a repaint.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        plain, name, number, best = (QFont(parent.font()) for _ in range(4))
        name.setWeight(QFont.Weight.Medium)
        best.setWeight(QFont.Weight.Bold)
        fonts = (plain, name, tabular(number), tabular(best))
        self._metrics = QFontMetrics(plain)
        self._plain, self._names, self._numbers, self._best = map(TextLines, fonts)
        self.marked: set[str] = set()  # records that came or changed a moment ago

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        row = model.row(index.row()) if isinstance(model, TableModel) else None
        if isinstance(model, TableModel) and row is not None:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            cell = model, row, model.column(index.column())
            self.draw(painter, option.rect, cell, option.direction, selected)

    @guarded()
    def draw(
        self,
        painter: QPainter,
        area: QRect,
        cell: tuple[TableModel, Row, Column],
        direction: Qt.LayoutDirection,
        selected: bool,
    ) -> None:
        """One cell. Qt does not ask for it: the view walks over its rows by itself. What a cell leaves
        in the painter the next one does not ask for: to save and restore it takes a tenth as long."""
        _model, row, column = cell
        if selected:
            painter.fillRect(area, theme.current().color("selection"))
        elif row.key in self.marked:
            painter.fillRect(area, _faint("good"))
        if column.numeric or direction is Qt.LayoutDirection.LeftToRight:
            self._content(painter, area, *cell)  # numbers stand below each other at the right
        else:
            with mirrored(painter, area, direction):
                self._content(painter, area, *cell)

    def _content(
        self, painter: QPainter, area: QRect, model: TableModel, row: Row, column: Column
    ) -> None:
        area = area.adjusted(PADDING, 0, -PADDING, 0)
        if column.chips is not None:
            self._chips(painter, area, column.chips(row), row)
        elif column.key == "status" and row.going:
            self._status(painter, area, ("delete", "waiting"), row)
        elif column.key == "status" and row.job is not None:
            self._progress(painter, area, row.job)
        elif column.key == "status" and row.waiting:
            self._status(painter, area, ("transfers", "waiting"), row)
        elif column.key == "status" and row.artifact.status in _ICONS:
            look = ("close", "dim") if row.cancelled else _ICONS[row.artifact.status]
            self._status(painter, area, look, row)
        else:
            if column.key == "name" and model.has_copy(row):
                size = self._metrics.height()
                end = area.adjusted(area.width() - size, 0, 0, 0)
                draw_icon(painter, "on-disk", "dim", end, size)
                area = area.adjusted(0, 0, -size - 4, 0)
            wanted = model.wanted(column) if column.key in _SEARCHED else ()
            best = column.numeric and model.is_best(row, column)
            self._text(painter, area, column, row, best=best, wanted=wanted)

    def width(self, model: TableModel, row: Row, column: Column) -> int:
        """What a cell needs to show all that it says."""
        if column.key == "tags":
            shown = (visible(tag, limit=LONGEST) for tag in (row.artifact.tags or ())[:MOST_TAGS])
            widest = self._plain.height * 8
            return 2 * PADDING + sum(int(min(self._plain.width(t), widest)) + 17 for t in shown)
        lines = self._lines_of(column, best=False)
        text = column.text(row)[:ONE_LINE]
        has_icon = column.key == "status" or (column.key == "name" and model.has_copy(row))
        icon = self._metrics.height() + 6 if has_icon else 0
        return 2 * PADDING + 2 + int(lines.width(text)) + _room_behind(lines, column, text) + icon

    def _lines_of(self, column: Column, *, best: bool) -> TextLines:
        if column.numeric:
            return self._best if best else self._numbers
        return self._names if column.key == "name" else self._plain

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        column: Column,
        row: Row,
        *,
        best: bool,
        wanted: tuple[str, ...],
    ) -> None:
        colors = theme.current()
        strong = row.is_artifact and (column.key == "name" or column.numeric)
        painter.setPen(colors.pen("text" if strong else "dim"))
        lines = self._lines_of(column, best=best)
        text = column.text(row)[:ONE_LINE]
        # Letters stay in their order, their marks as well.
        for found in lines.places(area, text, wanted, right=in_mirror()) if wanted else ():
            with upright(painter, area) as (place, _turned):
                painter.fillRect(found.translated(place.x() - area.x(), 0), _faint("accent"))
        if not column.numeric:
            lines.draw(painter, area, text, middle=True, struck=row.going)
            return
        spare = max(0, area.width() - math.ceil(lines.width(text)))
        area = area.adjusted(0, 0, -min(_room_behind(lines, column, text), spare), 0)
        lines.draw(painter, area, text, right=True, whole=True, struck=row.going)

    def _status(self, painter: QPainter, area: QRect, look: tuple[str, str], row: Row) -> None:
        name, color = look
        size = self._metrics.height()
        draw_icon(painter, name, color, area, size)
        painter.setPen(theme.current().pen(color))
        rest = area.adjusted(size + 6, 0, 0, 0)
        self._plain.draw(painter, rest, status_text(row))

    def _progress(self, painter: QPainter, area: QRect, job: Job) -> None:
        """`▓▓▓░ 61 %`, or the word for a phase without bytes."""
        shot = job.snapshot()
        metrics = self._metrics
        colors = theme.current()
        running = shot.total and shot.state is State.RUNNING
        text = f"{shot.permille // 10} %" if running else phase_word(shot)
        if not running or area.width() < metrics.horizontalAdvance("100 %") * 2:
            painter.setPen(colors.pen("dim"))
            self._plain.draw(painter, area, text)
            return
        room = metrics.horizontalAdvance("100 %") + 6
        bar = QRectF(area.left(), area.center().y() - 2, area.width() - room, 5)
        draw_bar(painter, bar, shot.permille, "waiting" if shot.stalled else "accent")
        painter.setPen(colors.pen("text"))
        self._plain.draw(painter, area, text, right=True)

    def _chips(self, painter: QPainter, area: QRect, tags: Sequence[str], row: Row) -> None:
        """Quiet chips; those that have no room are counted: `+2`."""
        metrics = self._metrics
        colors = theme.current()
        left = area.left()
        height = metrics.height() + 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self._plain
        for number, tag in enumerate(tags):
            text = visible(tag, limit=LONGEST)
            room = min(int(lines.width(text)) + 1, metrics.height() * 8)
            more = len(tags) - number - 1
            reserve = lines.width(f"+{more}") + 6 if more else 0
            if number == 0:
                room = max(0, min(room, int(area.right() - left - 12 - reserve)))
            elif left + room + 12 + reserve > area.right():
                painter.setPen(colors.pen("dim"))
                rest = area.adjusted(left - area.left(), 0, 0, 0)
                lines.draw(painter, rest, f"+{len(tags) - number}")
                return
            box = QRectF(left, area.center().y() - height / 2 + 1, room + 12, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("hover"))
            painter.drawRoundedRect(box, height / 2, height / 2)
            painter.setPen(colors.pen("text"))
            lines.draw(painter, box.adjusted(6, 0, -6, 0), text, struck=row.going)
            left += room + 16
