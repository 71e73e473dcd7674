"""How a complete download gets its name: in one step, over nothing that is not to be replaced."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.stores.ranges import CONTENT, SHA256, Room, hurry, room_with

from dfs_desktop.api import FileError
from dfs_desktop.api.storage.local import atomic_rename, file_errors
from dfs_desktop.api.storage.local.file_size_limit import is_too_large
from dfs_desktop.api.storage.local.partial_file_opening import reserve


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    hurry(monkeypatch, several=False)
    with room_with(tmp_path) as room:
        yield room


class TestName:
    @pytest.fixture(params=["renameat2", "link", "neither"])
    def way(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(*_: Any, **__: Any) -> None:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

        if request.param != "renameat2":
            monkeypatch.setattr(atomic_rename, "_exclusive", refused)
        if request.param == "neither":
            monkeypatch.setattr(atomic_rename, "_by_link", refused)

    @pytest.mark.fault("D-19")
    @pytest.mark.usefixtures("way")
    def test_d19_nothing_is_overwritten(self, room: Room) -> None:
        taken = room.folder / "model.fnnx"
        partial = room.reserve(replace=False)
        assert room.fetch(partial)
        taken.write_bytes(b"came meanwhile")
        (room.folder / "model (1).fnnx").symlink_to(room.folder / "nowhere")
        final = partial.commit(SHA256)
        assert final == partial.target == room.folder / "model (2).fnnx"
        assert final.read_bytes() == CONTENT
        assert taken.read_bytes() == b"came meanwhile"
        assert len(list(room.folder.iterdir())) == 3

    @pytest.mark.usefixtures("way")
    def test_a_free_name_is_taken_as_it_is(self, room: Room) -> None:
        partial = room.reserve(replace=False)
        assert room.fetch(partial)
        assert partial.commit(SHA256) == room.folder / "model.fnnx"
        assert [path.name for path in room.folder.iterdir()] == ["model.fnnx"]

    @pytest.mark.fault("D-20")
    def test_d20_a_link_is_replaced_as_a_name(self, room: Room) -> None:
        (room.folder / "victim").write_bytes(b"safe")
        (room.folder / "model.fnnx").symlink_to(room.folder / "victim")
        assert not room.download().is_symlink()
        assert (room.folder / "victim").read_bytes() == b"safe"

    @pytest.mark.fault("D-23")
    def test_d23_who_holds_the_file_is_waited_for(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(atomic_rename, "PATIENCE", 0.05)
        monkeypatch.setattr(atomic_rename, "PAUSE", 0.01)
        held = [2]
        real = Path.replace

        def rename(path: Path, target: Path) -> Path:
            if held[0] > 0:
                held[0] -= 1
                raise PermissionError(errno.EACCES, "held")
            return real(path, target)

        monkeypatch.setattr(Path, "replace", rename)
        assert room.download().read_bytes() == CONTENT
        held[0] = 1000
        partial = room.reserve("other.fnnx")
        assert room.fetch(partial)
        with pytest.raises(FileError, match="could not be given its name") as caught:
            partial.commit(SHA256)
        assert caught.value.retryable
        assert partial.path.read_bytes() == CONTENT

    def test_partials_are_private_and_hidden(self, room: Room) -> None:
        partial = room.reserve()
        assert partial.path.name.startswith(".model.fnnx.")
        if os.name == "posix":
            assert partial.path.stat().st_mode & 0o777 == 0o600
        partial.discard()


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder that is not in memory, where the system has its temporary files on a disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


class TestDisk:
    """Disks that answer in their own way, or take less than others."""

    @pytest.mark.fault("RL-43")
    @pytest.mark.parametrize("answer", ["EISDIR", "ENOTTY", "EIO", "EPERM", "ENOSYS", "EMLINK"])
    def test_what_a_driver_without_links_answers_means_another_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
    ) -> None:
        number = getattr(errno, answer)

        def refused(*_: Any, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(atomic_rename, "_renameat2", lambda: None)
        monkeypatch.setattr(os, "link", refused)
        part, target = tmp_path / "part", tmp_path / "model.fnnx"
        for content in (b"1", b"2"):
            part.write_bytes(content)
            atomic_rename.publish_file(part, target, replace=False)
        found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert found == {"model.fnnx": b"1", "model (1).fnnx": b"2"}

    @pytest.mark.fault("RL-43")
    @pytest.mark.parametrize("answer", ["ENOSPC", "EROFS"])
    def test_a_full_or_locked_disk_is_no_reason_for_another_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
    ) -> None:
        number = getattr(errno, answer)

        def refused(*_: Any, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(atomic_rename, "_exclusive", refused)
        part = tmp_path / "part"
        part.write_bytes(b"1")
        with pytest.raises(OSError, match=os.strerror(number)):
            atomic_rename.publish_file(part, tmp_path / "model.fnnx", replace=False)
        assert [path.name for path in tmp_path.iterdir()] == ["part"]

    @pytest.mark.fault("RL-43")
    def test_a_share_that_links_and_loses_its_answer_has_linked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.link

        def twice(*names: Any, **more: Any) -> None:
            real(*names, **more)
            real(*names, **more)

        monkeypatch.setattr(atomic_rename, "_renameat2", lambda: None)
        monkeypatch.setattr(os, "link", twice)
        part = tmp_path / "part"
        part.write_bytes(b"1")
        assert atomic_rename.publish_file(part, tmp_path / "m", replace=False) == tmp_path / "m"
        assert [path.name for path in tmp_path.iterdir()] == ["m"]

    @pytest.mark.fault("RL-43")
    @pytest.mark.skipif(sys.platform != "linux", reason="Linux refuses places behind the end")
    def test_a_file_larger_than_the_format_takes_is_refused_before_the_first_byte(
        self, disk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with (disk / "probe").open("wb") as probe:
            ends = [1 << bits for bits in range(33, 63)]
            refused = [end for end in ends if is_too_large(probe.fileno(), disk, end)]
            if not refused:
                pytest.skip("this disk's format knows no end")
            assert refused == ends[-len(refused) :]
            assert os.lseek(probe.fileno(), 0, os.SEEK_CUR) == 0
            with pytest.raises(OSError, match="large"):
                os.truncate(probe.name, refused[0])
        monkeypatch.setattr(
            shutil, "disk_usage", lambda _folder: SimpleNamespace(total=1 << 63, free=1 << 63)
        )
        with pytest.raises(FileError, match=r"FAT32.*4 GB") as caught:
            reserve(str(disk / "model.fnnx"), "", refused[-1])
        assert caught.value.title == "Too large for this disk"
        assert [path.name for path in disk.iterdir()] == ["probe"]

    @pytest.mark.fault("RL-43")
    @pytest.mark.skipif(sys.platform != "linux", reason="a memory disk of Linux")
    def test_a_large_file_may_become_one_where_the_c_library_does_not_know_the_format(
        self, disk: Path
    ) -> None:
        """glibc says of each such format that a file has at most 31 bits."""
        for folder in (Path("/dev/shm"), disk):
            with tempfile.NamedTemporaryFile(dir=folder) as probe:
                size = 5 << 30
                os.truncate(probe.name, size)
                assert not is_too_large(probe.fileno(), folder, size)

    @pytest.mark.fault("RL-43")
    def test_efbig_while_writing_is_told_as_a_limit_of_the_disk(self, tmp_path: Path) -> None:
        error = file_errors.local_fault(
            OSError(errno.EFBIG, "File too large"), tmp_path / "model.fnnx"
        )
        assert "'model.fnnx' is larger than a file may become" in error.detail

    @pytest.mark.fault("RL-03")
    def test_a_name_that_the_disk_does_not_take_is_told_before_the_first_byte(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(FileError, match="too long for this disk"):
            reserve(str(tmp_path / ("n" * 400)), "", 10)

    @pytest.mark.fault("RL-03")
    def test_hidden_names_and_numbers_keep_to_the_limit_of_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "pathconf", lambda _path, _name: 143)  # eCryptfs
        partial = reserve(str(tmp_path), "é" * 200 + ".fnnx", 0, replace=False)
        assert len(os.fsencode(partial.path.name)) <= 143
        assert len(os.fsencode(partial.target.name)) <= 143
        partial.target.touch()
        partial.discard()
        part = tmp_path / "part"
        part.touch()
        final = atomic_rename.publish_file(part, partial.target, replace=False)
        assert final.name.endswith(" (1).fnnx")
        assert len(os.fsencode(final.name)) <= 143

    @pytest.mark.fault("RL-43", "W-09")
    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
    def test_what_is_no_file_is_not_replaced(self, tmp_path: Path) -> None:
        """As root, a download to /dev/null would leave a computer without it."""
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to(tmp_path / "pipe")
        with pytest.raises(FileError, match="is no file"):
            reserve(str(tmp_path / "pipe"), "", 10)
        reserve(str(tmp_path / "link"), "", 10).discard()  # a link is replaced as a name

    @pytest.mark.fault("W-09")
    def test_a_path_that_names_a_folder_makes_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileError, match="does not exist"):
            reserve(f"{tmp_path / 'models'}{os.sep}", "model.fnnx", 10)
        (tmp_path / "models").mkdir()
        partial = reserve(f"{tmp_path / 'models'}{os.sep}", "model.fnnx", 10)
        assert partial.target == tmp_path / "models" / "model.fnnx"
        partial.discard()
