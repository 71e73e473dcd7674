"""The second tab: inputs and outputs as tables, then attributes and environment variables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.ui.dialogs import plain_label
from dfs_desktop.ui.tooltips import tooltip

_MOST = 500


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value[:64])
    return visible(str(value)[:500])


def _shape(entry: dict[str, Any]) -> str:
    shape = entry.get("shape")
    return " × ".join(_text(axis) for axis in shape[:32]) if isinstance(shape, list) else ""


class FieldTable(QTableView):
    """A small read-only table that is as high as its rows."""

    def __init__(self, name: str, titles: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._fields = QStandardItemModel(0, len(titles), self)
        self._fields.setHorizontalHeaderLabels(titles)
        self.setModel(self._fields)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(titles) - 2, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 6)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setDefaultSectionSize(round(self.fontMetrics().height() * 1.7))

    def show_rows(self, rows: list[list[str]]) -> None:
        self._fields.removeRows(0, self._fields.rowCount())
        for row in rows[:_MOST]:
            items = [QStandardItem(text) for text in row]
            for item in items:
                item.setToolTip(tooltip(item.text()))
            self._fields.appendRow(items)
        height = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(
            height + self._fields.rowCount() * self.verticalHeader().defaultSectionSize() + 4
        )


class InterfaceTab(QWidget):
    """What goes in and what comes out, from the registered manifest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 16, 16)
        layout.setSpacing(4)
        self._none = plain_label("The manifest names no inputs or outputs.", dim=True, wrap=True)
        layout.addWidget(self._none)
        self._sections = {}
        for key, title, columns in (
            ("inputs", "Inputs", ["Name", "Type", "Shape", "Content"]),
            ("outputs", "Outputs", ["Name", "Type", "Shape", "Content"]),
            ("dynamic_attributes", "Dynamic attributes", ["Name", "Description", "Tags"]),
            ("env_vars", "Environment variables", ["Name", "Description", "Tags"]),
        ):
            heading = plain_label(title, heading=True)
            heading.setContentsMargins(5, 8, 0, 0)
            table = FieldTable(title, columns)
            layout.addWidget(heading)
            layout.addWidget(table)
            self._sections[key] = (heading, table)
        layout.addStretch()

    def show_artifact(self, artifact: ModelArtifact) -> None:
        manifest = artifact.manifest
        anything = False
        for key, (heading, table) in self._sections.items():
            found = manifest.get(key)
            entries = [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []
            anything = anything or bool(entries)
            heading.setVisible(bool(entries))
            table.setVisible(bool(entries))
            table.show_rows([self._row(key, entry) for entry in entries])
        self._none.setVisible(not anything)

    @staticmethod
    def _row(key: str, entry: dict[str, Any]) -> list[str]:
        if key in {"inputs", "outputs"}:
            kind = _text(entry.get("dtype"))
            return [_text(entry.get("name")), kind, _shape(entry), _text(entry.get("content_type"))]
        return [_text(entry.get(field)) for field in ("name", "description", "tags")]
