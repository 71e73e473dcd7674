"""The filter line: how it is reached and left, and what of it the server searches for."""

from dfs_desktop.ui.artifact_table.filter_line import FilterLine
from dfs_desktop.ui.main_window.handlers.window_parts import Handlers, WindowParts
from dfs_desktop.workspace.listing.filtering.filter_parser import Comparison, Words
from dfs_desktop.workspace.listing.filtering.filter_writer import written
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.state import AppState


class FilterHandlers(Handlers):
    """Its keys, and what is typed into the table."""

    def __init__(
        self, parts: WindowParts, state: AppState, browser: Browser, line: FilterLine
    ) -> None:
        super().__init__(parts)
        self._state, self._browser, self._line = state, browser, line
        self._actions.connect(
            filter=self._focus, clear_filter=self.clear, search_orbit=self._search_orbit
        )
        line.entered.connect(self._enter)
        line.left.connect(self._leave)
        line.given_up.connect(self._give_up)
        self._table.typed.connect(self._type)
        self._allow_after(state.session_changed)

    def allow(self) -> None:
        session = self._state.session
        orbit = session.client is not None and bool(session.place.orbit)
        self._actions.allow("search_orbit", orbit)

    def clear(self) -> None:
        self._line.clear()
        self._table.setFocus()

    def _focus(self) -> None:
        self._line.setFocus()
        self._line.selectAll()

    def _search_orbit(self) -> None:
        """The words of the filter line go to the server; its comparisons stay, and filter what that
        found."""
        terms = [part.term for part in self._state.listing.applied.parts]
        words = [each.text for each in terms if isinstance(each, Words)]
        if not words:
            self._focus()
            return
        self._browser.search(" ".join(words))
        self._line.setText(written(each for each in terms if isinstance(each, Comparison)))

    def _type(self, text: str) -> None:
        self._line.setFocus()
        before = self._line.text()[: self._line.cursorPosition()]
        new_word = bool(before) and not before[-1].isspace() and not self._line.hasSelectedText()
        self._line.insert(f" {text}" if new_word else text)

    def _enter(self) -> None:
        """Words are asked of the server, in the whole orbit; the rest filters what is there."""
        parts = self._state.listing.applied.parts
        if any(isinstance(part.term, Words) and not part.note for part in parts):
            self._actions["search_orbit"].trigger()
        self._leave()

    def _leave(self) -> None:
        self._table.setFocus()
        if not self._table.artifacts() and self._state.listing.visible:
            self._table.select(self._state.listing.visible[0].key)

    def _give_up(self) -> None:
        self._browser.search("")
        self.clear()
