"""Blocks of a file in their order; while one is used, the next one is read."""

import threading
from collections.abc import Callable, Generator
from queue import SimpleQueue

BLOCK = 1 << 20

# Fills a block from the file; as much of it as was filled, nothing at the end.
Read = Callable[[bytearray], memoryview]
Blocks = Generator[memoryview, None, None]


def read_in_turn(read: Read) -> Blocks:
    """Each block is good until the next one is asked for."""
    block = bytearray(BLOCK)
    while view := read(block):
        yield view


def read_ahead(read: Read) -> Blocks:
    """The same, read on a thread of its own. To be closed; then `read` is not called any more."""
    empty, filled = SimpleQueue[bytearray | None](), SimpleQueue[memoryview | BaseException]()

    def work() -> None:
        while (block := empty.get()) is not None:
            try:
                view = read(block)
            except BaseException as error:  # noqa: BLE001  raised where the block is waited for
                filled.put(error)
                return
            filled.put(view)
            if not view:
                return

    # A daemon: a disk that does not answer cannot keep the program from ending.
    thread = threading.Thread(target=work, name="dfs-read", daemon=True)
    thread.start()
    blocks = [bytearray(BLOCK) for _ in range(2)]
    try:
        for block in blocks:
            empty.put(block)
        number = 0
        while True:
            view = filled.get()
            if isinstance(view, BaseException):
                raise view
            if not view:
                return
            yield view
            empty.put(blocks[number % 2])
            number += 1
    finally:
        empty.put(None)
        thread.join()
