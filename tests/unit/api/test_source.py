"""A stored artifact as random access bytes: exactly what was asked for moves, or a sentence comes."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from support.registries.client_faces import FACES
from support.registries.faults import drop, expire_urls, send_instead, stall, status
from support.registries.scripted import Stage

from dfs_desktop.api import (
    APIConnectionError,
    AsyncDataForceClient,
    DataForceClient,
    ModelArtifact,
)
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.api.storage.warm_connections import WarmConnections
from dfs_desktop.artifact import ArtifactError

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = Stage()
    yield found
    found.close()


def reading(stage: Stage, face: str, read: Any, **changes: Any) -> Any:
    """``read(source)`` with a source of the stage's artifact: on a thread where the loop awaits."""
    record = stage.add(CONTENT)
    facts = {"file_name": "stored.fnnx", "size": len(CONTENT)} | changes
    artifact = ModelArtifact(id=record["id"], collection_id=record["collection_id"], **facts)
    if face == "sync":
        with DataForceClient(**stage.options) as client:
            return read(client.transfers.source(artifact))

    async def run() -> Any:
        async with AsyncDataForceClient(**stage.options) as client:
            return await asyncio.to_thread(read, client.transfers.source(artifact))

    return asyncio.run(run())


@pytest.mark.parametrize("face", FACES)
def test_parts_come_as_asked_over_one_link(stage: Stage, face: str) -> None:
    parts = [(0, 10), (5000, 300), (len(CONTENT) - 1, 1), (7, 0)]
    found = reading(stage, face, lambda s: [s.read(*part) for part in parts])
    assert found == [CONTENT[start : start + count] for start, count in parts]
    assert stage.count("download-url") == 1
    assert stage.count("get") == 3  # nothing is asked for a part without bytes


def test_parts_come_over_one_connection(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stood: list[bool] = []
    take = WarmConnections._take

    def taken(self: WarmConnections, origin: Any) -> Any:
        found = take(self, origin)
        stood.append(found is not None)
        return found

    monkeypatch.setattr(WarmConnections, "_take", taken)
    reading(stage, "sync", lambda s: [s.read(at, 1000) for at in (0, 3000, 6000)])
    assert stood == [False, True, True]


@pytest.mark.parametrize("face", FACES)
def test_an_expired_link_is_renewed_once(stage: Stage, face: str) -> None:
    def read(source: Any) -> bytes:
        source.read(0, 1)
        stage.epoch += 1
        return bytes(source.read(1, 4))

    assert reading(stage, face, read) == CONTENT[1:5]
    assert stage.count("download-url") == 2
    stage.script("get", *[status(403)] * 5)
    with pytest.raises(ArtifactError, match="403"):
        reading(stage, face, lambda s: s.read(0, 1))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (status(206, b"x" * 10, Content_Range="bytes 0-9/10240"), "another part"),
        (
            status(206, b"x" * 10, Content_Range="bytes 20-29/77"),
            "10\u202f240 bytes are registered",
        ),
        (status(206, b"x" * 10, Content_Range="bytes */10240"), "another part"),
        (send_instead(CONTENT), "does not give parts"),
        (status(404, b"<Error><Code>NoSuchKey</Code></Error>"), "missing in the storage"),
    ],
)
def test_what_does_not_belong_there_is_refused(stage: Stage, fault: Any, words: str) -> None:
    stage.script("get", fault)
    with pytest.raises(ArtifactError, match=words):
        reading(stage, "sync", lambda s: s.read(20, 10))


@pytest.mark.parametrize("said", ["Bytes 20-29/10240", "BYTES  020-029/010240", "bytes\t20-29/*"])
def test_a_part_is_told_in_any_spelling_of_http(stage: Stage, said: str) -> None:
    stage.script("get", status(206, CONTENT[20:30], Content_Range=said))
    assert reading(stage, "sync", lambda s: s.read(20, 10)) == CONTENT[20:30]


def packed_without_length(handler: Any) -> bool:
    """As what packs on the way sends it: the whole file, of a size that nobody tells."""
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    handler.wfile.write(gzip.compress(CONTENT))
    handler.close_connection = True
    return True


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (packed_without_length, "comes compressed"),
        (status(200, gzip.compress(CONTENT), Content_Encoding="gzip"), "holds .* compressed"),
        (status(200, CONTENT[:-1]), "10\u202f240 bytes are registered"),
    ],
)
def test_other_bytes_than_the_registered_are_not_read(stage: Stage, fault: Any, words: str) -> None:
    stage.script("get", fault)
    with pytest.raises(ArtifactError, match=words):
        reading(stage, "sync", lambda s: s.read(0, 10))


def test_a_replaced_file_is_noticed(stage: Stage) -> None:
    def read(source: Any) -> bytes:
        source.read(0, 1)
        (key,) = stage.objects
        stage.objects[key] = b"!" * len(CONTENT)
        return bytes(source.read(1, 4))

    with pytest.raises(ArtifactError, match="replaced"):
        reading(stage, "sync", read)


def test_a_dropped_connection_is_tried_again(stage: Stage) -> None:
    stage.script("get", drop, expire_urls)
    assert reading(stage, "sync", lambda s: s.read(9, 9)) == CONTENT[9:18]


@pytest.mark.parametrize(("offset", "length"), [(-1, 4), (0, -1), (len(CONTENT) - 1, 2)])
def test_nothing_beyond_the_file_is_asked_for(stage: Stage, offset: int, length: int) -> None:
    with pytest.raises(ArtifactError, match="beyond"):
        reading(stage, "sync", lambda s: s.read(offset, length))
    assert stage.audit == []


def test_closing_ends_a_read_that_hangs(stage: Stage) -> None:
    stage.script("get", stall)

    def read(source: Any) -> None:
        import threading

        threading.Timer(0.1, source.close).start()
        source.read(0, 1)

    with pytest.raises(ArtifactError, match="stopped"):
        reading(stage, "sync", read)


def test_a_store_that_is_down_is_told_as_the_storage() -> None:
    """And not as the server, which answers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        place = f"127.0.0.1:{unused.getsockname()[1]}"
        store = Store(read_address("http://127.0.0.1:9", allow_http=True))
        target = store.target(f"http://{place}/bucket/key?X-Amz-Signature=1")
        with (
            pytest.raises(APIConnectionError) as raised,
            store.send("GET", target, check=lambda: None),
        ):
            pass
    port = place.partition(":")[2]
    assert raised.value.title == "The storage cannot be reached"
    assert f"127.0.0.1 (the storage) refuses connections at port {port}." in raised.value.detail
