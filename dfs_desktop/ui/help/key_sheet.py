"""All actions with their keys, as the menus have them, to be searched."""

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.dialogs import close_button, passing_dialog, resize_to
from dfs_desktop.ui.widgets.labels import headline
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named


def _native(keys: str) -> str:
    """Keys as the menus write them: `Strg+A` in German, `⌘A` on a Mac."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


# What the lists and panes do with keys by themselves.
_IN_LISTS = (
    (later("Filter by what is typed"), ""),
    (later("Leave the filter, the quick look, a cell that is typed over"), "Esc"),
    (later("Download, or look inside what is here"), "Enter"),
    (later("Select all rows"), "Ctrl+A"),
    (later("Only the differences, in a comparison"), "D"),
)
_TITLE = later("Keyboard shortcuts")
Keys = tuple[str, str]  # what is done, and by which keys


def _in_lists() -> list[Keys]:
    return [(tr(what), _native(keys) or tr("letters")) for what, keys in _IN_LISTS]


class KeySheet(QDialog):
    """A list by menus; the line above it keeps what has the typed words, in what is done or in its keys."""

    def __init__(self, parent: QWidget, menus: Iterable[tuple[str, Iterable[Keys]]]) -> None:
        super().__init__(parent.window())
        passing_dialog(self, "keySheet", tr(_TITLE))
        line = QLineEdit(clearButtonEnabled=True)
        self.line = named(line, reads=tr("Search in the keyboard shortcuts"))
        self.line.setPlaceholderText(tr("Search for what you want to do, or for a key"))
        self.line.textChanged.connect(self._keep)
        self.tree = named(QTreeWidget(columnCount=2), reads=tr(_TITLE))
        self.tree.setHeaderLabels([tr("To do"), tr("Keys")])
        show_whole_text(self.tree)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        for title, keys in [*menus, (tr("In lists"), _in_lists())]:
            group = QTreeWidgetItem(self.tree, [title])
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            items = [QTreeWidgetItem(group, [tr(text), chord]) for text, chord in keys]
            self._groups.append((group, items))
        self.tree.expandAll()
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        foot = row(None, close_button(self))
        sheet(self, headline(tr(_TITLE)), self.line, (self.tree, 1), foot)
        resize_to(self, 72, 36)

    def _keep(self, text: str) -> None:
        words = text.casefold().split()
        for group, items in self._groups:
            for item in items:
                told = f"{item.text(0)} {item.text(1)}".casefold()
                item.setHidden(not all(word in told for word in words))
            group.setHidden(all(item.isHidden() for item in items))
