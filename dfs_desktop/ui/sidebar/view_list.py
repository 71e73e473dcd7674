"""The saved views below the collections: opened by a click, named in place."""

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from dfs_desktop.artifact import visible
from dfs_desktop.settings import View
from dfs_desktop.translation import tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import icon_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.workspace.views.saved_views import SavedViews
from dfs_desktop.workspace.views.view_text import LONGEST_NAME

from .name_line import NameLine
from .name_list import ID_ROLE, show_in_sidebar

_MOST_SEEN = 7  # rows before the list scrolls


class _List(QListWidget):
    """Enter opens, F2 renames, Delete deletes."""

    opened = Signal(str)
    rename_requested = Signal(str)
    delete_requested = Signal(str)

    def current(self) -> str:
        item = self.currentItem()
        return str(item.data(ID_ROLE)) if item is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signal = {
            Qt.Key.Key_Return: self.opened,
            Qt.Key.Key_Enter: self.opened,
            Qt.Key.Key_F2: self.rename_requested,
            Qt.Key.Key_Delete: self.delete_requested,
        }.get(Qt.Key(event.key()))
        if signal is not None and self.current():
            signal.emit(self.current())
        else:
            super().keyPressEvent(event)


class ViewList(QFrame):
    """`menu_requested`: a view’s id and a global position."""

    menu_requested = Signal(str, QPoint)

    def __init__(self, views: SavedViews) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self._views = views
        self._renaming = ""
        hint = tr("Keep the filter, the sort and the columns under a name")
        self.new = icon_button(
            "plus", self.start_naming, name="saveViewButton", reads=tr("Save view"), tip=hint
        )
        self.list = named(_List(), "viewList", reads=tr("Views"))
        show_in_sidebar(self.list)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.customContextMenuRequested.connect(self._ask_for_menu)
        self.list.itemClicked.connect(lambda item: views.open(item.data(ID_ROLE)))
        self.list.opened.connect(views.open)
        self.list.rename_requested.connect(self.start_naming)
        self.list.delete_requested.connect(views.delete)
        self.name = NameLine("viewNameEdit", tr("Name of the view"))
        self.name.setMaxLength(LONGEST_NAME)
        self.name.returnPressed.connect(self._named)
        self.name.left.connect(self.name.hide)
        self.name.escaped.connect(self._leave_name)
        title = plain_label(tr("Views"), heading=True)
        heading = row(title, None, self.new, margins=(8, 0, 0, 0))
        column(heading, self.name, self.list, of=self, spacing=4)
        self.destroyed.connect(views.changed.connect(self.fill))
        self.fill()

    def fill(self) -> None:
        views, opened = self._views.here(), self._views.opened
        chosen = opened.id if opened is not None else ""
        if self.list.hasFocus():  # one is looked for with the keys
            chosen = self.list.current() or chosen
        with QSignalBlocker(self.list):
            self.list.clear()
            for view in views:
                self.list.addItem(self._item(view))
                if view.id == chosen:
                    self.list.setCurrentRow(self.list.count() - 1)
        self.list.setVisible(bool(views))
        height = self.list.sizeHintForRow(0) if views else 0
        self.list.setFixedHeight(min(len(views), _MOST_SEEN) * height + 4)

    @staticmethod
    def _item(view: View) -> QListWidgetItem:
        item = QListWidgetItem(icons.get("search"), visible(view.name))
        item.setData(ID_ROLE, view.id)
        item.setToolTip(tooltip(f"{view.name}\n{view.filter}".strip()))
        return item

    def start_naming(self, view_id: str = "") -> None:
        """Ask in place for the name of a new view, or for another name of this one."""
        self._renaming = view_id
        view = self._views.view(view_id)
        self.name.setText(view.name if view is not None else "")
        self.name.show()
        self.name.setFocus()
        self.name.selectAll()

    def _named(self) -> None:
        name, renaming = self.name.text(), self._renaming
        self.name.hide()
        if renaming:
            self._views.rename(renaming, name)
        else:
            self._views.save(name)
        self.list.setFocus()

    def _leave_name(self) -> None:
        (self.list if self._views.here() else self.new).setFocus()
        self.name.hide()

    def _ask_for_menu(self, position: QPoint) -> None:
        if (item := self.list.itemAt(position)) is not None:
            place = self.list.viewport().mapToGlobal(position)
            self.menu_requested.emit(str(item.data(ID_ROLE)), place)
