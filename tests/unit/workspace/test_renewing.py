"""What a refresh and a short answer do to what is known: every level is asked, nothing told is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec import structs
from support.artifacts import model_files
from support.registries.workspace import connected

from dfs_desktop.api import ModelArtifact
from dfs_desktop.workspace.listing.listing import Listing

pytestmark = pytest.mark.fault("W-08")


def test_what_an_answer_leaves_out_is_kept() -> None:
    listing = Listing()
    full = ModelArtifact(
        id="1",
        model_name="old",
        description="d",
        collection_name="Models",
        type="model",
        tracks=[{"id": "t"}],
        deployments=[{"id": "x"}],
        created_by_user="me",
    )
    listing.put(full)
    listing.put(ModelArtifact(id="1", model_name="new", description=None))
    row = listing.row("1")
    assert row is not None
    expected = structs.replace(full, model_name="new", description=None, status=row.artifact.status)
    assert row.artifact == expected
    listing.put(ModelArtifact(id="1", collection_name="Moved", tracks=[{"id": "u"}]))
    row = listing.row("1")
    assert row is not None
    assert (row.artifact.collection_name, row.artifact.tracks) == ("Moved", [{"id": "u"}])


def test_a_refresh_finds_what_was_made_elsewhere_on_every_level(tmp_path: Path) -> None:
    async def run() -> None:
        async with connected(tmp_path) as room:
            session, client = room.workspace.session, room.here
            place, before = session.place, len(session.orbits)
            secrets = await client.bucket_secrets.list()
            made = await client.orbits.create("Made elsewhere", secrets[0].id)
            await client.collections.create("New", orbit_id=place.orbit)
            await room.refresh()
            assert len(session.orbits) == before + 1
            assert made.id in {orbit.id for orbit in session.orbits}
            assert "New" in {collection.name for collection in session.collections}
            assert session.place == place
            room.workspace.browser.choose_orbit(made.id)
            await room.until(lambda: not session.loading)
            assert session.place.orbit == made.id
            await client.orbits.delete(made.id)
            await room.refresh()
            await room.until(lambda: not session.loading)
            assert session.place.orbit == place.orbit

    asyncio.run(run())


def test_of_two_refreshes_the_older_answer_never_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with connected(tmp_path) as room:
            job = await room.upload(model_files.write(tmp_path, "model"))
            await room.until(lambda: job.state.ended)
            (artifact,) = await room.here.model_artifacts.list()
            await room.refresh()
            make_ready, late, waits = Listing.make_ready, asyncio.Event(), asyncio.Event()

            async def read_long_ago(self: Listing, found: list[ModelArtifact]) -> None:
                if not waits.is_set():
                    waits.set()
                    await late.wait()
                await make_ready(self, found)

            monkeypatch.setattr(Listing, "make_ready", read_long_ago)
            room.workspace.browser.refresh()
            await waits.wait()
            await room.here.model_artifacts.update(artifact.id, tags=["new"])
            room.workspace.browser.refresh()
            row = room.workspace.listing.row
            await room.until(lambda: row(artifact.id).artifact.tags == ["new"])  # type: ignore[union-attr]
            late.set()
            await room.until(lambda: not room.workspace.session.loading)
            await asyncio.sleep(0.1)
            assert row(artifact.id).artifact.tags == ["new"]  # type: ignore[union-attr]

    asyncio.run(run())
