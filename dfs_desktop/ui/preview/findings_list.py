"""Findings and facts as a list: a mark, one sentence on what was found, one on what to do."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.labels import IconLabel, plain_label
from dfs_desktop.ui.widgets.layouts import TOP, empty
from dfs_desktop.ui.widgets.naming import named

MOST = 100
_LONGEST = 600
LOOKS = {
    "error": ("error", "failed", later("Error")),
    "warning": ("warning", "waiting", later("Warning")),
    "note": ("information", "dim", later("Note")),
}


class FindingList(QWidget):
    """(level, title, detail) from top to bottom; hidden when there are none. `said`: how grave each is
    stands before its title."""

    def __init__(self, *, said: bool = False) -> None:
        super().__init__()
        self._said = said
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_findings(self, findings: Sequence[tuple[str, str, str]]) -> None:
        """Replace what is shown."""
        empty(self._grid)
        for number, (level, title, detail) in enumerate(findings[:MOST]):
            icon, color, word = LOOKS.get(level, LOOKS["note"])
            mark = named(IconLabel(icon, color, scale=1.0), reads=tr(word))
            head, text = (plain_label(wrap=True, selectable=True, dim=dim) for dim in (False, True))
            shown = visible(title[:_LONGEST])
            head.setText(f"{tr(word)}: {shown}" if self._said else shown)
            text.setText(visible(detail[:_LONGEST], multiline=True))
            for label in (head, text):
                label.setMinimumWidth(1)  # a long word must not widen the pane
            text.setContentsMargins(0, 0, 0, 8)
            self._grid.addWidget(mark, number * 2, 0, TOP)
            self._grid.addWidget(head, number * 2, 1)
            self._grid.addWidget(text, number * 2 + 1, 1)
        self.setVisible(bool(findings))
