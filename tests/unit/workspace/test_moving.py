"""A registry that is moved: which collection gets what, what cannot go, what is done again."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.artifacts import model_files
from support.registries.workspace import Room, connected

from dfs_desktop.api import Collection, ModelArtifact, Orbit, Organization
from dfs_desktop.server import Address, LocalRegistry
from dfs_desktop.settings import Profile
from dfs_desktop.workspace.moving.move_record import (
    MovedItem,
    MoveRecord,
    Outcome,
    read,
    to_csv,
    to_text,
)
from dfs_desktop.workspace.moving.pairing import Into, Source, pair
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.session import Place

PROFILE = Profile(id="team", name="Team", base_url="https://team.example")
HOME = Organization(id="o", name="Team")
KINDS = ("model", "dataset", "experiment", "model_dataset", "mixed")


def source(name: str, kind: str = "model", orbit: str = "Main", *types: str) -> Source:
    artifacts = [
        ModelArtifact(id=f"{name}{n}", type=each, model_name=each) for n, each in enumerate(types)
    ]
    key = f"{orbit}/{name}/{kind}"
    collection = Collection(id=key, name=name, type=kind, description="d", tags=["t"])
    return Source(Place("local", orbit, key), orbit, collection, artifacts)


def into(*orbits: Orbit, one: Orbit | None = None, bucket: str = "b", **may: list[str]) -> Into:
    organization = Organization(id="o", name="Team", permissions=may)
    return Into(PROFILE, organization, orbits, one, bucket)


names = st.sampled_from(["A", "a", "B"])
sources = st.lists(
    st.builds(source, names, st.sampled_from(KINDS), st.sampled_from(["Main", "Research"])),
    max_size=5,
)
there = st.lists(st.tuples(names, st.sampled_from(KINDS)), max_size=5)


@given(sources, there, st.sampled_from("AE"), st.booleans())
def test_each_collection_has_a_target_that_takes_its_type_and_a_second_run_finds_the_same(
    found: list[Source], held: list[tuple[str, str]], generation: str, together: bool
) -> None:
    main = Orbit(id="main", name="Main")
    target = into(main, one=main if together else None)
    known = [Collection(id=f"c{n}", name=name, type=kind) for n, (name, kind) in enumerate(held)]
    pairs = pair(found, target, {"main": known}, generation)
    assert [each.source for each in pairs] == found
    for each in pairs:
        kind, wanted = each.target.collection.type, each.source.collection.type
        offered = generation == "E" or wanted in ("model", "dataset")
        if kind != "mixed" and offered and wanted != "mixed":
            assert set(wanted.split("_")) <= set(kind.split("_"))
    # What was to be made is made: now all is there.
    made = {each.target.collection.name: each for each in pairs if not each.target.collection.id}
    new = [
        Collection(id=f"n{n}", name=name, type=each.target.collection.type)
        for n, (name, each) in enumerate(made.items())
        if each.target.orbit.id == "main"
    ]
    again = pair(found, target, {"main": [*known, *new]}, generation)
    for before, after in zip(pairs, again, strict=True):
        if before.target.collection.id:
            assert after == before


def test_orbits_are_told_apart_in_one_orbit_and_what_may_not_be_made_is_refused() -> None:
    main = Orbit(id="main", name="Main")
    two = [source("Models"), source("Deep", "model", "Research")]
    names_there = [each.target.collection.name for each in pair(two, into(main, one=main), {}, "E")]
    assert names_there == ["Main – Models", "Research – Deep"]
    assert pair(two[:1], into(main, one=main), {}, "E")[0].target.collection.name == "Models"
    _, deep = pair(two, into(main, orbit=["list"]), {}, "E")
    assert deep.target.orbit.id == ""
    assert "may not create orbits" in deep.refusal
    _, deep = pair(two, into(main, bucket=""), {}, "E")
    assert "no bucket" in deep.refusal
    closed = Orbit(id="main", name="Main", permissions={"collection": ["list"]})
    (models,) = pair(two[:1], into(closed), {}, "E")
    assert "may not create collections" in models.refusal
    (kept,) = pair(two[:1], into(main), {}, "E")
    assert (kept.target.collection.description, kept.target.collection.tags) == ("d", ["t"])


def test_a_type_that_an_old_server_does_not_have_becomes_the_one_that_takes_what_is_inside() -> (
    None
):
    main = Orbit(id="main", name="Main")
    runs = source("Runs", "experiment", "Main", "experiment")
    sets = source("Sets", "mixed", "Main", "dataset", "dataset")
    kinds = [each.target.collection.type for each in pair([runs, sets], into(main), {}, "A")]
    assert kinds == ["model", "dataset"]


def test_a_report_is_a_text_and_a_table_in_which_no_name_is_a_formula(tmp_path: Path) -> None:
    def item(name: str, outcome: Outcome, reason: str = "") -> MovedItem:
        home, target = Place("o", "r", "c"), Place("O", "R", "C")
        return MovedItem(name, name, 5, "ab", home, "Main › M", target, "Main › M", outcome, reason)

    items = [item("=1+1", Outcome.COPIED), item("b\u202e", Outcome.FAILED, "The disk, is full")]
    record = MoveRecord("team", "Team › Org", items)
    rows = list(csv.reader(io.StringIO(to_csv(record))))
    assert [row[5] for row in rows[1:]] == ["failed", "copied"]
    assert rows[1][6] == "The disk, is full"
    assert not rows[2][0].startswith("=")
    text = to_text(record)
    assert "\u202e" not in text
    assert text.index("Failed (1)") < text.index("Copied (1)")
    (tmp_path / "broken.json").write_bytes(b'{"profile": 1')
    assert read(tmp_path / "broken.json") is None
    assert [each.name[:16] for each in tmp_path.glob("broken.json.*")] == ["broken.json.bad-"]


@asynccontextmanager
async def team_and_room(folder: Path, address: Address) -> AsyncIterator[tuple[Room, Profile]]:
    async with connected(folder) as room:
        profile = Profile(id="team", name="Team", base_url=address.url, allow_http=True)
        workspace = room.workspace
        workspace.settings.profiles = [profile]
        workspace.credentials.remember("team", origin(address.url), address.api_key)
        yield room, profile


async def begun(room: Room, profile: Profile) -> MoveRecord:
    """All into the first orbit of the team."""
    mover = room.workspace.mover
    places = mover.planner.destinations
    (organization,) = await places.organizations(profile)
    orbits = await places.orbits(profile, organization)
    target = Into(profile, organization, orbits, orbits[0])
    await mover.begin(await mover.planner.plan(await mover.planner.survey(), target))
    assert mover.record is not None
    return mover.record


def test_what_failed_or_was_cancelled_is_tried_again_and_a_lost_queue_is_made_up_for(
    tmp_path: Path,
) -> None:
    async def run(address: Address) -> None:
        async with team_and_room(tmp_path, address) as (room, profile):
            artifacts = room.here.model_artifacts
            made = []
            for name in "abc":
                path = model_files.write(tmp_path / "models", name)
                made.append(await artifacts.upload(str(path), name))
            room.workspace.queue.set_limit(1)
            record = await begun(room, profile)
            mover = room.workspace.mover
            jobs = room.workspace.queue.jobs
            await artifacts.delete(made[2].id)
            room.workspace.queue.cancel(jobs[1])
            await room.until(lambda: record.ended)
            assert [each.outcome for each in record.items] == [
                Outcome.COPIED, Outcome.CANCELLED, Outcome.FAILED,
            ]  # fmt: skip
            assert any("did not get to Team" in each.title for each in room.said)
            room.workspace.queue.cancel(jobs[2])  # its transfer is given up: only the record knows
            await room.until(lambda: record.items[2].outcome is Outcome.CANCELLED)
            mover.try_again()
            copied = Outcome.COPIED
            await room.until(lambda: record.items[1].outcome is copied and record.ended)
            assert [each.outcome for each in record.items] == [
                Outcome.COPIED, Outcome.COPIED, Outcome.FAILED,
            ]  # fmt: skip
            assert "not in this registry" in record.items[2].reason
            assert len({a.id for each in await mover.proven() for a in each.artifacts}) == 2
            # As if the program had been killed before the queue was written down.
            kept = record.items[1]
            kept.outcome, record.ended = Outcome.WAITING, 0.0
            mover._dirty = True
        async with team_and_room(tmp_path, address) as (room, _profile):
            await room.workspace.transfers.resume_all()
            await room.workspace.resume_move()
            found = room.workspace.mover.record
            assert found is not None
            await room.until(lambda: found.ended)
            assert found.items[1].outcome is Outcome.COPIED
            assert not [job for job in room.workspace.queue.jobs if job.source is not None]

    team = LocalRegistry(tmp_path / "team")
    address = team.start()
    try:
        asyncio.run(run(address))
    finally:
        team.stop()


@pytest.mark.parametrize("content", [b"", b'{"source":"\xff"}', b'{"more":' + b"[" * 10_000])
def test_a_report_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "move.json"
    path.write_bytes(content)
    assert read(path) is None
