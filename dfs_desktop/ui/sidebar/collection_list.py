"""The collections of the sidebar: chosen, renamed in place, opened by what rests over them."""

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidgetItem, QWidget

from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.copies.plan import CopyPlan

from .name_list import ID_ROLE, NAME_ROLE, CountPainter, DropList

LONGEST_NAME = 100  # what servers take


class _NameEditor(CountPainter):
    """Edits the name as the server has it, not as it is shown; who listens sends it."""

    renamed = Signal(str, str)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            name = str(index.data(NAME_ROLE) or "")
            editor.setMaxLength(max(LONGEST_NAME, len(name)))
            editor.setText(name)
            editor.setAccessibleName(tr("Name of the collection"))

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit) and editor.text() != index.data(NAME_ROLE):
            self.renamed.emit(index.data(ID_ROLE), editor.text())


SPRING = 700  # milliseconds over a name until files that are dragged open its collection


class CollectionList(DropList):
    """The collections of the open orbit. Files dropped on a name go into that collection; files that
    rest over it open it, and may then be dropped on its rows."""

    renamed = Signal(str, str)  # collection id, the new name

    def __init__(self) -> None:
        super().__init__()
        named(self, "collectionList", reads=tr("Collections"))
        editor = _NameEditor(self)
        editor.renamed.connect(self.renamed)
        self.setItemDelegate(editor)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.edit_requested.connect(self.start_renaming)
        self.may_rename = False
        self._hovered = ""
        self._spring = single_shot(self, SPRING, self._open_hovered)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def takes(self, plan: CopyPlan, key: str) -> bool:
        """What lies there already is not copied there."""
        return {artifact.collection_id for artifact in plan.artifacts} != {key}

    def hover(self, item: QListWidgetItem | None) -> None:
        """Files rest over a name, or not any more."""
        key = str(item.data(ID_ROLE)) if item is not None else ""
        if key == self._hovered:
            return
        self._hovered = key
        if key and key != self.current():
            self._spring.start()
        else:
            self._spring.stop()

    def _open_hovered(self) -> None:
        for number in range(self.count()):
            if self.item(number).data(ID_ROLE) == self._hovered:
                self.setCurrentItem(self.item(number))

    def start_renaming(self) -> None:
        """Edit the name of the chosen collection in its place."""
        if (item := self.currentItem()) is not None and self.may_rename:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.editItem(item)
