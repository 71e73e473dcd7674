"""Lines to copy, for the selected artifact or the open place: Python, a shell, a sample request.

They run as pasted. Only the key of the local registry stands in them; that of a server is asked for.
"""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QTabWidget, QWidget

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError, ModelArtifact
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.artifact.code_snippet import curl_snippet, listing_snippet, python_snippet
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import later, sentences, tr
from dfs_desktop.ui.widgets.dialogs import (
    ask,
    link_button,
    primary_button,
    resize_to,
    secondary_button,
)
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import column, row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.inspection.inspector import Inspector
from dfs_desktop.workspace.registry import snippets
from dfs_desktop.workspace.registry.clients import Clients
from dfs_desktop.workspace.registry.lasting_key import LastingKey
from dfs_desktop.workspace.state import AppState

_LASTS = later("The key lasts until you renew it.")
_OWN_KEY = later("It asks for your API key, unless DFS_API_KEY holds it.")


async def renewed_key(parent: QWidget, lasting_key: LastingKey | None) -> str:
    """Ask, and give the new key of the local registry; "" when the person keeps the old one."""
    if lasting_key is None:
        return ""
    answer = await ask(
        parent,
        tr("Renew the key of the local registry?"),
        tr("Notebooks and scripts with the key of now are refused until they get the new one."),
        [tr("Keep the key"), tr("Renew the key")],
    )
    return await lasting_key.renew() if answer == 1 else ""


class _Page(QWidget):
    """A sentence, and below it lines of code that can be selected, not changed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.words = plain_label(dim=True, wrap=True)
        as_is = QPlainTextEdit.LineWrapMode.NoWrap
        self.code = QPlainTextEdit(readOnly=True, tabChangesFocus=True, lineWrapMode=as_is)
        self.code.setAccessibleName(name)
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code, in every language
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.again = link_button(tr("Try again"))
        self.again.hide()
        head = row((self.words, 1), self.again)
        column(head, (self.code, 1), of=self, margins=(0, 12, 0, 0), spacing=8)

    def show_code(self, words: str, code: str) -> None:
        self.words.setText(words)
        self.code.setPlainText(code)


class SnippetDialog(QDialog):
    """One tab for each way; *Copy* takes the one that is seen."""

    def __init__(
        self,
        parent: QWidget,
        state: AppState,
        clients: Clients,
        lasting_key: LastingKey | None,
        inspector: Inspector,
        artifact: ModelArtifact | None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("snippetDialog")
        self._state, self._clients, self._lasting_key = state, clients, lasting_key
        self._inspector, self._artifact = inspector, artifact
        self._tasks: list[asyncio.Task[None] | None] = []
        name = visible(artifact.display_name) if artifact else ""
        title = tr("Use “{name}” from Python", name=name) if name else tr("Use from Python")
        self.setWindowTitle(title)
        self.tabs = named(QTabWidget(documentMode=True), "snippetTabs")
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after that: Qt hands it on
        local = state.session.profile.id == LOCAL
        self.renew = link_button(tr("Renew Key…"), self._renew, name="renewKeyButton")
        self.renew.setVisible(local and lasting_key is not None)
        self.said = plain_label(dim=True)
        close = secondary_button(tr("Close"), self.reject)
        copy = primary_button(tr("Copy"), "copySnippetButton", self._copy)
        foot = row(self.renew, (self.said, 1), close, copy, spacing=8)
        sheet(self, enlarge(ElidedLabel(title)), (self.tabs, 1), foot)
        copy.setFocus()
        self.tabs.currentChanged.connect(lambda _number: self.said.setText(""))
        self.finished.connect(self._end)
        resize_to(self, 116, 34)
        self._make_pages()
        if local and lasting_key is not None:
            self._start(self._fetch_key(), "read the key")
        else:
            self._fill("", tr(_OWN_KEY))

    def _make_pages(self) -> None:
        if self._artifact is not None:
            self._download = self._add(tr("Download in Python"))
        self._list = self._add(tr("List in Python"))
        if self._artifact is not None:
            self._shell = self._add(tr("Download in a Shell"))
            if snippets.has_request(self._artifact):
                self._add_request(self._artifact)

    def _fill(self, key: str, about: str) -> None:
        """The lines, with the key of the local registry or with a way to ask for a server's."""
        artifact, library = self._artifact, snippets.library()
        at = partial(snippets.address, self._state.session, self._clients.local, key)
        words = sentences(tr("Lists what the window shows."), about)
        self._list.show_code(words, listing_snippet(at(), library))
        if artifact is not None:
            where, words = at(artifact), sentences(tr("Fetches the artifact and checks it."), about)
            self._download.show_code(words, python_snippet(where, library))
            words = tr("Asks for a short-lived address, then fetches the file with curl.")
            self._shell.show_code(words, curl_snippet(where))

    async def _fetch_key(self) -> None:
        if (lasting := self._lasting_key) is None:
            return
        try:
            self._fill(await lasting.fetch(), tr(_LASTS))
        except OSError as error:
            self._fill("", tr("No key could be made: {reason}.", reason=disk_errors.reason(error)))

    def _renew(self) -> None:
        async def renew() -> None:
            if key := await renewed_key(self, self._lasting_key):
                self._fill(key, tr(_LASTS))
                self.said.setText(tr("The key is a new one"))

        self._start(renew(), "renew the key")

    def _add_request(self, artifact: ModelArtifact) -> None:
        page = self._add(tr("Sample Request"))
        page.again.clicked.connect(lambda: self._read(page, artifact))
        quick = snippets.quick_request(artifact)
        page.show_code(tr("A valid body for a deployment of this model."), quick)
        if not quick:
            self._read(page, artifact)

    def _add(self, name: str) -> _Page:
        page = _Page(name)
        self.tabs.addTab(page, name)
        return page

    def _read(self, page: _Page, artifact: ModelArtifact) -> None:
        page.again.hide()
        page.words.setText(tr("Reading the schemas inside the file…"))
        self._start(self._request(page, artifact), "read the schemas")

    async def _request(self, page: _Page, artifact: ModelArtifact) -> None:
        try:
            text = await snippets.read_request(self._inspector, artifact)
        except (ArtifactError, DataForceError) as error:
            page.words.setText(tr("The schemas could not be read. {detail}", detail=error.detail))
            page.again.show()
        else:
            page.show_code(
                tr("A valid body for a deployment of this model."), visible(text, multiline=True)
            )

    def _copy(self) -> None:
        page = self.tabs.currentWidget()
        if isinstance(page, _Page) and page.code.toPlainText():
            QGuiApplication.clipboard().setText(page.code.toPlainText())
            self.said.setText(tr("Copied"))

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(self._state.tasks.start(work, name))

    def _end(self) -> None:
        for task in self._tasks:
            if task is not None:
                task.cancel()
        self.deleteLater()
