"""The sheet between a drop and the uploads: each file named, tagged and judged before it is sent."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QDialog, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.dialogs import link_button, primary_button, resize_to, secondary_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import LEFT, column, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.uploads.draft import Draft, LastUsed
from dfs_desktop.workspace.uploads.file_checks import FileChecks

from .file_list import ReviewFiles, judge
from .form import ReviewForm


class ReviewSheet(QDialog):
    """Edits drafts in place. Accepted, `drafts()` holds those that are to be uploaded."""

    def __init__(
        self,
        parent: QWidget | None,
        drafts: list[Draft],
        collection_name: str,
        known_tags: list[str],
        checking: FileChecks | None = None,
        *,
        track: str = "",
        instead_of: str = "",
        last: LastUsed | None = None,
        seconds: Callable[[int], float | None] = lambda _size: None,
    ) -> None:
        """``last``: what was written of the upload before. ``seconds``: what so many bytes may take."""
        super().__init__(parent)
        self.setObjectName("reviewSheet")
        self._drafts = list(drafts)
        self._seconds = seconds
        self._collection, self._track = collection_name, track
        self._instead_of = visible(instead_of, limit=60)
        self._good = 0
        self._current: Draft | None = None
        self.twins: list[ModelArtifact] = []  # used instead of files
        self._heading = enlarge(ElidedLabel())
        self._files = ReviewFiles(self._drafts)
        self._files.currentRowChanged.connect(self._show)
        self._files.removal_requested.connect(self._remove)
        self._form = ReviewForm(known_tags, last, several=len(self._drafts) > 1)
        self._form.tags_for_all.connect(self._tag_all)
        self._form.summary.override.clicked.connect(self._send_anyway)
        self._form.summary.twin.clicked.connect(self._use_twin)
        self._note = named(plain_label(dim=True, wrap=True), "reviewNote")
        self._upload = primary_button("", "uploadButton", self._accept)
        self._cancel = secondary_button(tr("Cancel"), self.reject)
        self._arrange()
        good = [number for number, draft in enumerate(self._drafts) if not draft.obstacle]
        self._files.setCurrentRow(good[0] if good else 0)
        self._count()
        self._upload.setMinimumWidth(self._upload.sizeHint().width())  # its words may change
        self._form.name.setFocus()
        self._form.name.selectAll()
        self._form.summary.setVisible(checking is not None)
        if checking is not None:
            checking.found.connect(self._found)
            self.finished.connect(lambda _code: checking.close())
            checking.start()

    def _found(self, draft: Draft) -> None:
        """A check has found something, or nothing; what is being typed stays."""
        row = next((n for n, each in enumerate(self._drafts) if each is draft), None)
        if row is None:  # taken off the list meanwhile
            return
        judge(self._files.item(row), draft)
        if draft is self._current:
            self._form.show_findings(draft)
        if len(self.drafts()) != self._good:  # else what the note says now may stay
            self._count()

    def _send_anyway(self) -> None:
        """The shown file goes in spite of its errors: none of them is the registry's."""
        if self._current is not None:
            self._current.sent_anyway = True
            self._found(self._current)

    def _use_twin(self) -> None:
        """The shown file stays here: its bytes are in the registry already."""
        if self._current is not None and (twin := self._current.twin) is not None:
            self.twins.append(twin)
            self._remove()

    def _arrange(self) -> None:
        words = tr("Remove from the list")
        remove = link_button(words, self._remove, name="removeFileButton")
        left = QWidget()
        column((self._files, 1), (remove, LEFT), of=left, spacing=4)
        left.setVisible(len(self._drafts) > 1)
        middle = row((left, 2), (self._form, 3), spacing=16)
        foot = row((self._note, 1), self._cancel, self._upload, spacing=8)
        sheet(self, self._heading, (middle, 1), foot)
        resize_to(self, 136 if len(self._drafts) > 1 else 86, 37)

    def drafts(self) -> list[Draft]:
        """The files that can be uploaded."""
        return [draft for draft in self._drafts if not draft.obstacle]

    def _show(self, row: int) -> None:
        self._current = self._drafts[row] if 0 <= row < len(self._drafts) else None
        if self._current is not None:
            self._form.show_draft(self._current)

    def _count(self) -> None:
        good = self._good = len(self.drafts())
        bad = len(self._drafts) - good
        self._heading.show_text(self._title())
        self.setWindowTitle(self._heading.text())
        words = trn("Upload {amount} artifact", "Upload {amount} artifacts", good)
        self._upload.setText(words if good else tr("Upload"))
        self._upload.setEnabled(good > 0)
        if not good:
            text = tr("There is nothing to upload: the reason is shown above.")
            text = text if bad == 1 else tr("None of these files can be uploaded.")
        elif bad:
            text = trn("{amount} file is left out.", "{amount} files are left out.", bad)
        else:
            total = sum(each.size for each in self._drafts)
            size, seconds = quantities.size(total), self._seconds(total)
            text = size if good > 1 else ""
            if seconds is not None:
                time = quantities.about_time(seconds)
                text = tr("Takes {time}", time=time)
                if good > 1:
                    text = tr("{size} · takes {time}", size=size, time=time)
            if any(each.replaces for each in self._drafts):
                text = tr("What it takes the place of is deleted when this has arrived.")
        self._note.setText(text)

    def _title(self) -> str:
        title = trn(
            "Upload {amount} file to “{collection}”",
            "Upload {amount} files to “{collection}”",
            len(self._drafts),
            collection=self._collection,
        )
        if self._track:
            title = tr("{upload}, as a new version of “{track}”", upload=title, track=self._track)
        if self._instead_of:
            title = tr("{upload}, in place of “{name}”", upload=title, name=self._instead_of)
        return title

    def _tag_all(self, tags: list[str]) -> None:
        for draft in self._drafts:
            draft.tags = list(tags)

    def _remove(self) -> None:
        row = self._files.currentRow()
        if row < 0:
            return
        if len(self._drafts) == 1:
            self.reject()
            return
        self._current = None
        del self._drafts[row]
        with QSignalBlocker(self._files):
            self._files.takeItem(row)
        self._show(self._files.currentRow())
        self._count()

    def _accept(self) -> None:
        for draft in self.drafts():
            draft.name = draft.name.strip()
            if not draft.name:
                self._files.setCurrentRow(self._drafts.index(draft))
                self._form.complain(tr("Enter a name."))
                return
        self.accept()
