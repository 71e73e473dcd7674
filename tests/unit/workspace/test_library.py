"""The artifacts on this computer: known when they come or go, checked again, repaired, removed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest
from support.artifacts import model_files
from support.registries.workspace import Room, connected

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.archive.part_sums import PART
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workspace.library import repairs
from dfs_desktop.workspace.library.index import Index
from dfs_desktop.workspace.library.local_copy import LocalCopy, State, now_is


async def fetched(room: Room, model: Path) -> tuple[ModelArtifact, Path]:
    """A record, and the copy of it that was downloaded and is known."""
    job = await room.upload(model)
    await room.until(lambda: job.state.ended and job.artifact)
    record = job.artifact
    assert record is not None
    (load,) = await room.workspace.downloads.fetch([record])
    await room.until(lambda: load.state.ended)
    library = room.workspace.library
    await room.until(lambda: library.at(load.path), "the copy")
    return record, load.path


async def checked(room: Room, *paths: Path) -> list[State]:
    """How files stand after they were read again."""
    checking = room.workspace.checking
    checking.verify(map(str, paths))
    await room.until(lambda: not checking.current and not checking.total)
    found = [room.workspace.library.at(path) for path in paths]
    return [copy.state for copy in found if copy is not None]


def overwrite(path: Path, at: int, *, quietly: bool = True) -> None:
    """Other bytes at a place; `quietly`: as a bad disk does it, without a new time."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 16)
    if quietly:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("in_child", [False, True], ids=["here", "byte worker"])
def test_only_the_damaged_parts_of_a_copy_are_fetched_again(tmp_path: Path, in_child: bool) -> None:
    async def play() -> None:
        worker = ByteWorker() if in_child else None
        async with connected(tmp_path, byte_worker=worker) as room:
            workspace = room.workspace
            model = model_files.write(tmp_path, "large", weights=3 * PART)
            record, path = await fetched(room, model)
            copy = workspace.library.at(path)
            assert copy is not None
            assert (copy.state, copy.server_name) == (State.FINE, "On this computer")
            assert workspace.library.copy_of(record) is not None
            overwrite(path, PART + 5)
            assert await checked(room, path) == [State.DAMAGED]
            copy = workspace.library.at(path)
            assert copy is not None
            assert copy.wrong == 1
            assert repairs.cost(copy) == PART
            assert "1 of 4 parts are wrong" in repairs.question([copy]).text
            model.unlink()
            (job,) = repairs.repair(workspace.queue, [copy])
            await room.until(lambda: job.state.ended)
            await room.until(lambda: workspace.library.at(path).state is State.FINE)  # type: ignore[union-attr]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == record.sha256

    asyncio.run(play())


def test_a_repair_asks_the_storage_for_the_wrong_parts_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dfs_desktop.api.storage.local.partial_file import PartialFile

    written: list[tuple[int, int]] = []
    write = PartialFile.write

    def watched(self: PartialFile, start: int, block: memoryview, attempt: int) -> int:
        written.append((start, len(block)))
        return write(self, start, block, attempt)

    async def play() -> None:
        async with connected(tmp_path) as room:
            model = model_files.write(tmp_path, "large", weights=3 * PART)
            _record, path = await fetched(room, model)
            overwrite(path, 2 * PART)
            await checked(room, path)
            monkeypatch.setattr(PartialFile, "write", watched)
            copy = room.workspace.library.at(path)
            assert copy is not None
            (job,) = repairs.repair(room.workspace.queue, [copy])
            await room.until(lambda: job.state.ended)
            assert [start for start, _ in written[:3]] == [0, PART, 3 * PART], "from the copy"
            came = [start >= 2 * PART and start + size <= 3 * PART for start, size in written[3:]]
            assert came
            assert all(came), "only the wrong part came by the network"

    asyncio.run(play())


