"""The badge in the status line that counts what needs a person, and is not there when nothing does."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.theme import theme
from dfs_desktop.ui.theme.icon_files import icons
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.attention.attention import Attention

_SETTLE = 150  # milliseconds in which changes that come together are counted once


class AttentionBadge(QToolButton):
    """`2 need attention`, in amber and with its icon."""

    def __init__(self, attention: Attention) -> None:
        super().__init__(toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        named(self, "attentionButton", tip=tr("Show what needs attention (Ctrl+4)"))
        self._attention = attention
        self._later = single_shot(self, _SETTLE, self.refresh)
        theme.current().changed.connect(self._colour)
        self.destroyed.connect(self._attention.changed.connect(self._settle))
        self._colour()
        self.refresh()

    def _settle(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _colour(self) -> None:
        self.setIcon(icons.get("warning", theme.current().colors["waiting"]))

    def refresh(self) -> None:
        count = self._attention.urgent()
        self.setText(trn("{amount} needs attention", "{amount} need attention", count))
        self.setAccessibleName(self.text())
        self.setVisible(count > 0)
