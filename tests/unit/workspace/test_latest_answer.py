"""Only the latest of several questions is answered."""

import asyncio
from typing import Any

from dfs_desktop.workspace.latest_answer import LatestAnswer


def heard(*said: Any, forget: bool = False) -> list[Any]:
    """What is shown of questions that are asked one after the other; an exception is their failure."""

    async def journey() -> list[Any]:
        shown: list[Any] = []
        works: list[asyncio.Task[None]] = []
        asking = LatestAnswer(lambda work, _name: works.append(asyncio.ensure_future(work)))
        for each in said:

            async def answer(each: Any = each) -> Any:
                await asyncio.sleep(0)
                if isinstance(each, Exception):
                    raise each
                return each

            asking.hear(answer, shown.append, lambda error: shown.append(repr(error)), "ask")
        if forget:
            asking.forget()
        await asyncio.gather(*works)
        return shown

    return asyncio.run(journey())


def test_an_answer_that_comes_after_the_next_question_is_dropped() -> None:
    assert heard("first", "second") == ["second"]
    assert heard(ValueError("late"), "second") == ["second"]


def test_a_failure_of_the_latest_is_handed_over() -> None:
    assert heard("first", ValueError("why")) == ["ValueError('why')"]


def test_nothing_is_heard_after_it_was_forgotten() -> None:
    assert heard("one", forget=True) == []
    assert heard(ValueError("one"), forget=True) == []
