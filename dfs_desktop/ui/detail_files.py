"""The third tab: the files inside the artifact as a tree with sizes, from the record's index."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QVBoxLayout, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.ui.assets import icons
from dfs_desktop.ui.dialogs import plain_label
from dfs_desktop.workspace import formats

_MOST = 5000  # a hostile index may name a million files
_DEEPEST = 32


class FilesTab(QWidget):
    """Folders first, each with the sum of its files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        self._summary = plain_label(dim=True)
        self._summary.setContentsMargins(5, 4, 16, 4)
        self.tree = QTreeView()
        self.tree.setObjectName("fileTree")
        self.tree.setAccessibleName("Files in the artifact")
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._files = QStandardItemModel(0, 2, self)
        self.tree.setModel(self._files)
        layout.addWidget(self._summary)
        layout.addWidget(self.tree, 1)

    def show_artifact(self, artifact: ModelArtifact) -> None:
        index = artifact.file_index
        self._files.clear()
        self._files.setHorizontalHeaderLabels(["File", "Size"])
        self._files.horizontalHeaderItem(1).setTextAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        folders: dict[tuple[str, ...], tuple[QStandardItem, QStandardItem]] = {}
        totals: dict[tuple[str, ...], int] = {}
        entries = sorted(index.items(), key=lambda e: (e[0].count("/") == 0, e[0]))[:_MOST]
        for path, (_offset, length) in entries:
            parts = tuple(part for part in path.split("/") if part)[:_DEEPEST]
            parent = self._files.invisibleRootItem()
            for depth in range(1, len(parts)):
                key = parts[:depth]
                totals[key] = totals.get(key, 0) + length
                if key not in folders:
                    folders[key] = _line(key[-1], "folder", None)
                    parent.appendRow(list(folders[key]))
                parent = folders[key][0]
            parent.appendRow(list(_line(parts[-1] if parts else path, "file", length)))
        for key, (_name, size) in folders.items():
            size.setText(formats.size(totals[key]))
        self._finish(len(index), sum(length for _, length in index.values()))

    def _finish(self, count: int, total: int) -> None:
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        text = f"{formats.count(count, 'file')}, {formats.size(total)}"
        if count > _MOST:
            text += f" (the first {_MOST} are listed)"
        self._summary.setText(text if count else "The record has no list of files.")
        if count <= 40:
            self.tree.expandAll()


def _line(name: str, icon: str, size: int | None) -> tuple[QStandardItem, QStandardItem]:
    item = QStandardItem(icons.get(icon), visible(name))
    amount = QStandardItem(formats.size(size))
    amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if size is not None:
        amount.setToolTip(formats.exact_size(size))
    return item, amount
