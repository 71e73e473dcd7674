"""The window's side of the reader: which artifacts it has open, and looks into them, awaited."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from dfs_desktop.artifact.errors import reading_stopped
from dfs_desktop.workers.process.messages import pack, unpack
from dfs_desktop.workers.process.supervisor import Supervisor

from . import requests

SECONDS = 10.0  # of computing that a look may take
GENEROUS_SECONDS = 180.0

T = TypeVar("T")
# Gives an address under which a stored file can be read for some minutes.
AskLink = Callable[[], Coroutine[Any, Any, str]]


class ReadBytes(Protocol):
    """The bytes of a file that this process reads; blocks."""

    def read(self, offset: int, length: int) -> bytes: ...

    def close(self) -> None: ...


class Artifact:
    """One artifact that the reader is to open when somebody looks into it."""

    def __init__(
        self,
        target: requests.Target,
        link: AskLink | None,
        kept: Callable[[], str],
        source: ReadBytes | None = None,
    ) -> None:
        self.target, self.link, self._kept, self._source = target, link, kept, source
        self.known_by = 0  # the generation of the child that was told of it
        self._ahead: asyncio.Task[str] | None = None
        self._was_asked = False  # whether the child has had an address

    def told(self, generation: int) -> requests.Target:
        """What a child is told of it, with an address that is known already."""
        self.known_by, known = generation, self._kept()
        self._was_asked = self._was_asked or bool(known)
        return replace(self.target, link=known)

    def ask_ahead(self) -> None:
        """Ask for the first address already, which its first read will want, unless one is known."""
        if (
            self.link is None
            or self._source is not None
            or self._ahead is not None
            or self._was_asked
            or self._kept()
        ):
            return
        self._ahead = asyncio.ensure_future(self.link())
        self._ahead.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def address(self) -> str:
        """The address that was asked for ahead, or is known, once; then a new one each time."""
        known = "" if self._was_asked else self._kept()
        ahead, self._ahead, self._was_asked = self._ahead, None, True
        if ahead is not None and not (ahead.done() and ahead.exception()):  # else it may go by now
            return await ahead
        if known:
            return known
        if self.link is None:
            raise reading_stopped()
        return await self.link()

    async def read(self, wanted: requests.ReadRequest) -> bytes:
        """Bytes of the file, read on a thread of this process."""
        from dfs_desktop.api.blocking_job import BlockingJob

        if self._source is None or not 0 <= wanted.length <= requests.PIECE:
            raise reading_stopped()
        found: bytes = await BlockingJob(self._source.read, wanted.offset, wanted.length).result()
        return found

    def close(self) -> None:
        """No address is wanted any more, and no bytes."""
        if self._source is not None:
            self._source.close()
        if self._ahead is not None:
            self._ahead.cancel()


class Reader:
    """A child that reads what others made, and the artifacts that it was told of."""

    def __init__(self) -> None:
        self._supervisor = Supervisor("reader", self._answer)
        self._keys = itertools.count(1)
        self._artifacts: dict[int, Artifact] = {}

    @property
    def pid(self) -> int:
        """The process that reads now; 0 for none."""
        return self._supervisor.pid

    def start(self) -> None:
        """Have a child ready for the first look."""
        self._supervisor.start()

    def add(
        self,
        link: AskLink | None = None,
        kept: Callable[[], str] = str,
        source: ReadBytes | None = None,
        **target: Any,
    ) -> Artifact:
        """An artifact to look into; `target` are the fields of `Target` without its key. ``kept``
        gives an address that is known already, if there is one. ``source``: what reads its bytes
        here, where the reader must not."""
        told = requests.Target(next(self._keys), by_window=source is not None, **target)
        found = Artifact(told, link, kept, source)
        self._artifacts[found.target.key] = found
        return found

    def forget(self, artifact: Artifact) -> None:
        """The child closes it, and it is not to be used any more."""
        artifact.close()
        self._artifacts.pop(artifact.target.key, None)
        self._supervisor.tell(artifact.known_by, requests.FORGET, pack(artifact.target.key))

    async def look(
        self,
        operation: Callable[..., T],
        *artifacts: Artifact,
        arguments: tuple[Any, ...] = (),
        generous: bool = False,
        seconds: float = 0.0,
    ) -> T:
        """What the operation gives for these artifacts.

        ArtifactError, OverstayError when it takes too much, OSError where a file cannot be read.
        """

        from .operations import (
            result_of,  # here: who looks has it, and the first paint needs no looks
        )

        def payload(generation: int) -> bytes:
            keys = tuple(each.target.key for each in artifacts)
            targets = tuple(
                each.told(generation) for each in artifacts if each.known_by != generation
            )
            return pack(requests.OperationRequest(operation.__name__, keys, targets, arguments))

        found: T = await self._supervisor.call(
            requests.LOOK,
            payload,
            result_of(operation),
            seconds=seconds or (GENEROUS_SECONDS if generous else SECONDS),
            generous=generous,
        )
        return found

    async def _answer(self, operation: str, payload: bytes) -> bytes:
        wanted = unpack(
            payload, requests.ReadRequest if operation == requests.READ else requests.LinkRequest
        )
        artifact = self._artifacts.get(wanted.key)
        if artifact is None:
            raise reading_stopped()
        if isinstance(wanted, requests.ReadRequest):
            return pack(await artifact.read(wanted))
        return pack(await artifact.address())

    def close(self) -> None:
        """End the child, whatever it does."""
        self._supervisor.close()
        for artifact in self._artifacts.values():
            artifact.close()
        self._artifacts.clear()
