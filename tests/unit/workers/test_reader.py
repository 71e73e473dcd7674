"""The process that reads what others made: its end never is the window's, and it has no keys."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import faulty_reader as trying
from support.artifacts import makers as make

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.system import child_launch as launch
from dfs_desktop.workers.process import child_process, supervisor
from dfs_desktop.workers.process.failures import OverstayError
from dfs_desktop.workers.process.limits import ReaderLimits
from dfs_desktop.workers.process.messages import (
    Answer,
    Call,
    FromChild,
    pack,
    read_message,
    write_message,
)
from dfs_desktop.workers.reader import caller, operations
from dfs_desktop.workers.reader.caller import Artifact, Reader
from dfs_desktop.workers.reader.requests import FORGET, LOOK

SCRIPT = Path(trying.__file__)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make.make_pyfunc(tmp_path / "a.fnnx", version="2")


@pytest.fixture(autouse=True)
def trying_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "command", lambda kind: [sys.executable, str(SCRIPT), kind])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that may take half a second."""
    monkeypatch.setattr(caller, "SECONDS", 0.5)
    monkeypatch.setattr(supervisor, "SILENCE", 0.5)


def live(path: Path, work: Callable[[Reader, Artifact], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        own = Reader()
        try:
            await asyncio.wait_for(work(own, own.add(path=bytes(path))), 60)
        finally:
            pid = own.pid
            began = time.monotonic()
            own.close()
            assert time.monotonic() - began < 2
            assert not pid or is_gone(pid)

    asyncio.run(run())


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.fault("X-03")
def test_after_a_kill_in_the_middle_of_a_look_the_same_look_gives_its_answer(path: Path) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        await own.look(operations.members, artifact)
        first = own.pid
        os.kill(first, signal.SIGSTOP)
        look = asyncio.ensure_future(own.look(operations.manifest, artifact))
        await asyncio.sleep(0.05)
        os.kill(first, signal.SIGKILL)
        assert "Searcher" in (await look).effective
        assert own.pid not in (0, first)

    live(path, work)


@pytest.mark.fault("X-03")
def test_a_look_that_kills_its_reader_is_repeated_once_and_then_told(
    path: Path, tmp_path: Path
) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        mark = str(tmp_path / "died")
        assert await own.look(trying.die_once, artifact, arguments=(mark,)) == "read"
        with pytest.raises(ArtifactError, match="ended twice"):
            await own.look(trying.die, artifact)
        assert await own.look(operations.members, artifact)

    live(path, work)


@pytest.mark.fault("X-03", "X-04", "S-05")
@pytest.mark.parametrize("endless", [trying.spin, trying.stand, trying.read_for_ever])
def test_a_look_without_end_is_ended_and_the_next_one_works(
    path: Path, hasty: None, endless: Callable[..., int]
) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        await own.look(operations.members, artifact)
        beside = asyncio.ensure_future(own.look(operations.members, artifact))
        turns, ended = 0, asyncio.ensure_future(own.look(endless, artifact))
        while not ended.done():
            await asyncio.sleep(0.01)  # the window's loop goes on meanwhile
            turns += 1
        assert turns > 10
        with pytest.raises(OverstayError, match="unusually long"):
            await ended
        assert await beside
        assert await own.look(operations.members, artifact)

    live(path, work)


@pytest.mark.fault("X-04", "X-06")
def test_what_takes_all_memory_ends_in_one_of_our_errors(path: Path) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        with pytest.raises(OverstayError, match="memory"):
            await own.look(trying.eat, artifact)
        assert await own.look(operations.members, artifact)

    live(path, work)


def test_who_insists_gets_more_time(path: Path, hasty: None) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        look = asyncio.ensure_future(own.look(trying.spin, artifact, generous=True))
        _, waiting = await asyncio.wait([look], timeout=2.5)
        assert waiting, "far beyond what the others get"
        look.cancel()
        assert await own.look(operations.members, artifact), (
            "beside the one that nobody wants any more"
        )

    live(path, work)


def test_a_look_that_is_cancelled_stops_reading(path: Path) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        await own.look(operations.members, artifact)
        look = asyncio.ensure_future(own.look(trying.read_for_ever, artifact))
        await asyncio.sleep(0.2)
        look.cancel()
        generation = own._supervisor._current
        assert generation is not None
        while generation.pending:  # noqa: ASYNC110 - until the child says that it has ended
            await asyncio.sleep(0.01)
        assert own._supervisor._current is generation, "nothing had to be killed for it"

    live(path, work)


def test_the_end_does_not_wait_for_a_look(path: Path) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        await own.look(operations.members, artifact)
        look = asyncio.ensure_future(own.look(trying.stand, artifact))
        await asyncio.sleep(0.2)
        own.close()
        with pytest.raises(ArtifactError):
            await look
        with pytest.raises(ArtifactError, match="stopped"):
            await own.look(operations.members, artifact)

    live(path, work)


def test_a_child_has_no_keys_little_priority_and_limits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DFS_API_KEY", "LUML_API_KEY", "AWS_SECRET_ACCESS_KEY", "MY_TOKEN"):
        monkeypatch.setenv(name, "dfs_secret_value_1")

    async def work(own: Reader, artifact: Artifact) -> None:
        environment = await own.look(trying.environment_of_child, artifact)
        assert "dfs_secret_value_1" not in "".join(environment.values())
        nice, cpu, core = await own.look(trying.limits_of_child, artifact)
        assert nice >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + ReaderLimits.NICE)
        assert 10 <= cpu <= 120
        assert core == 0

    live(path, work)


def test_what_a_child_prints_is_no_message(path: Path) -> None:
    async def work(own: Reader, artifact: Artifact) -> None:
        assert await own.look(trying.print_noise, artifact) == "clean"

    live(path, work)


def test_only_what_is_in_the_table_can_be_asked(path: Path) -> None:
    def strange(_artifact: object) -> int:
        raise AssertionError("it never runs here")

    async def work(own: Reader, artifact: Artifact) -> None:
        with pytest.raises(Exception, match="KeyError"):
            await own.look(strange, artifact)

    live(path, work)


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-P", "-m", "dfs_desktop.workers", "reader"]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=launch.environment(str(tmp_path)),
    )
    yield child
    child.kill()
    child.communicate()


