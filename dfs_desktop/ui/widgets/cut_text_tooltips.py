"""The whole text under the pointer, wherever a list, a tree, a table or a choice cuts one."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QToolTip,
)

from dfs_desktop.artifact.names import isolated
from dfs_desktop.number_text import is_figures

from .guarded_painting import guarded
from .naming import tooltip
from .text_lines import elided

Index = QModelIndex | QPersistentModelIndex


class WholeText(QStyledItemDelegate):
    """Where a model has words for the pointer those are shown, else the text of the cell if it is cut.

    A number is drawn whole or not at all, as “…”: with figures left out it reads as another one.
    """

    @guarded()
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if is_figures(option.text) and option.rect.isValid() and not _fits(option):
            option.text = "…"  # where its size is asked for the cell has no place
        option.text = isolated(
            option.text
        )  # “==2.0” and “.keep” are no Arabic, and keep their order

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        words = None if index.data(Qt.ItemDataRole.ToolTipRole) else index.data()
        if event.type() != QEvent.Type.ToolTip or not isinstance(words, str) or not words:
            return super().helpEvent(event, view, option, index)
        room = option.rect.intersected(view.viewport().rect())
        cell = QStyleOptionViewItem(option)
        cell.rect = QRect()
        cut = self.sizeHint(cell, index).width() > room.width()
        QToolTip.showText(event.globalPos(), tooltip(words) if cut else "", view, option.rect)
        return True


def _fits(option: QStyleOptionViewItem) -> bool:
    """Whether the whole text of a cell has room where its style draws it."""
    style, text = option.widget.style(), QStyle.SubElement.SE_ItemViewItemText
    margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, option.widget) + 1
    room = style.subElementRect(text, option, option.widget).width() - 2 * margin
    return QFontMetricsF(option.font).horizontalAdvance(option.text) <= room


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
