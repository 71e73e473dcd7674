"""Changes that wait for their server, each of which can be let go."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.dialogs import close_button, passing_dialog, resize_to, secondary_button
from dfs_desktop.ui.widgets.labels import headline, plain_label
from dfs_desktop.ui.widgets.layouts import row, sheet
from dfs_desktop.ui.widgets.naming import named
from dfs_desktop.workspace.editing.changes import WORDS, Value
from dfs_desktop.workspace.offline.waiting_changes import Waiting, WaitingChanges
from dfs_desktop.workspace.state import AppState

_WAITING = Qt.ItemDataRole.UserRole
_LONGEST = 120  # characters of a value


class WaitingDialog(QDialog):
    """The list follows what is sent meanwhile."""

    def __init__(self, parent: QWidget, state: AppState, waiting: WaitingChanges) -> None:
        super().__init__(parent)
        passing_dialog(self, "waitingDialog", tr("Changes that wait"))
        self._state, self._waiting = state, waiting
        self.heading = headline()
        words = plain_label(
            tr(
                "They are sent as soon as their server answers. What somebody else has changed "
                "meanwhile is put before you, and nothing is overwritten."
            ),
            dim=True,
            wrap=True,
        )
        self.list = named(QListWidget(), "waitingList", reads=tr("Changes that wait"))
        show_whole_text(self.list)
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.itemSelectionChanged.connect(self._allow)
        discard = tr("Discard Selected")
        self.discard = secondary_button(discard, self._discard, name="discardWaitingButton")
        QShortcut(Qt.Key.Key_Delete, self.list, self._discard)
        foot = row(self.discard, None, close_button(self), spacing=8)
        sheet(self, self.heading, words, (self.list, 1), foot)
        unsubscribe = waiting.changed.connect(self._fill)
        self.finished.connect(lambda _code: unsubscribe())
        resize_to(self, 90, 17)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        for each in self._waiting.all:
            item = QListWidgetItem(self._words(each))
            item.setData(_WAITING, each)
            self.list.addItem(item)
        many = len(self._waiting.all)
        words = trn("{amount} change waits", "{amount} changes wait", many)
        self.heading.setText(words if many else tr("No change waits"))
        self.setAccessibleName(self.heading.text())
        self._allow()

    def _words(self, each: Waiting) -> str:
        """`“resnet50”: name → “resnet50 v2” (Work)`."""
        record = each.artifact
        name = visible(record.display_name, limit=_LONGEST)
        profile = self._state.profile(each.profile)
        server = f" ({visible(profile.name)})" if profile is not None else ""
        change = f"{tr(WORDS[each.field])} → {_value(each.value)}{server}"
        return tr("“{name}”: {change}", name=name, change=change)

    def _allow(self) -> None:
        self.discard.setEnabled(bool(self.list.selectedItems()))

    def _discard(self) -> None:
        for each in [item.data(_WAITING) for item in self.list.selectedItems()]:
            self._waiting.discard(each)


def _value(value: Value) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    return tr("“{name}”", name=visible(text, limit=_LONGEST)) if text else tr("nothing")
