"""What the Help menu opens: the keys, the filter's language, the version."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from dfs_desktop.settings import Places
from dfs_desktop.translation import tr
from dfs_desktop.ui.main_window.menus import MENUS, SUBMENUS
from dfs_desktop.ui.widgets.dialogs import to_front
from dfs_desktop.workspace.state import AppState

from .window_parts import Handlers, WindowParts


class HelpHandlers(Handlers):
    """Its dialogs are imported when they are first opened, and stand beside the work."""

    def __init__(
        self, parts: WindowParts, state: AppState, filter_help: Callable[[], object],
        look_for_version: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parts)
        self._tasks = state.tasks
        self._actions.connect(
            guide=lambda: self._page("guide", tr("User Guide")),
            news=lambda: self._page("news", tr("What’s New")),
            keys=self._keys, filter_help=filter_help, report=self._report, about=self._about,
            new_version=look_for_version,
        )  # fmt: skip
        state.page_requested.connect(lambda page: QDesktopServices.openUrl(QUrl(page)))

    def _keys(self) -> None:
        from dfs_desktop.ui.help.key_sheet import KeySheet

        KeySheet(self._window, ((tr(title), self._of_menu(keys)) for title, keys in MENUS)).show()

    def _of_menu(self, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Also what has no key: the sheet shows what there is to do."""
        for key in keys:
            if key in SUBMENUS:
                yield from self._of_menu(SUBMENUS[key][1])
            elif key != "-" and self._actions[key].isVisible():
                yield self._actions[key].text().replace("&", ""), self._actions.chord(key)

    def _page(self, name: str, title: str) -> None:
        from dfs_desktop.ui.help.guide import GuideWindow

        shown = self._window.findChild(GuideWindow, name)
        to_front(shown or GuideWindow(self._window, name, title))

    def _report(self) -> None:
        from dfs_desktop.ui.help.about import program_facts
        from dfs_desktop.ui.help.problem_report import ProblemReport, report

        facts = program_facts(self._folders())
        text = report(facts, Places.from_environment().state)
        ProblemReport(self._window, text, self._tasks).open()

    def _about(self) -> None:
        from dfs_desktop.ui.help.about import AboutDialog

        AboutDialog(self._window, self._folders()).open()

    @staticmethod
    def _folders() -> dict[str, Path]:
        places = Places.from_environment()
        return {
            tr("Settings"): places.config,
            tr("Local registry"): places.data,
            tr("Log"): places.state,
        }
