"""Whose Ctrl+Z it is: a field takes back its own typing; with none, the key goes on to the window."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

_KEYS = QKeySequence.StandardKey


def leaves_undo(event: QEvent, field: QLineEdit | QPlainTextEdit) -> bool:
    """Whether the field has nothing to take back, or nothing to do again, and the key asks for that."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    text = field.document() if isinstance(field, QPlainTextEdit) else field
    if event.matches(_KEYS.Undo):
        return field.isReadOnly() or not text.isUndoAvailable()
    if event.matches(_KEYS.Redo):
        return field.isReadOnly() or not text.isRedoAvailable()
    return False


class OneLine(QLineEdit):
    """What was entered is cleared for good: Ctrl+Z then takes back what was done with it."""

    def clear(self) -> None:
        self.setText("")

    def event(self, event: QEvent) -> bool:
        if leaves_undo(event, self):
            event.ignore()
            return False
        return super().event(event)
