"""The detail pane: everything an artifact holds, of the registry or in a file on this computer."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.details.page_services import PageServices
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.guarded_painting import attempted
from dfs_desktop.ui.widgets.labels import enlarge, plain_label
from dfs_desktop.ui.widgets.layouts import column, row, scrolling, set_margins
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.text_lines import LONGEST, is_dear
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.inspection.inspector import Inspection
from dfs_desktop.workspace.listing.row import Row, status_text
from dfs_desktop.workspace.registry.permissions import refusal

from .edit_fields import NameField

if TYPE_CHECKING:
    from dfs_desktop.ui.details.tabs.overview import OverviewTab
    from dfs_desktop.ui.editing.many_panel import ManyPanel

    from .detail_page import DetailPage

TITLES = {
    "overview": later("Overview"), "local": later("Overview"), "dashboard": later("Dashboard"),
    "interface": later("Interface"), "graph": later("Graph"), "environment": later("Environment"),
    "files": later("Files"), "card": later("Card"), "experiment": later("Experiment"),
    "weights": later("Weights"), "safety": later("Safety"), "metadata": later("Metadata"),
    "manifest": later("Manifest"),
}  # fmt: skip
MOST_COMPARED = 12  # columns that a person can follow
_WITHOUT_BYTES = ("overview", "interface", "files", "manifest")


class DetailPane(QFrame):
    """Shows the selected artifact; with several selected, what they have together.

    Selecting asks nobody for what is inside: a tab reads when it is seen.
    """

    upload_requested = Signal(object)  # a path
    compare_requested = Signal()
    rename_many_requested = Signal()
    files_shown = Signal(object)  # whether files of this computer are shown from now on

    def __init__(
        self,
        services: PageServices,
        editor: Editor,
        overview: "Callable[[QWidget], OverviewTab]",
        many: "Callable[[QWidget], ManyPanel]",
    ) -> None:
        """``overview`` makes the first tab, ``many`` what is shown of several."""
        super().__init__()
        named(self, "detailPane", reads=tr("Details"))
        self.setProperty("sheet", True)
        self._services, self._state = services, services.state
        self._inspector, self._editor = services.inspector, editor
        self._make_overview, self._make_many = overview, many
        self._key = ""
        self._shown: ModelArtifact | None = None
        self.look: Inspection | None = None  # what is looked into now
        self.files: list[Path] = []  # files of this computer that were opened together
        self.pages: dict[str, DetailPage] = {}
        self.is_built = False
        self.building = self.build()
        self._stack = QStackedWidget()
        column(self._stack, of=self)
        self._nothing = EmptyState("artifact", tr("Select an artifact to see what it holds."))
        self._stack.addWidget(self._nothing)
        self._state.listing.row_updated.connect(self._row_updated)
        self._state.session_changed.connect(self._allow_upload)

    def build(self) -> Iterator[None]:
        """Make the first tab in steps of some milliseconds, so that the window can breathe between."""
        from dfs_desktop.ui.local_file.heading import LocalHeading

        from .tab_bar import DetailTabs

        yield
        card = QWidget(self)  # from now on: what is half built when the window closes goes with it
        card.hide()
        layout = column(of=card, margins=(16, 12, 0, 0), spacing=2)
        self.local = LocalHeading()
        self.local.hide()
        self.local.chosen.connect(self._show_file)
        self.local.upload_requested.connect(self.upload_requested)
        self.local.closed.connect(self.close_files)
        layout.addWidget(self.local)
        layout.addWidget(self._heading())
        yield
        self.overview = self._make_overview(card)
        self.overview.hide()  # until its tab is made: a file on this computer may come first
        yield
        titles = {key: tr(title) for key, title in TITLES.items()}
        self.tabs = named(DetailTabs(titles, self._make_page), "detailTabs")
        layout.addWidget(self.tabs, 1)
        yield
        self.tabs.changed.connect(lambda _key: self._fill_tab())
        self._stack.addWidget(card)
        self.is_built = True

    def _heading(self) -> QWidget:
        self._record_heading = QWidget()
        self.name = enlarge(NameField(self._editor), 1.3)
        self.subtitle = plain_label(dim=True, wrap=True, selectable=True)
        set_margins(self.subtitle, 5, 0, 16, 8)
        name = row(self.name, margins=(0, 0, 12, 0))
        column(name, self.subtitle, of=self._record_heading, spacing=2)
        return self._record_heading

    def pages_ahead(self) -> Iterator[None]:
        """Make the pages of the other tabs, a part in each step, before somebody looks at them."""
        for key in TITLES:
            self.tabs.page(key)
            yield
            if key in self.pages:
                yield from self.pages[key].building

    def _make_page(self, key: str, parent: QWidget) -> QWidget:
        if key == "overview":
            area = scrolling(self.overview)
            self.overview.show()
            return area
        from .pages import page_class

        place, self.pages[key] = page_class(key).placed(self._services, parent)
        return place

    def artifact(self) -> ModelArtifact | None:
        row = self._state.listing.row(self._key)
        return row.artifact if row else None

    # The registry's artifacts.

    def show_artifacts(self, artifacts: list[ModelArtifact]) -> None:
        """Show one record, or the sum of several, or the hint to select one.

        A file on this computer stays until a row is selected.
        """
        if self.files and not artifacts:
            return
        if self.files:
            self.files = []
            self.files_shown.emit(False)
        if len(artifacts) == 1:
            if artifacts[0].id != self._key or self._stack.currentIndex() == 0:
                self._leave_record()
            elif artifacts[0] == self._shown:
                return
            self._key = artifacts[0].id
            self._show()
            return
        self._key = ""
        self._leave()
        if artifacts:
            self.many.show_artifacts(artifacts, compare=len(artifacts) <= MOST_COMPARED)
            self._stack.setCurrentWidget(self.many)
        else:
            self._stack.setCurrentIndex(0)

    @cached_property
    def many(self) -> "ManyPanel":
        """What is shown of several, made when they are first selected."""
        self._finish_building()
        panel = self._make_many(self)
        panel.compare_requested.connect(self.compare_requested)
        panel.rename_requested.connect(self.rename_many_requested)
        self._stack.addWidget(panel)
        self._stack.currentChanged.connect(
            lambda _index: panel.leave() if self._stack.currentWidget() is not panel else None
        )
        return panel

    def _row_updated(self, key: str) -> None:
        if self._key and key == self._state.listing.successors.get(self._key, self._key):
            self._key = key
            self._show()

    def _show(self) -> None:
        if (artifact := self.artifact()) is None:
            return
        self._finish_building()
        self._shown = artifact
        self._stack.setCurrentIndex(1)
        self.local.hide()
        self._record_heading.show()
        attempted(lambda: self.name.record.show(artifact), None)
        self.subtitle.setText(attempted(lambda: _subtitle(self._state.listing.row(self._key)), ""))
        self._turn_to(self._inspector.look(artifact))

    def _finish_building(self) -> None:
        for _ in self.building:  # what is not built yet, now that there is something to show
            pass

    # Files on this computer.

    def show_files(self, paths: Sequence[Path]) -> None:
        """Look into files on this computer, the first one now; the registry is not needed."""
        if paths:
            before = bool(self.files)
            self.files = [*paths, *(path for path in self.files if path not in paths)]
            self._key = ""
            self._show_file(self.files[0])
            if not before:
                self.files_shown.emit(True)

    def _show_file(self, path: Path) -> None:
        self._finish_building()
        self._leave_record()
        self._stack.setCurrentIndex(1)
        self._record_heading.hide()
        self.local.show()
        self.local.show_file(path, self.files)
        self._allow_upload()
        self._turn_to(self._inspector.look_at_file(path))

    def close_files(self) -> None:
        """Back to the registry."""
        self.files.clear()
        self.files_shown.emit(False)
        self.show_artifacts([])

    def _allow_upload(self) -> None:
        if self.files:
            session = self._state.session
            here = session.client is not None and session.place.collection
            missing = "" if here else tr("Open a collection first.")
            self.local.allow_upload(refusal(session, "create") or missing)

    # The tabs.

    def _turn_to(self, look: Inspection) -> None:
        if look is not self.look:
            self._leave_pages()
            self.look = look
        self._offer_tabs(look)
        self._fill_tab()
        if not look.sections:
            self._state.tasks.start(self._open(look), "look inside the artifact")

    def _offer_tabs(self, look: Inspection) -> None:
        sections = look.sections or _WITHOUT_BYTES
        if look.provisional:
            sections = tuple(key for key in sections if key in _WITHOUT_BYTES)
        if look.path is not None:
            sections = ("local", *(key for key in look.sections if key != "overview"))
        self.tabs.show_keys(sections)

    async def _open(self, look: Inspection) -> None:
        """The index is looked through on a worker thread; then the tabs are known."""
        try:
            await look.open()
        except (ArtifactError, OSError):
            return  # the tab that is seen says it
        if look is self.look:
            self._offer_tabs(look)

    def _leave_record(self) -> None:
        """What was typed is sent for the record that it was typed for, before another is shown."""
        if self.is_built:
            self.name.record.leave()
            self.name.clear()
            self.subtitle.clear()
            self.overview.leave()

    def _leave(self) -> None:
        self._leave_record()
        self._leave_pages()
        self.look = None
        self._inspector.leave()

    def _leave_pages(self) -> None:
        for page in self._built_pages():
            page.leave()

    def _built_pages(self) -> "list[DetailPage]":
        return [page for page in self.pages.values() if page.is_built]

    def _fill_tab(self) -> None:
        """Only the tab that is seen is filled: what it shows is read when somebody looks at it."""
        look, key = self.look, self.tabs.key
        for page in self._built_pages():
            if page.key != key:
                page.leave()
        if key == "overview":
            if (artifact := self.artifact()) is not None:
                self.overview.show_artifact(artifact)
        elif look is not None and key in self.pages:
            self.pages[key].show_look(look)

    def start_renaming(self) -> None:
        if self.artifact() is not None:
            self.name.setFocus()
            self.name.selectAll()

    def start_tagging(self) -> None:
        """Have tags typed, of one record or of all that are selected."""
        if self.artifact() is not None:
            self.tabs.choose("overview")
            self.overview.tags.setFocus()
        elif self._stack.currentIndex() > 1:
            self.many.focus_tags()


def _subtitle(shown: Row | None) -> str:
    if shown is None:
        return ""
    artifact = shown.artifact
    # The label wraps, and is laid out for each width that is tried.
    file = shortened(artifact.file_name, LONGEST if is_dear(artifact.file_name) else 300)
    parts = (file, quantities.size(artifact.size), status_text(shown))
    return " · ".join(part for part in parts if part)
