"""Dialogs and menus that never block: they are opened, and a coroutine awaits the end of a dialog."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import shiboken6
from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QMenu,
    QPushButton,
    QToolButton,
    QTreeView,
    QWidget,
)

from dfs_desktop import disk_errors
from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.local_paths import path_of
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.workspace.notices import Confirmation
from dfs_desktop.workspace.tasks import Tasks

from .cut_text_tooltips import ChoiceBox
from .labels import headline, plain_label
from .layouts import row, sheet
from .naming import named


def passing_dialog(dialog: QDialog, name: str, title: str) -> None:
    """Give a dialog its names; it is gone when it is closed."""
    dialog.setObjectName(name)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)


def close_button(dialog: QDialog) -> QPushButton:
    """Where nothing is decided, Enter closes as well."""
    button = QPushButton(tr("Close"), default=True)
    button.clicked.connect(dialog.close)
    return button


def primary_button(text: str, name: str, run: Callable[[], object]) -> QPushButton:
    """The button of a dialog that does what it is for, by Enter, too. ``name``: of the object."""
    button = named(QPushButton(text), name)
    button.setProperty("primary", True)
    button.setDefault(True)
    button.clicked.connect(run)
    return button


def secondary_button(text: str, run: Callable[[], object], *, name: str = "") -> QPushButton:
    """Another button of a dialog; Enter in a field does not press it."""
    button = named(QPushButton(text, autoDefault=False), name)
    button.clicked.connect(lambda _checked=False: run())
    return button


async def finished(dialog: QDialog) -> int:
    """Open a dialog window-modally and wait for its result without stopping the event loop.

    A nested `exec()` inside a coroutine kills every other task that wakes meanwhile.
    """
    result: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(code: int) -> None:
        if not result.done():
            result.set_result(code)

    dialog.finished.connect(settle)
    dialog.open()
    try:
        return await result
    finally:
        if shiboken6.isValid(dialog):  # else it went with the dialog that it stood over
            dialog.deleteLater()


def resize_to(widget: QWidget, letters: int, lines: int) -> None:
    """Make it so many letters wide and lines high, where the screen has room for that."""
    metrics = widget.fontMetrics()
    wanted = QSize(metrics.averageCharWidth() * letters, metrics.height() * lines)
    widget.resize(wanted.boundedTo(widget.screen().availableSize() * 0.9))


class FittedDialog(QDialog):
    """As high as its words need at its width.

    By itself Qt takes the height that wrapped words have in a narrower dialog, which leaves gaps,
    and two thirds of the screen at most, which cuts.
    """

    def showEvent(self, event: QShowEvent) -> None:
        if (layout := self.layout()) is not None and not event.spontaneous():
            width = max(self.minimumWidth(), self.width())
            self.resize(width, layout.totalHeightForWidth(width))
        super().showEvent(event)


def choice_box(name: str, title: str, letters: int = 16) -> ChoiceBox:
    """A choice that stays as wide as so many letters, however long foreign names in it are."""
    box = named(ChoiceBox(), name, reads=title)
    box.setMinimumContentsLength(letters)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def fill_box(box: QComboBox, lines: Iterable[tuple[object, str]], wanted: object = None) -> None:
    """Offer values by their words, the wanted one chosen, else the first; nobody is told."""
    with QSignalBlocker(box):
        box.clear()
        for value, words in lines:
            box.addItem(visible(words), value)
        box.setCurrentIndex(max(0, box.findData(wanted)))


class Question(FittedDialog):
    """A question with verbs for answers; the first one is safe and has the focus."""

    def __init__(self, parent: QWidget | None, title: str, text: str, answers: list[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        foot = row(None)
        for number, answer in reversed(list(enumerate(answers))):
            button = QPushButton(answer, autoDefault=number == 0, default=number == 0)
            button.clicked.connect(lambda _checked=False, code=number: self.done(code + 1))
            foot.addWidget(button)
            if number == 0:
                button.setFocus()
        words = [plain_label(text, wrap=True, dim=True)] if text else []
        sheet(self, headline(title, wrap=True), *words, foot)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)


async def ask(parent: QWidget | None, title: str, text: str, answers: list[str]) -> int:
    """Ask and return the number of the answer; the first (safe) one also stands for Escape."""
    return max(0, await finished(Question(parent, title, text, answers)) - 1)


async def confirm(parent: QWidget | None, question: Confirmation) -> int:
    """Ask before something that cannot be brought back; 0 keeps all as it is."""
    return await ask(parent, question.title, question.text, list(question.answers))


async def chosen_paths(dialog: QFileDialog) -> list[Path]:
    """Open a file dialog and wait for what is chosen in it; nothing when it is left."""
    if (files := dialog.findChild(QTreeView, "treeView")) is not None:  # Qt's own: sizes are read
        for number in range(1, files.header().count()):
            files.header().setSectionResizeMode(number, QHeaderView.ResizeMode.ResizeToContents)
    if not await finished(dialog):
        return []
    return [path for url in dialog.selectedUrls() if (path := path_of(url)) is not None]


async def file_to_save(
    parent: QWidget, title: str, first: Path, kinds: Sequence[str] = ()
) -> Path | None:
    """Where to save a file, by itself as ``first``; one of that name is replaced only when the person
    says so. ``kinds``: filters; the one that is chosen gives a name without an ending its own."""
    dialog = QFileDialog(parent, title, str(first.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if kinds:
        dialog.setNameFilters(kinds)
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(_ending(kind)))
        dialog.selectNameFilter(next(kind for kind in kinds if _ending(kind) == first.suffix[1:]))
        dialog.setDefaultSuffix(first.suffix[1:])
    dialog.selectFile(first.name)
    return next(iter(await chosen_paths(dialog)), None)


def _ending(kind: str) -> str:
    """That of a filter such as `CSV (*.csv)`."""
    return kind.rpartition("*.")[2].rstrip(")")


async def saved(tasks: Tasks, path: Path, write: Callable[[Path], object]) -> str:
    """Have a thread write a file. What is said of it: that it is there, or why it is not."""
    try:
        await tasks.in_thread(write, path)
    except OSError as error:
        return visible(disk_errors.explain(error, tr("Not saved")))
    return visible(tr("Saved as {name}", name=path.name))


async def choose_folder(parent: QWidget, title: str, folder: str) -> Path | None:
    dialog = QFileDialog(parent, title, folder, fileMode=QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(await chosen_paths(dialog)), None)


def to_front(window: QWidget) -> None:
    """Show a window that stands beside the work, or bring it before the others."""
    window.show()
    window.raise_()
    window.activateWindow()


def passing_menu(parent: QWidget, name: str = "") -> QMenu:
    """A menu that is gone when it closes."""
    menu = named(QMenu(parent), name)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def offer(menu: QMenu, text: str, run: Callable[[], object], icon: QIcon | None = None) -> QAction:
    """An entry of a menu; the text may name what others made."""
    action = menu.addAction(icon or QIcon(), text.replace("&", "&&"))
    action.triggered.connect(lambda _checked=False: run())
    return action


def icon_button(
    icon: str, run: Callable[[], object], *, name: str = "", reads: str, tip: str = ""
) -> QToolButton:
    """A button that shows an icon; ``tip``: where more is to be said than what is read aloud."""
    button = named(QToolButton(), name, reads=reads, tip=tip or reads)
    icons.dress(button, icon)
    button.clicked.connect(lambda _checked=False: run())
    return button


def link_button(
    text: str, run: Callable[[], object] | None = None, *, name: str = "", reads: str = "",
    tip: str = "",
) -> QPushButton:  # fmt: skip
    """A quiet button that reads like a link, which Enter presses in no dialog by itself; `name` is its
    object name."""
    button = named(QPushButton(text, autoDefault=False), name, reads=reads, tip=tip)
    button.setProperty("link", True)
    if run is not None:
        button.clicked.connect(lambda _checked=False: run())
    return button