def test_a_child_ends_with_the_pipe(orphan: subprocess.Popen[bytes]) -> None:
    assert orphan.stdin is not None
    assert orphan.stdout is not None
    write_message(orphan.stdin, Call(1, FORGET, pack(1)))  # nobody waits for its end
    write_message(orphan.stdin, Call(2, LOOK, pack(1)))
    said = read_message(orphan.stdout, FromChild)
    assert isinstance(said, Answer), "it listens"
    assert (said.id, said.failure is None) == (2, False)
    orphan.send_signal(signal.SIGINT)
    orphan.stdin.close()
    orphan.stdin = None
    assert orphan.wait(20) == 0


def test_temporary_files_of_a_killed_child_are_gone(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(child_process.tempfile, "tempdir", str(folder))

    async def work(own: Reader, artifact: Artifact) -> None:
        await own.look(operations.members, artifact)
        (place,) = folder.iterdir()
        (place / "left").write_text("by a reader that was killed")

    live(path, work)
    assert list(folder.iterdir()) == []


def test_the_address_is_asked_for_ahead_and_used_once(path: Path) -> None:
    asked: list[int] = []

    async def work(own: Reader, _artifact: Artifact) -> None:
        async def link() -> str:
            asked.append(len(asked))
            if len(asked) == 3:
                raise ArtifactError("Gone", "It is away.")
            return f"address {len(asked)}"

        far = own.add(link, name="far", size=1)
        far.known_by = 1  # the child may have been told of it before anything was read
        far.ask_ahead()
        far.ask_ahead()
        await asyncio.sleep(0)
        assert asked == [0]
        assert [await far.address(), await far.address()] == ["address 1", "address 2"]
        far.ask_ahead()
        await asyncio.sleep(0)
        assert asked == [0, 1], "the child has one"
        away, forgotten = (own.add(link, name="far", size=1) for _ in range(2))
        away.ask_ahead()
        with pytest.raises(ArtifactError, match="away"):
            await away.address()
        forgotten.ask_ahead()
        own.forget(forgotten)
        await asyncio.sleep(0)
        assert len(asked) == 3, "what is forgotten asks nobody"
        asked.pop()
        late = own.add(link, name="far", size=1)
        late.ask_ahead()
        await asyncio.sleep(0)
        assert await late.address() == "address 4", "what failed before somebody read is no answer"

    live(path, work)
