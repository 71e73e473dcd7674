"""Findings and facts as a list: a mark, one sentence on what was found, one on what to do."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.theme import icon_files, theme
from dfs_desktop.ui.widgets.dialogs import plain_label

MOST = 100
_LONGEST = 600
_LOOKS = {
    "error": ("error", "failed", later("Error")),
    "warning": ("warning", "waiting", later("Warning")),
    "note": ("information", "dim", later("Note")),
}


class FindingList(QWidget):
    """(level, title, detail) from top to bottom; hidden when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._marks: list[tuple[QLabel, str]] = []
        theme.current().changed.connect(self._paint_marks)

    def show_findings(self, findings: Sequence[tuple[str, str, str]]) -> None:
        """Replace what is shown."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._marks.clear()
        for number, (level, title, detail) in enumerate(findings[:MOST]):
            mark = QLabel(textFormat=Qt.TextFormat.PlainText)
            mark.setAccessibleName(tr(_LOOKS.get(level, _LOOKS["note"])[2]))
            head, text = plain_label(wrap=True), plain_label(wrap=True, dim=True)
            head.setText(visible(title[:_LONGEST]))
            text.setText(visible(detail[:_LONGEST], multiline=True))
            for label in (head, text):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setMinimumWidth(1)  # a long word must not widen the pane
            text.setContentsMargins(0, 0, 0, 8)
            self._grid.addWidget(mark, number * 2, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(head, number * 2, 1)
            self._grid.addWidget(text, number * 2 + 1, 1)
            self._marks.append((mark, level))
        self._paint_marks()
        self.setVisible(bool(findings))

    def titles(self) -> list[str]:
        """What is listed, by the first sentences."""
        count = self._grid.rowCount()
        items = (self._grid.itemAtPosition(row, 1) for row in range(0, count, 2))
        labels = [item.widget() for item in items if item is not None]
        return [label.text() for label in labels if isinstance(label, QLabel)]

    def _paint_marks(self) -> None:
        size = self.fontMetrics().height()
        for mark, level in self._marks:
            icon, color, _ = _LOOKS.get(level, _LOOKS["note"])
            paint = theme.current().color(color)
            mark.setPixmap(icon_files.pixmap(icon, paint, size, self.devicePixelRatioF()))
