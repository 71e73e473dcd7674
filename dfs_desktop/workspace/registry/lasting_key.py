"""The key with which notebooks use the local registry: it lasts until the person renews it.

The keyring keeps it and the registry knows its hash. Without a keyring it is shown in the session that
made it; later sessions make another one, and those that stand in notebooks stay good all the same.
"""

import asyncio
from typing import Protocol

from dfs_desktop.credentials import Credentials, CredentialsError
from dfs_desktop.settings import LOCAL
from dfs_desktop.workspace.tasks import Tasks


class Accepting(Protocol):
    """The local registry, as far as it takes keys."""

    @property
    def address(self) -> str: ...
    def accept_key(self, key: str) -> None: ...
    def accept_only(self, key: str) -> None: ...
    @staticmethod
    def new_key() -> str: ...


class LastingKey:
    """Made when somebody first asks for it: a start asks no keyring."""

    def __init__(self, tasks: Tasks, credentials: Credentials, registry: Accepting) -> None:
        self._tasks, self._credentials, self._registry = tasks, credentials, registry
        self._asking = asyncio.Lock()

    async def fetch(self) -> str:
        """The key, which the registry takes; OSError when its folder cannot be written."""
        async with self._asking:
            place = self._registry.address
            try:
                key = await self._credentials.fetch(LOCAL, place)
            except CredentialsError:  # asked once: storing would ask the person again
                key = await self._tasks.in_thread(self._registry.new_key)
                self._credentials.remember(LOCAL, place, key)
            key = key or await self._make()
            await self._tasks.in_thread(self._registry.accept_key, key)
            return key

    async def renew(self) -> str:
        """A new one; all keys of before, however many were made, open nothing any more."""
        async with self._asking:
            key = await self._make()
            await self._tasks.in_thread(self._registry.accept_only, key)
            return key

    async def _make(self) -> str:
        key = await self._tasks.in_thread(self._registry.new_key)
        try:
            await self._credentials.store(LOCAL, self._registry.address, key)
        except CredentialsError:
            self._credentials.remember(LOCAL, self._registry.address, key)
        return key
