"""The bookkeeping of downloads, without a network: ranges, pieces, slots, checksums."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import random
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.stores.ranges import open_files

from dfs_desktop.api import TransferCancelled
from dfs_desktop.api.storage.download import range_queue
from dfs_desktop.api.storage.download.range_queue import Piece, PieceTaken, RangeQueue
from dfs_desktop.api.storage.limits.connection_slots import ConnectionSlots, NoFreeSlot
from dfs_desktop.api.storage.local.byte_ranges import Ranges
from dfs_desktop.api.storage.local.checksum import AHEAD, Checksum
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import reserve

SPAN = 60


@pytest.mark.parametrize("seed", range(20))
def test_ranges_are_sets_of_bytes(seed: int) -> None:
    chance, ranges, bytes_there = random.Random(seed), Ranges(), set[int]()
    for _ in range(30):
        start, end = chance.randrange(-3, SPAN), chance.randrange(SPAN)
        added = set(range(start, end)) if 0 <= start < end else set()
        assert ranges.add(start, end) == len(added - bytes_there)
        bytes_there |= added
        listed = list(ranges)
        assert {byte for low, high in listed for byte in range(low, high)} == bytes_there
        assert all(low < high for low, high in listed)
        assert all(one[1] < two[0] for one, two in itertools.pairwise(listed))
        assert ranges.total == len(bytes_there)
        assert ranges.end == max(bytes_there, default=-1) + 1
        assert ranges.frontier == next(n for n in range(SPAN + 1) if n not in bytes_there)
        missing = {byte for low, high in ranges.gaps(SPAN) for byte in range(low, high)}
        assert missing == set(range(SPAN)) - bytes_there
        assert set(ranges.within(20)) == set(Ranges((low, min(high, 20)) for low, high in listed))


@pytest.fixture
def partial(tmp_path: Path) -> PartialFile:
    return reserve(str(tmp_path / "x"), "x", 1000)


@pytest.mark.parametrize("seed", range(30))
def test_every_byte_is_handed_out_exactly_once(
    partial: PartialFile, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is taken, cut, taken over and given back, in whatever order and at whatever rate."""
    clock = itertools.count()
    monkeypatch.setattr(range_queue, "GRID", 16)
    monkeypatch.setattr(range_queue.time, "monotonic", lambda: next(clock) / 10)
    chance, active = random.Random(seed), list[Piece]()
    for _ in range(3):
        partial.write(chance.randrange(900), memoryview(bytes(50)), partial.attempt)
    queue, received = RangeQueue(partial.gaps()), partial.received
    while not partial.complete:
        piece = chance.choice(active) if active else None
        deed = chance.randrange(7)
        if deed < 2:
            step = chance.choice([None, 40, 100])
            taken = queue.take_over() if deed else queue.take(step)
            active += [taken] if taken is not None else []
        elif deed == 6:
            queue.share(chance.choice([20, 100]))
        elif piece is not None and deed == 2:
            queue.give_back(piece)
            active.remove(piece)
        elif piece is not None and piece.left > 0:
            count = chance.randrange(1, piece.left + 1)
            view = memoryview(bytes(count))
            assert partial.write(piece.position, view, partial.attempt) == count
            queue.arrived(piece, count)
            received += count
        spans = sorted((each.position, each.end) for each in active if each.left > 0)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert received == partial.received == 1000
    for piece in active:
        queue.give_back(piece)
    assert queue.take() is None
    partial.discard()


class TestTakeOver:
    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        now = [100.0]
        monkeypatch.setattr(range_queue.time, "monotonic", lambda: now[0])
        return now

    def test_half_of_a_slow_one(self, clock: list[float]) -> None:
        queue = RangeQueue([(0, 20 << 20)])
        slow = queue.take()
        assert slow is not None
        clock[0] += 0.5
        queue.arrived(slow, 2 << 20)
        half = queue.take_over()
        assert half is not None
        assert (slow.position, slow.end, half.start, half.end) == tuple(
            edge << 20 for edge in (2, 11, 11, 20)
        )
        slow.check()  # it goes on

    def test_nothing_of_one_that_will_be_there_soon(self, clock: list[float]) -> None:
        queue = RangeQueue([(0, 20 << 20)])
        fast = queue.take()
        assert fast is not None
        assert queue.take_over() is None  # nothing is known of its rate
        clock[0] += 0.1
        queue.arrived(fast, 10 << 20)
        assert queue.take_over() is None

    def test_all_of_one_that_stands_still_but_not_for_ever(self, clock: list[float]) -> None:
        queue = RangeQueue([(0, 20 << 20)])
        pieces = [queue.take()]
        while pieces[-1] is not None:
            clock[0] += range_queue.STILL + 1
            pieces.append(queue.take_over())
        held = [each for each in pieces if each is not None]
        assert len(held) == 1 + range_queue.TAKEOVERS
        assert all((each.start, each.left) == (0, 0) for each in held[:-1])
        assert held[-1].left == 20 << 20
        for each in held[:-1]:
            with pytest.raises(PieceTaken):
                each.check()


