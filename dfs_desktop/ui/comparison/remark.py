"""A remark among the rows of a comparison that offers something to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.icon_label import IconLabel

from .lines import Line


class Remark(QWidget):
    """An icon, a sentence and a button."""

    chosen = Signal(object)

    def __init__(self, line: Line) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)  # the style sheet pads the cell by 8
        row.setSpacing(8)
        row.addWidget(IconLabel(line.icon, line.color, scale=1.0))
        text = ElidedLabel(line.text, mode=Qt.TextElideMode.ElideRight)
        text.setMaximumWidth(text.sizeHint().width())
        row.addWidget(text, 1)
        self.button = link_button(line.action)
        self.button.setObjectName("remarkButton")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda: self.chosen.emit(line))
        row.addWidget(self.button)
        row.addStretch(0)
