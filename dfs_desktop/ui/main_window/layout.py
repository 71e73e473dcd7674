"""Where the window stood and how its panes and columns were: into the settings, and back at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt

from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.platform import screen_fit
from dfs_desktop.workspace.listing.columns import FIXED

if TYPE_CHECKING:
    from .window import MainWindow

_LONGEST_FILTER = 1000  # characters


def save_layout(window: MainWindow) -> None:
    """Into the settings; the application writes them."""
    layout = window.workspace.settings.layout
    layout["geometry"] = _text(window.saveGeometry())
    layout["maximized"] = str(window.isMaximized())
    layout["panes"] = _text(window.panes.saveState())
    layout["picker"] = str(not window.picker.isHidden())
    layout["details"] = str(not window.details.isHidden())
    header = window.table.horizontalHeader()
    layout["columns"] = ",".join(
        f"{column.key}:{header.sectionSize(n)}:{int(header.isSectionHidden(n))}"
        for n, column in enumerate(window.table.table.columns())
        if column in FIXED
    )
    listing = window.workspace.listing
    layout["sort"] = f"{listing.sort_column}:{int(listing.descending)}"
    layout["filter"] = window.filter.text()[:_LONGEST_FILTER]


def restore_layout(window: MainWindow) -> None:
    """As it was, or a size that fits the screen and the font."""
    layout = window.workspace.settings.layout
    em = window.fontMetrics().averageCharWidth()
    room = window.screen().availableSize()
    window.resize(min(em * 212, room.width()), min(em * 128, room.height()))
    if "geometry" in layout:
        window.restoreGeometry(
            _bytes(layout["geometry"])
        )  # does nothing on a screen of another width
    screen_fit.fit_before_show(window)
    if layout.get("maximized") == "True":
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)
    if "panes" in layout:
        window.panes.restoreState(_bytes(layout["panes"]))
    for key, pane in (("picker", window.picker), ("details", window.details)):
        shown = layout.get(key, "True") == "True"
        pane.setVisible(shown)
        window.actions_[f"show_{key}"].setChecked(shown)
    window.filter.setText(layout.get("filter", "")[:_LONGEST_FILTER])
    _restore_columns(window.table, layout.get("columns", ""), layout.get("sort", ""))


def _restore_columns(table: TableView, columns: str, sort: str) -> None:
    header = table.horizontalHeader()
    keys = [column.key for column in table.table.columns()]
    for entry in columns.split(","):
        parts = entry.split(":")
        if len(parts) == 3 and parts[0] in keys and parts[1].isdigit():
            number = keys.index(parts[0])
            header.resizeSection(number, max(24, int(parts[1])))
            header.setSectionHidden(number, parts[2] == "1" and number > 0)
    name, _, descending = sort.rpartition(":")
    if name:
        table.listing.sort(name, descending=descending == "1")
        table.show_sorting()


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))
