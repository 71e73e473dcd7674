"""When a file on this computer was used last: by this program, or by another."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from msgspec.structs import replace
from support.artifacts import model_files
from support.registries.local_copies import checked, fetched, overwrite
from support.registries.workspace import connected

from dfs_desktop.workspace.library.list_columns import COLUMNS, MONTH, shown
from dfs_desktop.workspace.library.local_copy import LONGEST_READING, LocalCopy, State

DAY = 86_400.0


def test_what_opens_shows_or_reads_a_file_uses_it_and_a_check_does_not(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            workspace, library = room.workspace, room.workspace.library

            def copy(path: Path) -> LocalCopy:
                found = library.at(path)
                assert found is not None
                return found

            _record, path = await fetched(room, model_files.write(tmp_path, "model.fnnx"))
            arrived = copy(path)
            assert time.time() - arrived.used < 60
            long_ago = time.time() - 100 * DAY
            os.utime(path, (long_ago, path.stat().st_mtime))
            library.put(replace(arrived, used=long_ago, checked=long_ago - DAY))
            await checked(room, path)
            await library.look()
            assert copy(path).used == long_ago, "to verify it is no use"
            idle = shown(library.copies(), "", "idle", 0, descending=False)
            assert [each.path for each in idle] == [str(path)]

            read = time.time() - DAY  # by another program
            library.put(replace(copy(path), mtime_ns=0, checked=read - LONGEST_READING - 1))
            os.utime(path, (read, path.stat().st_mtime))
            await library.look()
            assert abs(copy(path).used - read) < 1
            for asked in (workspace.state.look_requested, workspace.state.folder_requested):
                library.put(replace(copy(path), used=long_ago))
                asked.emit(path)
                assert time.time() - copy(path).used < 60

    asyncio.run(play())


def test_files_are_ordered_by_their_use_and_what_is_not_known_comes_first() -> None:
    number = next(n for n, column in enumerate(COLUMNS) if column.title == "Used")
    now = time.time()
    copies = [LocalCopy(path=f"/{name}", sha256="", used=used)
              for name, used in (("new", now), ("old", now - 2 * MONTH), ("unknown", 0.0))]  # fmt: skip
    found = shown(copies, "", "all", number, descending=False)
    assert [each.path for each in found] == ["/unknown", "/old", "/new"]
    assert COLUMNS[number].text(found[0]) == "not known"
    assert [each.path for each in shown(copies, "", "idle", 0, descending=False)] == ["/old"]


def test_an_end_that_is_told_twice_says_nothing_of_what_the_file_is_by_then(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            workspace, library = room.workspace, room.workspace.library
            _record, path = await fetched(room, model_files.write(tmp_path, "model.fnnx"))
            overwrite(path, 700, quietly=False)
            workspace.job_changed.emit(workspace.queue.jobs[-1])
            await library.look()
            states = [each.state for each in library.copies() if each.path == str(path)]
            await room.until(lambda: not any("note" in t.get_name() for t in asyncio.all_tasks()))
            found = library.at(path)
            assert found is not None
            assert [*states, found.state] == [State.CHANGED, State.CHANGED]

    asyncio.run(play())
