"""The tab of the card: its text at once and without scripts; the page itself only in a browser."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.cards import Card, Page, find_cards, read_card
from dfs_desktop.artifact.opened import OpenArtifact
from dfs_desktop.ui.dialogs import ask, link_button, plain_label
from dfs_desktop.ui.inspect_browser import SafeBrowser
from dfs_desktop.ui.inspect_html import harmless
from dfs_desktop.ui.inspect_page import InsidePage
from dfs_desktop.workspace.workspace import Workspace

_MOST_HOSTS = 6


class Shown(Struct, frozen=True):
    """A card as it came, and the harmless text that was made of it."""

    card: Card
    page: Page
    text: str
    words: int
    cut: bool


class CardPage(InsidePage):
    """The file for the browser lies in a folder of our own and goes when the program ends."""

    key = "card"
    scrolls = False

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(4)
        self._cards: list[Card] = []
        self._found: Shown | None = None
        self._folder: Path | None = None
        row = QHBoxLayout()
        row.setContentsMargins(5, 4, 8, 0)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Card")
        self.choice.activated.connect(self.choose)
        self.note = plain_label(dim=True, wrap=True)
        self.open = link_button("Open in browser…")
        self.open.setObjectName("openCardButton")
        self.open.clicked.connect(
            lambda _checked=False: workspace.tasks.start(self._open_page(), "open the card")
        )
        row.addWidget(self.choice)
        row.addWidget(self.note, 1)
        row.addWidget(self.open)
        self.browser = SafeBrowser("Card", workspace.tasks)
        self.content.addLayout(row)
        self.content.addWidget(self.browser, 1)
        self.destroyed.connect(self._clean_up)

    def work(self, artifact: OpenArtifact) -> tuple[list[Card], Shown]:
        cards = find_cards(artifact)
        card = cards[min(self.number, len(cards) - 1)]
        page = read_card(artifact, card)
        return cards, Shown(card, page, *harmless(page.html))

    def fill(self, found: tuple[list[Card], Shown]) -> None:
        self._cards, self._found = found
        shown = self._found
        self.choice.setVisible(len(self._cards) > 1)
        self.choice.clear()
        for number, card in enumerate(self._cards):
            self.choice.addItem(f"{number + 1}: {card.kind} card")
        self.choice.setCurrentIndex(self._cards.index(shown.card))
        if not shown.words:
            self.note.setText(
                "This card draws itself with scripts. Its page can be seen in a browser."
            )
        elif shown.page.scripts or shown.cut:
            self.note.setText("Text only; charts and styles are in the page itself.")
        else:
            self.note.setText("Shown without styles and pictures.")
        self.browser.show_html(shown.text if shown.words else "")

    async def _open_page(self) -> None:
        found = self._found
        if found is None:
            return
        answer = await ask(self, "Open this card in your browser?", warning(found.page), [
            "Stay here", "Open in browser",
        ])  # fmt: skip
        if answer == 1:
            path = await self.workspace.tasks.in_thread(self._write, found.page.html)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _write(self, page: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="dfs-card-"))
        descriptor, name = tempfile.mkstemp(suffix=".html", dir=self._folder)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(page)
        return Path(name)

    def _clean_up(self) -> None:
        if self._folder is not None:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._folder)


def warning(page: Page) -> str:
    """What may happen when a browser opens the page, in plain words."""
    parts = ["The page was made by whoever made this artifact."]
    if page.scripts:
        parts.append("It runs scripts.")
    if page.hosts:
        shown = ", ".join(visible(host) for host in page.hosts[:_MOST_HOSTS])
        more = f" and {len(page.hosts) - _MOST_HOSTS} more" if len(page.hosts) > _MOST_HOSTS else ""
        parts.append(f"It fetches from {shown}{more}, which will see that you looked.")
    if not page.scripts and not page.hosts:
        parts.append("It has no scripts and names no other computer, as far as could be seen.")
    return " ".join([*parts, "Open it only if you trust them."])
