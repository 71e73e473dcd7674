"""The detail pane: everything a record holds, readable; name, description and tags edited in place."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.ui.dialogs import enlarge, plain_label
from dfs_desktop.ui.empty_state import EmptyState
from dfs_desktop.workspace import formats
from dfs_desktop.workspace.columns import status_text
from dfs_desktop.workspace.listing import Row
from dfs_desktop.workspace.workspace import Workspace


class DetailPane(QFrame):
    """Shows the selected artifact; with several selected, what they have together."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailPane")
        self.setAccessibleName("Details")
        self.setProperty("sheet", True)
        self._workspace = workspace
        self._key = ""
        self.building = self.build()
        self._ask = QTimer(self)  # arrows run through rows faster than a server answers
        self._ask.setSingleShot(True)
        self._ask.setInterval(300)
        self._ask.timeout.connect(self._look_up)
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._nothing = EmptyState("artifact", "Select an artifact to see what it holds.")
        self._stack.addWidget(self._nothing)
        workspace.listing.row_updated.connect(self._row_updated)

    def build(self) -> Iterator[None]:
        """Make the tabs in steps of some milliseconds, so that the window can breathe between."""
        from dfs_desktop.ui.detail_files import FilesTab
        from dfs_desktop.ui.detail_interface import InterfaceTab
        from dfs_desktop.ui.detail_manifest import ManifestTab
        from dfs_desktop.ui.detail_overview import OverviewTab

        yield
        card = QWidget(self)  # from now on: what is half built when the window closes goes with it
        card.hide()
        layout = QVBoxLayout(card)
        layout.setContentsMargins(16, 12, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._heading())
        layout.addWidget(self.subtitle)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setObjectName("detailTabs")
        layout.addWidget(self.tabs, 1)
        yield
        self.overview = OverviewTab(self._workspace, card)
        yield
        self.tabs.addTab(_scrolling(self.overview), "Overview")
        yield
        self.interface = InterfaceTab()
        self.tabs.addTab(_scrolling(self.interface), "Interface")
        yield
        self.files = FilesTab()
        self.tabs.addTab(self.files, "Files")
        yield
        self.manifest = ManifestTab()
        self.tabs.addTab(self.manifest, "Manifest")
        yield
        self.tabs.currentChanged.connect(lambda _n: self._fill_tab())
        self._stack.addWidget(card)

    def _heading(self) -> QHBoxLayout:
        self.name = QLineEdit()
        self.name.setObjectName("detailName")
        self.name.setAccessibleName("Name")
        self.name.setProperty("quiet", True)
        self.name.setAcceptDrops(False)
        enlarge(self.name, 1.3)
        self.name.editingFinished.connect(self._rename)
        self.subtitle = plain_label(dim=True)
        self.subtitle.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.subtitle.setContentsMargins(5, 0, 16, 8)
        self.subtitle.setWordWrap(True)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 12, 0)
        row.addWidget(self.name)
        return row

    def artifact(self) -> ModelArtifact | None:
        row = self._workspace.listing.row(self._key)
        return row.artifact if row else None

    def show_artifacts(self, artifacts: list[ModelArtifact]) -> None:
        """Show one record, or the sum of several, or the hint to select one."""
        if len(artifacts) == 1:
            if artifacts[0].id != self._key or self._stack.currentIndex() == 0:
                self._key = artifacts[0].id
                self._show()
                self._ask.start()
            return
        self._key = ""
        if artifacts:
            total = sum(a.size or 0 for a in artifacts)
            many = formats.count(len(artifacts), "artifact")
            self._nothing.say("artifact", f"{many} selected, {formats.size(total)} in all.")
        else:
            self._nothing.say("artifact", "Select an artifact to see what it holds.")
        self._stack.setCurrentIndex(0)

    def _look_up(self) -> None:
        artifact = self.artifact()
        if artifact is not None:
            self._workspace.browsing.look_up(artifact)

    def _row_updated(self, key: str) -> None:
        if key == self._workspace.listing.successors.get(self._key, self._key):
            self._key = key
            self._show()

    def _show(self) -> None:
        artifact = self.artifact()
        if artifact is None:
            return
        for _ in self.building:  # what is not built yet, now that there is something to show
            pass
        self._stack.setCurrentIndex(1)
        if not self.name.hasFocus():
            self.name.setText(artifact.model_name or artifact.file_name)
            self.name.setCursorPosition(0)
        self.name.setReadOnly(artifact.id.startswith("job:"))
        parts = [visible(artifact.file_name), formats.size(artifact.size)]
        status = status_text(Row(artifact))
        self.subtitle.setText(" · ".join(part for part in (*parts, status) if part))
        self._fill_tab()

    def _fill_tab(self) -> None:
        """Only the tab that is seen is filled: a manifest is parsed when somebody looks at it."""
        artifact = self.artifact()
        if artifact is None:
            return
        tab = (self.overview, self.interface, self.files, self.manifest)[self.tabs.currentIndex()]
        tab.show_artifact(artifact)

    def _rename(self) -> None:
        artifact = self.artifact()
        if artifact is None or self.name.isReadOnly():
            return
        if not self.name.text().strip():
            self.name.setText(artifact.model_name or artifact.file_name)
            return
        self._workspace.editing.rename(artifact, self.name.text())

    def start_renaming(self) -> None:
        if self.artifact() is not None:
            self.name.setFocus()
            self.name.selectAll()


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area
