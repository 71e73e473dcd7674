"""The bookkeeping of downloads, without a network: ranges, segments, slots, and how many connections."""

from __future__ import annotations

import hashlib
import itertools
import random
import threading
from pathlib import Path

import pytest
from api_download_room import open_files

from dfs_desktop.api import TransferCancelled
from dfs_desktop.api.storage.growth import DOUBTS, FAST, MOST, REST, WINDOW, Growth
from dfs_desktop.api.storage.hashing import Block, Digest
from dfs_desktop.api.storage.partial import Partial, reserve
from dfs_desktop.api.storage.ranges import Ranges
from dfs_desktop.api.storage.segments import Plan, Segment
from dfs_desktop.api.storage.slots import NoFreeSlot, Slots

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
def partial(tmp_path: Path) -> Partial:
    return reserve(str(tmp_path / "x"), "x", 1000)


def bring(partial: Partial, plan: Plan, segment: Segment, count: int) -> int:
    """Bytes for a segment; how many of them were new."""
    view = memoryview(bytes(count))
    new = partial.take(segment.position, Block(view, lambda: None), partial.attempt)
    plan.arrived(segment, count)
    return new


@pytest.mark.parametrize("seed", range(30))
def test_every_byte_is_handed_out_exactly_once(
    partial: Partial, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is taken, cut, split, extended and given back, in whatever order."""
    monkeypatch.setattr("dfs_desktop.api.storage.segments.GRID", 16)
    chance, plan, active = random.Random(seed), Plan(partial), list[Segment]()
    for _ in range(3):
        start = chance.randrange(900)
        partial.take(start, Block(memoryview(bytes(50)), lambda: None), partial.attempt)
    received = partial.received
    while not partial.complete:
        segment = chance.choice(active) if active else None
        deed = chance.randrange(7)
        if deed < 2:
            step = chance.choice([None, 40, 100])
            taken = plan.steal(20) if deed else plan.take(step)
            active += [taken] if taken is not None else []
        elif deed == 2:
            plan.shorten(100)
        elif segment is not None and deed == 3:
            plan.extend(segment, chance.choice([500, 1000]))
        elif segment is not None and deed == 4:
            plan.give_back(segment)
            active.remove(segment)
        elif segment is not None and segment.left:
            count = chance.randrange(1, segment.left + 1)
            assert bring(partial, plan, segment, count) == count
            received += count
        spans = sorted((each.position, each.end) for each in active)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert received == partial.received == 1000
    for segment in active:
        plan.give_back(segment)
    assert plan.take(None) is None
    partial.discard()


class TestGrowth:
    """The rate of a store as a function of the number of connections."""

    def watch(self, rate: float, most: int, seconds: float, *, step: float = 0.05) -> list[int]:
        growth, received, levels = Growth(), 0.0, [1]
        for turn in range(int(seconds / step)):
            received += rate * min(levels[-1], most) * step
            levels.append(growth.look(turn * step, int(received)))
        return levels

    def test_each_connection_is_limited(self) -> None:
        levels = self.watch(50e6, 100, 5)
        assert set(levels) == {1, 2, 4, 8, MOST}
        assert levels == sorted(levels)
        assert levels.index(MOST) * 0.05 < 2

    def test_one_connection_takes_all_there_is(self) -> None:
        levels = self.watch(20e6, 1, 3 * REST)
        assert max(levels) == 2
        assert levels[-1] == 1
        # Tried rarely, and left soon.
        assert levels.count(2) * 0.05 <= 4 * (DOUBTS + 2) * (WINDOW + 0.05)

    def test_it_stays_where_more_do_not_help(self) -> None:
        levels = self.watch(20e6, 4, REST)
        assert (max(levels), levels[-1]) == (8, 4)

    def test_a_fast_one_stays_alone(self) -> None:
        assert set(self.watch(FAST * 1.01, 100, 5)) == {1}

    def test_connections_that_take_their_time_are_waited_for(self) -> None:
        """They open after a second, and need another to become fast."""
        growth, received, since, level = Growth(), 0.0, 0.0, 1
        for turn in range(400):
            now = turn * 0.05
            new = level - level // 2 if level > 1 else 0
            speed = min(max(now - since - 1.0, 0.0), 1.0)
            received += 0.05 * 10e6 * (level - new + new * speed)
            before, level = level, growth.look(now, int(received), ready=now - since > 1.0)
            since = now if level != before else since
        assert level == MOST

    def test_failures_are_not_repeated_at_once(self) -> None:
        growth = Growth()
        growth.level = 8
        growth.shrink(100.0, 3)
        received = 0
        for turn in range(100):
            received += 1_000_000
            level = growth.look(100.0 + turn * 0.1, received)
        assert level == 3

    def test_a_store_without_ranges_is_never_asked_twice(self) -> None:
        growth = Growth()
        growth.stay_alone()
        assert {growth.look(turn * 0.1, turn * 1_000_000) for turn in range(2000)} == {1}

    def test_a_restart_is_no_negative_rate(self) -> None:
        growth = Growth()
        for turn in range(40):
            growth.look(turn * 0.1, (turn % 10) * 100_000_000)
        assert growth.rate >= 0


class TestSlots:
    def test_extras_do_not_wait_and_others_do(self) -> None:
        slots, waits, entered = Slots(1), threading.Event(), threading.Event()

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
        slots = Slots(1)

        def stop() -> None:
            raise TransferCancelled

        with slots.taken(lambda: None), pytest.raises(TransferCancelled), slots.taken(stop):
            raise AssertionError
        with slots.taken(stop):
            pass

    def test_shares(self) -> None:
        slots = Slots(10)
        assert slots.share == 10
        with slots.sharing(), slots.sharing(), slots.sharing():
            assert slots.share == 3
        assert slots.share == 10


def test_a_file_that_is_cut_while_it_is_hashed_ends_with_an_error(partial: Partial) -> None:
    files = open_files()
    digest = Digest(lambda _view, _offset: 0)
    with digest.following():
        digest.reach(10)
        with pytest.raises(OSError, match="shorter"):
            digest.catch_up(lambda: None)
    with pytest.raises(OSError, match="shorter"):
        digest.finish(10)
    partial.discard()
    assert open_files() == files - (files > 0)


def test_blocks_that_nobody_hashed_are_given_back() -> None:
    """A download that is stopped leaves no buffer behind, and hashes from the disk when it goes on."""
    content, hold, freed = bytes(range(100)), threading.Event(), list[int]()

    def read(view: memoryview, offset: int) -> int:
        view[:] = content[offset : offset + len(view)]
        return len(view)

    digest = Digest(read)
    digest._sha = _Slow(hold, digest._sha)  # type: ignore[assignment]
    with digest.following():
        for start in range(0, 100, 20):
            view = memoryview(content)[start : start + 20]
            taken = digest.reach(start + 20, start, Block(view, lambda: freed.append(1)))
            assert taken
        hold.set()
    assert len(freed) == 5
    digest._sha = digest._sha.real  # type: ignore[attr-defined]
    assert digest.finish(100) == hashlib.sha256(content).hexdigest()


class _Slow:
    def __init__(self, hold: threading.Event, real: object) -> None:
        self.hold, self.real = hold, real

    def update(self, view: memoryview) -> None:
        self.hold.wait(5)
        self.real.update(view)  # type: ignore[attr-defined]
