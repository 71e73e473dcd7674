"""Paints the cells that are more than text: progress, a status with its icon, tags."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from dfs_desktop.api import ModelArtifactStatus
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import ONE_LINE
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.ui import assets, theme
from dfs_desktop.ui.guard import painted
from dfs_desktop.ui.progress_text import phase_word
from dfs_desktop.ui.table_model import ROW_ROLE, TableModel
from dfs_desktop.workspace.columns import Column
from dfs_desktop.workspace.listing import Row

Index = QModelIndex | QPersistentModelIndex
Status = ModelArtifactStatus
PADDING = 8

_ICONS = {
    Status.PENDING_UPLOAD: ("waiting", "waiting"),
    Status.PENDING_DELETION: ("waiting", "waiting"),
    Status.UPLOAD_FAILED: ("warning", "failed"),
    Status.DELETION_FAILED: ("warning", "failed"),
}


class CellPainter(QStyledItemDelegate):
    """Paints whole cells: colours from the theme, one padding, so that text lines up with headers.

    Drawing here instead of through the style sheet also halves the time of a repaint.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name_font = QFont(parent.font())
        self._name_font.setWeight(QFont.Weight.Medium)
        self._number_font = QFont(parent.font())
        tabular(self._number_font)

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        row: Row | None = index.data(ROW_ROLE)
        if not isinstance(model, TableModel) or row is None:
            return
        column = model.column(index.column())
        area: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.current().color("selection"))
        area = area.adjusted(PADDING, 0, -PADDING, 0)
        if row.going:
            font = QFont(painter.font())
            font.setStrikeOut(True)
            painter.setFont(font)
        if column.key == "tags":
            self._tags(painter, area, row.artifact.tags or [], option)
        elif column.key == "status" and row.going:
            self._status(painter, area, ("delete", "waiting"), index, option)
        elif column.key == "status" and row.job is not None:
            self._progress(painter, area, row.job, option)
        elif column.key == "status" and row.artifact.status in _ICONS:
            look = ("close", "dim") if row.cancelled else _ICONS[row.artifact.status]
            self._status(painter, area, look, index, option)
        else:
            self._text(painter, area, column, row)

    def _text(self, painter: QPainter, area: QRect, column: Column, row: Row) -> None:
        colors = theme.current()
        strong = row.is_artifact and (column.key == "name" or column.numeric)
        painter.setPen(colors.color("text" if strong else "dim"))
        font = (
            self._number_font
            if column.numeric
            else self._name_font
            if column.key == "name"
            else None
        )
        if font is not None:
            font = QFont(font)
            font.setStrikeOut(row.going)
            painter.setFont(font)
        metrics = painter.fontMetrics()
        mode = Qt.TextElideMode.ElideRight if column.numeric else Qt.TextElideMode.ElideMiddle
        text = metrics.elidedText(column.text(row)[:ONE_LINE], mode, area.width())
        side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _status(
        self,
        painter: QPainter,
        area: QRect,
        look: tuple[str, str],
        index: Index,
        option: QStyleOptionViewItem,
    ) -> None:
        name, color = look
        size = option.fontMetrics.height()
        ink = theme.current().color(color)
        ratio = painter.device().devicePixelRatioF()
        top = area.center().y() - size // 2
        painter.drawPixmap(area.left(), top, assets.pixmap(name, ink, size, ratio))
        painter.setPen(ink)
        rest = area.adjusted(size + 6, 0, 0, 0)
        _elided(painter, rest, str(index.data()), option.fontMetrics)

    def _progress(
        self, painter: QPainter, area: QRect, job: Job, option: QStyleOptionViewItem
    ) -> None:
        """`▓▓▓░ 61 %`, or the word for a phase without bytes."""
        shot = job.snapshot()
        metrics: QFontMetrics = option.fontMetrics
        colors = theme.current()
        running = shot.total and shot.state is State.RUNNING
        text = f"{shot.permille // 10} %" if running else phase_word(shot)
        if not running or area.width() < metrics.horizontalAdvance("100 %") * 2:
            painter.setPen(colors.color("dim"))
            _elided(painter, area, text, metrics)
            return
        room = metrics.horizontalAdvance("100 %") + 6
        bar = QRectF(area.left(), area.center().y() - 2, area.width() - room, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        bar.setWidth(bar.width() * shot.permille / 1000)
        painter.setBrush(colors.color("waiting" if shot.stalled else "accent"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        painter.setPen(colors.color("text"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, text)

    def _tags(
        self, painter: QPainter, area: QRect, tags: list[str], option: QStyleOptionViewItem
    ) -> None:
        """Quiet chips; those that have no room are counted: `+2`."""
        metrics: QFontMetrics = option.fontMetrics
        colors = theme.current()
        left = area.left()
        height = metrics.height() + 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, tag in enumerate(tags):
            text = metrics.elidedText(
                visible(tag, limit=200), Qt.TextElideMode.ElideRight, metrics.height() * 8
            )
            width = metrics.horizontalAdvance(text) + 12
            more = len(tags) - number - 1
            reserve = metrics.horizontalAdvance(f"+{more}") + 6 if more else 0
            if left + width + reserve > area.right() and number > 0:
                painter.setPen(colors.color("dim"))
                rest = area.adjusted(left - area.left(), 0, 0, 0)
                painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, f"+{len(tags) - number}")
                return
            box = QRectF(left, area.center().y() - height / 2 + 1, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("hover"))
            painter.drawRoundedRect(box, height / 2, height / 2)
            painter.setPen(colors.color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            left += width + 4


def tabular(font: QFont) -> None:
    """Figures of equal width, so that columns of numbers line up."""
    try:
        font.setFeature(QFont.Tag("tnum"), 1)
    except (AttributeError, TypeError):  # Qt before 6.7
        return


def _elided(painter: QPainter, area: QRect, text: str, metrics: QFontMetrics) -> None:
    short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
