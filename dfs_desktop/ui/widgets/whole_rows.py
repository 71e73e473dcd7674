"""Tables that are read row by row: no grid, no row numbers, all rows of one height."""

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView


def show_whole_rows(table: QTableView, height: float) -> None:
    """Whole rows are selected, Tab leaves the table. ``height`` of a row in lines of its text."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(round(table.fontMetrics().height() * height))
