"""D-15 to D-24: downloads onto disks that are full, changed behind our back, linked or gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.small_disk import fill, mounted

from dfs_desktop.api import DataForceClient
from dfs_desktop.api.errors import DiskFullError
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.transfers.job import Job, State
from fault_injection.cloud import MULTI, Cloud, sha256
from fault_injection.engine import Engine
from fault_injection.fetching import SIZE, fetch, go_on, half, ranges
from fault_injection.runs import TESTS

pytestmark = pytest.mark.any_connection

LARGE = 3 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    with mounted(tmp_path / "small disk", 4) as folder:
        yield folder


@pytest.mark.fault("D-15")
def test_d15_too_little_room_is_seen_before_anything_is_fetched(
    small_disk: Path, cloud: Cloud
) -> None:
    record = cloud.filed(LARGE)
    fill(small_disk, 1 << 20)
    job = fetch(cloud, small_disk / "back.fnnx", record)
    assert job.state is State.PAUSED
    assert isinstance(job.error, DiskFullError)
    assert job.error.needed >= LARGE - (1 << 20)
    assert str(small_disk) in str(job.error)
    assert cloud.store.count("get") == 0


@pytest.mark.fault("D-15")
def test_d15_a_disk_that_fills_up_pauses_and_goes_on_when_there_is_room(
    small_disk: Path, cloud: Cloud
) -> None:
    record, target = cloud.filed(LARGE), small_disk / "back.fnnx"

    def use_up(handler: Any) -> bool:
        fill(small_disk, 1 << 20)
        return False

    def make_room() -> None:
        (partial,) = small_disk.glob(".*.dfspart")
        assert partial.stat().st_blocks * 512 <= (1 << 20) + 4096
        (small_disk / "filler").unlink()

    cloud.store.script("get", use_up)

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, target)
        assert await engine.reach(job) is State.PAUSED
        assert isinstance(job.error, DiskFullError)
        asked = cloud.store.count("get")
        assert asked <= 2, "it tries again and again on a full disk"
        make_room()
        engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE

    cloud.play(journey)
    assert sha256(target) == record.file_hash


@pytest.mark.fault("D-16")
def test_d16_a_disk_that_cannot_sync_gives_no_name(cloud: Cloud) -> None:
    """The kernel itself says EIO, to every fsync of a program of its own."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("there is no strace")
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    plan, result = cloud.folder / "plan.json", cloud.folder / "result.json"
    asked = {"downloads": [(record.id, str(target), True)], "result": str(result)}
    where = {"folder": str(cloud.folder / "engine"), "options": cloud.options}
    plan.write_text(json.dumps({**asked, **where}), "utf-8")
    inject = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"]
    paths = os.pathsep.join((str(TESTS), str(TESTS.parent)))
    command = [strace, *inject, sys.executable, "-m", "fault_injection.child", str(plan)]
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(command, cwd=TESTS, env=environment, capture_output=True, text=True)
    if "PTRACE" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    (job,) = json.loads(result.read_text("utf-8"))["jobs"]
    assert job["state"] == "failed"
    assert "back.fnnx" in job["error"]
    assert not target.exists()

    async def again(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(again).state is State.DONE


@pytest.mark.fault("D-16")
def test_d16_a_name_that_cannot_be_given_fails_and_keeps_the_file(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    cloud.store.script("get", lambda _: target.mkdir() is not None)

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, target)
        assert await engine.reach(job) is State.FAILED
        assert "back.fnnx" in str(job.error)
        remove()
        engine.queue.resume(job)
        assert await engine.reach(job) is State.DONE

    def remove() -> None:
        assert target.is_dir()
        target.rmdir()

    cloud.play(journey)
    assert ranges(cloud) == [None]


@pytest.mark.fault("D-18")
@pytest.mark.parametrize("how", ["shorter", "zeros", "other bytes", "longer"])
def test_d18_a_partial_that_lost_what_the_journal_knows_is_not_believed(
    cloud: Cloud, how: str
) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    (partial,) = cloud.folder.glob(".*.dfspart")
    with partial.open("r+b") as file:
        if how == "shorter":
            file.truncate(SIZE // 4)
        elif how == "longer":
            file.truncate(SIZE * 2)
        else:
            file.seek(SIZE // 2 - 10_000)
            file.write((b"\0" if how == "zeros" else b"x") * 10_000)
    assert go_on(cloud).state is State.DONE
    if how == "shorter":
        assert ranges(cloud) == [f"bytes={SIZE // 4}-"]
    assert cloud.store.count("get") <= 2  # wrong bytes are found by the hash; once more, all of it


@pytest.mark.fault("D-19")
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_d19_what_is_there_already_stays(cloud: Cloud, when: str) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    if when == "before":
        target.write_bytes(b"precious")
    else:
        cloud.store.script("get", lambda _: bool(target.write_bytes(b"precious")) and False)
    job = fetch(cloud, target, record, replace=False)
    assert job.state is State.DONE
    assert target.read_bytes() == b"precious"
    assert job.path == cloud.folder / "back (1).fnnx"


@pytest.mark.fault("D-19")
def test_d19_what_may_be_replaced_is_replaced_only_at_the_end(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    target.write_bytes(b"precious")
    seen: list[bytes] = []
    cloud.store.script("get", lambda _: seen.append(target.read_bytes()) is not None)
    assert fetch(cloud, target, record).state is State.DONE
    assert seen == [b"precious"]


@pytest.mark.fault("D-20")
def test_d20_a_link_at_the_target_is_replaced_as_a_name(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    victim = cloud.folder / "victim"
    victim.write_bytes(b"safe")
    target.symlink_to(victim)
    assert fetch(cloud, target, record).state is State.DONE
    assert victim.read_bytes() == b"safe"
    assert not target.is_symlink()


@pytest.mark.fault("D-20")
@pytest.mark.parametrize("how", ["link", "other file", "pipe"])
def test_d20_what_took_the_partials_name_is_not_written_to(cloud: Cloud, how: str) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"
    half(cloud, target, record)
    (partial,) = cloud.folder.glob(".*.dfspart")
    victim = cloud.folder / "victim"
    partial.rename(victim)
    kept = victim.read_bytes()
    if how == "link":
        partial.symlink_to(victim)
    elif how == "pipe":
        os.mkfifo(partial)
    else:
        partial.write_bytes(kept)
    job = go_on(cloud)
    assert job.state is State.DONE
    assert victim.read_bytes() == kept
    assert ranges(cloud) == [None]


@pytest.mark.fault("D-21")
def test_d21_two_programs_with_one_target_do_not_share_a_partial(cloud: Cloud) -> None:
    record, target = cloud.filed(SIZE), cloud.folder / "back.fnnx"

    async def both(engine: Engine) -> None:
        async with Engine(cloud.folder / "second", cloud.options) as other:
            first, second = engine.download(record.id, target), other.download(record.id, target)
            assert await engine.reach(first) is State.DONE
            assert await other.reach(second) is State.DONE
            names = {each.ledger.record.mark for each in (first, second)}  # type: ignore[union-attr]
            assert len(names) == 2

    cloud.play(both)
    assert sha256(target) == record.file_hash
    assert list(cloud.folder.glob(".*.dfspart")) == []


@pytest.mark.fault("D-22")
def test_d22_a_folder_that_is_gone_is_not_made_again(cloud: Cloud) -> None:
    record, folder = cloud.filed(SIZE), cloud.folder / "share"
    folder.mkdir()
    half(cloud, folder / "back.fnnx", record)
    away = folder.rename(cloud.folder / "away")
    job = go_on(cloud)
    assert job.state is State.PAUSED
    assert str(folder) in str(job.error)
    assert not folder.exists()
    away.rename(folder)

    async def again(engine: Engine) -> Job:
        (job,) = await engine.restore()
        engine.queue.resume(job)
        await engine.reach(job)
        return job

    assert cloud.play(again).state is State.DONE
    assert ranges(cloud) == [f"bytes={SIZE // 2}-"]


@pytest.mark.fault("D-24")
@pytest.mark.parametrize("span", [(-1, 5), (5, -1), (MULTI - 1, 2), (MULTI, 1), (1 << 70, 1)])
def test_d24_members_that_lie_outside_of_the_file_are_not_asked_for(
    cloud: Cloud, span: tuple[int, int]
) -> None:
    record = cloud.filed(MULTI)
    with DataForceClient(**cloud.options) as client:
        source = client.transfers.source(record)
        opened = OpenArtifact(source, {"notes.txt": span, "empty.txt": (512, 0)}, {})
        with pytest.raises(ArtifactError):
            opened.read("notes.txt", 100)
        assert opened.read("empty.txt", 100) == b""
        source.close()
    assert ranges(cloud) == []
