"""The embedded registry as the application sees it: started beside the window, stopped last."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from dfs_desktop import disk_errors
from dfs_desktop.api import ConfigurationError
from dfs_desktop.settings import Places
from dfs_desktop.workspace.workspace import LocalServer

if TYPE_CHECKING:
    from dfs_desktop.server import LocalRegistry


class LocalRegistryRoom:
    """Starts the embedded registry on a worker thread when it is first needed, and stops it last."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._registry: LocalRegistry | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dfs-registry")
        self._started: Future[LocalServer] | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Start it already, beside the building of the window."""
        with self._lock:
            if self._started is None:
                self._started = self._thread.submit(self._start)

    def start(self) -> LocalServer:
        """Wait until it answers. After a failure the next call tries anew."""
        self.begin()
        with self._lock:
            started = self._started
        if started is None:
            raise ConfigurationError("The local registry was stopped", "Start the program again.")
        try:
            return started.result()
        except Exception:
            with self._lock:
                self._started = None
            raise

    def _start(self) -> LocalServer:
        from dfs_desktop.server import LocalRegistry, RegistryInUse  # late: the window comes first

        registry = LocalRegistry(self._places.data / "registry")
        try:
            address = registry.start()
        except RegistryInUse as error:
            raise ConfigurationError(
                "The local registry is open in another window", str(error)
            ) from error
        except (OSError, sqlite3.Error) as error:
            folder = self._places.data / "registry"
            why = disk_errors.reason(error) if isinstance(error, OSError) else str(error)
            raise ConfigurationError(
                "The local registry cannot be opened",
                f"{folder} cannot be used: {why}. Free some space or make it writable, then try "
                "again; servers elsewhere work all the same.",
            ) from error
        self._registry = registry
        return LocalServer(address.url, address.api_key)

    def stop(self) -> None:
        self._thread.shutdown(wait=True)  # a start under way ends first, or nobody would stop it
        if self._registry is not None:
            self._registry.stop()
            self._registry = None