def test_a_file_that_was_written_to_a_missing_one_and_an_absent_drive_are_told_apart(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            library = room.workspace.library
            model = model_files.write(tmp_path, "model.fnnx")
            record, path = await fetched(room, model)
            overwrite(path, 700, quietly=False)
            await library.look()
            assert library.at(path).state is State.CHANGED  # type: ignore[union-attr]
            model.unlink()
            await library.look()
            assert library.at(model).state is State.MISSING  # type: ignore[union-attr]
            assert library.copy_of(record) is None
            assert not room.workspace.listing.told_of_copy(record)
            path.parent.rename(tmp_path / "unplugged")
            await library.look()
            assert library.at(path).state is State.AWAY  # type: ignore[union-attr]
            assert await checked(room, path) == [State.AWAY], "it stays in the list"
            (tmp_path / "unplugged").rename(path.parent)
            await library.look()
            assert library.at(path).state is State.CHANGED  # type: ignore[union-attr]
            stayed = await library.remove(library.copies(), lambda name: not Path(name).unlink())
            assert (stayed, library.copies()) == ([], [])
            assert not path.exists()

    asyncio.run(play())


def test_what_is_not_the_file_of_the_list_any_more_is_not_removed(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            library = room.workspace.library
            _record, path = await fetched(room, model_files.write(tmp_path, "model.fnnx"))
            copy = library.at(path)
            assert copy is not None
            shutil.copy(__file__, path)
            stayed = await library.remove([copy], lambda name: not Path(name).unlink())
            assert stayed == [copy]
            assert path.exists()

    asyncio.run(play())


def test_the_filter_finds_what_is_on_this_computer_and_follows(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            listing = room.workspace.listing
            model = model_files.write(tmp_path, "model.fnnx")
            record, path = await fetched(room, model)
            for line, there in (("have:yes", 1), ("have:no", 0), ("-have:y", 0), ("have!=no", 1)):
                listing.filter(line)
                assert len(listing.visible) == there, line
            assert "checked just now" in listing.told_of_copy(record)
            model.unlink()
            path.unlink()
            listing.filter("have:no")
            await room.workspace.library.look()
            await room.until(lambda: len(listing.visible) == 1, "the row")

    asyncio.run(play())


def test_the_index_is_there_again_and_a_damaged_one_is_put_aside(tmp_path: Path) -> None:
    file, odd = tmp_path / "library.sqlite3", os.fsdecode(b"/models/\xff.fnnx")
    copy = LocalCopy(path=odd, sha256="a" * 64, found="a" * 64, sums=b"12345678", inode=str(2**64))
    index = Index(file)
    index.load().result()
    index.put(copy)
    index.put_place("watched", "/models", b"{}")
    index.close()
    index = Index(file)
    copies, places = index.load().result()
    assert (copies, places) == ([copy], {"watched": {"/models": b"{}"}})
    index.take(copies)
    assert index.by_hash["a" * 64] == copy
    index.forget(odd)
    assert not index.by_hash
    index.close()
    file.write_bytes(b"no database" * 1000)
    index = Index(file)
    assert index.load().result() == ([], {})
    assert "damaged" in index.notice
    index.close()


def test_another_copy_of_the_same_bytes_takes_the_place_of_one_that_goes(tmp_path: Path) -> None:
    index = Index(None)
    first, second = (
        LocalCopy(path=f"/{name}", sha256="b" * 64, found="b" * 64) for name in ("one", "two")
    )
    index.put(first)
    index.put(second)
    assert index.by_hash["b" * 64] == second
    index.forget(second.path)
    assert index.by_hash["b" * 64] == first
    index.close()
    assert now_is(LocalCopy(path=str(tmp_path / "nothing"), sha256="")) is State.MISSING


def old(path: Path) -> Path:
    """The same, as if nobody had written to it for an hour."""
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def test_what_is_new_in_a_watched_folder_is_offered_once_and_never_sent_by_itself(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            workspace, folder = room.workspace, tmp_path / "out"
            folder.mkdir()
            library, watched = workspace.library, workspace.watched_folders
            first = old(model_files.write(folder / "deep", "before"))
            (folder / "notes.tar").write_bytes(b"somebody's archive")
            watched.add(folder)
            await room.until(lambda: library.at(first), "what is there already")
            asked: list[list[Path]] = []
            workspace.state.upload_requested.connect(asked.append)
            assert [notice for notice in room.said if notice.key == "watched"] == []
            growing = model_files.write(folder, "growing", weights=3000)
            new = [
                old(model_files.write(folder, name, weights=n)) for n, name in ((9, "b"), (8, "a"))
            ]
            await watched.look()
            await room.until(lambda: all(map(library.at, new)), "the new ones")
            await room.until(lambda: any(n.key == "watched" for n in room.said), "the offer")
            notice = next(n for n in reversed(room.said) if n.key == "watched")
            assert notice.title.startswith("2 new artifacts in ")
            assert library.at(growing) is None, "it may still be written to"
            old(growing)
            await watched.look()
            await watched.look()
            await room.until(lambda: library.at(growing), "the file that was growing")
            await room.until(lambda: room.said[-1].title.startswith("3 new artifacts"))
            action = room.said[-1].action
            assert action is not None
            assert action.text == "Upload 3…"
            action.run()
            assert sorted(asked[0]) == sorted([*new, growing])
            assert await room.list() == []
            said = len(room.said)
            await watched.look()
            await asyncio.sleep(0.3)
            assert len(room.said) == said, "once"
            copies = len(library.copies())
            watched.remove(watched.all()[0])
            assert (watched.all(), len(library.copies())) == ([], copies)

    asyncio.run(play())


def test_a_file_that_was_moved_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            library = room.workspace.library
            record, path = await fetched(room, model_files.write(tmp_path, "model"))
            (tmp_path / "model.fnnx").unlink()
            library.forget([copy for copy in library.copies() if copy.path != str(path)])
            moved = path.with_name("renamed.fnnx")
            path.rename(old(moved) if moved.exists() else moved)
            await library.look()
            await room.workspace.watched_folders.look()
            await asyncio.sleep(0.01)
            old(moved)
            await room.workspace.watched_folders.look()
            await room.workspace.watched_folders.look()
            await room.until(lambda: library.at(moved), "the file at its new place")
            (copy,) = library.copies()
            assert (copy.path, copy.artifact_id) == (str(moved), record.id)

    asyncio.run(play())


def test_a_collection_is_kept_in_step_and_nothing_is_removed_or_replaced(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            workspace, folder = room.workspace, tmp_path / "mirror"
            mirrors, library = workspace.mirrors, workspace.library

            async def added(name: str, weights: int) -> ModelArtifact:
                job = await room.upload(model_files.write(tmp_path, name, weights=weights))
                await room.until(lambda: job.state.ended and job.artifact)
                assert job.artifact is not None
                return job.artifact

            async def ran() -> str:
                await mirrors._run(mirrors.all()[0].key)
                await room.until(lambda: not workspace.queue.busy())
                await asyncio.sleep(0.05)
                return mirrors.all()[0].outcome

            first, second = await added("one", 1000), await added("two", 2000)
            folder.mkdir()
            (folder / "one.fnnx").write_bytes(b"somebody's own file of this name")
            mirrors.add(folder)
            await room.until(lambda: mirrors.all()[0].last)
            assert mirrors.all()[0].outcome.startswith("2 new being fetched")
            await room.until(lambda: len(list(folder.glob("*.fnnx"))) == 3)
            await room.until(lambda: library.at(folder / "two.fnnx"))
            assert await ran() == "Nothing new · 2 in step"
            (folder / "two.fnnx").unlink()
            overwrite(folder / "one (1).fnnx", 600, quietly=False)
            await added("three", 3000)
            await room.here.model_artifacts.delete(second.id)
            told = await ran()
            assert "1 new being fetched · 0 in step · 1 changed here" in told
            assert "1 no longer on the server, kept here" in told
            await room.until(lambda: library.at(folder / "three.fnnx"))
            names = sorted(path.name for path in folder.glob("*.fnnx"))
            assert names == ["one (1).fnnx", "one.fnnx", "three.fnnx"]
            assert (folder / "one.fnnx").read_bytes().startswith(b"somebody's own")
            (folder / "three.fnnx").unlink()
            assert "1 removed here, not fetched again" in await ran()
            folder.rename(tmp_path / "unplugged")
            assert await ran() == "The folder is not there now"
            assert not folder.exists()
            assert first.id in mirrors.all()[0].had

    asyncio.run(play())
