"""L-03: the journal on disks that have no shared memory, as homes on network shares."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from dfs_desktop.transfers.journal import Journal, JournalEntry, JournalError

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


def test_of_many_lines_that_come_at_once_all_are_written_but_the_one_that_cannot_be(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    numbers = [*range(1, 300), 7, *range(300, 600)]  # no two have one number
    lines = [
        JournalEntry(kind="upload", profile="", title="", record=b"", step="", id=n)
        for n in numbers
    ]
    begun = [journal.begin(each) for each in lines]
    given_up = journal.begin(structs.replace(lines[0], id=1000))
    given_up.cancel()
    failed = [each.exception(20) for each in begun]
    assert [type(error) for error in failed if error is not None] == [JournalError]
    for n in range(1, 600):
        journal.save_state(n, "paused", 0.0, discarding=False, problem="")
    for number in range(1, 500):
        journal.remove(number)
    found = {each.id: each.state for each in journal.load().result(20)}
    found.pop(1000, None)  # it may have been too late
    assert found == dict.fromkeys(range(500, 600), "paused")
    journal.close()


def test_what_is_written_while_the_writer_is_busy_is_one_call_of_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "transfers.sqlite3")
    held, calls, submit = threading.Event(), 0, journal._writer.submit

    def counted(*work: Any) -> Any:
        nonlocal calls
        calls += 1
        return submit(*work)

    journal._writer.submit = counted  # type: ignore[method-assign]
    submit(held.wait)
    written = [
        journal.begin(
            JournalEntry(id=n, kind="upload", profile="p", title="t", record=b"", step="")
        )
        for n in range(100)
    ]
    assert calls == 1
    held.set()
    for each in written:
        assert each.result(10) is None
    journal.remove(7)
    assert calls == 2
    assert {each.id for each in journal.load().result(10)} == {*range(100)} - {7}
    journal.close()
