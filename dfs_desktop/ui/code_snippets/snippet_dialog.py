"""Lines to copy for the selected artifact: Python, curl, and a sample request; never with a key."""

from __future__ import annotations

import asyncio

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton, QTabWidget, QWidget

from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.code_snippet import curl_snippet, python_snippet
from dfs_desktop.settings import LOCAL
from dfs_desktop.ui.widgets.dialogs import enlarge, link_button, plain_label
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.layouts import column, row, sheet
from dfs_desktop.workspace.registry import snippets
from dfs_desktop.workspace.workspace import Workspace

from .python_dialog import code_box, snippet


class _Page(QWidget):
    """A sentence, and the lines below it."""

    def __init__(self, name: str, words: str, code: str) -> None:
        super().__init__()
        self.words = plain_label(words, dim=True, wrap=True)
        self.code = code_box(name, code)
        self.code.setTabChangesFocus(True)
        self.again = link_button("Try again")
        self.again.setAutoDefault(False)
        self.again.hide()
        head = row((self.words, 1), self.again)
        column(head, (self.code, 1), of=self, margins=(0, 12, 0, 0), spacing=8)


class SnippetDialog(QDialog):
    """One tab for each way; *Copy* takes the one that is seen."""

    def __init__(self, parent: QWidget, workspace: Workspace, artifact: ModelArtifact) -> None:
        super().__init__(parent)
        self.setObjectName("snippetDialog")
        self._workspace, self._artifact = workspace, artifact
        self._task: asyncio.Task[None] | None = None
        name = visible(artifact.model_name or artifact.file_name)
        self.setWindowTitle(f"Use “{name}” from Python")
        self.tabs = QTabWidget()
        self.tabs.setObjectName("snippetTabs")
        self.tabs.setDocumentMode(True)
        self._fill()
        self.said = plain_label(dim=True)
        close, copy = QPushButton("Close"), QPushButton("Copy")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        copy.setObjectName("copySnippetButton")
        copy.setProperty("primary", True)
        copy.setDefault(True)
        copy.clicked.connect(self._copy)
        heading = ElidedLabel(self.windowTitle())
        enlarge(heading, 1.1)
        sheet(self, heading, (self.tabs, 1), row((self.said, 1), close, copy, spacing=8))
        self.tabs.currentChanged.connect(lambda _number: self.said.setText(""))
        self.finished.connect(self._end)
        em, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        room = self.screen().availableSize() * 0.9
        self.resize(min(em * 116, room.width()), min(line * 34, room.height()))

    def _fill(self) -> None:
        workspace, artifact = self._workspace, self._artifact
        local = workspace.session.profile.id == LOCAL
        key = " The key of the local registry is in the last tab." if local else ""
        address = snippets.address(workspace.session, workspace.local, artifact)
        self._add("Python", "Fetches the artifact with the client library." + key,
                  python_snippet(address))  # fmt: skip
        if snippets.has_request(artifact):
            page = self._add("Request", "A valid body for a deployment of this model.", "")
            page.again.clicked.connect(lambda: self._read(page))
            quick = snippets.quick_request(artifact)
            page.code.setPlainText(quick)
            if not quick:
                self._read(page)
        self._add("curl", "For a shell: asks for a short-lived address, then fetches the file.",
                  curl_snippet(address))  # fmt: skip
        words = "Opens the place that the window shows"
        words += ", while this window is open." if local else "."
        self._add("Registry", words, snippet(workspace))

    def _add(self, name: str, words: str, code: str) -> _Page:
        page = _Page(name, words, code)
        self.tabs.addTab(page, name)
        return page

    def _read(self, page: _Page) -> None:
        page.again.hide()
        page.words.setText("Reading the schemas inside the file…")
        self._task = self._workspace.tasks.start(self._request(page), "read the schemas")

    async def _request(self, page: _Page) -> None:
        try:
            text = await snippets.read_request(self._workspace.inspector, self._artifact)
        except (ArtifactError, DataForceError) as error:
            page.words.setText(f"The schemas could not be read. {error.detail}")
            page.again.show()
        else:
            page.words.setText("A valid body for a deployment of this model.")
            page.code.setPlainText(visible(text, multiline=True))

    def _copy(self) -> None:
        page = self.tabs.currentWidget()
        if isinstance(page, _Page) and page.code.toPlainText():
            QGuiApplication.clipboard().setText(page.code.toPlainText())
            self.said.setText("Copied")

    def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.deleteLater()
