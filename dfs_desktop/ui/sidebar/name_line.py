"""A line that asks in place for a name; to leave it is no answer."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from dfs_desktop.ui.widgets.naming import named

# The line is not left for good: its window or a menu of its own is in front.
FOR_NOW = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}


def is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape


class NameLine(QLineEdit):
    """`left` tells that the focus went elsewhere, `escaped` that Escape was pressed.

    Qt's own `editingFinished` says nothing of a line in which nothing was typed.
    """

    left = Signal()
    escaped = Signal()

    def __init__(self, name: str, title: str) -> None:
        super().__init__(placeholderText=title)
        named(self, name, reads=title)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Escape is meant for the line, not for what else in the window it would close."""
        if event.type() == QEvent.Type.ShortcutOverride and is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in FOR_NOW:
            self.left.emit()
