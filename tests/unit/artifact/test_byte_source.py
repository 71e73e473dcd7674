"""Bytes by place and length: from a file that may change, from a part, and from far away."""

import os
import threading
from pathlib import Path

import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import (
    BytesSource,
    CachedSource,
    LocalSource,
    Slice,
    read_exactly,
)
from dfs_desktop.artifact.artifact_reader import OpenArtifact

DATA = bytes(range(256)) * 8192  # two mebibytes


class Counted:
    """A source that notes every read, as a store would its requests."""

    name = "far.fnnx"

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.data[offset : offset + length]


class Short(Counted):
    """A source that gives fewer bytes than asked."""

    def read(self, offset: int, length: int) -> bytes:
        return super().read(offset, length)[:-1]


def test_a_local_file_gives_exact_bytes_to_many_threads(tmp_path: Path) -> None:
    path = tmp_path / "f.fnnx"
    path.write_bytes(DATA)
    wrong: list[int] = []

    def read(source: LocalSource, start: int) -> None:
        places = range(start, len(DATA) - 100, 90_001)
        wrong.extend(at for at in places if source.read(at, 100) != DATA[at : at + 100])

    with LocalSource(path) as source:
        threads = [threading.Thread(target=read, args=(source, n)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (source.name, source.size) == ("f.fnnx", len(DATA))
    assert not wrong
    with pytest.raises(ArtifactError, match="closed"):
        source.read(0, 1)


@pytest.mark.parametrize("change", ["append", "truncate", "touch"])
def test_a_local_file_that_changes_is_refused_at_the_next_read(tmp_path: Path, change: str) -> None:
    path = tmp_path / "f.fnnx"
    path.write_bytes(DATA)
    with LocalSource(path) as source:
        assert source.read(5, 3) == DATA[5:8]
        if change == "append":
            with path.open("ab") as file:
                file.write(b"x")
        elif change == "truncate":
            os.truncate(path, 4)
        else:
            os.utime(path, ns=(1, 1))
        with pytest.raises(ArtifactError, match="changed while reading"):
            source.read(5, 3)


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (4, 7), (11, 1), (2**70, 1)])
def test_no_span_leaves_its_source_or_slice(offset: int, length: int) -> None:
    source = BytesSource(b"0123456789", "s")
    with pytest.raises(ArtifactError, match="beyond the end"):
        read_exactly(source, offset, length)
    with pytest.raises(ArtifactError):
        Slice(source, offset, length, "p").read(0, 1)
    with pytest.raises(ArtifactError):
        Slice(source, 2, 6, "p").read(offset, length)
    assert Slice(source, 2, 6, "p").read(1, 3) == b"345"


def test_no_byte_is_read_for_an_empty_span_and_a_short_answer_is_refused() -> None:
    source = Counted(b"abc")
    assert read_exactly(source, 3, 0) == b""
    assert source.reads == []
    with pytest.raises(ArtifactError, match="shorter"):
        read_exactly(Short(b"abc"), 0, 3)


def test_a_small_read_brings_its_neighbours_and_a_large_one_nothing_else() -> None:
    far = Counted(DATA)
    cached = CachedSource(far)
    assert cached.read(1000, 200) == DATA[1000:1200]
    assert far.reads == [(1000, 200 + 64 * 1024)]
    assert cached.read(5000, 3000) == DATA[5000:8000]
    assert cached.requests == 1
    assert cached.read(0, 1_500_000) == DATA[:1_500_000]
    assert far.reads[1:] == [(0, 1_500_000)]
    assert cached.fetched == 1_500_000 + 200 + 64 * 1024
    assert cached.read(len(DATA) - 10, 10) == DATA[-10:]
    assert far.reads[-1] == (len(DATA) - 10, 10)


def test_a_long_read_holds_up_no_short_one() -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(Counted):
        def read(self, offset: int, length: int) -> bytes:
            if length > 1_000_000:
                started.set()
                assert go_on.wait(20)
            return super().read(offset, length)

    cached = CachedSource(Slow(DATA))
    found: list[bytes] = []
    thread = threading.Thread(target=lambda: found.append(cached.read(0, 1_500_000)))
    thread.start()
    assert started.wait(20)
    assert cached.read(10, 10) == DATA[10:20]
    go_on.set()
    thread.join()
    assert found == [DATA[:1_500_000]]
    assert cached.requests == 2


def test_neighbouring_spans_come_in_one_request_and_distant_ones_do_not() -> None:
    far = Counted(DATA)
    cached = CachedSource(far)
    cached.prepare([(60_000, 10), (0, 100), (512, 4000), (1_000_000, 5), (512, 0)])
    assert far.reads == [(0, 60_010), (1_000_000, 5)]
    assert cached.read(600, 100) == DATA[600:700]
    assert cached.read(1_000_000, 5) == DATA[1_000_000:1_000_005]
    cached.prepare([(0, 100), (1_000_000, 5)])
    assert cached.requests == 2


def test_what_is_remembered_stays_small() -> None:
    far = Counted(DATA)
    cached = CachedSource(far, block=1024, keep=64 * 1024)
    for _ in range(2):
        for offset in range(0, len(DATA) - 4096, 65_536):
            assert cached.read(offset, 4096) == DATA[offset : offset + 4096]
    assert sum(len(data) for _, data in cached._extents) <= 64 * 1024
    assert cached.requests == 64


def test_the_documents_of_a_far_artifact_come_in_one_request(tmp_path: Path) -> None:
    data = makers.make_pyfunc(tmp_path / "a.fnnx").read_bytes()
    cached = CachedSource(Counted(data))
    artifact = OpenArtifact(cached, makers.index_of(data))
    asked = artifact.manifest(), artifact.metadata(), artifact.metrics(), artifact.dtypes()
    asked += artifact.ops(), artifact.variant(), artifact.environment(), artifact.kind
    assert cached.requests == 1
    assert cached.fetched < 64 * 1024
    again = OpenArtifact.walk(BytesSource(data, "a.fnnx"))
    assert asked[0] == again.manifest()
    assert asked[2] == again.metrics() == {"f1": 0.5, "loss": 0.1}
