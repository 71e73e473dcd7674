"""Questions one after the other, of which only the newest may answer."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Start = Callable[[Coroutine[Any, Any, None], str], object]  # of a piece of work with its name


class LatestAnswer:
    """Asks one thing after the other: an answer that comes after the next question is dropped."""

    def __init__(self, start: Start) -> None:
        self._start, self._number = start, 0

    def hear(
        self,
        question: Callable[[], Awaitable[T]],
        show: Callable[[T], object],
        fail: Callable[[Exception], object],
        name: str,
    ) -> None:
        """Ask, then show the answer, or hand over why there is none."""
        self._number = number = self._number + 1

        async def work() -> None:
            try:
                found = await question()
            except Exception as error:  # noqa: BLE001  who asks says it
                if number == self._number:
                    fail(error)
                return
            if number == self._number:
                show(found)

        self._start(work(), name)

    def forget(self) -> None:
        """Hear no answer to what was asked."""
        self._number += 1
