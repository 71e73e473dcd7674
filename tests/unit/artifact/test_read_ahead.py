"""A file that is read ahead gives what one gives that is read in turn, and is let go when nobody asks."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.artifact.archive.read_ahead import Read, read_ahead, read_in_turn


def reading(content: bytes, sizes: list[int], fault: OSError | None = None) -> Read:
    """Fills blocks by so many bytes, then fails, or ends."""
    left, done = list(sizes), 0

    def read(block: bytearray) -> memoryview:
        nonlocal done
        if not left and fault is not None:
            raise fault
        count = left.pop(0) if left else 0
        block[:count] = content[done : done + count]
        done += count
        return memoryview(block)[:count]

    return read


@given(st.lists(st.integers(1, 300), max_size=12), st.binary(min_size=3600, max_size=3600))
def test_the_blocks_are_the_same_ahead_and_in_turn(sizes: list[int], content: bytes) -> None:
    ahead, in_turn = (
        [bytes(block) for block in blocks(reading(content, sizes))]
        for blocks in (read_ahead, read_in_turn)
    )
    assert ahead == in_turn
    assert b"".join(ahead) == content[: sum(sizes)]


@pytest.mark.parametrize("after", range(4))
def test_what_cannot_be_read_is_raised_behind_what_could(after: int) -> None:
    blocks = read_ahead(reading(b"abcd", [1] * after, OSError("the disk is gone")))
    assert [bytes(next(blocks)) for _ in range(after)] == [b"%c" % each for each in b"abcd"[:after]]
    with pytest.raises(OSError, match="gone"):
        next(blocks)


@pytest.mark.parametrize("used", range(3))
def test_once_closed_nothing_is_read_any_more(used: int) -> None:
    calls = 0

    def counted(read: Read) -> Callable[[bytearray], memoryview]:
        def call(block: bytearray) -> memoryview:
            nonlocal calls
            calls += 1
            return read(block)

        return call

    blocks = read_ahead(counted(reading(b"x" * 100, [1] * 100)))
    for _ in range(used):
        next(blocks)
    blocks.close()
    seen = calls
    assert seen <= used + 2, "no more than the two blocks that there are"
    assert not [each for each in threading.enumerate() if each.name == "dfs-read"]
    assert calls == seen
