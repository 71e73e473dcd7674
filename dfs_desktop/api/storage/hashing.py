"""The SHA-256 of a file that is still arriving: blocks from memory in order, else from the disk."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dfs_desktop.artifact.turns import TURN

BLOCK = 1 << 20
QUEUE = 6  # blocks that may wait; further ones are read back from the disk


class Block(NamedTuple):
    """Bytes that arrived. ``free`` is called once, when nobody looks at them any more."""

    view: memoryview
    free: Callable[[], None]


class Digest:
    """Hashes a file from byte 0 up to the frontier: the end of what arrived without a gap.

    ``read(view, offset)`` fills a view from the file. Safe for threads; hashing itself happens on
    one thread of its own while ``following()``, and on the caller's in ``finish``.
    """

    def __init__(self, read: Callable[[memoryview, int], int]) -> None:
        self._read = read
        self._sha = hashlib.sha256()
        self._hashed = 0
        self._frontier = 0
        self._under_way = 0  # bytes that the thread hashes right now
        self._waiting: deque[Block] = deque()
        self._queued = 0
        self._changed = threading.Condition()
        self._follows = False
        self._failure: OSError | None = None

    def reach(self, frontier: int, start: int = 0, block: Block | None = None) -> bool:
        """Bytes arrived up to ``frontier``; True when ``block``, of byte ``start`` on, is taken."""
        with self._changed:
            self._frontier = frontier
            expected = self._hashed + self._under_way + self._queued
            taken = block is not None and self._follows and start == expected
            if block is None or not taken or len(self._waiting) >= QUEUE:
                self._changed.notify_all()
                return False
            self._waiting.append(block)
            self._queued += len(block.view)
            self._changed.notify_all()
            return True

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Inside, a thread hashes what arrives."""
        thread = threading.Thread(target=self._follow, name="dfs-hash", daemon=True)
        self._follows, self._failure = True, None
        thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._follows = False
                self._changed.notify_all()
            thread.join()
            self._drop()

    def _drop(self) -> None:
        with self._changed:
            while self._waiting:
                self._waiting.popleft().free()
            self._queued = 0

    def _follow(self) -> None:
        room = memoryview(bytearray(0))
        while True:
            with self._changed:
                while self._follows and not self._waiting and self._hashed >= self._frontier:
                    self._changed.wait()
                if not self._follows:
                    return
                block = self._waiting.popleft() if self._waiting else None
                left = self._frontier - self._hashed
                self._under_way = len(block.view) if block is not None else min(BLOCK, left)
                self._queued -= self._under_way if block is not None else 0
            if block is None and not room:
                room = memoryview(bytearray(BLOCK))
            if not self._hash(block, room):
                return

    def _hash(self, block: Block | None, room: memoryview) -> bool:
        done, failure = 0, None
        try:
            if block is not None:
                with TURN:
                    self._sha.update(block.view)
                done = self._under_way
                block.free()
            else:
                done = self._read_back(room[: self._under_way])
        except OSError as error:
            failure = error
        with self._changed:
            self._hashed += done
            self._under_way = 0
            self._failure = failure
            self._changed.notify_all()
        return failure is None

    def _read_back(self, view: memoryview) -> int:
        with TURN:
            count = self._read(view, self._hashed)
            self._sha.update(view[:count])
        if not count:
            raise OSError("the file became shorter while it was checked")
        return count

    def restart(self) -> None:
        """Forget everything; no block may arrive meanwhile."""
        with self._changed:
            while self._under_way:
                self._changed.wait(0.1)
        self._drop()
        with self._changed:
            self._sha, self._hashed, self._frontier = hashlib.sha256(), 0, 0

    def catch_up(self, check: Callable[[], None]) -> None:
        """Wait until the thread has hashed up to the frontier; OSError when it cannot read."""
        while True:
            with self._changed:
                if self._failure is not None:
                    raise self._failure
                if self._hashed >= self._frontier:
                    return
                self._changed.wait(0.1)
            check()

    def finish(self, size: int) -> str:
        """The SHA-256 (hex) of the first ``size`` bytes; what is not hashed yet is read back."""
        room = memoryview(bytearray(min(BLOCK, size - self._hashed)))
        while self._hashed < size:
            self._hashed += self._read_back(room[: size - self._hashed])
        return self._sha.hexdigest()
