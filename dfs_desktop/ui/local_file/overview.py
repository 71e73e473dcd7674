"""The first tab of a file on this computer: what it is, its metrics, what is wrong with it, its hash."""

import threading
from collections.abc import Iterator
from pathlib import Path

from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.translation import listed, tr
from dfs_desktop.ui.charts.metric_bars import MetricBars
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.details.facts import FactGrid
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import LEFT, Part, set_margins
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.inspection.inspector import hash_of_file

_NAMED = 3  # artifacts by name
_LONGEST = 2000


class LocalPage(DetailPage):
    """Nothing is sent anywhere; the hash is computed when somebody asks for it."""

    key = "local"
    operation = staticmethod(operations.local_facts)
    margins = (0, 8, 16, 16)

    def make(self) -> Iterator[Part]:
        self._stop = threading.Event()
        self._hashes: dict[Path, str] = {}
        self._facts: dict[str, str] = {}
        self._hints: dict[str, str] = {}
        self.description = plain_label(wrap=True)
        set_margins(self.description, 5, 0, 0, 4)
        yield self.description
        self.findings = FindingList()
        set_margins(self.findings, 5, 0, 0, 0)
        yield self.findings
        self.metrics = MetricBars()
        yield Section(tr("Metrics"), self.metrics, margins=(5, 0, 0, 0))
        self.facts = FactGrid(copied=(tr("Folder"),))
        yield Section(tr("File"), self.facts, margins=(5, 8, 0, 0))
        self.hash = link_button(tr("Compute the SHA-256"), self._ask_hash, name="hashButton")
        yield self.hash, LEFT
        yield None

    def leave(self) -> None:
        self._stop.set()
        self._stop = threading.Event()
        super().leave()

    def fill(self, found: operations.LocalFacts) -> None:
        manifest, changed = found.manifest, quantities.file_time(found.changed)
        say(self.description, visible(_text(manifest.get("description")), multiline=True))
        self.findings.show_findings(found.findings)
        self.metrics.show_metrics(found.metrics)
        show_section(self.metrics, found.metrics)
        path = self.look.path if self.look is not None else None
        self._facts = {
            tr("Kind"): found.kind,
            tr("Name"): _text(manifest.get("name")),
            tr("Version"): _text(manifest.get("version")),
            tr("Made by"): f"{_text(manifest.get('producer_name'))} "
            f"{_text(manifest.get('producer_version'))}".strip(),
            tr("Size"): quantities.size(found.size),
            tr("Files"): str(found.count),
            tr("Changed"): quantities.ago(changed),
            tr("Folder"): str(path.parent) if path is not None else "",
        }
        self._hints = {
            tr("Size"): quantities.exact_size(found.size),
            tr("Changed"): quantities.exact_time(changed),
        }
        self._show_facts()

    def _show_facts(self) -> None:
        path = self.look.path if self.look is not None else None
        known = self._hashes.get(path, "") if path is not None else ""
        same = self._of_same_bytes(known) if known else ""
        facts = {"SHA-256": known, tr("Same bytes as"): same}
        self.facts.show_facts(self._facts | facts, self._hints)
        self.hash.setVisible(not known)
        self.hash.setEnabled(True)
        self.hash.setText(tr("Compute the SHA-256"))

    def _of_same_bytes(self, sha256: str) -> str:
        """The artifacts of the open list that have them."""
        names = [
            visible(artifact.display_name, limit=100)
            for artifact in self.state.listing.artifacts()
            if artifact.sha256 == sha256
        ]
        return listed(names, _NAMED) or tr("no artifact of this list")

    def _ask_hash(self) -> None:
        if (look := self.look) is not None and look.path is not None:
            self.hash.setEnabled(False)
            self.hash.setText(tr("Computing the SHA-256…"))
            work = self._compute(look.path, self._stop)
            self.state.tasks.start(work, "compute the SHA-256")

    async def _compute(self, path: Path, stop: threading.Event) -> None:
        def check() -> None:
            if stop.is_set():
                raise ArtifactError(tr("Stopped"), tr("Nobody waits for the hash any more."))

        try:
            self._hashes[path] = await self.state.tasks.in_thread(hash_of_file, path, check)
        except (ArtifactError, OSError) as error:
            if not stop.is_set():
                self.line.say(tr("The file could not be hashed"), str(error), failed=True)
            return
        except BaseException:
            stop.set()  # the program ends: the thread must not go on with a vast file
            raise
        if not stop.is_set():
            self._show_facts()


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
