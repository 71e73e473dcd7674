"""What each action does: what the window asks of the workspace.

Dialogs are imported when they are first opened: the window is there sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import FORMATS, visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.disk_errors import is_folder
from dfs_desktop.settings import Profile
from dfs_desktop.transfers.job import Job
from dfs_desktop.ui.comparison.actions import ComparisonActions
from dfs_desktop.ui.platform.reveal_file import reveal
from dfs_desktop.ui.sidebar.collection_picker import about_server
from dfs_desktop.ui.sidebar.location_button import dot, server_color
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.transfers.menu_actions import connect_transfers
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.deleter import Deletion
from dfs_desktop.workspace.session import LOCAL
from dfs_desktop.workspace.transfers.actions import Verb

if TYPE_CHECKING:
    from .window import MainWindow


class ActionHandlers:
    """Connects every action once. Whatever takes time runs as a task of the workspace."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._workspace = window.workspace
        self._asking = False  # whether to delete
        workspace, start = self._workspace, self._workspace.tasks.start
        window.actions_.connect(
            upload=lambda: start(self._choose_files(), "choose files"),
            download=self.download,
            download_to=lambda: start(self._download_to(), "download to a folder"),
            delete=self._delete,
            undo=workspace.undo_list.undo,
            rename=self._rename,
            copy_id=self._copy_ids,
            refresh=workspace.browser.refresh,
            goto=self._go_to,
            filter=self._focus_filter,
            search_orbit=self._search_orbit,
            new_collection=self._new_collection,
            add_server=lambda: self.edit_server(None),
            edit_server=lambda: self.edit_server(workspace.session.profile),
            forget_server=lambda: start(self._forget_server(), "remove the connection"),
            folder=lambda: start(self._choose_folder(), "choose the folder"),
            open_folder=lambda: self.reveal(workspace.downloads.folder),
            show_picker=lambda: self._toggle("picker"),
            show_details=lambda: self._toggle("details"),
            show_transfers=window.toggle_transfers,
            attention=self.show_attention,
            theme_system=lambda: self._use_theme("system"),
            theme_light=lambda: self._use_theme("light"),
            theme_dark=lambda: self._use_theme("dark"),
            quit=window.close,
        )
        self.comparing = ComparisonActions(window)
        connect_transfers(window)
        self._group_themes()
        # A disabled action leaves its key to this one: “too late” is said, not kept silent.
        self._late = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), window)
        self._late.activated.connect(workspace.undo_list.undo)
        workspace.undo_list.changed.connect(self._name_undo)
        workspace.deleter.restored.connect(window.table.select_all)
        self._name_undo()
        workspace.transfers.file_opened.connect(self.reveal)

    def _group_themes(self) -> None:
        group = QActionGroup(self._window)
        for mode in ("system", "light", "dark"):
            action = self._window.actions_[f"theme_{mode}"]
            action.setCheckable(True)
            action.setChecked(self._workspace.settings.theme == mode)
            group.addAction(action)

    def _name_undo(self) -> None:
        step = self._workspace.undo_list.latest
        self._window.actions_.name("undo", f"Undo {step.text}" if step else "Undo")
        self._window.actions_["undo"].setEnabled(step is not None)
        self._late.setEnabled(step is None)

    async def _choose_files(self) -> None:
        endings = " ".join(f"*{ending}" for ending in FORMATS)
        folder = self._workspace.settings.layout.get("upload_folder", str(Path.home()))
        paths = await dialogs.choose_files(
            self._window,
            "Upload model files",
            folder,
            f"Model artifacts ({endings});;All files (*)",
        )
        if paths:
            self._workspace.settings.remember_folder("upload_folder", paths[0].parent)
            await self._review(paths, "")

    def upload_files(self, paths: Sequence[Path], collection_id: str = "") -> None:
        """Files were dropped or pasted: review them, then send them."""
        self._workspace.tasks.start(self._review(paths, collection_id), "look into the files")

    async def _review(self, paths: Sequence[Path], collection_id: str) -> None:
        workspace = self._workspace
        session = workspace.session
        place = session.place
        target = collection_id or place.collection
        names = {c.id: c.name for c in session.collections}
        drafts = await workspace.uploads.review(paths)
        if not drafts:
            kinds = ", ".join(FORMATS)
            title = "There is no model artifact in what you dropped"
            workspace.notify(Notice(title, f"Looked for {kinds}.", Level.WARNING, seconds=8))
            return
        from dfs_desktop.ui.upload_review.sheet import ReviewSheet
        from dfs_desktop.workspace.uploads.file_checks import Checking

        sheet = ReviewSheet(
            self._window,
            drafts,
            visible(names.get(target, "")),
            workspace.uploads.known_tags(),
            Checking(workspace, drafts, target),
        )
        accepted = await dialogs.finished(sheet)
        # The sheet is modal to the window, but a connection may have ended under it.
        if accepted and workspace.session is session and session.place.orbit == place.orbit:
            self._watch(workspace.uploads.submit(sheet.drafts(), target))

    def _delete(self) -> None:
        deletion = self._workspace.deleter.plan(self._window.table.artifacts())
        if deletion is not None and not self._asking:
            self._asking = True
            self._workspace.tasks.start(self._ask_to_delete(deletion), "ask what to delete")

    async def _ask_to_delete(self, deletion: Deletion) -> None:
        """What was selected when the key was pressed is asked about, and nothing else is deleted."""
        deleting = self._workspace.deleter
        try:
            answer = await dialogs.confirm(self._window, deleting.question(deletion))
        finally:
            self._asking = False
        if answer:
            deleting.begin(deletion)

    def download(self) -> None:
        chosen = [a for a in self._window.table.artifacts() if not a.id.startswith("job:")]
        if chosen:
            self._workspace.tasks.start(self._download(chosen), "download")

    async def _download(self, artifacts: Sequence[ModelArtifact]) -> None:
        self._watch(await self._workspace.downloads.fetch(artifacts))

    async def _download_to(self) -> None:
        """What is selected when it is asked for goes into a folder that is asked for."""
        workspace = self._workspace
        chosen = [a for a in self._window.table.artifacts() if not a.id.startswith("job:")]
        place = workspace.session.place
        last = workspace.settings.layout.get("download_to_folder")
        title, current = "Download to", last or str(workspace.downloads.folder)
        folder = await dialogs.choose_folder(self._window, title, current)
        if folder is not None and workspace.session.place == place:
            workspace.settings.remember_folder("download_to_folder", folder)
            self._watch(await workspace.downloads.fetch(chosen, into=folder))

    def _watch(self, jobs: list[Job]) -> None:
        if jobs:
            from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog

            window = self._window

            def do(verb: Verb, chosen: list[Job]) -> None:
                window.transfers.transfer_actions.do(verb, chosen, dialog)

            dialog = ProgressDialog(window, jobs, window.refresh_timer, do, self.reveal)
            dialog.show()

    def reveal(self, path: Path) -> None:
        """Show a file in its folder; where nothing does that, its place is told."""

        def say(folder: Path) -> None:
            title = "The folder could not be opened"
            told = "No file manager answered" if is_folder(folder) else "It is not there any more"
            self._workspace.notify(Notice(title, f"{told}: {folder}", Level.WARNING, seconds=15))

        reveal(path, say)

    def show_attention(self) -> None:
        from dfs_desktop.ui.attention.dialog import AttentionDialog

        window = self._window
        dialog = window.findChild(AttentionDialog)
        if dialog is None:
            dialog = AttentionDialog(window, self._workspace, window.transfers.transfer_actions)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _go_to(self) -> None:
        from .go_to import GotoBox

        GotoBox(self._window).open_at_top()

    def _rename(self) -> None:
        if self._window.details.isHidden():
            self._toggle("details")
        self._window.details.start_renaming()

    def _copy_ids(self) -> None:
        ids = [a.id for a in self._window.table.artifacts()]
        if ids:
            QGuiApplication.clipboard().setText("\n".join(ids))

    def _focus_filter(self) -> None:
        self._window.filter.setFocus()
        self._window.filter.selectAll()

    def _search_orbit(self) -> None:
        """The words of the filter line go to the server; the line then filters what it found."""
        words = self._window.filter.text().strip()
        if not words:
            self._focus_filter()
            return
        self._workspace.browser.search(words)
        self._window.filter.clear()

    def _new_collection(self) -> None:
        if self._window.picker.isHidden():
            self._toggle("picker")
        self._window.picker.start_creating()

    def _toggle(self, pane: Literal["picker", "details"]) -> None:
        widget = self._window.picker if pane == "picker" else self._window.details
        widget.setVisible(widget.isHidden())
        self._window.actions_[f"show_{pane}"].setChecked(not widget.isHidden())

    def _use_theme(self, mode: theme.Mode) -> None:
        theme.current().use(mode)
        self._workspace.settings.theme = mode

    def edit_server(self, profile: Profile | None) -> None:
        from dfs_desktop.ui.connections.dialog import ConnectionDialog

        error = self._workspace.session.error
        only = profile is not None and isinstance(error, CredentialsError) and error.session_only
        dialog = ConnectionDialog(self._window, self._workspace, profile, session_only=only)
        dialog.saved.connect(self._workspace.connections.open)
        dialog.open()

    async def _forget_server(self) -> None:
        profile = self._workspace.session.profile
        if profile.id == LOCAL:
            return
        answer = await dialogs.ask(
            self._window,
            f"Remove the connection “{visible(profile.name)}”?",
            "Its API key is deleted from the keyring. Nothing changes on the server.",
            ["Keep it", "Remove the connection"],
        )
        if answer == 1:
            self._workspace.connections.forget(profile)

    async def _choose_folder(self) -> None:
        current = str(self._workspace.downloads.folder)
        folder = await dialogs.choose_folder(self._window, "Download folder", current)
        if folder is not None:
            self._workspace.downloads.use_folder(folder)
            self._workspace.notify(
                Notice("Downloads now go to", str(folder), Level.SUCCESS, seconds=6)
            )

    def show_connections(self, corner: QPoint) -> None:
        """The menu below the connection: the saved servers, then what can be done with them."""
        workspace = self._workspace
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for profile in workspace.profiles():
            host = urlsplit(profile.base_url).netloc
            words = visible(profile.name) + (f" — {visible(host)}" if host else "")
            action = QAction(dot(server_color(profile.id)), words.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(profile.id == workspace.session.profile.id)
            action.triggered.connect(
                lambda _checked=False, profile=profile: workspace.connections.open(profile)
            )
            menu.addAction(action)
        menu.addSeparator()
        metrics = menu.fontMetrics()
        for line in about_server(workspace.session):
            room = metrics.averageCharWidth() * 60
            short = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
            menu.addAction(short.replace("&", "&&")).setEnabled(False)
        menu.addSeparator()
        self._window.actions_.fill(
            menu, ("add_server", "edit_server", "forget_server", "-", "python")
        )
        menu.popup(corner)