class TestSlots:
    def test_extras_do_not_wait_and_others_do(self) -> None:
        slots, waits, entered = ConnectionSlots(1), threading.Event(), threading.Event()

        def take() -> None:
            with slots.taken(waits.set):
                entered.set()

        with slots.taken(lambda: None):
            with pytest.raises(NoFreeSlot), slots.taken(lambda: None, extra=True):
                raise AssertionError
            thread = threading.Thread(target=take)
            thread.start()
            assert waits.wait(5)  # it waits, and is asked whether it still wants to
            assert not entered.is_set()
        thread.join(5)
        assert entered.is_set()
        with slots.taken(lambda: None, extra=True):
            pass

    def test_a_wait_can_be_given_up(self) -> None:
        slots = ConnectionSlots(1)

        def stop() -> None:
            raise TransferCancelled

        with slots.taken(lambda: None), pytest.raises(TransferCancelled), slots.taken(stop):
            raise AssertionError
        with slots.taken(stop):
            pass

    def test_shares(self) -> None:
        slots = ConnectionSlots(10)
        assert slots.share == 10
        with slots.sharing(), slots.sharing(), slots.sharing():
            assert slots.share == 3
        assert slots.share == 10


def test_a_file_that_is_cut_while_it_is_hashed_ends_with_an_error(partial: PartialFile) -> None:
    files = open_files()
    checksum = Checksum(lambda _view, _offset: 0)
    with checksum.following():
        checksum.reach(10)
        with pytest.raises(OSError, match="shorter"):
            checksum.catch_up(lambda: None)
    with pytest.raises(OSError, match="shorter"):
        checksum.finish(10)
    partial.discard()
    assert open_files() == files - (files > 0)


@given(st.data())
def test_the_checksum_is_of_the_bytes_however_they_came(data: st.DataObject) -> None:
    """Blocks overlap, come again, come out of order; a thread hashes or none; what is read back is
    what was written."""
    whole = data.draw(st.binary(min_size=1, max_size=SPAN))
    disk, there = bytearray(len(whole)), Ranges()

    def read(view: memoryview, offset: int) -> int:
        found = disk[offset : offset + len(view)]
        view[: len(found)] = found
        return len(found)

    checksum, place = Checksum(read), st.integers(0, len(whole))
    spans = [*data.draw(st.lists(st.tuples(place, place), max_size=8)), (0, len(whole))]
    with checksum.following() if data.draw(st.booleans()) else contextlib.nullcontext():
        for start, end in spans:
            disk[start:end] = whole[start:end] if start < end else disk[start:end]
            there.add(start, end)
            checksum.reach(there.frontier, start, memoryview(whole)[start:end])
    assert checksum.finish(len(whole)) == hashlib.sha256(whole).hexdigest()


@pytest.mark.parametrize("follows", [False, True])
def test_a_file_that_comes_in_order_is_not_read_back(follows: bool) -> None:
    def read(_view: memoryview, _offset: int) -> int:
        raise AssertionError("it was read back")

    checksum = Checksum(read)
    with checksum.following() if follows else contextlib.nullcontext():
        for start in range(0, 100, 10):
            checksum.reach(start + 10, start, b"0123456789")
        checksum.catch_up(lambda: None)
    assert checksum.finish(100) == hashlib.sha256(b"0123456789" * 10).hexdigest()


def test_a_block_is_let_go_of_when_some_others_have_come() -> None:
    """What receives them has few buffers, and fills them again in turn."""
    buffers = [bytearray(1 << 16) for _ in range(AHEAD + 1)]
    checksum, expected = Checksum(lambda _view, _offset: 0), hashlib.sha256()
    with checksum.following():
        for number in range(200):
            buffer = buffers[number % len(buffers)]
            buffer[:] = bytes([number]) * len(buffer)
            expected.update(buffer)
            start = number * len(buffer)
            checksum.reach(start + len(buffer), start, memoryview(buffer))
        checksum.catch_up(lambda: None)
    assert checksum.finish(200 << 16) == expected.hexdigest()


class SlowHash:
    """Looks at a block a little later than it gets it, as a thread that has to wait for a core."""

    def __init__(self) -> None:
        self._found = hashlib.sha256()

    def update(self, block: memoryview) -> None:
        time.sleep(0.003)
        self._found.update(block)

    def hexdigest(self) -> str:
        return self._found.hexdigest()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 11), max_size=24), st.sets(st.integers(0, 35)))
def test_buffers_are_filled_again_only_when_they_are_hashed(
    order: list[int], cut_short: set[int]
) -> None:
    """Wherever the blocks that fill them belong, and where an answer ended within one."""
    size = 64
    whole = b"".join(bytes([number]) * size for number in range(12))
    disk, there = bytearray(len(whole)), Ranges()
    buffers = itertools.cycle(memoryview(bytearray(size)) for _ in range(AHEAD + 1))

    def read(view: memoryview, offset: int) -> int:
        view[:] = disk[offset : offset + len(view)]
        return len(view)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "dfs_desktop.api.storage.local.checksum.hashlib", SimpleNamespace(sha256=SlowHash)
        )
        checksum = Checksum(read)
        with checksum.following():
            for turn, number in enumerate([*order, *range(12)]):
                if turn in cut_short:
                    checksum.let_go()
                    next(buffers)[:] = bytes(size)
                buffer, start = next(buffers), number * size
                buffer[:] = whole[start : start + size]
                disk[start : start + size] = buffer
                there.add(start, start + size)
                checksum.reach(there.frontier, start, buffer)
        assert checksum.finish(len(whole)) == hashlib.sha256(whole).hexdigest()
