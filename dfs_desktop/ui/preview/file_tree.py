"""The members of an archive as a tree: made from the index, quick with a hundred thousand of them."""

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.archive.folder_tree import Folder
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import series, tr, trn
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.cell_painting import RIGHT
from dfs_desktop.ui.widgets.cut_text_tooltips import Index, WholeText
from dfs_desktop.ui.widgets.guarded_painting import guarded, painted
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.ui.widgets.row_tables import NOWHERE
from dfs_desktop.workspace import quantities

Role = Qt.ItemDataRole
SHARE = Role.UserRole
NODE = Role.UserRole + 1
_TOLD = frozenset(
    (Role.DisplayRole, Role.DecorationRole, Role.ToolTipRole, Role.TextAlignmentRole,
     Role.AccessibleTextRole, SHARE, NODE)
)  # fmt: skip
_LEAST = 3  # pixels of a bar; a dot says nothing


class Node:
    """One line of the tree. Children are made when somebody asks for them."""

    __slots__ = (
        "_children",
        "biggest_first",
        "folder",
        "member",
        "name",
        "parent",
        "place",
        "row",
        "size",
    )

    def __init__(
        self, name: str, parent: "Node | None", place: int, content: Folder | Member
    ) -> None:
        self.name, self.size, self.parent = name, content.size, parent
        self.place = self.row = place  # by name, and as it is shown
        self.biggest_first: bool = parent is not None and parent.biggest_first
        self.folder = content if isinstance(content, Folder) else None
        self.member = None if isinstance(content, Folder) else content
        self._children: list[Node] | None = None

    @property
    def children(self) -> "list[Node]":
        """Folders first, each group by name; or the biggest first."""
        if self._children is None:
            self._children = []
            if self.folder is not None:
                folders = sorted(self.folder.folders.items(), key=lambda each: natural_key(each[0]))
                inner: list[tuple[str, Folder | Member]] = [*folders, *self.folder.files]
                for place, (name, content) in enumerate(inner):
                    self._children.append(Node(name, self, place, content))
                self.arrange(biggest_first=self.biggest_first)
        return self._children

    def arrange(self, *, biggest_first: bool) -> None:
        """Put the children that were made in this order; the others are made in it."""
        self.biggest_first = biggest_first
        children = self._children or []
        children.sort(key=lambda each: (-each.size if biggest_first else 0, each.place))
        for row, each in enumerate(children):
            each.row = row
            each.arrange(biggest_first=biggest_first)

    @property
    def path(self) -> str:
        """The member's name, or the folder's path with a slash at its end."""
        return self.member.name if self.member else self.folder.path if self.folder else ""


class FileTree(QAbstractItemModel):
    """Column 0 the name, column 1 the size with the share of the whole."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._root = Node("", None, 0, Folder("", "", {}, []))
        self.total = 0
        self.take_out: Any = None  # makes what a drag of these nodes carries

    def show(self, folder: Folder, total: int) -> None:
        """Show this folder's content; shares are of `total` bytes."""
        self.beginResetModel()
        biggest_first = self._root.biggest_first
        self._root = Node("", None, 0, folder)
        self._root.arrange(biggest_first=biggest_first)
        self.total = total
        self.endResetModel()

    def sort(self, column: int, _order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By name, or the biggest first: what is open and chosen stays so."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        self._root.arrange(biggest_first=column == 1)
        after = [self.createIndex(self.node(at).row, at.column(), self.node(at)) for at in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def node(self, index: Index) -> Node:
        return index.internalPointer() if index.isValid() else self._root

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        children = self.node(parent).children
        if 0 <= row < len(children) and 0 <= column < 2:
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: Index = NOWHERE) -> Any:
        if (node := self.node(index).parent) is None or node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.node(index).member is not None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Any) -> QMimeData:
        nodes = {id(self.node(index)): self.node(index) for index in indexes}
        carried: QMimeData | None = self.take_out(list(nodes.values())) if self.take_out else None
        return carried if carried is not None else QMimeData()

    @guarded()
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if role == Role.DisplayRole:
            return (tr("File"), tr("Size"))[section] if section < 2 else None
        return RIGHT if role == Role.TextAlignmentRole and section == 1 else None

    @guarded()
    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if role not in _TOLD:  # Qt asks for seven roles to paint a cell
            return None
        node = self.node(index)
        if role == NODE:
            return node
        if index.column() == 1:
            return self._size(node, role)
        if role == Role.DisplayRole:
            return visible(node.name) or tr("(no name)")
        if role == Role.DecorationRole:
            return icons.get("folder" if node.folder else "file")
        if role == Role.ToolTipRole:
            return tooltip(node.path)
        if role == Role.AccessibleTextRole:
            kind = [tr("folder")] if node.folder else []
            return series([visible(node.name), *kind, quantities.size(node.size)])
        return None

    def _size(self, node: Node, role: int) -> object:
        if role == Role.DisplayRole:
            return quantities.size(node.size)
        if role == Role.ToolTipRole:
            words = quantities.exact_size(node.size)
            if node.folder:
                many = node.folder.count
                words = trn("{size} in {amount} file", "{size} in {amount} files", many, size=words)
            if self.total:
                share = f"{node.size / self.total:.1%}"
                words = tr("{size}, {share} of all", size=words, share=share)
            return tooltip(words)
        if role == Role.TextAlignmentRole:
            return RIGHT
        return node.size / self.total if role == SHARE and self.total else None


class ShareBar(WholeText):
    """A size with a thin bar below it: how much of the whole artifact this is."""

    @painted
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if not (share := index.data(SHARE)):
            return
        colors = theme.current()
        area = QRectF(option.rect).adjusted(8, 0, -8, 0)
        width = area.width() * min(1.0, share)
        if width < _LEAST:
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(colors.color("onSelection" if chosen else "accent"))
        painter.setOpacity(0.55)
        painter.drawRect(QRectF(area.right() - width, option.rect.bottom() - 1.5, width, 1.5))
        painter.restore()
