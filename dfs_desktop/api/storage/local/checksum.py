"""The SHA-256 of a file that is still arriving: hashed behind what has been written, in order."""

import contextlib
import hashlib
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator

from dfs_desktop.api.errors import ChecksumError
from dfs_desktop.api.registered_hash import sha256_of
from dfs_desktop.translation import sentences, tr

BLOCK = 1 << 20
AHEAD = 2  # blocks that wait to be hashed while the next one is received
_MOST = 4  # times its own size that a compressed file may unpack to, when it is looked into

Read = Callable[[memoryview, int], int]


class Checksum:
    """Hashes a file from byte 0 up to the frontier: the end of what was written without a gap.

    ``read(view, offset)`` fills a view from the file: what was just written is still in the
    system's memory. Blocks that come in order are hashed from where they are: by a thread while
    ``following()``, else at once. That thread reads others back; what is left is read in
    ``finish``. Safe for threads.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._sha = hashlib.sha256()
        self._hashed = 0
        self._taken = 0  # up to where it is hashed, or being hashed, or waits in _blocks
        self._frontier = 0
        self._blocks: deque[tuple[memoryview | bytes, int]] = deque()  # with who gave each
        self._busy = False  # whether the thread hashes right now
        self._giver = 0  # the thread that gave what is hashed
        self._follows = False
        self._failure: OSError | None = None
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        self._left_over = threading.Condition(lock)  # the thread waits for it, for nothing else

    def reach(self, frontier: int, start: int = 0, block: memoryview | bytes = b"") -> None:
        """Everything up to ``frontier`` has been written, the last time this block at ``start``.

        It may be looked at until the same thread has given AHEAD further ones.
        """
        with self._changed:
            self._frontier = max(self._frontier, frontier)
            in_order = start == self._taken and start + len(block) <= frontier
            if in_order:
                self._taken += len(block)
                if self._follows:
                    self._blocks.append((block, threading.get_ident()))
                else:
                    self._sha.update(block)
                    self._hashed += len(block)
            self._left_over.notify()
            while self._follows and len(self._blocks) >= AHEAD and self._failure is None:
                self._changed.wait()
            if not in_order:
                self.let_go()

    def let_go(self) -> None:
        """Wait until no block that this thread gave is looked at any more."""
        me = threading.get_ident()
        with self._changed:
            while self._follows and self._failure is None:
                hashed = self._busy and self._giver == me
                if not hashed and all(giver != me for _, giver in self._blocks):
                    return
                self._changed.wait()

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Inside, a thread hashes what was written."""
        thread = threading.Thread(target=self._follow, name="dfs-hash", daemon=True)
        self._follows, self._failure = True, None
        thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._follows = False
                self._left_over.notify()
                self._changed.notify_all()
            thread.join()
            self._blocks.clear()
            self._taken = self._hashed

    def _follow(self) -> None:
        room = memoryview(bytearray(BLOCK))
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                while self._follows and not self._blocks and self._taken >= self._frontier:
                    self._left_over.wait()
                if not self._follows:
                    return
                self._busy = True
                block, self._giver = self._blocks.popleft() if self._blocks else (None, 0)
                if block is None:
                    self._taken = end = min(self._taken + BLOCK, self._frontier)
            if block is not None:
                self._sha.update(block)
                self._hashed += len(block)
                continue
            try:
                while self._hashed < end:
                    self._update(room[: end - self._hashed])
            except OSError as error:
                with self._changed:
                    self._failure, self._busy = error, False
                    self._changed.notify_all()
                return

    def _update(self, view: memoryview) -> None:
        if not (count := self._read(view, self._hashed)):
            raise OSError(tr("the file became shorter while it was checked"))
        self._sha.update(view[:count])
        self._hashed += count

    def restart(self) -> None:
        """Forget everything; nothing may be written meanwhile."""
        with self._changed:
            self._frontier = 0
            self._blocks.clear()
            while self._busy:
                self._changed.wait(0.1)
            self._sha, self._hashed, self._taken = hashlib.sha256(), 0, 0

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
        room = memoryview(bytearray(min(BLOCK, max(0, size - self._hashed))))
        while self._hashed < size:
            self._update(room[: size - self._hashed])
        return self._sha.hexdigest()


def check_hash(found: str, registered: str, read: Read, size: int, packing: str) -> None:
    """ChecksumError unless the hash is the registered one. Foreign hashes say nothing.

    ``packing`` is the one with which the storage gave the file, ``read`` reads it.
    """
    if not (expected := sha256_of(registered)) or found == expected:
        return
    if packing and _inflated(read, size) == expected:
        raise ChecksumError(
            tr(
                "The storage holds it compressed (Content-Encoding: {encoding}); unpacked it would be "
                "the registered file. It was not kept. Upload it again as it is.",
                encoding=packing,
            )
        )
    differs = tr(
        "Its SHA-256 differs from the registered one: the file was replaced or damaged in "
        "the storage. It was not kept."
    )
    raise ChecksumError(sentences(differs, tell_packing(packing)))


def tell_packing(packing: str) -> str:
    """That the bytes are not the file's, if so; what they are packed with is not asked for."""
    if not packing:
        return ""
    return tr("It comes compressed (Content-Encoding: {encoding}).", encoding=packing)


def _inflated(read: Read, size: int) -> str:
    """The SHA-256 of what it unpacks to; empty when it is no gzip and no zlib, or suspiciously large."""
    digest, unpack, total = hashlib.sha256(), zlib.decompressobj(47), 0
    room = memoryview(bytearray(BLOCK))
    for start in range(0, size, BLOCK):
        data = bytes(room[: read(room[: size - start], start)])
        while data:
            try:
                piece = unpack.decompress(data, BLOCK)
            except zlib.error:
                return ""
            data, total = unpack.unconsumed_tail, total + len(piece)
            if total > _MOST * size + BLOCK:
                return ""
            digest.update(piece)
    return digest.hexdigest() if unpack.eof else ""
