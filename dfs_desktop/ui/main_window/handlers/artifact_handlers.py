"""What is done with the selected artifacts: delete, copy the IDs."""

from PySide6.QtGui import QGuiApplication

from dfs_desktop.transfers.job import is_provisional
from dfs_desktop.translation import tr
from dfs_desktop.ui.widgets import dialogs
from dfs_desktop.workspace.deletion.deleter import Deleter, Deletion
from dfs_desktop.workspace.downloads.downloads import why_no_file
from dfs_desktop.workspace.listing.row import UNSTORED
from dfs_desktop.workspace.registry.permissions import AWAY, refusal
from dfs_desktop.workspace.state import AppState

from .window_parts import Handlers, WindowParts


class ArtifactHandlers(Handlers):
    """What is selected when a key is pressed is meant, whatever is selected when it is done."""

    def __init__(self, parts: WindowParts, state: AppState, deleter: Deleter) -> None:
        super().__init__(parts)
        self._state, self._deleter = state, deleter
        self._asking = False  # whether to delete
        self._actions.connect(delete=self._delete, copy_id=self._copy_ids)
        deleter.restored.connect(self._table.select_all)

    def allow(self) -> None:
        chosen, session = self._table.artifacts(), self._state.session
        listing = self._state.listing
        # Ten thousand may be selected: each question looks only as far as its first answer.
        settled = chosen if session.client is not None or session.outage is not None else []
        self._actions.allow("copy_id", any(not is_provisional(a.id) for a in settled))
        staying = any(listing.stays(a.id) for a in settled)
        whole = staying and any(listing.stays(a.id) and a.status not in UNSTORED for a in settled)
        nothing = "" if whole or not chosen else why_no_file(chosen[0], listing.going)
        if session.outage is not None and session.client is None:
            nothing = nothing or tr(AWAY)
        for key in ("download", "download_to"):
            self._actions.allow(key, whole, nothing)
        self._actions.allow("delete", staying, refusal(session, "delete"))
        for key in ("rename", "rename_many", "tags"):
            self._actions.allow(key, staying, refusal(session, "update"))

    def _delete(self) -> None:
        deletion = self._deleter.plan(self._table.artifacts())
        if deletion is not None and not self._asking:
            self._asking = True
            self._state.tasks.start(self._ask_to_delete(deletion), "ask what to delete")

    async def _ask_to_delete(self, deletion: Deletion) -> None:
        """What was selected when the key was pressed is asked about, and nothing else is deleted."""
        try:
            answer = await dialogs.confirm(self._window, self._deleter.question(deletion))
        finally:
            self._asking = False
        if answer:
            self._deleter.begin(deletion)

    def _copy_ids(self) -> None:
        if ids := [a.id for a in self._table.artifacts()]:
            QGuiApplication.clipboard().setText("\n".join(ids))
