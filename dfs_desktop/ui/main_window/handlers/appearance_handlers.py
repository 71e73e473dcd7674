"""What the window looks like: theme, contrast, which panes are shown."""

from PySide6.QtWidgets import QWidget

from dfs_desktop.ui.details.pane import DetailPane
from dfs_desktop.ui.sidebar.collection_picker import Picker
from dfs_desktop.ui.theme import theme
from dfs_desktop.workspace.state import AppState

from .window_parts import Handlers, WindowParts


class AppearanceHandlers(Handlers):
    """Windows share the theme and the contrast; each has panes of its own."""

    def __init__(
        self, parts: WindowParts, state: AppState, picker: Picker, details: DetailPane
    ) -> None:
        super().__init__(parts)
        self._state, self._settings = state, state.settings
        self._actions.connect(
            show_picker=lambda: self._toggle(picker, "show_picker"),
            show_details=lambda: self._toggle(details, "show_details"),
            close_window=self._window.close,
        )
        for menu, use in (("appearance", self._use_theme), ("contrast", self._use_contrast)):
            self._actions.choose_one(menu, use)
        self._check_chosen()
        self._actions.looked_at.connect(lambda _looks: self._check_chosen())

    def _check_chosen(self) -> None:
        """What was chosen in another window, or in the preferences, is marked here as well."""
        for key in (f"theme_{self._settings.theme}", f"contrast_{self._settings.contrast}"):
            self._actions[key].setChecked(True)

    def _use_theme(self, mode: theme.Mode) -> None:
        theme.current().use(mode)
        self._settings.theme = mode
        self._state.save_settings()

    def _use_contrast(self, contrast: theme.Contrast) -> None:
        theme.current().use_contrast(contrast)
        self._settings.contrast = contrast
        self._state.save_settings()

    def _toggle(self, pane: QWidget, key: str) -> None:
        pane.setVisible(pane.isHidden())
        self._actions[key].setChecked(not pane.isHidden())
