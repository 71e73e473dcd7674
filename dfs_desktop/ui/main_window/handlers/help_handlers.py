"""What the Help menu opens: the keys, the filter's language, the version."""

from collections.abc import Callable, Iterator

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from dfs_desktop.settings import Places
from dfs_desktop.ui.main_window.action_table import MENUS, SUBMENUS
from dfs_desktop.ui.main_window.actions import Actions


class HelpHandlers:
    """Its dialogs are imported when they are first opened, and stand beside the work."""

    def __init__(
        self, window: QWidget, actions: Actions, filter_help: Callable[[], object]
    ) -> None:
        self._window, self._actions = window, actions
        actions.connect(keys=self._keys, filter_help=filter_help, about=self._about)

    def _keys(self) -> None:
        from dfs_desktop.ui.help.key_sheet import KeySheet

        KeySheet(self._window, ((title, self._of_menu(keys)) for title, keys in MENUS)).show()

    def _of_menu(self, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Also what has no key: the sheet shows what there is to do."""
        for key in keys:
            if key in SUBMENUS:
                yield from self._of_menu(SUBMENUS[key][1])
            elif key != "-" and self._actions[key].isVisible():
                chord = self._actions[key].shortcut()
                native = chord.toString(QKeySequence.SequenceFormat.NativeText)
                yield self._actions[key].text().replace("&", ""), native

    def _about(self) -> None:
        from dfs_desktop.ui.help.about import AboutDialog

        places = Places.from_environment()
        folders = {"Settings": places.config, "Local registry": places.data, "Log": places.state}
        AboutDialog(self._window, folders).open()
