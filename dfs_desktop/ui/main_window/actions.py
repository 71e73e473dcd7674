"""The QActions of the table, which menus, the toolbar and the go-to box share."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QWidget

from dfs_desktop.artifact.names import isolated
from dfs_desktop.translation import right_to_left, tr
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.dialogs import passing_menu
from dfs_desktop.workspace.events import Event

from .action_table import ACTIONS
from .menus import MENUS, SUBMENUS, TOOLBAR

_CONTEXT = Qt.ShortcutContext
# These keys mean something else in other parts: lists read them, and the menu shows them. The window
# of a transfer beside this one leaves the key of Quit to it.
_CONTEXTS = {
    **dict.fromkeys(
        ("copy", "cut", "paste", "delete", "rename", "quick_look"), _CONTEXT.WidgetShortcut
    ),
    "quit": _CONTEXT.ApplicationShortcut,
}


def letter_of(text: str) -> str:
    """The letter that is underlined in the text of an entry, in small; nothing for none."""
    _, mark, rest = text.replace("&&", "").partition("&")
    return rest[:1].casefold() if mark else ""


def with_letters(texts: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The texts of a menu, each with a letter of its own underlined as far as there are letters: that
    of a word's beginning if it is free."""
    used, found = set(taken), []
    for text in texts:
        begins = [at for at in range(len(text)) if not at or text[at - 1] == " "]
        places = [*begins, *range(len(text))]
        free = (at for at in places if text[at].isalnum() and text[at].casefold() not in used)
        at = next(free, None)
        if at is not None:
            used.add(text[at].casefold())
        found.append(text if at is None else f"{text[:at]}&{text[at:]}")
    return found


def _submenus(keys: Iterable[str]) -> dict[str, str]:
    """The titles of the menus in a menu, with their letters."""
    inside = [key for key in keys if key in SUBMENUS]
    return dict(zip(inside, with_letters(tr(SUBMENUS[key][0]) for key in inside), strict=True))


class Actions:
    """The QActions by key. `connect` gives each its work; without work an action does not exist."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._hints: dict[str, str] = {}
        self._needs = {spec.key: spec.needs for spec in ACTIONS}
        self._underlined: dict[QAction, str] = {}
        # Whether somebody is about to see which of them can be done, or no longer looks.
        self.looked_at: Event[[bool]] = Event()
        for spec in ACTIONS:
            action = QAction(tr(spec.text), window)
            action.setObjectName(f"action_{spec.key}")
            if spec.icon:
                icons.dress(action, spec.icon)
            if spec.shortcut is not None:
                action.setShortcut(QKeySequence(spec.shortcut))
                action.setShortcutContext(_CONTEXTS.get(spec.key, _CONTEXT.WindowShortcut))
            self._actions[spec.key] = action
            self._explain(spec.key, tr(spec.hint) if spec.hint else action.text().rstrip("…"))
        window.addActions(list(self._actions.values()))

    def dress(self) -> None:
        """After the first paint: the icons that nobody sees until a menu is opened."""
        for spec in ACTIONS:
            if spec.icon and spec.key not in TOOLBAR:
                icons.dress(self._actions[spec.key], spec.icon)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def allow(self, key: str, possible: bool, refusal: str = "") -> None:
        """Enable an action, or say in its tooltip why the account may not do it."""
        action = self._actions[key]
        action.setEnabled(possible and not refusal)
        missing = self._needs[key] if not possible else ""
        action.setToolTip(refusal or tr(missing) or self._hints[key])

    def name(self, key: str, text: str) -> None:
        """Say anew what an action does, in menus and under the pointer."""
        self._actions[key].setText(text)
        self._explain(key, text)

    def chord(self, key: str) -> str:
        """The keys of an action, as menus write them; in lines from right to left in their own order."""
        chord = self._actions[key].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return isolated(chord) if chord else ""

    def _explain(self, key: str, words: str) -> None:
        keys = self.chord(key)
        self._hints[key] = tr("{first} ({second})", first=words, second=keys) if keys else words
        self._actions[key].setToolTip(self._hints[key])

    def choose_one(self, menu: str, choose: Callable[[Any], object]) -> None:
        """Of the actions of a submenu one is ticked; `choose` hears how its key ends."""
        group = QActionGroup(self._window)
        for key in SUBMENUS[menu][1]:
            group.addAction(self._actions[key]).setCheckable(True)
            self.connect(**{key: partial(choose, key.partition("_")[2])})

    def all(self) -> Iterable[tuple[str, QAction]]:
        return self._actions.items()

    def connect(self, **work: Callable[[], object]) -> None:
        for key, run in work.items():
            self._actions[key].triggered.connect(lambda _checked=False, run=run: run())

    def fill_menus(self) -> None:
        titles = with_letters(tr(title) for title, _keys in MENUS)
        for title, (_plain, keys) in zip(titles, MENUS, strict=True):
            menu = self._window.menuBar().addMenu(title)
            self.fill(menu, keys)
            menu.aboutToShow.connect(lambda keys=keys: self._underline(keys))
            menu.aboutToHide.connect(self._bare)

    def _underline(self, keys: tuple[str, ...]) -> None:
        """A letter for each entry, as long as its menu is open: elsewhere texts are words alone."""
        self.looked_at.emit(True)
        shown = {self._actions[key]: key for key in keys if key in self._actions}
        self._underlined = {action: action.text() for action in shown}
        taken = map(letter_of, _submenus(keys).values())
        texts = with_letters(self._underlined.values(), taken)
        for (action, key), text in zip(shown.items(), texts, strict=True):
            # By itself a menu from right to left writes “Ctrl+,” as “,+Ctrl”.
            chord = self.chord(key) if right_to_left() else ""
            action.setText(f"{text}\t{chord}" if chord else text)

    def _bare(self) -> None:
        for action, text in self._underlined.items():
            action.setText(text)
        self._underlined = {}
        self.looked_at.emit(False)

    def popup(self, parent: QWidget, keys: tuple[str, ...], corner: QPoint) -> None:
        """A menu of these actions, which is gone when it closes."""
        menu = passing_menu(parent)
        self.fill(menu, keys)
        menu.popup(corner)

    def fill(self, menu: QMenu | QToolBar, keys: tuple[str, ...]) -> None:
        if isinstance(menu, QMenu):
            menu.setToolTipsVisible(True)  # what is missing is said there as well
        for key in keys:
            if key == "-":
                menu.addSeparator()
            elif key in SUBMENUS and isinstance(menu, QMenu):
                self.fill(menu.addMenu(_submenus(keys)[key]), SUBMENUS[key][1])
            else:
                menu.addAction(self._actions[key])
