"""Imports the parts of the window that were left out of the start, before somebody asks for them.

PySide makes a class when it is first named, and two threads doing so at once crash the process. So
what names PySide is imported on the GUI thread, one module at a time with pauses between them; what
does not is imported on a worker thread before.
"""

import importlib
import sys
import time
from collections.abc import Iterator

PAUSE = 0.02  # seconds between two modules

# What the parts below need and what knows nothing of Qt.
_WITHOUT_QT = (
    "dfs_desktop.workspace.latest_answer",
    "dfs_desktop.workspace.listing.spoken_row",
    "dfs_desktop.artifact.archive.folder_tree",
    "dfs_desktop.artifact.preview",
    "dfs_desktop.artifact.card",
    "dfs_desktop.artifact.documents.environment",
    "dfs_desktop.artifact.documents.installed",
    "packaging.requirements",  # when an environment is judged
    "dfs_desktop.artifact.experiment.attachments",
    "dfs_desktop.artifact.experiment.snapshot",
    "dfs_desktop.artifact.safety.written_tables",
    "dfs_desktop.artifact.documents.pipeline_graph",
    "dfs_desktop.artifact.documents.interface",
    "dfs_desktop.artifact.preflight",
    "dfs_desktop.workspace.uploads.file_checks",
    "dfs_desktop.workspace.copies.judging",
    "dfs_desktop.workspace.moving.registry_mover",
    "dfs_desktop.workspace.moving.progress",
    "dfs_desktop.workspace.moving.move_record",
    "dfs_desktop.workspace.updates",
    "dfs_desktop.workspace.registry.doctor",
    "dfs_desktop.workspace.transfers.confirmations",
    "dfs_desktop.workspace.transfers.log_text",
    "dfs_desktop.workspace.registry.snippets",
    "dfs_desktop.api.doctor",
    "dfs_desktop.workspace.comparison.comparison",
    "dfs_desktop.workspace.library.server_check",
    "dfs_desktop.workspace.editing.selection",
    "dfs_desktop.workspace.editing.rename_pattern",
    "dfs_desktop.workers.reader.operations",
    "dfs_desktop.ui.platform.session_bus",
)
# Each stands behind the ones that it imports, so that no step imports more than one.
_WITH_QT = (
    "artifact_table.filter_help",
    "artifact_table.column_menu",
    "artifact_table.table_export",
    "library.removal",
    "details.facts",
    "charts.metric_bars",
    "widgets.fields.tag_edit",
    "details.tabs.overview",
    "details.tab_bar",
    "local_file.heading",
    "preview.text_table",
    "preview.safe_browser",
    "charts.colors",
    "preview.highlighter",
    "preview.json_tree",
    "widgets.reading_line",
    "preview.save_member",
    "details.detail_page",
    "preview.tensor_table",
    "preview.member_preview",
    "charts.scale",
    "charts.series",
    "charts.curves_in_view",
    "charts.plot_painter",
    "charts.line_chart",
    "charts.chart_export",
    "details.tabs.card",
    "preview.findings_list",
    "details.tabs.environment",
    "preview.metric_curves",
    "preview.record_table",
    "preview.span_tree",
    "details.tabs.experiment",
    "preview.file_tree",
    "details.tabs.files",
    "details.tabs.interface",
    "preview.graph_view",
    "details.tabs.graph",
    "details.tabs.dashboard",
    "details.tabs.manifest",
    "details.tabs.metadata",
    "details.tabs.safety",
    "details.tabs.weights",
    "local_file.page",
    "details.pages",
    "quick_look.panel",
    "widgets.server_problem",
    "copying.destination_chooser",
    "copying.verdict_list",
    "copying.dialog",
    "moving.target_boxes",
    "moving.plan_tree",
    "moving.dialog",
    "upload_review.file_list",
    "upload_review.facts",
    "upload_review.findings",
    "upload_review.form",
    "upload_review.sheet",
    "widgets.thin_progress_bar",
    "transfers.progress_row",
    "transfers.progress_title",
    "transfers.watched_jobs",
    "transfers.progress_dialog",
    "moving.report_list",
    "moving.report_dialog",
    "transfers.model",
    "transfers.delegate",
    "transfers.actions",
    "transfers.log_dialog",
    "widgets.fields.number_box",
    "transfers.limits",
    "transfers.header",
    "transfers.list_view",
    "transfers.panel",
    "attention.card",
    "attention.dialog",
    "library.model",
    "library.page",
    "library.folders_dialog",
    "sidebar.group_list",
    "main_window.go_to",
    "connections.certificate_fields",
    "connections.form",
    "connections.dialog",
    "connections.trust_dialog",
    "connections.proxy_login",
    "connections.doctor_dialog",
    "preferences.page",
    "preferences.pages",
    "preferences.network_page",
    "preferences.window",
    "code_snippets.snippet_dialog",
    "comparison.table_rows",
    "comparison.delegate",
    "comparison.table",
    "comparison.text_diff",
    "comparison.window",
    "comparison.run_curves",
    "editing.tag_chips",
    "editing.many_panel",
    "editing.progress",
    "editing.rename_dialog",
    "editing.conflict_dialog",
    "editing.waiting_dialog",
    "platform.sleep_inhibitor",
    "platform.notifications",
    "platform.launcher_progress",
    "main_window.background",
    "help.key_sheet",
    "help.about",
    "help.guide",
    "help.problem_report",
)


def import_parts_without_qt() -> None:
    """To be run on a worker thread: the window stays smooth, since each import is short."""
    for name in _WITHOUT_QT:
        if name not in sys.modules:
            importlib.import_module(name)
            time.sleep(PAUSE)


def import_parts_with_qt() -> Iterator[None]:
    """To be walked on the GUI thread, with a pause after each step."""
    for name in _WITH_QT:
        importlib.import_module(f"dfs_desktop.ui.{name}")
        yield
