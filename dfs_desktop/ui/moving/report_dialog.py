"""The one place that tells of a move: how far it is, then what came of it, and what can be done."""

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.ui.widgets.dialogs import resize_to, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.thin_progress_bar import ThinBar
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.deletion.deleter import Deleter
from dfs_desktop.workspace.moving.move_record import LOST, MoveRecord, Outcome, to_csv, to_text
from dfs_desktop.workspace.moving.progress import Progress, progress, state_words
from dfs_desktop.workspace.moving.registry_mover import RegistryMover
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.state import AppState

from .report_list import ReportList

BEAT = 500  # milliseconds between two looks at how far it is


class MoveReportDialog(QDialog):
    """Closing it changes nothing: the transfers go on, and the report is kept."""

    def __init__(
        self, parent: QWidget | None, state: AppState, mover: RegistryMover, deleter: Deleter
    ) -> None:
        super().__init__(parent, modal=False)
        self.setObjectName("moveReportDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._state, self._mover, self._deleter = state, mover, deleter
        self._heading = enlarge(ElidedLabel())
        self._words = named(plain_label(dim=True, wrap=True), "moveReportWords")
        self._bar = ThinBar()
        self._list = ReportList(lambda item: state_words(self._mover.jobs.get(item.key)))
        self._busy, start, button = True, state.tasks.start, secondary_button
        self._pause = button(tr("Pause"), self._take_step, name="movePauseButton")
        self._stop = button(
            tr("Cancel the Rest…"),
            lambda: start(self._cancel(), "cancel the move"),
            name="moveCancelButton",
        )
        self._again = button(tr("Try Again"), mover.try_again, name="moveAgainButton")
        self._delete = button(
            tr("Delete the Local Copies That Are Proven…"),
            lambda: start(self._delete_proven(), "delete the local copies"),
            name="moveDeleteButton",
        )
        copy = button(tr("Copy Report"), self._copy, name="moveCopyButton")
        save = button(
            tr("Save Report…"),
            lambda: start(self._save(), "save the report"),
            name="moveSaveButton",
        )
        close = button(tr("Close"), self.close, name="moveCloseButton")
        close.setDefault(True)
        foot = row(
            copy, save, None, self._delete, self._again, self._pause, self._stop, close, spacing=8
        )
        sheet(self, self._heading, self._words, self._bar, (self._list, 1), foot, spacing=8)
        resize_to(self, 134, 32)
        self._beat = repeating(self, BEAT, self._show_progress)
        self.destroyed.connect(self._mover.changed.connect(self.refresh))
        self.refresh()
        close.setFocus()

    def refresh(self) -> None:
        """The record is another one than before."""
        if (record := self._mover.record) is None:
            return
        self._list.show_record(record)
        going = self._mover.goes_on
        where = visible(record.where)
        title = tr("This registry, moved to {where}", where=where)
        if going:
            title = tr("Moving this registry to {where}", where=where)
        self._heading.show_text(title)
        self.setWindowTitle(title)
        self._bar.setVisible(going)
        for button in (self._pause, self._stop):
            button.setVisible(going)
        self._again.setVisible(any(each.outcome in LOST for each in record.items))
        arrived = {Outcome.COPIED, Outcome.PRESENT} & {each.outcome for each in record.items}
        self._delete.setVisible(not going and bool(arrived))
        if going and not self._beat.isActive():
            self._beat.start()
        elif not going:
            self._beat.stop()
        self._show_progress()

    def _show_progress(self) -> None:
        if (record := self._mover.record) is None:
            return
        found = progress(record, self._mover.jobs.values())
        self._busy = found.busy
        self._pause.setText(tr("Pause") if found.busy else tr("Go On"))
        self._bar.advance(found.permille)
        self._words.setText(self._sentence(record, found))
        self._list.viewport().update()

    def _sentence(self, record: MoveRecord, found: Progress) -> str:
        if not self._mover.goes_on:
            return tr(
                "{when}: {outcomes}. The move deleted nothing on this computer.",
                when=time.strftime("%Y-%m-%d %H:%M", time.localtime(record.ended)),
                outcomes=record.sentence(),
            )
        return tr(
            "{progress}. It goes on when this is closed, and at the next start.",
            progress=found.sentence(),
        )

    def _take_step(self) -> None:
        (self._mover.pause if self._busy else self._mover.go_on)()
        self._show_progress()

    # What asks first

    async def _cancel(self) -> None:
        title = trn(
            "Cancel the copy of {amount} artifact?",
            "Cancel the copies of {amount} artifacts?",
            len(self._mover.left()),
        )
        text = tr("What has arrived stays there. Moving once more goes on with what is missing.")
        if await dialogs.ask(self, title, text, [tr("Go on"), tr("Cancel the rest")]):
            self._mover.cancel()

    async def _delete_proven(self) -> None:
        self._delete.setEnabled(False)
        self._words.setText(tr("Asking the target what it has…"))
        try:
            deletions = await self._mover.proven()
        finally:
            self._delete.setEnabled(True)
            self._show_progress()
        deleter, notify = self._deleter, self._state.notices.notify
        artifacts = [each for deletion in deletions for each in deletion.artifacts]
        if not artifacts:
            text = tr(
                "No copy of an artifact that is here was made by this program and found there."
            )
            notify(Notice(tr("There is nothing to delete"), text, Level.INFORMATION, seconds=10))
            return
        many = len(artifacts)
        size = quantities.size(sum(quantities.possible(each.size) or 0 for each in artifacts))
        proof = tr(
            "The target was asked just now: it has the same bytes of each. What is in a track or "
            "deployed, or changed since, stays."
        )
        way_back = trn(
            "They go from this computer after {amount} second; until then Ctrl+Z takes it back.",
            "They go from this computer after {amount} seconds; until then Ctrl+Z takes it back.",
            round(deleter.seconds),
        )
        text = f"{quantities.count(many, 'artifact')}, {size}. {proof}\n\n{way_back}"
        title = tr("Delete the local copies that are proven?")
        delete = trn("Delete {amount} artifact", "Delete {amount} artifacts", many)
        if await dialogs.ask(self, title, text, [tr("Keep"), delete]):
            for deletion in deletions:
                deleter.begin(deletion)

    # The report

    def _copy(self) -> None:
        if self._mover.record is not None:
            QGuiApplication.clipboard().setText(to_text(self._mover.record))

    async def _save(self) -> None:
        first, kinds = Path.home() / "registry-move.csv", [tr("CSV (*.csv)"), tr("Text (*.txt)")]
        if path := await dialogs.file_to_save(self, tr("Save the report"), first, kinds):
            await self.save_to(path)

    async def save_to(self, path: Path) -> None:
        """Write the report: a text where the name ends so, else a table."""
        if (record := self._mover.record) is None:
            return
        plain = path.suffix.lower() in {".txt", ".md", ".log"}
        text = to_text(record) if plain else to_csv(record)
        # Spreadsheets take a file without the mark for one in the encoding of their country.
        data = text.encode("utf-8" if plain else "utf-8-sig", "replace")
        await self._state.tasks.in_thread(path.write_bytes, data)
        said = Notice(tr("The report was saved"), str(path), Level.SUCCESS, seconds=8)
        self._state.notices.notify(said)
