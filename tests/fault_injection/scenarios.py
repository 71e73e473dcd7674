"""What is killed: each scenario is a transfer, where it stands when the killing begins, and its end."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from support.stores.registry import PART

from dfs_desktop.artifact.archive.part_sums import PartSums
from fault_injection.cloud import MULTI, SINGLE, Cloud, sha256
from fault_injection.invariants import check_journal, check_secrets
from fault_injection.quick import OFTEN

_numbers = itertools.count(1)
RATE = 1 << 20  # bytes a second, where a download has to be caught midway
LARGE = 300 << 10


@dataclass
class Run:
    """One life of a transfer, from its beginning through kills to its end."""

    cloud: Cloud
    folder: Path
    name: str
    plan: dict[str, Any]
    digest: str = ""
    target: Path | None = None
    artifact: Any = None
    # Parts that the journal had after a kill, and how often they had been sent by then.
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)

    def look(self) -> None:
        """After a kill: which parts of which upload the journal knows to be stored."""
        path = self.folder / "journal.sqlite3"
        if not path.exists():
            return
        db = sqlite3.connect(path)
        try:
            rows = db.execute("SELECT record, number FROM job JOIN part ON part.job = job.id")
            sent = self.sent()
            for record, number in rows.fetchall():
                part = json.loads(record)["upload_id"] or "", str(number)
                self.acknowledged.setdefault(part, sent[part])
        except sqlite3.OperationalError:
            return  # it was killed before there were tables
        finally:
            db.close()

    def has_begun(self) -> bool:
        """Whether the next life knows of it; if not, the person has to ask for it once more."""
        path = self.folder / "journal.sqlite3"
        if not path.exists():
            return False
        db = sqlite3.connect(path)
        try:
            lines = db.execute("SELECT count(*) FROM job").fetchone()[0]
        except sqlite3.Error:  # not even its tables were there
            return False
        finally:
            db.close()
        wanted = self.plan.get("deletions", ())
        there = {each["id"] for each in self.cloud.service.records()} if wanted else set()
        return bool(lines) or bool(wanted and not there.intersection(wanted))

    def sent(self) -> Counter[tuple[str, str]]:
        """How often each part of each upload was sent to the store."""
        return Counter(_part(seen.target) for seen in list(self.cloud.store.audit))

    @property
    def records(self) -> list[dict[str, Any]]:
        return [each for each in self.cloud.service.records() if each["name"] == self.name]


@dataclass
class Scenario:
    """``stand``: where an earlier life was killed before the points of this scenario begin.

    ``ends``: the statuses that the records of the transfer may have at the good end.
    """

    name: str
    kind: str = "s3"
    size: int = 0
    ends: tuple[tuple[str, ...], ...] = (("uploaded",),)
    stand: str = ""
    discard: bool = False
    expires: bool = False
    until: str = ""  # the point from which on it is the same as a scenario before it

    def __str__(self) -> str:
        return self.name

    def begin(self, cloud: Cloud, folder: Path) -> Run:
        """A fresh run of it."""
        name = f"{self.name} {next(_numbers)}"
        home = folder / name.replace(" ", "_")
        home.mkdir(parents=True)
        plan: dict[str, Any] = {
            "folder": str(home / "engine"),
            "options": cloud.options,
            "result": str(home / "result.json"),
            "log": str(home / "log.txt"),
            "insist": True,
            "only_restore": False,
        }
        run = Run(cloud, home / "engine", name, plan)
        self.set_up(cloud, home, run)
        return run

    def set_up(self, cloud: Cloud, home: Path, run: Run) -> None:
        path = cloud.artifact(self.size, f"{home.name}.fnnx")
        run.digest = cloud.sources[path][0]
        run.plan["uploads"] = [(str(path), run.name)]

    def verify(self, run: Run) -> None:
        """The good end, and nothing else."""
        result = json.loads(Path(run.plan["result"]).read_text("utf-8"))
        bad = [job for job in result["jobs"] if job["state"] not in ("done", "cancelled")]
        assert not bad, f"{run.name}: {bad}"
        statuses = tuple(sorted(record["status"] for record in run.records))
        assert statuses in self.ends, f"{run.name} ended as {statuses}"
        for record in run.records:
            if record["status"] == "uploaded":
                assert run.cloud.stored(record).sha256() == run.digest, f"I2: {run.name}"
        self.check_parts(run)
        assert not (run.folder / "journal.sqlite3-wal").exists()
        check_journal(run.cloud.key, run.folder)
        lines = Path(run.plan["log"]).read_text("utf-8").splitlines()
        check_secrets(run.cloud.key, lines + result["texts"], "the log of a child")

    def check_parts(self, run: Run) -> None:
        """What the journal knew to be stored was not sent again."""
        sent = run.sent()
        for part, count in run.acknowledged.items():
            assert sent[part] == count, f"part {part[1]} of {run.name} was sent again"


class Download(Scenario):
    """Of a file that is in the registry already."""

    def set_up(self, cloud: Cloud, home: Path, run: Run) -> None:
        run.artifact = _shared(cloud, self.size)
        run.target = home / "back.fnnx"
        run.digest = run.artifact.file_hash
        run.plan["downloads"] = [(run.artifact.id, str(run.target), False)]
        run.plan["waits"] = OFTEN
        if self.stand or self.discard:
            run.plan["rate"] = RATE

    def verify(self, run: Run) -> None:
        assert run.target is not None
        result = json.loads(Path(run.plan["result"]).read_text("utf-8"))
        bad = [job for job in result["jobs"] if job["state"] not in ("done", "cancelled")]
        assert not bad, f"{run.name}: {bad}"
        left = sorted(path.name for path in run.target.parent.iterdir() if path.is_file())
        known = {"result.json", "log.txt", "points.txt"}
        files = [name for name in left if name not in known]
        wanted = [[], ["back.fnnx"]] if self.discard else [["back.fnnx"]]
        assert files in wanted, f"I1: {run.name} left {files}"
        for name in files:
            assert sha256(run.target.with_name(name)) == run.digest, f"I1: {run.name}"
        check_journal(run.cloud.key, run.folder)
        lines = Path(run.plan["log"]).read_text("utf-8").splitlines()
        check_secrets(run.cloud.key, lines + result["texts"], "the log of a child")


class Repair(Download):
    """Of a damaged copy, which is there until the right one takes its place."""

    def set_up(self, cloud: Cloud, home: Path, run: Run) -> None:
        super().set_up(cloud, home, run)
        (whole, _name, _replace) = run.plan.pop("downloads")[0]
        assert run.target is not None
        run.target.write_bytes(bytes(self.size))
        sums = PartSums()
        sums.update(bytes(self.size))
        run.plan["repairs"] = [(whole, str(run.target), sums.finish().hex())]


class Deletion(Scenario):
    """Of an artifact of its own."""

    def set_up(self, cloud: Cloud, home: Path, run: Run) -> None:
        run.artifact = cloud.filed(self.size, f"{home.name}.fnnx")
        run.plan["deletions"] = [run.artifact.id]

    def verify(self, run: Run) -> None:
        result = json.loads(Path(run.plan["result"]).read_text("utf-8"))
        assert {job["state"] for job in result["jobs"]} <= {"done"}, f"{run.name}: {result}"
        assert run.artifact.id not in [each["id"] for each in run.cloud.service.records()]
        assert run.cloud.store.stored(run.artifact.bucket_location) is None


def _shared(cloud: Cloud, size: int) -> Any:
    known: dict[int, Any] = cloud.__dict__.setdefault("shared", {})
    if size not in known:
        known[size] = cloud.filed(size, f"shared {size}.fnnx")
    return known[size]


def _part(target: str) -> tuple[str, str]:
    """Object and upload of a request, and the part's number there; empty for other requests."""
    query = target.partition("?")[2]
    pairs = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    if "partNumber" in pairs:
        return unquote(pairs.get("uploadId", "")), pairs["partNumber"]
    return "", ""


