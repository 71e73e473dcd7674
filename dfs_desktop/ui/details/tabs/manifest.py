"""The tab of the manifest: the one that counts, what patches changed, and what the registry keeps."""

from collections.abc import Iterator

from PySide6.QtGui import QGuiApplication

from dfs_desktop.artifact.documents.manifest import Change
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.member_preview import TextView
from dfs_desktop.ui.preview.text_table import RowsTable
from dfs_desktop.ui.widgets.dialogs import choice_box, fill_box, link_button
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import Part, row, set_margins
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.inspection.inspector import Inspection

REGISTERED, EFFECTIVE, ORIGINAL = (
    later("As registered"),
    later("In the file"),
    later("Without patches"),
)


class ManifestPage(DetailPage):
    """At once what the registry sent; then what the file itself says, which is what counts."""

    key = "manifest"
    operation = staticmethod(operations.manifest)
    margins = (0, 4, 0, 0)
    spacing = 4

    def make(self) -> Iterator[Part]:
        self._texts: dict[str, str] = {}  # by their names
        self.summary = plain_label(dim=True, wrap=True)
        self.which = choice_box("whichManifest", tr("Which manifest"))
        self.which.activated.connect(lambda _n: self._show_text())
        clipboard = QGuiApplication.clipboard()
        copy = link_button(tr("Copy"), lambda: clipboard.setText(self.text.toPlainText()))
        named(copy, reads=tr("Copy the manifest"))
        yield row((self.summary, 1), self.which, copy, margins=(5, 0, 8, 0))
        self.note = plain_label(dim=True, wrap=True)
        set_margins(self.note, 5, 0, 8, 0)
        yield self.note
        titles = [tr("Changed"), tr("From"), tr("To"), tr("By")]
        self.changes = RowsTable(tr("What the patches changed"), titles)
        yield self.changes
        self.text = named(TextView(tr("Manifest")), "manifestText")
        yield self.text, 1

    def fill_known(self, look: Inspection) -> bool:
        if look.record is None:
            return False
        manifest = look.record.manifest
        registered = {REGISTERED: operations.written_manifest(manifest)}
        self._fill(registered, (), operations.manifest_summary(manifest))
        return True

    def fill(self, found: operations.Manifests) -> None:
        texts = {REGISTERED if found.from_registry else EFFECTIVE: found.effective}
        if found.original:
            texts[ORIGINAL] = found.original
        record = self.look.record if self.look is not None else None
        if record is not None and REGISTERED not in texts:
            texts[REGISTERED] = operations.written_manifest(record.manifest)
        self._fill(texts, found.changes, found.summary)

    def _fill(self, texts: dict[str, str], changes: tuple[Change, ...], summary: str) -> None:
        self._texts = texts
        self.summary.setText(summary)
        fill_box(self.which, [(name, tr(name)) for name in texts])
        self.which.setVisible(len(texts) > 1)
        told = trn(
            "A patch in the file changed it:",
            "{amount} patches in the file changed it:",
            len({change.patch for change in changes}),
        )
        say(self.note, told if changes else "")
        self.changes.show_rows([(c.path, c.before or "—", c.after, c.patch) for c in changes])
        self.changes.setVisible(bool(changes))
        self.changes.fit_height(min(len(changes), 5), 12)
        self._show_text()

    def _show_text(self) -> None:
        text = self._texts.get(str(self.which.currentData()), "")
        if self.text.toPlainText() != text:
            self.text.show_text(text, "json")
