"""Snapshots, attachments and cards: what SQLite and zipfile wrote is read, and no more is done."""

import json
import os
import sqlite3
import stat
import struct
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource, Slice, read_exactly
from dfs_desktop.artifact.archive.folder_tree import folders_of
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import Card, find_cards, read_card
from dfs_desktop.artifact.experiment.attachments import members_called, read_attachments
from dfs_desktop.artifact.experiment.snapshot import Counts, Snapshot
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.workers.reader.experiment_data import experiment


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files go to a folder of the test, which must be empty at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def snapshot_of(database: bytes, **options: Any) -> Snapshot:
    return Snapshot(BytesSource(makers.zip_of({"exp.db": database}), "e"), **options)


def database_of(tmp_path: Path, script: str) -> bytes:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(script)
    database.close()
    return path.read_bytes()


@pytest.mark.parametrize("make", [makers.make_experiment, makers.make_pyfunc])
def test_a_snapshot_says_what_the_database_says(tmp_path: Path, make: Any) -> None:
    with OpenArtifact.local(make(tmp_path / "e.luml")) as artifact:
        assert len(members_called(artifact, "exp.db.zip")) == 1
        with Snapshot(artifact.slice(members_called(artifact, "exp.db.zip")[0])) as snapshot:
            parameters = {
                each.name: (each.value, each.value_type) for each in snapshot.parameters()
            }
            curves = {each.name: each for each in snapshot.curves()}
            counts = snapshot.counts()
    assert parameters == {"lr": ("0.01", "float"), "optimizer": ("adam", "str")}
    assert list(curves) == ["loss", "val/accuracy"]
    assert curves["loss"].steps == tuple(range(50))
    assert curves["loss"].values == tuple(2.0 / (step + 1) for step in range(50))
    first, second = curves["loss"].times[:2]
    assert first is not None
    assert second == first + 1
    assert counts == Counts(metrics=100, spans=3, traces=2, evals=1, annotations=0)