GONE = ((),)
EITHER = (*GONE, ("uploaded",))

CREATED = "note.UploadRecord.created:before"
HASHED = "note.UploadRecord.hashed:after"
STAND = "note.UploadRecord.created:after"
SCENARIOS = (
    Scenario("upload in one request", size=SINGLE),
    Scenario("upload in parts", size=MULTI),
    Scenario("upload from a part on", size=MULTI, stand="note.part:after:2", until="join:before"),
    Scenario("upload in blocks", kind="azure", size=MULTI),
    Scenario(
        "upload of a blob", kind="azure", size=SINGLE, until="note.UploadRecord.stored:before"
    ),
    Scenario("creation without answer", size=SINGLE, stand="create:after", until=CREATED),
    Scenario("blob without answer", "azure", SINGLE, stand="create:after", until=CREATED),
    Scenario(
        "creation long ago",
        size=SINGLE,
        stand="create:after",
        expires=True,
        until="force:after",
    ),
    Scenario("expired", size=SINGLE, stand=STAND, expires=True, until=HASHED),
    Scenario("discarded creation", size=SINGLE, stand="create:after", discard=True, ends=EITHER),
    Scenario("discarded parts", size=MULTI, stand="note.part:after:2", discard=True, ends=EITHER),
    Scenario(
        "discarded file",
        size=SINGLE,
        stand="upload.put:before",
        discard=True,
        ends=EITHER,
        until="remove:after",
    ),
    Scenario(
        "discarded where one may list",
        "s3 that lists",
        SINGLE,
        stand="upload.put:before",
        discard=True,
        ends=EITHER,
        until="look:after",
    ),
    Scenario("discarded but stored", size=MULTI, stand="join:after", discard=True),
    Download("download", size=4 * PART),
    Repair("repair", size=4 * PART, until="fetch:before"),
    Download("download from the middle on", size=LARGE, stand="note.held:after"),
    Download("discarded download", size=LARGE, stand="note.held:after", discard=True),
    Download("discarded at birth", size=4 * PART, stand="reserve:after", discard=True),
    Deletion("deletion", size=SINGLE),
)
