"""The first tab: description, tags, metrics as bars, and the facts of the record, all to be copied."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.number_text import number_text
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import later, series, tr
from dfs_desktop.ui.charts.metric_bars import MOST_METRICS, MetricBars
from dfs_desktop.ui.details.edit_fields import DescriptionField, RecordField
from dfs_desktop.ui.details.facts import FactGrid
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLink
from dfs_desktop.ui.widgets.fields.tag_edit import TagEdit
from dfs_desktop.ui.widgets.guarded_painting import attempted
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import LEFT, FlowLayout, column, set_margins, show_flowing
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.copies.copied_from import CopyRecords
from dfs_desktop.workspace.editing.changes import Value
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.links.finder import Finder
from dfs_desktop.workspace.links.references import Link
from dfs_desktop.workspace.listing.row import Row, status_text
from dfs_desktop.workspace.registry.record_lookup import RecordLookup
from dfs_desktop.workspace.session import Place
from dfs_desktop.workspace.tracks.track_list import TrackList
from dfs_desktop.workspace.views.metric_directions import MetricDirections

_MOST_LINKS = 12
_COPIED = (
    "SHA-256",
    later("Verified copy"),
    later("Copied from"),
    later("ID"),
    later("Identifier"),
    later("Stored as"),
)


class OverviewServices(NamedTuple):
    """What the tab uses of the workspace."""

    editor: Editor
    tracks: TrackList
    library: Library
    finder: Finder
    copy_records: CopyRecords
    record_lookup: RecordLookup
    metric_directions: MetricDirections
    known_tags: Callable[[], list[str]]


class OverviewTab(QWidget):
    """Edits go to the editor; everything else is read from the record."""

    def __init__(self, services: OverviewServices, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._artifact: ModelArtifact | None = None
        self.description = DescriptionField(services.editor)
        self.tags = named(TagEdit(), "tagEdit", reads=tr("Tags"))
        self._tags_record = RecordField(services.editor, "tags", self._fill_tags)
        self.tags.edited.connect(lambda tags: self._tags_record.write(tuple(tags)))
        self.tags.changed.connect(self._tags_record.finish)
        self.tags.committed.connect(self._tags_record.finish)
        self._metrics_title = self._heading(tr("Metrics"))
        self.metrics = MetricBars()
        self._facts = FactGrid(copied=[*map(tr, _COPIED)])
        self._links = QWidget()
        self._link_flow = FlowLayout(self._links, 12, 0)
        set_margins(self._link_flow, 2, 0, 0, 0)
        self.destroyed.connect(services.tracks.changed.connect(self._show_links))
        self.look_up = link_button(
            tr("Look for tracks and deployments"),
            self._look_up,
            name="lookUpButton",
            tip=tr("Lists leave them out; the server is asked about this artifact"),
        )
        column(
            self.description, self.tags, 8, self._metrics_title, self.metrics, 8,
            self._heading(tr("Record")), self._links, self._facts, (self.look_up, LEFT), None,
            of=self, margins=(0, 8, 16, 16), spacing=8,
        )  # fmt: skip

    @staticmethod
    def _heading(text: str) -> QLabel:
        label = plain_label(text, heading=True)
        set_margins(label, 5, 0, 0, 0)
        return label

    def show_artifact(self, artifact: ModelArtifact) -> None:
        self._artifact = artifact
        for show in (
            self.description.record.show,
            self._tags_record.show,
            self._show_metrics,
            self._show_facts,
        ):
            attempted(partial(show, artifact), None)

    def _show_metrics(self, artifact: ModelArtifact) -> None:
        self.metrics.show_metrics(artifact.metrics, self._services.metric_directions.of)
        self._metrics_title.setVisible(bool(artifact.metrics))
        title, total = tr("Metrics"), number_text(len(artifact.metrics))
        if len(artifact.metrics) > MOST_METRICS:
            title = tr("Metrics, the first {shown} of {total}", shown=MOST_METRICS, total=total)
        self._metrics_title.setText(title)

    def leave(self) -> None:
        """Another record, or none, is shown from now on: what was typed for this one is sent, and
        nothing of it is left to be taken for a fact about the other."""
        self._artifact = None
        self.description.record.leave()
        self.description.clear()
        self._tags_record.leave()
        self.tags.set_tags(())
        self.metrics.show_metrics({})
        self._metrics_title.hide()
        self._facts.show_facts({})
        self._show_links()
        self.look_up.hide()

    def _show_facts(self, artifact: ModelArtifact) -> None:
        created = attempted(lambda: quantities.parse_time(artifact.created_at), None)
        updated = attempted(lambda: quantities.parse_time(artifact.updated_at), None)
        copy, exact = self._services.library.copy_of(artifact), quantities.exact_time
        asked = artifact.id in self._services.record_lookup.known
        own = not is_provisional(artifact.id)
        known = asked or self._services.tracks.there  # they are read with the list
        self.look_up.setVisible(artifact.type is not None and own and not known)
        self._show_links()
        facts: dict[str, Callable[[], str]] = {
            tr("Status"): lambda: status_text(Row(artifact)) or tr("Uploaded"),
            tr("Deployed in"): lambda: _names(artifact.deployments),
            tr("In tracks"): lambda: self._in_tracks(artifact, asked=asked),
            tr("Type"): lambda: artifact.type or "",
            tr("Collection"): lambda: artifact.collection_name or "",
            tr("Size"): lambda: (
                _joined(quantities.size(artifact.size), quantities.exact_size(artifact.size))
                or tr("unknown")
            ),
            "SHA-256": lambda: artifact.file_hash or tr("none recorded"),
            tr("Verified copy"): lambda: copy.path if copy is not None else "",
            tr("Copied from"): lambda: self._copied_from(artifact),
            tr("Created"): lambda: exact(created),
            tr("Changed"): lambda: exact(updated) if exact(updated) != exact(created) else "",
            tr("Author"): lambda: artifact.created_by_user or "",
            tr("ID"): lambda: artifact.id if own else "",
            tr("Identifier"): lambda: artifact.unique_identifier or "",
            tr("Stored as"): lambda: artifact.bucket_location or "",
        }
        hints: dict[str, Callable[[], str]] = {
            tr("Size"): lambda: quantities.exact_size(artifact.size),
            "SHA-256": lambda: self._services.library.told(copy) if copy is not None else "",
            tr("Created"): lambda: quantities.ago_there(created),
            tr("Changed"): lambda: quantities.ago_there(updated),
        }
        self._facts.show_facts(_told(facts), _told(hints))

    def _copied_from(self, artifact: ModelArtifact) -> str:
        if (found := self._services.copy_records.of(artifact.id)) is None:
            return ""
        when = datetime.fromtimestamp(found.at, UTC)
        return _joined(found.where, quantities.exact_time(when))

    def _in_tracks(self, artifact: ModelArtifact, *, asked: bool) -> str:
        tracks = self._services.tracks
        if tracks.there:
            return series(each.words for each in tracks.of(artifact.id)) or tr("none")
        return _names(artifact.tracks) or (tr("none") if asked else "")

    def _show_links(self) -> None:
        """To the tracks that it is in, and to its deployments on the web where that is known."""
        self._links.setVisible(bool(links := self._all_links()))
        show_flowing(self._link_flow, links)

    def _all_links(self) -> list[ElidedLink]:
        artifact, services, links = self._artifact, self._services, list[ElidedLink]()
        if artifact is None:
            return links
        if (found := services.copy_records.of(artifact.id)) is not None and found.home:
            original = Link("", Place.parse(found.home), found.original)
            show = partial(services.finder.go_at, found.server, original)
            links.append(ElidedLink(tr("Copied from: show the original"), show))
        for member in services.tracks.of(artifact.id)[:_MOST_LINKS]:
            words = tr("Track: {track}", track=member.words)
            links.append(ElidedLink(words, partial(services.tracks.open, member.track.id)))
        for deployment in artifact.deployments[:_MOST_LINKS]:
            name, key = (str(deployment.get(part) or "") for part in ("name", "id"))
            if link := services.finder.deployment_link(key) if key else "":
                words = tr("Deployment: {name} — open on the web", name=name or key)
                links.append(ElidedLink(words, partial(QDesktopServices.openUrl, QUrl(link))))
        return links

    def _look_up(self) -> None:
        """Only when a person asks: looking at a row costs no request."""
        if self._artifact is not None:
            self._services.record_lookup.look_up(self._artifact)

    def _fill_tags(self, value: Value, artifact: ModelArtifact) -> None:
        self.tags.setEnabled(not is_provisional(artifact.id))
        self.tags.set_known(self._services.known_tags)
        if self.tags.tags() != list(value):
            self.tags.set_tags(list(value))


def _told(facts: dict[str, Callable[[], str]]) -> dict[str, str]:
    """A fact that cannot be put into words is left empty; the others are right all the same."""
    return {title: attempted(make, "") for title, make in facts.items()}


def _names(things: list[dict[str, Any]]) -> str:
    """The names of deployments or tracks; those without one by their id."""
    return series(str(thing.get("name") or thing.get("id") or "?") for thing in things[:50])


def _joined(first: str, second: str) -> str:
    if not first or not second or first == second:
        return first or second
    return tr("{first} ({second})", first=first, second=second)
