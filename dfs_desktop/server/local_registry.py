"""The local registry as an object to start and stop: its data folder, thread and socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .access import AcceptedKeys
from .identity import new_api_key
from .lease import Lease, RegistryInUse, private_directory, private_file
from .limits import Rules

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from dfs_desktop.server.http.routing import Allows, Entry
    from dfs_desktop.server.http.uvicorn_protocol import QuietServer
    from dfs_desktop.server.objects.object_urls import Presigner

    from .store import Store

__all__ = ["Address", "LocalRegistry", "RegistryInUse"]

log = logging.getLogger(__name__)

# How long stop() lets requests finish before it cuts them off.
_GRACE_SECONDS = 1
_QUIET_PORTS = range(20_000, 32_000)


class Address(NamedTuple):
    """Where a running registry listens, and the key of this run."""

    url: str
    api_key: str

    def __repr__(self) -> str:
        """Without the key: reprs end up in logs."""
        return f"Address(url={self.url!r}, api_key='dfs_...')"


class LocalRegistry:
    """A model registry in a folder, served on 127.0.0.1 from a thread of its own."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        rules: Rules | None = None,
        presigner: Presigner | None = None,
    ) -> None:
        """*presigner* makes URLs of another object store than the registry's own."""
        self._folder = Path(data_dir)
        self._port = port
        self._presigner = presigner
        self._rules = rules or Rules()
        self._thread: threading.Thread | None = None
        self._server: QuietServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started: Future[Address] = Future()

    def start(self) -> Address:
        """Open the folder and listen; returns when requests are accepted.

        Raises :class:`RegistryInUse` when another program holds the folder, and OSError when
        the folder or the port cannot be used.
        """
        if self._thread is not None:
            raise RuntimeError("this registry was started before")
        self._thread = threading.Thread(target=self._run, name="local-registry", daemon=True)
        self._thread.start()
        try:
            return self._started.result()
        except BaseException:
            self._thread.join()
            raise

    def stop(self) -> None:
        """Finish or cut off what is running, write everything down, free the folder."""
        if self._server is not None and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._server.stop)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as stack:
                lease = Lease(private_directory(self._folder))
                stack.callback(lease.release)
                listener = self._listen()
                stack.callback(listener.close)
                self._serve(stack, listener)
        except BaseException as error:
            if self._started.done():
                log.exception("The local registry stopped")
                raise
            self._started.set_exception(error)

    def _listen(self) -> socket.socket:
        """Always at the port of the first time: links, notebooks and scripts stay good. Where another
        program has it now, at any one for this run."""
        memory = self._folder / "port"
        if not self._port:
            with contextlib.suppress(OSError, ValueError, OverflowError):
                known = int(memory.read_text("ascii")[:5])
                try:
                    return _listen(known)
                except OSError:
                    return _listen(0)
        listener = _listen(self._port) if self._port else _listen_where_it_stays_free()
        with contextlib.suppress(OSError):  # forgotten: links of this run end with it
            handle = private_file(memory, os.O_TRUNC)
            os.write(handle, str(listener.getsockname()[1]).encode("ascii"))
            os.close(handle)
        return listener

    def _serve(self, stack: contextlib.ExitStack, listener: socket.socket) -> None:
        from uvicorn.config import Config

        from dfs_desktop.server.http.uvicorn_protocol import BoundedProtocol, QuietServer

        port = listener.getsockname()[1]
        api_key = new_api_key()
        app = self._assemble(stack, port, api_key)
        protocol = type("Protocol", (BoundedProtocol,), {"rules": self._rules})
        config = Config(
            app,
            http=protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            # Its logger would quote addresses with signatures and requests of strangers.
            log_level=logging.CRITICAL,
            access_log=False,
            server_header=False,
            date_header=False,  # it would need a clock that ticks
            proxy_headers=False,
            limit_concurrency=self._rules.connections,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = QuietServer(config)
        address = Address(f"http://127.0.0.1:{port}", api_key)
        # Named, because a Qt event loop policy would give this thread a Qt loop.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._listen_until_stopped(self._server, listener, address))

    async def _listen_until_stopped(
        self, server: QuietServer, listener: socket.socket, address: Address
    ) -> None:
        self._loop = asyncio.get_running_loop()
        # The socket listens already: connections made from here on wait in its queue.
        self._loop.call_soon(self._started.set_result, address)
        await server.serve(sockets=[listener])

    def _assemble(self, stack: contextlib.ExitStack, port: int, api_key: str) -> ASGIApp:
        from dfs_desktop.server.http.host_guard import Gate
        from dfs_desktop.server.http.routing import router
        from dfs_desktop.server.objects.blobs import Blobs
        from dfs_desktop.server.objects.byte_streams import Transfers
        from dfs_desktop.server.objects.object_store import ObjectStore
        from dfs_desktop.server.objects.object_urls import Presigner
        from dfs_desktop.server.objects.url_signatures import PREFIX, Signer

        from .store import Store

        rules = self._rules
        store = Store(self._folder / "registry.sqlite3")
        stack.callback(store.close)
        store.places.furnish()
        blobs = Blobs(self._folder)
        store.objects.forget(rules.sweep_after, rules.forget_uploads_after)
        blobs.sweep(store.objects.blobs(), rules.sweep_after)
        executor = ThreadPoolExecutor(4, "registry-files")
        stack.callback(executor.shutdown)
        host = f"127.0.0.1:{port}"
        signer = Signer(store.secret("object urls"), rules.url_lifetime, host)
        presigner = self._presigner or Presigner(store, blobs, signer, host)
        transfers = Transfers(blobs, executor, rules.stall_seconds)
        objects = ObjectStore(store, blobs, signer, transfers, rules)
        dialects = self._dialects(store, presigner, host, AcceptedKeys(self._folder, api_key))
        return Gate(router({PREFIX: objects, **dialects}), port)

    def _dialects(
        self, store: Store, presigner: Presigner, host: str, allows: Allows
    ) -> dict[str, ASGIApp]:
        """The generations that this registry speaks, all on the same records."""
        from dfs_desktop.server.http.routing import Dialect

        rules = self._rules

        def dataforce() -> list[Entry]:
            from dfs_desktop.server.rules.api_versions import DATAFORCE
            from dfs_desktop.server.rules.collections import Catalog

            from .dataforce import routes

            return routes.entries(Catalog(store, presigner, rules, host, DATAFORCE))

        def luml() -> list[Entry]:
            from dfs_desktop.server.rules.api_versions import LUML
            from dfs_desktop.server.rules.collections import Catalog

            from .luml import routes

            return routes.entries(Catalog(store, presigner, rules, host, LUML))

        spoken = {"G": ("/v1/", luml), "A": ("/", dataforce)}
        return {
            prefix: Dialect(entries, allows, rules)
            for generation, (prefix, entries) in spoken.items()
            if generation in rules.generations
        }


def _listen_where_it_stays_free() -> socket.socket:
    """At a port that no system hands out to connections, so that it is free at the next start too."""
    for port in random.sample(_QUIET_PORTS, 20):
        with contextlib.suppress(OSError):
            return _listen(port)
    return _listen(0)


def _listen(port: int) -> socket.socket:
    """A socket on the loopback interface only. Never 0.0.0.0."""
    # The protocol must be named: asyncio turns Nagle's delay (40 ms an answer) off only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:  # Windows: otherwise another program could take the port over
            listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
