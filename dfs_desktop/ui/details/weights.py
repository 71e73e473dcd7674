"""The tab of the weights: the tensors of a file by its header alone, however large it is."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.ui.preview.tensor_table import TensorTable
from dfs_desktop.ui.widgets.dialogs import plain_label
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.workspace import Workspace

from .reading_page import InsidePage


class WeightsPage(InsidePage):
    """With several files, the largest one first."""

    key = "weights"
    scrolls = False

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.content.setContentsMargins(0, 4, 8, 0)
        self.files = QComboBox()
        self.files.setAccessibleName("File with weights")
        self.files.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.files.setMinimumContentsLength(20)
        self.files.activated.connect(self.choose)
        self.tensors = TensorTable()
        self.content.addWidget(self.files)
        self.problem = plain_label(wrap=True, failed=True)
        self.content.addWidget(self.problem)
        self.content.addWidget(self.tensors, 1)
        self.content.addStretch()

    def ask(self, look: Inspection) -> Coroutine[Any, Any, operations.WeightsData]:
        return look.read(operations.weights, self.number)

    def fill(self, found: operations.WeightsData) -> None:
        self.files.setVisible(len(found.files) > 1)
        self.files.clear()
        for name, size in found.files:
            self.files.addItem(f"{visible(name)} — {formats.size(size)}")
        self.files.setCurrentIndex(found.number)
        self.tensors.setVisible(found.weights is not None)
        self.problem.setText(visible(" — ".join(part for part in found.problem if part)))
        self.problem.setVisible(found.weights is None)
        if found.weights is not None:
            self.tensors.show_weights(found.weights)
