"""Where the bytes may move: four downloads at once, and what the window's event loop feels of each way.

    .venv/bin/python tests/benchmarks/engines.py [--mib 500] [--runs 3]

The store is nginx on loopback. Each way receives, hashes (SHA-256) and writes the same files, in a
fresh process with a Qt window's loop whose longest stall and p99 are measured by a 5 ms heartbeat:
  qasync loop     httpx.AsyncClient on the window's own loop
  loop in thread  the same on an asyncio loop in a worker thread
  httpx threads   httpx.Client, a thread for each download
  child process   httpx threads in a process of their own
  ours            this client: heads by httpx, bodies straight from the socket, hashed beside
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(Path(__file__).resolve().parent), str(TESTS), str(TESTS.parent)]

from download_speed import Contest, make_file, stores  # noqa: E402  beside this script

WAYS = ("qasync loop", "loop in thread", "httpx threads", "child process", "ours")
CONTESTANT = """
import asyncio, hashlib, json, os, subprocess, sys, threading, time
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
way, url, folder, options, artifact = sys.argv[1:6]
targets = [os.path.join(folder, f"back-{n}.bin") for n in range(4)]
import httpx

async def one(client, target):
    digest = hashlib.sha256()
    with open(target, "wb") as file:
        async with client.stream("GET", url) as answer:
            async for block in answer.aiter_raw():
                digest.update(block)
                file.write(block)

async def all_on_loop():
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        await asyncio.gather(*(one(client, target) for target in targets))

def blocking(target):
    digest = hashlib.sha256()
    with open(target, "wb") as file, httpx.Client(trust_env=False, timeout=60) as client:
        with client.stream("GET", url) as answer:
            for block in answer.iter_raw():
                digest.update(block)
                file.write(block)

def in_threads():
    threads = [threading.Thread(target=blocking, args=(t,)) for t in targets]
    [t.start() for t in threads]
    [t.join() for t in threads]

if way == "worker":
    in_threads()
    sys.exit()

import qasync
from PySide6.QtWidgets import QApplication, QLabel
from dfs_desktop.ui.platform.event_loop_lag import EventLoopLag
sys.setswitchinterval(0.001)
qt = QApplication([])
label = QLabel("window")
label.show()

from dfs_desktop.api import AsyncDataForceClient
client = AsyncDataForceClient(**json.loads(options))

async def ours():
    await asyncio.gather(*(client.model_artifacts.download(artifact, t) for t in targets))
    await client.aclose()

async def measured():
    beat = EventLoopLag(qt)
    await client.model_artifacts.list()  # imports and the making of clients are not counted
    await asyncio.sleep(0.3)
    beat.start()
    began = time.perf_counter()
    if way == "qasync loop":
        await all_on_loop()
    elif way == "loop in thread":
        await asyncio.to_thread(lambda: asyncio.Runner(
            loop_factory=asyncio.SelectorEventLoop).run(all_on_loop()))
    elif way == "httpx threads":
        await asyncio.to_thread(in_threads)
    elif way == "child process":
        child = await asyncio.to_thread(subprocess.Popen,
            [sys.executable, __file__, "worker", url, folder, options, artifact])
        await asyncio.to_thread(child.wait)
    else:
        await ours()
    took = time.perf_counter() - began
    stalls = beat.stop()
    print(json.dumps([took, stalls.longest, stalls.p99]))

loop = qasync.QEventLoop(qt)
asyncio.set_event_loop(loop)
with loop:
    loop.run_until_complete(measured())
"""


def main() -> None:
    """Measure every way in turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=500)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("Missing: nginx. Install: apt-get install nginx")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        program = folder / "contestant.py"
        program.write_text(CONTESTANT)
        size = asked.mib << 20
        sha256 = make_file(folder / "www" / "big.bin", asked.mib)
        with stores(folder, folder / "www" / "big.bin") as origins:
            origin = next(iter(origins.values()))
            contest = Contest(origin, folder / "back.bin", sha256, size, durable=False)
            found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
            try:
                for turn in range(asked.runs):
                    for way in WAYS:
                        words = [way, contest.url, str(folder), json.dumps(contest.stage.options)]
                        command = [sys.executable, str(program), *words, contest.artifact]
                        environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
                        ran = subprocess.run(
                            command, capture_output=True, text=True, env=environment
                        )
                        if ran.returncode:
                            sys.exit(f"{way}: {ran.stderr}")
                        found[way].append(json.loads(ran.stdout))
                        took, longest, p99 = found[way][-1]
                        speed = 4 * size / took / 1e6
                        print(
                            f"  {turn + 1} {way:15} {took:5.2f} s {speed:5.0f} MB/s "
                            f"longest stall {longest:6.1f} ms, p99 {p99:5.1f} ms",
                            flush=True,
                        )
            finally:
                contest.stage.close()
    for way, rows in found.items():
        took, longest, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        print(
            f"{way:15} median {4 * size / took / 1e6:5.0f} MB/s, longest stall {longest:6.1f} ms, "
            f"p99 {p99:5.1f} ms"
        )


if __name__ == "__main__":
    main()
