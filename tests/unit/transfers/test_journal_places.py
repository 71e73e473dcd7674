"""L-03: the journal on disks that have no shared memory, as homes on network shares."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dfs_desktop.transfers.journal import Journal

pytestmark = pytest.mark.fault("L-03")


def new(_path: Path) -> None:
    """No journal yet."""


def used_elsewhere(path: Path) -> None:
    """A journal in write-ahead mode, with a line in its log, brought from another disk."""
    Journal(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


@pytest.mark.parametrize("before", [new, used_elsewhere])
def test_l03_without_shared_memory_the_journal_is_kept_in_another_mode(
    tmp_path: Path, before: Callable[[Path], None]
) -> None:
    path = tmp_path / "journal.db"
    before(path)
    path.with_name("journal.db-shm").mkdir()  # SQLite's shared memory cannot be had
    journal = Journal(path)
    assert journal.load().result() == []
    assert journal.notice == ""
    journal.close()
    path.with_name("journal.db-shm").rmdir()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("SELECT count(*) FROM job").fetchone() == (0,)
    db.close()
