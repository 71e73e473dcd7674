"""What a killed download of the library left: used for the same object, else removed, never while held."""

from __future__ import annotations

import hashlib
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import FACES, download
from support.registries.scripted import Handler, Stage

from dfs_desktop.api import FileError
from dfs_desktop.api.errors import NamelessError
from dfs_desktop.api.flows.transfers import download as download_flow
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.storage.local import atomic_rename, checkpointer, part_file_locks

pytestmark = [pytest.mark.fault("W-18"), pytest.mark.any_connection]
CONTENT = bytes(range(256)) * 4096  # 1 MiB
HALF = len(CONTENT) // 2
CHILD = """
import json, sys
from dfs_desktop.api import DataForceClient
from dfs_desktop.api.flows.transfers import download
from dfs_desktop.api.storage.local import checkpointer as checkpoint
options, artifact_id, path = json.loads(sys.stdin.read())
download._NOTED_FROM = 0
checkpoint.EVERY_SECONDS = 0.05
with DataForceClient(**options) as client:
    client.model_artifacts.download(artifact_id, path)
"""


@pytest.fixture
def stage(tls: ssl.SSLContext | None) -> Iterator[Stage]:
    with_stage = Stage(context=tls)
    yield with_stage
    with_stage.close()


def half(handler: Handler) -> bool:
    """The first half of the object, then nothing more."""
    handler.send_response(200)
    handler.send_header("ETag", f'"{hashlib.md5(CONTENT).hexdigest()}"')
    handler.send_header("Content-Length", str(len(CONTENT)))
    handler.end_headers()
    handler.wfile.write(CONTENT[:HALF])
    handler.wfile.flush()
    handler.server.ended.wait(20)
    handler.close_connection = True
    return True


def half_noted(folder: Path) -> bool:
    for note in folder.glob(f".*{part_file_locks.NOTE}"):
        try:
            held = json.loads(note.read_bytes())
        except ValueError:
            continue
        return bool(held.get("ranges") == [[0, HALF]])
    return False


