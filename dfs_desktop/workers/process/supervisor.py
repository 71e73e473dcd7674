"""Awaitable calls of a child process: with a deadline, cancelled at will, repeated once when it dies."""

import asyncio
import contextlib
import functools
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.translation import tr

from .child_process import ChildDied, ChildProcess
from .failures import TOO_LONG, OverstayError, error_of, failure_of
from .messages import Alive, Answer, Call, Cancel, FromChild, Question, Reply, unpack

START = 30.0  # seconds that a child may take to be there: it may have to start on a full machine
SILENCE = 5.0  # seconds that a call may be silent beyond what it may compute
_MOST_DEATHS = 4  # of children during one call, for reasons that are not its own
_END = 2.0  # seconds that the threads of a killed child may take

T = TypeVar("T")
Questions = Callable[[str, bytes], Awaitable[bytes]]
# What a call sends; the child's generation tells whether it knows what an earlier call told it.
MakePayload = Callable[[int], bytes]

log = logging.getLogger(__name__)


class _Pending:
    """A call without an answer yet. Abandoned ones stay, so that a stuck one is noticed."""

    def __init__(self, call: Call, kind: Any, future: asyncio.Future[Any]) -> None:
        self.call, self.kind, self.future = call, kind, future
        self.timer: asyncio.TimerHandle | None = None
        self.deadline: float | None = None  # a sign of life moves it; none while others are awaited
        self.begun = False  # else it waits behind others

    def stop_watching(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

    @property
    def silence(self) -> float:
        """Seconds without a sign of life after which it hangs."""
        return self.call.seconds + SILENCE


class _Generation:
    """One child, and the calls that it was given."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.pending: dict[int, _Pending] = {}
        self.killed = False
        self.heard = False  # whether it has said anything yet
        self.process: ChildProcess


class Supervisor:
    """Keeps one child of a kind, started with the first call. Lives on the thread of the loop."""

    def __init__(self, kind: str, questions: Questions) -> None:
        self._kind, self._questions = kind, questions
        self._numbers = itertools.count(1)
        self._generations = itertools.count(1)
        self._current: _Generation | None = None
        self._asked: set[asyncio.Task[None]] = set()
        self._ending: list[ChildProcess] = []
        self._closed = False

    @property
    def pid(self) -> int:
        """The process that serves now; 0 for none."""
        return self._current.process.pid if self._current is not None else 0

    def start(self) -> None:
        """Have a child ready for the first call."""
        if self._current is None and not self._closed:
            loop = asyncio.get_running_loop()
            generation = self._current = _Generation(next(self._generations))

            def on_loop(work: Callable[..., None], *args: Any) -> None:
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(work, generation, *args)

            generation.process = ChildProcess(
                self._kind,
                functools.partial(self._receive, generation, on_loop),
                functools.partial(on_loop, self._ended),
            )

    async def call(
        self,
        operation: str,
        payload: MakePayload,
        kind: type[T],
        *,
        seconds: float = 10.0,
        generous: bool = False,
    ) -> T:
        """What the child answers. Raises what it raised; OverstayError when it took too long.

        The call must be one that can be repeated: when the child dies it is, once, in a new one.
        """
        died = killed = 0
        while True:
            try:
                return await self._call_once(operation, payload, kind, seconds, generous)
            except ChildDied as death:
                died, killed = died + (not death.killed), killed + death.killed
                if died == 2 or killed == _MOST_DEATHS:
                    raise ArtifactError(
                        tr("This cannot be read"),
                        tr(
                            "The process that reads it ended twice at it: the file may be damaged, or "
                            "the memory of this computer may be full. More is in the log."
                        ),
                    ) from None

    async def _call_once(
        self, operation: str, payload: MakePayload, kind: type[T], seconds: float, generous: bool
    ) -> T:
        self.start()
        if (generation := self._current) is None:
            raise ArtifactError(tr("Reading was stopped"), tr("The program ends."))
        call = Call(next(self._numbers), operation, payload(generation.number), seconds, generous)
        loop = asyncio.get_running_loop()
        pending = _Pending(call, kind, loop.create_future())
        generation.pending[call.id] = pending
        pending.deadline = time.monotonic() + (pending.silence if generation.heard else START)
        self._watch(generation, pending)
        generation.process.send(call)
        try:
            answer: T = await pending.future
        except asyncio.CancelledError:
            generation.process.send(Cancel(call.id))
            raise
        return answer

    def tell(self, generation: int, operation: str, payload: bytes) -> None:
        """Let the child of this generation do something whose end nobody waits for."""
        if (current := self._current) is not None and current.number == generation:
            current.process.send(Call(next(self._numbers), operation, payload))

    def kill(self) -> None:
        """End the child; what it was doing for others is done by the next one."""
        generation, self._current = self._current, None
        if generation is not None:
            generation.killed = True
            self._ending.append(generation.process)
            generation.process.kill()

    def close(self) -> None:
        """No more calls. Nothing is waited for but the threads of what was killed."""
        self._closed = True
        generation = self._current
        self.kill()
        if generation is not None:
            self._drop(
                generation, ArtifactError(tr("Reading was stopped"), tr("The program ends."))
            )
        for task in self._asked:
            task.cancel()
        for process in self._ending:
            process.join(_END)
        self._ending.clear()

    # On a thread of the child

    def _receive(
        self, generation: _Generation, on_loop: Callable[..., None], message: FromChild
    ) -> None:
        """Decode here what is large, and hand it over."""
        if isinstance(message, Question):
            on_loop(self._asked_by, message)
            return
        pending = generation.pending.get(message.id)
        if isinstance(message, Alive):  # often, so that it wakes nobody
            generation.heard = True
            if pending is not None:
                pending.begun = pending.begun or not message.waiting
                pending.deadline = None if message.waiting else time.monotonic() + pending.silence
            return
        if pending is None or not isinstance(message, Answer):
            return
        if message.failure is not None:
            on_loop(self._answered, message.id, None, error_of(message.failure))
            return
        try:
            found = unpack(message.payload, pending.kind)
        except (ValueError, RecursionError) as error:
            log.warning("%s answers what was not expected: %s", pending.call.operation, error)
            wrong = ArtifactError(
                tr("This cannot be shown"), tr("Its content has an unexpected form.")
            )
            on_loop(self._answered, message.id, None, wrong)
        else:
            on_loop(self._answered, message.id, found, None)

    # On the loop

    def _asked_by(self, generation: _Generation, question: Question) -> None:
        task = asyncio.get_running_loop().create_task(self._reply(generation, question))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    def _answered(
        self, generation: _Generation, number: int, found: Any, error: Exception | None
    ) -> None:
        if (pending := generation.pending.pop(number, None)) is None:
            return
        pending.stop_watching()
        if not pending.future.done():
            if error is not None:
                pending.future.set_exception(error)
            else:
                pending.future.set_result(found)
        if isinstance(error, OverstayError) and generation is self._current:
            self.kill()  # its memory is in pieces, or its threads are busy for nobody

    def _watch(self, generation: _Generation, pending: _Pending) -> None:
        """See now and then whether the call is still alive."""
        now, deadline = time.monotonic(), pending.deadline
        if deadline is not None and now >= deadline:
            self._overstayed(generation, pending)
            return
        pause = pending.silence if deadline is None else min(pending.silence, deadline - now)
        loop = asyncio.get_running_loop()
        pending.timer = loop.call_later(pause, self._watch, generation, pending)

    def _overstayed(self, generation: _Generation, pending: _Pending) -> None:
        log.warning("%s takes too long, its process is ended", pending.call.operation)
        if pending.begun:
            self._answered(generation, pending.call.id, None, OverstayError(*map(tr, TOO_LONG)))
        elif generation is self._current:  # the child hears nothing, because of another call
            self.kill()

    def _ended(self, generation: _Generation, why: str) -> None:
        """The child is gone: its calls are told, which repeat themselves."""
        if generation is self._current:
            self._current = None
        if generation.process in self._ending:
            self._ending.remove(generation.process)
        if not generation.killed:
            log.warning("a %s died: %s", self._kind, why)
        self._drop(generation, ChildDied(killed=generation.killed, heard=generation.heard))

    def _drop(self, generation: _Generation, error: Exception) -> None:
        pending, generation.pending = list(generation.pending.values()), {}
        for each in pending:
            each.stop_watching()
            if not each.future.done():
                each.future.set_exception(error)

    async def _reply(self, generation: _Generation, question: Question) -> None:
        try:
            reply = Reply(question.id, await self._questions(question.operation, question.payload))
        except Exception as error:  # noqa: BLE001 - the child is told
            reply = Reply(question.id, failure=failure_of(error))
        generation.process.send(reply)
