"""All transfers of this run: what moves now, what ended and how. Opens above the status line."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.ui import progress_text
from dfs_desktop.ui.dialogs import plain_label
from dfs_desktop.ui.progress_line import Reveal, error_text
from dfs_desktop.ui.pulse import Pulse
from dfs_desktop.ui.transfer_painter import TransferPainter
from dfs_desktop.ui.transfers_model import TransfersModel, can_cancel, can_open
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.workspace import Workspace

EMPTY = "No transfers yet. Drop model files on the window, or double-click an artifact to fetch it."


class _List(QListView):
    """Tells of the Delete key."""

    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


class TransfersView(QWidget):
    """Keeps the pulse going while anything moves; `summary_changed` brings the status line's text."""

    summary_changed = Signal(str)

    def __init__(self, workspace: Workspace, pulse: Pulse, reveal: Reveal) -> None:
        super().__init__()
        self.setObjectName("transfersView")
        self.setAccessibleName("Transfers")
        self._workspace, self._pulse, self._reveal = workspace, pulse, reveal
        self._summary = ""
        self._model = TransfersModel(self._place, self)
        self._heading = plain_label("Transfers", heading=True)
        self._clear = QPushButton("Clear finished")
        self._clear.setObjectName("clearFinishedButton")
        self._clear.setProperty("link", True)
        self._clear.clicked.connect(self._clear_finished)
        self._list = _List()
        self._set_up_list()
        self._pages = QStackedWidget()
        empty = plain_label(EMPTY, dim=True, wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(empty)
        self._pages.addWidget(self._list)
        self._arrange()
        for job in workspace.queue.jobs:
            self._model.hear(job)
        self.destroyed.connect(workspace.job_changed.connect(self._hear))
        pulse.beat.connect(self._beat)
        self._settle()

    def _set_up_list(self) -> None:
        view = self._list
        view.setObjectName("transfersList")
        view.setAccessibleName("Transfers, newest first")
        view.setModel(self._model)
        painter = TransferPainter(view)
        painter.pressed.connect(self._act)
        view.setItemDelegate(painter)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.activated.connect(self._activate)
        view.delete_pressed.connect(self.cancel_selected)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 8, 4)
        top.addWidget(self._heading)
        top.addStretch()
        top.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)

    def summary(self) -> str:
        """The running transfers in a few words for the status line; empty when none runs."""
        live = self._model.live()
        if not live:
            return ""
        if len(live) == 1:
            return progress_text.brief(live[0].shot, live[0].job.kind, live[0].job.title)
        return progress_text.together(entry.shot for entry in live)

    def cancel_selected(self) -> None:
        for index in self._list.selectionModel().selectedIndexes():
            entry = self._model.entry(index.row())
            if can_cancel(entry):
                self._workspace.queue.cancel(entry.job)

    def _place(self, job: Job) -> str:
        """Direction and place in words, as they were when the transfer began."""
        if job.kind is Kind.DOWNLOAD:
            return f"Download to {visible(str(job.path.parent))}"
        collections = self._workspace.session.collections
        name = next((c.name for c in collections if c.id == job.collection_id), "")
        return f"Upload to “{visible(name)}”" if name else "Upload"

    def _hear(self, job: Job) -> None:
        self._model.hear(job)
        self._settle()

    def _beat(self) -> None:
        self._model.beat()
        self._settle()

    def _settle(self) -> None:
        live = len(self._model.live())
        self._pulse.keep(live > 0, self)
        self._pages.setCurrentIndex(1 if self._model.rowCount() else 0)
        self._clear.setVisible(self._model.has_ended())
        self._heading.setText(
            f"Transfers · {formats.count(live, 'running', 'running')}" if live else "Transfers"
        )
        summary = self.summary()
        if summary != self._summary:
            self._summary = summary
            self.summary_changed.emit(summary)

    def _clear_finished(self) -> None:
        self._workspace.queue.clear_ended()
        self._model.clear_ended()
        self._settle()

    def _act(self, row: int) -> None:
        entry = self._model.entry(row)
        if can_cancel(entry):
            self._workspace.queue.cancel(entry.job)
        elif can_open(entry):
            self._reveal(entry.job.path)

    def _activate(self, index: QModelIndex) -> None:
        entry = self._model.entry(index.row())
        if can_open(entry):
            self._reveal(entry.job.path)

    def _open_menu(self, point: QPoint) -> None:
        index = self._list.indexAt(point)
        if index.isValid():
            self.menu(index.row()).popup(self._list.viewport().mapToGlobal(point))

    def menu(self, row: int) -> QMenu:
        """What can be done with a row."""
        entry = self._model.entry(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cancel = QAction("Cancel", menu)
        cancel.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        cancel.setEnabled(can_cancel(entry))
        cancel.triggered.connect(lambda: self._workspace.queue.cancel(entry.job))
        folder = QAction("Open folder", menu)
        folder.setEnabled(can_open(entry))
        folder.triggered.connect(lambda: self._reveal(entry.job.path))
        copy = QAction("Copy what went wrong", menu)
        copy.setEnabled(entry.job.error is not None)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(error_text(entry.job)))
        menu.addActions([cancel, folder, copy])
        menu.addSeparator()
        menu.addAction("Clear finished", self._clear_finished)
        return menu
