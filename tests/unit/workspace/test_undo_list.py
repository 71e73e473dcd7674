"""The undo list: what was done is taken back and done again, for each server on its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.settings import Profile, Settings, SettingsFile
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState


def opened() -> tuple[AppState, UndoList]:
    state = AppState(SettingsFile(Path("nowhere")), Settings())
    return state, UndoList(state)


def visit(state: AppState, server: str) -> None:
    state.session = Session(Profile(id=server, name=server, base_url=f"https://{server}.example"))
    state.session_changed.emit()


async def settled(state: AppState) -> None:
    while state.tasks._tasks:
        await asyncio.wait(state.tasks._tasks)
        await asyncio.sleep(0)


DEEDS = st.lists(
    st.tuples(st.sampled_from(["do", "undo", "redo"]), st.sampled_from("ab")), max_size=40
)


@given(DEEDS)
def test_undo_and_redo_walk_the_values_that_a_server_had_and_no_other_servers(
    deeds: list[tuple[str, str]],
) -> None:
    state, undo_list = opened()
    values = {"a": 0, "b": 0}
    past: dict[str, list[int]] = {"a": [], "b": []}
    future: dict[str, list[int]] = {"a": [], "b": []}
    for number, (deed, server) in enumerate(deeds, 1):
        visit(state, server)
        before = dict(values)
        if deed == "do":

            def put(value: int, server: str = server) -> None:
                values[server] = value

            was = values[server]
            put(number)
            undo_list.push(
                str(number), lambda was=was, put=put: put(was), lambda n=number, put=put: put(n)
            )
            past[server].append(was)
            future[server].clear()
        elif deed == "undo":
            assert undo_list.undo() is bool(past[server])
            if past[server]:
                future[server].append(before[server])
                assert values[server] == past[server].pop()
        else:
            assert undo_list.redo() is bool(future[server])
            if future[server]:
                past[server].append(before[server])
                assert values[server] == future[server].pop()
        other = "b" if server == "a" else "a"
        assert values[other] == before[other]
        assert (undo_list.latest is not None) is bool(past[server])
        assert (undo_list.latest_undone is not None) is bool(future[server])


def test_an_undo_that_is_refused_can_be_tried_again() -> None:
    async def play() -> None:
        state, undo_list = opened()
        answers = [False, True]

        async def undo() -> bool:
            await asyncio.sleep(0)
            return answers.pop(0)

        step = undo_list.push("Rename", undo, lambda: None)
        assert undo_list.undo()
        assert undo_list.latest is None
        await settled(state)
        assert (undo_list.latest, undo_list.latest_undone) == (step, None)
        assert undo_list.undo()
        await settled(state)
        assert (undo_list.latest, undo_list.latest_undone) == (None, step)
        await state.tasks.stop()

    asyncio.run(play())


def test_what_is_too_late_says_so_once_and_the_step_before_comes_next() -> None:
    _state, undo_list = opened()
    done: list[str] = []
    undo_list.push("Rename", lambda: done.append("renamed back"))
    late = undo_list.push("Delete", lambda: done.append("restored"))
    undo_list.expire(late, lambda: done.append("too late"))
    assert undo_list.latest is None
    undo_list.undo()
    assert undo_list.latest is not None
    undo_list.undo()
    assert not undo_list.undo()
    assert done == ["too late", "renamed back"]


def test_a_notice_that_offers_what_was_taken_back_by_the_key_goes() -> None:
    state, undo_list = opened()
    spent: list[object] = []
    state.notices.spent.connect(spent.append)
    step = undo_list.push("Set Stage", lambda: None)
    offered = undo_list.offer(step)
    assert (offered.text, offered.of) == ("Undo", step)
    assert undo_list.undo()
    assert spent == [step]
    assert offered.run() is False, "it was taken back already"
