"""The first tab: description, tags, metrics as bars, and the facts of the record, all to be copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from dfs_desktop.api import ModelArtifact
from dfs_desktop.ui.detail_facts import FactGrid
from dfs_desktop.ui.dialogs import link_button, plain_label
from dfs_desktop.ui.metric_bars import MetricBars
from dfs_desktop.ui.tag_edit import TagEdit
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.columns import status_text
from dfs_desktop.workspace.listing import Row
from dfs_desktop.workspace.workspace import Workspace


class DescriptionEdit(QPlainTextEdit):
    """Grows with its text; what was typed is handed on when the focus leaves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("descriptionEdit")
        self.setAccessibleName("Description")
        self.setProperty("quiet", True)
        self.setPlaceholderText("Add a description")
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # dropped files go to the window, not into the text
        self.document().documentLayout().documentSizeChanged.connect(lambda *_: self._fit())
        self._fit()

    def _fit(self) -> None:
        needed = max(1, round(self.document().size().height()))
        lines = min(12, needed)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if needed > lines else policy.ScrollBarAlwaysOff
        )
        height = lines * self.fontMetrics().lineSpacing() + 18
        if self.height() != height:
            self.setFixedHeight(height)


class OverviewTab(QWidget):
    """Edits go to the editing journey; everything else is read from the record."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._artifact: ModelArtifact | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 16, 16)
        layout.setSpacing(8)
        self.description = DescriptionEdit()
        self.description.installEventFilter(self)
        self.tags = TagEdit()
        self.tags.setObjectName("tagEdit")
        self.tags.setAccessibleName("Tags")
        self.tags.committed.connect(self._save_tags)
        self.tags.changed.connect(self._save_tags)
        self._metrics_title = self._heading("Metrics")
        self.metrics = MetricBars()
        layout.addWidget(self.description)
        layout.addWidget(self.tags)
        layout.addSpacing(8)
        layout.addWidget(self._metrics_title)
        layout.addWidget(self.metrics)
        layout.addSpacing(8)
        layout.addWidget(self._heading("Record"))
        self._facts = FactGrid()
        self._values = self._facts.values
        layout.addWidget(self._facts)
        self.look_up = link_button("Look for tracks and deployments")
        self.look_up.setObjectName("lookUpButton")
        self.look_up.setToolTip("Lists leave them out; the server is asked about this artifact")
        self.look_up.clicked.connect(self._look_up)
        layout.addWidget(self.look_up, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch()

    @staticmethod
    def _heading(text: str) -> QLabel:
        label = plain_label(text, heading=True)
        label.setContentsMargins(5, 0, 0, 0)
        return label

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.description and event.type() == QEvent.Type.FocusOut:
            self._save_description()
        return super().eventFilter(watched, event)

    def show_artifact(self, artifact: ModelArtifact) -> None:
        same = self._artifact is not None and self._artifact.id == artifact.id
        self._artifact = artifact
        provisional = artifact.id.startswith("job:")
        self.description.setReadOnly(provisional)
        self.tags.setEnabled(not provisional)
        if not (same and self.description.hasFocus()):
            self.description.setPlainText(artifact.description or "")
        self.tags.set_known(self._workspace.uploading.known_tags())
        if self.tags.tags() != list(artifact.tags or ()):
            self.tags.blockSignals(True)
            self.tags.set_tags(list(artifact.tags or ()))
            self.tags.blockSignals(False)
        self.metrics.show_metrics(artifact.metrics)
        self._metrics_title.setVisible(bool(artifact.metrics))
        self._show_facts(artifact)

    def _show_facts(self, artifact: ModelArtifact) -> None:
        created = formats.parse_time(artifact.created_at)
        updated = formats.parse_time(artifact.updated_at)
        copy = self._workspace.inspecting.verified_copy(artifact)
        asked = artifact.id in self._workspace.browsing.looked_up
        told = artifact.type is not None and not artifact.id.startswith("job:")
        self.look_up.setVisible(told and not asked)
        facts = {
            "Status": status_text(Row(artifact)) or "Uploaded",
            "Deployed in": _names(artifact.deployments),
            "In tracks": _names(artifact.tracks) or ("none" if asked else ""),
            "Type": artifact.type or "",
            "Collection": artifact.collection_name or "",
            "Size": _joined(formats.size(artifact.size), formats.exact_size(artifact.size)),
            "SHA-256": artifact.file_hash or "none recorded",
            "Verified copy": str(copy) if copy is not None else "",
            "Created": _joined(formats.ago(created), formats.exact_time(created)),
            "Changed": _joined(formats.ago(updated), formats.exact_time(updated)),
            "Author": artifact.created_by_user or "",
            "ID": artifact.id if not artifact.id.startswith("job:") else "",
            "Identifier": artifact.unique_identifier or "",
            "Stored as": artifact.bucket_location or "",
        }
        hints = {
            "Size": formats.exact_size(artifact.size),
            "SHA-256": f"Checked when {copy} was downloaded." if copy is not None else "",
            "Created": formats.exact_time(created),
            "Changed": formats.exact_time(updated),
        }
        self._facts.show_facts(facts, hints)

    def _look_up(self) -> None:
        """Only when a person asks: looking at a row costs no request."""
        if self._artifact is not None:
            self._workspace.browsing.look_up(self._artifact)

    def _save_description(self) -> None:
        if self._artifact is not None and not self.description.isReadOnly():
            self._workspace.editing.describe(self._artifact, self.description.toPlainText())

    def _save_tags(self) -> None:
        artifact = self._artifact
        if artifact is not None:
            QTimer.singleShot(
                0, self, lambda: self._workspace.editing.tag(artifact, self.tags.tags())
            )


def _names(things: list[dict[str, Any]]) -> str:
    """The names of deployments or tracks; those without one by their id."""
    return ", ".join(str(thing.get("name") or thing.get("id") or "?") for thing in things)


def _joined(first: str, second: str) -> str:
    return f"{first} ({second})" if first and second and first != second else first or second
