"""JSON requests on an event loop: so many at a time, each within its time, on its own connection."""

import asyncio
import contextlib
import importlib
from typing import Any

import httpcore
import httpx

from dfs_desktop.api.http.answer_limits import Patience, bound_heads
from dfs_desktop.api.http.connection_errors import cannot_connect
from dfs_desktop.api.http.proxy.proxy_address import Proxy
from dfs_desktop.api.http.registry_requests import CONNECTIONS, Wire
from dfs_desktop.api.protocol.effects import Call

from .blocking_job import BlockingJob

Answer = tuple[int, httpx.Headers, bytes]

with contextlib.suppress(ImportError):  # httpcore's first connection would import it, on the loop
    importlib.import_module("anyio._backends._asyncio")


class AsyncRequests:
    """The connections of one client on one loop; made anew when the client comes to another loop.

    Each stands for itself: httpx looks through the connections of a pool before and after every
    request, which costs as much as the request; and of one that was cancelled nothing is left over.
    """

    def __init__(self, wire: Wire, transport: httpx.AsyncBaseTransport | None) -> None:
        self.wire, self._given = wire, transport
        self._free: list[httpx.AsyncBaseTransport] = []  # the last one used is warm
        self._options: dict[str, Any] | None = None
        self._proxy: Proxy | None = None  # by which those that are free lead
        self._reading = asyncio.Lock()
        self._slots = asyncio.Semaphore(CONNECTIONS)

    async def send(self, call: Call[Any]) -> Answer:
        """Send it once, as soon as there is a free slot; by another proxy where nobody is at this one."""
        async with self._slots:
            while (answer := await self._send(call)) is None:
                pass
            return answer

    async def _send(self, call: Call[Any]) -> Answer | None:
        """The answer; None when there is another way to try."""
        request = self.wire.request(call)
        await self._look_for_proxy()
        connection = await self._take() or self._open()
        proxy = self._proxy
        patience = self.wire.patience(request)
        try:
            async with asyncio.timeout(patience.left()) as limit:
                answer = await self._exchange(connection, call, request, patience, limit)
        except BaseException as error:
            if connection is not self._given:
                await connection.aclose()
            away = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            if away and await BlockingJob(self.wire.another_way, error, proxy).result():
                return None
            if isinstance(error, TimeoutError):
                raise httpx.ReadTimeout("the answer came too slowly") from None
            raise
        if proxy == self._proxy:
            self._free.append(connection)
        else:
            await connection.aclose()
        return answer

    async def _exchange(
        self,
        connection: httpx.AsyncBaseTransport,
        call: Call[Any],
        request: httpx.Request,
        patience: Patience,
        limit: asyncio.Timeout,
    ) -> Answer:
        now = asyncio.get_running_loop().time
        answer = await connection.handle_async_request(request)
        try:
            body = self.wire.body(call, answer)
            if not body.complete:
                async for chunk in answer.aiter_raw(body.bite):
                    if body.bite:
                        await asyncio.sleep(0)  # a bite may become thousand times as much
                    patience.came(len(chunk))
                    limit.reschedule(now() + patience.left())
                    if not body.take(chunk):
                        break
        finally:
            await answer.aclose()
        return answer.status_code, answer.headers, body.whole()

    async def _look_for_proxy(self) -> None:
        """Connections that lead by another proxy than a script says now are closed."""
        if self._given is not None or (self.wire.settled and self._options is not None):
            return
        try:
            async with self._reading:  # beside the loop: scripts and authorities take a while
                proxy = await BlockingJob(self.wire.find_proxy).result()
                if self._options is None or proxy != self._proxy:
                    options = await BlockingJob(self.wire.connection_options, proxy).result()
                    self._options, self._proxy = options, proxy
                    await self.aclose()
        except Exception as error:  # noqa: BLE001 - told apart in failed()
            raise cannot_connect(error, self.wire.address) from None

    async def _take(self) -> httpx.AsyncBaseTransport | None:
        """A free connection that still stands."""
        while self._free:
            connection = self._free.pop()
            inside: Any = connection
            if connection is self._given or not (
                inside._pool.is_closed() or inside._pool.has_expired()
            ):
                return connection
            await connection.aclose()
        return None

    def _open(self) -> httpx.AsyncBaseTransport:
        if self._given is not None:
            return self._given
        try:
            connection = httpx.AsyncHTTPTransport(**self._options or {})
            bound_heads(connection)
            # By the private name that ``bound_heads`` uses, too: one connection instead of a pool.
            to: Any = httpx.URL(self.wire.address.url)
            whole = httpcore.URL(scheme=to.raw_scheme, host=to.raw_host, port=to.port, target=b"/")
            pool: Any = connection._pool
            connection._pool = pool.create_connection(whole.origin)
        except Exception as error:  # noqa: BLE001 - told apart in failed()
            raise cannot_connect(error, self.wire.address) from None
        return connection

    async def aclose(self) -> None:
        """Close those that are free."""
        free, self._free = self._free, []
        for connection in free:
            await connection.aclose()