@contextmanager
def under_way(stage: Stage, artifact_id: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose download of the object has come half the way; killed at the end."""
    stage.script("get", half)
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE)
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps([stage.options, artifact_id, str(path)]).encode())
        child.stdin.close()
        deadline = time.monotonic() + 30
        while not half_noted(path.parent):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield child
    finally:
        child.kill()
        child.wait(10)


def ranges(stage: Stage) -> list[str]:
    return [
        {name.lower(): value for name, value in headers.items()}.get("range", "")
        for step, _, _, headers in stage.audit
        if step == "get"
    ]


@pytest.mark.parametrize("face", FACES)
def test_the_next_download_of_the_same_object_goes_on_with_it(
    stage: Stage, face: str, tmp_path: Path
) -> None:
    record, path = stage.add(CONTENT), tmp_path / "model.fnnx"
    with under_way(stage, record["id"], path):
        pass
    assert len(list(tmp_path.iterdir())) == 2
    download(stage, face, record["id"], path)
    assert path.read_bytes() == CONTENT
    assert [each.name for each in tmp_path.iterdir()] == ["model.fnnx"]
    assert all(asked.startswith(f"bytes={HALF}-") for asked in ranges(stage)[1:])


def test_the_next_download_of_another_object_to_that_name_removes_it(
    stage: Stage, tmp_path: Path
) -> None:
    path, other = tmp_path / "model.fnnx", CONTENT[::-1]
    with under_way(stage, stage.add(CONTENT)["id"], path):
        pass
    (tmp_path / ".other.fnnx.0123456789abcdef.dfspart").touch()  # of another name
    (tmp_path / ".model.fnnx.01234567.dfspart").touch()  # a journal knows it
    download(stage, "sync", stage.add(other)["id"], path)
    assert path.read_bytes() == other
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        ".model.fnnx.01234567.dfspart",
        ".other.fnnx.0123456789abcdef.dfspart",
        "model.fnnx",
    ]


@pytest.mark.parametrize("same", [True, False])
def test_what_a_living_program_holds_is_left_to_it(
    stage: Stage, tmp_path: Path, same: bool
) -> None:
    record, path = stage.add(CONTENT), tmp_path / "model.fnnx"
    with under_way(stage, record["id"], path):
        held = set(tmp_path.iterdir())
        download(stage, "sync", record["id"] if same else stage.add(b"other")["id"], path)
        assert set(tmp_path.iterdir()) == {*held, path}
        assert path.read_bytes() == (CONTENT if same else b"other")


def test_bytes_that_are_not_what_was_noted_are_fetched_once_more(
    stage: Stage, tmp_path: Path
) -> None:
    record, path = stage.add(CONTENT), tmp_path / "model.fnnx"
    with under_way(stage, record["id"], path):
        pass
    (partial,) = tmp_path.glob(f".*{part_file_locks.SUFFIX}")
    with partial.open("r+b") as file:  # the machine lost its power before they were on the disk
        file.write(bytes(1000))
    download(stage, "sync", record["id"], path)
    assert path.read_bytes() == CONTENT
    assert [each.name for each in tmp_path.iterdir()] == ["model.fnnx"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"ranges":[[5,2]]}',
        b'{"ranges":[[-1,9]]}',
        b'{"ranges":[[0,9],[4,12]]}',
        b'{"etag":"\xff"}',
        b'{"more":' + b"[" * 10_000,
    ],
)
def test_a_note_that_cannot_be_is_none(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / ".m.0123456789abcdef.dfspart"
    path.touch()
    path.with_suffix(part_file_locks.NOTE).write_bytes(text)
    again, descriptor, held = part_file_locks.open_loose(path)
    with open(descriptor, "rb"):  # noqa: PTH123  to close it
        assert (again, held) == (path, Checkpoint())


def test_a_link_or_a_pipe_in_its_place_is_not_opened(tmp_path: Path) -> None:
    path, victim = tmp_path / ".m.0123456789abcdef.dfspart", tmp_path / "victim"
    victim.write_bytes(b"safe")
    path.symlink_to(victim)
    again, descriptor, _ = part_file_locks.open_loose(path)
    with open(descriptor, "wb") as file:  # noqa: PTH123
        file.write(b"x")
    part_file_locks.sweep(again)
    assert again != path
    assert victim.read_bytes() == b"safe"


@pytest.mark.fault("D-23")
@pytest.mark.parametrize("face", FACES)
def test_d23_what_could_not_be_named_is_kept_and_named_by_the_next_download(
    stage: Stage, face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, path = stage.add(CONTENT), tmp_path / "model.fnnx"

    def held(*_: Any) -> None:
        raise PermissionError(13, "another program holds it")

    with monkeypatch.context() as patch:
        patch.setattr(atomic_rename, "PATIENCE", 0.05)
        patch.setattr(atomic_rename, "PAUSE", 0.01)
        patch.setattr(Path, "replace", held)
        with pytest.raises(FileError, match="complete and checked") as caught:
            download(stage, face, record["id"], path)
    assert isinstance(caught.value, NamelessError)
    assert part_file_locks.SUFFIX not in str(caught.value)
    gets = stage.count("get")
    download(stage, face, record["id"], path)
    assert path.read_bytes() == CONTENT
    assert stage.count("get") == gets
    assert [each.name for each in tmp_path.iterdir()] == ["model.fnnx"]


def test_small_files_are_not_noted_while_they_come(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[Checkpoint] = []
    monkeypatch.setattr(checkpointer, "EVERY_SECONDS", 0.001)
    monkeypatch.setattr(part_file_locks, "note", lambda _path, held: noted.append(held))
    record = stage.add(CONTENT)
    download(stage, "sync", record["id"], tmp_path / "a")
    assert noted == []
    monkeypatch.setattr(download_flow, "_NOTED_FROM", 0)
    download(stage, "sync", record["id"], tmp_path / "b")
    assert noted[-1].ranges == ((0, len(CONTENT)),)
