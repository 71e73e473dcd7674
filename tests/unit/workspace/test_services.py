"""Services on their own: each gets the shared state and what it uses, and needs no workspace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dfs_desktop.api import ConflictError, ModelArtifact
from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import LOCAL, Profile, Settings, SettingsFile
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.transfers.queue import Queue
from dfs_desktop.workspace.downloads.downloads import Downloads
from dfs_desktop.workspace.editing.editor import Editor
from dfs_desktop.workspace.editing.undo_list import UndoList
from dfs_desktop.workspace.listing.cache import ListingCache
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.registry.browser import Browser
from dfs_desktop.workspace.registry.clients import Clients, LocalServer
from dfs_desktop.workspace.registry.remembered_rows import RememberedRows
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.transfers.limits import HIGHEST_RATE, TransferLimits

ARTIFACT = ModelArtifact(id="a", collection_id="c", file_name="a.fnnx", model_name="before")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[AppState, list[Notice]]]:
    """The shared state on an empty folder, and what is said."""
    state = AppState(SettingsFile(folder / "settings.json"), Settings())
    said: list[Notice] = []
    state.notices.noticed.connect(said.append)
    try:
        yield state, said
    finally:
        await state.write_settings()
        await state.tasks.stop()


async def no_work(_job: Job) -> None:
    raise AssertionError("no test of this module runs a transfer")


def idle_queue() -> Queue:
    return Queue(1, lambda _job: None, no_work)


def test_an_edit_without_a_connection_is_told_and_kept_for_another_try(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as (state, said):
            editor = Editor(state, UndoList(state))
            edit = editor.begin(ARTIFACT, "model_name")
            edit.write("after")
            assert not await editor.settle(5)
            (notice,) = said
            assert notice.title == "The name was not saved"
            assert notice.action is not None
            notice.action.run()
            assert editor.current(ARTIFACT, "model_name") == "after", "the wish is not lost"
            await editor.settle(5)

    asyncio.run(play())


def test_a_refresh_before_the_server_has_answered_asks_for_the_connection(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as (state, _said):
            browser = Browser(state, idle_queue(), RememberedRows(state, ListingCache(tmp_path)))
            asked = asyncio.Event()
            browser.reopen_requested.connect(asked.set)
            browser.refresh()
            await asyncio.wait_for(asked.wait(), 5)

    asyncio.run(play())


def test_limits_hold_at_once_and_outlive_the_program(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as (state, _said):
            queue = idle_queue()
            limits = TransferLimits(state, queue)
            limits.use_rate(Kind.DOWNLOAD, HIGHEST_RATE * 2)
            limits.use_parallel(0)
            assert queue.paces[Kind.DOWNLOAD].rate == HIGHEST_RATE
            assert queue.paces[Kind.UPLOAD].rate is None

    asyncio.run(play())
    saved = SettingsFile(tmp_path / "settings.json").load()
    assert (saved.download_limit, saved.parallel_transfers) == (HIGHEST_RATE, 1)


def test_a_download_folder_that_no_settings_file_takes_is_refused(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as (state, said):
            downloads = Downloads(state, idle_queue(), tmp_path)
            downloads.use_folder(tmp_path / "caf\udce9")
            assert downloads.folder == tmp_path
            assert [notice.level for notice in said] == [Level.WARNING]

    asyncio.run(play())


def test_the_client_of_a_server_lasts_until_its_key_is_another_one(tmp_path: Path) -> None:
    servers = [LocalServer("http://127.0.0.1:1", "dfs_" + "x" * 43)]

    async def play() -> None:
        async with opened(tmp_path) as (state, _said):
            clients = Clients(state, Credentials(backends=()), lambda: servers[-1])
            first = await clients.of(LOCAL)
            assert await clients.of(LOCAL) is first
            servers.append(LocalServer("http://127.0.0.1:2", "dfs_" + "y" * 43))
            assert await clients.of(LOCAL) is not first, "the registry was started anew"
            await clients.close()

    asyncio.run(play())


def test_what_is_said_of_a_server_goes_when_another_one_is_shown(tmp_path: Path) -> None:
    async def play() -> None:
        async with opened(tmp_path) as (state, _said):
            gone: list[str] = []
            state.notices.withdrawn.connect(gone.append)
            state.notices.notify(Notice("of a server", place="p"))
            state.notices.notify(Notice("of the program", place=""))
            state.session = Session(Profile(id="p", name="P", base_url="https://p.example"))
            state.session_changed.emit()
            assert gone == []
            state.session = Session(Profile(id="q", name="Q", base_url="https://q.example"))
            state.session_changed.emit()
            assert gone == ["of a server"]

    asyncio.run(play())


def test_a_failure_that_was_told_stands_until_what_failed_succeeds(tmp_path: Path) -> None:
    """The task ends without an exception then, which is no success of what it was to do."""

    async def play() -> None:
        async with opened(tmp_path) as (state, _said):
            told: list[Notice] = []
            state.notices.noticed.connect(told.append)
            answers = iter([ConflictError("full", status_code=409), None])

            async def work() -> None:
                if (answer := next(answers)) is not None:
                    raise answer

            state.attempt("Could not create the track", work)
            await asyncio.sleep(0.02)
            assert "Could not create the track" in state.notices
            (notice,) = told
            assert notice.action is not None
            notice.action.run()
            await asyncio.sleep(0.02)
            assert "Could not create the track" not in state.notices

    asyncio.run(play())