def test_the_unpacked_database_is_ours_alone_and_does_not_stay(
    tmp_path: Path, temporary_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = makers.experiment_database(tmp_path / "x.db")
    connect = sqlite3.connect
    seen: list[int] = []

    def watched(address: str, **options: Any) -> sqlite3.Connection:
        (path,) = temporary_files.glob("*/*")
        seen.append(stat.S_IMODE(path.stat().st_mode))
        assert "mode=ro" in address
        return connect(address, **options)

    monkeypatch.setattr(sqlite3, "connect", watched)
    with snapshot_of(database) as snapshot:
        if os.name == "posix":
            assert seen == [0o600]
            assert list(temporary_files.iterdir()) == []
        assert snapshot.parameters()


def test_many_threads_may_ask_one_snapshot(tmp_path: Path) -> None:
    database = makers.experiment_database(tmp_path / "x.db")
    answers: list[Any] = []
    with snapshot_of(database) as snapshot:
        threads = [
            threading.Thread(target=lambda: answers.append(snapshot.curves())) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 4
    assert all(each == answers[0] for each in answers)


def test_missing_tables_and_odd_values_are_told_and_not_fatal(tmp_path: Path) -> None:
    script = """
        CREATE TABLE dynamic_metrics (key, value, step, logged_at);
        INSERT INTO dynamic_metrics VALUES ('a', 1, 0, 'nonsense'), ('a', 'text', 1, NULL),
            ('a', 2.5, 'x', NULL), ('a', NULL, 7, NULL), ('a', 9e999, 8, NULL),
            (NULL, 3, 1, 12.5), (x'00ff', 9e999, 2, '2026-01-01');
        CREATE TABLE static_params (other);
    """
    with snapshot_of(database_of(tmp_path, script)) as snapshot:
        curves = {each.name: each for each in snapshot.curves()}
        assert curves["a"].values == (1.0,)
        assert curves["a"].times == (None,)
        assert curves["a"].missing == (7, 8)
        assert curves[""].times == (12.5,)
        assert snapshot.parameters() == []
        assert snapshot.counts().spans is None
        told = " ".join(each.title for each in snapshot.findings())
    assert "static_params cannot be read" in told
    assert "no table spans" in told


SLOW = """
    CREATE TABLE n (i); INSERT INTO n VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10);
    CREATE VIEW static_params AS SELECT a.i AS key, b.i AS value, 'x' AS value_type
        FROM n a, n b, n c, n d, n e, n f, n g, n h, n i, n j, n k, n l;
    CREATE VIEW spans AS SELECT 1 AS trace_id;
    CREATE VIRTUAL TABLE evals USING fts5(a);
    CREATE TABLE dynamic_metrics (key, step, value AS (zeroblob(1000000000)), logged_at);
    INSERT INTO dynamic_metrics (key, step) VALUES ('a', 1);
"""


def test_views_virtual_tables_and_computed_columns_are_not_followed(tmp_path: Path) -> None:
    started = time.process_time()
    with snapshot_of(database_of(tmp_path, SLOW)) as snapshot:
        assert snapshot.parameters() == []
        assert snapshot.curves() == []
        counts = snapshot.counts()
        assert (counts.spans, counts.traces, counts.evals) == (None, None, None)
        assert len(snapshot.findings()) >= 4
    assert time.process_time() - started < 5


def test_a_question_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    script = """
        CREATE TABLE spans (trace_id);
        WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 200000)
            INSERT INTO spans SELECT i FROM r;
    """
    with snapshot_of(database_of(tmp_path, script)) as snapshot:
        snapshot._database._limit = 60.0  # whatever else the machine does
        assert snapshot.counts().traces == 200_000
        snapshot._database._limit = -1.0
        assert snapshot.counts().traces is None
        assert "takes too long" in snapshot.findings()[-1].title


def test_more_rows_than_are_shown_are_told(tmp_path: Path) -> None:
    script = """
        CREATE TABLE static_params (key, value, value_type);
        WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 10005)
            INSERT INTO static_params SELECT 'k' || i, i, 'int' FROM r;
    """
    with snapshot_of(database_of(tmp_path, script)) as snapshot:
        assert len(snapshot.parameters()) == 10_000
        assert "more than 10\u202f000" in snapshot.findings()[0].title


def test_damaged_databases_are_refused_or_partly_read(tmp_path: Path) -> None:
    whole = makers.experiment_database(tmp_path / "x.db")
    refused = 0
    for place in range(0, len(whole), 487):
        broken = whole[:place] + b"\xff" * 40 + whole[place + 40 :]
        try:
            with snapshot_of(broken) as snapshot:
                snapshot.curves()
                snapshot.parameters()
                snapshot.counts()
        except ArtifactError:
            refused += 1
    assert refused


@pytest.mark.parametrize(
    ("packed", "word"),
    [
        (b"", "no whole zip"),
        (b"PK\x05\x06" + bytes(18), "no database"),
        (makers.zip_of({"a": "x", "b": "y"}), "no database"),
        (makers.zip_of({"exp.db": "no database"}), "no SQLite database"),
        (makers.zip_of({"exp.db": b"SQLite format 3\0" + b"x" * 5000}), "damaged"),
        (
            makers.zip_of({"exp.db": b"SQLite format 3\0" + bytes(40_000_000)}),
            "unpacks to",
        ),
    ],
)
def test_what_is_no_snapshot_is_refused(packed: bytes, word: str) -> None:
    with pytest.raises(ArtifactError, match=word):
        Snapshot(BytesSource(packed, "exp.db.zip"))


def test_attachments_are_read_one_by_one_by_place(tmp_path: Path) -> None:
    data = makers.make_experiment(tmp_path / "e.luml").read_bytes()
    cached = CachedSource(BytesSource(data, "e.luml"), block=512)
    artifact = OpenArtifact(cached, makers.index_of(data))
    members, findings = read_attachments(artifact, members_called(artifact, "attachments.tar")[0])
    attachments = {each.name: each for each in members}
    assert not findings
    before = cached.fetched
    for name, content in makers.ATTACHMENTS.items():
        expected = content.encode() if isinstance(content, str) else content
        found = attachments[name]
        assert read_exactly(cached, found.offset, found.size) == expected
    assert cached.fetched - before < 2 * (256 + 512)
    assert folders_of(members).folders["attachments"].count == 2
    notes = attachments["attachments/notes.md"]
    shown = preview_source(Slice(cached, notes.offset, notes.size, notes.name))
    assert (shown.kind, shown.text) == ("markdown", "# Notes\n")


def test_attachments_without_or_with_a_lying_index() -> None:
    inner = makers.tar_of(dict(makers.ATTACHMENTS))
    members: dict[str, bytes | str] = {"manifest.json": "{}", "attachments.tar": inner}
    bare = OpenArtifact.walk(BytesSource(makers.tar_of(members), "e"))
    names = [each.name for each in read_attachments(bare)[0]]
    assert names == sorted(makers.ATTACHMENTS)
    lies = {"a": [0, len(inner) + 1], "b": [-1, 1], "attachments/notes.md": [512, 8]}
    members["attachments.index.json"] = json.dumps(lies)
    lying = OpenArtifact.walk(BytesSource(makers.tar_of(members), "e"))
    (notes,), findings = read_attachments(lying)
    assert read_exactly(lying.source, notes.offset, notes.size) == b"# Notes\n"
    assert notes.name == "attachments/notes.md"
    assert len(findings) == 2
    members["attachments.index.json"] = "[]"
    with pytest.raises(ArtifactError, match="no JSON object"):
        read_attachments(OpenArtifact.walk(BytesSource(makers.tar_of(members), "e")))


def carded(members: dict[str, bytes | str], **options: Any) -> tuple[OpenArtifact, Card]:
    data = makers.tar_of({"card.zip": makers.zip_of(members, **options)})
    artifact = OpenArtifact.walk(BytesSource(data, "a"))
    return artifact, find_cards(artifact)[0]


def test_a_card_is_its_page_with_a_warning_of_what_it_loads(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pyfunc(tmp_path / "a.luml")) as artifact:
        (card,) = find_cards(artifact)
        assert card.kind == "model"
        page = read_card(artifact, card)
    assert page.html == makers.PAGE
    assert page.scripts
    assert page.hosts == ("cdn.plot.ly",)


def test_the_page_nearest_to_the_root_counts_and_bad_bytes_do_no_harm() -> None:
    pages: dict[str, bytes | str] = {
        "deep/er/index.html": "no", "index.html": b"<p>\xff</p>", "x/index.html": "no"}  # fmt: skip
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        page = read_card(*carded(pages, packing=packing))
        assert (page.html, page.scripts, page.hosts) == ("<p>\ufffd</p>", False, ())
    with pytest.raises(ArtifactError, match=r"holds no index\.html"):
        read_card(*carded({"other": "x"}))
    with pytest.raises(ArtifactError, match="method 14"):
        read_card(*carded(pages, packing=zipfile.ZIP_LZMA))


def zip_by_hand(
    content: bytes, *, size: int, packed: int | None = None, flags: int = 0, tail: bytes = b""
) -> bytes:
    """A zip file whose directory says what we want."""
    name, crc = b"index.html", zlib.crc32(content)
    squeezed = zlib.compress(content, 9)[2:-4] + tail
    packed = len(squeezed) if packed is None else packed
    sizes = struct.pack("<III", crc, packed, size)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, flags, 8, 0, 0) + sizes
    local += struct.pack("<HH", len(name), 0) + name + squeezed
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, flags, 8, 0, 0) + sizes
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + b"PK\x05\x06" + end


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (zip_by_hand(bytes(3_000_000), size=10), "unpacks to more"),
        (zip_by_hand(b"x" * 100, size=100, packed=5000), "beyond the end"),
        (zip_by_hand(b"x" * 100, size=100, packed=2), "cannot be unpacked|in the middle"),
        (zip_by_hand(b"x" * 100, size=100, flags=1), "needs a password"),
        (b"junk" + b"PK\x05\x06" + b"\xff" * 18, "no whole zip|too many files"),
        (b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 500, 0, 0), "no whole zip"),
        (b"x" * 100, "no whole zip"),
    ],
)
def test_zip_files_built_to_hurt_are_refused(data: bytes, word: str) -> None:
    artifact = OpenArtifact(BytesSource(data, "a"), {"card.zip": [0, len(data)]}, {})
    with pytest.raises(ArtifactError, match=word):
        read_card(artifact, find_cards(artifact)[0])


