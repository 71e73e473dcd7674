"""The menu of the columns: which are shown, in what order, and what is better in a metric."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import offer
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.views.metric_directions import Direction, MetricDirections

from .column_layout import HeaderLayout

_DIRECTIONS: tuple[tuple[str, Direction | None], ...] = (
    (later("Higher Is Better"), 1),
    (later("Lower Is Better"), -1),
    (later("Neither"), 0),
    (later("Guess from the Name"), None),
)


class TickMenu(QMenu):
    """Stays open while its ticks are changed, with the mouse or the space bar."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._tick(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or not self._tick(self.activeAction()):
            super().keyPressEvent(event)

    def _tick(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable() or action.actionGroup() is not None:
            return False
        if action.isEnabled():
            action.trigger()
        return True


class ColumnMenu(TickMenu):
    """Made anew each time it is opened: columns come and go with the records."""

    def __init__(
        self, parent: QWidget, layout: HeaderLayout, directions: MetricDirections,
        general: list[QAction], under: int,
    ) -> None:  # fmt: skip
        """`general`: what concerns all columns, at the foot of the menu. `under`: the column at whose
        head it was asked for."""
        super().__init__(parent)
        named(self, "columnMenu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._layout, self._directions = layout, directions
        if 0 <= under < len(layout.columns):
            self._add_one(layout.columns[under])
        self._ticks = [self._add_tick(column) for column in layout.in_order()]
        self._keep_one()
        self.addSeparator()
        self.addActions(general)

    def _add_tick(self, column: Column) -> QAction:
        tick = self.addAction(column.title.replace("&", "&&"))
        tick.setCheckable(True)
        tick.setChecked(self._layout.shown(self._layout.columns.index(column)))
        tick.toggled.connect(partial(self._layout.show_column, column.key))
        tick.toggled.connect(self._keep_one)
        return tick

    def _keep_one(self) -> None:
        """The last column that is shown cannot be hidden."""
        shown = [tick for tick in self._ticks if tick.isChecked()]
        for tick in self._ticks:
            tick.setEnabled(shown != [tick])

    def _add_one(self, column: Column) -> None:
        for text, by in ((tr("Move Left"), -1), (tr("Move Right"), 1)):
            offer(self, text, partial(self._layout.move, column.key, by))
        if name := column.metric:
            self.addSeparator()
            group = QActionGroup(self)
            for words, direction in _DIRECTIONS:
                choose = partial(self._directions.choose, name, direction)
                action = group.addAction(offer(self, tr(words), choose))
                action.setCheckable(True)
                action.setChecked(self._directions.chosen(name) == direction)
        self.addSeparator()
