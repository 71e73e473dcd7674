"""What the actions of the View and Edit menus do: panes, filter, theme, the go-to box, refresh."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.details.pane import DetailPane
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.listing.filter_completion import written
from dfs_desktop.workspace.listing.filter_parser import Comparison, Words
from dfs_desktop.workspace.registry.permissions import place_refusal
from dfs_desktop.workspace.workspace import Workspace

from .link_handlers import LinkHandlers
from .window_parts import Handlers, WindowParts


class ActionHandlers(Handlers):
    """Dialogs are imported when they are first opened: the window is there sooner."""

    def __init__(
        self, parts: WindowParts, workspace: Workspace, picker: Picker, details: DetailPane,
        filter_line: FilterLine, links: LinkHandlers, preferences: Callable[[str], object],
    ) -> None:  # fmt: skip
        """``preferences`` opens a page of them."""
        super().__init__(parts)
        self._workspace, self._picker, self._filter = workspace, picker, filter_line
        self._links, self._preferences = links, preferences
        self._actions.connect(
            refresh=self._refresh,
            goto=self._go_to,
            filter=self._focus_filter,
            search_orbit=self._search_orbit,
            new_collection=self._new_collection,
            show_picker=lambda: self._toggle(picker, "show_picker"),
            show_details=lambda: self._toggle(details, "show_details"),
            close_window=self._window.close,
        )
        for menu, use in (("appearance", self._use_theme), ("contrast", self._use_contrast)):
            self._actions.choose_one(menu, use)
        self._check_chosen()
        self._actions.looked_at.connect(lambda _looks: self._check_chosen())
        self._allow_after(workspace.session_changed)

    def _check_chosen(self) -> None:
        """What was chosen in another window, or in the preferences, is marked here as well."""
        settings = self._workspace.settings
        for key in (f"theme_{settings.theme}", f"contrast_{settings.contrast}"):
            self._actions[key].setChecked(True)

    def _use_theme(self, mode: theme.Mode) -> None:
        theme.current().use(mode)
        self._workspace.settings.theme = mode

    def _use_contrast(self, contrast: theme.Contrast) -> None:
        theme.current().use_contrast(contrast)
        self._workspace.settings.contrast = contrast
        self._workspace.save_settings()

    def allow(self) -> None:
        session = self._workspace.session
        orbit = session.client is not None and bool(session.place.orbit)
        self._actions.allow("new_collection", orbit, place_refusal(session, "collection", "create"))
        self._actions.allow("search_orbit", orbit)

    def _refresh(self) -> None:
        """While the server is away, F5 does not wait for the next try."""
        away = self._workspace.session.outage is not None
        (self._workspace.reconnector.try_now if away else self._workspace.browser.refresh)()

    def _go_to(self) -> None:
        from dfs_desktop.ui.main_window.go_to import GotoBox, places

        self._actions.looked_at.emit(True)
        found, offers = places(self._workspace), self._links.offers
        box = GotoBox(self._window, found, self._actions, offers, self._preferences)
        self._actions.looked_at.emit(False)  # it has what was possible
        box.open_at_top()

    def _focus_filter(self) -> None:
        self._filter.setFocus()
        self._filter.selectAll()

    def _search_orbit(self) -> None:
        """The words of the filter line go to the server; its comparisons stay, and filter what that
        found."""
        terms = [part.term for part in self._workspace.listing.applied.parts]
        words = [each.text for each in terms if isinstance(each, Words)]
        if not words:
            self._focus_filter()
            return
        self._workspace.browser.search(" ".join(words))
        self._filter.setText(written(each for each in terms if isinstance(each, Comparison)))

    def _new_collection(self) -> None:
        if self._picker.isHidden():
            self._toggle(self._picker, "show_picker")
        self._picker.start_creating()

    def _toggle(self, pane: QWidget, key: str) -> None:
        pane.setVisible(pane.isHidden())
        self._actions[key].setChecked(not pane.isHidden())
