"""A keyring that is locked: transfers wait for it, and go on when it gives the key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.registries.workspace import Room, connected

from dfs_desktop.credentials import KeyringLocked
from dfs_desktop.transfers.job import State
from dfs_desktop.workspace.registry.connections import ServerForm

MB = 10**6


@pytest.mark.fault("K-02")
def test_what_waits_for_a_locked_keyring_goes_on_when_it_gives_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def journey() -> None:
        async with connected(tmp_path) as room:
            await wait_and_go_on(room)

    async def wait_and_go_on(room: Room) -> None:
        workspace = room.workspace
        address = workspace.clients.start_local()
        form = ServerForm("Team", address.url, address.api_key, True, session_only=True)
        team = workspace.session.profile = await workspace.connections.add(form)

        async def locked(*_place: str) -> str:
            raise KeyringLocked("The keyring is locked", "Unlock it.")

        with monkeypatch.context() as patch:
            patch.setattr(workspace.credentials, "fetch", locked)
            jobs = [
                await room.upload(model_files.write(tmp_path, name, weights=MB)) for name in "ab"
            ]
            await room.until(lambda: all(job.state is State.ATTENTION for job in jobs))
            told = [notice for notice in room.said if "keyring is locked" in notice.detail]
            assert [notice.action and notice.action.text for notice in told] == [
                "Unlock Keyring",
                "Unlock Keyring",
            ]
        jobs[0].error = None  # as after a restart: the journal knows the kind of the fault
        await workspace.clients.of(team.id)
        await room.until(lambda: all(job.state is State.DONE for job in jobs))

    asyncio.run(asyncio.wait_for(journey(), 60))
