"""Every action once: its words, its key, its icon; menus, the toolbar and the go-to box share them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from dfs_desktop.ui.theme.icon_files import icons


class Wish(Struct, frozen=True):
    """An action as data. `text` is a verb; `hint` is added to its tooltip."""

    key: str
    text: str
    icon: str = ""
    shortcut: str | QKeySequence.StandardKey | None = None
    hint: str = ""


WISHES = (
    Wish("upload", "Upload…", "upload", "Ctrl+U", "Choose model files; or drop them on the window"),
    Wish(
        "download",
        "Download",
        "download",
        "Ctrl+Shift+D",
        "Fetch the selected artifacts; or double-click",
    ),
    Wish(
        "download_to",
        "Download to…",
        "download",
        None,
        "Fetch the selected artifacts into a folder that you choose for them",
    ),
    Wish(
        "compare",
        "Compare",
        "compare",
        "Ctrl+D",
        "Put the selected artifacts side by side: metrics, interface, environment, files",
    ),
    Wish(
        "compare_file",
        "Compare with a File…",
        "compare",
        None,
        "Put a file on this computer beside the selected artifact; or drop it on the row",
    ),
    Wish("delete", "Delete…", "delete", None, "Delete the selected artifacts; asks first"),
    Wish("undo", "Undo", "undo", QKeySequence.StandardKey.Undo),
    Wish("rename", "Rename", "edit", None),
    Wish("copy_id", "Copy ID", "copy", "Ctrl+Shift+C"),
    Wish("refresh", "Refresh", "refresh", QKeySequence.StandardKey.Refresh, "Ask the server again"),
    Wish("goto", "Go to or do…", "search", "Ctrl+K"),
    Wish("filter", "Filter", "search", QKeySequence.StandardKey.Find),
    Wish(
        "search_orbit",
        "Search the Whole Orbit",
        "orbit",
        "Ctrl+Return",
        "Ask the server for this name in all collections of the orbit",
    ),
    Wish("new_collection", "New Collection…", "plus", "Ctrl+Shift+N"),
    Wish("add_server", "Add Server…", "server", "Ctrl+Shift+S"),
    Wish("edit_server", "Edit Connection…", "edit"),
    Wish("forget_server", "Remove Connection…", "delete"),
    Wish(
        "look",
        "Open File to Look Inside…",
        "file",
        QKeySequence.StandardKey.Open,
        "See what a file on this computer holds; or drop it with Shift",
    ),
    Wish("folder", "Download Folder…", "folder"),
    Wish("open_folder", "Open Download Folder", "folder"),
    Wish("python", "Use from Python…", "python"),
    Wish("show_picker", "Show Collections", "panel-left", "Ctrl+1"),
    Wish("show_details", "Show Details", "panel-right", "Ctrl+2"),
    Wish("show_transfers", "Show Transfers", "transfers", "Ctrl+3"),
    Wish("attention", "Needs Attention…", "warning", "Ctrl+4", "Stuck uploads and deletions"),
    Wish("pause_all", "Pause All Transfers", "pause"),
    Wish("resume_all", "Resume All Transfers", "play"),
    Wish("toggle_transfers", "Pause or Resume Selected Transfers", "pause"),
    Wish("transfers_first", "Move Selected Transfers to Front"),
    Wish("transfers_last", "Move Selected Transfers to Back"),
    Wish("cancel_transfers", "Cancel Selected Transfers…", "close"),
    Wish("transfer_errors", "Copy What Went Wrong with Selected Transfers", "copy"),
    Wish("clear_transfers", "Clear Finished Transfers"),
    Wish("limits", "Transfer Limits…", "settings"),
    Wish("theme_system", "Follow the System"),
    Wish("theme_light", "Light"),
    Wish("theme_dark", "Dark"),
    Wish("quit", "Quit", "", QKeySequence.StandardKey.Quit),
)

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "&File",
        (
            "look", "-", "upload", "download", "download_to", "-", "folder", "open_folder", "-",
            "add_server", "edit_server", "forget_server", "python", "-", "quit",
        ),
    ),
    (
        "&Edit",
        (
            "undo", "rename", "delete", "-", "compare", "compare_file", "-", "copy_id", "-",
            "filter", "search_orbit", "goto",
        ),
    ),
    (
        "&View",
        (
            "refresh", "new_collection", "-", "show_picker", "show_details", "show_transfers", "-",
            "theme_system", "theme_light", "theme_dark",
        ),
    ),
    (
        "&Transfers",
        (
            "attention", "-", "pause_all", "resume_all", "limits", "-",
            "toggle_transfers", "transfers_first", "transfers_last", "transfer_errors",
            "cancel_transfers", "-", "clear_transfers",
        ),
    ),
)  # fmt: skip

TOOLBAR = ("upload", "download", "compare", "delete", "refresh")
CONTEXT = (
    "download", "download_to", "-", "rename", "copy_id", "python", "-",
    "compare", "compare_file", "-", "delete",
)  # fmt: skip


class Actions:
    """The QActions by key. `connect` gives each its work; without work an action does not exist."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._hints: dict[str, str] = {}
        for wish in WISHES:
            action = QAction(wish.text, window)
            action.setObjectName(f"action_{wish.key}")
            if wish.icon:
                icons.dress(action, wish.icon)
            if wish.shortcut is not None:
                action.setShortcut(QKeySequence(wish.shortcut))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            words = wish.hint or wish.text.rstrip("…")
            self._hints[wish.key] = f"{words} ({keys})" if keys else words
            action.setToolTip(self._hints[wish.key])
            self._actions[wish.key] = action
        window.addActions(list(self._actions.values()))

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def allow(self, key: str, possible: bool, refusal: str) -> None:
        """Enable an action, or say in its tooltip why the account may not do it."""
        action = self._actions[key]
        action.setEnabled(possible and not refusal)
        action.setToolTip(refusal or self._hints[key])

    def name(self, key: str, text: str) -> None:
        """Say anew what an action does, in menus and under the pointer."""
        action = self._actions[key]
        action.setText(text)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({keys})" if keys else text)

    def all(self) -> list[QAction]:
        return list(self._actions.values())

    def connect(self, **work: Callable[[], object]) -> None:
        for key, run in work.items():
            self._actions[key].triggered.connect(lambda _checked=False, run=run: run())

    def fill_menus(self) -> None:
        for title, keys in MENUS:
            menu = self._window.menuBar().addMenu(title)
            self.fill(menu, keys)

    def fill(self, menu: QMenu | QToolBar, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key == "-":
                menu.addSeparator()
            else:
                menu.addAction(self._actions[key])
