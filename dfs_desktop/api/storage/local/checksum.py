"""The SHA-256 of a file that is still arriving: hashed behind what has been written, in order."""

import contextlib
import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator

from dfs_desktop.api.errors import ChecksumError
from dfs_desktop.api.registered_hash import sha256_of
from dfs_desktop.translation import tr

BLOCK = 1 << 20
_MOST = 4  # times its own size that a compressed file may unpack to, when it is looked into

Read = Callable[[memoryview, int], int]


class Checksum:
    """Hashes a file from byte 0 up to the frontier: the end of what was written without a gap.

    ``read(view, offset)`` fills a view from the file: what was just written is still in the
    system's memory. Blocks that come in order are hashed as they come, others by a thread while
    ``following()``, and the rest on the caller's in ``finish``. Safe for threads.
    """

    apart = False  # whether the thread hashes all, as where several others bring blocks

    def __init__(self, read: Read) -> None:
        self._read = read
        self._sha = hashlib.sha256()
        self._hashed = 0
        self._frontier = 0
        self._busy = False  # whether somebody hashes right now
        self._follows = False
        self._failure: OSError | None = None
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        self._left_over = threading.Condition(lock)  # the thread waits for it, for nothing else

    def reach(self, frontier: int, start: int = 0, block: memoryview | bytes = b"") -> None:
        """Everything up to ``frontier`` has been written, the last time this block at ``start``."""
        with self._changed:
            self._frontier = max(self._frontier, frontier)
            in_order = start == self._hashed and start + len(block) <= frontier
            if self._busy or self.apart or not in_order:
                self._left_over.notify()
                return
            self._busy = True
        self._sha.update(block)  # saves to read it back, and to wake the thread
        self._hashed += len(block)
        self._rest()

    def _rest(self) -> None:
        """Let another one hash on."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            if self._hashed < self._frontier:
                self._left_over.notify()

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Inside, a thread hashes what was written and has not been hashed as it came."""
        thread = threading.Thread(target=self._follow, name="dfs-hash", daemon=True)
        self._follows, self._failure = True, None
        thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._follows = self.apart = False
                self._left_over.notify()
            thread.join()

    def _follow(self) -> None:
        room = memoryview(bytearray(BLOCK))
        while True:
            with self._changed:
                while self._follows and (self._busy or self._hashed >= self._frontier):
                    self._left_over.wait()
                if not self._follows:
                    return
                self._busy, left = True, self._frontier - self._hashed
            try:
                self._update(room[:left])
            except OSError as error:
                self._failure = error
                return
            finally:
                self._rest()

    def _update(self, view: memoryview) -> None:
        if not (count := self._read(view, self._hashed)):
            raise OSError(tr("the file became shorter while it was checked"))
        self._sha.update(view[:count])
        self._hashed += count

    def restart(self) -> None:
        """Forget everything; nothing may be written meanwhile."""
        with self._changed:
            self._frontier = 0
            while self._busy:
                self._changed.wait(0.1)
            self._sha, self._hashed = hashlib.sha256(), 0

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


def check_hash(found: str, registered: str, read: Read, size: int, encoding: str) -> None:
    """ChecksumError unless the hash is the registered one. Foreign hashes say nothing.

    ``encoding`` is the Content-Encoding with which the storage gave the file, ``read`` reads it.
    """
    if not (expected := sha256_of(registered)) or found == expected:
        return
    if "gzip" in encoding and _inflated(read, size) == expected:
        raise ChecksumError(
            tr(
                "The storage holds it compressed (Content-Encoding: gzip); unpacked it would be the "
                "registered file. It was not kept. Upload it again as it is."
            )
        )
    raise ChecksumError(
        tr(
            "Its SHA-256 differs from the registered one: the file was replaced or damaged in "
            "the storage. It was not kept."
        )
    )


def _inflated(read: Read, size: int) -> str:
    """The SHA-256 of what gzip makes of it; empty when it is no gzip, or suspiciously large."""
    digest, unpack, total = hashlib.sha256(), zlib.decompressobj(31), 0
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
