"""Transfers by the hundred through clouds that fail all the time, in programs that are killed.

tests/benchmarks/soak.py runs it. Every file has to arrive byte for byte, or be refused with a reason;
no record, partial file, connection, descriptor or thread may be left.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import ssl
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from support.network.certificates import trusted_context
from support.registries.faults import apply_then_drop, drop, status
from support.stores.faults import error_in_200, forget_uploads, refused, without_etag
from support.stores.registry import PART
from support.stores.s3 import S3Rules

from dfs_desktop.api.blocking_job import IDLE
from fault_injection import byte_child, invariants, quick
from fault_injection.cloud import Cloud, sha256
from fault_injection.runs import Nurseries

SIZES = (18_000, 140_000)  # bytes; above 20 KiB files go in parts
MESSAGES = 150  # of byte workers, at some of which they are harmed
LIVES = 4  # of a program, before one without faults
FRONT = ("create", "list", "record", "patch", "download_url", "part_urls")
STORE = {
    "s3": ("put", "get", "initiate", "part", "complete"),
    "azure": ("put", "get", "block", "join"),
}


def hang(handler: Any) -> bool:
    """Say nothing for a while, then hang up."""
    handler.server.ended.wait(0.4)
    return bool(drop(handler))


GENERAL = (
    drop,
    drop,
    apply_then_drop,
    apply_then_drop,
    hang,
    status(500),
    status(503),
    status(429),
)


class Weather(threading.Thread):
    """Makes faults as long as it lasts."""

    def __init__(self, clouds: dict[str, Cloud], luck: random.Random) -> None:
        super().__init__(name="weather", daemon=True)
        self.clouds, self.luck = clouds, luck
        self.calm = threading.Event()
        self.ended = threading.Event()
        self.made: Counter[str] = Counter()

    def run(self) -> None:
        while not self.ended.wait(self.luck.uniform(0.002, 0.03)):
            if not self.calm.is_set():
                self._strike(self.luck.choice(list(self.clouds)))

    def _strike(self, kind: str) -> None:
        cloud, luck = self.clouds[kind], self.luck
        what = luck.random()
        if what < 0.35:
            step, fault = luck.choice(FRONT), luck.choice(GENERAL)
            cloud.front.script(step, self._counted(fault))
        elif what < 0.75:
            step = luck.choice(STORE[kind])
            special = {
                "complete": (error_in_200("InternalError"), forget_uploads),
                "part": (without_etag, refused(403, "AccessDenied", "Request has expired")),
            }
            usual = (
                GENERAL if step != "get" else tuple(f for f in GENERAL if f is not apply_then_drop)
            )
            fault = luck.choice((*usual, *special.get(step, ())))
            cloud.store.script(step, self._counted(fault))
        elif what < 0.8:  # links become short-lived, or long-lived again
            life, step, fault = luck.choice((1, 2, 30)), "lifetime", None
            if kind == "s3":
                cloud.store.rules.lifetime = life
            else:
                cloud.store.lifetime = life
        else:
            assert cloud.chaos is not None
            step, fault = "line", None
            toxics = (
                ("limit_data", 30_000),
                ("reset_peer", 0.02),
                ("slicer", 900),
                ("latency", 0.01),
            )
            name, most = luck.choice(toxics)
            cloud.chaos.add(name, luck.uniform(0.2, 1) * most, down=luck.random() < 0.5, times=1)
        if fault is None:
            self.made[step] += 1

    def _counted(self, fault: Any) -> Any:
        """The fault; counted when it strikes."""

        def strike(handler: Any) -> bool:
            self.made[fault.__qualname__.split(".")[0]] += 1
            return bool(fault(handler))

        return strike

    def clear(self) -> None:
        """No faults until further notice."""
        self.calm.set()
        for cloud in self.clouds.values():
            cloud.front.faults.clear()
            cloud.store.faults.clear()
            cloud.chaos.toxics.clear()  # type: ignore[union-attr]
            if cloud.kind == "s3":
                cloud.store.rules.lifetime = 3600
            else:
                cloud.store.lifetime = 3600


class Soak:
    """Programs with a handful of transfers each, one after the other, on changing clouds."""

    def __init__(
        self, folder: Path, seed: int, context: ssl.SSLContext | None, *, by_child: bool
    ) -> None:
        self.folder, self.luck, self.by_child = folder, random.Random(seed), by_child
        rules = S3Rules(smallest_part=PART)
        self.clouds = {
            "s3": Cloud(folder / "s3", "s3", chaos=True, s3=rules, context=context),
            "azure": Cloud(folder / "azure", "azure", chaos=True, context=context),
        }
        self.stored = {
            kind: [cloud.filed(size, f"{size}.fnnx") for size in (18_000, 60_000, 400_000)]
            for kind, cloud in self.clouds.items()
        }
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.number = 0
        self.begun: set[str] = set()  # what the journal of the last program ever had

    def program(self, nurseries: Nurseries, weather: Weather) -> None:
        """One program: killed a few times, then left in peace to its end."""
        kind = self.luck.choice(list(self.clouds))
        cloud, home = self.clouds[kind], self.folder / f"program {self.number}"
        home.mkdir()
        plan = self._plan(cloud, home)
        weather.calm.clear()
        known: set[str] = set()
        for _ in range(self.luck.randint(1, LIVES)):
            longest = 2.0 if self.by_child else 0.6  # the child has to start
            plan["harm"] = byte_child.some_harm(self.luck, MESSAGES)
            code = nurseries.run(plan, kill_after=self.luck.uniform(0.03, longest))
            self.counts["killed" if code == -9 else "ended"] += 1
            known |= invariants.titles(home / "engine" / "journal.sqlite3")
            plan["only_restore"] = plan["only_restore"] or bool(known)
            if code == 0:
                break
        weather.clear()
        self.begun = known
        plan["insist"], plan["harm"] = "all", byte_child.some_harm(self.luck, MESSAGES)
        if nurseries.run(plan) != 0:
            self.wrong.append(f"{home.name}: the last life did not end")
            return
        self._judge(cloud, home, plan)

    def _plan(self, cloud: Cloud, home: Path) -> dict[str, Any]:
        uploads, downloads = [], []
        for _ in range(self.luck.randint(3, 8)):
            self.number += 1
            if self.luck.random() < 0.55:
                path = cloud.artifact(self.luck.randint(*SIZES), f"{self.number}.fnnx")
                uploads.append((str(path), f"soak {self.number}"))
            else:
                record = self.luck.choice(self.stored[cloud.kind])
                downloads.append((record.id, str(home / f"{self.number}.fnnx"), True))
        return {
            "folder": str(home / "engine"),
            "options": {**cloud.options, "timeout": 2.0},
            "result": str(home / "result.json"),
            "log": str(home / "log.txt"),
            "uploads": uploads,
            "downloads": downloads,
            "waits": quick.OFTEN,
            "only_restore": False,
            "by_child": self.by_child,
        }

    def _judge(self, cloud: Cloud, home: Path, plan: dict[str, Any]) -> None:
        """Byte for byte or refused, and nothing left."""
        told = json.loads(Path(plan["result"]).read_text("utf-8"))
        self.counts["harms to byte workers of last lives"] += told["harmed"]
        ended = {job["title"]: job for job in told["jobs"]}
        records = cloud.service.json("GET", f"{cloud.service.list}?limit=100&search=soak")["items"]
        by_name: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            by_name.setdefault(record["name"], []).append(record)
        for path, name in plan["uploads"]:
            self._judge_upload(cloud, Path(path), name, by_name.get(name, []), ended.get(name))
        for artifact_id, target, _ in plan["downloads"]:
            self._judge_download(cloud, artifact_id, Path(target), ended.get(Path(target).name))
        left = [path.name for path in home.glob(".*.dfspart")]
        kept = sum(job["state"] == "failed" and job["kind"] == "download" for job in told["jobs"])
        if len(left) > kept:
            self.wrong.append(f"{home.name}: {left} are left")
        with contextlib.suppress(AssertionError):
            invariants.check_journal(cloud.key, home / "engine")
            lines = Path(plan["log"]).read_text("utf-8").splitlines()
            invariants.check_secrets(cloud.key, lines + told["texts"], "a log")
            self._forget(cloud, records)
            return
        self.wrong.append(f"{home.name}: a secret was written down")

    def _forget(self, cloud: Cloud, records: list[dict[str, Any]]) -> None:
        """Delete what was judged, so that lists stay short."""
        base = cloud.service.artifacts
        for record in records:
            cloud.service.api.get(f"{base}/{record['id']}/delete-url")
            cloud.service.api.delete(f"{base}/{record['id']}")
            for key in list(cloud.store.disk.objects):
                if key.endswith(record["bucket_location"]):
                    cloud.store.disk.remove(key)

    def _judge_upload(
        self,
        cloud: Cloud,
        path: Path,
        name: str,
        records: list[dict[str, Any]],
        job: dict[str, Any] | None,
    ) -> None:
        statuses = sorted(record["status"] for record in records)
        good = [record for record in records if record["status"] == "uploaded"]
        for record in good:
            if cloud.stored(record).sha256() != cloud.sources[path][0]:
                self.wrong.append(f"{name}: uploaded with other bytes")
        if len(good) == 1 and set(statuses) <= {"uploaded", "upload_failed"}:
            self.counts["uploads that arrived"] += 1
        elif job is not None and job["state"] in ("failed", "attention") and not good:
            self.counts["uploads that were refused"] += 1
            self.refusals[job["error"].split(":")[0]] += 1
        elif self.begun and name not in self.begun and not records:
            self.counts["never begun: killed before they were noted"] += 1
        else:
            self.wrong.append(f"{name}: {statuses}, {job}")
        del cloud.sources[path]
        path.unlink()

    def _judge_download(
        self, cloud: Cloud, artifact_id: str, target: Path, job: dict[str, Any] | None
    ) -> None:
        (record,) = [each for each in self.stored[cloud.kind] if each.id == artifact_id]
        if target.exists():
            if sha256(target) != record.file_hash:
                self.wrong.append(f"{target.name}: other bytes")
            self.counts["downloads that arrived"] += 1
            target.unlink()
        elif job is not None and job["state"] in ("failed", "attention") and job["error"]:
            self.counts["downloads that were refused"] += 1
            self.refusals[job["error"].split(":")[0]] += 1
        elif self.begun and target.name not in self.begun:
            self.counts["never begun: killed before they were noted"] += 1
        else:
            self.wrong.append(f"{target.name}: not there, {job}")

    def close(self) -> None:
        """What the clouds saw, and whether a connection outlived its program."""
        end = time.monotonic() + 3
        for kind, cloud in self.clouds.items():
            while (cloud.front._connections or cloud.store._connections) and time.monotonic() < end:
                time.sleep(0.05)
            open_now = len(cloud.front._connections) + len(cloud.store._connections)
            if open_now:
                self.wrong.append(f"{kind}: {open_now} connections are open")
            self.counts["requests"] += len(cloud.front.audit) + len(cloud.store.audit)
            cloud.close()


def soak(options: argparse.Namespace, folder: Path) -> tuple[Soak, Weather]:
    """Until so many transfers are through and so much time has passed."""
    context = None if options.http else trusted_context(folder / "authority")
    work = Soak(folder, options.seed, context, by_child=options.byte_worker)
    weather = Weather(work.clouds, random.Random(options.seed + 1))
    weather.start()
    end = time.monotonic() + options.minutes * 60
    with Nurseries(1) as nurseries:
        while work.number < options.transfers or time.monotonic() < end:
            work.program(nurseries, weather)
            print(f"\r{work.number} transfers", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    weather.ended.set()
    weather.join()
    work.close()
    return work, weather


def _threads() -> int:
    """Those that do something: the ones that wait for a job end by themselves."""
    return sum(each.name != IDLE for each in threading.enumerate())


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--transfers", type=int, default=300)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--http", action="store_true", help="without encryption")
    asked.add_argument("--byte-worker", action="store_true", help="bytes move in a child")
    options = asked.parse_args()
    before, threads = invariants.open_files(), _threads()
    begun = time.monotonic()
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name,
        quick.hastened(quick.WAITS),
    ):
        work, weather = soak(options, Path(name))
    with contextlib.suppress(AssertionError):
        invariants.check_open_files(before)
    leaked = (invariants.open_files() or 0) - (before or 0), _threads() - threads
    print(f"seed {options.seed}, {time.monotonic() - begun:.0f} s, {work.number} transfers")
    for title, counter in (
        ("", work.counts),
        ("refusals", work.refusals),
        ("faults", weather.made),
    ):
        print(title, ", ".join(f"{count} {what}" for what, count in counter.most_common()))
    print(f"left: {max(0, leaked[0])} descriptors, {max(0, leaked[1])} threads")
    for text in work.wrong[:20]:
        print("WRONG", text)
    return 1 if work.wrong or max(leaked) > 0 else 0
