"""What the handlers of every subject have of the window, and when they say anew what can be done."""

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QMainWindow

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.ui.artifact_table.view import TableView
from dfs_desktop.ui.main_window.actions import Actions
from dfs_desktop.workspace.events import Event

if TYPE_CHECKING:
    from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog


class WindowParts(NamedTuple):
    """The window, its actions and its table."""

    window: QMainWindow
    actions: Actions
    table: TableView


class Handlers:
    """What is done about one subject."""

    def __init__(self, parts: WindowParts) -> None:
        self._window, self._actions, self._table = parts

    def allow(self) -> None:
        """Enable what makes sense now, and say of the rest why it does not."""

    def _allow_after(self, *changes: Event[Any] | SignalInstance) -> None:
        """Now, and after each of these changes."""
        for change in changes:
            change.connect(self.allow)
        self.allow()

    def _form(self, title: str, verb: str, name: str = "") -> "PropertiesDialog":
        """What a person writes of something with a name."""
        from dfs_desktop.ui.widgets.properties_dialog import PropertiesDialog

        return PropertiesDialog(self._window, title, verb, name)

    def _records(self) -> list[ModelArtifact]:
        """What is selected, but for uploads that have no record yet."""
        return [a for a in self._table.artifacts() if not is_provisional(a.id)]

    def _record(self) -> ModelArtifact | None:
        """The only artifact that is selected, if it has a record."""
        chosen = self._table.artifacts()[:2]
        return chosen[0] if len(chosen) == 1 and not is_provisional(chosen[0].id) else None
