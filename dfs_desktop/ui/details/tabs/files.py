"""The tab of files: the whole tree from the index, a search, and each member to be seen or saved."""

from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QMimeData, QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTreeView, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.archive.folder_tree import Folder, folders_of
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.translation import right_to_left, tr
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.file_tree import FileTree, Node, ShareBar
from dfs_desktop.ui.preview.member_preview import MemberPreview
from dfs_desktop.ui.preview.save_member import PromisedFile
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.dialogs import offer, passing_menu
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part, column, set_margins, split
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.row_tables import OpaqueGround
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.downloads.member_saver import MOST_DRAGGED
from dfs_desktop.workspace.inspection.inspector import Inspection

_EXPANDED = 60  # files up to which all folders stand open
_SEARCHABLE = 8


class FilesPage(DetailPage):
    """Choosing a member shows its beginning below; no byte is fetched before."""

    key = "files"
    margins = (0, 0, 0, 0)
    spacing = 0

    def make(self) -> Iterator[Part]:
        self._members: list[Member] = []
        self._total = 0  # bytes of all of them
        self._carried: PromisedFile | None = None
        self.summary = plain_label(dim=True)
        set_margins(self.summary, 5, 4, 16, 4)
        yield self.summary
        hint = tr("Find files by name")
        self.search = QLineEdit(clearButtonEnabled=True, placeholderText=hint)
        named(self.search, "fileSearch", reads=tr("Find files"))
        self.search.textChanged.connect(self._search)
        self._find = QWidget()
        column(self.search, of=self._find, margins=(5, 0, 8, 4))
        yield self._find
        self.preview = MemberPreview(self.state.tasks)
        self.preview.hide()
        self.preview.save.clicked.connect(self._save_current)
        self._build_tree()
        self.floors = split(Qt.Orientation.Vertical, self.tree, self.preview)
        yield self.floors, 1
        self.saving = self.save_line()
        yield self.saving

    def _build_tree(self) -> None:
        self.tree = QTreeView(uniformRowHeights=True)
        named(self.tree, "fileTree", reads=tr("Files in the artifact"))
        OpaqueGround(self.tree)
        self.files = FileTree(self.tree)
        self.files.take_out = self._take_out
        self.tree.setModel(self.files)
        if right_to_left():  # Qt paints a name quicker, and there “.keep” as “keep.”
            show_whole_text(self.tree)
        self.tree.setItemDelegateForColumn(1, ShareBar(self.tree))
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.tree.selectionModel().selectionChanged.connect(self._chosen)
        header = self.tree.header()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.files.sort)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, self.fontMetrics().averageCharWidth() * 14)

    async def ask(self, look: Inspection) -> tuple[Folder, list[Member]]:
        members = await look.think(operations.members)
        return await self.state.tasks.in_thread(folders_of, members), members

    def fill(self, found: tuple[Folder, list[Member]]) -> None:
        folder, self._members = found
        self._total = folder.size
        self.preview.clear()  # and has its room still: the next member is there the sooner
        if not self._members:
            self.preview.hide()
        with QSignalBlocker(self.search):
            self.search.clear()
        self._find.setVisible(len(self._members) > _SEARCHABLE)
        self._show_folder(folder)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        if self.look is not None:
            self.look.ask_ahead()  # who points at files may choose one

    def leave(self) -> None:
        self.preview.stop()
        super().leave()

    def _show_folder(self, folder: Folder) -> None:
        self.files.show(folder, self._total)
        if folder.count <= _EXPANDED:
            self.tree.expandAll()
        words = f"{quantities.count(len(self._members), 'file')}, {quantities.size(self._total)}"
        if folder.count != len(self._members):
            words = tr("{number} of {total}", number=folder.count, total=words)
        self.summary.setText(words if self._members else tr("The record has no list of files."))

    def _search(self, words: str) -> None:
        self.state.tasks.start(self._find_files(words, self._members), "find files")

    async def _find_files(self, words: str, members: list[Member]) -> None:
        found = await self.state.tasks.in_thread(_found, members, words)
        # What was found for fewer letters, or in another artifact, comes too late.
        if members is self._members and words == self.search.text():
            self._show_folder(found)

    def _node(self) -> Node | None:
        chosen = self.tree.selectionModel().selectedRows()
        return self.files.node(chosen[0]) if chosen else None

    def _chosen(self, _now: QItemSelection, _before: QItemSelection) -> None:
        if (node := self._node()) is not None and node.member is not None:
            self.show_member(node.member)

    def show_member(self, member: Member) -> None:
        """Show the beginning of a member below the tree."""
        if self.look is None:
            return
        self.preview.show_member(self.look, member)
        if self.preview.isHidden():  # the room that it takes when it has something to show
            height = max(self.floors.height(), 2)
            self.floors.setSizes([height * 2 // 5, height * 3 // 5])

    def _menu(self, position: QPoint) -> None:
        index = self.tree.indexAt(position)
        if not index.isValid():
            return
        node, clipboard = self.files.node(index), QGuiApplication.clipboard()
        menu, path = passing_menu(self), visible(node.path)
        word = tr("Save Folder…") if node.folder else tr("Save File…")
        offer(menu, word, lambda: self._save(node))
        offer(menu, tr("Copy Name"), lambda: clipboard.setText(path))
        menu.popup(self.tree.viewport().mapToGlobal(position))

    def _save_current(self) -> None:
        if (node := self._node()) is not None:
            self._save(node)

    def _save(self, node: Node) -> None:
        if (look := self.look) is None:
            return
        if node.member is not None:
            work = self.saving.save_member(look, node.member)
        else:
            members = [each for each in self._members if each.name.startswith(node.path)]
            work = self.saving.save_folder(look, members, node.path)
        self.state.tasks.start(work, "save the files")

    def _take_out(self, nodes: list[Node]) -> QMimeData | None:
        """A small member is fetched while it is dragged."""
        if self.look is None or len(nodes) != 1 or nodes[0].member is None:
            return None
        if nodes[0].member.size > MOST_DRAGGED or self.look.provisional:
            return None
        fetched = self.services.member_saver.dragged(self.look, nodes[0].member)
        self._carried = PromisedFile(*fetched)  # Qt holds what it is made of, not the object
        return self._carried


def _found(members: list[Member], words: str) -> Folder:
    """Those whose names have all the words, as folders; of very many this takes a while."""
    parts = words.casefold().split()
    return folders_of(
        member for member in members if all(part in member.name.casefold() for part in parts)
    )
