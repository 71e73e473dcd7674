"""Typing over a name where it stands: F2 in the table, Enter saves, Escape leaves it as it is."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from dfs_desktop.ui.details.edit_fields import NameField
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.editing.editor import Editor

from .cell_delegate import CellPainter
from .model import TableModel
from .view import TableView


class NameCells(CellPainter):
    """The field keeps the record that it was opened for, wherever its row goes meanwhile."""

    def __init__(self, table: TableView, editor: Editor) -> None:
        super().__init__(table)
        self._editor = editor

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = named(NameField(self._editor, parent), "cellName")
        field.setProperty("quiet", False)
        self.setEditorData(field, index)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The record came anew: what was typed stays."""
        model = index.model()
        row = model.row(index.row()) if isinstance(model, TableModel) else None
        if row is None or not isinstance(editor, NameField):
            return
        session = editor.record.session
        if session is None or session.artifact.id == row.artifact.id:
            editor.record.show(row.artifact)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, _index: Index) -> None:
        if isinstance(editor, NameField):
            editor.record.finish()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        editor.setGeometry(option.rect)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if (
            isinstance(editor, NameField)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            editor.record.give_up()
        return super().eventFilter(editor, event)

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """However it ends, what was typed and not given up is meant."""
        if isinstance(editor, NameField):
            editor.record.leave()
        super().destroyEditor(editor, index)
