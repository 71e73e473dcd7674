"""What was read of artifacts, kept on the disk: it is shown again when their server cannot be reached."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from dfs_desktop import __version__
from dfs_desktop.api import ModelArtifact
from dfs_desktop.workers.process.messages import pack, unpack
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.state import AppState

log = logging.getLogger(__name__)

MOST = 4_000_000  # bytes of one result


class KeptLooks:
    """The looks at one server. What a record's hash names never changes, so nothing gets stale."""

    def __init__(self, state: AppState, cache: ListingCache) -> None:
        self._state, self._cache = state, cache
        self._profile = state.session.profile.id

    @property
    def alone(self) -> bool:
        """Whether this is all there is to see now."""
        session = self._state.session
        return session.profile.id == self._profile and session.outage is not None

    async def load(
        self, record: ModelArtifact, operation: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> Any:
        """What the operation gave before; None when nothing is kept."""
        name = _name(record, operation, arguments)

        def read() -> Any:
            from dfs_desktop.workers.reader.operations import result_of

            content = self._cache.load_look(self._profile, name)
            try:
                return unpack(content, result_of(operation)) if content else None
            except (ValueError, RecursionError):
                return None

        return await self._state.tasks.in_thread(read)

    def save_soon(
        self,
        record: ModelArtifact,
        operation: Callable[..., Any],
        arguments: tuple[Any, ...],
        found: object,
    ) -> None:
        name = _name(record, operation, arguments)

        def write() -> None:
            try:
                content = pack(found)
            except (TypeError, ValueError, RecursionError) as error:
                log.info("what was read is not kept: %s", type(error).__name__)
                return
            if record.file_hash and len(content) <= MOST:
                self._cache.save_look(self._profile, name, content)

        self._state.tasks.start(self._state.tasks.in_thread(write), "keep what was read")


def _name(record: ModelArtifact, operation: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Of the file's bytes and the question; another version of the program may read otherwise."""
    asked = (
        __version__, record.file_name, record.file_hash, record.size, operation.__name__, arguments,
    )  # fmt: skip
    return hashlib.sha256(pack(asked)).hexdigest()
