"""The artifacts on this computer: known when they come or go, checked again, repaired, removed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.artifacts import model_files
from support.registries.local_copies import checked, fetched, overwrite
from support.registries.workspace import connected

from dfs_desktop.api import Meter, ModelArtifact
from dfs_desktop.artifact import Fingerprint, Hashes
from dfs_desktop.artifact.archive.part_sums import PART
from dfs_desktop.workers.byte_worker.caller import ByteWorker
from dfs_desktop.workspace.downloads import survey
from dfs_desktop.workspace.library import checking as checking_module
from dfs_desktop.workspace.library import repairs
from dfs_desktop.workspace.library.checking import measure_here
from dfs_desktop.workspace.library.index import Index
from dfs_desktop.workspace.library.local_copy import LocalCopy, State, now_is
from dfs_desktop.workspace.listing.row import has_copy


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
            await room.until(lambda: workspace.library.at(path).sums, "read when there is time")  # type: ignore[union-attr]
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
            await room.until(lambda: f"{path.name} was repaired" in [n.title for n in room.said])

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
            await room.until(lambda: room.workspace.library.at(path).sums)  # type: ignore[union-attr]
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


def test_the_parts_of_what_arrived_are_read_behind_the_transfers_and_again_after_a_quit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_module, "PATIENT", 0.01)

    async def play() -> None:
        async with connected(tmp_path) as room:
            library, moving = room.workspace.library, [True]
            monkeypatch.setattr(room.workspace.checking, "_busy", lambda: bool(moving))
            model = model_files.write(tmp_path, "large", weights=2 * PART)
            _record, path = await fetched(room, model)
            _record, small = await fetched(room, model_files.write(tmp_path, "small"))
            copy = library.at(path)
            assert copy is not None
            assert "all is fetched" in repairs.question([copy]).text
            moving.clear()
            await room.until(lambda: library.at(path).sums, "its parts")  # type: ignore[union-attr]
            library.put(replace(library.at(path), sums=b""))  # type: ignore[type-var]
            await library.load()
            await room.until(lambda: library.at(path).sums, "what a quit left undone")  # type: ignore[union-attr]
            assert not library.at(small).sums, "a file of one part"  # type: ignore[union-attr]

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


def test_a_check_is_paused_stopped_and_goes_before_what_was_only_found(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            library, checking = room.workspace.library, room.workspace.checking
            held, order = asyncio.Event(), list[str]()
            files = [model_files.write(tmp_path, name) for name in ("found", "one", "two")]

            def slow(path: str, mark: Fingerprint, meter: Meter) -> Hashes:
                order.append(Path(path).stem)
                while not held.is_set():
                    meter.check()
                    time.sleep(0.001)
                return measure_here(path, mark, meter)

            checking._measure = slow
            found, one, two = map(str, files)
            checking.read_found([found])
            await room.until(lambda: order == ["found"])
            checking.verify([one, two])
            await room.until(lambda: order == ["found", "one"], "what the person asked for")
            assert (checking.done, checking.total) == (0, 2)
            checking.pause()
            await room.until(lambda: not checking.current)
            assert (checking.paused, checking.total) == (True, 2)
            checking.go_on()
            await room.until(lambda: order == ["found", "one", "one"], "the file, anew")
            held.set()
            await room.until(lambda: all(library.at(path) for path in files))
            assert order == ["found", "one", "one", "two", "found"]
            await room.until(lambda: room.said[-1].title == "2 files checked: all are intact")
            held.clear()
            checking.verify([one, two])
            await room.until(lambda: len(order) == 6)
            checking.stop()
            await room.until(lambda: not checking.current)
            await room.until(lambda: checking.total == 0)
            assert library.at(one).state is State.FINE, "what is known stays"  # type: ignore[union-attr]
            checking.verify([one])  # the program ends meanwhile
            await room.until(lambda: len(order) == 7)

    asyncio.run(play())


def test_what_is_found_when_the_program_ends_is_not_read_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            library, checking = room.workspace.library, room.workspace.checking
            order = list[str]()

            def gone(path: str, _mark: Fingerprint, _meter: Meter) -> Hashes:
                order.append(Path(path).stem)
                raise OSError

            async def look(_path: str) -> None:
                checking.close()
                checking.read_found(files)

            checking._measure = gone
            monkeypatch.setattr(library, "look", look)
            files = [str(model_files.write(tmp_path, name)) for name in ("one", "two")]
            checking.verify(files)
            await room.until(lambda: order and not checking.current)
            checking.verify(files)
            await asyncio.sleep(0)
            assert (order, checking.current) == (["one"], "")

    asyncio.run(play())


def test_a_repair_that_fails_or_is_called_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            workspace = room.workspace
            model = model_files.write(tmp_path, "large", weights=2 * PART)
            _record, path = await fetched(room, model)
            overwrite(path, PART)
            await checked(room, path)
            damaged = path.read_bytes()
            for stored in (tmp_path / "registry" / "objects").glob("*/*"):
                stored.unlink()
            copy = workspace.library.at(path)
            assert copy is not None
            (job,) = repairs.repair(workspace.queue, [copy])
            await room.until(lambda: job.state.ended or job.state.value == "attention")
            assert job.state.value != "done"
            assert path.read_bytes() == damaged
            workspace.queue.cancel(job)
            await room.until(lambda: job.state.value == "cancelled" or not workspace.queue.busy())
            assert [each.name for each in path.parent.iterdir()] == [path.name], "nothing is left"
            assert workspace.library.at(path).state is State.DAMAGED  # type: ignore[union-attr]

    asyncio.run(play())


def test_a_file_whose_hash_is_known_is_not_read_to_see_whether_it_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        async with connected(tmp_path) as room:
            record, path = await fetched(room, model_files.write(tmp_path, "model"))
            monkeypatch.setattr(survey, "hash_file", lambda *_, **__: pytest.fail("it was read"))
            assert await room.workspace.downloads.fetch([record]) == []
            assert room.said[-1].title == f"{path.name} is already there"
            room.workspace.downloads.use_folder(tmp_path / "another")
            assert await room.workspace.downloads.fetch([record]) == [], "the library knows it"
            assert str(path.parent) in room.said[-1].detail
            asked: list[Path] = []
            room.workspace.downloads.again_requested.connect(lambda _a, to, _o: asked.append(to))
            assert room.said[-1].other is not None
            room.said[-1].other.run()
            assert asked == [tmp_path / "another"]
            (job,) = await room.workspace.downloads.fetch([record], into=tmp_path / "named")
            await room.until(lambda: job.state.ended)
            assert (tmp_path / "named" / path.name).is_file(), "a folder that is named gets it"
            monkeypatch.undo()
            overwrite(path, 700, quietly=False)
            assert len(await room.workspace.downloads.fetch([record])) == 1

    asyncio.run(play())


def test_the_hash_of_a_record_is_found_in_any_notation() -> None:
    digest = hashlib.sha256(b"model").hexdigest()
    for text in (digest, digest.upper(), f"sha256:{digest}", f"0x{digest}"):
        assert has_copy(ModelArtifact(id="a", file_hash=text), {digest}), text
    for text in ("", "0" * 64, digest[:-1], "nonsense"):
        assert not has_copy(ModelArtifact(id="a", file_hash=text), {digest}), text
