"""Rows of the table as text for a page, a spreadsheet or a paper: the columns that are shown, in order."""

import asyncio
from collections.abc import Sequence

from dfs_desktop.artifact.safety.written_tables import Cell, Form, written_table
from dfs_desktop.workspace.listing.columns import Column
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.row import Row

_AT_ONCE = 100  # rows between which the window is free


async def written_rows(
    listing: Listing, rows: Sequence[Row], columns: Sequence[Column], form: Form
) -> str:
    """For a spreadsheet with all digits; else as they are seen, the best of each metric strong."""
    cells: list[list[Cell]] = []
    for start in range(0, len(rows), _AT_ONCE):
        cells += [
            [_cell(listing, row, column, form) for column in columns]
            for row in rows[start : start + _AT_ONCE]
        ]
        await asyncio.sleep(0)
    right = {number for number, column in enumerate(columns) if column.numeric}
    titles = [column.metric or column.title for column in columns]
    return written_table(form, titles, cells, right)


def _cell(listing: Listing, row: Row, column: Column, form: Form) -> Cell:
    if form is Form.CSV:
        return Cell((column.exact or column.text)(row))
    best = bool(column.metric) and listing.is_best(row, column.metric)
    return Cell(column.text(row), best)
