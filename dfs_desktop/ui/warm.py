"""Imports the parts of the window that were left out of the start, before somebody asks for them.

PySide makes a class when it is first named, and two threads doing so at once crash the process. So
what names PySide is imported on the GUI thread, one module at a time with pauses between them; what
does not is imported on a worker thread before.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator

PAUSE = 0.02  # seconds between two modules

# What the parts below need and what knows nothing of Qt.
_WITHOUT_QT = (
    "dfs_desktop.artifact.preview",
    "dfs_desktop.artifact.cards",
    "dfs_desktop.artifact.environment",
    "packaging.requirements",  # when an environment is judged
    "dfs_desktop.artifact.inside.attachments",
    "dfs_desktop.artifact.experiment",
    "dfs_desktop.artifact.graph",
    "dfs_desktop.artifact.interface",
    "dfs_desktop.artifact.preflight",
    "dfs_desktop.workspace.checking",
    "dfs_desktop.workspace.limits",
    "dfs_desktop.workspace.snippets",
    "dfs_desktop.workspace.comparing",
    "dfs_desktop.workspace.tags",
    "dfs_desktop.workers.looks",
)
# Each stands behind the ones that it imports, so that no step imports more than one.
_WITH_QT = (
    "detail_facts",
    "metric_bars",
    "flow_layout",
    "tag_edit",
    "detail_overview",
    "detail_tabs",
    "local_heading",
    "inspect_table",
    "inspect_browser",
    "chart_colors",
    "inspect_highlight",
    "inspect_json",
    "inspect_page",
    "inspect_tensors",
    "inspect_preview",
    "chart_scale",
    "chart_series",
    "chart_lines",
    "detail_card",
    "inspect_findings",
    "detail_environment",
    "inspect_save",
    "inspect_attachments",
    "inspect_curves",
    "detail_experiment",
    "inspect_tree",
    "detail_files",
    "detail_interface",
    "inspect_graph",
    "detail_graph",
    "detail_manifest",
    "detail_metadata",
    "detail_safety",
    "detail_weights",
    "local_page",
    "detail_pages",
    "review_files",
    "review_facts",
    "review_findings",
    "review_form",
    "review_sheet",
    "thin_bar",
    "progress_line",
    "progress_dialog",
    "transfers_model",
    "transfer_painter",
    "transfer_wishes",
    "number_box",
    "transfers_limits",
    "transfers_head",
    "transfers_list",
    "transfers_menu",
    "transfers_view",
    "attention_card",
    "attention_dialog",
    "goto_box",
    "connection_form",
    "connection_dialog",
    "python_dialog",
    "snippet_dialog",
    "compare_lines",
    "compare_painter",
    "compare_remark",
    "compare_table",
    "compare_text",
    "compare_window",
)


def import_parts_without_qt() -> None:
    """To be run on a worker thread: the window stays smooth, since each import is short."""
    for name in _WITHOUT_QT:
        importlib.import_module(name)
        time.sleep(PAUSE)


def import_parts_with_qt() -> Iterator[None]:
    """To be walked on the GUI thread, with a pause after each step."""
    for name in _WITH_QT:
        importlib.import_module(f"dfs_desktop.ui.{name}")
        yield
