"""The list of transfers and its keys: Space, Delete, Enter, and Ctrl with Up or Down."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.cut_text_tooltips import Index
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.row_tables import OpaqueGround

Keys = Mapping[Qt.Key, Callable[[], object]]
_MOVING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class TransfersList(QListView):
    """Has keys that mean something to transfers; the others do what they do in any list."""

    def __init__(self, keys: Keys, moves: Keys) -> None:
        """What each of the keys does, and what each does together with Ctrl or Alt."""
        super().__init__(uniformItemSizes=True)
        self._keys, self._moves = keys, moves
        named(self, "transfersList", reads=tr("Transfers, newest first"))
        OpaqueGround(self)
        self._moved: set[int] = set()  # rows that are painted anew
        self._soon = single_shot(self, 0, self._paint_moved)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """All are of one height: Qt would lay out, and paint, all of them for one that moves. Where it
        is, is asked once for all that move in a turn, since that lays out what came meanwhile."""
        if QAccessible.isActive() or first.row() != last.row():
            super().dataChanged(first, last, roles)
        elif self.isVisible():
            self._moved.add(first.row())
            self._soon.start()

    def _paint_moved(self) -> None:
        for row in self._moved:
            self.viewport().update(self.visualRect(self.model().index(row, 0)))
        self._moved.clear()

    def rows(self) -> list[int]:
        """The selected rows from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedIndexes())

    def event(self, event: QEvent) -> bool:
        """These keys are also shortcuts of the window (Delete an artifact): here they are the list's."""
        asked = event if event.type() == QEvent.Type.ShortcutOverride else None
        if isinstance(asked, QKeyEvent) and self._meant(asked) is not None:
            event.accept()
            return True
        return super().event(event)

    def _meant(self, event: QKeyEvent) -> Callable[[], object] | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers & _MOVING:
            return self._moves.get(Qt.Key(event.key()))
        return None if modifiers else self._keys.get(Qt.Key(event.key()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (run := self._meant(event)) is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            run()
