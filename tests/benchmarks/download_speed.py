"""Time to download one large file, SHA-256 verified: this client against curl, aria2c and rclone.

    .venv/bin/python tests/benchmarks/download_speed.py [--mib 2048] [--runs 5] [--folder DIR]

The store is nginx on loopback, twice: as fast as it goes; with `limit_rate 50m`. Then, as that
limit lets a second's worth pass at once with every request, a server of our own whose connections
the kernel paces to 50 MiB/s each. Three more of these: one says SlowDown above four connections, one
answers after 40 ms, one ignores ranges; `--only SlowDown` and so on choose among all.
All contestants run in turns, each in a fresh process, and write to the same folder.
Ours is the public client: it asks a registry for record and URL, receives, verifies and renames; imports
and the making of the client are not counted. With --folder on a disk
each contestant's time includes making the file durable (curl and the others: `sync FILE`).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

LIMIT_MIB = 50
OURS = """
import json, resource, sys, time
from dfs_desktop.api import DataForceClient
options, artifact, path = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
with DataForceClient(**options) as client:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    client.model_artifacts.download(artifact, path)
    took = time.perf_counter() - begin
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    print(json.dumps([took, time.process_time(), grown / 1024]))
"""
# Ranges over keep-alive connections, each paced by the kernel. It says SlowDown above so many
# connections, waits so many milliseconds before each answer, and ignores ranges when asked to.
PACED = """
import os, re, socket, sys, threading, time
path, (rate, most, wait, whole) = sys.argv[1], map(int, sys.argv[2:])
busy, lock = 0, threading.Lock()
SO_MAX_PACING_RATE = 47
size, listener = os.path.getsize(path), socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
def serve(line):
    line.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, rate)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b""
    with open(path, "rb") as file, line:
        while True:
            while b"\\r\\n\\r\\n" not in head:
                more = line.recv(65536)
                if not more:
                    return
                head += more
            asked, _, head = head.partition(b"\\r\\n\\r\\n")
            time.sleep(wait / 1000)
            if most and busy > most:
                body = b"<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>"
                line.sendall(b"HTTP/1.1 503 Slow Down\\r\\nContent-Type: application/xml\\r\\n"
                             b"Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
                return
            found = not whole and re.search(rb"(?i)range: bytes=(\\d+)-(\\d*)", asked)
            start = int(found[1]) if found else 0
            last = int(found[2]) if found and found[2] else size - 1
            last = min(last, size - 1)
            status = "200 OK"
            if found:
                status = f"206 Partial Content\\r\\nContent-Range: bytes {start}-{last}/{size}"
            line.sendall(f'HTTP/1.1 {status}\\r\\nAccept-Ranges: bytes\\r\\nETag: "x"\\r\\n'
                         f"Content-Length: {last + 1 - start}\\r\\n\\r\\n".encode())
            while asked[:4] != b"HEAD" and start <= last:
                start += os.sendfile(line.fileno(), file.fileno(), start, min(last + 1 - start, 1 << 20))
def safely(line):
    global busy
    with lock:
        busy += 1
    try:
        serve(line)
    except OSError:
        pass
    finally:
        with lock:
            busy -= 1
while True:
    threading.Thread(target=safely, args=(listener.accept()[0],), daemon=True).start()
"""
# Bytes a second of a connection, connections, milliseconds, whether ranges are ignored.
PACED_STORES = {
    "paced to 50 MiB/s each": (LIMIT_MIB << 20, 0, 0, 0),
    "SlowDown above 4 connections, 50 MiB/s each": (LIMIT_MIB << 20, 4, 0, 0),
    "40 ms of latency": ((1 << 31) - 1, 0, 40, 0),
    "ignores ranges": ((1 << 31) - 1, 0, 0, 1),
}
NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{fast}; root {folder}/www; }}
  server {{ listen 127.0.0.1:{slow}; root {folder}/www; limit_rate {limit}m; }}
}}
"""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@contextlib.contextmanager
def stores(folder: Path, path: Path) -> Iterator[dict[str, str]]:
    """The origins of the three stores, by name."""
    fast, slow = free_port(), free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, fast=fast, slow=slow, limit=LIMIT_MIB))
    nginx = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "nginx.log")])
    processes, ports = [nginx], {"nginx at full speed": fast, "nginx, limit_rate 50m": slow}
    try:
        for name, facts in PACED_STORES.items():
            command = [sys.executable, "-c", PACED, str(path), *map(str, facts)]
            paced = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            processes.append(paced)
            assert paced.stdout is not None
            ports[name] = int(paced.stdout.readline())
        while not (answers(fast) and answers(slow)):
            time.sleep(0.05)
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def make_file(path: Path, mib: int) -> str:
    """A file of random bytes; its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(mib):
            block = os.urandom(1 << 20)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


class Contest:
    """The contestants and their times at one store."""

    def __init__(self, origin: str, target: Path, sha256: str, size: int, *, durable: bool) -> None:
        from support.registries.scripted import Stage

        class Registry(Stage):
            """Its presigned URLs lead to the store."""

            def signed(self, record: dict[str, Any], verb: str, part: int = 0) -> str:
                return f"{origin}/big.bin?verb={verb}&part={part}&{record['id']}"

        self.target, self.sha256, self.durable = target, sha256, durable
        self.url = f"{origin}/big.bin"
        self.stage = Registry()
        record = self.stage.record(
            {"file_name": "big.bin", "model_name": "big", "file_hash": sha256, "size": size}
        )
        record["status"] = "uploaded"
        self.artifact = record["id"]

    def commands(self) -> dict[str, list[list[str]]]:
        """What each contestant runs, one command after the other."""
        out, folder = str(self.target), str(self.target.parent)
        sync = [["sync", out]] if self.durable else []
        curl = ["curl", "-sS", "-o", out, self.url]
        aria = ["aria2c", "-q", "-x8", "-s8", "-k1M", "--file-allocation=none", "-d", folder]
        found = {
            "curl": [curl, *sync],
            "curl + openssl sha256": [curl, ["openssl", "sha256", out], *sync],
            "aria2c -x8": [[*aria, "-o", self.target.name, self.url], *sync],
        }
        if shutil.which("rclone"):
            found["rclone copyurl"] = [["rclone", "copyurl", self.url, out], *sync]
        options = json.dumps(self.stage.options)
        found["ours, verified"] = [[sys.executable, "-c", OURS, options, self.artifact, out]]
        return found

    def run(self, name: str) -> tuple[float, str]:
        """Seconds, and a remark."""
        self.target.unlink(missing_ok=True)
        begin = time.perf_counter()
        said = ""
        for command in self.commands()[name]:
            environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
            ran = subprocess.run(command, capture_output=True, text=True, env=environment)
            if ran.returncode and not name.startswith("ours"):
                return float("inf"), f", failed: {ran.stdout[-80:]}{ran.stderr[-80:]}"
            if ran.returncode:
                sys.exit(f"{name}: {ran.stdout}{ran.stderr}")
            said = ran.stdout
        took, remark = time.perf_counter() - begin, ""
        if name.startswith("ours"):
            took, processor, grown = json.loads(said)
            remark = f", processor {processor:.2f} s, memory + {grown:.0f} MiB"
        return took, remark


def measure(name: str, contest: Contest, runs: int, size: int, without: set[str]) -> None:
    """All in turns; prints medians and ratios."""
    seconds: dict[str, list[float]] = {
        each: [] for each in contest.commands() if each not in without
    }
    print(f"\n{name}")
    for each in seconds:
        contest.run(each)  # once for the caches and the memory of the machine
    for turn in range(runs):
        for each, taken in seconds.items():
            took, remark = contest.run(each)
            taken.append(took)
            print(f"  {turn + 1} {each:22} {took:6.2f} s{remark}")
    medians = {each: statistics.median(taken) for each, taken in seconds.items()}
    ours = medians["ours, verified"]
    for each, median in medians.items():
        print(
            f"  {each:22} median {median:6.2f} s {size / median / 1e6:6.0f} MB/s, "
            f"our rate / its rate: {median / ours:.2f}"
        )


def main() -> None:
    """Measure all stores."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", help="where files are written; else in memory (/dev/shm)")
    parser.add_argument("--only", default="", help="only stores whose name holds this")
    parser.add_argument("--skip", default="", help="without this contestant (curl is slow at 50)")
    asked = parser.parse_args()
    missing = [name for name in ("nginx", "curl", "aria2c", "openssl") if not shutil.which(name)]
    if missing:
        sys.exit(
            f"Missing: {', '.join(missing)}. Install: apt-get install nginx curl aria2 openssl"
        )
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name,
        tempfile.TemporaryDirectory(dir=asked.folder or name) as out,
    ):
        folder, size = Path(name), asked.mib << 20
        folder.chmod(0o755)  # nginx's workers are another user
        (folder / "www").mkdir()
        sha256 = make_file(folder / "www" / "big.bin", asked.mib)
        print(f"{asked.mib} MiB into {out}, {asked.runs} runs, medians")
        with stores(folder, folder / "www" / "big.bin") as origins:
            for store, origin in origins.items():
                if asked.only not in store:
                    continue
                durable = asked.folder is not None
                contest = Contest(origin, Path(out) / "back.bin", sha256, size, durable=durable)
                try:
                    # One connection at 50 MiB/s: curl need not be waited for twice.
                    without = {asked.skip} | ({"curl + openssl sha256"} if "50" in store else set())
                    measure(store, contest, asked.runs, size, without)
                finally:
                    contest.stage.close()


if __name__ == "__main__":
    begin = time.perf_counter()
    main()
    print(f"{time.perf_counter() - begin:.0f} s in all")
