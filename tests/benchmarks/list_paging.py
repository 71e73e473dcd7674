"""A list of 5 000 artifacts over generation G: when its first rows come, and what stalls meanwhile.

    .venv/bin/python tests/benchmarks/list_paging.py [artifacts]

Printed: the first page through the client against the bare round trip of the same page; the
longest time that an asyncio loop stood still while the rest arrived, with the registry in a
process of its own; the same for the whole window, offscreen, with the registry that it brings
along. A loop that only ticks is measured beside, for what the machine itself stalls.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent)]

TICK = 0.001
ROUNDS = 9
SAMPLE = TESTS / "wire" / "luml" / "artifact-create.json"

WINDOW = """
import gc, sys, time
gc.disable()  # as dfs_desktop.__main__ does
import asyncio
from dfs_desktop.app import Options, run
wanted = int(sys.argv[1])

async def drive(app):
    table, begin = app.window.table.table, time.perf_counter()
    stalls, filled = [], []
    before = time.perf_counter()
    while table.rowCount() < wanted:
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        if table.rowCount():
            stalls.append(now - before - 0.001)
            filled.append(now)
        before = now
    print(max(stalls), filled[-1] - filled[0], len(stalls))
    sys.stdout.flush()
    return 0

run(sys.argv[:1], Options(drive=drive))
"""


def fill(folder: Path, count: int) -> None:
    """Put that many records into a registry that does not run."""
    import uuid

    from dfs_desktop.server.store import Store

    body = json.loads(SAMPLE.read_text("utf-8"))["request"]["json"]
    folder.mkdir(parents=True, mode=0o700)
    store = Store(folder / "registry.sqlite3")
    store.places.furnish()
    collection = store.row("SELECT id FROM collections")[0]
    with store.transaction():
        for number in range(count):
            unique = uuid.uuid4().hex
            store.add(
                "artifacts",
                {
                    "file_name": f"model-{number}.fnnx",
                    "name": f"model {number}",
                    "description": "one of many",
                    "metrics": json.dumps({"accuracy": number / count, "f1": 0.5}),
                    "manifest": json.dumps(body["manifest"]),
                    "file_hash": "0" * 64,
                    "file_index": json.dumps(body["file_index"]),
                    "size": 10_000 + number,
                    "tags": json.dumps(["a", "b"]),
                    "type": "model",
                    "collection_id": collection,
                    "object_id": unique,
                    "unique_identifier": unique,
                    "bucket_location": f"bench/{unique}",
                    "created_by_user": "Ada",
                    "status": "pending_upload",
                },
            )
    store.close()


@contextmanager
def registry(folder: Path) -> Iterator[dict[str, str]]:
    """A registry in a process of its own; its address and key."""
    command = [sys.executable, "-m", "dfs_desktop.server", "--data", str(folder)]
    with subprocess.Popen(command, cwd=TESTS.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


class Heart:
    """Ticks in the running loop and remembers the longest pause."""

    async def __aenter__(self) -> Heart:
        self.longest = 0.0
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(5 * TICK)
        return self

    async def _beat(self) -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before - TICK)
            before = now

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.sleep(5 * TICK)
        self._task.cancel()


def first_pages(address: dict[str, str]) -> tuple[float, float]:
    """Medians of seconds: one page as bare bytes, and the first page through the client."""
    import httpx

    from dfs_desktop.api import DataForceClient

    bare, ours = [], []
    with DataForceClient(address["url"], address["api_key"]) as client:
        organization = client.organizations.list()[0].id
        orbit = client.orbits.list()[0].id
        collection = client.collections.list()[0].id
        path = f"/v1/organizations/{organization}/orbits/{orbit}/artifacts"
        query: dict[str, Any] = {"collection_ids": collection, "limit": 100}
        headers = {"authorization": f"Bearer {address['api_key']}"}
        with httpx.Client(base_url=address["url"], headers=headers, trust_env=False) as web:
            for _ in range(ROUNDS + 1):
                begin = time.perf_counter()
                assert web.get(path, params=query).status_code == 200
                bare.append(time.perf_counter() - begin)
                begin = time.perf_counter()
                assert len(next(iter(client.model_artifacts.pages()))) == 100
                ours.append(time.perf_counter() - begin)
    return statistics.median(bare[1:]), statistics.median(ours[1:])


async def whole_list(address: dict[str, str], count: int) -> tuple[float, float, float]:
    """Seconds for all pages; the longest stall meanwhile; the longest of a loop that idles."""
    from dfs_desktop.api import AsyncDataForceClient

    async with AsyncDataForceClient(address["url"], address["api_key"]) as client:
        await client.collections.list()
        async with Heart() as idle:
            await asyncio.sleep(1)
        rows: list[Any] = []
        begin = time.perf_counter()
        async with Heart() as heart:
            async for page in client.model_artifacts.pages():
                rows += page
        took = time.perf_counter() - begin
    assert len(rows) == count
    return took, heart.longest, idle.longest


def window(home: Path, count: int) -> list[float]:
    """Longest stall and seconds between the first row and the last, in the window."""
    environment = {**os.environ, "DFS_DESKTOP_HOME": str(home)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-c", WINDOW, str(count)]
    ran = subprocess.run(
        command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(ran.stderr)
    return [float(word) for word in ran.stdout.split()]


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        folder = home / "data" / "registry"
        fill(folder, count)
        with registry(folder) as address:
            bare, ours = first_pages(address)
            runs = [asyncio.run(whole_list(address, count)) for _ in range(5)]
        print(f"one page, bare bytes        {bare * 1e3:7.1f} ms (median of {ROUNDS})")
        print(f"first page, through client  {ours * 1e3:7.1f} ms, ratio {ours / bare:.2f}")
        took = statistics.median(each[0] for each in runs)
        print(f"all {count} rows             {took:7.2f} s  (median of {len(runs)})")
        for what, place in (("longest stalls of the loop", 1), ("  of a loop that idles   ", 2)):
            print(what, " ".join(f"{each[place] * 1e3:6.1f}" for each in runs), "ms")
        turns = [window(home, count) for _ in range(5)]
        stalls = ", ".join(f"{turn[0] * 1e3:.0f}" for turn in turns)
        fills = ", ".join(f"{turn[1]:.2f}" for turn in turns)
        print(f"window: longest stalls {stalls} ms; first row to last {fills} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
