"""Starting, serving and stopping: restarts, modes, the program, ranges, places."""

from __future__ import annotations

import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.registries.local import Room, artifact_body, finish, launch

from dfs_desktop.server import LocalRegistry
from dfs_desktop.server.__main__ import default_folder
from dfs_desktop.settings import Places

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX modes, signals and limits")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A registry."""
    with Room(tmp_path / "registry") as made:
        yield made


def test_restart_keeps_everything(tmp_path: Path) -> None:
    """The same places, records and bytes after a stop and a start."""
    folder = tmp_path / "registry"
    with Room(folder) as room:
        record = room.upload(b"content", model_name="kept", tags=["a"])
        places = [room.organization, room.orbit, room.collection]
        key = room.address.api_key
    with Room(folder) as room:
        assert [room.organization, room.orbit, room.collection] == places
        assert room.record(record["id"]) == record
        assert room.download(record["id"]).content == b"content"
        assert room.address.api_key != key


def test_first_start_furnishes(room: Room) -> None:
    """One organization, orbit and collection with the promised names."""
    assert room.json("GET", "/users/me/organizations")[0]["name"] == "My organization"
    assert room.orbit_record["name"] == "Main orbit"
    assert room.collection_record["name"] == "Models"
    secrets = room.json("GET", f"/organizations/{room.organization}/bucket-secrets")
    assert [secret["endpoint"] for secret in secrets] == [f"127.0.0.1:{room.port}"]


@POSIX
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Folders 0700, files 0600: other accounts on the machine see nothing."""
    before = os.umask(umask)
    try:
        with Room(tmp_path / "registry") as room:
            room.upload(b"content")
            modes = {
                path: stat.S_IMODE(path.stat().st_mode)
                for path in (room.folder, *room.folder.rglob("*"))
            }
    finally:
        os.umask(before)
    assert len(modes) > 5
    for path, mode in modes.items():
        assert mode == (0o700 if path.is_dir() else 0o600), path


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_program_prints_one_line_and_stops_cleanly(tmp_path: Path, number: int) -> None:
    """The JSON line leads to a working registry; the log is folded into the main file."""
    folder = tmp_path / "registry"
    child, address = launch("-m", "dfs_desktop.server", "--data", str(folder), "--port", "0")
    assert address.keys() == {"url", "api_key"}
    key = {"authorization": f"Bearer {address['api_key']}"}
    answer = httpx.get(f"{address['url']}/users/me/organizations", headers=key, trust_env=False)
    assert answer.status_code == 200
    finish(child, number)
    wal = folder / "registry.sqlite3-wal"
    assert not wal.exists() or wal.stat().st_size == 0


@pytest.mark.parametrize("home", ["", "here"])
def test_program_and_app_use_the_same_folder(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    """Without --data the program opens the registry of the app."""
    monkeypatch.setenv("DFS_DESKTOP_HOME", home)
    assert default_folder() == Places.from_environment().data / "registry"


def test_port_taken_is_an_error_to_read(tmp_path: Path) -> None:
    """A fixed port that is in use: an OSError from start(), and the folder is free again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        registry = LocalRegistry(tmp_path / "registry", port=taken.getsockname()[1])
        with pytest.raises(OSError, match=r"in use|permitted|WinError"):
            registry.start()
    registry.stop()
    with Room(tmp_path / "registry") as room:
        assert room.json("GET", room.artifacts) == []


def test_stop_cuts_off_what_does_not_end(room: Room) -> None:
    """A download nobody reads and an upload nobody finishes do not hold up the end."""
    content = bytes(16 << 20)
    url = room.download_url(room.upload(content)["id"])
    put = room.create(size=10)["url"]["parts"][0]["url"].removeprefix(room.address.url)
    with (
        socket.create_connection(("127.0.0.1", room.port)) as upload,
        httpx.Client(trust_env=False) as web,
        web.stream("GET", url) as answer,
    ):
        head = f"PUT {put} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\nContent-Length: 10\r\n\r\n"
        upload.sendall(head.encode() + b"half")
        assert answer.status_code == 200
        begin = time.monotonic()
        room.registry.stop()
        assert time.monotonic() - begin < 2.5
    assert not [each for each in threading.enumerate() if each.name.startswith("registry-files")]


def test_stop_before_start_and_twice(tmp_path: Path) -> None:
    """Nothing to stop is fine; a registry starts once."""
    registry = LocalRegistry(tmp_path / "registry")
    registry.stop()
    registry.start()
    with pytest.raises(RuntimeError, match="started before"):
        registry.start()
    registry.stop()
    registry.stop()


