"""Watched folders and collections kept in step: nothing is sent, removed or replaced by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from support.artifacts import model_files
from support.registries.local_copies import fetched, old, overwrite
from support.registries.workspace import connected

from dfs_desktop.api import ModelArtifact


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
            wanted = [(str(moved), record.id)]

            def there() -> bool:
                return [(each.path, each.artifact_id) for each in library.copies()] == wanted

            await room.until(there, "the file at its new place")

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
            mirrors.add(workspace.session, folder)
            await room.until(lambda: mirrors.all()[0].last)
            assert mirrors.all()[0].outcome.startswith("2 new being fetched")
            await room.until(lambda: len(list(folder.glob("*.fnnx"))) == 3)
            for name in ("one (1).fnnx", "two.fnnx"):
                await room.until(lambda name=name: library.at(folder / name))
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
