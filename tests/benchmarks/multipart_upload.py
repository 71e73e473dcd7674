"""Time to send one large file in parts: this client, hashing included, against boto3's upload_file.

    .venv/bin/python tests/benchmarks/multipart_upload.py [--boto3 PYTHON] [--runs 5] [--mib 1024]

boto3 is no dependency of the project: make a virtual environment, `pip install boto3` there, and
name its interpreter. Both send the same file to the same S3 server (tests/support/stores/s3.py, alone in
its process, without ETag hashing), each run in a fresh process, in turns. Imports and the making
of the clients are not counted. Our time holds everything that an upload is: look inside, SHA-256,
create the record, parts, completion, confirmation. boto3 runs with its defaults; over http that
means a CRC-32 and a SHA-256 of each part, over https it is a CRC-32 and TLS.
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
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

OURS = """
import json, sys, time
from dfs_desktop.api import DataForceClient
path, options = sys.argv[1], json.loads(sys.argv[2])
with DataForceClient(**options) as client:
    client.organizations.list()
    begin = time.perf_counter()
    client.model_artifacts.upload(path, "benchmark")
    print(json.dumps([time.perf_counter() - begin, time.process_time()]))
"""
THEIRS = """
import json, sys, time
import boto3
path, options = sys.argv[1], json.loads(sys.argv[2])
s3 = boto3.client("s3", **options)
begin = time.perf_counter()
s3.upload_file(path, "models", "theirs")
print(json.dumps([time.perf_counter() - begin, time.process_time()]))
"""
# What the server takes at most: four connections that send the file from the page cache.
BARE = """
import json, socket, sys, threading, time, urllib.parse
path, url, size = sys.argv[1], urllib.parse.urlsplit(sys.argv[2]), int(sys.argv[3])
def send(offset, count):
    line = socket.create_connection((url.hostname, url.port))
    head = f"PUT /models/bare-{offset} HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: {count}\\r\\n"
    line.sendall((head + "Authorization: AWS4-HMAC-SHA256 x\\r\\n\\r\\n").encode())
    with open(path, "rb") as file:
        line.sendfile(file, offset, count)
    assert b" 200 " in line.recv(4096)
step = size // 4
threads = [threading.Thread(target=send, args=(n * step, step)) for n in range(4)]
begin = time.perf_counter()
[t.start() for t in threads], [t.join() for t in threads]
print(json.dumps([time.perf_counter() - begin, time.process_time()]))
"""


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The strict server in a process of its own; where it listens."""
    command = [sys.executable, "-m", "stores.s3", str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=TESTS, text=True, **pipes) as process:  # type: ignore[call-overload]
        yield json.loads(process.stdout.readline())["origin"]
        process.stdin.close()


def timed(python: str, program: str, *arguments: str) -> tuple[float, float]:
    """Seconds of the wall and of the processor."""
    os.sync()
    environment = {
        **os.environ,
        "PYTHONPATH": str(TESTS.parent) if python == sys.executable else "",
    }
    command = [python, "-c", program, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(ran.stderr)
    wall, processor = json.loads(ran.stdout)
    return wall, processor


def has_boto3(python: str) -> bool:
    """Whether that interpreter can import boto3."""
    command = [python, "-c", "import boto3"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Run in turns, print medians and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--boto3", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--folder", help="where the files lie meanwhile; else in memory")
    asked = parser.parse_args()
    if not has_boto3(asked.boto3):
        sys.exit(
            "boto3 is missing. Make it a home of its own and name its Python:\n"
            "    python3 -m venv /tmp/boto3 && /tmp/boto3/bin/pip install boto3\n"
            f"    {sys.executable} {__file__} --boto3 /tmp/boto3/bin/python"
        )
    with tempfile.TemporaryDirectory(dir=asked.folder or roomy(asked.mib << 20)) as name:
        print(f"files in {name}")
        measure(Path(name), asked.boto3, asked.runs, asked.mib << 20)


def roomy(size: int) -> str | None:
    """Memory, where the system has it as a folder: a disk that writes back disturbs either."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 3 * size else None


def measure(folder: Path, boto3: str, runs: int, size: int) -> None:
    """The runs in turns, each on an empty store."""
    from support.stores.registry import REAL, Service, grow
    from support.stores.s3_urls import S3Presigner

    sample = next((TESTS.parent / "resources" / "sample").glob("*.fnnx"))
    path = str(grow(sample, folder / "large.fnnx", size))
    bucket = folder / "bucket"
    with s3_server(bucket) as origin, Service(folder / "r", S3Presigner(origin), REAL) as service:
        theirs = {
            "endpoint_url": origin,
            "region_name": "us-east-1",
            "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
        }
        contestants = {
            "ours": (sys.executable, OURS, path, json.dumps(service.options)),
            "boto3": (boto3, THEIRS, path, json.dumps(theirs)),
            "bare": (sys.executable, BARE, path, origin, str(size)),
        }
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
        for turn in range(runs):
            for contestant, command in contestants.items():
                took = timed(*command)
                seconds[contestant].append(took)
                print(f"{turn + 1} {contestant:6} {took[0]:6.2f} s, processor {took[1]:5.2f} s")
                for file in bucket.iterdir():
                    file.unlink()
    medians = {name: statistics.median(wall for wall, _ in each) for name, each in seconds.items()}
    for contestant, median in medians.items():
        rate = size / median / 1e6
        print(f"{contestant:6} median {median:6.2f} s  {rate:7.0f} MB/s  of {runs}")
    print(f"ours / boto3: {medians['ours'] / medians['boto3']:.2f} (below 1: ours is faster)")
    print(f"The server alone would take {medians['bare']:.2f} s.")


if __name__ == "__main__":
    begin = time.perf_counter()
    main()
    print(f"{time.perf_counter() - begin:.0f} s in all")
