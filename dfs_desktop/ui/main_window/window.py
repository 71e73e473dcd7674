"""The main window: puts the panes together and turns clicks, keys and drops into actions."""

from functools import cached_property, partial
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow, QToolButton, QWidget

from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.attention.badge import AttentionBadge
from dfs_desktop.ui.local_file.opener import LocalFileOpener
from dfs_desktop.ui.main_window.drag_and_drop.drag_out import DragOut
from dfs_desktop.ui.main_window.handlers.appearance_handlers import AppearanceHandlers
from dfs_desktop.ui.main_window.handlers.artifact_handlers import ArtifactHandlers
from dfs_desktop.ui.main_window.handlers.comparison_handlers import ComparisonHandlers
from dfs_desktop.ui.main_window.handlers.copy_handlers import CopyHandlers
from dfs_desktop.ui.main_window.handlers.download_handlers import DownloadHandlers
from dfs_desktop.ui.main_window.handlers.editing_handlers import EditingHandlers
from dfs_desktop.ui.main_window.handlers.help_handlers import HelpHandlers
from dfs_desktop.ui.main_window.handlers.library_handlers import LibraryHandlers
from dfs_desktop.ui.main_window.handlers.link_handlers import LinkHandlers
from dfs_desktop.ui.main_window.handlers.python_handlers import PythonHandlers
from dfs_desktop.ui.main_window.handlers.quick_look_handlers import QuickLookHandlers
from dfs_desktop.ui.main_window.handlers.registry.moving_handlers import MovingHandlers
from dfs_desktop.ui.main_window.handlers.registry.network_handlers import NetworkHandlers
from dfs_desktop.ui.main_window.handlers.registry.place_handlers import PlaceHandlers
from dfs_desktop.ui.main_window.handlers.registry.server_handlers import ServerHandlers
from dfs_desktop.ui.main_window.handlers.registry.track_handlers import TrackHandlers
from dfs_desktop.ui.main_window.handlers.table.filter_handlers import FilterHandlers
from dfs_desktop.ui.main_window.handlers.table.saved_view_handlers import SavedViewHandlers
from dfs_desktop.ui.main_window.handlers.table.table_handlers import TableHandlers
from dfs_desktop.ui.main_window.handlers.transfer_handlers import TransferHandlers
from dfs_desktop.ui.main_window.handlers.upload_handlers import UploadHandlers
from dfs_desktop.ui.main_window.handlers.window_parts import WindowParts
from dfs_desktop.ui.platform.timers import RefreshTimer
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import to_front
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, row, split
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.editing.tags import known_tags
from dfs_desktop.workspace.workspace import Workspace

from . import wiring
from .actions import Actions
from .bars.action_bar import ActionBar
from .bars.undo_delete_bar import UndoStrip
from .drag_and_drop.drop import FileDrop
from .drag_and_drop.drop_on_row import DropOnRow
from .layout import WindowLayout
from .main_panel import MainPanel
from .menus import CONTEXT, TOOLBAR
from .pane_focus import PaneFocus
from .title import WindowTitle

if TYPE_CHECKING:
    from dfs_desktop.ui.transfers.panel import TransfersView

_size_of = attrgetter("size")


