"""The attachments of an experiment as a list; the one that is chosen is read and shown below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.layouts import column
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.tasks import Tasks

from .member_preview import MemberPreview
from .save_member import SaveLine
from .text_table import RowsTable

_LINES = 8


class AttachmentList(QWidget):
    """Reads nothing before one is chosen."""

    def __init__(self, tasks: Tasks, saving: SaveLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._look: Inspection | None = None
        self._members: list[Member] = []
        self.table = RowsTable(tr("Attachments"), [tr("File"), tr("Size")], right=(1,), stretch=0)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.preview = MemberPreview(tasks)
        self.preview.setMinimumHeight(self.fontMetrics().height() * 18)
        self.preview.save_requested.connect(self._save)
        self.preview.hide()
        self.saving = saving
        column(self.table, self.preview, self.saving, of=self, spacing=4)

    def show_attachments(self, look: Inspection, members: list[Member]) -> None:
        """List the attachments, which are placed in the artifact's own file."""
        self._look, self._members = look, members
        self.preview.stop()
        self.preview.hide()
        self.table.show_rows([(each.name, quantities.size(each.size)) for each in members])
        line = self.table.verticalHeader().defaultSectionSize()
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + line * min(_LINES, max(1, len(members))) + 4)

    def leave(self) -> None:
        """Nobody looks any more."""
        self.preview.stop()

    def _member(self) -> Member | None:
        rows = self.table.selectionModel().selectedRows()
        return self._members[rows[0].row()] if rows else None

    def _chosen(self) -> None:
        if (member := self._member()) is None or self._look is None:
            return
        self.preview.show()
        self.preview.show_member(self._look, member)

    def _save(self) -> None:
        member, look = self._member(), self._look
        if member is not None and look is not None:
            self._tasks.start(self.saving.save_member(look, member), "save the attachment")
