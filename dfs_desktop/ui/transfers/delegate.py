"""Paints one transfer as a row: icon, title and place, bar and numbers, a button a verb."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.widgets.cell_painting import END, draw_bar, draw_icon, draw_text
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import painted
from dfs_desktop.ui.widgets.right_to_left_painting import mirrored
from dfs_desktop.ui.widgets.text_lines import TextLines
from dfs_desktop.ui.widgets.thin_progress_bar import THICKNESS
from dfs_desktop.workspace.transfers import progress_text
from dfs_desktop.workspace.transfers.actions import Verb

from .model import BUTTONS, Entry, TransfersModel

_PAD = 8
_GAP = 12


class TransferPainter(QStyledItemDelegate):
    """Draws text with the palette, never as HTML. `pressed` tells of a click on a row's button."""

    pressed = Signal(int, object)  # row and verb

    def __init__(self, view: QAbstractItemView, model: TransfersModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._lines = TextLines(view.font())
        self._pointer = QPoint(-1, -1)  # in the viewport; to ask for it would wait for the screen

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line = option.fontMetrics.height()
        return QSize(line * 20, 2 * line + 4 + 2 * _PAD)

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._model.entry(index.row())
        self._paint_back(painter, option)
        with mirrored(painter, option.rect, option.direction):
            self._content(painter, option, entry)

    def _content(self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry) -> None:
        rect = option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        side = self._side(option)
        shot = entry.shot
        icon = progress_text.icon_name(shot, entry.job.kind)
        left_area = rect.adjusted(8, 0, 0, 0)
        draw_icon(painter, icon, progress_text.icon_color(shot), left_area, side)
        left = rect.left() + 8 + side + _GAP
        right = self._button_rect(option, BUTTONS - 1).left() - _GAP
        half = left + (right - left) * 9 // 20
        names = QRect(left, rect.top(), half - left - _GAP, rect.height())
        self._two_lines(painter, option, names, entry.title, entry.place)
        rest = QRect(half, rect.top(), right - half, rect.height())
        self._paint_progress(painter, option, rest, entry)
        for place, verb in placed(entry):
            self._paint_button(painter, option, place, verb)

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
            painter.setPen(theme.current().pen("accent"))
            painter.drawRoundedRect(back.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _two_lines(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, first: str, second: str
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        line = QRect(rect.left(), rect.top(), rect.width(), option.fontMetrics.height())
        for text, color in ((first, "text"), (second, "dim")):
            painter.setPen(theme.current().pen("onSelection" if selected else color))
            self._lines.draw(painter, line, text, middle=True)
            line.moveBottom(rect.bottom())

    def _paint_progress(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, entry: Entry
    ) -> None:
        shot, height = entry.shot, option.fontMetrics.height()
        ink = progress_text.text_color(shot)
        if ink == "dim" and option.state & QStyle.StateFlag.State_Selected:
            ink = "onSelection"
        middle = rect.top() + (rect.height() - height) // 2
        top = middle if shot.state.ended else rect.top()
        line = QRect(rect.left(), top, rect.width(), height)
        draw_text(painter, line, entry.text, ink, cut=END)
        if shot.state.ended:
            return
        center = rect.bottom() + 1 - height / 2
        bar = QRectF(rect.left(), center - THICKNESS / 2, rect.width(), THICKNESS)
        known = progress_text.shown_permille(shot, entry.job)
        permille = None if progress_text.wanders(shot) else known
        draw_bar(painter, bar, permille, progress_text.icon_color(shot), self._model.beats)

    def _side(self, option: QStyleOptionViewItem) -> int:
        return max(16, round(option.fontMetrics.height() * 1.15))

    def _button_rect(self, option: QStyleOptionViewItem, place: int) -> QRect:
        """The room of a button; place 0 is the last in the line, so that Cancel never moves."""
        side = self._side(option) + 8
        rect = option.rect
        right = rect.right() - _PAD - place * (side + 4)
        return QRect(right - side, rect.center().y() - side // 2, side, side)

    def _verb_at(self, option: QStyleOptionViewItem, index: Index, point: QPoint) -> Verb | None:
        for place, verb in placed(self._model.entry(index.row())) if index.isValid() else ():
            if self._on_screen(option, place).contains(point):
                return verb
        return None

    def _on_screen(self, option: QStyleOptionViewItem, place: int) -> QRect:
        area = self._button_rect(option, place)
        return QStyle.visualRect(option.direction, option.rect, area)

    def _paint_button(
        self, painter: QPainter, option: QStyleOptionViewItem, place: int, verb: Verb
    ) -> None:
        rect = self._button_rect(option, place)
        over = option.state & QStyle.StateFlag.State_MouseOver
        if over and self._on_screen(option, place).contains(self._pointer):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.current().color("line"))
            painter.drawRoundedRect(rect, 6, 6)
        icon, area = progress_text.VERB_ICONS[verb], rect.adjusted(4, 4, -4, -4)
        draw_icon(painter, icon, "text", area, self._side(option))

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._pointer = event.position().toPoint()
            self._view.update(index)
        elif isinstance(event, QMouseEvent) and event.type() in _CLICKS:
            verb = self._verb_at(option, index, event.position().toPoint())
            if verb is not None and event.button() is Qt.MouseButton.LeftButton:
                if event.type() == QEvent.Type.MouseButtonRelease:
                    self.pressed.emit(index.row(), verb)
                return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if (verb := self._verb_at(option, index, event.pos())) is not None:
            words = progress_text.verb_hint(self._model.entry(index.row()).job, verb)
            QToolTip.showText(event.globalPos(), words, view)
            return True
        return super().helpEvent(event, view, option, index)


_CLICKS = {QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick}


def placed(entry: Entry) -> list[tuple[int, Verb]]:
    """The row's buttons with their places, counted from the right."""
    return list(enumerate(reversed(entry.buttons)))
