"""JSON requests on an event loop: so many at a time, each within its time, on sound connections."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from typing import Any

import httpx

from dfs_desktop.api.http.answer_limits import Patience, bound_heads
from dfs_desktop.api.http.connection_errors import cannot_connect
from dfs_desktop.api.http.json_request import CONNECTIONS, Wire
from dfs_desktop.api.protocol.effects import Call

from .blocking_job import BlockingJob

Answer = tuple[int, httpx.Headers, bytes]

with contextlib.suppress(ImportError):  # httpcore's first connection would import it, on the loop
    importlib.import_module("anyio._backends._asyncio")


class AsyncRequests:
    """The connections of one client on one loop; made anew when the client comes to another loop."""

    def __init__(self, wire: Wire, transport: httpx.AsyncBaseTransport | None) -> None:
        self.wire, self._given = wire, transport
        self._client: httpx.AsyncClient | None = None
        self._asked = 0  # requests under way
        self._torn = False  # some were cancelled, and httpcore may hold what they had for good
        self._slots = asyncio.Semaphore(CONNECTIONS)

    async def send(self, call: Call[Any]) -> Answer:
        """Send it once, as soon as there is a free slot."""
        async with self._slots:
            return await self._exchange(call)

    async def _exchange(self, call: Call[Any]) -> Answer:
        client = await self._ready()
        request = self.wire.request(call)
        patience = self.wire.patience(request)
        self._asked += 1
        try:
            async with asyncio.timeout(patience.left()) as limit:
                return await self._receive(client, call, request, patience, limit)
        except asyncio.CancelledError:
            self._torn = True
            raise
        except TimeoutError:
            self._torn = True
            raise httpx.ReadTimeout("the answer came too slowly") from None
        finally:
            self._asked -= 1

    async def _receive(
        self,
        client: httpx.AsyncClient,
        call: Call[Any],
        request: dict[str, Any],
        patience: Patience,
        limit: asyncio.Timeout,
    ) -> Answer:
        now = asyncio.get_running_loop().time
        async with client.stream(**request) as answer:
            body = self.wire.body(call, answer)
            if body.complete:
                return answer.status_code, answer.headers, body.whole()
            async for chunk in answer.aiter_raw(body.bite):
                if body.bite:
                    await asyncio.sleep(0)  # a bite may become thousand times as much
                patience.came(len(chunk))
                limit.reschedule(now() + patience.left())
                if not body.take(chunk):
                    break
        return answer.status_code, answer.headers, body.whole()

    async def _ready(self) -> httpx.AsyncClient:
        """The client; a new one after cancelled requests, as soon as none is under way."""
        if self._torn and not self._asked and self._given is None and self._client is not None:
            torn, self._client, self._torn = self._client, None, False
            await torn.aclose()
        return self._client or await self._open()

    async def _open(self) -> httpx.AsyncClient:
        # The slots are the limit: cancelled requests would use up the pool (httpcore 1.0.9).
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=CONNECTIONS)
        try:  # beside the loop: to read the authorities that are trusted takes a while
            options = await BlockingJob(self.wire.client_options).result() | {"limits": limits}
            if self._client is None:  # no other request was as far meanwhile
                self._client = httpx.AsyncClient(transport=self._given, **options)
                bound_heads(self._client)
        except Exception as error:  # noqa: BLE001 - told apart in failed()
            raise cannot_connect(error, self.wire.address) from None
        return self._client

    async def aclose(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
