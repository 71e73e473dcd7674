"""A view for rich text of strangers that fetches nothing, runs nothing and follows no link by itself."""

from typing import Any

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import ask
from dfs_desktop.workspace.tasks import Tasks

_WEB = ("http", "https")


class SafeBrowser(QTextBrowser):
    """Shows HTML that was made harmless before, and Markdown without HTML in it."""

    def __init__(self, name: str, tasks: Tasks) -> None:
        super().__init__(openLinks=False, openExternalLinks=False)
        self._tasks = tasks
        self.asked: list[str] = []  # what a document wanted to have; it got nothing
        self.setAccessibleName(name)
        self.setProperty("quiet", True)
        self.setAcceptDrops(False)
        self.anchorClicked.connect(self._clicked)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Pictures, style sheets and pages: none, from nowhere."""
        if len(self.asked) < 100:
            self.asked.append(QUrl(name).toString())
        return QByteArray()

    def show_markdown(self, text: str) -> None:
        feature = QTextDocument.MarkdownFeature
        self.document().setMarkdown(text, feature.MarkdownDialectGitHub | feature.MarkdownNoHTML)

    def _clicked(self, url: QUrl) -> None:
        if url.scheme() in _WEB and url.host():
            self._tasks.start(self._follow(url), "open the link")

    async def _follow(self, url: QUrl) -> None:
        text = visible(url.toString()[:300])
        title, answers = tr("Open this address in your browser?"), [tr("Stay here"), tr("Open")]
        if await ask(self, title, text, answers):
            QDesktopServices.openUrl(url)
