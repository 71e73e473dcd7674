"""The toolbar, which never hides the filter at its end: in a narrow window its buttons are icons."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from dfs_desktop.translation import tr
from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.ui.widgets.naming import named


class ActionBar(QToolBar):
    """Buttons, then what stands at the end."""

    def __init__(self, actions: Actions, keys: tuple[str, ...], last: QWidget) -> None:
        super().__init__(tr("Actions"), movable=False)
        named(self, "toolbar")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        actions.fill(self, keys)
        buttons = [self.widgetForAction(action) for action in self.actions()]
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.addWidget(last)
        self._buttons, self._last = buttons, last
        self._with_words = 0  # pixels

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon:
            self._with_words = self._needed()
        narrow = self._with_words > self.width()
        kinds = Qt.ToolButtonStyle
        self.setToolButtonStyle(
            kinds.ToolButtonIconOnly if narrow else kinds.ToolButtonTextBesideIcon
        )

    def _needed(self) -> int:
        """What the line takes as it is, with the least width of what stands at its end."""
        return self.sizeHint().width() - self._last.sizeHint().width() + self._last.minimumWidth()
