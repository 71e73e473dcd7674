"""How many transfers run at once and how fast: taken over at once and kept in the settings."""

from dfs_desktop.transfers.job import Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.state import AppState

MOST_AT_ONCE = 8
MB = 10**6
RATES: tuple[int | None, ...] = (None, 1 * MB, 5 * MB, 10 * MB, 50 * MB)  # bytes a second
HIGHEST_RATE = 100_000 * MB


class TransferLimits:
    """Changes what holds for all transfers of the queue, those that run included."""

    def __init__(self, state: AppState, queue: Queue) -> None:
        self.changed: Event[[]] = Event()
        self._state, self._queue = state, queue
        queue.set_rate(Kind.UPLOAD, state.settings.upload_limit)
        queue.set_rate(Kind.DOWNLOAD, state.settings.download_limit)

    def use_parallel(self, at_once: int) -> None:
        """Let so many transfers run at once, from now on."""
        chosen = max(1, min(at_once, MOST_AT_ONCE))
        self._state.settings.parallel_transfers = chosen
        self._queue.set_limit(chosen)
        self._state.save_settings()

    def rate(self, kind: Kind) -> int | None:
        """Bytes a second that all uploads, or all downloads, may take together; None is no limit."""
        settings = self._state.settings
        return settings.upload_limit if kind is Kind.UPLOAD else settings.download_limit

    def use_rate(self, kind: Kind, wanted: int | None) -> None:
        """Change that; transfers that run slow down, or speed up, at once."""
        chosen = None if wanted is None else max(1, min(wanted, HIGHEST_RATE))
        if kind is Kind.UPLOAD:
            self._state.settings.upload_limit = chosen
        else:
            self._state.settings.download_limit = chosen
        self._queue.set_rate(kind, chosen)
        self._state.save_settings()
        self.changed.emit()

    def use_resume(self, on: bool) -> None:
        """Whether what has not ended goes on by itself at the next start, or waits there, paused."""
        self._state.settings.resume_transfers = on
        self._state.save_settings()
