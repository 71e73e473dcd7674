"""Experiment snapshots as trackers leave them, and databases that are built to hurt who opens them."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.experiment.snapshot import Snapshot

TABLES = """
    CREATE TABLE static_params (key TEXT, value TEXT, value_type TEXT);
    CREATE TABLE dynamic_metrics (key TEXT, value REAL, step INTEGER, logged_at TEXT);
"""
ROW = "INSERT INTO dynamic_metrics VALUES ('loss', 0.5, 0, NULL)"


def snapshot_of(files: dict[str, bytes]) -> Snapshot:
    return Snapshot(BytesSource(makers.zip_of(dict(files)), "exp.db.zip"))


def curves_of(files: dict[str, bytes]) -> dict[str, tuple[float, ...]]:
    with snapshot_of(files) as snapshot:
        return {each.name: each.values for each in snapshot.curves()}


def still_writing(
    folder: Path, mode: str, *, page: int = 4096, folded: bool = True
) -> dict[str, bytes]:
    """The files of a database whose last row a tracker has not folded into it yet."""
    database = sqlite3.connect(folder / "exp.db")
    database.execute(f"PRAGMA page_size={page}")
    database.execute(f"PRAGMA journal_mode={mode}")
    database.execute("PRAGMA wal_autocheckpoint=0")
    database.executescript(TABLES)
    if folded and mode == "wal":
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("PRAGMA cache_spill=1")
    database.execute("PRAGMA cache_size=1")
    database.execute("BEGIN")
    for _ in range(300 if mode == "delete" else 1):
        database.execute(ROW)
    if mode == "wal":
        database.commit()
    (folder / "copy").mkdir()
    for path in folder.glob("exp.db*"):
        shutil.copy(path, folder / "copy")
    database.close()
    return {path.name: path.read_bytes() for path in (folder / "copy").iterdir()}


@pytest.mark.fault("RL-19")
@pytest.mark.parametrize("page", [512, 1024, 4096, 65_536])
@pytest.mark.parametrize("folded", [True, False])
def test_rows_in_a_log_beside_the_database_are_shown(
    tmp_path: Path, page: int, folded: bool
) -> None:
    files = still_writing(tmp_path, "wal", page=page, folded=folded)
    assert "exp.db-wal" in files
    assert curves_of(files) == {"loss": (0.5,)}
    assert curves_of({f"run/{name}": data for name, data in files.items()}) == {"loss": (0.5,)}
    without = {name: data for name, data in files.items() if name != "exp.db-shm"}
    assert curves_of(without | {"._exp.db": b"x", "__MACOSX/._exp.db": b"x"}) == {"loss": (0.5,)}


@pytest.mark.fault("RL-19")
@pytest.mark.parametrize("folded", [True, False])
def test_a_lost_log_is_told_where_no_rows_are_left(tmp_path: Path, folded: bool) -> None:
    database = still_writing(tmp_path, "wal", folded=folded)["exp.db"]
    with snapshot_of({"exp.db": database}) as snapshot:
        assert snapshot.curves() == []
        assert "exp.db-wal" in " ".join(each.remedy for each in snapshot.findings())


@pytest.mark.fault("RL-19")
def test_a_closed_database_with_rows_is_not_suspected(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "exp.db")
    database.execute("PRAGMA journal_mode=wal")
    database.executescript(TABLES)
    with database:
        database.execute(ROW)
    database.close()
    with snapshot_of({"exp.db": (tmp_path / "exp.db").read_bytes(), "exp.db-wal": b""}) as found:
        assert [each.name for each in found.curves()] == ["loss"]
        assert found.parameters() == []
        assert found.findings() == []


@pytest.mark.fault("RL-19")
def test_a_hot_journal_is_told_and_never_played_back(tmp_path: Path) -> None:
    files = still_writing(tmp_path, "delete")
    assert files["exp.db-journal"]
    with snapshot_of(files) as snapshot:  # nothing of it was written into the database yet
        assert "exp.db-journal" in " ".join(each.remedy for each in snapshot.findings())
    files["exp.db-journal"] = bytes.fromhex("d9d505f920a163d7") + files["exp.db-journal"][8:]
    with pytest.raises(ArtifactError, match=r"lies in exp\.db-journal.*Close the tracker"):
        snapshot_of(files)


@pytest.mark.fault("RL-19")
def test_an_empty_database_beside_its_log_is_told() -> None:
    with pytest.raises(ArtifactError, match=r"lies in exp\.db-wal"):
        snapshot_of({"exp.db": b"", "exp.db-wal": b"7" * 100})


def made(folder: Path, script: str) -> dict[str, bytes]:
    database = sqlite3.connect(folder / "exp.db")
    database.executescript(script)
    database.close()
    return {"exp.db": (folder / "exp.db").read_bytes()}


@pytest.mark.fault("RL-19")
@pytest.mark.parametrize(
    ("script", "values"),
    [
        ("CREATE TABLE dynamic_metrics (key, value, step); "
         "INSERT INTO dynamic_metrics VALUES ('a', 1, 0), ('a', '2.5', 1.0)", (1.0, 2.5)),
        ('CREATE TABLE "Dynamic_Metrics" (Step, Key, Value); '
         "INSERT INTO dynamic_metrics VALUES ('0', 'a', 1), (1, 'a', 2)", (1.0, 2.0)),
        ("CREATE TABLE dynamic_metrics (key, value); "
         "INSERT INTO dynamic_metrics VALUES ('a', 3), ('a', 4)", (3.0, 4.0)),
        ("CREATE TABLE dynamic_metrics (key, value, step, logged_at, run_id); "
         "INSERT INTO dynamic_metrics VALUES ('a', 5, NULL, 7, 8)", (5.0,)),
    ],
)  # fmt: skip
def test_tables_of_other_versions_show_their_rows(
    tmp_path: Path, script: str, values: tuple[float, ...]
) -> None:
    assert curves_of(made(tmp_path, script)) == {"a": values}


@pytest.mark.fault("RL-19")
def test_what_cannot_be_shown_is_told(tmp_path: Path) -> None:
    script = "CREATE TABLE metrics (a); CREATE TABLE runs (b); INSERT INTO runs VALUES (1)"
    with snapshot_of(made(tmp_path, script)) as snapshot:
        assert snapshot.curves() == []
        assert "the tables metrics, runs" in snapshot.findings()[0].remedy
    (tmp_path / "exp.db").unlink()
    script = TABLES + "INSERT INTO dynamic_metrics VALUES ('a', x'00', 1, NULL)"
    with snapshot_of(made(tmp_path, script)) as snapshot:
        assert snapshot.curves() == []
        assert snapshot.findings()[0].title == "1 row of dynamic_metrics is no number"


WIDE = ", ".join(f"a.key AS c{number}" for number in range(600))
HURTFUL = {
    "many views": (20_000, "CREATE VIEW v{n} AS SELECT * FROM static_params"),
    "wide views": (4_000, f"CREATE VIEW v{{n}} AS SELECT {WIDE} FROM static_params a"),
    "wide tables": (150, f"CREATE TABLE t{{n}} ({', '.join(f'c{n}' for n in range(999))})"),
    "indexes": (2_000, "CREATE INDEX i{n} ON static_params (key, value)"),
    "triggers": (8_000, "CREATE TRIGGER r{n} AFTER INSERT ON static_params BEGIN "
                 + "SELECT 1 + 2 + 3 + 4; " * 100 + "END"),
    "one long view": (1, "CREATE VIEW v AS SELECT " + "1 + " * 900 + "1" + ", 1" * 900_000),
}  # fmt: skip


def hurtful(path: Path, count: int, statement: str) -> bytes:
    """A database with these statements in its schema; views and triggers unparsed, for speed."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA page_size=512")
    database.executescript(TABLES)
    _, kind, name, *_ = statement.lower().split()
    database.execute("BEGIN")
    if kind in ("table", "index"):
        for number in range(count):
            database.execute(statement.replace("{n}", str(number)))
    else:
        database.execute("PRAGMA writable_schema=ON")
        table = name if kind == "view" else "static_params"
        rows = (
            (kind, name.format(n=n), table.format(n=n), 0, statement.replace("{n}", str(n)))
            for n in range(count)
        )
        database.executemany("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", rows)
    database.execute("COMMIT")
    database.close()
    return path.read_bytes()


