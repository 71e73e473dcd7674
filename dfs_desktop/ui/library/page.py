"""The page of the artifacts on this computer: what there is, what it takes, how a check gets on."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
)

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import repeating
from dfs_desktop.ui.widgets.dialogs import fill_box, link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.empty_state import EmptyState
from dfs_desktop.ui.widgets.labels import enlarge
from dfs_desktop.ui.widgets.layouts import FlowLayout, column, flowing, row, state_of, state_text
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.ui.widgets.row_tables import select_first, show_long_list
from dfs_desktop.workspace.library.checking import Checking
from dfs_desktop.workspace.library.library import Library
from dfs_desktop.workspace.library.list_columns import COLUMNS, KINDS
from dfs_desktop.workspace.library.local_copy import LocalCopy, summary

from .model import LibraryModel

BEAT = 250  # milliseconds between two looks at a check


class CopyTable(QTableView):
    """Enter or a double click: `opened`. Delete: `remove_requested`. Space: `quick_look_requested`.
    Escape: `left`. Rows that are dragged: `drag_requested`."""

    opened = Signal()
    quick_look_requested = Signal()
    drag_requested = Signal()
    remove_requested = Signal()
    left = Signal()

    def __init__(self, model: LibraryModel) -> None:
        super().__init__()
        named(self, "libraryTable", reads=tr("Artifacts on this computer"))
        self.setModel(model)
        show_long_list(self)
        header = self.horizontalHeader()
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        em = self.fontMetrics().averageCharWidth()
        for number, each in enumerate(COLUMNS):
            header.resizeSection(number, em * each.width)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def startDrag(self, _actions: Qt.DropAction) -> None:
        self.drag_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        signals = {
            Qt.Key.Key_Return: self.opened,
            Qt.Key.Key_Enter: self.opened,
            Qt.Key.Key_Delete: self.remove_requested,
            Qt.Key.Key_Space: self.quick_look_requested,
            Qt.Key.Key_Escape: self.left,
        }
        if select_first(self, event.key()):
            return
        signal = signals.get(Qt.Key(event.key()))
        if signal is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            signal.emit()


class LibraryPage(QFrame):
    """Shows the library, and asks for what is to be done; it does nothing by itself."""

    left = Signal()
    menu_requested = Signal(QPoint)  # at a global position
    selection_changed = Signal()

    def __init__(self, library: Library, checking: Checking) -> None:
        super().__init__()
        self.setObjectName("libraryPage")
        self._library, self._checking = library, checking
        self.model = LibraryModel(self._library.copies, self)
        self.table = CopyTable(self.model)
        self._build()
        self._beat = repeating(self, BEAT, self._show_check)
        self.destroyed.connect(self._library.changed.connect(self.refresh))
        self.destroyed.connect(self._checking.changed.connect(self._show_check))
        self.table.selectionModel().selectionChanged.connect(
            lambda *_: self.selection_changed.emit()
        )
        self.model.layoutChanged.connect(lambda *_: self.selection_changed.emit())
        self.table.left.connect(self.left)
        self.table.customContextMenuRequested.connect(
            lambda at: self.menu_requested.emit(self.table.viewport().mapToGlobal(at))
        )
        self.refresh()
        self._show_check()

    def _build(self) -> None:
        self._sum = named(ElidedLabel(), "librarySummary")
        back = link_button(tr("Back to the artifacts"), self.left.emit, name="leaveLibraryButton")
        self.search = named(QLineEdit(clearButtonEnabled=True), "libraryFilter")
        self.search.setPlaceholderText(tr("Find by name, folder, server, state"))
        self.search.setAccessibleName(tr("Find in the files on this computer"))
        self.search.textChanged.connect(self._look_for)
        self.kind = named(QComboBox(), "libraryKind", reads=tr("Which files are shown"))
        fill_box(self.kind, ((key, tr(title)) for key, (title, _) in KINDS.items()))
        self.kind.currentIndexChanged.connect(self._look_for)
        self.folders = named(QPushButton(tr("Folders…")), "libraryFoldersButton")
        self.folders.setToolTip(tr("Folders that are watched, and collections kept in step"))
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 26)
        self._tools = flowing(self.search, self.kind, self.folders, gap=8)
        self._check_words = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self.pause = link_button(tr("Pause"), self._toggle, name="pauseCheckButton")
        self.stop = link_button(tr("Stop"), self._checking.stop, name="stopCheckButton")
        self._check = named(QFrame(), "libraryCheck")
        row(
            (self._check_words, 2), (self._bar, 1), self.pause, self.stop, of=self._check, spacing=8
        )
        self.empty = EmptyState("on-disk", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        name = enlarge(ElidedLabel(tr("Files on this computer")), 1.3)
        head = column(
            name, self._sum, flowing(back), 4, self._tools, self._check,
            margins=(16, 12, 16, 8), spacing=4,
        )  # fmt: skip
        column(head, (self.stack, 1), of=self, spacing=0)

    def add_button(self, action: QAction) -> None:
        """A button for what is done most."""
        name = f"button_{action.objectName()}"
        button = named(QPushButton(action.text()), name, tip=action.toolTip())
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
        if isinstance(flow := self._tools.layout(), FlowLayout):
            flow.insert(2, button)

    def columns(self) -> str:
        """Order, widths and sorting of the columns, for the settings."""
        return state_text(self.table.horizontalHeader().saveState())

    def restore_columns(self, text: str) -> None:
        """As they were; what is no such text changes nothing."""
        if text:
            self.table.horizontalHeader().restoreState(state_of(text))

    def selected(self) -> list[LocalCopy]:
        """The chosen copies, from top to bottom."""
        chosen = self.table.selectionModel().selection()  # of ranges: thousands may be selected
        rows = {n for part in chosen.toList() for n in range(part.top(), part.bottom() + 1)}
        return [self.model.rows[number] for number in sorted(rows) if number < len(self.model.rows)]

    def refresh(self) -> None:
        """Show what there is now."""
        if self.isHidden():
            return
        self.model.refresh()
        copies = self._library.copies()
        self._sum.show_text(summary(copies) if copies else "")
        self._sum.setVisible(bool(copies))
        if not copies:
            text = tr(
                "Artifacts that you download or upload are listed here, and those in the folders "
                "that you have watched."
            )
            self.empty.say("on-disk", text, tr("No artifacts on this computer are known yet"))
        elif not self.model.rows:
            self.empty.say(
                "search", tr("No file here matches."), tr("Nothing found"), tr("Show all"), self.all
            )
        self.stack.setCurrentIndex(0 if self.model.rows else 1)

    def all(self) -> None:
        """Show every file."""
        self.show_kind("all")

    def show_kind(self, kind: str) -> None:
        """Show files of one kind, whatever was looked for before."""
        self.search.clear()
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.refresh()

    def _look_for(self) -> None:
        self.model.text, self.model.kind = self.search.text(), self.kind.currentData()
        self.refresh()

    def _toggle(self) -> None:
        (self._checking.go_on if self._checking.paused else self._checking.pause)()

    def _show_check(self) -> None:
        checking = self._checking
        going = bool(checking.current) and checking.total > 0
        self._check.setVisible(going or checking.paused)
        if going and not self._beat.isActive():
            self._beat.start()
        elif not going:
            self._beat.stop()
        if checking.paused:
            self._check_words.show_text(tr("The check is paused"))
        elif going:
            name = visible(checking.current.replace("\\", "/").rpartition("/")[2])
            words = trn(
                "Verifying {number} of {amount} file: {name}",
                "Verifying {number} of {amount} files: {name}",
                checking.total,
                number=checking.done + 1,
                name=name,
            )
            self._check_words.show_text(words)
            total = checking.meter.total or 0
            self._bar.setValue(min(1000, checking.meter.done * 1000 // total) if total else 0)
        self.pause.setText(tr("Go on") if checking.paused else tr("Pause"))
