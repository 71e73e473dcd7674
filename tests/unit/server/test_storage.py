"""What survives: kills, short bodies, full disks (R-05), two programs at once (R-06), restarts."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.registries.local import Room, finish, launch
from support.small_disk import fill, mounted

import dfs_desktop.server.store.database as database_module
from dfs_desktop.server import LocalRegistry, RegistryInUse, Rules
from dfs_desktop.server.store import Store

HUGE = 5_497_558_138_880  # bytes: the largest that a record may declare
POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX modes, signals and limits")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A registry."""
    with Room(tmp_path / "registry") as made:
        yield made


def blobs(folder: Path) -> list[Path]:
    """The stored files."""
    return [path for path in (folder / "objects").rglob("*") if path.is_file()]


def settle(folder: Path) -> None:
    """Wait until the last unfinished file was removed (by a thread, after the answer)."""
    deadline = time.monotonic() + 5
    while list((folder / "incoming").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list((folder / "incoming").iterdir()) == []


def short_put(room: Room, url: str, announced: int, sent: bytes) -> None:
    """Announce more than is sent, then hang up."""
    path = url.removeprefix(room.address.url)
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\nContent-Length: {announced}"
    with socket.create_connection(("127.0.0.1", room.port)) as line:
        line.sendall(head.encode() + b"\r\n\r\n" + sent)
        deadline = time.monotonic() + 5
        while not list((room.folder / "incoming").iterdir()):
            assert time.monotonic() < deadline, "the upload never began"
            time.sleep(0.005)


# A registry in its own process that dies by SIGKILL at a named moment.
DOOMED = """
import json, os, signal, sys, threading
from pathlib import Path
from dfs_desktop.server import LocalRegistry
import dfs_desktop.server.objects.blobs as blobs
from dfs_desktop.server.store.objects import Objects

def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def after(call):
    def both(*args, **kwargs):
        call(*args, **kwargs)
        die()
    return both

moment = sys.argv[2]
if moment == "before rename":
    blobs.Path.replace = die
elif moment == "after rename":
    blobs.Path.replace = after(blobs.Path.replace)
elif moment == "before commit":
    Objects.put = die
elif moment == "after commit":
    Objects.put = after(Objects.put)
elif moment == "mid body":
    blobs.Incoming.write = after(blobs.Incoming.write)
address = LocalRegistry(Path(sys.argv[1])).start()
print(json.dumps(address._asdict()), flush=True)
threading.Event().wait()
"""


@pytest.mark.fault("R-05")
@POSIX
@pytest.mark.parametrize(
    ("moment", "survives"),
    [("mid body", ""), ("before rename", ""), ("after rename", ""),
     ("before commit", ""), ("after commit", "new")],
)  # fmt: skip
def test_r05_kill_during_put(tmp_path: Path, moment: str, survives: str) -> None:
    """kill -9 around rename and commit: the object is there, whole, or it is not."""
    folder = tmp_path / "registry"
    with Room(folder) as room:
        record = room.create(size=3000)["model"]
    child = subprocess.Popen(
        [sys.executable, "-c", DOOMED, str(folder), moment], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    address = json.loads(child.stdout.readline())
    key = {"authorization": f"Bearer {address['api_key']}"}
    with httpx.Client(base_url=address["url"], headers=key, trust_env=False) as api:
        path = _artifact_path(api, record["id"])
        # A PUT to the object: only the signer of that registry can make its URL.
        url = _put_url(folder, api.get(f"{path}/download-url").json()["url"])
        with pytest.raises(httpx.TransportError), httpx.Client(trust_env=False) as web:
            web.put(url, content=b"new" * 1000)
    assert child.wait(10) == -signal.SIGKILL
    child.stdout.close()
    with Room(folder, Rules(sweep_after=0)) as room:
        found = room.download(record["id"])
        assert found.content == b"new" * 1000 if survives else found.status_code == 404
        assert list((folder / "incoming").iterdir()) == []
        assert len(blobs(folder)) == bool(survives)  # the sweep took what nothing refers to


def _artifact_path(api: httpx.Client, key: str) -> str:
    organization = api.get("/users/me/organizations").json()[0]["id"]
    orbits = f"/organizations/{organization}/orbits"
    orbit = f"{orbits}/{api.get(orbits).json()[0]['id']}"
    collection = api.get(f"{orbit}/collections").json()[0]["id"]
    return f"{orbit}/collections/{collection}/model_artifacts/{key}"


def _put_url(folder: Path, download_url: str) -> str:
    from dfs_desktop.server.objects.url_signatures import Signer

    found = re.fullmatch(r"(http://[^/]+)/objects/([0-9a-f]+)\?.*", download_url)
    assert found
    store = Store(folder / "registry.sqlite3")
    signer = Signer(store.secret("object urls"), 60, found[1].removeprefix("http://"))
    store._connection.close()
    return found[1] + signer.path("PUT", found[2])


@pytest.mark.fault("R-05")
def test_r05_short_body_never_becomes_visible(room: Room) -> None:
    """A PUT that breaks off stores nothing, and does not touch what was there."""
    made = room.create(size=1000)
    url = made["url"]["parts"][0]["url"]
    short_put(room, url, 1000, b"half")
    settle(room.folder)
    assert room.download(made["model"]["id"]).status_code == 404
    assert room.web.put(url, content=b"whole" * 200).status_code == 200
    short_put(room, url, 1000, b"broken" * 100)
    settle(room.folder)
    assert room.download(made["model"]["id"]).content == b"whole" * 200
    assert len(blobs(room.folder)) == 1


@pytest.mark.fault("R-05")
def test_r05_put_needs_a_length_and_room(room: Room) -> None:
    """Chunked: 411. More than the disk holds: 507 before the first byte is taken."""
    url = room.create(size=HUGE)["url"]["parts"][0]["url"]
    answer = room.web.put(url, content=iter([b"chunked"]))
    assert answer.status_code == 411
    path = url.removeprefix(room.address.url)
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\nContent-Length: {HUGE}"
    with socket.create_connection(("127.0.0.1", room.port)) as line:
        line.sendall(head.encode() + b"\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 507")
    assert room.json("GET", room.artifacts)[0]["status"] == "pending_upload"


@pytest.mark.fault("R-05")
@POSIX
def test_r05_disk_full_during_put(tmp_path: Path) -> None:
    """The disk fills up while bytes arrive: 507, and nothing is left over."""
    folder = tmp_path / "registry"
    with Room(folder) as room:
        record = room.create(size=3 << 20)["model"]
    limited = (
        "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)); "
        "sys.argv[1:] = ['--data', sys.argv[1]]; "
        "runpy.run_module('dfs_desktop.server', run_name='__main__')"
    )
    child, address = launch("-c", limited, str(folder))
    key = {"authorization": f"Bearer {address['api_key']}"}
    with httpx.Client(base_url=address["url"], headers=key, trust_env=False) as api:
        path = _artifact_path(api, record["id"])
        url = _put_url(folder, api.get(f"{path}/download-url").json()["url"])
        with httpx.Client(trust_env=False) as web:
            answer = web.put(url, content=bytes(3 << 20))
            assert (answer.status_code, "InsufficientStorage" in answer.text) == (507, True)
            assert web.get(api.get(f"{path}/download-url").json()["url"]).status_code == 404
    finish(child, signal.SIGTERM)
    assert list((folder / "incoming").iterdir()) == []
    assert len(blobs(folder)) == 0


@pytest.mark.fault("R-05")
def test_on_a_full_disk_records_are_still_changed_and_deleted(tmp_path: Path) -> None:
    """A reserve gives room to the records; once that is used up, the refusal says why."""
    with mounted(tmp_path / "disk", 24) as disk, Room(disk / "registry") as room:
        key = room.create(size=3)["model"]["id"]
        fill(disk, 0)
        record = f"{room.artifacts}/{key}"
        assert room.json("PATCH", record, {"description": "new"})["description"] == "new"
        fill(disk, 0)
        answers = [room.api.patch(record, json={"description": "x" * 900}) for _ in range(99)]
        answers = [answer for answer in answers if answer.status_code != 200]
        assert [answer.status_code for answer in answers[:1]] == [507]
        assert "disk of this registry is full" in answers[0].json()["detail"]
        assert room.api.put("/nowhere").status_code == 404  # it still answers
        (disk / "filler").unlink()
        assert room.json("PATCH", record, {"description": "x"})["description"] == "x"


@pytest.mark.fault("R-05")
def test_r05_sweep_keeps_young_and_used_files(tmp_path: Path) -> None:
    """Old files that nothing refers to go; used files and young strangers stay."""
    folder = tmp_path / "registry"
    with Room(folder) as room:
        record = room.upload(b"used")
        orphan = room.upload(b"orphan")
        room.json("DELETE", f"{room.artifacts}/{orphan['id']}/force")
    stray_old, stray_new = folder / "objects/ab" / ("a" * 32), folder / "objects/ab" / ("b" * 32)
    stray_old.parent.mkdir(exist_ok=True)
    for path in (stray_old, stray_new, folder / "incoming" / "left"):
        path.write_bytes(b"stray")
    two_days_ago = time.time() - 2 * 86400
    for path in (stray_old, *blobs(folder)):
        if path != stray_new:
            os.utime(path, (two_days_ago, two_days_ago))
    with Room(folder) as room:
        assert room.download(record["id"]).content == b"used"
        assert stray_new.exists()
        assert not stray_old.exists()
        assert list((folder / "incoming").iterdir()) == []
        assert len(blobs(folder)) == 3  # the orphan's record went a moment ago: it is kept a day
    with Room(folder, Rules(sweep_after=0)) as room:
        assert room.download(record["id"]).content == b"used"
        assert len(blobs(folder)) == 1


@pytest.mark.fault("R-05")
def test_r05_lost_file_is_told_as_missing(room: Room) -> None:
    """A stored file that somebody removed: 404 like any missing object; its bytes sent again mend it."""
    made = room.create(size=4)
    url = made["url"]["parts"][0]["url"]
    room.web.put(url, content=b"gone")
    blobs(room.folder)[0].unlink()
    answer = room.download(made["model"]["id"])
    assert (answer.status_code, "NoSuchKey" in answer.text) == (404, True)
    assert room.web.put(url, content=b"gone").status_code == 200
    assert room.download(made["model"]["id"]).content == b"gone"


@pytest.mark.fault("R-06")
def test_r06_second_program_is_told_who_holds_the_folder(room: Room) -> None:
    """From the same process and from another one, with the process id in the sentence."""
    with pytest.raises(RegistryInUse, match=rf"process {os.getpid()}.*Close that program"):
        LocalRegistry(room.folder).start()
    command = [sys.executable, "-m", "dfs_desktop.server", "--data", str(room.folder)]
    other = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert other.returncode == 1
    assert other.stdout == ""
    assert f"process {os.getpid()}" in other.stderr
    assert "Traceback" not in other.stderr


@pytest.mark.fault("R-06")
def test_r06_lease_ends_with_its_process(tmp_path: Path) -> None:
    """After kill -9 the folder opens again at once."""
    child, _ = launch("-m", "dfs_desktop.server", "--data", str(tmp_path / "registry"))
    child.kill()
    child.wait(10)
    assert child.stdout
    child.stdout.close()
    with Room(tmp_path / "registry") as room:
        assert room.json("GET", room.artifacts) == []


@pytest.mark.fault("R-06")
def test_r06_upgrade_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing upgrade changes nothing; a good one leaves a copy of what was before."""
    path = tmp_path / "registry.sqlite3"
    Store(path).close()
    steps = [*database_module.MIGRATIONS, "CREATE TABLE extra (x); INSERT INTO missing VALUES (1)"]
    monkeypatch.setattr(database_module, "MIGRATIONS", steps)
    with pytest.raises(Exception, match="no such table: missing"):
        Store(path)
    steps[-1] = "CREATE TABLE extra (x)"
    store = Store(path)
    assert store.row("PRAGMA user_version")[0] == len(steps)
    store.close()
    before = path.with_suffix(f".version-{len(steps) - 1}")
    assert before.stat().st_size > 0
    steps.pop()
    with pytest.raises(RuntimeError, match="newer version"):
        Store(path)