def test_zip64_and_leading_bytes_are_read() -> None:
    plain = zip_by_hand(b"<p>hello</p>", size=12)
    assert read_at(b"\0" * 100 + plain) == "<p>hello</p>"
    long = b"<p>long</p>" * 40_000  # more than one step of the unpacking
    assert read_at(zip_by_hand(long, size=len(long), tail=b"more" * 50)) == long.decode()
    squeezed = zlib.compress(b"<p>64</p>", 9)[2:-4]
    wide = struct.pack("<HHQQQ", 1, 24, 9, len(squeezed), 0)
    fields = struct.pack("<HHHHHIII", 45, 0, 8, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", 10, 0) + b"index.html" + squeezed
    entry = b"PK\x01\x02" + struct.pack("<H", 45) + fields
    entry += struct.pack("<HHHHHII", 10, len(wide), 0, 0, 0, 0, 0xFFFFFFFF) + b"index.html" + wide
    end64 = b"PK\x06\x06" + struct.pack(
        "<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(entry), len(local)
    )
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, len(local) + len(entry), 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    assert read_at(local + entry + end64 + locator + end) == "<p>64</p>"


def read_at(data: bytes) -> str:
    artifact = OpenArtifact(BytesSource(data, "a"), {"card.zip": [0, len(data)]}, {})
    return read_card(artifact, find_cards(artifact)[0]).html


def test_a_snapshot_and_the_list_of_its_attachments_come_in_one_request(tmp_path: Path) -> None:
    data = makers.make_pyfunc(tmp_path / "a.fnnx", version="2").read_bytes()
    cached = CachedSource(BytesSource(data, "a.fnnx"), block=16 * 1024)
    found = experiment(OpenArtifact(cached, makers.index_of(data)), 0)
    assert found.curves
    assert found.attachments
    assert cached.requests == 1
