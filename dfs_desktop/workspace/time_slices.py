"""Calls about many things, made in short slices of time: the window paints and hears keys between them."""

import asyncio
import contextlib
import functools
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.005  # seconds: between two of them the window paints, and hears keys
SHOWN = 0.2  # seconds after which it is shown how far they are: with very many rows that takes long
AT_ONCE = 100  # things that may be done in the turn that asks for it


class Slices:
    """Short calls about many things, in their order. What fits one slice of time is done at once."""

    def __init__(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        """`together` is entered around slices; what is done within is shown when it is left."""
        self._together = together
        self._left: deque[Callable[[], object]] = deque()
        self._next: asyncio.Handle | None = None
        self._unshown = contextlib.ExitStack()
        self._show_at: float | None = None  # None: there is nothing to be shown

    def run(self, act: Callable[[T], object], things: Iterable[T]) -> None:
        """Do this with each, after what is left of earlier calls."""
        self._left.extend(functools.partial(act, thing) for thing in things)
        if self._next is not None:
            return
        if len(self._left) > AT_ONCE:
            self._soon(self._slice)
        elif self._left:
            self._slice(at_once=True)

    def finish(self) -> None:
        """Do all that is left, now."""
        if self._next is not None:
            self._next.cancel()
            self._slice(float("inf"), at_once=True)

    def _soon(self, turn: Callable[[], None]) -> None:
        # What is begun by call_soon in a slot comes before the window paints, two slices of it.
        self._next = asyncio.get_running_loop().call_later(0, turn)

    def _slice(self, seconds: float = SLICE, *, at_once: bool = False) -> None:
        now = time.perf_counter()
        if self._show_at is None:
            self._show_at = now + SHOWN
            self._unshown.enter_context(self._together())
        try:
            while self._left and time.perf_counter() < now + seconds:
                self._left.popleft()()
        finally:  # one that fails does not keep the others back
            if self._left and now < self._show_at:
                self._soon(self._slice)
            elif at_once:
                self._show()
            else:
                self._soon(self._show)

    def _show(self) -> None:
        self._next, self._show_at = None, None
        try:
            self._unshown.close()
        finally:
            if self._left:
                self._soon(self._slice)