class MainWindow(QMainWindow):
    """Three panes, a toolbar, a status line. `close_requested` asks the application for an orderly end."""

    close_requested = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(640, 400)
        self.workspace = workspace
        self.may_close = False
        self.refresh_timer = RefreshTimer(self)
        self.actions_ = Actions(self)
        self._build_panes()
        self._build_toolbar()
        self._build_status()
        self._build_handlers()
        self.actions_.fill_menus()
        self._connect()
        self._focus = PaneFocus(self, self.actions_, self.panes, self.vertical_splitter)
        self.layout_state = WindowLayout(
            self, workspace.state, workspace.rows, self.actions_, self.panes,
            self._table_handlers.columns, self.filter,
            {"picker": self.picker, "details": self.details},
        )  # fmt: skip
        self.details.files_shown.connect(self.layout_state.make_room)
        self._show_selection()
        WindowTitle(self, workspace.state)
        self.table.setFocus()  # the keys go where the rows are

    def _build_panes(self) -> None:
        workspace = self.workspace
        self.picker = wiring.picker(workspace)
        self.table = TableView(workspace.listing, self.refresh_timer)
        self.main_panel = MainPanel(workspace, self.table, self.actions_)
        self.details = wiring.detail_pane(workspace)
        panes = (self.picker, self.main_panel, self.details)
        self.panes = split(Qt.Orientation.Horizontal, *panes)
        self.panes.setStretchFactor(1, 1)
        self.vertical_splitter = split(Qt.Orientation.Vertical, self.panes)
        self.undo_strip = UndoStrip(workspace.deleter)
        whole = QWidget()
        column((self.vertical_splitter, 1), self.undo_strip, of=whole, spacing=0)
        self.setCentralWidget(whole)
        em = self.fontMetrics().averageCharWidth()
        self.picker.setMinimumWidth(em * 24)
        self.details.setMinimumWidth(em * 30)
        self.main_panel.setMinimumWidth(em * 36)
        self.panes.setSizes([em * 40, em * 114, em * 56])

    @cached_property
    def transfers(self) -> "TransfersView":
        """The view at the foot of the window, built when the first transfer starts or it is opened."""
        reveal = self.transfer_handlers.reveal
        view = wiring.transfers_view(self.workspace, self.refresh_timer, reveal)
        view.hide()
        view.summary_changed.connect(self._show_transfer_summary)
        self._show_transfer_summary(view.summary())
        self.vertical_splitter.addWidget(view)
        self.vertical_splitter.setStretchFactor(0, 1)
        return view

    def _build_toolbar(self) -> None:
        self.filter = FilterLine(
            self.workspace.listing, partial(known_tags, self.workspace.listing)
        )
        trailing = QLineEdit.ActionPosition.TrailingPosition
        self.filter.addAction(self.actions_["search_orbit"], trailing)
        for key in ("show_picker", "show_details", "show_transfers"):
            self.actions_[key].setCheckable(True)
        self.addToolBar(ActionBar(self.actions_, TOOLBAR, self.filter))

    def _build_status(self) -> None:
        line = QWidget()
        self.counts = named(plain_label(dim=True), "countsLabel")
        self.badge = AttentionBadge(self.workspace.attention)
        self.badge.clicked.connect(self.actions_["attention"].trigger)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        button, tip = QToolButton(toolButtonStyle=beside), tr("Show or hide the transfers (Ctrl+3)")
        self.transfer_summary = named(button, "transfersButton", tip=tip)
        self.transfer_summary.setText(tr("Transfers"))
        icons.dress(self.transfer_summary, "transfers")
        self.transfer_summary.clicked.connect(self.toggle_transfers)
        row((self.counts, 1), self.badge, self.transfer_summary, of=line, margins=(8, 0, 4, 0))
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(line, 1)

    def _build_handlers(self) -> None:
        workspace, parts = self.workspace, WindowParts(self, self.actions_, self.table)
        self.transfer_handlers = TransferHandlers(
            parts, workspace.state, workspace.queue, workspace.downloads, workspace.attention,
            self.refresh_timer, lambda: self.transfers, self.toggle_transfers,
        )  # fmt: skip
        watch = self.transfer_handlers.watch
        self.upload_handlers = UploadHandlers(parts, workspace, watch)
        self.download_handlers = DownloadHandlers(parts, workspace, watch)
        self._artifact_handlers = ArtifactHandlers(parts, workspace.state, workspace.deleter)
        self._table_handlers = TableHandlers(parts, workspace, self.filter, self.picker)
        self._saved_view_handlers = SavedViewHandlers(
            parts, workspace.state, workspace.views, self.picker.views, self.filter
        )
        self._comparison_handlers = ComparisonHandlers(parts, workspace)
        self.drag_out = DragOut(parts, workspace.state, workspace.library, self.download_handlers)
        self.quick_look = QuickLookHandlers(
            parts, workspace.state, lambda: wiring.quick_look(self, workspace)
        )
        self.server_handlers = ServerHandlers(parts, workspace)
        self._python_handlers = PythonHandlers(parts, workspace)
        self.network_handlers = NetworkHandlers(parts, workspace)
        self._editing_handlers = EditingHandlers(parts, workspace, self.details)
        self._place_handlers = PlaceHandlers(parts, workspace, self.picker)
        self.track_handlers = TrackHandlers(parts, workspace, self.main_panel, self.picker.tracks)
        self.local_files = LocalFileOpener(
            self.details, workspace.settings, self._make_way, workspace.notify
        )
        self.links = LinkHandlers(
            parts, workspace, self.upload_handlers, self.local_files, self._show_table,
            self.network_handlers.show_preferences,
        )  # fmt: skip
        self._appearance_handlers = AppearanceHandlers(
            parts, workspace.state, self.picker, self.details
        )
        self.filter_handlers = FilterHandlers(
            parts, workspace.state, workspace.browser, self.filter
        )
        self.library = LibraryHandlers(
            parts, workspace, self.main_panel, self.picker, self.local_files.look_into,
            self.upload_handlers.upload_files,
        )  # fmt: skip
        on_row = DropOnRow(
            self,
            self.table,
            workspace.state,
            workspace.tracks,
            self._comparison_handlers.compare_with,
        )
        FileDrop(
            self, workspace.state, workspace.tracks, self.main_panel.hint, self.upload_handlers,
            on_row, self.local_files, self.links,
        )  # fmt: skip
        self.main_panel.page_shown.connect(self.quick_look.page_shown)
        self.main_panel.page_shown.connect(lambda _page: self._show_counts())
        self.copy_handlers = CopyHandlers(parts, workspace, watch)
        self._moving_handlers = MovingHandlers(parts, workspace)
        self._help_handlers = HelpHandlers(
            parts, workspace.state, self.filter.help.trigger,
            lambda: workspace.updates.look(),  # noqa: PLW0108  imported with its first use
        )  # fmt: skip
        rows = self.copy_handlers.carried_rows
        self.table.drag_requested.connect(lambda: self.drag_out.drag(rows()))

    def _show_table(self) -> None:
        """The collection, where another page stands in its place."""
        if self.library.shown:
            self.library.leave()
        elif self.main_panel.page is not None:
            self.main_panel.show_page(None)

    def _make_way(self) -> None:
        """For a file on this computer, which the details show."""
        if self.details.isHidden():
            self.actions_["show_details"].trigger()
        self.table.clearSelection()

    def _connect(self) -> None:
        workspace, table = self.workspace, self.table
        start, choose = workspace.tasks.start, self.local_files.choose
        self.actions_.connect(look=lambda: start(choose(), "open a file"))
        workspace.state.look_requested.connect(lambda path: self.local_files.look_into([path]))
        self.details.upload_requested.connect(
            lambda path: self.upload_handlers.upload_files([path])
        )
        self.details.compare_requested.connect(self._comparison_handlers.compare)
        self.filter.reference_pasted.connect(self.links.take)
        table.selection_changed.connect(self._show_selection)
        table.menu_requested.connect(self._show_menu)
        table.opened.connect(self.actions_["download"].trigger)
        table.delete_requested.connect(self.actions_["delete"].trigger)
        table.rename_requested.connect(self.actions_["rename"].trigger)
        self.picker.collections.files_dropped.connect(self.upload_handlers.upload_files)
        self.picker.collections.artifacts_dropped.connect(self.copy_handlers.dropped)
        self.picker.tracks.list.files_dropped.connect(self.upload_handlers.upload_versions)
        self.picker.tracks.list.artifacts_dropped.connect(self.track_handlers.dropped)
        self.picker.menu_requested.connect(self.server_handlers.show_connections)
        workspace.listing.rows_changed.connect(self._show_selection)
        workspace.session_changed.connect(self._show_selection)
        workspace.jobs_changed.connect(lambda: self.transfers)  # built now at the latest

    def _show_menu(self, position: QPoint) -> None:
        corner = self.table.viewport().mapToGlobal(position)
        self.actions_.popup(self, CONTEXT, corner)

    def _show_selection(self) -> None:
        self.details.show_artifacts(self.table.artifacts())
        self._artifact_handlers.allow()
        self._show_counts()

    def _show_counts(self) -> None:
        listing, session = self.workspace.listing, self.workspace.session
        total, (shown, going) = len(listing), listing.shown()
        parts = [quantities.counted(total, shown, session.whole, coming=session.coming)]
        if going:
            parts.append(trn("{amount} being deleted", "{amount} being deleted", going))
        if others := len(listing.visible) - shown - going:
            parts.append(trn("{amount} not complete", "{amount} not complete", others))
        if chosen := self.table.artifacts():
            size = sum(filter(None, map(_size_of, chosen)))  # of a hundred thousand, in time
            parts.append(trn("{amount} selected", "{amount} selected", len(chosen)))
            parts.append(quantities.size(size))
        there = self.main_panel.page is None and session.place.collection
        self.counts.setText(" · ".join(parts) if there else "")

    def _show_transfer_summary(self, summary: str) -> None:
        self.transfer_summary.setText(summary or tr("Transfers"))

    def toggle_transfers(self) -> None:
        show = self.transfers.isHidden()
        self.transfers.setVisible(show)
        self.actions_["show_transfers"].setChecked(show)
        if show:
            height = self.vertical_splitter.height()
            self.vertical_splitter.setSizes([height * 3 // 4, height // 4])

    def come_to_front(self) -> None:
        if self.isMinimized():
            self.showNormal()
        to_front(self)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._focus.tab(forward)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            if self.isVisible():
                self.workspace.shared.to_front(self.workspace.state)
            self.workspace.freshness.looked_at()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()
