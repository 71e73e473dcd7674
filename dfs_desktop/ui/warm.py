"""Imports the parts of the window that were left out of the start, before somebody asks for them."""

from __future__ import annotations

import importlib
import time

LATER = (
    "dfs_desktop.ui.detail_overview",
    "dfs_desktop.ui.detail_tabs",
    "dfs_desktop.ui.local_heading",
    "dfs_desktop.ui.inspect_table",
    "dfs_desktop.ui.inspect_ready",
    "dfs_desktop.ui.inspect_preview",
    "dfs_desktop.ui.chart_lines",
    "dfs_desktop.ui.detail_pages",
    "dfs_desktop.ui.review_sheet",
    "dfs_desktop.ui.progress_dialog",
    "dfs_desktop.ui.transfers_view",
    "dfs_desktop.ui.attention_dialog",
    "dfs_desktop.ui.goto_box",
    "dfs_desktop.ui.connection_dialog",
    "dfs_desktop.ui.python_dialog",
    "dfs_desktop.ui.snippet_dialog",
    "dfs_desktop.ui.compare_window",
)


def import_later_parts() -> None:
    """To be run on a worker thread: the window stays smooth, since each import is short."""
    for name in LATER:
        importlib.import_module(name)
        time.sleep(0.02)
