"""The menu of the columns: which are shown, in what order, and what is better in a metric."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from dfs_desktop.translation import later, tr
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


class ColumnMenu:
    """Made anew each time it is opened: columns come and go with the records."""

    def __init__(
        self,
        parent: QWidget,
        layout: HeaderLayout,
        directions: MetricDirections,
        general: list[QAction],
    ) -> None:
        """`general`: what concerns all columns, at the foot of the menu."""
        self._parent, self._layout = parent, layout
        self._directions, self._general = directions, general

    def popup(self, position: QPoint, under: int = -1) -> QMenu:
        """`under`: the column at whose head it was asked for."""
        menu = named(TickMenu(self._parent), "columnMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = self._layout.columns
        if 0 <= under < len(columns):
            self._of_one(menu, columns[under])
        ticks = [(each, self._ticked(menu, each)) for each in self._layout.in_order()]
        self._keep_one(ticks)
        for column, tick in ticks:
            tick.toggled.connect(lambda on, key=column.key: self._layout.show_column(key, on))
            tick.toggled.connect(lambda _on: self._keep_one(ticks))
        menu.addSeparator()
        menu.addActions(self._general)
        menu.popup(position)
        return menu

    def _ticked(self, menu: QMenu, column: Column) -> QAction:
        tick = QAction(column.title.replace("&", "&&"), menu, checkable=True)
        tick.setChecked(self._layout.shown(self._layout.columns.index(column)))
        menu.addAction(tick)
        return tick

    @staticmethod
    def _keep_one(ticks: list[tuple[Column, QAction]]) -> None:
        """The last column that is shown cannot be hidden."""
        shown = [tick for _, tick in ticks if tick.isChecked()]
        for _, tick in ticks:
            tick.setEnabled(shown != [tick])

    def _of_one(self, menu: QMenu, column: Column) -> None:
        for text, by in ((tr("Move Left"), -1), (tr("Move Right"), 1)):
            action = menu.addAction(text)
            action.triggered.connect(
                lambda _checked=False, by=by: self._layout.move(column.key, by)
            )
        if name := column.metric:
            menu.addSeparator()
            group = QActionGroup(menu)
            for text, direction in _DIRECTIONS:
                action = menu.addAction(tr(text))
                action.setCheckable(True)
                action.setChecked(self._directions.chosen(name) == direction)
                group.addAction(action)
                action.triggered.connect(
                    lambda _checked=False, d=direction: self._directions.choose(name, d)
                )
        menu.addSeparator()
