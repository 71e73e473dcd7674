"""Paints one transfer as a row: icon, title and place, bar and numbers, one button."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from dfs_desktop.transfers.job import State
from dfs_desktop.ui import assets, progress_text, theme
from dfs_desktop.ui.thin_bar import THICKNESS, paint_bar
from dfs_desktop.ui.transfers_model import Entry, TransfersModel, can_cancel, can_open

Index = QModelIndex | QPersistentModelIndex
_PAD = 8
_GAP = 12


class TransferPainter(QStyledItemDelegate):
    """Draws text with the palette, never as HTML. `pressed` tells of a click on a row's button."""

    pressed = Signal(int)  # row

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(line * 20, 2 * line + 4 + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = _entry(index)
        painter.save()
        self._paint_back(painter, option)
        rect = option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        side = self._side(option)
        shot = entry.shot
        icon = progress_text.icon_name(shot.state, entry.job.kind)
        color = theme.current().color(progress_text.icon_color(shot))
        ratio = painter.device().devicePixelRatioF()
        top = rect.top() + (rect.height() - side) // 2
        painter.drawPixmap(rect.left() + 8, top, assets.pixmap(icon, color, side, ratio))
        left = rect.left() + 8 + side + _GAP
        right = self._button_rect(option).left() - _GAP
        half = left + (right - left) * 9 // 20
        names = QRect(left, rect.top(), half - left - _GAP, rect.height())
        self._two_lines(painter, option, names, entry.title, entry.place)
        self._paint_progress(
            painter, option, QRect(half, rect.top(), right - half, rect.height()), entry
        )
        self._paint_button(painter, option, entry, ratio)
        painter.restore()

    def _paint_back(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        back = QRectF(option.rect).adjusted(4, 1, -4, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(option.palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(back, 6, 6)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(theme.current().color("hover"))
            painter.drawRoundedRect(back, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.current().color("accent"))
            painter.drawRoundedRect(back.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _two_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, first: str, second: str
    ) -> None:
        colors = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        height = option.fontMetrics.height()
        painter.setPen(colors.color("onSelection" if selected else "text"))
        self._draw(painter, option, QRect(rect.left(), rect.top(), rect.width(), height), first)
        painter.setPen(colors.color("onSelection" if selected else "dim"))
        below = QRect(rect.left(), rect.bottom() + 1 - height, rect.width(), height)
        self._draw(painter, option, below, second)

    @staticmethod
    def _draw(
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRect,
        text: str,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        shown = option.fontMetrics.elidedText(text, mode, rect.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, int(flags | Qt.TextFlag.TextSingleLine), shown)

    def _paint_progress(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, entry: Entry
    ) -> None:
        shot, height = entry.shot, option.fontMetrics.height()
        colors = theme.current()
        failed = shot.state is State.FAILED
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(colors.color("failed" if failed else "onSelection" if selected else "dim"))
        middle = rect.top() + (rect.height() - height) // 2
        top = middle if shot.state.ended else rect.top()
        line = QRect(rect.left(), top, rect.width(), height)
        self._draw(painter, option, line, entry.text, Qt.TextElideMode.ElideRight)
        if shot.state.ended:
            return
        center = rect.bottom() + 1 - height / 2
        bar = QRectF(rect.left(), center - THICKNESS / 2, rect.width(), THICKNESS)
        wanders = shot.state is State.RUNNING and not shot.total
        permille = None if wanders else shot.permille
        color = colors.color(progress_text.icon_color(shot))
        paint_bar(painter, bar, permille, _model(self._view).beats, color)

    def _side(self, option: QStyleOptionViewItem) -> int:
        return max(16, round(option.fontMetrics.height() * 1.15))

    def _button_rect(self, option: QStyleOptionViewItem) -> QRect:
        side = self._side(option) + 8
        rect = option.rect
        return QRect(rect.right() - _PAD - side, rect.center().y() - side // 2, side, side)

    def _paint_button(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry, ratio: float
    ) -> None:
        icon = button_icon(entry)
        if not icon:
            return
        rect = self._button_rect(option)
        mouse = self._view.viewport().mapFromGlobal(self._view.cursor().pos())
        if rect.contains(mouse):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.current().color("line"))
            painter.drawRoundedRect(rect, 6, 6)
        side = self._side(option)
        color = theme.current().color("text")
        corner = rect.topLeft() + QPoint(4, 4)
        painter.drawPixmap(corner, assets.pixmap(icon, color, side, ratio))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            hit = self._button_rect(option).contains(event.position().toPoint())
            if hit and event.button() is Qt.MouseButton.LeftButton and button_icon(_entry(index)):
                self.pressed.emit(index.row())
                return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if index.isValid() and self._button_rect(option).contains(event.pos()):
            text = {"close": "Cancel", "folder": "Open folder"}.get(button_icon(_entry(index)), "")
            QToolTip.showText(event.globalPos(), text, view)
            return True
        return super().helpEvent(event, view, option, index)


def button_icon(entry: Entry) -> str:
    """What can be done with a row: stop it, or see its file; empty when nothing."""
    if can_cancel(entry):
        return "close"
    return "folder" if can_open(entry) else ""


def _model(view: QWidget) -> TransfersModel:
    model = view.model() if isinstance(view, QAbstractItemView) else None
    if not isinstance(model, TransfersModel):
        raise TypeError("this painter draws transfers only")
    return model


def _entry(index: Index) -> Entry:
    model = index.model()
    if not isinstance(model, TransfersModel):
        raise TypeError("this painter draws transfers only")
    return model.entry(index.row())
