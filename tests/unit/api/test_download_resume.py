"""Partial files: what survives a crash, what is durable when, and how a file gets its name."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import random
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.stores.ranges import CONTENT, SHA256, Room, cut, hurry, room_with

from dfs_desktop.api import ChecksumError, FileError
from dfs_desktop.api.errors import DiskFullError
from dfs_desktop.api.protocol.checkpoint import Checkpoint, PartialFileState
from dfs_desktop.api.storage.local import checkpointer
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import reopen, reserve

SIZE = len(CONTENT)
RANGES = ((0, 300_000), (500_000, 900_000), (SIZE - 10, SIZE))


@pytest.fixture
def room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext | None
) -> Iterator[Room]:
    hurry(monkeypatch, several=False)
    with room_with(tmp_path, context=tls) as room:
        yield room


def put(partial: PartialFile, start: int, end: int) -> None:
    partial.write(start, memoryview(CONTENT)[start:end], partial.attempt)


def left_behind(room: Room, ranges: tuple[tuple[int, int], ...] = RANGES) -> PartialFileState:
    """A partial file as a program that was killed leaves it, and its note in a journal."""
    partial = room.reserve()
    partial.etag = room.server.etag
    for start, end in ranges:
        put(partial, start, end)
    partial.sync()
    kept = partial.kept()
    partial.close()
    assert kept.held == Checkpoint(ranges, room.server.etag)
    return kept


def again(kept: PartialFileState, **more: Any) -> PartialFile:
    partial = reopen(kept, SIZE, **more)
    assert partial is not None
    return partial


class TestResume:
    def test_only_what_is_missing_is_fetched(self, room: Room) -> None:
        partial = again(left_behind(room))
        assert partial.received == 700_010
        assert room.fetch(partial)
        asked = [headers["range"] for headers in room.server.audit]
        assert asked == ["bytes=300000-499999", f"bytes=900000-{SIZE - 11}"]
        assert {headers["if-range"] for headers in room.server.audit} == {'"one"'}
        assert partial.commit(SHA256).read_bytes() == CONTENT

    def test_another_object_starts_again(self, room: Room) -> None:
        kept = left_behind(room)
        room.server.etag = '"two"'
        partial = again(kept)
        assert room.fetch(partial, keep=True)
        assert room.kept[0] == Checkpoint()
        assert room.kept[-1] == Checkpoint(((0, SIZE),), '"two"')
        assert partial.commit(SHA256).read_bytes() == CONTENT

    @pytest.mark.fault("D-18")
    @pytest.mark.parametrize("length", [0, 1, 299_999, 600_000])
    def test_d18_a_tail_that_is_gone_does_not_count(self, room: Room, length: int) -> None:
        kept = left_behind(room)
        os.truncate(kept.path, length)
        partial = reopen(kept, SIZE)
        if not length:
            assert partial is None
            assert list(room.folder.iterdir()) == []
            return
        assert partial is not None
        assert partial.received <= length
        assert room.fetch(partial)
        assert partial.commit(SHA256).read_bytes() == CONTENT

    @pytest.mark.fault("D-18")
    def test_d18_a_tail_of_zeros_is_found_by_the_hash(self, room: Room) -> None:
        kept = left_behind(room)
        with Path(kept.path).open("r+b") as file:
            file.seek(800_000)
            file.write(bytes(100_000))
        partial = again(kept)
        assert room.fetch(partial)
        with pytest.raises(ChecksumError, match="SHA-256 differs"):
            partial.commit(SHA256)
        partial.restart()
        assert (partial.received, partial.held()) == (0, Checkpoint())
        assert room.fetch(partial)
        assert partial.commit(SHA256).read_bytes() == CONTENT

    def test_what_is_longer_than_the_object_is_cut(self, room: Room) -> None:
        kept = left_behind(room)
        with Path(kept.path).open("ab") as file:
            file.write(b"left over")
        partial = again(kept)
        assert room.fetch(partial)
        assert partial.commit(SHA256).read_bytes() == CONTENT

    @pytest.mark.fault("D-20")
    def test_d20_another_file_in_its_place_is_left_alone(self, room: Room) -> None:
        kept = left_behind(room)
        path, victim = Path(kept.path), room.folder / "victim"
        path.rename(room.folder / "moved")
        victim.write_bytes(b"safe")
        for place in (lambda: path.symlink_to(victim), lambda: path.write_bytes(b"other")):
            place()
            assert reopen(kept, SIZE) is None
            assert victim.read_bytes() == b"safe"
            path.unlink()
        path.symlink_to(room.folder / "moved")
        assert reopen(kept, SIZE) is None
        path.unlink()
        if hasattr(os, "mkfifo"):
            os.mkfifo(path)
        assert reopen(kept, SIZE) is None

    def test_a_note_that_leads_elsewhere_is_not_followed(self, room: Room) -> None:
        kept = left_behind(room)
        (room.folder / "sub").mkdir()
        path = str(room.folder / "sub" / "x.fnnx")
        assert (
            reopen(PartialFileState(kept.path, path, kept.device, kept.inode, kept.held), SIZE)
            is None
        )

    @pytest.mark.fault("D-22")
    def test_d22_a_folder_that_is_gone_is_waited_for(self, room: Room, tmp_path: Path) -> None:
        room.folder = tmp_path / "share"
        room.folder.mkdir()
        kept = left_behind(room)
        room.folder.rename(tmp_path / "away")
        with pytest.raises(FileError, match="cannot be reached") as caught:
            reopen(kept, SIZE)
        assert caught.value.retryable
        (tmp_path / "away").rename(room.folder)
        partial = again(kept)
        assert room.fetch(partial)
        (room.folder).rename(tmp_path / "away")
        with pytest.raises(FileError, match="cannot be reached") as caught:
            partial.commit(SHA256)
        assert caught.value.retryable
        assert not room.folder.exists()

    def test_the_finished_file_is_recognised_and_not_touched(self, room: Room) -> None:
        """The program ended between the rename and the note of it."""
        partial = room.reserve()
        assert room.fetch(partial)
        kept = partial.kept()
        target = partial.commit(SHA256)
        named = PartialFileState(str(target), kept.target, kept.device, kept.inode)
        found = reopen(named, SIZE)
        assert found is not None
        found.close()
        assert reopen(named, SIZE + 1) is None
        assert target.read_bytes() == CONTENT


class TestKeep:
    def test_nothing_is_claimed_before_it_is_durable(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checkpointer, "EVERY_BYTES", 200_000)
        room.server.rate = 4_000_000
        synced: list[int] = []
        real = os.fdatasync if hasattr(os, "fdatasync") else os.fsync

        def sync(descriptor: int) -> None:
            before = partial.received
            real(descriptor)
            synced.append(before)

        monkeypatch.setattr(os, real.__name__, sync)
        claims: list[tuple[int, int]] = []
        partial = room.reserve()
        room.kept = _Claims(lambda held: claims.append((total(held), synced[-1])))  # type: ignore[assignment]
        assert room.fetch(partial, keep=True)
        assert len(claims) >= 2
        assert all(claimed <= durable for claimed, durable in claims)
        assert claims[-1][0] == SIZE
        assert partial.held() == Checkpoint(((0, SIZE),), '"one"')
        partial.discard()

    def test_a_stop_tells_what_arrived(self, room: Room) -> None:
        room.server.rate = 1_000_000
        partial = room.reserve()
        timer = threading.Timer(0.1, room.meter.stop)
        timer.start()
        with pytest.raises(Exception, match="stopped"):
            room.fetch(partial, keep=True)
        timer.join()
        assert total(room.kept[-1]) == partial.received > 0
        kept = partial.kept()
        assert kept.held == room.kept[-1]
        partial.close()
        partial = again(kept)
        room.server.rate, room.meter = None, type(room.meter)()
        assert room.fetch(partial)
        assert partial.commit(SHA256).read_bytes() == CONTENT

    def test_a_journal_that_fails_ends_the_download(self, room: Room) -> None:
        partial = room.reserve()
        room.kept = _Claims(_fail)  # type: ignore[assignment]
        with pytest.raises(RuntimeError, match="no journal"):
            room.fetch(partial, keep=True)
        partial.discard()

    @pytest.mark.fault("D-16")
    def test_d16_a_disk_that_does_not_sync_never_gives_the_name(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        partial = room.reserve()
        assert room.fetch(partial)

        def fail(_descriptor: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            with pytest.raises(FileError, match=r"model\.fnnx.*could not be written"):
                partial.commit(SHA256)
        assert not (room.folder / "model.fnnx").exists()
        partial.discard()


class _Claims:
    """Looks like the list that a room keeps what it is told in."""

    def __init__(self, told: Any) -> None:
        self.append = told


def _fail(_held: Checkpoint) -> None:
    raise RuntimeError("no journal")


def total(held: Checkpoint) -> int:
    return sum(end - start for start, end in held.ranges)


class TestRoom:
    def test_too_little_is_said_before_anything_is_fetched(self, tmp_path: Path) -> None:
        with pytest.raises(DiskFullError, match="free") as caught:
            reserve(str(tmp_path), "x.fnnx", 1 << 60)
        assert (caught.value.needed, caught.value.folder) == (1 << 60, str(tmp_path))
        assert 0 < caught.value.free < 1 << 60
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.fault("D-15")
    @pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk, as root on Linux"
    )
    def test_d15_a_disk_that_fills_up(self, room: Room, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("this machine does not let us mount")
        try:
            room.folder = disk
            partial = room.reserve()
            (disk / "other").write_bytes(bytes(3 << 20))
            with pytest.raises(DiskFullError) as caught:
                room.fetch(partial, keep=True)
            assert caught.value.needed == SIZE - partial.received
            assert partial.received > 0
            kept = partial.kept()
            assert total(kept.held) == partial.received
            partial.close()
            (disk / "other").unlink()
            partial = again(kept)
            assert room.fetch(partial)
            assert partial.commit(SHA256).read_bytes() == CONTENT
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_blocks_gives_the_same_hash(tmp_path: Path, seed: int) -> None:
    """Blocks in random order, some twice, while a thread hashes what has no gap before it."""
    chance = random.Random(seed)
    edges = sorted({0, SIZE, *(chance.randrange(SIZE) for _ in range(40))})
    blocks = list(itertools.pairwise(edges))
    blocks += chance.sample(blocks, 5)
    if seed:
        chance.shuffle(blocks)
    partial = reserve(str(tmp_path / "x"), "x", SIZE)
    with partial.checksum.following():
        for start, end in blocks:
            put(partial, start, end)
        partial.checksum.catch_up(lambda: None)
    assert partial.checksum.finish(SIZE) == hashlib.sha256(CONTENT).hexdigest()
    partial.commit(SHA256)


def test_a_break_in_the_middle_of_a_resume(room: Room) -> None:
    partial = again(left_behind(room))
    room.server.script("get", cut(1000), cut(5), cut(0))
    assert room.fetch(partial)
    assert partial.commit(SHA256).read_bytes() == CONTENT
