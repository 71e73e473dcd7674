"""Acts on very many things leave the loop time for others, keep their order, and lose none."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

import pytest

from dfs_desktop.workspace.time_slices import AT_ONCE, SLICE, Slices


def run(work: object) -> None:
    asyncio.run(work)  # type: ignore[arg-type]


def test_what_fits_one_slice_is_done_when_the_call_returns() -> None:
    async def journey() -> None:
        done: list[int] = []
        Slices(contextlib.nullcontext).run(done.append, range(5))
        assert done == list(range(5))

    run(journey())


def test_many_acts_are_done_in_their_order_and_others_get_their_turn_meanwhile() -> None:
    async def journey() -> None:
        done: list[int] = []
        turns: list[int] = []
        slices = Slices(contextlib.nullcontext)

        def slow(number: int) -> None:
            time.sleep(SLICE / 4)
            done.append(number)

        slices.run(slow, range(40))
        slices.run(done.append, [40])  # asked for later, done later
        while len(done) < 41:
            turns.append(len(done))
            await asyncio.sleep(0)
        assert done == list(range(41))
        assert len(set(turns)) >= 5

    run(journey())


def test_at_the_end_all_that_is_left_is_done_at_once() -> None:
    async def journey() -> None:
        done: list[int] = []
        slices = Slices(contextlib.nullcontext)
        slices.run(lambda _: time.sleep(SLICE), range(3))
        slices.run(done.append, range(3))
        assert not done
        slices.finish()
        assert done == [0, 1, 2]
        await asyncio.sleep(0)

    run(journey())


def test_one_act_that_fails_does_not_keep_the_others_back() -> None:
    async def journey() -> None:
        done: list[int] = []

        def act(number: int) -> None:
            if number == 1:
                raise ValueError
            done.append(number)

        with pytest.raises(ValueError):
            Slices(contextlib.nullcontext).run(act, range(4))
        await asyncio.sleep(0.01)
        assert done == [0, 2, 3]

    run(journey())


def test_many_acts_are_shown_seldom_since_each_showing_may_take_long() -> None:
    async def journey() -> None:
        done: list[int] = []
        shown: list[int] = []

        @contextlib.contextmanager
        def together() -> Iterator[None]:
            yield
            shown.append(len(done))

        slices = Slices(together)
        slices.run(done.append, range(AT_ONCE))
        assert shown == [AT_ONCE]
        slices.run(lambda _: time.sleep(SLICE), range(8))
        slices.run(done.append, range(2 * AT_ONCE))
        assert len(done) == AT_ONCE, "not in the turn that asks for it"
        while len(done) < 3 * AT_ONCE or len(shown) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert shown[-1] == 3 * AT_ONCE
        assert len(shown) < 6, "and not once for each slice"

    run(journey())
