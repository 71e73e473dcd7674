"""The reader's side in the child: artifacts that are open, and the looks into them."""

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dfs_desktop.artifact.archive.byte_source import CachedSource, LocalSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.errors import UnreachableError, reading_stopped
from dfs_desktop.translation import tr
from dfs_desktop.workers.process.child_server import Child, Running
from dfs_desktop.workers.process.messages import pack, unpack

from . import requests
from .operations import OPERATIONS, arguments_of
from .picture_decoding import use_main_thread

if TYPE_CHECKING:
    from dfs_desktop.api import RangeSource
    from dfs_desktop.api.storage.store_client import Store

AHEAD = 16 * 1024  # bytes that a small read brings beside its own

_thread = threading.local()


def _running() -> Running:
    found: Running = _thread.running
    return found


class WatchedFile:
    """A file on this computer; each read shows that the call is alive, and may stop it."""

    def __init__(self, path: Path) -> None:
        self._inner = LocalSource(path)
        self.fingerprint = self._inner.fingerprint
        self.name, self.size = self._inner.name, self._inner.size

    def read(self, offset: int, length: int) -> bytes:
        _running().check()
        return self._inner.read(offset, length)

    def close(self) -> None:
        self._inner.close()


class FarFile:
    """A record's stored file. It connects with the first read, and again after it was stopped."""

    def __init__(
        self, target: requests.Target, make: Callable[[], "RangeSource | WindowSource"]
    ) -> None:
        self.name, self.size = target.name, target.size
        self._make = make
        self._lock = threading.Lock()
        self._inner: RangeSource | WindowSource | None = None

    def read(self, offset: int, length: int) -> bytes:
        running = _running()
        with self._lock:  # a stop is seen here, or finds what it has to close
            running.check()
            if self._inner is None:
                self._inner = self._make()
            inner = self._inner
        running.tell(waiting=True)
        try:
            return inner.read(offset, length)
        finally:
            running.tell()

    def close(self) -> None:
        """End the reads that are under way."""
        with self._lock:
            inner, self._inner = self._inner, None
        if inner is not None:
            inner.close()


class WindowSource:
    """A file whose bytes the window reads."""

    def __init__(self, key: int, child: Child) -> None:
        self._key, self._child = key, child
        self._lock = threading.Lock()
        self._asked: set[Future[bytes]] = set()
        self._closed = False

    def read(self, offset: int, length: int) -> bytes:
        end, found = offset + length, bytearray()
        for at in range(offset, end, requests.PIECE):
            wanted = requests.ReadRequest(self._key, at, min(requests.PIECE, end - at))
            with self._lock:  # none is asked that a stop does not know
                if self._closed:
                    raise reading_stopped()
                future = self._child.question(requests.READ, pack(wanted))
                self._asked.add(future)
            try:
                found += unpack(future.result(), bytes)
            finally:
                self._asked.discard(future)
        return bytes(found)

    def close(self) -> None:
        """Wait for no answer any more."""
        with self._lock:
            self._closed, asked = True, list(self._asked)
        for future in asked:
            with contextlib.suppress(InvalidStateError):  # it has just come
                future.set_exception(reading_stopped())


class Stores:
    """The connections to stores, shared by the artifacts of one registry."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Any, Store] = {}

    def source(self, stored: bytes, ask: Callable[[], str]) -> "RangeSource":
        from dfs_desktop.api import StoredFile

        if not stored:
            raise UnreachableError(
                tr("The artifact cannot be read"), tr("There is no connection to it.")
            )
        file: StoredFile = unpack(stored, StoredFile)
        key = (file.registry, file.approved, file.network)
        with self._lock:
            store = self._open.get(key)
            if store is None:
                store = self._open[key] = file.store()
        return file.source(store, ask)


class Opened:
    """One artifact: opened by the first look, kept until it is forgotten."""

    def __init__(self, target: requests.Target, make: Callable[[], FarFile]) -> None:
        self._target, self._make = target, make
        self._lock = threading.Lock()
        self._artifact: OpenArtifact | None = None
        self.source: WatchedFile | FarFile | None = None
        self.looks: set[int] = set()  # the calls that read it now

    def artifact(self) -> OpenArtifact:
        """The artifact with its index; a file on this computer is walked through for it."""
        with self._lock:
            if self._artifact is None:
                self._artifact = self._open()
            return self._artifact

    def _open(self) -> OpenArtifact:
        def check() -> None:
            _running().check()

        target = self._target
        if not target.path:
            self.source = self._make()
            cached = CachedSource(self.source, AHEAD)
            return OpenArtifact(cached, target.index, target.manifest, check=check)
        self.source = WatchedFile(Path(os.fsdecode(target.path)))
        try:
            return OpenArtifact.walk(self.source, check=check)
        except BaseException:
            self.source.close()
            raise

    def close(self) -> None:
        if self.source is not None:
            self.source.close()


class ReaderPerformer:
    """Performs looks. Everything that it opens stays open until the window forgets it."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._stores = Stores()
        self._opened: dict[int, Opened] = {}
        self._lock = threading.Lock()
        use_main_thread(child.on_main_thread)
        threading.Thread(target=_import_what_is_needed, daemon=True).start()

    def begin(self, running: Running) -> bool:
        """In the order of the calls: which artifacts there are from now on."""
        call = running.call
        if call.operation == requests.FORGET:
            if (found := self._opened.pop(unpack(call.payload, int), None)) is not None:
                found.close()
            return False
        look: requests.OperationRequest = unpack(call.payload, requests.OperationRequest)
        for target in look.targets:
            self._opened[target.key] = Opened(target, lambda t=target: self._far(t))  # type: ignore[misc]
        opened = [self._opened[key] for key in look.keys]
        for each in opened:
            each.looks.add(call.id)
        running.task = look, opened
        return True

    def perform(self, running: Running) -> bytes:
        _thread.running = running
        look, opened = running.task
        try:
            operation = OPERATIONS[look.operation]
            arguments = arguments_of(operation, len(opened), look.arguments)
            return pack(operation(*(each.artifact() for each in opened), *arguments))
        finally:
            for each in opened:
                each.looks.discard(running.call.id)

    def cancelled(self, running: Running) -> None:
        """End what only this look waits for."""
        _, opened = running.task
        for each in opened:
            if each.looks <= {running.call.id} and isinstance(each.source, FarFile):
                each.source.close()

    def _far(self, target: requests.Target) -> FarFile:
        given = [target.link]

        def ask() -> str:
            if given and (known := given.pop()):
                return known
            answer = self._child.ask(requests.LINK, pack(requests.LinkRequest(target.key)))
            link: str = unpack(answer, str)
            return link

        if target.by_window:
            return FarFile(target, lambda: WindowSource(target.key, self._child))
        return FarFile(target, lambda: self._stores.source(target.stored, ask))


def _import_what_is_needed() -> None:
    """Before somebody looks into a stored file, for which this is much."""

    import packaging.requirements  # noqa: F401

    import dfs_desktop.api.stored_file  # noqa: F401
