"""A stored file as a value, for a process that has no key: it reads through addresses it is given."""

from collections.abc import Callable

from msgspec import Struct

from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.network import AS_THE_SYSTEM, Network
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.storage.range_source import RangeSource
from dfs_desktop.api.storage.store_client import Store


class StoredFile(Struct, frozen=True):
    """What reading the file of a record needs beside its presigned address.

    ``approved``: storages that the person vouches for; ``ahead``: seconds that the server's clock is
    ahead of ours, if anybody knows.
    """

    name: str
    size: int
    registry: Address
    approved: tuple[str, ...] = ()
    ahead: float | None = None
    network: Network = AS_THE_SYSTEM

    def store(self) -> Store:
        """Connections to where the file may lie; close it afterwards."""
        store = Store(self.registry, network=self.network)
        store.approved.update(self.approved)
        return store

    def source(self, store: Store, ask_url: Callable[[], str]) -> RangeSource:
        """The bytes of the file by ranges, through addresses that ``ask_url`` gives."""
        return RangeSource(self.name, self.size, ask_url, store, Clock(self.ahead).told)
