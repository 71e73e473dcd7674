"""The whole text under the pointer, wherever a list, a tree, a table or a choice cuts one."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QToolTip,
)

from dfs_desktop.number_text import is_figures

from .guarded_painting import guarded, painted
from .naming import tooltip
from .text_lines import elided

Index = QModelIndex | QPersistentModelIndex
_BESIDE = 40  # pixels that a cell has at most beside its text: the exact size asks the model anew


class WholeText(QStyledItemDelegate):
    """Where a model has words for the pointer those are shown, else the text of the cell if it is cut.

    A number is drawn whole or not at all, as “…”: with figures left out it reads as another one.
    """

    _hidden = False  # whether the cell that is painted has a number and no room for it

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        words = index.data()
        if isinstance(words, str) and is_figures(words):
            room = option.rect.width()
            near = option.fontMetrics.horizontalAdvance(words) + _BESIDE > room
            self._hidden = near and self.sizeHint(option, index).width() > room
        super().paint(painter, option, index)
        self._hidden = False

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if self._hidden:
            option.text = "…"

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        words = None if index.data(Qt.ItemDataRole.ToolTipRole) else index.data()
        if event.type() != QEvent.Type.ToolTip or not isinstance(words, str) or not words:
            return super().helpEvent(event, view, option, index)
        room = option.rect.intersected(view.viewport().rect())
        cut = self.sizeHint(option, index).width() > room.width()
        QToolTip.showText(event.globalPos(), tooltip(words) if cut else "", view, option.rect)
        return True


def show_whole_text(view: QAbstractItemView) -> None:
    """Have a view, which paints its cells as Qt does, show under the pointer what it cuts."""
    view.setItemDelegate(WholeText(view))


class ChoiceBox(QComboBox):
    """One of several foreign names, whole under the pointer: the chosen one, and those in the list."""

    def event(self, event: QEvent) -> bool:
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return super().event(event)
        if self.toolTip():
            return super().event(event)
        words = tooltip(self.currentText()) if self.cuts() else ""
        QToolTip.showText(event.globalPos(), words, self, self.rect())
        return True

    @guarded()
    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """The chosen text loses its middle where it has no room: Qt cuts it anywhere."""
        super().initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room: QRect = self.style().subControlRect(kind, option, part, self)
        middle = Qt.TextElideMode.ElideMiddle
        option.currentText = elided(self.fontMetrics(), self.currentText(), middle, room.width())

    def cuts(self) -> bool:
        """Whether the chosen text has less room than it needs."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option.currentText != self.currentText()

    def showPopup(self) -> None:
        if not isinstance(self.itemDelegate(), WholeText):
            self.setItemDelegate(WholeText(self))
        super().showPopup()
