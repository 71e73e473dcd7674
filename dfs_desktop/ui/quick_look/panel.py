"""The quick look: main facts at once, the best preview a moment later; keys stay with the list below."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import listed, tr
from dfs_desktop.ui.charts.metric_bars import MetricBars
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.details.page_services import PageServices
from dfs_desktop.ui.details.pane import TITLES
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import icon_button
from dfs_desktop.ui.widgets.labels import enlarge, plain_label, say
from dfs_desktop.ui.widgets.layouts import TOP, column, row
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.listing.row import Row, status_text

MOST_METRICS = 8
MOST_TAGS = 12
# Milliseconds on one row before its file is looked into: holding an arrow asks nobody.
SETTLED = 250
_RECORD = ("card", "experiment", "interface", "weights", "files")  # the best preview comes first
_FILE = ("card", "local")


class QuickLook(QFrame):
    """Lies over the window and never takes the focus. Looking into a file begins when it is seen."""

    def __init__(self, window: QWidget, services: PageServices) -> None:
        super().__init__(window)
        named(self, "quickLook", reads=tr("Quick look"))
        self.setProperty("card", True)
        self.setAutoFillBackground(True)
        self._window, self._services, self._inspector = window, services, services.inspector
        self._pages: dict[str, DetailPage] = {}
        self._page: DetailPage | None = None
        self._look: Inspection | None = None
        self._own: Inspection | None = None  # of a file, to be closed
        self.record: ModelArtifact | None = None
        self.path: Path | None = None
        self.name = enlarge(plain_label(wrap=True), 1.25)
        self.facts = plain_label(wrap=True, dim=True)
        self.tags = plain_label(wrap=True, dim=True)
        self.metrics = MetricBars()
        self.heading = plain_label(heading=True)
        self._stack = QStackedWidget()
        self._empty = QWidget()
        self._stack.addWidget(self._empty)
        foot = plain_label(
            tr("↑ ↓ other rows  ·  Enter downloads  ·  Space or Esc closes"), wrap=True, dim=True
        )
        reads, tip = tr("Close the quick look"), tr("Close (Esc)")
        close = icon_button("close", self.leave, name="closeQuickLook", reads=reads, tip=tip)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(
            row((self.name, 1), (close, TOP)), self.facts, self.tags, self.metrics,
            self.heading, (self._stack, 1), foot, of=self, margins=(16, 12, 12, 12), spacing=6,
        )  # fmt: skip
        self._soon = single_shot(self, SETTLED, self._look_inside)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
        self._escape.activated.connect(self.leave)
        self._escape.setEnabled(False)
        window.installEventFilter(self)
        self.hide()

    def show_record(self, record: ModelArtifact) -> None:
        """What the list told of it, at once; what is inside when the eye rests on it."""
        if self.isVisible() and self.record is not None and self.record.id == record.id:
            return
        self._begin()
        self.record, self.path = record, None
        created = quantities.parse_time(record.created_at)
        facts = [
            status_text(Row(record)) or tr("Uploaded"),
            quantities.size(record.size),
            quantities.ago_there(created),
            visible(record.file_name, limit=80),
            visible(record.created_by_user or "", limit=60),
        ]
        tags = [visible(tag, limit=40) for tag in record.tags or []]
        words = [visible(record.description or "", limit=300), listed(tags, MOST_TAGS, "  ")]
        self._say(record.display_name, facts, "\n".join(filter(None, words)))
        self.metrics.show_metrics(dict(list(record.metrics.items())[:MOST_METRICS]))
        self._appear()

    def show_file(self, path: Path) -> None:
        """A file on this computer."""
        if self.isVisible() and self.path == path:
            return
        self._begin()
        self.record, self.path = None, path
        self._say(path.name, [str(path.parent)], "")
        self.metrics.show_metrics({})
        self._appear()

    def _say(self, name: str, facts: list[str], words: str) -> None:
        self.name.setText(visible(name, limit=200))
        self.facts.setText("  ·  ".join(filter(None, facts)))
        say(self.tags, words)
        self.setAccessibleDescription(f"{self.name.text()}. {self.facts.text()}")

    def _begin(self) -> None:
        """Leave what was shown: its reading stops."""
        self._soon.stop()
        if self._page is not None:
            self._page.leave()
        self._page = self._look = None
        self._stack.setCurrentWidget(self._empty)
        self.heading.setText("")
        if self._own is not None:
            self._own.close()
            self._own = None

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()
        self._escape.setEnabled(True)
        self._soon.start()

    def leave(self) -> None:
        """Close it. What it read is kept for the next look."""
        self._begin()
        self.record = self.path = None
        self._escape.setEnabled(False)
        self.hide()

    def _look_inside(self) -> None:
        inspector = self._inspector
        if self.record is not None and not is_provisional(self.record.id):
            self._look = inspector.look_beside(self.record)
        elif self.path is not None:
            self._look = self._own = inspector.look_beside_file(self.path)
        if self._look is not None:
            self._services.state.tasks.start(self._open(self._look), "look inside the artifact")

    async def _open(self, look: Inspection) -> None:
        wanted = _RECORD if look.record is not None else _FILE
        try:
            await look.open()
        except Exception as error:  # noqa: BLE001  the page says it in words, and how to try again
            look.note(error)
        if look is not self._look:
            return
        key = next((key for key in wanted if key in look.sections), "")
        if not key and look.record is None:
            key = "local"
        if not key:
            return
        if key not in self._pages:
            from dfs_desktop.ui.details.pages import page_class

            place, self._pages[key] = page_class(key).placed(self._services, self._stack)
            self._stack.addWidget(place)
        self.heading.setText("" if key == "local" else tr(TITLES[key]))
        number = list(self._pages).index(key) + 1  # the empty page is the first
        self._stack.setCurrentIndex(number)
        self._page = self._pages[key]
        self._page.show_look(look)

    def _place(self) -> None:
        """At the right, so that the names of the rows stay in sight."""
        room, em = self._window.rect(), self.fontMetrics().averageCharWidth()
        width = min(max(room.width() * 55 // 100, em * 48), room.width() - 32)
        height = max(room.height() * 78 // 100, 240)
        self.resize(width, min(height, room.height() - 32))
        top = (room.height() - self.height()) // 2
        self.move(room.width() - width - 24, top)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
