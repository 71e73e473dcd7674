"""Members of foreign artifacts on a disk: none lost, none replaced, no link followed, all told."""

from __future__ import annotations

import errno
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.artifacts.inspected import live, member_in
from support.qt.widgets import until

from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.artifact.errors import UnreachableError
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.downloads import member_writer as saving_files
from dfs_desktop.workspace.downloads import target_folder
from dfs_desktop.workspace.notices import Level, Notice
from dfs_desktop.workspace.workspace import Workspace


def archive_of(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name in names:
            info = tarfile.TarInfo(f"data/{name}")
            content = name.encode()
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


Save = Callable[..., Notice]


@pytest.fixture
def save(workspace: Workspace, tmp_path: Path) -> Save:
    """Saves the members of these names into the folder out; what was said."""

    def save(names: list[str], before: Callable[[], object] = lambda: None) -> Notice:
        path = archive_of(tmp_path / "m.fnnx", names)
        said: list[Notice] = []

        async def work() -> None:
            workspace.notices.noticed.connect(said.append)
            look = workspace.inspector.look_at_file(path)
            members = await look.think(operations.members)
            before()
            running = workspace.member_saver.save(look, members, tmp_path / "out", below="data/")
            await until(lambda: running.ended)

        live(workspace, work)
        assert len(said) == 1
        return said[0]

    return save


def contents(folder: Path) -> list[str]:
    return sorted(each.read_text() for each in folder.rglob("*") if each.is_file())


@pytest.mark.fault("RL-03")
@pytest.mark.parametrize(
    "names",
    [
        ["a:b.bin", "a?b.bin", "a_b.bin"],
        ["é.txt", "e\u0301.txt"],
        ["x.", "x", "x "],
        ["k:/w.bin", "k_/w.bin", "K_/w.bin"],
        ["con.txt", "_con.txt", "CON.txt"],
        ["n" * 220 + "1.bin", "n" * 220 + "2.bin"],
        ["m:", "m_/z.bin"],
        ["s\u200bt", "st"],
        ["a", "A"],
    ],
)
def test_as_many_files_as_members_and_what_was_renamed_is_told(
    save: Save, tmp_path: Path, names: list[str]
) -> None:
    notice = save(names)
    assert contents(tmp_path / "out") == sorted(names)
    assert notice.title == f"{len(names)} files were saved"
    assert "Saved under another name: “" in notice.detail


@pytest.mark.fault("RL-03")
def test_nothing_that_is_there_is_replaced(save: Save, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "W.bin").write_text("mine")
    notice = save(["w.bin", "v.bin"])
    assert contents(out) == ["mine", "v.bin", "w.bin"]
    assert "“w.bin” is “w (1).bin”" in notice.detail


@pytest.mark.fault("RL-03")
def test_one_member_that_cannot_be_saved_does_not_stop_the_others(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def write(descriptor: int, data: memoryview) -> int:
        if bytes(data[:3]) == b"bad":
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return real(descriptor, data)

    monkeypatch.setattr(saving_files.os, "write", write)
    notice = save(["a", "bad", "c"])
    assert contents(tmp_path / "out") == ["a", "c"]
    assert (notice.title, notice.level) == ("2 of 3 files were saved", Level.WARNING)
    assert notice.detail.startswith("“bad” was not saved: 'bad' is larger than")
    assert target_folder.SUFFIX not in notice.detail
    assert not [each for each in tmp_path.rglob("*") if target_folder.SUFFIX in each.name]


@pytest.mark.fault("X-16")
@pytest.mark.parametrize("planted", ["file", "folder", "nothing", "root"])
def test_a_planted_link_is_refused_and_nothing_outside_is_written(
    save: Save, tmp_path: Path, planted: str
) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    (outside / "w.bin").write_text("safe")

    def plant() -> None:
        if planted == "root":
            out.symlink_to(outside)
            return
        out.mkdir()
        where = out / ("w.bin" if planted != "folder" else "sub")
        to = {"file": outside / "w.bin", "folder": outside, "nothing": outside / "new"}[planted]
        where.symlink_to(to)

    notice = save(["w.bin" if planted != "folder" else "sub/w.bin", "other"], plant)
    assert [(each.name, each.read_text()) for each in outside.iterdir()] == [("w.bin", "safe")]
    assert "link" in notice.detail
    if planted == "root":
        assert (notice.title, notice.level) == ("“out” was not saved", Level.ERROR)
    else:
        assert notice.title == "1 of 2 files were saved"
        assert (out / "other").read_text() == "other"


@pytest.mark.fault("X-16")
def test_a_link_planted_while_files_are_written_is_not_followed(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    real = os.fsync

    def fsync(
        descriptor: int,
    ) -> None:  # the folder is exchanged between its opening and the rename
        if (out / "sub").is_dir() and not (out / "sub").is_symlink():
            (out / "sub").rename(out / "moved")
            (out / "sub").symlink_to(outside)
        real(descriptor)

    monkeypatch.setattr(target_folder.os, "fsync", fsync)
    save(["sub/w.bin"])
    assert list(outside.iterdir()) == []
    assert (out / "moved" / "w.bin").read_text() == "sub/w.bin"


@pytest.mark.fault("RL-03")
def test_a_source_that_is_gone_ends_the_saving_and_the_count_is_true(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def gone(_source: object, offset: int, _length: int) -> bytes:
        asked.append(offset)
        raise UnreachableError("The store does not answer", "Try again later.")

    monkeypatch.setattr(saving_files, "read_exactly", gone)
    notice = save(list("abcdefgh"))
    assert len(asked) == 3
    assert (notice.title, notice.level) == ("“out” was not saved", Level.ERROR)
    assert "5 more were not saved either" in notice.detail
    assert contents(tmp_path / "out") == []


@pytest.mark.fault("RL-03")
@pytest.mark.parametrize("agreed", [True, False])
def test_one_file_replaces_another_only_when_the_person_agreed(
    workspace: Workspace, tmp_path: Path, agreed: bool
) -> None:
    path, target = archive_of(tmp_path / "m.fnnx", ["w"]), tmp_path / "w.bin"
    victim = tmp_path / "victim"
    victim.write_text("safe")
    if agreed:
        target.symlink_to(victim)  # replaced as a name
    else:
        target.write_text("mine")
    said: list[Notice] = []

    async def work() -> None:
        workspace.notices.noticed.connect(said.append)
        look = workspace.inspector.look_at_file(path)
        member = await member_in(look, "data/w")
        running = workspace.member_saver.save(look, [member], target, replace=agreed)
        await until(lambda: running.ended)

    live(workspace, work)
    assert victim.read_text() == "safe"
    assert target.read_text() == ("w" if agreed else "mine")
    if not agreed:
        assert (tmp_path / "w (1).bin").read_text() == "w"
        assert "“w.bin” is “w (1).bin”" in said[0].detail


@pytest.mark.fault("W-18")
def test_hidden_files_of_killed_savings_go_and_those_of_living_ones_stay(
    save: Save, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    killed, living = (out / f".{digit * 16}{target_folder.SUFFIX}" for digit in "ab")
    killed.touch()
    with living.open("wb") as file:
        assert target_folder.hold(file.fileno())
        save(["w", "v"])
    assert not killed.exists()
    assert sorted(each.name for each in out.iterdir()) == sorted([living.name, "v", "w"])


@pytest.mark.fault("RL-03")
def test_too_little_room_is_said_before_a_byte_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = archive_of(tmp_path / "m.fnnx", ["w"])
    said: list[Notice] = []

    async def work() -> None:
        workspace.notices.noticed.connect(said.append)
        look = workspace.inspector.look_at_file(path)
        members = [Member("data/w", 512, 1 << 50)]
        running = workspace.member_saver.save(look, members, tmp_path / "out", below="data/")
        await until(lambda: running.ended)

    live(workspace, work)
    assert said[0].title == "“out” was not saved"
    assert "Make room" in said[0].detail
    assert not (tmp_path / "out").exists()
