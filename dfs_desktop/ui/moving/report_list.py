"""The artifacts of a move as a table: what came of each, what went wrong first."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableView

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme import icon_files, theme
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.guarded_painting import guarded
from dfs_desktop.ui.widgets.naming import named, tooltip
from dfs_desktop.ui.widgets.row_tables import OpaqueGround, TitledRows, show_whole_rows
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.moving.move_record import WORDS, MovedItem, MoveRecord, Outcome

StateOf = Callable[[MovedItem], str]
_TITLES = (later("Name"), later("From"), later("To"), later("Outcome"))
_LOOKS = {
    Outcome.FAILED: ("error", "failed"),
    Outcome.REFUSED: ("error", "failed"),
    Outcome.CANCELLED: ("close", "dim"),
    Outcome.WAITING: ("transfers", "dim"),
    Outcome.PRESENT: ("check", "dim"),
    Outcome.COPIED: ("check", "good"),
}


class _Items(TitledRows[MovedItem]):
    def __init__(self, state_of: StateOf, parent: QTableView) -> None:
        super().__init__([*map(tr, _TITLES)], parent)
        self._state_of = state_of

    def show_record(self, record: MoveRecord) -> None:
        """Rows keep their places while only their outcomes change."""
        items = record.sorted_items()
        if len(items) != len(self.rows):
            self.show_rows(items)
            return
        self.layoutAboutToBeChanged.emit()
        self.rows = items
        self.layoutChanged.emit()

    @guarded()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item, number = self.rows[index.row()], index.column()
        icon, color = _LOOKS[item.outcome]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._text(item, number)[:300]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._text(item, number))
        if role == Qt.ItemDataRole.DecorationRole and number == 0:
            return icon_files.icons.get(icon, theme.current().color(color).name())
        if role == Qt.ItemDataRole.ForegroundRole and number == 3 and color == "failed":
            return QColor(theme.current().color("failed"))
        return None

    def _text(self, item: MovedItem, number: int) -> str:
        if number == 0:
            return f"{visible(item.name)}  ({quantities.size(item.size)})"
        if number < 3:
            return (item.source, item.into)[number - 1]
        if item.outcome is Outcome.WAITING:
            return self._state_of(item)
        said = tr(WORDS[item.outcome])
        return f"{said}: {visible(item.reason)}" if item.reason else said


class ReportList(QTableView):
    """Shows what came of each; what is done about it stands below."""

    def __init__(self, state_of: StateOf) -> None:
        """`state_of`: what the transfer of an artifact that waits does now."""
        super().__init__()
        named(self, "moveReport", reads=tr("What came of each artifact"))
        self._model = _Items(state_of, self)
        self.setModel(self._model)
        OpaqueGround(self)
        show_whole_rows(self, 1.7)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        em = self.fontMetrics().averageCharWidth()
        for number, width in enumerate((32, 22, 24)):
            header.resizeSection(number, em * width)

    def show_record(self, record: MoveRecord) -> None:
        self._model.show_record(record)
