"""Collections that a person pinned: they stand first in their orbit, kept for each server."""

from collections.abc import Iterable

from dfs_desktop.api import Collection
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.state import AppState

MOST = 500  # of a server; the oldest are forgotten


class Pins:
    """Kept in the settings by the server's id; `forgotten` tells of servers that were removed."""

    def __init__(self, state: AppState, forgotten: Event[[str]]) -> None:
        self._state = state
        forgotten.connect(lambda server: state.settings.pinned.pop(server, None))

    def __contains__(self, collection_id: str) -> bool:
        return collection_id in self._here()

    def _here(self) -> list[str]:
        return self._state.settings.pinned.get(self._state.session.profile.id, [])

    def toggle(self, collection_id: str) -> None:
        """Pin a collection of the open server, or let it go."""
        pinned = [each for each in self._here() if each != collection_id]
        if collection_id not in self:
            pinned.append(collection_id)
        self._state.settings.pinned[self._state.session.profile.id] = pinned[-MOST:]
        self._state.save_settings()
        self._state.session_changed.emit()

    def first(self, collections: Iterable[Collection]) -> list[Collection]:
        """The pinned ones before the others, each part in its order."""
        pinned = set(self._here())
        return sorted(collections, key=lambda each: each.id not in pinned)
