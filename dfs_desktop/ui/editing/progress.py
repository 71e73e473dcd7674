"""How far the edits of many records have come, in the status line, with a way to stop them."""

from PySide6.QtWidgets import QWidget

from dfs_desktop.translation import tr
from dfs_desktop.ui.platform.timers import single_shot
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import row
from dfs_desktop.workspace.editing.mass_editor import MassEditor

_PAUSE = 500  # milliseconds: what is done sooner needs no telling
_SHOWN = 60  # characters of what is done


class MassProgress(QWidget):
    """Shown while something runs that takes longer."""

    def __init__(self, mass: MassEditor, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("massProgress")
        self._mass = mass
        self._words = plain_label(dim=True)
        hint = tr("What was not sent yet stays as it is")
        self.stop = link_button(tr("Stop"), self._stop, name="stopMassEdit", tip=hint)
        row(self._words, self.stop, of=self, spacing=4)
        self._timer = single_shot(self, _PAUSE, self._show)
        mass.changed.connect(self._changed)
        self.hide()
        self._changed()

    def _stop(self) -> None:
        for batch in self._mass.running:
            self._mass.stop(batch)

    def _changed(self) -> None:
        if not self._mass.running:
            self._timer.stop()
            self.hide()
        elif self.isHidden():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._show()

    def _show(self) -> None:
        running = self._mass.running
        action, done = running[-1].text[:_SHOWN], sum(batch.done for batch in running)
        many = sum(len(batch.changes) for batch in running)
        self._words.setText(tr("{action}: {done} of {many}", action=action, done=done, many=many))
        self.show()
