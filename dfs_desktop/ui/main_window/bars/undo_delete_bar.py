"""What waits to be deleted, at the foot of the window: how long still, and the way back."""

from PySide6.QtWidgets import QFrame

from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import IconLabel, plain_label
from dfs_desktop.ui.widgets.layouts import column, row, set_margins
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion

_LINES = 3  # older deletions are only counted; Ctrl+Z reaches them one after the other
_TICK = 200  # milliseconds


class _Line(QFrame):
    """One deletion: what, when, Undo."""

    def __init__(self, deletion: Deletion, deleting: Deleter) -> None:
        super().__init__()
        self.setObjectName("undoLine")
        self.deletion = deletion
        self._what = ElidedLabel()
        reads = tr("Undo: keep {what}", what=deletion.what())
        undo = link_button(
            tr("Undo"), lambda: deleting.undo(deletion), name="undoDeleteButton", reads=reads
        )
        undo.setToolTip(tr("Keep them (Ctrl+Z)"))
        icon = IconLabel("delete", "waiting")
        row(icon, (self._what, 1), undo, of=self, margins=(12, 4, 8, 4), spacing=8)
        self.setAccessibleName(tr("{what} will be deleted", what=deletion.what()))
        self.tick()

    def tick(self) -> None:
        left = max(1, -int(-self.deletion.seconds_left() // 1))
        self._what.show_text(
            tr("{what} will be deleted in {left} s", what=self.deletion.what(), left=left)
        )


class UndoStrip(QFrame):
    """Stays in sight wherever the window goes, for as long as something waits."""

    def __init__(self, deleting: Deleter) -> None:
        super().__init__()
        self.setObjectName("undoStrip")
        self._deleting = deleting
        self._more = plain_label(dim=True)
        set_margins(self._more, 12, 0, 8, 4)
        self._column = column(self._more, of=self, spacing=0)
        self._lines: list[_Line] = []
        self._timer = repeating(self, _TICK, self._tick)
        deleting.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        waiting = self._deleting.waiting
        shown = waiting[-_LINES:][::-1]
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [_Line(deletion, self._deleting) for deletion in shown]
        for number, line in enumerate(self._lines):
            self._column.insertWidget(number, line)
        hidden = len(waiting) - len(shown)
        self._more.setText(tr("and {hidden} more, from before", hidden=hidden))
        self._more.setVisible(hidden > 0)
        self.setVisible(bool(waiting))
        (self._timer.start if waiting else self._timer.stop)()

    def _tick(self) -> None:
        for line in self._lines:
            line.tick()
