"""Tracks on a real registry without a window: what is read, what a race or a refusal leaves as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support.registries.workspace import Room, connected

from dfs_desktop.api import ConflictError, ModelArtifact, Track, TrackEntry
from dfs_desktop.server import Rules
from dfs_desktop.workspace.links.web_pages import deployment_link
from dfs_desktop.workspace.registry import collection_kinds
from dfs_desktop.workspace.registry.permissions import place_refusal
from dfs_desktop.workspace.session import Place, Session
from dfs_desktop.workspace.tracks.track_editor import TrackValues
from dfs_desktop.workspace.tracks.track_list import Membership


def _live(
    folder: Path, story: Callable[[Room], Awaitable[None]], rules: Rules | None = None
) -> None:
    async def run() -> None:
        async with connected(folder, rules=rules) as room:
            await story(room)

    asyncio.run(run())


async def _track(room: Room, many: int) -> tuple[Track, list[TrackEntry], list[ModelArtifact]]:
    """A track that everybody sees, with so many versions."""
    tracks, listed = room.here.tracks, room.workspace.tracks
    await room.until(lambda: listed.there)
    records = [await room.stuck("pending_upload", f"m{n}") for n in range(many)]
    track = await tracks.create("Release", stages=["staging", "production"])
    entries = [await tracks.add(track.id, each.id) for each in records]
    await room.refresh()
    await room.until(lambda: len(listed.entries.get(track.id, ())) == many)
    return track, entries, records


def test_a_stage_that_somebody_else_moved_meanwhile_stays_where_it_is(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        editor, listed, tracks = (
            room.workspace.track_editor,
            room.workspace.tracks,
            room.here.tracks,
        )
        track, (one, two, three), _records = await _track(room, 3)
        production = track.stages[1].id
        await tracks.set_stage(track.id, one.id, production)
        await room.refresh()
        await room.until(lambda: listed.holder(track.id, production) is not None)

        await tracks.set_stage(track.id, two.id, production, force=True)  # somebody else
        editor.set_stage(track, three, production)  # one is still seen there
        await room.until(lambda: any("Could not set the stage" in each.title for each in room.said))
        held = {each.id: each.stage_id for each in await tracks.entries(track.id)}
        assert held == {one.id: None, two.id: production, three.id: None}
        (said,) = [each for each in room.said if "Could not set the stage" in each.title]
        assert "v2" in said.detail
        await asyncio.sleep(0.02)
        assert said.key in room.workspace.notices, "it stays until it is read"
        assert listed.holder(track.id, production).id == two.id  # type: ignore[union-attr]

        # Chosen again with what is seen now, it moves; the undo gives it back.
        editor.set_stage(track, three, production)
        await room.until(lambda: room.workspace.undo_list.latest is not None)
        room.workspace.undo_list.undo()
        for _ in range(300):
            held = {each.id: each.stage_id for each in await tracks.entries(track.id)}
            if held == {one.id: None, two.id: production, three.id: None}:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(held)

    _live(tmp_path, story)


def test_a_refusal_half_way_keeps_what_came_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(room: Room) -> None:
        editor, listed = room.workspace.track_editor, room.workspace.tracks
        track, _entries, _records = await _track(room, 0)
        records = [await room.stuck("pending_upload", f"x{n}") for n in range(3)]
        add, refused = type(room.here.tracks).add, records[1].id

        async def failing(self: Any, where: str, artifact_id: str, *more: Any) -> TrackEntry:
            if artifact_id == refused:
                raise ConflictError("full", status_code=409, title="No more")
            return await add(self, where, artifact_id, *more)

        monkeypatch.setattr(type(room.here.tracks), "add", failing)
        editor.add(track, records, None)
        await room.until(lambda: any("Could not add" in each.title for each in room.said))
        await room.until(lambda: len(listed.entries[track.id]) == 1)
        monkeypatch.undo()
        notice = next(each for each in room.said if "Could not add" in each.title)
        assert notice.action is not None
        notice.action.run()  # try again: what is in it already is left out
        await room.until(lambda: len(listed.entries[track.id]) == 3)
        names = [each.artifact_name for each in listed.entries[track.id]]
        assert names == ["x0", "x1", "x2"]

    _live(tmp_path, story)


def test_the_table_is_told_the_stages_and_forgets_them_with_the_orbit(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        workspace = room.workspace
        track, (one, _two), records = await _track(room, 2)
        await room.here.tracks.set_stage(track.id, one.id, "staging")
        await room.refresh()
        await room.until(lambda: workspace.listing.stages == {records[0].id: ("staging",)})
        # With a second track the track is named.
        workspace.track_editor.create(TrackValues("Other", "", (), ("x",)), [records[0]])
        await room.until(lambda: len(workspace.tracks.of(records[0].id)) == 2)
        assert workspace.listing.stages == {records[0].id: ("Release: staging",)}
        (words, _other) = sorted(each.words for each in workspace.tracks.ties(records[0].id))[::-1]
        assert words == "v1 of “Release” (staging)"

        session = workspace.session
        (secret,) = await room.here.bucket_secrets.list()
        workspace.place_editor.create_orbit("Second", secret.id)
        await room.until(lambda: (orbit := session.orbit) and orbit.name == "Second")
        await room.until(lambda: not workspace.tracks.tracks)
        assert not workspace.listing.stages
        assert not workspace.tracks.opened

    _live(tmp_path, story)


def test_an_older_server_has_no_tracks_and_is_not_asked(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        workspace = room.workspace
        workspace.tracks.load()
        await asyncio.sleep(0.1)
        assert not workspace.tracks.there
        assert workspace.listing.stages is None
        assert not room.said

    _live(tmp_path, story, Rules(generations=("A",)))


def test_the_metrics_of_versions_are_found_in_other_collections(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        workspace = room.workspace
        track, _entries, records = await _track(room, 1)
        other = await room.here.collections.create("Other")
        there = await room.stuck("pending_upload", "far", other.id)
        await room.here.tracks.add(track.id, there.id)
        workspace.tracks.open(track.id)
        await room.until(lambda: len(workspace.tracks.artifacts) == 2)
        assert workspace.tracks.artifacts.keys() == {records[0].id, there.id}
        workspace.browser.choose_collection(other.id)  # from elsewhere, as the go-to box does
        await room.until(lambda: not workspace.tracks.opened)

    _live(tmp_path, story)


def test_words_of_versions_and_of_collections() -> None:
    track = Track(id="t", name="R" * 200, stages=[])
    entry = TrackEntry(id="e", track_id="t", artifact_id="a", version=3, stage_id="gone")
    member = Membership(track, entry)
    assert member.stage == ""
    assert Membership(track, replace(entry, stage_name="prod")).stage == "prod"
    assert member.words == f"v3 of “{track.name}”", "who shows it cuts it once"
    assert collection_kinds.words("model_dataset") == "models and datasets"
    assert collection_kinds.words("mixed") == "artifacts of all types"
    assert collection_kinds.words("from_the_future") == "from_the_future"
    assert [kind for kind, _words in collection_kinds.offered("A")] == ["model", "dataset"]
    assert len(collection_kinds.offered("G")) == 7


@pytest.mark.parametrize(("resource", "verb"), [("collection", "delete"), ("track", "update")])
def test_rights_say_why_not_and_are_not_guessed(tmp_path: Path, resource: str, verb: str) -> None:
    async def story(room: Room) -> None:
        session: Session = room.workspace.session
        assert not place_refusal(session, resource, verb)
        assert session.orbit is not None
        rights = {**session.orbit.permissions, resource: ["list", "read"]}
        session.orbits = [replace(session.orbit, permissions=rights)]
        assert "Ask an orbit admin" in place_refusal(session, resource, verb)
        session.orbits = [replace(session.orbits[0], permissions={})]
        assert not place_refusal(session, resource, verb)

    _live(tmp_path, story)


def test_what_is_deployed_is_not_offered_for_deletion_and_its_page_is_known_where_the_site_is(
    tmp_path: Path,
) -> None:
    async def story(room: Room) -> None:
        workspace = room.workspace
        record = await room.stuck("pending_upload", "shop")
        live = replace(record, deployments=[{"id": "d 1", "name": "shop-api"}])
        assert workspace.deleter.plan([live]) is None
        (said,) = [each for each in room.said if "is deployed" in each.title]
        assert "shop-api" in said.detail
        assert workspace.deleter.plan([live, record]) is not None
        assert not workspace.finder.deployment_link("d 1"), "no web page is known of this computer"

    _live(tmp_path, story)
    place = Place("o", "b", "c")
    link = deployment_link("https://app.luml.ai/", place, "d 1&x")
    assert link == "https://app.luml.ai/organization/o/orbit/b/deployments?deployment=d%201%26x"
