"""The tab of the card: its text at once and without scripts; the page itself only in a browser."""

import html
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.card import Page
from dfs_desktop.translation import later, listed, sentences, tr
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.safe_browser import SafeBrowser
from dfs_desktop.ui.widgets.dialogs import ask, link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part, row
from dfs_desktop.workers.reader import operations

_MOST_HOSTS = 6
_KINDS = {
    "model": later("{number}: model card"),
    "dataset": later("{number}: dataset card"),
    "unknown": later("{number}: unknown card"),
}


class CardPage(DetailPage):
    """The file for the browser lies in a folder of our own and goes when the program ends."""

    key = "card"
    operation = staticmethod(operations.card)
    several = True
    margins = (0, 0, 0, 0)
    spacing = 4

    def make(self) -> Iterator[Part]:
        self._found: operations.CardData | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.note = plain_label(dim=True, wrap=True)
        self.open = link_button(
            tr("Open in browser…"),
            lambda: self.state.tasks.start(self._open_page(), "open the card"),
            name="openCardButton",
        )
        yield row(self.chooser(tr("Card")), (self.note, 1), self.open, margins=(5, 4, 8, 0))
        self.browser = SafeBrowser(tr("Card"), self.state.tasks)
        yield self.browser, 1
        self.destroyed.connect(self._clean_up)

    def fill(self, found: operations.CardData) -> None:
        self._found = shown = found
        titles = [
            tr(_KINDS[card.kind], number=number) for number, card in enumerate(shown.cards, 1)
        ]
        self.show_choices(titles, shown.cards.index(shown.card))
        if not shown.words:
            self.note.setText(
                tr("This card draws itself with scripts. Its page can be seen in a browser.")
            )
        elif shown.page.scripts or shown.cut:
            self.note.setText(tr("Text only; charts and styles are in the page itself."))
        else:
            self.note.setText(tr("Shown without styles and pictures."))
        self.browser.setHtml(shown.text if shown.words else "")

    async def _open_page(self) -> None:
        if (found := self._found) is None:
            return
        answer = await ask(self, tr("Open this card in your browser?"), warning(found.page), [
            tr("Stay here"), tr("Open without scripts"), tr("Open with scripts"),
        ])  # fmt: skip
        if answer:
            copy = caged(found.page.html, scripts=answer == 2)
            path = await self.state.tasks.in_thread(self._write, copy)
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _write(self, page: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory("", "dfs-card-", ignore_cleanup_errors=True)
        descriptor, name = tempfile.mkstemp(suffix=".html", dir=self._folder.name)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(page)
        return Path(name)

    def _clean_up(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def caged(page: str, *, scripts: bool) -> str:
    """A page that shows this one in a frame without rights: no network, no addresses, no windows.

    The policy stands before everything of the stranger's. A frame in a sandbox is needed beside it,
    since no policy stops a page that sends the browser elsewhere ("refresh").
    """
    run = "'unsafe-inline' 'unsafe-eval' data: blob:" if scripts else "'none'"
    policy = (
        f"default-src 'none'; script-src {run}; style-src 'unsafe-inline' data:; "
        "img-src data: blob:; font-src data:; media-src data:; frame-src 'none'; "
        "child-src 'none'; worker-src 'none'; connect-src 'none'; object-src 'none'; "
        "form-action 'none'; base-uri 'none'"
    )
    sandbox = "allow-scripts" if scripts else ""
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="referrer" content="no-referrer"><title>{tr("Card")}</title>'
        "<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style>"
        f'</head><body><iframe sandbox="{sandbox}" srcdoc="{html.escape(page)}"></iframe>'
        "</body></html>"
    )


def warning(page: Page) -> str:
    """What may happen when a browser opens the page; never that something is not in it."""
    made = tr(
        "The page was made by whoever made this artifact. It opens in a frame in which your browser "
        "is told to run no scripts and to reach no other computer."
    )
    shown = listed([visible(host) for host in page.hosts], _MOST_HOSTS)
    return sentences(
        made,
        tr("It has scripts: its charts may need them.") if page.scripts else "",
        tr("It names {servers}; what it wants from there will be missing.", servers=shown)
        if page.hosts
        else "",
        tr("Let scripts run only if you trust who made it."),
    )
