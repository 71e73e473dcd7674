"""The tab of metadata: every entry of meta.json and its sidecars as a tree, known to us or not."""

from collections.abc import Iterator
from typing import Any

from dfs_desktop.artifact.documents.metadata import Entry
from dfs_desktop.translation import tr
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.json_tree import JsonTree
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part, set_margins
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities


class MetadataPage(DetailPage):
    """Entries in the order in which they count."""

    key = "metadata"
    operation = staticmethod(operations.metadata)
    margins = (0, 4, 0, 0)
    spacing = 4

    def make(self) -> Iterator[Part]:
        self.summary = plain_label(dim=True)
        set_margins(self.summary, 5, 0, 16, 0)
        yield self.summary
        self.findings = FindingList()
        set_margins(self.findings, 5, 0, 16, 0)
        yield self.findings
        self.tree = JsonTree(tr("Metadata"))
        yield self.tree, 1

    def fill(self, found: operations.MetadataEntries) -> None:
        entries = found.entries
        documents = {entry.document for entry in entries}
        words = quantities.count(len(entries), "entry", "entries")
        if len(documents) > 1:
            files = quantities.count(len(documents), "document")
            words = tr("{entries} in {documents}", entries=words, documents=files)
        self.summary.setText(words)
        self.findings.show_findings(found.findings)
        self.tree.show_value({_title(n, entry): _value(entry) for n, entry in enumerate(entries)})


def _title(number: int, entry: Entry) -> str:
    """What it is by its tags, else by its producer; with a number, since these repeat."""
    tags = ", ".join(tag.rpartition("::")[2] or tag for tag in entry.tags[:3])
    return f"{number + 1}: {tags or entry.producer or entry.id or tr('entry')}"


def _value(entry: Entry) -> dict[str, Any]:
    known = {
        "payload": entry.payload,
        "tags": list(entry.tags),
        "producer": " ".join(part for part in (entry.producer, entry.producer_version) if part),
        "id": entry.id,
        "document": entry.document,
    }
    return {key: value for key, value in known.items() if value not in ("", [], None)} | entry.extra
