"""What holds after every fault: I1 to I8 of the fault table, checked against the world, not the client."""

from __future__ import annotations

import gc
import os
import stat
import time
from collections import Counter
from pathlib import Path

from dfs_desktop.api import DownloadRecord
from dfs_desktop.transfers.job import Job, Kind, State
from fault_injection.cloud import Cloud, sha256

SECRETS = ("X-Amz-Signature", "sig=", "Bearer ")


def check(cloud: Cloud) -> None:
    """All of them; call it before the cloud is closed."""
    check_server(cloud)
    check_requests(cloud)
    for path, (digest, changed) in cloud.sources.items():
        assert (sha256(path), path.stat().st_mtime_ns) == (digest, changed), f"I7: {path} changed"
    for engine in cloud.engines:
        for job in engine.queue.jobs:
            check_target(cloud, job)
        check_secrets(cloud.key, engine.texts, "an error")
        check_journal(cloud.key, engine.folder)
    check_secrets(cloud.key, cloud.log.lines, "the log")


def check_server(cloud: Cloud) -> None:
    """I2: what is called uploaded is there, byte for byte. I3: one record a job at most."""
    records = cloud.service.records()
    for record in records:
        if record["status"] == "uploaded" and not cloud.tampered:
            stored = cloud.stored(record)
            assert stored.size == record["size"], f"I2: {record['name']} has another size"
            assert stored.sha256() == record["file_hash"], f"I2: {record['name']} has other bytes"
    # What failed for good stays as a trace; a job that begins again makes a new record.
    names = Counter(record["name"] for record in records if record["status"] != "upload_failed")
    twice = [name for name, count in names.items() if count > 1]
    assert cloud.twins or not twice, f"I3: {twice}"


def check_requests(cloud: Cloud) -> None:
    """I5: the key goes to the registry only."""
    for seen in cloud.store.audit:
        assert "authorization" not in seen.headers, f"I5: {seen.step}"
        assert cloud.key not in str(seen), f"I5: {seen.step}"
    for asked in cloud.front.audit:
        # Whoever finds out what kind of server it is does so without the key.
        assert asked.headers.get("authorization") in (None, f"Bearer {cloud.key}"), asked.step


def check_target(cloud: Cloud, job: Job) -> None:
    """I1: the final name is absent, or it is the file. Nothing partial is left by what ended."""
    record = job.ledger.record if job.ledger is not None else None
    if job.kind is not Kind.DOWNLOAD or not isinstance(record, DownloadRecord):
        return
    if job.state is State.DONE:
        assert len(record.sha256) != 64 or sha256(job.path) == record.sha256, f"I1: {job.path}"
    if job.state in (State.DONE, State.CANCELLED) and record.kept is not None:
        assert not Path(record.kept.path).exists(), f"I1: {record.kept.path} is left"


def check_secrets(key: str, lines: list[str], where: str) -> None:
    """I4: neither key nor signature is written anywhere."""
    for line in lines:
        for mark in (key, *SECRETS):
            assert mark not in line, f"I4: {mark[:8]} in {where}"


def check_journal(key: str, folder: Path) -> None:
    """I4: the journal is private and never has the key; it forgets the links of what has ended."""
    ended = b"X-Amz-Signature", b"sig="
    for path in folder.glob("journal.sqlite3*"):
        if not path.is_file() or path.is_symlink():
            continue  # put there by a test
        content = path.read_bytes()
        assert key.encode() not in content, f"I4: the key is in {path.name}"
        if os.name == "posix":
            assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), f"I4: {path.name}"
    main = folder / "journal.sqlite3"
    if main.is_file() and not unfinished(main):
        content = main.read_bytes()
        assert not [mark for mark in ended if mark in content], "I4: a link outlives its use"


def unfinished(journal: Path) -> list[str]:
    """The steps of the uploads in a journal that may still need their links."""
    import sqlite3

    over = ("done", "stored", "confirming", "discarded")

    try:
        db = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    try:
        rows = db.execute("SELECT step FROM job WHERE kind = 'upload'").fetchall()
    except sqlite3.Error:
        return []
    finally:
        db.close()
    return [step for (step,) in rows if step not in over]


def open_files() -> int | None:
    """How many descriptors this process has open; None where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count is all
    except OSError:
        return None


def check_open_files(before: int | None) -> None:
    """I6: no connection and no file is left (threads and tasks are watched for every test)."""
    end = time.monotonic() + 2
    while before is not None and (open_files() or 0) > before and time.monotonic() < end:
        gc.collect()
        time.sleep(0.02)
    if before is not None:
        assert (open_files() or 0) <= before, "I6: a file or a connection is still open"


def titles(journal: Path) -> set[str]:
    """The transfers that a journal knows."""
    import sqlite3

    try:
        db = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    except sqlite3.Error:
        return set()
    try:
        return {title for (title,) in db.execute("SELECT title FROM job")}
    except sqlite3.Error:
        return set()
    finally:
        db.close()
