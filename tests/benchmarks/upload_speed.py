"""Time to upload one large file, hashing included: this client against openssl sha256 + curl -T.

    .venv/bin/python tests/benchmarks/upload_speed.py [--mib 2048] [--runs 5] [--folder DIR]

The store is nginx on loopback (its DAV module takes the PUT), with its files in memory; the source
is in memory too, or in --folder, read once before. All run in turns, each in a fresh process. Ours
is the public client: it looks inside, hashes, registers with a registry that sends it to nginx, puts
the file, looks at the object, confirms. Imports and the making of the client are not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(Path(__file__).resolve().parent), str(TESTS), str(TESTS.parent)]

from download_speed import answers, free_port  # noqa: E402  beside this script
from window_transfer import make_model  # noqa: E402

OURS = """
import json, resource, sys, time
from dfs_desktop.api import DataForceClient
with DataForceClient(**json.loads(sys.argv[1])) as client:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    client.model_artifacts.upload(sys.argv[2], "big")
    took = time.perf_counter() - begin
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    print(json.dumps([took, time.process_time(), grown / 1024]))
"""
NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
user root;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; client_max_body_size 0; client_body_temp_path {folder}/www/t1;
  client_body_buffer_size 1m;
  proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; dav_methods PUT DELETE; }}
}}
"""


@contextlib.contextmanager
def store(folder: Path) -> Iterator[str]:
    """Where nginx listens."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    nginx = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "nginx.log")])
    try:
        while not answers(port):
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.wait()


def registry(origin: str) -> Any:
    """A scripted registry whose URLs lead to nginx."""
    from support.registries.scripted import Stage

    class Registry(Stage):
        def signed(self, record: dict[str, Any], verb: str, part: int = 0) -> str:
            return f"{origin}/{record['unique_identifier']}?{verb}"

    return Registry()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", help="where the source is; else in memory (/dev/shm)")
    asked = parser.parse_args()
    missing = [name for name in ("nginx", "curl", "openssl") if not shutil.which(name)]
    if missing:
        sys.exit(f"Missing: {', '.join(missing)}. Install: apt-get install nginx curl openssl")
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name,
        tempfile.TemporaryDirectory(dir=asked.folder or name) as where,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        source = Path(where) / "big.fnnx"
        make_model(source, asked.mib)
        with store(folder) as origin:
            stage = registry(origin)
            try:
                _contest(folder, source, origin, stage.options, asked.runs)
            finally:
                stage.close()


def _contest(folder: Path, source: Path, origin: str, options: dict[str, Any], runs: int) -> None:
    size = source.stat().st_size
    put = ["curl", "-sS", "-T", str(source), f"{origin}/theirs"]
    contestants = {
        "openssl sha256 + curl -T": [["openssl", "sha256", str(source)], put],
        "curl -T alone": [put],
        "ours": [[sys.executable, "-c", OURS, json.dumps(options), str(source)]],
    }
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(runs + 1):  # the first warms the caches and does not count
        for name, commands in contestants.items():
            begin, said = time.perf_counter(), ""
            for command in commands:
                environment = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
                ran = subprocess.run(command, capture_output=True, text=True, env=environment)
                if ran.returncode:
                    sys.exit(f"{name}: {ran.stdout}{ran.stderr}")
                said = ran.stdout
            took, remark = time.perf_counter() - begin, ""
            if name == "ours":
                took, processor, grown = json.loads(said)
                remark = f", processor {processor:.2f} s, memory + {grown:.0f} MiB"
            for each in (folder / "www").iterdir():
                if each.is_file():
                    each.unlink()
            if turn:
                seconds[name].append(took)
                print(f"  {turn} {name:26} {took:6.2f} s{remark}", flush=True)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    for name, median in medians.items():
        ratio = median / medians["ours"]
        print(
            f"{name:28} median {median:6.2f} s {size / median / 1e6:6.0f} MB/s, ours: {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
