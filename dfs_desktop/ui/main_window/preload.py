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
    "dfs_desktop.ui.artifact_table.filter_help",
    "dfs_desktop.ui.artifact_table.column_menu",
    "dfs_desktop.ui.artifact_table.table_export",
    "dfs_desktop.ui.library.removal",
    "dfs_desktop.ui.details.facts",
    "dfs_desktop.ui.charts.metric_bars",
    "dfs_desktop.ui.widgets.fields.tag_edit",
    "dfs_desktop.ui.details.tabs.overview",
    "dfs_desktop.ui.details.tab_bar",
    "dfs_desktop.ui.local_file.heading",
    "dfs_desktop.ui.preview.text_table",
    "dfs_desktop.ui.preview.safe_browser",
    "dfs_desktop.ui.charts.colors",
    "dfs_desktop.ui.preview.highlighter",
    "dfs_desktop.ui.preview.json_tree",
    "dfs_desktop.ui.widgets.reading_line",
    "dfs_desktop.ui.preview.save_member",
    "dfs_desktop.ui.details.detail_page",
    "dfs_desktop.ui.preview.tensor_table",
    "dfs_desktop.ui.preview.member_preview",
    "dfs_desktop.ui.charts.scale",
    "dfs_desktop.ui.charts.series",
    "dfs_desktop.ui.charts.curves_in_view",
    "dfs_desktop.ui.charts.plot_painter",
    "dfs_desktop.ui.charts.line_chart",
    "dfs_desktop.ui.charts.chart_export",
    "dfs_desktop.ui.details.tabs.card",
    "dfs_desktop.ui.preview.findings_list",
    "dfs_desktop.ui.details.tabs.environment",
    "dfs_desktop.ui.preview.metric_curves",
    "dfs_desktop.ui.preview.record_table",
    "dfs_desktop.ui.preview.span_tree",
    "dfs_desktop.ui.details.tabs.experiment",
    "dfs_desktop.ui.preview.file_tree",
    "dfs_desktop.ui.details.tabs.files",
    "dfs_desktop.ui.details.tabs.interface",
    "dfs_desktop.ui.preview.graph_view",
    "dfs_desktop.ui.details.tabs.graph",
    "dfs_desktop.ui.details.tabs.dashboard",
    "dfs_desktop.ui.details.tabs.manifest",
    "dfs_desktop.ui.details.tabs.metadata",
    "dfs_desktop.ui.details.tabs.safety",
    "dfs_desktop.ui.details.tabs.weights",
    "dfs_desktop.ui.local_file.overview",
    "dfs_desktop.ui.details.pages",
    "dfs_desktop.ui.quick_look.panel",
    "dfs_desktop.ui.widgets.server_problem",
    "dfs_desktop.ui.copying.destination_chooser",
    "dfs_desktop.ui.copying.verdict_list",
    "dfs_desktop.ui.copying.dialog",
    "dfs_desktop.ui.moving.target_boxes",
    "dfs_desktop.ui.moving.plan_tree",
    "dfs_desktop.ui.moving.dialog",
    "dfs_desktop.ui.upload_review.file_list",
    "dfs_desktop.ui.upload_review.facts",
    "dfs_desktop.ui.upload_review.findings",
    "dfs_desktop.ui.upload_review.form",
    "dfs_desktop.ui.upload_review.sheet",
    "dfs_desktop.ui.widgets.thin_progress_bar",
    "dfs_desktop.ui.transfers.progress_row",
    "dfs_desktop.ui.transfers.progress_title",
    "dfs_desktop.ui.transfers.watched_jobs",
    "dfs_desktop.ui.transfers.progress_dialog",
    "dfs_desktop.ui.moving.report_list",
    "dfs_desktop.ui.moving.report_dialog",
    "dfs_desktop.ui.transfers.model",
    "dfs_desktop.ui.transfers.delegate",
    "dfs_desktop.ui.transfers.actions",
    "dfs_desktop.ui.transfers.log_dialog",
    "dfs_desktop.ui.widgets.fields.number_box",
    "dfs_desktop.ui.transfers.limits",
    "dfs_desktop.ui.transfers.header",
    "dfs_desktop.ui.transfers.list_view",
    "dfs_desktop.ui.transfers.panel",
    "dfs_desktop.ui.attention.card",
    "dfs_desktop.ui.attention.dialog",
    "dfs_desktop.ui.library.model",
    "dfs_desktop.ui.library.page",
    "dfs_desktop.ui.library.folders_dialog",
    "dfs_desktop.ui.sidebar.group_list",
    "dfs_desktop.ui.main_window.go_to",
    "dfs_desktop.ui.connections.certificate_fields",
    "dfs_desktop.ui.connections.form",
    "dfs_desktop.ui.connections.dialog",
    "dfs_desktop.ui.connections.trust_dialog",
    "dfs_desktop.ui.connections.proxy_login",
    "dfs_desktop.ui.connections.doctor_dialog",
    "dfs_desktop.ui.preferences.page",
    "dfs_desktop.ui.preferences.pages",
    "dfs_desktop.ui.preferences.network_page",
    "dfs_desktop.ui.preferences.window",
    "dfs_desktop.ui.code_snippets.snippet_dialog",
    "dfs_desktop.ui.comparison.table_rows",
    "dfs_desktop.ui.comparison.delegate",
    "dfs_desktop.ui.comparison.table",
    "dfs_desktop.ui.comparison.text_diff",
    "dfs_desktop.ui.comparison.window",
    "dfs_desktop.ui.comparison.run_curves",
    "dfs_desktop.ui.editing.tag_chips",
    "dfs_desktop.ui.editing.many_panel",
    "dfs_desktop.ui.editing.progress",
    "dfs_desktop.ui.editing.rename_dialog",
    "dfs_desktop.ui.editing.conflict_dialog",
    "dfs_desktop.ui.editing.waiting_dialog",
    "dfs_desktop.ui.platform.sleep_inhibitor",
    "dfs_desktop.ui.platform.notifications",
    "dfs_desktop.ui.platform.launcher_progress",
    "dfs_desktop.ui.main_window.background",
    "dfs_desktop.ui.help.key_sheet",
    "dfs_desktop.ui.help.about",
    "dfs_desktop.ui.help.guide",
    "dfs_desktop.ui.help.problem_report",
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
        importlib.import_module(name)
        yield
