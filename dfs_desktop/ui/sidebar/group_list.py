"""The groups of the open place below the collections: one is chosen, and the table shows its rows."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import exact_text
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.dialogs import icon_button
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.row_tables import NOWHERE
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.grouping import Group
from dfs_desktop.workspace.views.groups import Groups

from .name_list import COUNT_ROLE, CountPainter, show_in_sidebar

_TITLES = {"tag": later("Tags"), "prefix": later("Name prefixes")}
_WITHOUT = {"tag": later("No tag"), "prefix": later("No name")}
_FEWEST_ROWS, _MOST_ROWS = 4, 14  # in sight; more are scrolled to
_LONGEST = 200  # characters of a text that is painted

Role = Qt.ItemDataRole


class _Model(QAbstractListModel):
    """All rows first, then the groups."""

    def __init__(self, groups: Groups, parent: QWidget) -> None:
        super().__init__(parent)
        self._groups = groups
        self._shown: list[Group] = []

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown) + 1

    def key(self, number: int) -> str | None:
        return self._shown[number - 1].key if 0 < number <= len(self._shown) else None

    def number(self, key: str | None) -> int:
        """Where a group stands; -1 where it is not shown."""
        if key is None:
            return 0
        return next((n for n, each in enumerate(self._shown, 1) if each.key == key), -1)

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        group = self._shown[index.row() - 1] if index.row() else None
        count = group.count if group is not None else self._groups.all
        if role == COUNT_ROLE:
            return count
        if role not in (Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole):
            return None
        none = tr(_WITHOUT.get(self._groups.field, later("None")))
        text = visible(tr("All") if group is None else group.text or none, limit=_LONGEST)
        if role == Role.AccessibleTextRole:
            return f"{text}, {quantities.count(count, 'row')}"
        return tooltip(text) if role == Role.ToolTipRole else text

    def take_over(self) -> None:
        """Show the groups as they are now."""
        wanted = self._groups.groups
        if [each.key for each in wanted] == [each.key for each in self._shown]:
            self._shown = wanted
            self.dataChanged.emit(self.index(0), self.index(len(wanted)))
            return
        self.beginResetModel()
        self._shown = wanted
        self.endResetModel()


class _List(QListView):
    """Enter and Right lead to the rows; Escape shows all of them again."""

    left = Signal()
    given_up = Signal()

    def sizeHint(self) -> QSize:
        number = self.model().rowCount() if self.model() is not None else 1
        rows = min(max(number, _FEWEST_ROWS), _MOST_ROWS)
        height = rows * max(self.sizeHintForRow(0), 1) + 2 * self.frameWidth() + 4
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() * 2 * _FEWEST_ROWS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right}:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class GroupSection(QFrame):
    """`left`: on to the rows. `menu_requested` at a global position."""

    left = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, groups: Groups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups = groups
        self._filling = False
        self.list = named(_List(), "groupList")
        show_in_sidebar(self.list)
        self.list.setItemDelegate(CountPainter(self.list))
        self.list.customContextMenuRequested.connect(
            lambda place: self.menu_requested.emit(self.list.viewport().mapToGlobal(place))
        )
        self._model = _Model(groups, self)
        self.list.setModel(self._model)
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.list.left.connect(self.left)
        self.list.given_up.connect(self._give_up)
        close = icon_button(
            "close", lambda: groups.by(""), name="closeGroupsButton", reads=tr("No groups")
        )
        self._title = plain_label(heading=True)
        self.more = plain_label(dim=True, wrap=True)
        self.more.setContentsMargins(8, 0, 8, 0)
        heading = row(self._title, None, close, margins=(8, 8, 0, 0))
        column(heading, (self.list, 1), self.more, of=self, spacing=4)
        self.destroyed.connect(groups.changed.connect(self.show_groups))
        self.show_groups()

    def show_groups(self) -> None:
        groups = self._groups
        title = tr(_TITLES.get(groups.field, ""))
        self.setVisible(bool(title))
        self._title.setText(title)
        self.list.setAccessibleName(title)
        self.more.setText(
            trn(
                "{amount} smaller group is not listed",
                "{number} smaller groups are not listed",
                groups.left_out,
                number=exact_text(groups.left_out),
            )
        )
        self.more.setVisible(groups.left_out > 0)
        self._filling = True
        try:
            rows = self._model.rowCount()
            self._model.take_over()
            number = self._model.number(groups.chosen)
            index = self._model.index(number) if number >= 0 else QModelIndex()
            if index != self.list.currentIndex():
                self.list.setCurrentIndex(index)
            if not index.isValid():
                self.list.clearSelection()
        finally:
            self._filling = False
        if rows != self._model.rowCount():
            self.list.updateGeometry()

    def _current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._filling:
            self._groups.choose(self._model.key(index.row()))

    def _give_up(self) -> None:
        self._groups.choose(None)
        self.left.emit()
