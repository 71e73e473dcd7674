"""The awaiting driver: walks flows, sends JSON on the loop, moves bytes on worker threads."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from dfs_desktop.api.dialects.detection import detect
from dfs_desktop.api.http.answers import read_answer
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import Effect, Flow, mark_under_way
from dfs_desktop.api.protocol.ledger import Ledger
from dfs_desktop.api.storage.effect_handlers import perform
from dfs_desktop.api.storage.limits.progress_meter import Meter

from .async_requests import AsyncRequests
from .blocking_job import BlockingJob, outlast
from .errors import APIStatusError
from .failpoints import reached
from .request_retry import Attempts
from .transport import Driver, ended_by_wish

T = TypeVar("T")

_log = logging.getLogger(__name__)

WORKERS = 6
CLEANUP_LIMIT = 10.0  # seconds that a cancelled operation waits for an answer that changes things
STOP_LIMIT = 0.7  # seconds that moving bytes may take to notice a wish to stop
LEAVE_LIMIT = 0.6  # seconds that a cancelled task waits for the tidying, which then goes on alone
CLOSE_LIMIT = 3.0  # seconds that closing waits for running operations to clean up
BIG_ANSWER = 16 * 1024  # bytes above which decoding would be felt in an event loop


class AsyncTransport(Driver):
    """The awaiting driver: JSON on the loop, bytes on worker threads."""

    def __init__(self, *made_of: Any) -> None:
        super().__init__(*made_of)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moving: list[Meter] = []  # of what worker threads do
        self._tidied: set[Flow[Any]] = set()  # flows that undo what they began
        self._begin()

    def _begin(self) -> None:
        """Begin with a loop: connections and locks of one that has ended are of no use."""
        self._requests = AsyncRequests(self.wire, self._given)
        self._workers = asyncio.Semaphore(WORKERS)
        self._places = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        """Walk a flow to its end. A cancelled task lets it clean up, then raises CancelledError."""
        self._settle_in()
        meter = meter or Meter(hasty=True)
        self._running += 1
        self._idle.clear()
        try:
            if self.server.known is None:
                try:
                    await self._get_to_know(meter)
                except BaseException:
                    flow.close()
                    raise
            return await self._walk(flow, meter)
        finally:
            self._ended()

    def _ended(self) -> None:
        self._running -= 1
        if not self._running:
            self._idle.set()

    async def _get_to_know(self, meter: Meter) -> None:
        server = self.server
        async with self._asking:
            if server.known is None:
                server.known = await self._walk(detect(self.wire.address), meter)

    async def _walk(self, flow: Flow[T], meter: Meter) -> T:
        try:
            effect = flow.send(None)
            while True:
                try:
                    reply = await self._do(effect, meter)
                except _Interrupted as interrupted:
                    await self._tidy(flow, interrupted)
                    raise interrupted.error from None
                except BaseException as error:
                    if isinstance(error, asyncio.CancelledError):
                        await self._tidy(flow, _Interrupted(error))
                        raise
                    if ended_by_wish(error):
                        meter = Meter(hasty=True)
                    effect = flow.throw(error)
                else:
                    effect = flow.send(reply)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            if flow not in self._tidied:
                flow.close()

    async def _tidy(self, flow: Flow[Any], interrupted: "_Interrupted") -> None:
        """Let a cancelled flow undo what it began, shielded from further cancelling.

        A server that is silent does not hold the cancelled task: what is left goes on beside it.
        """

        async def walk() -> None:
            try:
                if interrupted.answered:
                    effect = flow.send(interrupted.reply)
                    while isinstance(effect, effects.Note):  # what came of it is written down first
                        effect = flow.send(await self._do(effect, Meter(hasty=True)))
                effect = flow.throw(interrupted.error)
                while True:
                    try:
                        reply = await self._do(effect, Meter(hasty=True))
                    except Exception as error:  # noqa: BLE001 - the flow decides
                        effect = flow.throw(error)
                    else:
                        effect = flow.send(reply)
            except (StopIteration, asyncio.CancelledError):
                return
            except Exception as error:  # noqa: BLE001 - the cancel is what the caller must see
                _log.info("Cleaning up after a cancelled operation failed: %s", error)

        def ended(_: asyncio.Task[None]) -> None:
            self._tidied.discard(flow)
            flow.close()
            self._ended()

        self._running += 1
        self._tidied.add(flow)
        task = asyncio.ensure_future(walk())
        task.add_done_callback(ended)
        await outlast(task, LEAVE_LIMIT)

    async def _do(self, effect: Effect[Any], meter: Meter) -> Any:
        if not isinstance(effect, effects.Note):
            meter.check()
        match effect:
            case effects.Step(name, inner):
                reached(f"{name}:before")
                reply = await self._do(inner, meter)
                reached(f"{name}:after")
                return reply
            case effects.Note(ledger) if type(ledger) is Ledger:  # forgets, and so never blocks
                return perform(effect, self.store, meter)
            case effects.Note():
                return await self._settled(self._move(effect, meter), CLEANUP_LIMIT)
            case effects.Call() if effect.settle:
                return await self._settled(self._call(effect, meter), CLEANUP_LIMIT, meter)
            case effects.Call():
                return await self._call(effect, meter)
            case effects.Pause(seconds):
                return await meter.rest(seconds)
            case effects.Elsewhere():
                return await effect.client._run(effect.flow, meter)
            case effects.Locate(places, wanted):
                if (known := places.known(wanted)) is not None:
                    return known
                async with self._places:
                    return await self.run(places.resolve(wanted), meter)
            case _:
                return await self._settled(self._move(effect, meter), STOP_LIMIT, meter)

    async def _settled(
        self, work: Coroutine[Any, Any, Any], limit: float, meter: Meter | None = None
    ) -> Any:
        """Await work that a cancel must not tear: stop it by its meter, and wait for its answer."""
        task = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            if meter is not None:
                meter.stop()
            if not await outlast(task, limit):
                task.cancel()
                mark_under_way(error)
                raise
            if task.cancelled() or task.exception() is not None:
                mark_under_way(error)
                raise
            raise _Interrupted(error, answered=True, reply=task.result()) from None

    async def _move(self, effect: Effect[Any], meter: Meter) -> Any:
        async with self._workers:
            self._moving.append(meter)
            try:
                return await BlockingJob(self._perform, effect, self.store, meter).result()
            finally:
                self._moving.remove(meter)

    async def _call(self, call: effects.Call[T], meter: Meter) -> T:
        attempts = Attempts(call, meter)
        while True:
            try:
                status, headers, body = await self._requests.send(call)
            except Exception as error:  # noqa: BLE001 - told apart in failed()
                pause = attempts.pause(error, await BlockingJob(self.wire.failed, error).result())
                await meter.rest(pause)
                continue
            self.wire.learn(call, headers)
            facts = (call, status, headers, body, self.wire.address.place)
            try:
                if len(body) > BIG_ANSWER:
                    answer: T = await BlockingJob(read_answer, *facts).result()
                else:
                    answer = read_answer(*facts)
            except APIStatusError as error:
                if self.server.check_again(error):
                    found = await self._walk(detect(self.wire.address), Meter(hasty=True))
                    self.server.compare(found, self.wire.address.place)
                pause = attempts.pause(error, error)
                await meter.rest(pause)
                continue
            meter.recovered()
            return answer

    def _settle_in(self) -> None:
        """Follow the loop."""
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            self._begin()
        self._loop = loop

    async def aclose(self) -> None:
        """Stop what still moves bytes, then close every connection."""
        self.closed = True
        self._settle_in()
        for meter in self._moving:
            meter.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), CLOSE_LIMIT)
        await self._requests.aclose()
        self.store.close()


class _Interrupted(Exception):  # noqa: N818 - never leaves this module
    """The task was cancelled; ``answered`` when the effect finished all the same."""

    def __init__(
        self, error: asyncio.CancelledError, *, answered: bool = False, reply: Any = None
    ) -> None:
        super().__init__()
        self.error, self.answered, self.reply = error, answered, reply
