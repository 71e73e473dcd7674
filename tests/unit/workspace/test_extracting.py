"""Members saved from artifacts: whole, under safe names, stopped without a trace, dragged out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.artifacts.inspected import connect, live, member_in, member_of, record_of
from support.qt.widgets import until
from support.registries.local import Room

from dfs_desktop.artifact import safe_name
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.workspace import Workspace


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry") as room:
        yield room


def test_a_member_is_saved_whole_and_a_folder_with_its_paths(
    workspace: Workspace, room: Room, artifacts: dict[str, Path], tmp_path: Path
) -> None:
    source = artifacts["pyfunc"]

    async def work() -> None:
        connect(workspace, room)
        look = workspace.inspector.look(record_of(room, source))
        members = await look.think(operations.members)
        name = "variant_artifacts/extra_files/w.npz"
        one = workspace.member_saver.save(look, [await member_in(look, name)], tmp_path / "w.npz")
        below = "variant_artifacts/"
        many = [each for each in members if each.name.startswith(below)]
        folder = workspace.member_saver.save(look, many, tmp_path / "all", below=below)
        workspace.inspector.leave()  # the person looks elsewhere; it goes on
        await until(lambda: one.ended and folder.ended)
        assert (tmp_path / "w.npz").read_bytes() == member_of(source, name)
        for each in many:
            parts = map(safe_name, each.name.removeprefix(below).split("/"))
            path = (tmp_path / "all").joinpath(*parts)
            assert path.read_bytes() == member_of(source, each.name)
        assert folder.done == folder.total == sum(each.size for each in many)

    live(workspace, work)
    assert not list(tmp_path.rglob("*.part"))


def test_names_inside_lead_nowhere_else_when_they_are_saved(
    workspace: Workspace, artifacts: dict[str, Path], tmp_path: Path
) -> None:
    names = ["a/CON.txt", "a/.hidden", "a/tab\there.bin", "a/..\\..\\up.txt", "a/b:c*.txt"]

    async def work() -> None:
        look = workspace.inspector.look_at_file(artifacts["dataset"])
        members = [Member(f"a/{n}/../x{n}", 512, 3) for n in range(2)]
        members += [Member(name, 512, 3) for name in names]
        saving = workspace.member_saver.save(look, members, tmp_path / "out", below="a/")
        await until(lambda: saving.ended)

    live(workspace, work)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    saved = [each for each in files if each.stat().st_size == 3]
    assert len(saved) >= 5
    assert all(each.is_relative_to(tmp_path / "out") for each in saved)
    assert all(not each.name.startswith(".") and ":" not in each.name for each in saved)


def test_a_saving_that_is_stopped_leaves_nothing(
    workspace: Workspace, artifacts: dict[str, Path], tmp_path: Path
) -> None:
    async def work() -> None:
        look = workspace.inspector.look_at_file(artifacts["pyfunc"])
        members = await look.think(operations.members)
        saving = workspace.member_saver.save(look, members, tmp_path / "out", below="")
        saving.cancel()
        await until(lambda: saving.ended)
        assert saving not in workspace.member_saver.running

    live(workspace, work)
    assert not [each for each in (tmp_path / "out").rglob("*") if each.is_file()]


def test_what_is_dragged_out_is_there_soon_and_goes_with_the_program(
    workspace: Workspace, artifacts: dict[str, Path]
) -> None:
    async def work() -> Path:
        look = workspace.inspector.look_at_file(artifacts["pipeline"])
        member = await member_in(look, "manifest.json")
        path, there = workspace.member_saver.dragged(look, member)
        await until(there)
        assert path.read_bytes() == member_of(artifacts["pipeline"], "manifest.json")
        assert path.name == "manifest.json"
        return path

    assert not live(workspace, work).exists()
