"""Why a chosen server gave no answer, and what mends it, inside the dialog in which it was chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.settings import Profile
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.labels import plain_label, say
from dfs_desktop.ui.widgets.layouts import column, row
from dfs_desktop.workspace.notices import from_error
from dfs_desktop.workspace.registry.connections import mending

from .naming import named


class ServerProblem(QWidget):
    """`mend_wanted` brings the server and its error; `again_wanted`: ask it once more."""

    again_wanted = Signal()
    mend_wanted = Signal(object, object)  # Profile, Exception

    def __init__(self, name: str) -> None:
        super().__init__()
        self._server: tuple[Profile, Exception] | None = None
        self.words = named(plain_label(wrap=True, failed=True), f"{name}Problem")
        self.mend = link_button("", self._ask_to_mend, name=f"{name}MendButton")
        self.again = link_button(tr("Try again"), self.again_wanted.emit, name=f"{name}AgainButton")
        for button in (self.mend, self.again):
            button.setAutoDefault(False)
        column(self.words, row(self.mend, self.again, None, spacing=8), of=self, spacing=4)
        self.hide()

    def say(self, why: str) -> None:
        """Show these words; none hide it."""
        self._server = None
        self.mend.hide()
        self.words.setText(why)
        self.setVisible(bool(why))

    def say_error(self, profile: Profile, error: Exception) -> None:
        """Show what went wrong at a server, with the way out before the way to try again."""
        notice = from_error(error, "")
        self.say(visible(f"{notice.title} {notice.detail}".strip()))
        self._server = (profile, error)
        say(self.mend, mending(profile.id, error))

    def _ask_to_mend(self) -> None:
        if self._server is not None:
            self.mend_wanted.emit(*self._server)
