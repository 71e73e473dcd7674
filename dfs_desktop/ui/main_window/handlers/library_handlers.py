"""What is done with the artifacts on this computer: shown, checked, repaired, removed, uploaded."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QCursor, QGuiApplication

from dfs_desktop.disk_errors import is_file
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.artifact_table.cell_delegate import PADDING
from dfs_desktop.ui.main_window.main_panel import MainPanel
from dfs_desktop.ui.platform.outgoing_files import drag_files
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.library import repairs
from dfs_desktop.workspace.library.local_copy import LocalCopy, State
from dfs_desktop.workspace.notices import Action, Level, Notice
from dfs_desktop.workspace.workspace import Workspace

from .window_parts import Handlers, WindowParts

if TYPE_CHECKING:
    from dfs_desktop.ui.library.page import LibraryPage

MOST_DRAGGED = 500  # files; each is looked for on the disk before
Paths = Callable[[Sequence[Path]], object]
COLUMNS = "library_columns"  # the key of their layout in the settings
MENU = (
    "look_copy", "reveal_copy", "copy_path", "upload_copies", "-",
    "verify_copies", "repair_copies", "ask_servers", "-", "forget_copies", "remove_copies",
)  # fmt: skip


class LibraryHandlers(Handlers):
    """Its page is built when it is first shown."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, panel: MainPanel, picker: Picker,
        look_into: Paths, upload: Paths,
    ) -> None:  # fmt: skip
        super().__init__(parts)
        actions, table = self._actions, self._table
        self._workspace, self._panel, self._picker = workspace, panel, picker
        self._place = workspace.session.place  # when the page was shown
        start = workspace.tasks.start
        actions.connect(
            library=self.toggle,
            verify_copies=self._verify,
            repair_copies=lambda: start(self._repair(), "repair files"),
            remove_copies=lambda: start(self._remove(), "remove files"),
            forget_copies=lambda: workspace.library.forget(self._chosen()),
            look_copy=lambda: look_into(self._used()),
            reveal_copy=self._reveal,
            copy_path=self._copy_paths,
            upload_copies=lambda: upload(self._used()),
            ask_servers=lambda: start(self._ask(), "ask the servers"),
            library_folders=self._show_folders,
            watch_folder=lambda: start(self._watch(), "watch a folder"),
            keep_in_step=lambda: start(self._keep_in_step(), "keep a collection in step"),
        )
        actions["refresh"].triggered.connect(self._refresh)
        actions["filter"].triggered.connect(self._focus_search)
        picker.library.clicked.connect(actions["library"].trigger)
        picker.collections.itemClicked.connect(lambda _item: self.leave())
        picker.collections.currentItemChanged.connect(lambda *_: self.leave())
        panel.page_shown.connect(self._page_shown)
        workspace.state.library_requested.connect(self.show)
        workspace.state.upload_requested.connect(upload)
        workspace.session_changed.connect(self._follow)
        table.clicked.connect(self._clicked)
        self._allow_after(workspace.library.changed, table.selection_changed)

    @cached_property
    def page(self) -> "LibraryPage":
        """Built with its table and its keys."""
        from dfs_desktop.ui.library.page import LibraryPage

        actions = self._actions
        page = LibraryPage(self._workspace.library, self._workspace.checking)
        page.menu_requested.connect(lambda at: actions.popup(page, MENU, at))
        page.add_button(actions["verify_copies"])
        page.restore_columns(self._workspace.settings.layout.get(COLUMNS, ""))
        page.left.connect(self.leave)
        page.folders.clicked.connect(actions["library_folders"].trigger)
        page.selection_changed.connect(self.allow)
        page.table.opened.connect(actions["look_copy"].trigger)
        page.table.quick_look_requested.connect(partial(self._quick_look, page, toggle=True))
        page.table.drag_requested.connect(partial(self._drag, page))
        page.selection_changed.connect(partial(self._quick_look, page, toggle=False))
        page.table.remove_requested.connect(actions["remove_copies"].trigger)
        return page

    def _quick_look(self, page: "LibraryPage", *, toggle: bool) -> None:
        """Of the first file that is selected; while it is open it follows the selection."""
        state, chosen = self._workspace.state, page.selected()[:1]
        for copy in chosen:
            event = state.quick_look_requested if toggle else state.quick_look_moved
            event.emit(Path(copy.path))

    def _drag(self, page: "LibraryPage") -> None:
        paths = [Path(copy.path) for copy in page.selected()[:MOST_DRAGGED]]
        if there := [path for path in paths if is_file(path)]:
            self._note(there)
            drag_files(page.table, there, icons.get("artifact").pixmap(24))

    @property
    def shown(self) -> bool:
        """Whether the page is in sight, in place of the collection."""
        return "page" in vars(self) and self._panel.page is self.page

    def _page_shown(self, _page: object) -> None:
        """Another page, such as that of a track, may have taken the place."""
        self._picker.library.setChecked(self.shown)

    def toggle(self) -> None:
        """Show the page, or the collection again."""
        if self.shown:
            self.leave()
        else:
            self.show("")

    def show(self, kind: str) -> None:
        """Show the page, with files of one kind where one is named; servers are asked meanwhile."""
        self._table.clearSelection()
        self._panel.show_page(self.page)
        self._picker.show_library(on=True)
        self._place = self._workspace.session.place
        if kind:
            self.page.show_kind(kind)
        self.page.refresh()
        self.page.table.setFocus()
        self._workspace.tasks.start(self._look(), "look at the local artifacts")
        self.allow()

    def _follow(self) -> None:
        """Somebody went to another collection: that is what is to be seen."""
        if self.shown and self._workspace.session.place != self._place:
            self.leave()

    def _refresh(self) -> None:
        if self.shown:
            self._workspace.tasks.start(self._look(), "look at the local artifacts")

    def _focus_search(self) -> None:
        if self.shown:
            self.page.search.setFocus()
            self.page.search.selectAll()

    async def _look(self) -> None:
        await self._workspace.library.look()
        await self._workspace.ask_servers()

    def leave(self) -> None:
        """Back to the collection."""
        self._picker.show_library(on=False)
        if self.shown:
            self._workspace.settings.layout[COLUMNS] = self.page.columns()
            self._panel.show_page(None)
            self._table.setFocus()
            self.allow()

    def _chosen(self) -> list[LocalCopy]:
        """What is selected on the page; without it, copies of the records that are selected."""
        if self.shown:
            return self.page.selected()
        library = self._workspace.library
        found = (library.copy_of(record) for record in self._table.artifacts()[:1000])
        return [copy for copy in found if copy is not None]

    def allow(self) -> None:
        chosen = self._chosen()
        there = [copy for copy in chosen if copy.state not in (State.MISSING, State.AWAY)]
        none = tr("Select files in “Files on This Computer” first (Ctrl+5)")
        gone = tr("It is not there") if chosen else none
        for key in ("look_copy", "reveal_copy", "copy_path", "upload_copies", "remove_copies"):
            self._actions.allow(key, bool(there), "" if there else gone)
        self._actions.allow("keep_in_step", self._workspace.session.collection is not None)
        self._actions.allow("forget_copies", bool(chosen), "" if chosen else none)
        why = next((repairs.why_not(copy) for copy in chosen), none)
        able = any(not repairs.why_not(copy) for copy in chosen)
        self._actions.allow("repair_copies", able, "" if able else why)

    def _clicked(self, index: QModelIndex) -> None:
        """A click on the mark of a copy shows the copy."""
        model, row = self._table.table, self._table.table.row(index.row())
        if row is None or model.column(index.column()).key != "name" or not model.has_copy(row):
            return
        cell = self._table.visualRect(index)
        at = self._table.viewport().mapFromGlobal(QCursor.pos())
        if 0 <= cell.right() - at.x() <= PADDING + self._table.fontMetrics().height():
            self._reveal()

    def _verify(self) -> None:
        """What is selected, or everything."""
        chosen = self._chosen() or self._workspace.library.copies()
        self._workspace.checking.verify(copy.path for copy in chosen)

    async def _repair(self) -> None:
        chosen = [copy for copy in self._chosen() if not repairs.why_not(copy)]
        if chosen and await dialogs.confirm(self._window, repairs.question(chosen)):
            repairs.repair(self._workspace.queue, chosen)

    async def _remove(self) -> None:
        from dfs_desktop.ui.library.removal import move_to_trash, removal

        chosen = [copy for copy in self._chosen() if copy.state is not State.AWAY]
        if not chosen or not await dialogs.confirm(self._window, removal(chosen)):
            return
        stayed = await self._workspace.library.remove(chosen, move_to_trash)
        if not stayed:
            many = len(chosen)
            title = trn(
                "{amount} file moved to the trash", "{amount} files moved to the trash", many
            )
            self._tell(title, key="trash")
            return
        name, others = Path(stayed[0].path).name, len(stayed) - 1
        text = tr(
            "“{name}”: there is no trash on that drive, or the file is another one by now.",
            name=name,
        )
        if others:
            text = tr(
                "“{name}” and {number} more: there is no trash on that drive, or the file is "
                "another one by now.",
                name=name,
                number=others,
            )
        title = trn(
            "{amount} file could not be moved to the trash",
            "{amount} files could not be moved to the trash",
            len(stayed),
        )
        start, safe = self._workspace.tasks.start, [each for each in stayed if each.removable]
        for_good = Action(tr("Delete for Good…"), lambda: start(self._delete(safe), "delete files"))
        told = Notice(title, text, Level.WARNING, for_good if safe else None, 30, place="")
        self._workspace.notify(told)

    async def _delete(self, copies: Sequence[LocalCopy]) -> None:
        """Without a trash what can be fetched again can still be got rid of."""
        from dfs_desktop.ui.library.removal import delete_file, removal

        if await dialogs.confirm(self._window, removal(copies, for_good=True)):
            stayed = await self._workspace.library.remove(copies, delete_file)
            title = trn(
                "{amount} file deleted", "{amount} files deleted", len(copies) - len(stayed)
            )
            text = trn(
                "{amount} file could not be deleted.",
                "{amount} files could not be deleted.",
                len(stayed),
            )
            self._tell(title, text if stayed else "", key="trash")

    def _tell(self, title: str, failed: str = "", key: str = "") -> None:
        """What was done, and what of it failed."""
        level = Level.WARNING if failed else Level.SUCCESS
        self._workspace.notify(Notice(title, failed, level, seconds=8, key=key, place=""))

    def _show_folders(self) -> None:
        from dfs_desktop.ui.library.folders_dialog import FoldersDialog

        dialog = self._window.findChild(FoldersDialog)
        if dialog is None:
            own, actions = self._workspace, self._actions
            dialog = FoldersDialog(
                self._window, own.state, own.downloads, own.mirrors, own.watched_folders
            )
            dialog.watch_requested.connect(actions["watch_folder"].trigger)
            dialog.mirror_requested.connect(actions["keep_in_step"].trigger)
            dialog.folder_requested.connect(
                lambda path: own.state.folder_requested.emit(Path(path))
            )
        dialogs.to_front(dialog)

    async def _watch(self) -> None:
        settings = self._workspace.settings
        before = settings.layout.get("watch_folder") or str(Path.home())
        folder = await dialogs.choose_folder(self._window, tr("Watch a folder"), before)
        if folder is not None:
            settings.remember_folder("watch_folder", folder)
            self._workspace.watched_folders.add(folder)
            self._show_folders()

    async def _keep_in_step(self) -> None:
        """The collection that was open when it was asked for is meant."""
        workspace = self._workspace
        place, collection = workspace.session.place, workspace.session.collection
        if collection is None:
            return
        before = workspace.settings.layout.get("mirror_folder") or str(workspace.downloads.folder)
        title = tr("Keep “{name}” in step with a folder", name=collection.name)
        folder = await dialogs.choose_folder(self._window, title, before)
        if folder is not None and workspace.session.place == place:
            workspace.settings.remember_folder("mirror_folder", folder)
            workspace.mirrors.add(workspace.session, folder)
            self._show_folders()

    def _reveal(self) -> None:
        for copy in self._chosen()[:1]:
            self._workspace.state.folder_requested.emit(Path(copy.path))

    def _copy_paths(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(str, self._used())))

    def _used(self) -> list[Path]:
        """The chosen files, which are used now."""
        paths = [Path(copy.path) for copy in self._chosen()]
        self._note(paths)
        return paths

    def _note(self, paths: Sequence[Path]) -> None:
        self._workspace.slices.run(self._workspace.library.note_use, paths)

    async def _ask(self) -> None:
        unanswered = await self._workspace.ask_servers(again=True)
        text = trn(
            "{amount} file could not be asked for.",
            "{amount} files could not be asked for.",
            unanswered,
        )
        self._tell(tr("The servers were asked what they have"), text if unanswered else "")