def test_hung_up_download_frees_its_file(room: Room) -> None:
    """A client that leaves in the middle does not make the registry read to the end."""
    url = room.download_url(room.upload(bytes(64 << 20))["id"])
    with httpx.Client(trust_env=False) as web, web.stream("GET", url) as answer:
        next(answer.iter_raw())
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell which files are open")
    deadline = time.monotonic() + 5
    while _open_blobs(room.folder) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _open_blobs(room.folder) == []


def _open_blobs(folder: Path) -> list[str]:
    links = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(each.readlink()))
        except OSError:
            continue
    return [link for link in links if link.startswith(str(folder / "objects"))]


def test_ranges(room: Room) -> None:
    """Every form of a single range; several at once and nonsense give the whole, as on S3."""
    content = bytes(range(100))
    record = room.upload(content)
    etag = room.download(record["id"]).headers["etag"]
    cases = {
        "bytes=0-0": content[:1], "bytes=10-19": content[10:20], "bytes=90-": content[90:],
        "bytes=-5": content[-5:], "bytes=-500": content, "bytes=50-5000": content[50:],
    }  # fmt: skip
    for header, expected in cases.items():
        answer = room.download(record["id"], range=header)
        assert (answer.status_code, answer.content) == (206, expected), header
    for header in ("bytes=5-1", "bytes=0-1,5-6", "items=0-1", "bytes=-", "bytes=a-b"):
        answer = room.download(record["id"], range=header)
        assert (answer.status_code, answer.content) == (200, content), header
    for header in ("bytes=100-", "bytes=500-600", "bytes=-0"):
        answer = room.download(record["id"], range=header)
        assert (answer.status_code, "InvalidRange" in answer.text) == (416, True), header
        assert answer.headers["content-range"] == "bytes */100"
    part = {"range": "bytes=0-9"}
    assert room.download(record["id"], **part, **{"if-range": etag}).status_code == 206
    assert room.download(record["id"], **part, **{"if-range": '"other"'}).status_code == 200
    assert room.download(record["id"], **{"if-match": etag}).status_code == 200
    assert room.download(record["id"], **{"if-match": '"other"'}).status_code == 412
    empty = room.upload(b"")
    assert room.download(empty["id"]).content == b""
    assert room.download(empty["id"], range="bytes=0-0").status_code == 416


def test_bucket_secret_urls_work(room: Room) -> None:
    """PUT, ranged GET and DELETE of the test object, as a bucket is tried before saving it."""
    secret = {"endpoint": "x", "bucket_name": "y", "secret_key": "s"}
    urls = room.json("POST", "/bucket-secrets/urls", secret)
    assert room.web.put(urls["presigned_url"], content=b"test").status_code == 200
    answer = room.web.get(urls["download_url"], headers={"range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (206, b"te")
    assert room.web.delete(urls["delete_url"]).status_code == 204
    assert room.web.delete(urls["delete_url"]).status_code == 204
    assert room.web.get(urls["download_url"]).status_code == 404


def test_own_bucket_stays(room: Room) -> None:
    """The built-in bucket can be neither changed nor removed."""
    key = room.orbit_record["bucket_secret_id"]
    path = f"/organizations/{room.organization}/bucket-secrets/{key}"
    assert room.api.patch(path, json={"id": key, "bucket_name": "x"}).status_code == 409
    assert room.api.delete(path).status_code == 409
    made = room.api.post(
        room.orbits, json={"name": "n", "bucket_secret_id": key, "members": [
            {"user_id": key, "role": "member"}]}
    )  # fmt: skip
    assert made.status_code == 400


def test_removed_orbit_takes_its_records(room: Room) -> None:
    """Collections and artifacts go with their orbit."""
    body = {"name": "x", "bucket_secret_id": room.orbit_record["bucket_secret_id"]}
    orbit = f"{room.orbits}/{room.json('POST', room.orbits, body)['id']}"
    new = {"name": "c", "description": "", "collection_type": "dataset"}
    collection = room.json("POST", f"{orbit}/collections", new)["id"]
    artifacts = f"{orbit}/collections/{collection}/model_artifacts"
    room.json("POST", artifacts, artifact_body())
    room.json("DELETE", orbit)
    assert room.api.get(artifacts).status_code == 404
    assert room.json("GET", f"{room.orbit}/collections")[0]["total_models"] == 0