LOOK = """
import sys, time
from pathlib import Path
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.experiment.snapshot import Snapshot
from dfs_desktop.artifact.archive.byte_source import LocalSource

def most_memory():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])

with LocalSource(sys.argv[1]) as source:
    before, start = most_memory(), time.monotonic()
    try:
        with Snapshot(source) as snapshot:
            snapshot.curves()
        print("opened", end=" ")
    except ArtifactError as error:
        print("refused" if "damaged" not in str(error) else "damaged", end=" ")
    print(time.monotonic() - start, most_memory() - before)
"""


@pytest.mark.fault("X-04")
@pytest.mark.parametrize("kind", list(HURTFUL))
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kilobytes on Linux")
def test_a_schema_without_end_is_refused_soon_and_in_bounded_memory(
    tmp_path: Path, kind: str
) -> None:
    data = hurtful(tmp_path / "exp.db", *HURTFUL[kind])
    (tmp_path / "e.zip").write_bytes(makers.zip_of({"exp.db": data}))
    found = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path / "e.zip")], capture_output=True, text=True
    ).stdout.split()
    assert found[0] in ("refused", "opened")
    assert float(found[1]) < 5  # one second, on a machine that does nothing else
    assert int(found[2]) < 110 * 1024


@pytest.mark.fault("RL-19")
@pytest.mark.parametrize("mode", ["persist", "truncate", "memory"])
def test_a_journal_that_is_done_does_not_matter(tmp_path: Path, mode: str) -> None:
    database = sqlite3.connect(tmp_path / "exp.db")
    database.execute(f"PRAGMA journal_mode={mode}")
    database.executescript(TABLES + ROW)
    database.close()
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert ("exp.db-journal" in files) == (mode != "memory")
    with snapshot_of(files) as snapshot:
        assert (len(snapshot.curves()), snapshot.findings()) == (1, [])


@pytest.mark.fault("RL-19")
def test_a_database_or_log_that_was_cut_off_is_never_silently_empty(tmp_path: Path) -> None:
    files = still_writing(tmp_path, "wal", folded=False)
    torn = files | {"exp.db-wal": files["exp.db-wal"][:-2000]}
    for name in "bc":
        (tmp_path / name).mkdir()
    whole = made(tmp_path / "b", f"{TABLES} BEGIN; {(ROW + ';') * 900} COMMIT;")["exp.db"]
    small = made(tmp_path / "c", TABLES + ROW)["exp.db"]
    for odd in (torn, {"exp.db": small[:-3000]}, {"exp.db": whole[:-4096]}):
        told = contextlib.nullcontext() if odd is torn else contextlib.suppress(ArtifactError)
        with told, snapshot_of(odd) as snapshot:  # some cuts SQLite sees by itself
            snapshot.curves()
            titles = [each.title for each in snapshot.findings()]
            assert "A part of the experiment's database is missing" in titles
    for good in (files, {"exp.db": whole}):
        with snapshot_of(good) as snapshot:
            assert snapshot.curves()
            assert "missing" not in " ".join(each.title for each in snapshot.findings())
